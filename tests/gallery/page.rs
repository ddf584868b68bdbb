//! The gallery as a page: a local Discord, the real bot, and a person who asks for every answer in one channel. Judges nothing.
//!
//! `cargo run --example gallery`, with a port or without, prints a line for each answer (its name and the ids of its messages), then the
//! page's address, and stays until it is interrupted. The last bot stays as well, so that the buttons can be pressed.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for trying by hand, and for pictures"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use discord_emulator::{Emulator, Person};
use footnote_bot::app::App;
use footnote_bot::clock::SystemClock;
use footnote_bot::conversation::ask::Desk;
use footnote_bot::discord::bot::BotError;
use footnote_bot::settings::Settings;
use footnote_bot::settings::conversations::Threads;
use footnote_bot::settings::display::{Density, Format};
use secrecy::SecretString;
use sonar_server::DocumentLinks;
use sonar_server::engines::corpus::Silent;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

#[expect(dead_code, reason = "the tests need more of an answer than this")]
mod answers;
#[expect(dead_code, reason = "the tests need more of the service than this")]
#[path = "../it/harness/research_service.rs"]
mod research_service;
#[expect(dead_code, reason = "the tests need more of the service than this")]
#[path = "../it/harness/service.rs"]
mod service;

use answers::Piece;
use service::{Script, ScriptedService};

/// How long the bot may take to come up, to acknowledge a question, and to show that one was edited.
const SOON: Duration = Duration::from_secs(60);

/// What a bot is set to: compact, in embeds, the language, the filters. Answers that agree in it share a bot.
type Look = (bool, bool, String, String);

#[tokio::main]
async fn main() {
    let page_port = std::env::args()
        .nth(1)
        .map_or(0, |port| port.parse().unwrap());
    let emulator = Emulator::start(discord_emulator::Settings {
        page_port,
        ..discord_emulator::Settings::default()
    })
    .await
    .unwrap();
    let service = ScriptedService::start().await;
    let mut looks: BTreeMap<Look, Vec<Piece>> = BTreeMap::new();
    for piece in answers::pieces() {
        let beside = &piece.beside;
        let filters = format!("{:?}", beside.filters);
        let look = (
            beside.compact,
            beside.embed,
            beside.language.clone(),
            filters,
        );
        looks.entry(look).or_default().push(piece);
    }
    let mut last: Option<Bot> = None;
    // The plain ones last, whose bot then stays.
    for pieces in looks.values().rev() {
        if let Some(before) = last.take() {
            before.stop().await;
        }
        let bot = Bot::start(&emulator, &service, pieces.first().unwrap()).await;
        let you = emulator.person("you");
        for piece in pieces {
            let ids = bot.is_asked(&emulator, &service, &you, piece).await;
            println!("{} {}", piece.name, ids.join(" "));
        }
        last = Some(bot);
    }
    println!("{}", emulator.page_url());
    tokio::signal::ctrl_c().await.unwrap();
    if let Some(bot) = last {
        bot.stop().await;
    }
    emulator.close().await;
}

/// The bot as it runs.
struct Bot {
    desk: Arc<Desk>,
    shutdown: CancellationToken,
    running: JoinHandle<Result<(), BotError>>,
    /// Held until the end: the store and the certificate lie in it.
    _folder: TempDir,
}

impl Bot {
    /// A bot that shows answers as this one is to be shown.
    async fn start(emulator: &Emulator, service: &ScriptedService, like: &Piece) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ca_file = folder.path().join("ca.pem");
        std::fs::write(&ca_file, emulator.ca_pem()).unwrap();
        let mut settings = Settings::defaults().unwrap();
        settings.data_dir = folder.path().join("data");
        settings.discord.token = Some(SecretString::from(emulator.bot_token()));
        settings.discord.address = Some(emulator.discord_address().to_string());
        settings.discord.ca_file = Some(ca_file);
        settings.discord.gateway_url = Some(emulator.gateway_url());
        settings.discord.grace_seconds = 0;
        settings.answers.base_url = Some(service.base_url());
        settings.answers.related_questions = true;
        settings.conversations.threads = Threads::Never;
        let beside = &like.beside;
        settings
            .search
            .allowed_domains
            .clone_from(&beside.filters.allowed);
        settings
            .search
            .denied_domains
            .clone_from(&beside.filters.denied);
        settings.search.recency = beside.filters.recency;
        settings.display.density = if beside.compact {
            Density::Compact
        } else {
            Density::Full
        };
        settings.display.format = if beside.embed {
            Format::Embed
        } else {
            Format::Plain
        };
        settings.display.images = true;
        settings.display.announce_seconds = 0;
        emulator.speaks(match like.language().code() {
            "en" => "en-US",
            "es" => "es-ES",
            "pt" => "pt-BR",
            code => code,
        });
        let clock = Arc::new(SystemClock);
        let app = App::build(&settings, DocumentLinks::Nowhere, Arc::new(Silent), clock)
            .await
            .unwrap();
        let desk = app.desk();
        let shutdown = CancellationToken::new();
        #[expect(clippy::disallowed_methods, reason = "it is awaited in `stop`")]
        let running = tokio::spawn(app.run(shutdown.clone()));
        emulator.bot_is_ready(SOON).await.unwrap();
        Self {
            desk,
            shutdown,
            running,
            _folder: folder,
        }
    }

    async fn stop(self) {
        self.shutdown.cancel();
        self.running.await.unwrap().unwrap();
    }

    /// Has a person ask for an answer; the ids of the messages that show it.
    async fn is_asked(
        &self,
        emulator: &Emulator,
        service: &ScriptedService,
        person: &Person,
        piece: &Piece,
    ) -> Vec<String> {
        let channel = emulator.channel("general");
        let before = person.sees(&channel).len();
        service.next(Script::Events(piece.events()));
        let question = &piece.beside.question;
        if piece.beside.edited {
            let count = service.asked().len() + 1;
            let asked = person.mentions_bot(&channel, question).unwrap();
            let heard = service.asked_in_all(count);
            tokio::time::timeout(SOON, heard).await.unwrap();
            self.desk.in_flight().idle().await;
            let mention = format!("<@{}>", emulator.application_id());
            person
                .edits(&asked, &format!("{mention} Another question?"))
                .unwrap();
        } else {
            let options = [("question", question.as_str())];
            let asked = person.uses(&channel, "ask", &options).await.unwrap();
            asked.acknowledged(SOON).await.unwrap();
            self.desk.in_flight().idle().await;
        }
        let sees = person.sees(&channel);
        let new = sees.iter().skip(before);
        new.filter_map(|message| Some(message["id"].as_str()?.to_owned()))
            .collect()
    }
}
