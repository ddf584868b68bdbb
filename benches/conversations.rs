//! What conversations take: two hundred of ten turns, twenty at a time, in a local Discord; and the time from a question to its request
//! as what was said before grows. Checks who got which answer, prints figures, passes no verdict on a time. Linux only: it reads `/proc`.
//!
//! `cargo bench --bench conversations` measures both, `-- talks` and `-- history` one of them.

use std::collections::HashMap;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json, Router};
use discord_emulator::{Channel, Emulator, Person, Speed};
use footnote_bot::answers::SonarAnswers;
use footnote_bot::clock::{Moment, SystemClock};
use footnote_bot::conversation::answer::{Answer, Draft, Finish, Usage};
use footnote_bot::conversation::ask::Desk;
use footnote_bot::conversation::in_flight::{InFlight, Limits};
use footnote_bot::conversation::language::Language;
use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::conversation::ports::{Acceptance, Progress, Store};
use footnote_bot::conversation::question::{
    Belongs, NewQuestion, Origin, Person as Asker, Place, QuestionText, Task,
};
use footnote_bot::ids::{ChannelId, GuildId, PersonId};
use footnote_bot::search::Filters;
use footnote_bot::search::operator::Operator;
use footnote_bot::settings::Settings;
use footnote_bot::storage::sqlite::SqliteStore;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// How many conversations there are, how many at a time, and how many turns each has.
const CONVERSATIONS: usize = 200;
const AT_A_TIME: usize = 20;
const TURNS: usize = 10;
/// How many turns are stored before the question whose time is taken.
const STORED_TURNS: [usize; 4] = [0, 10, 100, 1_000];
/// How many conversations are stored when it is taken once more.
const STORED_CONVERSATIONS: u64 = 100_000;
/// How often each time is taken.
const TIMES: usize = 200;
/// How long one answer may take before the measurement is given up.
const PATIENCE: Duration = Duration::from_secs(60);

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let only = std::env::args()
        .nth(1)
        .filter(|word| !word.starts_with('-'));
    runtime.block_on(async {
        if only.as_deref().is_none_or(|only| only == "talks") {
            talks().await?;
        }
        if only.as_deref().is_none_or(|only| only == "history") {
            cost_of_history().await?;
        }
        Ok(())
    })
}

/// An answer service that notes each request and answers `Question …?` with `Answer ….`.
#[derive(Clone, Default)]
struct Service(Arc<Mutex<Vec<(Instant, Value)>>>);

impl Service {
    async fn start(&self) -> io::Result<SocketAddr> {
        let routes = Router::new()
            .route("/chat/completions", post(answer))
            .with_state(self.clone());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        #[expect(
            clippy::disallowed_methods,
            reason = "it ends with the measurement's runtime"
        )]
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(address)
    }

    fn asked(&self) -> Vec<(Instant, Value)> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn answer(State(service): State<Service>, Json(request): Json<Value>) -> impl IntoResponse {
    let now = Instant::now();
    let text = answer_to(last(&request));
    let mut asked = service.0.lock().unwrap_or_else(PoisonError::into_inner);
    asked.push((now, request));
    drop(asked);
    let piece = |object: &str, text: &str, finish: Value| {
        let message = json!({ "role": "assistant", "content": text });
        let choice =
            json!({ "index": 0, "delta": message, "message": message, "finish_reason": finish });
        let chunk = json!({ "id": "x", "model": "sonar", "created": 1, "object": object, "choices": [choice] });
        format!("data: {chunk}\n\n")
    };
    let body = [
        piece("chat.completion.chunk", &text, Value::Null),
        piece("chat.completion.done", "", json!("stop")),
    ];
    ([("content-type", "text/event-stream")], body.concat())
}

fn last(request: &Value) -> &str {
    let last = request["messages"].as_array().and_then(|all| all.last());
    last.and_then(|last| last["content"].as_str())
        .unwrap_or_default()
}

fn question(conversation: usize, turn: usize) -> String {
    format!("Question {conversation}-{turn}?")
}

fn answer_to(question: &str) -> String {
    question.replace("Question", "Answer").replace('?', ".")
}

/// Conversations of a person each, in threads of their own, with the program as an operator runs it.
async fn talks() -> Result<()> {
    let discord = Emulator::start(discord_emulator::Settings::default()).await?;
    discord.allow_message_content(true);
    // A busy machine may need more than three seconds for an acknowledgement.
    discord.run_time(Speed::FROZEN);
    let service = Service::default();
    let folder = tempfile::tempdir()?;
    let bot = start(&discord, service.start().await?, folder.path())?;
    discord.bot_is_ready(PATIENCE).await?;

    let general = discord.channel("general");
    converse(&discord, &general, CONVERSATIONS).await?;
    let before = resident(&bot.0)?;
    service.asked();
    let started = Instant::now();
    let threads: Vec<Channel> = stream::iter(0..CONVERSATIONS)
        .map(|number| converse(&discord, &general, number))
        .buffered(AT_A_TIME)
        .try_collect()
        .await?;
    let took = started.elapsed();
    let asked = service.asked();
    let own = check(&discord, &general, &threads, &asked);
    let after = resident(&bot.0)?;
    // What is measured is what is left after so long without a question.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let idle = resident(&bot.0)?;
    let mut out = io::stdout();
    writeln!(
        out,
        "{CONVERSATIONS} conversations of {TURNS} turns, {AT_A_TIME} at a time, in {:.1} s: {}",
        took.as_secs_f64(),
        own.as_deref().unwrap_or(
            "every answer exactly once, in its own thread, asked for with its own history"
        )
    )?;
    writeln!(
        out,
        "memory of `footnote run`: {before:.1} MB after one conversation, {after:.1} MB after these, {idle:.1} MB five seconds later; {} requests",
        asked.len()
    )?;
    drop(bot);
    discord.close().await;
    Ok(())
}

/// The program, which ends with this.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn start(discord: &Emulator, service: SocketAddr, folder: &Path) -> Result<Running> {
    let ca_file = folder.join("ca.pem");
    std::fs::write(&ca_file, discord.ca_pem())?;
    let settings = "[answers]\nrelated_questions = false\n";
    std::fs::write(folder.join("footnote.toml"), settings)?;
    let child = Command::new(env!("CARGO_BIN_EXE_footnote"))
        .arg("run")
        .env_clear()
        .current_dir(folder)
        .env("DISCORD_TOKEN", discord.bot_token())
        .env("DISCORD_ADDRESS", discord.discord_address().to_string())
        .env("DISCORD_CA_FILE", &ca_file)
        .env("DISCORD_GATEWAY_URL", discord.gateway_url())
        .env("SONAR_BASE_URL", format!("http://{service}"))
        .env("FOOTNOTE_LOG", "error")
        .spawn()?;
    Ok(Running(child))
}

/// In megabytes.
fn resident(child: &Child) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()))?;
    let kib = status.lines().find_map(|line| {
        let told = line.strip_prefix("VmRSS:")?.trim();
        told.strip_suffix(" kB")?.parse::<u32>().ok()
    });
    Ok(f64::from(kib.ok_or("no memory is told")?) * 1_024.0 / 1e6)
}

/// One conversation: begun in the channel by the command, gone on with in its thread by plain messages.
async fn converse(discord: &Emulator, general: &Channel, number: usize) -> Result<Channel> {
    let person = discord.person(&format!("person-{number}"));
    let first = question(number, 0);
    let asked = person.uses(general, "ask", &[("question", &first)]).await?;
    let answer = answer_to(&first);
    let thread = until(|| {
        let message = asked
            .message()
            .filter(|message| first_line(&message.reads()) == answer)?;
        message.thread()
    })
    .await?;
    for turn in 1..TURNS {
        let text = question(number, turn);
        person.says(&thread, &text)?;
        let answer = answer_to(&text);
        until(|| (times(&person, &thread, &answer) > 0).then_some(())).await?;
    }
    Ok(thread)
}

async fn until<T>(there: impl Fn() -> Option<T>) -> Result<T> {
    let wait = async {
        loop {
            match there() {
                Some(there) => return there,
                // Looking without a pause would take from the bot what is measured.
                None => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    };
    Ok(tokio::time::timeout(PATIENCE, wait).await?)
}

/// The answer itself, without the line below it that says what it took.
fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

/// How often an answer is to be seen in a channel.
fn times(person: &Person, channel: &Channel, text: &str) -> usize {
    let seen = person.sees(channel);
    seen.iter()
        .filter_map(|message| message["content"].as_str())
        .filter(|content| first_line(content) == text)
        .count()
}

/// What is wrong with the answers or with what was asked for them; nothing is hoped for.
fn check(
    discord: &Emulator,
    general: &Channel,
    threads: &[Channel],
    asked: &[(Instant, Value)],
) -> Option<String> {
    let you = discord.person("you");
    let mut requests: HashMap<&str, Vec<&Value>> = HashMap::new();
    for (_, request) in asked {
        requests
            .entry(last(request))
            .or_default()
            .push(&request["messages"]);
    }
    let seen_by_all: Vec<String> = threads
        .iter()
        .chain([general])
        .flat_map(|channel| you.sees(channel))
        .filter_map(|message| {
            message["content"]
                .as_str()
                .map(|content| first_line(content).to_owned())
        })
        .collect();
    let mut count: HashMap<&str, usize> = HashMap::new();
    for text in &seen_by_all {
        *count.entry(text).or_default() += 1;
    }
    for (number, thread) in threads.iter().enumerate() {
        let mut said = Vec::new();
        for turn in 0..TURNS {
            let text = question(number, turn);
            let answer = answer_to(&text);
            let place = if turn == 0 { general } else { thread };
            if count.get(answer.as_str()) != Some(&1) || times(&you, place, &answer) != 1 {
                return Some(format!("{answer} is not there exactly once, in its place"));
            }
            said.push(json!({ "role": "user", "content": text }));
            if requests.get(text.as_str()).map(Vec::as_slice)
                != Some(&[&Value::from(said.clone())][..])
            {
                return Some(format!(
                    "{text} was not asked exactly once, with its own history"
                ));
            }
            said.push(json!({ "role": "assistant", "content": answer }));
        }
    }
    None
}

/// A desk over a store of its own, asked without Discord.
struct AtTheDesk {
    desk: Desk,
    store: Arc<dyn Store>,
    service: Service,
    events: u64,
}

struct Unseen;

impl Progress for Unseen {
    fn waits(&self) {}

    fn begins(&self) {}

    fn searches(&self, _: &[String]) {}

    fn grew(&self, _: &Draft) {}
}

impl AtTheDesk {
    async fn open(folder: &Path) -> Result<Self> {
        let service = Service::default();
        let base_url = format!("http://{}", service.start().await?);
        let settings = Settings::defaults()?;
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&folder.join("footnote.db")).await?);
        let limits = Limits {
            open: 10,
            open_of_one: 10,
            at_once: 10,
        };
        let operator = Operator::of(&settings);
        let answers = Arc::new(SonarAnswers::new(&base_url, &settings.answers)?);
        let (clock, in_flight) = (Arc::new(SystemClock), InFlight::new(limits));
        Ok(Self {
            desk: Desk::new(Arc::clone(&store), answers, clock, in_flight, operator),
            store,
            service,
            events: 0,
        })
    }

    fn question(&mut self, home: u64) -> NewQuestion {
        self.events += 1;
        let text = format!("Question {home}-{}? {}", self.events, "words ".repeat(10));
        NewQuestion {
            text: QuestionText::parse(&text).expect("it has words"),
            task: Task::Answer,
            quote: None,
            asker: Asker {
                id: PersonId(home),
                name: "Alice".to_owned(),
            },
            seen: true,
            place: Place {
                guild: Some(GuildId(1)),
                channel: ChannelId(home),
                present: true,
            },
            event: self.events,
            origin: Origin::Past,
            belongs: Belongs::Here,
            wish: footnote_bot::search::wish::Wish::default(),
            language: Language::English,
            asked_at: Moment(0),
        }
    }

    /// Stores turns of a conversation without asking anybody.
    async fn fill(&mut self, home: u64, turns: usize) -> Result<()> {
        for _ in 0..turns {
            let question = self.question(home);
            let Acceptance::Accepted(question) = self.store.accept(question, None).await? else {
                return Err("an event came twice".into());
            };
            let answer = Answer {
                text: "Words of an answer. ".repeat(20),
                sources: Vec::new(),
                model: "sonar".to_owned(),
                finish: Finish::Complete,
                usage: Usage::default(),
                related: Vec::new(),

                images: Vec::new(),
                filters: Filters::default(),
                took: Duration::ZERO,
            };
            let outcome = Outcome::Answered(answer);
            self.store.record(question.id, &outcome, Moment(0)).await?;
            self.store.shown(question.id, Moment(0)).await?;
        }
        Ok(())
    }

    /// The time from a question to its request, and how many messages that held.
    async fn time(&mut self, home: u64) -> Result<(Duration, usize)> {
        let question = self.question(home);
        let started = Instant::now();
        let accepted = self.desk.accept(question).await?;
        let (question, in_line) = accepted.ok_or("an event came twice")?;
        self.desk.answer(&question, None, &in_line, &Unseen).await;
        let asked = self.service.asked();
        let (at, request) = asked.first().ok_or("nothing was asked")?;
        let messages = request["messages"].as_array().map_or(0, Vec::len);
        Ok((at.duration_since(started), messages))
    }

    /// Times questions after each number of turns, in turns, so that whatever else the machine does hits all alike. The conversations are
    /// `homes` and those that follow.
    async fn tell(&mut self, stored: &str, homes: u64) -> Result<()> {
        let mut times = vec![Vec::new(); STORED_TURNS.len()];
        let mut messages = vec![0; STORED_TURNS.len()];
        for round in 0..TIMES as u64 {
            for (number, turns) in STORED_TURNS.into_iter().enumerate() {
                // Conversations with many turns are filled once: a question more makes no difference to them.
                let (home, is_new) = match turns {
                    100.. => (homes + number as u64, round == 0),
                    _ => (homes + 100 + round * 10 + number as u64, true),
                };
                if is_new {
                    self.fill(home, turns).await?;
                }
                let (time, sent) = self.time(home).await?;
                times[number].push(time);
                messages[number] = sent;
            }
        }
        for ((turns, mut times), messages) in STORED_TURNS.into_iter().zip(times).zip(messages) {
            times.sort();
            let millis = |share: usize| {
                let at = (times.len() * share).div_ceil(100).saturating_sub(1);
                let time = times.get(at);
                time.map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
            };
            writeln!(
                io::stdout(),
                "from question to request, {turns} turns before{stored}: p50 {:.2} ms, p99 {:.2} ms; {messages} messages sent",
                millis(50),
                millis(99)
            )?;
        }
        Ok(())
    }
}

async fn cost_of_history() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut desk = AtTheDesk::open(folder.path()).await?;
    // The first ones warm up what is made once.
    for home in 1..=20 {
        desk.time(home).await?;
    }
    desk.tell("", 10_000).await?;
    let started = Instant::now();
    for home in 0..STORED_CONVERSATIONS {
        desk.fill(1_000_000 + home, 1).await?;
    }
    let size = std::fs::metadata(folder.path().join("footnote.db"))?.len();
    writeln!(
        io::stdout(),
        "{STORED_CONVERSATIONS} conversations more stored in {:.0} s, {} MB",
        started.elapsed().as_secs_f64(),
        size / 1_000_000
    )?;
    desk.tell(" beside these", 100_000).await?;
    desk.store.close().await;
    Ok(())
}
