//! What the emulator takes and gives: events to one connection, REST requests on one core, memory, time to start. Checks
//! every event and every answer, prints figures, and passes no verdict on them. Linux only: it reads `/proc`.
//!
//! `cargo bench -p discord-emulator --bench numbers`

use std::{
    error::Error,
    fs,
    io::{self, BufRead, BufReader, Write},
    process::{Child, ChildStdout, Command, Stdio},
    sync::mpsc::{SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

use discord_emulator::{Emulator, Settings};
use futures_util::{SinkExt, StreamExt, future::try_join_all};
use serde::Deserialize;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::{Builder, Runtime},
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;
type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const EVENTS: u64 = 200_000;
/// How far the sender of events may be ahead of the listener, well within what a session keeps.
const AHEAD: usize = 2_000;
const REQUESTS: u64 = 100_000;
/// Connections that REST requests come on at the same time.
const CONNECTIONS: u64 = 16;
const STARTS: usize = 5;
const GUILDS: u64 = 1_000;
/// The names of the one thread that the emulator runs on, and of the one that people act on.
const SERVER: &str = "emulator";
const PEOPLE: &str = "people";
const MESSAGES_WITH_CONTENT: u64 = 1 << 9 | 1 << 15;

fn main() -> Outcome<()> {
    starts()?;
    memory()?;
    events()?;
    requests("GET /users/@me", |_| {
        ("GET", "/users/@me".to_owned(), String::new())
    })?;
    requests("POST of a message", |emulator| {
        let path = format!("/channels/{}/messages", emulator.channel("general").id());
        ("POST", path, json!({"content": "Good morning"}).to_string())
    })
}

fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}

/// From starting the program until it has said where it is, at which point it answers.
fn starts() -> Outcome<()> {
    let mut took: Vec<Duration> = (0..STARTS)
        .map(|_| {
            let started = Instant::now();
            let program = Program::start(1)?;
            let took = started.elapsed();
            drop(program);
            Ok(took)
        })
        .collect::<Outcome<_>>()?;
    took.sort_unstable();
    let median = took.get(STARTS / 2).copied().unwrap_or_default();
    say(&format!(
        "start-up of the program: {:.1} ms (median of {STARTS})",
        median.as_secs_f64() * 1e3
    ))?;
    Ok(())
}

fn memory() -> Outcome<()> {
    for guilds in [1, GUILDS] {
        let program = Program::start(guilds)?;
        let before = program.memory()?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let socket = runtime.block_on(async {
            let mut bot = Listener::identified(&program.gateway, &program.token, 1).await?;
            for _ in 0..guilds {
                bot.next("GUILD_CREATE").await?;
            }
            Ok::<_, Box<dyn Error + Send + Sync>>(bot)
        })?;
        say(&format!(
            "memory at {guilds} guilds: {before:.1} MB at rest, {:.1} MB with a bot that knows them all",
            program.memory()?
        ))?;
        drop(socket);
    }
    Ok(())
}

/// People write; one connection hears of every message, in order and with its text.
fn events() -> Outcome<()> {
    let (server, emulator) = start()?;
    emulator.allow_message_content(true);
    let (ahead, heard) = sync_channel(AHEAD);
    let (gateway, token) = (emulator.gateway_url(), emulator.bot_token());
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut bot = runtime.block_on(Listener::identified(
        &gateway,
        &token,
        MESSAGES_WITH_CONTENT,
    ))?;
    let (started, worked) = (Instant::now(), cpu_time(SERVER)?);
    let writing = {
        let emulator = emulator.clone();
        thread::Builder::new()
            .name(PEOPLE.to_owned())
            .spawn(move || write_messages(&emulator, &ahead))?
    };
    runtime.block_on(async {
        for n in 0..EVENTS {
            let message = bot.next("MESSAGE_CREATE").await?;
            if message != n.to_string() {
                return Err(format!("message {n} came as {message}").into());
            }
            heard.recv()?;
        }
        Outcome::Ok(())
    })?;
    let (took, worked) = (started.elapsed(), cpu_time(SERVER)? - worked);
    let acted = writing
        .join()
        .map_err(|_| "the people's thread has panicked")??;
    say(&format!(
        "events to one connection: {:.0} a second ({EVENTS} messages in {:.1} s; {:.1} s of work to make them, {:.1} s to send them)",
        rate(EVENTS, took),
        took.as_secs_f64(),
        acted.as_secs_f64(),
        worked.as_secs_f64()
    ))?;
    server.block_on(emulator.close());
    Ok(())
}

/// Writes as fast as the listener hears, and waits where it is too far ahead; gives what it worked.
fn write_messages(emulator: &Emulator, ahead: &SyncSender<()>) -> Outcome<Duration> {
    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    for n in 0..EVENTS {
        ahead.send(())?;
        alice.says(&general, &n.to_string())?;
    }
    cpu_time(PEOPLE)
}

/// Requests over plain HTTP to an emulator that has one thread.
fn requests(
    what: &str,
    request: impl Fn(&Emulator) -> (&'static str, String, String),
) -> Outcome<()> {
    let (server, emulator) = start()?;
    let (method, path, body) = request(&emulator);
    let address = emulator
        .page_url()
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned();
    let head = format!(
        "{method} /api/v10{path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bot {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        emulator.bot_token(),
        body.len()
    );
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let (started, worked) = (Instant::now(), cpu_time(SERVER)?);
    runtime.block_on(async {
        let connections = (0..CONNECTIONS).map(|_| asks(&address, &head));
        try_join_all(connections).await
    })?;
    let (took, worked) = (started.elapsed(), cpu_time(SERVER)? - worked);
    say(&format!(
        "{what}: {:.0} a second on one thread ({REQUESTS} in {:.1} s, {:.0} a second of its work)",
        rate(REQUESTS, took),
        took.as_secs_f64(),
        rate(REQUESTS, worked)
    ))?;
    server.block_on(emulator.close());
    Ok(())
}

/// One connection's share of the requests, one after the other.
async fn asks(address: &str, request: &str) -> Outcome<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut received = Vec::new();
    for _ in 0..REQUESTS / CONNECTIONS {
        stream.write_all(request.as_bytes()).await?;
        received.clear();
        let whole = loop {
            stream.read_buf(&mut received).await?;
            if let Some(whole) = whole(&received) {
                break whole;
            }
        };
        if !received.starts_with(b"HTTP/1.1 200 ") || received.len() != whole {
            return Err(format!("got {}", String::from_utf8_lossy(&received)).into());
        }
    }
    Ok(())
}

/// How long an answer is in all, once its head is there and so is its body.
fn whole(received: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length: ";
    let head = received.windows(4).position(|four| four == b"\r\n\r\n")?;
    let length = received.windows(NAME.len()).position(|part| part == NAME)?;
    let digits = received.get(length + NAME.len()..head)?;
    let digits = digits.split(|byte| *byte == b'\r').next()?;
    let length: usize = std::str::from_utf8(digits).ok()?.parse().ok()?;
    let whole = head + 4 + length;
    (received.len() >= whole).then_some(whole)
}

/// An emulator on a thread of its own.
fn start() -> Outcome<(Runtime, Emulator)> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name(SERVER)
        .enable_all()
        .build()?;
    let emulator = runtime.block_on(Emulator::start(Settings::default()))?;
    Ok((runtime, emulator))
}

/// What the thread of this name has worked so far.
fn cpu_time(of: &str) -> Outcome<Duration> {
    // The kernel counts in hundredths of a second, everywhere that Linux runs today.
    const TICK: Duration = Duration::from_millis(10);
    let mut ticks = 0;
    for task in fs::read_dir("/proc/self/task")? {
        let stat = fs::read_to_string(task?.path().join("stat"))?;
        let (name, numbers) = stat.rsplit_once(") ").ok_or("no name in stat")?;
        if name.ends_with(of) {
            let fields: Vec<&str> = numbers.split(' ').collect();
            for field in [11, 12] {
                ticks += fields.get(field).ok_or("too few numbers")?.parse::<u32>()?;
            }
        }
    }
    Ok(TICK * ticks)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts are far below what a float holds exactly"
)]
fn rate(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// The program of this crate, as a process.
struct Program {
    child: Child,
    /// Held until the end: a program whose output nobody reads any more fails to write.
    _output: BufReader<ChildStdout>,
    gateway: String,
    token: String,
}

impl Program {
    fn start(guilds: u64) -> Outcome<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_discord-emulator"))
            .args(["--port", "0", "--guilds", &guilds.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut output = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut said = Vec::new();
        // The application is the last of the addresses and names.
        while !said
            .last()
            .is_some_and(|line: &String| line.starts_with("application"))
        {
            let mut line = String::new();
            if output.read_line(&mut line)? == 0 {
                return Err("the program has ended".into());
            }
            said.push(line);
        }
        let named = |name: &str| {
            let found = said.iter().find_map(|line| line.strip_prefix(name));
            found.map(|value| value.trim().to_owned()).ok_or("not said")
        };
        Ok(Self {
            gateway: named("gateway ")?,
            token: named("bot token ")?,
            child,
            _output: output,
        })
    }

    /// Resident, in MB.
    fn memory(&self) -> Outcome<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib = status.lines().find_map(|line| {
            let value = line.strip_prefix("VmRSS:")?;
            value.trim().strip_suffix(" kB")?.parse::<u32>().ok()
        });
        Ok(f64::from(kib.ok_or("no VmRSS")?) * 1_024.0 / 1e6)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has nothing to put in order; if it is gone already, so much the better.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A bot that only listens.
struct Listener {
    socket: Socket,
    seq: u64,
}

#[derive(Deserialize)]
struct Frame<'a> {
    op: u8,
    s: Option<u64>,
    #[serde(borrow)]
    t: Option<&'a str>,
    d: Option<Text>,
}

#[derive(Default, Deserialize)]
struct Text {
    #[serde(default)]
    content: String,
}

impl Listener {
    async fn identified(gateway: &str, token: &str, intents: u64) -> Outcome<Self> {
        let (socket, _) = tokio_tungstenite::connect_async(format!("{gateway}?v=10")).await?;
        let mut bot = Self { socket, seq: 0 };
        let identify =
            json!({"op": 2, "d": {"token": token, "intents": intents, "properties": {}}});
        bot.socket
            .send(Message::Text(identify.to_string().into()))
            .await?;
        bot.next("READY").await?;
        Ok(bot)
    }

    /// The text of the next event, which has to be of this kind and to have the next number.
    async fn next(&mut self, kind: &str) -> Outcome<String> {
        loop {
            let frame = self.socket.next().await.ok_or("the gateway has gone")??;
            let Message::Text(text) = frame else {
                return Err(format!("expected {kind}, got {frame:?}").into());
            };
            let frame: Frame<'_> = serde_json::from_str(&text)?;
            if frame.op != 0 {
                continue;
            }
            self.seq += 1;
            if frame.s != Some(self.seq) || frame.t != Some(kind) {
                return Err(format!("expected {kind} as number {}, got {text}", self.seq).into());
            }
            return Ok(frame.d.unwrap_or_default().content);
        }
    }
}
