//! The world of a test of crashes: a local Discord, an answer service, a data directory, and one process of the bot after another.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use discord_emulator::{Channel, Emulator, Harness, Interaction, Person, RateLimits};
use tempfile::TempDir;

use crate::ledger::Ledger;
use crate::oracle;
use crate::process::Process;
use crate::rows::Rows;
use crate::service::Service;

/// How long a test waits for something that has to come about. Only a broken bot lets it run out, however busy the machine.
pub(crate) const IN_TIME: Duration = Duration::from_secs(60);

/// What the bot is set to, unless a test adds to it.
const SETTINGS: &str = "
[discord]
grace_seconds = 3
[answers]
related_questions = false
open_per_person = 50
[conversations]
threads = \"always\"
[display]
announce_seconds = 840
[research]
submissions_per_minute = 600
open_per_person = 50
";

/// A local Discord, an answer service, a data directory, and the bot that runs in it, or none.
pub(crate) struct World {
    pub(crate) discord: Harness,
    pub(crate) service: Service,
    folder: TempDir,
    bot: Option<Process>,
    /// How often the bot was started.
    starts: usize,
    asked: Vec<Asked>,
    /// Where something was asked.
    places: BTreeMap<u64, Channel>,
    /// Where nothing can be written any more, so that what stands there stays as it is.
    closed: BTreeSet<u64>,
}

/// A question that was put.
#[derive(Clone)]
pub(crate) struct Asked {
    /// Its number, such as `q17`.
    pub(crate) number: String,
    /// The interaction or message that brought it.
    pub(crate) event: u64,
    pub(crate) way: Way,
    /// At which start of the bot.
    start: usize,
}

/// How a question was put.
#[derive(Clone)]
pub(crate) enum Way {
    Command(Interaction),
    Mention,
}

impl World {
    /// A world in which the bot has not been started yet.
    pub(crate) async fn new() -> Self {
        Self::with("").await
    }

    /// The same with these lines added to the bot's settings.
    pub(crate) async fn with(settings: &str) -> Self {
        let emulator = Emulator::start(discord_emulator::Settings {
            rate_limits: RateLimits::Calm,
            record: true,
            ..discord_emulator::Settings::default()
        });
        // What the bot did is judged by the oracle; the harness holds its requests to Discord's own document.
        let discord = Harness::around(emulator.await.unwrap())
            .judged_by(discord_openapi::judge)
            .overlooks_the_bot();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), discord.ca_pem()).unwrap();
        let settings = format!("{SETTINGS}{settings}");
        std::fs::write(folder.path().join("footnote.toml"), settings).unwrap();
        Self {
            discord,
            service: Service::start().await,
            folder,
            bot: None,
            starts: 0,
            asked: Vec::new(),
            places: BTreeMap::new(),
            closed: BTreeSet::new(),
        }
    }

    /// Starts the bot, and waits until it is ready.
    pub(crate) async fn starts(&mut self) {
        self.starts_to_end_at("").await;
        assert!(!self.is_over(), "{}", self.log());
    }

    /// Starts the bot, and kills it so long after, ready or not.
    pub(crate) async fn is_killed_while_it_starts(&mut self, after: Duration) {
        self.begins_to_start("");
        tokio::time::sleep(after).await;
        self.is_killed().await;
    }

    fn begins_to_start(&mut self, points: &str) {
        assert!(self.bot.is_none(), "one is running");
        self.starts += 1;
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        let variables = [
            ("DISCORD_TOKEN", self.discord.bot_token()),
            (
                "DISCORD_ADDRESS",
                self.discord.discord_address().to_string(),
            ),
            ("DISCORD_CA_FILE", path("ca.pem")),
            ("DISCORD_GATEWAY_URL", self.discord.gateway_url()),
            ("SONAR_BASE_URL", self.service.base_url()),
            ("SONAR_API_KEY", "canary-key".to_owned()),
            ("FOOTNOTE_DATA_DIR", path("data")),
            ("FOOTNOTE_LOG", "debug".to_owned()),
        ];
        let log = self.folder.path().join("log");
        self.bot = Some(Process::start(self.folder.path(), &variables, &log, points));
    }

    /// Starts the bot, which ends at one of these points; waits until it is ready, or has ended.
    pub(crate) async fn starts_to_end_at(&mut self, points: &str) {
        let before = self.sessions();
        self.begins_to_start(points);
        let started = async {
            while !self.is_over() {
                let now = self.sessions();
                if now.iter().any(|session| !before.contains(session)) {
                    break;
                }
                look_again().await;
            }
        };
        let started = tokio::time::timeout(IN_TIME, started).await;
        assert!(started.is_ok(), "the bot is not ready: {}", self.log());
        if !self.is_over() {
            self.discord.bot_is_ready(IN_TIME).await.unwrap();
        }
    }

    /// Whether the process that was started last has ended by itself.
    pub(crate) fn is_over(&mut self) -> bool {
        self.bot.as_mut().is_none_or(Process::is_over)
    }

    /// Waits until the bot ends at its point.
    pub(crate) async fn ends_at_its_point(&mut self) {
        self.bot.take().unwrap().ends_at_its_point().await;
    }

    /// Waits until the bot ends at its point, or everything is settled without its having passed it.
    pub(crate) async fn ends_at_its_point_or_settles(&mut self) -> bool {
        let settled = async {
            while !self.is_over() && !self.is_settled().await {
                look_again().await;
            }
        };
        let settled = tokio::time::timeout(IN_TIME, settled).await;
        assert!(settled.is_ok(), "{:?}\n{}", self.rows().await, self.log());
        if self.is_over() {
            self.ends_at_its_point().await;
            return true;
        }
        false
    }

    /// Kills the bot, as `kill -9` does.
    pub(crate) async fn is_killed(&mut self) {
        self.bot.take().unwrap().dies().await;
    }

    /// The same, unless it has ended in good order by then.
    pub(crate) async fn is_killed_or_over(&mut self) {
        if self.is_over() {
            self.bot.take().unwrap().ends_well().await;
        } else {
            self.is_killed().await;
        }
    }

    /// Tells the bot to stop; waits for nothing.
    pub(crate) fn is_told_to_stop(&self) {
        self.bot.as_ref().unwrap().is_told_to_stop();
    }

    /// Tells the bot to stop, and waits for its end in good order.
    pub(crate) async fn stops(&mut self) {
        self.bot.take().unwrap().stops().await;
    }

    /// Somebody asks by `/ask`; waits for nothing.
    pub(crate) async fn asks(&mut self, person: &str, number: u32, words: &str) -> Asked {
        let channel = self.channel();
        self.uses("ask", &channel, person, number, words).await
    }

    /// Somebody has something researched by `/research`; waits for nothing.
    pub(crate) async fn researches(&mut self, person: &str, number: u32, words: &str) -> Asked {
        let channel = self.channel();
        self.researches_in(&channel, person, number, words).await
    }

    /// The same in another channel or a thread.
    pub(crate) async fn researches_in(
        &mut self,
        channel: &Channel,
        person: &str,
        number: u32,
        words: &str,
    ) -> Asked {
        self.uses("research", channel, person, number, words).await
    }

    /// Somebody cancels what they have researched, as soon as that can be pressed; unless the bot is over, or the research.
    pub(crate) async fn cancels(&mut self, person: &str, asked: &Asked) {
        let Way::Command(interaction) = asked.way.clone() else {
            panic!("it was not asked by a command");
        };
        let pressed = async {
            while !self.is_over() {
                let message = interaction.message();
                if let Some(message) = message
                    && self
                        .person(person)
                        .presses(&message, "Cancel")
                        .await
                        .is_ok()
                {
                    break;
                }
                let rows = self.rows().await;
                let kept = rows.of_event(asked.event);
                if kept.is_some_and(|question| question.has_ended) {
                    break;
                }
                look_again().await;
            }
        };
        let pressed = tokio::time::timeout(IN_TIME, pressed).await;
        assert!(pressed.is_ok(), "{}", self.log());
    }

    async fn uses(
        &mut self,
        command: &str,
        channel: &Channel,
        person: &str,
        number: u32,
        words: &str,
    ) -> Asked {
        let person = self.discord.person(person);
        let text = text(number, words);
        let used = person.uses(channel, command, &[("question", &text)]).await;
        let interaction = used.unwrap();
        self.note(number, channel, interaction.id(), Way::Command(interaction))
    }

    /// Somebody asks by a mention.
    pub(crate) fn mentions(&mut self, person: &str, number: u32, words: &str) -> Asked {
        let channel = self.channel();
        let said = self.person(person);
        let message = said.mentions_bot(&channel, &text(number, words)).unwrap();
        self.note(number, &channel, message.id(), Way::Mention)
    }

    fn note(&mut self, number: u32, channel: &Channel, event: u64, way: Way) -> Asked {
        self.places.insert(channel.id(), channel.clone());
        let asked = Asked {
            number: format!("q{number}"),
            event,
            way,
            start: self.starts,
        };
        self.asked.push(asked.clone());
        asked
    }

    pub(crate) fn person(&self, name: &str) -> Person {
        self.discord.person(name)
    }

    /// The channel that everyone uses.
    pub(crate) fn channel(&self) -> Channel {
        self.discord.channel("general")
    }

    /// From now on nothing can be written there, by nobody: what stands there stays as it is.
    pub(crate) fn closes(&mut self, place: &Channel) {
        self.closed.insert(place.id());
    }

    /// Whether nothing can be written there any more.
    pub(crate) fn is_closed(&self, place: u64) -> bool {
        self.closed.contains(&place)
    }

    /// Everything that was put so far.
    pub(crate) fn asked(&self) -> &[Asked] {
        &self.asked
    }

    /// What the store says.
    pub(crate) async fn rows(&self) -> Rows {
        Rows::read(&self.folder.path().join("data/footnote.db")).await
    }

    /// What is to be seen of the bot.
    pub(crate) fn seen(&self) -> Ledger {
        let channels: Vec<Channel> = self.places.values().cloned().collect();
        Ledger::of(&self.discord, &channels)
    }

    /// Waits until a text is to be seen in so many messages of the bot's.
    pub(crate) async fn until_seen(&self, text: &str, messages: usize) {
        let seen = async {
            while self.seen().with(text).len() < messages {
                look_again().await;
            }
        };
        let seen = tokio::time::timeout(IN_TIME, seen).await;
        assert!(seen.is_ok(), "nobody sees {text}: {:#?}", self.seen().0);
    }

    /// Waits until everything that was taken on has come to its end, and every message that asks was taken on.
    pub(crate) async fn is_quiet(&self) {
        let quiet = async {
            while !self.is_settled().await {
                look_again().await;
            }
        };
        let quiet = tokio::time::timeout(IN_TIME, quiet).await;
        assert!(quiet.is_ok(), "{:?}\n{}", self.rows().await, self.log());
    }

    async fn is_settled(&self) -> bool {
        let rows = self.rows().await;
        // A command that the bot heard and did not live to record is lost, and a message is heard later on.
        let may_be_lost =
            |asked: &&Asked| matches!(asked.way, Way::Command(_)) && asked.start < self.starts;
        let is_taken = |asked: &Asked| rows.of_event(asked.event).is_some();
        let mut put = self.asked.iter();
        put.all(|asked| may_be_lost(&asked) || is_taken(asked)) && rows.are_settled()
    }

    /// All that was ever logged.
    pub(crate) fn log(&self) -> String {
        let log = std::fs::read(self.folder.path().join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// Waits until all is quiet, stops the bot, and holds everything that happened against what was promised.
    pub(crate) async fn ends_well(&mut self) {
        self.is_quiet().await;
        self.stops().await;
        oracle::judge(self).await;
    }

    fn sessions(&self) -> Vec<String> {
        let connected = self.discord.sessions().into_iter();
        connected
            .filter(|session| session.connected)
            .map(|session| session.id)
            .collect()
    }
}

/// What is asked under this number.
fn text(number: u32, words: &str) -> String {
    format!("What of the canary q{number} {words}?")
}

/// Between two looks at something that has to come about: without a pause, looking would keep busy the very processors that it needs to.
pub(crate) async fn look_again() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}
