//! What the bridge to the Agent API adds to the answers: time to the first byte, processor time, and memory with many streams open.
//! Prints figures; passes no verdict but on whether every answer was whole. Linux only: it reads `/proc`.
//!
//! The Agent API is its stand-in, in a process of its own, and the bridge has one as well, so that only the bridge is measured.
//! `cargo bench -p sonar-server --bench bridge` takes about a minute; `-- latency` or `memory` measures one of the two. Five hundred
//! streams need twice as many open files: `ulimit -n 4096`.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot go on may end at once"
)]

mod child;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use sonar_server::engines::agent::{AgentEngine, AgentSettings};
use sonar_server::{Server, ServerSettings};
use stand_ins::agent::AgentApi;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::sync::Barrier;
use tokio::time::sleep;

use child::{Child, Connection, connect, head, say, told_to_end};

const KEY: &str = "test-key";
const QUESTION: &str = "How do I back up the database?";
/// How many ask at once.
const ASKING: usize = 50;
/// How often each of them asks, beside the first time, which warms up and is not counted.
const ROUNDS: usize = 40;
/// How long after one of them the next one begins: about when the first one asks again, all have begun.
const BETWEEN: Duration = Duration::from_millis(8);
/// How often is asked one after another.
const ONE_AFTER_ANOTHER: usize = 2000;
/// How many streams are open at once.
const STREAMS: usize = 500;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    runtime.block_on(async {
        match arguments.as_slice() {
            ["stand-in", pace] => stand_in(pace.parse().unwrap()).await,
            ["bridge", api] => bridge(api).await,
            words => {
                if !words.contains(&"memory") {
                    latency().await;
                }
                if !words.contains(&"latency") {
                    memory().await;
                }
            }
        }
    });
}

/// A child process: the Agent API's stand-in, which waits so many milliseconds before each event.
async fn stand_in(pace: u64) {
    let settings = stand_ins::agent::AgentSettings {
        pace: Duration::from_millis(pace),
        ..stand_ins::agent::AgentSettings::default()
    };
    let api = AgentApi::start(settings).await.unwrap();
    say(api.url().strip_prefix("http://").unwrap());
    told_to_end().await;
}

/// A child process: the server, which asks the API at this address.
async fn bridge(api: &str) {
    let engine = AgentEngine::new(AgentSettings {
        base_url: format!("http://{api}"),
        ..AgentSettings::new(KEY.into())
    });
    let settings = ServerSettings {
        requests_a_minute: NonZeroU32::MAX,
        ..ServerSettings::default()
    };
    let server = Server::start(settings, Arc::new(engine.unwrap()))
        .await
        .unwrap();
    say(&server.address().to_string());
    told_to_end().await;
    server.close().await;
}

/// The stand-in, and the bridge before it.
struct Pair {
    api: Child,
    bridge: Child,
}

impl Pair {
    fn start(pace: Duration) -> Self {
        let (api, _) = Child::start(&["stand-in", &pace.as_millis().to_string()], None);
        let (bridge, _) = Child::start(&["bridge", &api.address.to_string()], None);
        Self { api, bridge }
    }

    /// The stand-in asked directly.
    fn direct(&self, stream: bool) -> Asking {
        let input = json!([{"type": "message", "role": "user", "content": QUESTION}]);
        let body = json!({"preset": "fast", "input": input, "store": false, "stream": stream});
        Asking {
            address: self.api.address,
            request: request("/v1/responses", &body),
            awaited: stream.then_some(|body| body.contains("response.output_text.delta")),
        }
    }

    /// The same question by way of the bridge.
    fn bridged(&self, stream: bool) -> Asking {
        let messages = json!([{"role": "user", "content": QUESTION}]);
        let body = json!({"model": "sonar", "messages": messages, "stream": stream});
        Asking {
            address: self.bridge.address,
            request: request("/chat/completions", &body),
            awaited: stream.then_some(|body| !text(body).is_empty()),
        }
    }
}

/// A request, and what is waited for in its reply.
struct Asking {
    address: SocketAddr,
    request: Vec<u8>,
    /// Whether there is something to read in what came of a stream; `None` where the first byte counts.
    awaited: Option<fn(&str) -> bool>,
}

impl Asking {
    /// Asks on a connection that is open already. The time until what is awaited came, and the whole body.
    async fn once(&self, connection: &mut Connection) -> (Duration, String) {
        let asked = Instant::now();
        connection.write_all(&self.request).await.unwrap();
        assert!(!connection.fill_buf().await.unwrap().is_empty());
        let first_byte = asked.elapsed();
        let length = head(connection).await;
        let Some(awaited) = self.awaited else {
            let mut body = vec![0; length.unwrap()];
            connection.read_exact(&mut body).await.unwrap();
            return (first_byte, String::from_utf8(body).unwrap());
        };
        let (mut body, mut came) = (String::new(), None);
        while let Some(chunk) = chunk(connection).await {
            body.push_str(&chunk);
            if came.is_none() && awaited(&body) {
                came = Some(asked.elapsed());
            }
        }
        (came.unwrap(), body)
    }

    /// Many ask at once, each again and again; the times until what is awaited came. They begin one after another, as people
    /// do, and not all in the same moment.
    async fn many(&self) -> Vec<Duration> {
        let asking = (0..ASKING).map(|asker| async move {
            sleep(BETWEEN * u32::try_from(asker).unwrap()).await;
            let mut connection = connect(self.address).await;
            let mut times = Vec::new();
            for round in 0..=ROUNDS {
                let (first, body) = self.once(&mut connection).await;
                assert!(whole(&body), "{body}");
                if round > 0 {
                    times.push(first);
                }
            }
            times
        });
        join_all(asking).await.concat()
    }
}

fn request(path: &str, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {KEY}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The next piece of a body that comes in chunks; `None` behind the last.
async fn chunk(connection: &mut Connection) -> Option<String> {
    let mut length = String::new();
    connection.read_line(&mut length).await.unwrap();
    let length = usize::from_str_radix(length.trim(), 16).unwrap();
    let mut chunk = vec![0; length + 2];
    connection.read_exact(&mut chunk).await.unwrap();
    chunk.truncate(length);
    (length > 0).then(|| String::from_utf8(chunk).unwrap())
}

/// Whether an answer came to its end, in whichever of the four forms.
fn whole(body: &str) -> bool {
    let plain = || {
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        body["status"] == "completed" || body["choices"][0]["finish_reason"] == "stop"
    };
    body.contains("response.completed") || body.ends_with("data: [DONE]\n\n") || plain()
}

async fn latency() {
    say(&format!(
        "{:<54}{:>18}{:>18}{:>18}",
        "ms to the first byte, in streams of text (p50, p99)",
        "stand-in alone",
        "by the bridge",
        "added"
    ));
    let prompt = Pair::start(Duration::ZERO);
    for stream in [false, true] {
        let (direct, bridged) = (prompt.direct(stream), prompt.bridged(stream));
        let mut alone = connect(direct.address).await;
        let mut by_bridge = connect(bridged.address).await;
        let (mut direct_times, mut bridged_times) = (Vec::new(), Vec::new());
        for round in 0..ONE_AFTER_ANOTHER + 20 {
            let (first, body) = direct.once(&mut alone).await;
            let (first_bridged, body_bridged) = bridged.once(&mut by_bridge).await;
            assert!(whole(&body) && whole(&body_bridged));
            if round >= 20 {
                direct_times.push(first);
                bridged_times.push(first_bridged);
            }
        }
        row("one after another", stream, direct_times, bridged_times);
    }
    let busy = Pair::start(Duration::from_millis(5));
    for stream in [false, true] {
        let direct = busy.direct(stream).many().await;
        let bridged = busy.bridged(stream).many().await;
        row(
            &format!("{ASKING} at once, of a service that takes its time"),
            stream,
            direct,
            bridged,
        );
    }
    for (form, stream) in [("plain reply", false), ("stream", true)] {
        let worked = prompt.bridge.worked();
        let answers = prompt.bridged(stream).many().await.len() / ROUNDS * (ROUNDS + 1);
        let worked = prompt.bridge.worked() - worked;
        say(&format!(
            "a {form} takes {:.2} ms of the bridge's processor time",
            milliseconds(worked) / answers as f64
        ));
    }
}

fn row(how: &str, stream: bool, mut alone: Vec<Duration>, mut bridged: Vec<Duration>) {
    alone.sort_unstable();
    bridged.sort_unstable();
    let at =
        |times: &[Duration], percent: usize| milliseconds(times[(times.len() - 1) * percent / 100]);
    let [p50, p99] = [50, 99].map(|percent| (at(&alone, percent), at(&bridged, percent)));
    let pair = |p50: f64, p99: f64| format!("{p50:.2} {p99:.2}");
    let form = if stream { "stream" } else { "plain" };
    say(&format!(
        "{:<54}{:>18}{:>18}{:>18}",
        format!("{form}, {how}"),
        pair(p50.0, p99.0),
        pair(p50.1, p99.1),
        pair(p50.1 - p50.0, p99.1 - p99.0),
    ));
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Opens all streams, looks at the bridge when text comes on each of them, and reads them to their end.
async fn memory() {
    let pair = Pair::start(Duration::from_millis(100));
    let bridged = pair.bridged(true);
    let (_, expected) = bridged.once(&mut connect(bridged.address).await).await;
    let expected = text(&expected);
    let (idle, worked, began) = (pair.bridge.memory(), pair.bridge.worked(), Instant::now());
    let all_open = Barrier::new(STREAMS + 1);
    let streams = (0..STREAMS).map(|_| read(&bridged, &all_open));
    let seen = async {
        all_open.wait().await;
        (
            began.elapsed(),
            pair.bridge.memory(),
            pair.bridge.open_files(),
        )
    };
    let (texts, (opened, open, files)) = tokio::join!(join_all(streams), seen);
    let after = pair.bridge.memory();
    let same = texts.iter().filter(|text| **text == expected).count();
    say(&format!(
        "{STREAMS} streams open by the bridge: {:.0} KiB of memory each ({:.1} MiB idle, {:.1} MiB with all, {:.1} MiB after them); all open after {:.1} s with {files} open files, done after {:.1} s, {:.1} s of processor time; {same} whole and the same",
        (open - idle) as f64 / STREAMS as f64,
        idle as f64 / 1024.0,
        open as f64 / 1024.0,
        after as f64 / 1024.0,
        opened.as_secs_f64(),
        began.elapsed().as_secs_f64(),
        (pair.bridge.worked() - worked).as_secs_f64(),
    ));
    assert_eq!(same, STREAMS);
}

/// Reads a stream to its end, and waits with the others when its first text has come; all its text.
async fn read(asking: &Asking, all_open: &Barrier) -> String {
    let mut connection = connect(asking.address).await;
    connection.write_all(&asking.request).await.unwrap();
    head(&mut connection).await;
    let (mut body, mut waited) = (String::new(), false);
    while let Some(chunk) = chunk(&mut connection).await {
        body.push_str(&chunk);
        if !waited && !text(&body).is_empty() {
            waited = true;
            all_open.wait().await;
        }
    }
    assert!(whole(&body));
    text(&body)
}

/// The text of a stream of the protocol, as far as it came.
fn text(body: &str) -> String {
    let pieces = body.lines().filter_map(|line| line.strip_prefix("data: "));
    let pieces = pieces.filter_map(|data| serde_json::from_str::<Value>(data).ok());
    let text = |piece: Value| {
        let delta = &piece["choices"][0]["delta"]["content"];
        delta.as_str().map(str::to_owned)
    };
    pieces.filter_map(text).collect()
}
