//! Deep research, as people come to see it: asked for, waited for, answered once.

mod asking;

mod cancelling;

mod confirming;

mod delivering;

mod places;

mod queueing;

mod restarting;

use std::ops::{Deref, DerefMut};

use discord_emulator::{Channel, Interaction, Message, RateLimits, Whom};
use footnote_bot::conversation::ports::Posted;
use footnote_bot::ids::QuestionId;
use footnote_bot::jobs::job::State;
use footnote_bot::research::record::{Record, Stage};
use footnote_bot::settings::Settings;
use serde_json::Value;

use crate::harness::research_service::{Researches, Work};
use crate::harness::{Asked, Asker, SOON, TestBot, content, look_again};

/// A bot that has questions researched. At its end it is looked whom its messages pinged: nobody but those they begin with.
pub(crate) struct Library {
    bot: TestBot,
}

impl Deref for Library {
    type Target = TestBot;

    fn deref(&self) -> &TestBot {
        &self.bot
    }
}

impl DerefMut for Library {
    fn deref_mut(&mut self) -> &mut TestBot {
        &mut self.bot
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let record = self.bot.discord.record();
        let writes = record.exchanges.iter();
        let bodies = writes.filter_map(|write| write.body.as_ref());
        for body in bodies.filter(|body| body.get("content").is_some()) {
            let begins = body["content"].as_str().unwrap_or_default();
            let allowed = &body["allowed_mentions"];
            assert_eq!(allowed["parse"], serde_json::json!([]), "{body}");
            for user in allowed["users"].as_array().into_iter().flatten() {
                let mention = format!("<@{}>", user.as_str().unwrap());
                assert!(begins.starts_with(&mention), "{body}");
                assert_eq!(allowed["users"].as_array().unwrap().len(), 1, "{body}");
            }
        }
    }
}

impl Library {
    /// A bot that has questions researched without a word from their askers.
    pub(crate) async fn opens() -> Self {
        Self::opens_with(|_| {}).await
    }

    /// The same, with some settings changed.
    pub(crate) async fn opens_with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut library = Self::before_it_opens(change).await;
        library.start().await;
        library
    }

    /// The world without the bot in it.
    pub(crate) async fn before_it_opens(change: impl FnOnce(&mut Settings)) -> Self {
        let bot = TestBot::before_start(RateLimits::Calm, |settings| {
            settings.research.submissions_per_minute = 6_000;
            settings.research.looks_per_minute = 60_000;
            change(settings);
        })
        .await;
        bot.discord.tolerates_pings();
        Self { bot }
    }

    /// The service that researches.
    pub(crate) fn researches(&self) -> &Researches {
        &self.service.researches
    }

    /// Waits until the service has taken so many researches on.
    pub(crate) async fn taken_on(&self, count: usize) {
        let taken = self.researches().taken_on(count);
        tokio::time::timeout(SOON, taken).await.unwrap();
    }

    /// Waits until the research of an event has nothing left to do.
    pub(crate) async fn until_over(&self, event: u64) {
        self.until_stage(event, |stage| matches!(stage, Stage::Over { .. }))
            .await;
        let store = self.store();
        let question = store.asked_by(event).await.unwrap().unwrap();
        let ended = async {
            while store.job_of(question).await.unwrap().unwrap().state != State::Ended {
                look_again().await;
            }
        };
        tokio::time::timeout(SOON, ended).await.unwrap();
    }

    /// Waits until the research of an event has come this far.
    pub(crate) async fn until_stage(&self, event: u64, wanted: impl Fn(&Stage) -> bool) -> Record {
        let store = self.store();
        let came = async {
            loop {
                if let Some(question) = store.asked_by(event).await.unwrap()
                    && let Some(job) = store.job_of(question).await.unwrap()
                    && let Some(record) = Record::read(&job.checkpoint)
                    && wanted(&record.stage)
                {
                    return record;
                }
                look_again().await;
            }
        };
        tokio::time::timeout(SOON, came).await.unwrap()
    }

    /// The question that an event brought.
    pub(crate) async fn question_by(&self, event: u64) -> QuestionId {
        self.store().asked_by(event).await.unwrap().unwrap()
    }

    /// The messages in which the outcome of an event's question is, in order, as far as they are in this channel; the one that showed its
    /// progress is none of them.
    pub(crate) async fn outcome_in(&self, channel: &Channel, event: u64) -> Vec<Message> {
        let question = self.question_by(event).await;
        let mut posted = self.store().messages(question).await.unwrap();
        posted.retain(|posted| posted.part < Posted::ANNOUNCEMENT);
        let here = posted
            .iter()
            .filter(|posted| posted.channel.0 == channel.id());
        here.map(|posted| channel.message(posted.message.0).unwrap())
            .collect()
    }

    /// Whom a message pinged.
    pub(crate) fn pinged_by(&self, message: &Message) -> Vec<u64> {
        let pings = self.discord.report().pings.into_iter();
        let of_it = pings.filter(|ping| ping.message == message.id());
        of_it
            .map(|ping| match ping.whom {
                Whom::Person(person) => person,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    /// Has a question researched from the command to its end, and answered with "So it is. [1]".
    pub(crate) async fn researches_for(&self, asker: &Asker, question: &str) -> Asked {
        let before = self.researches().paid();
        let asked = asker.has_researched(question).await;
        self.taken_on(before + 1).await;
        self.researches().completes(
            before,
            "So it is.[1]",
            &["https://example.org/so"],
            Some(0.41),
        );
        self.until_over(asked.interaction.id()).await;
        asked
    }
}

impl Asker {
    /// Uses `/research`, and waits until the bot has acknowledged it.
    pub(crate) async fn has_researched(&self, question: &str) -> Asked {
        self.has_researched_with(question, &[]).await
    }

    /// The same with wishes for this question alone.
    pub(crate) async fn has_researched_with(
        &self,
        question: &str,
        wishes: &[(&str, &str)],
    ) -> Asked {
        let options = [&[("question", question)], wishes].concat();
        let used = self.person.uses(&self.channel, "research", &options).await;
        let interaction = used.unwrap();
        interaction.acknowledged(SOON).await.unwrap();
        Asked { interaction }
    }

    /// The last message that this person sees in the channel.
    pub(crate) fn last(&self) -> Value {
        self.sees().pop().unwrap()
    }

    /// Waits until this person sees a message that says this, and returns it.
    pub(crate) async fn until_seen(&self, wanted: &str) -> Message {
        let seen = async {
            loop {
                let there = self.sees();
                let found = there
                    .iter()
                    .rev()
                    .find(|seen| content(seen).contains(wanted));
                if let Some(found) = found {
                    let id = found["id"].as_str().unwrap().parse().unwrap();
                    return self.channel.message(id).unwrap();
                }
                look_again().await;
            }
        };
        match tokio::time::timeout(SOON, seen).await {
            Ok(message) => message,
            Err(_) => panic!("nobody said {wanted:?}: {:#?}", self.sees()),
        }
    }
}

/// What the service answers a research with that is done.
pub(crate) fn done(text: &str) -> Work {
    use crate::harness::research_service::completion;
    Work::Completed(completion(text, &["https://example.org/so"], Some(0.41)))
}

/// A text with `?` for every number in it that no two runs agree on.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::new();
    for sign in text.chars() {
        if !sign.is_ascii_digit() {
            plain.push(sign);
        } else if !plain.ends_with('?') {
            plain.push('?');
        }
    }
    plain
}

/// The reply of an interaction, as it reads now.
pub(crate) fn reads(interaction: &Interaction) -> String {
    content(&interaction.reply().unwrap())
}
