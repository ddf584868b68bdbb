//! Asks one question and prints the answer with its sources: `cargo run -p sonar --example ask -- "What is ownership?"`
//!
//! Needs a Sonar service: `footnote serve --port 8765` is one. Another address: `SONAR_BASE_URL`; its key: `SONAR_API_KEY`.

#![expect(clippy::print_stdout, reason = "an example is there to show something")]
#![expect(
    clippy::disallowed_methods,
    reason = "an example reads its own environment; the crate reads none"
)]

use std::env;

use sonar::{ChatRequest, Client, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let question = env::args().nth(1).ok_or("give a question")?;
    let base_url = env::var("SONAR_BASE_URL").unwrap_or("http://127.0.0.1:8765".to_owned());
    let mut builder = Client::builder(&base_url);
    if let Ok(key) = env::var("SONAR_API_KEY") {
        builder = builder.key(key.into());
    }
    let client = builder.build()?;

    let request = ChatRequest::new("sonar", vec![Message::user(question)]);
    let answer = client.chat(&request).await?;

    println!("{}\n", answer.text());
    for (number, source) in (1..).zip(answer.sources().iter()) {
        println!("[{number}] {} <{}>", source.title, source.url);
    }
    Ok(())
}
