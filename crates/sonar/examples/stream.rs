//! Prints an answer while it is written, searches first: `cargo run -p sonar --example stream -- "What is ownership?"`
//!
//! Needs a Sonar service: `footnote serve --port 8765` is one. Another address: `SONAR_BASE_URL`; its key: `SONAR_API_KEY`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example is there to show something"
)]

mod service;

use std::env;
use std::io::Write;

use futures_util::StreamExt;
use sonar::{ChatRequest, Message, ObjectKind, Recency, StreamMode};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let question = env::args().nth(1).ok_or("give a question")?;
    let client = service::client()?;

    let mut request = ChatRequest::new("sonar-pro", vec![Message::user(question)]);
    request.stream_mode = Some(StreamMode::Concise);
    request.search_recency_filter = env::args().nth(2).map(Recency::from);

    let mut pieces = client.chat_stream(&request).await?;
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        if piece.kind() == ObjectKind::Reasoning {
            for step in piece.steps() {
                eprintln!("… {}", step.thought);
            }
        }
        print!("{}", piece.added_text());
        std::io::stdout().flush()?;
        if piece.is_last() {
            println!("\n\n{} sources", piece.sources().len());
        }
    }
    Ok(())
}
