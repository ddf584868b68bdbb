//! What is set in Discord, as people come to feel it.

mod access;

mod audit;

mod authority;

mod commands;

mod enforced;

mod import;

mod log;

mod panel;

mod private;

mod threads_rule;

mod whereabouts;

mod wishes;

use discord_emulator::Channel;
use footnote_bot::conversation::administering::Order;
use footnote_bot::conversation::question::Person;
use footnote_bot::ids::{ChannelId, GuildId, PersonId};
use footnote_bot::search::change::Step;
use footnote_bot::search::fields::Value;
use footnote_bot::search::scope::Path;

use crate::harness::{Asked, Asker, SOON, TestBot};

impl TestBot {
    /// Sets something in a channel, category, forum, thread or post, as an administrator would.
    pub(crate) async fn sets(&self, place: &Channel, value: Value) {
        self.makes(self.way_to(place), Step::Set(value)).await;
    }

    /// Sets something in the whole server.
    pub(crate) async fn sets_everywhere(&self, value: Value) {
        let server = Path::server(self.way_to(&self.channel()).guild);
        self.makes(server, Step::Set(value)).await;
    }

    /// Makes a change in a place.
    pub(crate) async fn makes(&self, path: Path, step: Step) {
        let order = Order {
            path,
            steps: vec![step],
            on: None,
            by: Person {
                id: PersonId(1),
                name: "an administrator".to_owned(),
            },
            manages_server: true,
        };
        self.desk().administration().change(&order).await.unwrap();
    }

    /// Where a place is in its server.
    pub(crate) fn way_to(&self, place: &Channel) -> Path {
        let told = |channel: &serde_json::Value, name: &str| -> Option<u64> {
            channel[name].as_str().map(|id| id.parse().unwrap())
        };
        let json = place.json().unwrap();
        let guild = GuildId(told(&json, "guild_id").unwrap());
        let (here, above) = (
            ChannelId(place.id()),
            told(&json, "parent_id").map(ChannelId),
        );
        let server = Path::server(guild);
        match json["type"].as_u64().unwrap() {
            4 => Path {
                category: Some(here),
                ..server
            },
            10..=12 => Path {
                thread: Some(here),
                channel: above,
                // What a thread inherits is not of interest to who sets something in it.
                ..server
            },
            _ => Path {
                channel: Some(here),
                category: above,
                ..server
            },
        }
    }
}

impl Asker {
    /// Asks with wishes for this question alone, and waits until the answer is final.
    pub(crate) async fn asks_with(
        &self,
        bot: &TestBot,
        question: &str,
        wishes: &[(&str, &str)],
    ) -> Asked {
        let asked = self.begins_to_ask_with(question, wishes).await;
        bot.settled().await;
        asked
    }

    /// Asks with wishes for this question alone, and waits until the bot has acknowledged it.
    pub(crate) async fn begins_to_ask_with(
        &self,
        question: &str,
        wishes: &[(&str, &str)],
    ) -> Asked {
        let options = [&[("question", question)], wishes].concat();
        let used = self.person.uses(&self.channel, "ask", &options).await;
        let interaction = used.unwrap();
        interaction.acknowledged(SOON).await.unwrap();
        Asked { interaction }
    }
}
