//! The world of a test: people ask, a channel shows, and what must never happen is checked when the world ends.

pub(crate) mod clock;
pub(crate) mod messages;
pub(crate) mod postgres;
pub(crate) mod pressing;
pub(crate) mod program;
pub(crate) mod research_service;
pub(crate) mod service;
pub(crate) mod store_file;

use std::sync::Arc;
use std::time::Duration;

use discord_emulator::{Channel, Harness, Interaction, Person, RateLimits};
use footnote_bot::app::App;
use footnote_bot::conversation::ask::Desk;
use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::conversation::ports::Store;
use footnote_bot::discord::bot::BotError;
use footnote_bot::ids::QuestionId;
use footnote_bot::research::desk::ResearchDesk;
use footnote_bot::settings::Settings;
use footnote_bot::settings::conversations::Threads;
use secrecy::SecretString;
use serde_json::Value;
use sonar_server::DocumentLinks;
use sonar_server::engines::corpus::Silent;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use clock::MovedClock;
use service::{Script, ScriptedService};

/// How long a test waits for something that ought to happen at once. Only a broken bot lets it run out: a disk that others keep busy can hold up a
/// write for 20 s. The bot's own fallbacks, as a lease that runs out, come after 30 s: they are not to hide what is broken.
pub(crate) const SOON: Duration = Duration::from_secs(28);

/// A local Discord, an answer service that does as told, and the bot between them.
pub(crate) struct TestBot {
    /// Fails the test at its end over whatever the bot did wrong.
    pub(crate) discord: Harness,
    pub(crate) service: ScriptedService,
    /// The bot's time.
    pub(crate) clock: MovedClock,
    settings: Settings,
    running: Option<Running>,
    /// Held until the end: the store and the certificate lie in it.
    _folder: TempDir,
}

/// The bot as it runs.
struct Running {
    desk: Arc<Desk>,
    research: Arc<ResearchDesk>,
    store: Arc<dyn Store>,
    shutdown: CancellationToken,
    task: JoinHandle<Result<(), BotError>>,
    /// The bot's own, so that all of it can be ended at once.
    runtime: Option<Runtime>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl TestBot {
    /// A bot that asks a scripted service.
    pub(crate) async fn spawn() -> Self {
        Self::spawn_with(|_| {}).await
    }

    /// The same, with some settings changed.
    pub(crate) async fn spawn_with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut bot = Self::before_start(RateLimits::Calm, change).await;
        bot.start().await;
        bot
    }

    /// The world without the bot in it.
    pub(crate) async fn before_start(
        rate_limits: RateLimits,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let discord = Harness::start(discord_emulator::Settings {
            rate_limits,
            record: true,
            ..discord_emulator::Settings::default()
        })
        .await
        .unwrap()
        .judged_by(discord_openapi::judge);
        let service = ScriptedService::start().await;
        let folder = tempfile::tempdir().unwrap();
        let ca_file = folder.path().join("ca.pem");
        std::fs::write(&ca_file, discord.ca_pem()).unwrap();
        let mut settings = Settings::defaults().unwrap();
        settings.data_dir = folder.path().join("data");
        settings.discord.token = Some(SecretString::from(discord.bot_token()));
        settings.discord.address = Some(discord.discord_address().to_string());
        settings.discord.ca_file = Some(ca_file);
        settings.discord.gateway_url = Some(discord.gateway_url());
        settings.answers.base_url = Some(service.base_url());
        // Tests that are about threads open them.
        settings.conversations.threads = Threads::Never;
        settings.answers.related_questions = false;
        change(&mut settings);
        Self {
            discord,
            service,
            clock: MovedClock::default(),
            settings,
            running: None,
            _folder: folder,
        }
    }

    /// Starts the bot and waits until it is ready.
    pub(crate) async fn start(&mut self) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (settings, handle) = (self.settings.clone(), runtime.handle().clone());
        let clock = self.clock.clone();
        let build = move || {
            handle.block_on(App::build(
                &settings,
                DocumentLinks::Nowhere,
                Arc::new(Silent),
                Arc::new(clock),
            ))
        };
        let app = tokio::task::spawn_blocking(build).await.unwrap().unwrap();
        let shutdown = CancellationToken::new();
        let (desk, store) = (app.desk(), app.store());
        let research = app.research();
        let task = runtime.spawn(app.run(shutdown.clone()));
        self.running = Some(Running {
            desk,
            research,
            store,
            shutdown,
            task,
            runtime: Some(runtime),
        });
        self.discord.bot_is_ready(SOON).await.unwrap();
    }

    /// Stops the bot as an operator would, and waits for its end.
    pub(crate) async fn stop(&mut self) {
        let mut running = self.running.take().unwrap();
        running.shutdown.cancel();
        (&mut running.task).await.unwrap().unwrap();
    }

    /// Ends the bot without a word, as a crash would: nothing more is sent, nothing more is written.
    pub(crate) async fn crash(&mut self) {
        let mut running = self.running.take().unwrap();
        let runtime = running.runtime.take().unwrap();
        tokio::task::spawn_blocking(move || runtime.shutdown_timeout(SOON))
            .await
            .unwrap();
        running.store.close().await;
    }

    /// A member of the server.
    pub(crate) fn person(&self, name: &str) -> Asker {
        Asker {
            person: self.discord.person(name),
            channel: self.channel(),
        }
    }

    /// The channel that everyone uses.
    pub(crate) fn channel(&self) -> Channel {
        self.discord.channel("general")
    }

    /// The next question is answered with this text from these sources.
    pub(crate) fn will_answer(&self, text: &str, urls: &[&str]) {
        self.service.next(Script::answer(text, urls));
    }

    /// Waits until no question is open.
    pub(crate) async fn settled(&self) {
        let desk = Arc::clone(&self.running.as_ref().unwrap().desk);
        tokio::time::timeout(SOON, desk.in_flight().idle())
            .await
            .unwrap();
    }

    /// Waits until nothing of an earlier run is left to be shown.
    pub(crate) async fn recovered(&self) {
        let store = self.store();
        tokio::time::timeout(SOON, async {
            while !store
                .unshown(QuestionId(0), QuestionId(i64::MAX), 1)
                .await
                .unwrap()
                .is_empty()
            {
                look_again().await
            }
        })
        .await
        .unwrap();
    }

    /// Waits until the question of an event is recorded.
    pub(crate) async fn until_accepted(&self, event: u64) {
        let store = self.store();
        tokio::time::timeout(SOON, async {
            while store.asked_by(event).await.unwrap().is_none() {
                look_again().await;
            }
        })
        .await
        .unwrap();
    }

    /// Waits until the store knows how a question ended, shown or not.
    pub(crate) async fn until_stored(&self, asked: &Asked) {
        tokio::time::timeout(SOON, async {
            while self.outcome(asked.interaction.id()).await.is_none() {
                look_again().await
            }
        })
        .await
        .unwrap();
    }

    /// How the question that an interaction or a message brought ended, as the store knows it.
    pub(crate) async fn outcome(&self, event: u64) -> Option<Outcome> {
        let store = self.store();
        let question = store.asked_by(event).await.unwrap()?;
        store.question(question).await.unwrap()?.outcome
    }

    /// What is kept.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.running.as_ref().unwrap().store)
    }

    /// Where questions are taken and settings changed.
    pub(crate) fn desk(&self) -> Arc<Desk> {
        Arc::clone(&self.running.as_ref().unwrap().desk)
    }

    /// Where researches are taken on.
    pub(crate) fn research_desk(&self) -> Arc<ResearchDesk> {
        Arc::clone(&self.running.as_ref().unwrap().research)
    }

    /// The test makes Discord forget replies or refuse calls; without this, an interaction without a response, a reply
    /// left "thinking" and a refused call fail the test.
    pub(crate) fn loses_replies(&self) {
        self.discord.tolerates_rejections();
        self.discord.tolerates_silence();
        self.discord.tolerates_thinking();
    }

    /// What the bot is started with.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Waits until the service was asked this often and no question is open.
    pub(crate) async fn answered_in_all(&self, count: usize) {
        tokio::time::timeout(SOON, self.service.asked_in_all(count))
            .await
            .unwrap();
        self.settled().await;
    }
}

/// A person in a channel.
pub(crate) struct Asker {
    pub(crate) person: Person,
    pub(crate) channel: Channel,
}

impl Asker {
    /// The same person in another place.
    pub(crate) fn at(&self, channel: &Channel) -> Self {
        Self {
            person: self.person.clone(),
            channel: channel.clone(),
        }
    }

    /// Asks, and waits until the bot has acknowledged it.
    pub(crate) async fn begins_to_ask(&self, question: &str) -> Asked {
        let asked = self.puts(question).await;
        asked.interaction.acknowledged(SOON).await.unwrap();
        asked
    }

    /// Asks, and waits until the answer is final.
    pub(crate) async fn asks(&self, bot: &TestBot, question: &str) -> Asked {
        let asked = self.begins_to_ask(question).await;
        bot.settled().await;
        asked
    }

    /// Asks, and waits for nothing.
    pub(crate) async fn puts(&self, question: &str) -> Asked {
        let interaction = self
            .person
            .uses(&self.channel, "ask", &[("question", question)])
            .await
            .unwrap();
        Asked { interaction }
    }

    /// What this person sees in the channel, oldest first.
    pub(crate) fn sees(&self) -> Vec<Value> {
        self.person.sees(&self.channel)
    }
}

/// A question that was put.
pub(crate) struct Asked {
    pub(crate) interaction: Interaction,
}

impl Asked {
    /// What the reply says.
    pub(crate) fn shown(&self) -> String {
        content(&self.interaction.reply().unwrap())
    }

    /// The thread that was opened on the answer.
    pub(crate) fn thread(&self) -> Option<Channel> {
        self.interaction.message().unwrap().thread()
    }

    /// Waits until the reply's text is as wanted, and returns it.
    pub(crate) async fn until(&self, wanted: impl Fn(&str) -> bool) -> String {
        let reply = self
            .interaction
            .until(SOON, |message| wanted(&content(message)))
            .await;
        content(&reply.unwrap())
    }
}

/// A message's text, with `? s` for how long an answer took.
pub(crate) fn content(message: &Value) -> String {
    without_time(message["content"].as_str().unwrap_or_default())
}

/// What the message of a whole answer says that cites nothing.
pub(crate) fn whole(text: &str) -> String {
    format!("{text}\n-# No sources cited · sonar · ? s · $0.0051")
}

/// A text with `? s` for how long an answer took, of which no two runs agree on the tenth of a second. A longer time is left to be seen.
pub(crate) fn without_time(text: &str) -> String {
    let pieces = text.split(" · ").map(|piece| {
        let number = piece.strip_suffix(" s");
        let is_time = number.is_some_and(|number| number.parse::<f64>().is_ok());
        if is_time { "? s" } else { piece }
    });
    pieces.collect::<Vec<_>>().join(" · ")
}

/// Between two looks at something that has to come about, which whoever waits bounds: without a pause, looking would keep busy the very
/// processors that it needs to come about.
pub(crate) async fn look_again() {
    tokio::time::sleep(Duration::from_millis(2)).await;
}
