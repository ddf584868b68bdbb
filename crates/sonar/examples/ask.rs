//! Asks one question and prints the answer with its sources: `cargo run -p sonar --example ask -- "What is ownership?"`
//!
//! Needs a Sonar service: `footnote serve --port 8765` is one. Another address: `SONAR_BASE_URL`; its key: `SONAR_API_KEY`.

#![expect(clippy::print_stdout, reason = "an example is there to show something")]

mod service;

use std::env;

use sonar::{ChatRequest, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let question = env::args().nth(1).ok_or("give a question")?;
    let client = service::client()?;

    let request = ChatRequest::new("sonar", vec![Message::user(question)]);
    let answer = client.chat(&request).await?;

    println!("{}\n", answer.text());
    for (number, source) in (1..).zip(answer.sources().iter()) {
        println!("[{number}] {} <{}>", source.title, source.url);
    }
    Ok(())
}
