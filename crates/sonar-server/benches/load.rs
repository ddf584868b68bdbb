//! What the server bears: requests a second on one core, and a thousand streams at once. Prints figures; passes no verdict but
//! on whether every answer was whole. Linux only: it reads `/proc`, and pins the server to one core with `taskset`.
//!
//! `cargo bench -p sonar-server --bench load` measures both, and `-- requests` or `streams` one of them (a thousand streams need as many open files: `ulimit -n 4096`)

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot go on may end at once"
)]

mod child;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::{self, BoxStream};
use serde_json::{Value, json};
use sonar::{ChatRequest, FinishReason, SearchResult, Usage};
use sonar_server::engines::corpus::{Corpus, CorpusSettings, RustDocs, Silent};
use sonar_server::engines::local::LocalEngine;
use sonar_server::engines::{Done, Engine, Event, Sources};
use sonar_server::{Failure, Server, ServerSettings};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::sync::Barrier;

use child::{Child, Connection, connect, head, say, told_to_end};

/// The core that the server has for itself; the load comes from the others.
const CORE: &str = "0";
/// How long requests are counted.
const COUNTED: Duration = Duration::from_secs(10);
/// How many connections ask at once.
const ASKING: usize = 16;
/// How many streams are open at once.
const STREAMS: usize = 1000;
const QUESTION: &str = "How do I back up the database?";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let serves = arguments.iter().any(|argument| argument == "serve");
    // One worker is all a single core can use; the load has the machine's rest.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if serves {
        runtime.worker_threads(1);
    }
    let runtime = runtime.enable_all().build().unwrap();
    if serves {
        return runtime.block_on(serve(&arguments));
    }
    // Those that are named, or all.
    let named = |name: &str| arguments.iter().any(|argument| argument == name);
    let any = ["requests", "streams"].into_iter().any(named);
    runtime.block_on(async {
        if named("requests") || !any {
            for documents in ["nothing", "handbook", "all"] {
                requests_a_second(documents).await;
            }
        }
        if named("streams") || !any {
            thousand_streams().await;
        }
    });
}

/// The child process: serves until its standard input ends.
async fn serve(arguments: &[String]) {
    let asked = |word: &str| arguments.iter().any(|argument| argument == word);
    let (engine, documents): (Arc<dyn Engine>, usize) = if asked("nothing") {
        (Arc::new(Prompt), 0)
    } else {
        let settings = CorpusSettings {
            rust_docs: if asked("all") {
                RustDocs::Installed
            } else {
                RustDocs::Off
            },
            ..CorpusSettings::default()
        };
        let corpus = Corpus::open(&settings, &Silent).unwrap();
        let documents = corpus.report().documents;
        (Arc::new(LocalEngine::new(Arc::new(corpus))), documents)
    };
    let settings = ServerSettings {
        pace: NonZeroU32::new(10).filter(|_| asked("slowly")),
        requests_a_minute: NonZeroU32::MAX,
        ..ServerSettings::default()
    };
    let server = Server::start(settings, engine).await.unwrap();
    say(&format!("{} {documents}", server.address()));
    told_to_end().await;
    server.close().await;
}

/// An engine that has its answer ready: what is left is the server's own work.
struct Prompt;

impl Engine for Prompt {
    fn name(&self) -> &'static str {
        "prompt"
    }

    fn honours(&self, _: &ChatRequest, _: &str) -> bool {
        true
    }

    fn check(&self, _: &ChatRequest) -> Result<(), Failure> {
        Ok(())
    }

    fn answer(&self, _: Arc<ChatRequest>) -> BoxStream<'static, Event> {
        let result = SearchResult {
            title: "Title".to_owned(),
            url: "https://a.example/".to_owned(),
            snippet: Some("word ".repeat(100)),
            ..SearchResult::default()
        };
        let sources = Sources {
            results: vec![result; 3],
            ..Sources::default()
        };
        let deltas = vec![Event::Delta("word ".repeat(20)); 15];
        let done = Done {
            finish: FinishReason::Stop,
            usage: Usage::default(),
        };
        stream::iter([Event::Sources(sources)])
            .chain(stream::iter(deltas))
            .chain(stream::iter([Event::Done(Box::new(done))]))
            .boxed()
    }
}

fn request(fields: &Value) -> Vec<u8> {
    let mut body =
        json!({ "model": "sonar", "messages": [{ "role": "user", "content": QUESTION }] });
    body.as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    let body = body.to_string();
    format!(
        "POST /chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A whole answer.
async fn ask(connection: &mut Connection, request: &[u8]) -> Value {
    connection.write_all(request).await.unwrap();
    let mut body = vec![0; head(connection).await.unwrap()];
    connection.read_exact(&mut body).await.unwrap();
    serde_json::from_slice(&body).unwrap()
}

async fn requests_a_second(documents: &str) {
    let (server, number) = Child::start(&["serve", documents], Some(CORE));
    let request = request(&json!({}));
    ask(&mut connect(server.address).await, &request).await;
    let (began, worked) = (Instant::now(), server.worked());
    let asking = (0..ASKING).map(|_| async {
        let mut connection = connect(server.address).await;
        let mut times = Vec::new();
        while began.elapsed() < COUNTED {
            let asked = Instant::now();
            let reply = ask(&mut connection, &request).await;
            assert_eq!(reply["choices"][0]["finish_reason"], "stop");
            times.push(asked.elapsed());
        }
        times
    });
    let mut times: Vec<Duration> = join_all(asking).await.concat();
    let (elapsed, worked) = (began.elapsed(), server.worked() - worked);
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    say(&format!(
        "requests on one core, {number} documents: {:.0} a second, {:.0} for each second of its processor time; {ASKING} at once wait {:.1} ms (p50), {:.1} ms (p99)",
        times.len() as f64 / elapsed.as_secs_f64(),
        times.len() as f64 / worked.as_secs_f64(),
        at(0.5),
        at(0.99),
    ));
}

/// Reads a stream to its end, and waits with the others when the first piece has come; the text that its pieces add up to.
async fn read_stream(
    address: SocketAddr,
    request: &[u8],
    all_open: &Barrier,
) -> Result<String, String> {
    let mut connection = connect(address).await;
    connection.write_all(request).await.unwrap();
    head(&mut connection).await;
    let (mut added, mut whole, mut line) = (String::new(), None, String::new());
    loop {
        line.clear();
        if connection
            .read_line(&mut line)
            .await
            .map_err(|error| error.to_string())?
            == 0
        {
            return Err("it ended without [DONE]".to_owned());
        }
        let Some(data) = line.strip_prefix("data: ") else {
            continue;
        };
        if data.trim() == "[DONE]" {
            break;
        }
        let piece: Value = serde_json::from_str(data).map_err(|error| error.to_string())?;
        if added.is_empty() && piece["choices"][0]["delta"]["content"] != "" {
            all_open.wait().await;
        }
        added.push_str(
            piece["choices"][0]["delta"]["content"]
                .as_str()
                .unwrap_or_default(),
        );
        if piece["object"] == "chat.completion.done" {
            whole = piece["choices"][0]["message"]["content"]
                .as_str()
                .map(str::to_owned);
        }
    }
    match whole {
        Some(whole) if whole == added => Ok(added),
        other => Err(format!("its pieces make {added:?}, its end says {other:?}")),
    }
}

async fn thousand_streams() {
    let (server, _) = Child::start(&["serve", "handbook", "slowly"], Some(CORE));
    let plain = ask(&mut connect(server.address).await, &request(&json!({}))).await;
    let expected = plain["choices"][0]["message"]["content"]
        .as_str()
        .unwrap()
        .to_owned();
    let (idle, worked, began) = (server.memory(), server.worked(), Instant::now());
    let request = request(&json!({ "stream": true }));
    let all_open = Barrier::new(STREAMS + 1);
    let streams = (0..STREAMS).map(|_| read_stream(server.address, &request, &all_open));
    let seen = async {
        all_open.wait().await;
        (began.elapsed(), server.memory(), server.open_files())
    };
    let (streams, (opened, memory, files)) = tokio::join!(join_all(streams), seen);
    let whole = streams
        .iter()
        .filter(|stream| stream.as_deref() == Ok(expected.as_str()))
        .count();
    say(&format!(
        "{STREAMS} streams at once on one core: {whole} whole and the same as the plain answer; all open after {:.1} s with {files} open files in the server, done after {:.1} s, {:.1} s of processor time; {:.0} KiB of memory a stream ({} MiB idle, {} MiB with all)",
        opened.as_secs_f64(),
        began.elapsed().as_secs_f64(),
        (server.worked() - worked).as_secs_f64(),
        (memory - idle) as f64 / STREAMS as f64,
        idle / 1024,
        memory / 1024,
    ));
    let broken: Vec<_> = streams
        .iter()
        .filter_map(|stream| stream.as_ref().err())
        .take(5)
        .collect();
    assert_eq!(whole, STREAMS, "{broken:?}");
}
