//! Makes a job of a question, watches it, and prints its answer: `cargo run -p sonar --example research -- "What is ownership?"`
//!
//! Interrupted, it can be taken up again: `cargo run -p sonar --example research -- --job ID`.
//! Needs a Sonar service: `footnote serve --port 8765` is one. Another address: `SONAR_BASE_URL`; its key: `SONAR_API_KEY`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example is there to show something"
)]

mod service;

use std::env;

use futures_util::StreamExt;
use sonar::{ChatRequest, IdempotencyKey, JobOutcome, Message, Pace};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = service::client()?;

    let mut arguments = env::args().skip(1);
    let first = arguments
        .next()
        .ok_or("give a question, or --job and the id of a job")?;
    let id = if first == "--job" {
        arguments.next().ok_or("give the id after --job")?
    } else {
        let request = ChatRequest::new("sonar-deep-research", vec![Message::user(first)]);
        client.submit(&request, &IdempotencyKey::random()).await?.id
    };
    // The id is the only way to the answer: it is told before anything else.
    eprintln!("job {id}");

    let mut watch = client.watch(&id, Pace::default());
    while let Some(job) = watch.next().await {
        let job = job?;
        match job.outcome() {
            JobOutcome::Running => eprintln!("{}", job.status),
            JobOutcome::Answered(answer) => println!("{}", answer.text()),
            JobOutcome::Unanswered => {
                return Err("the job is done and its answer cannot be read".into());
            }
            JobOutcome::Failed(why) => return Err(why.unwrap_or("the job failed").into()),
        }
    }
    Ok(())
}
