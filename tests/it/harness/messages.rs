//! What people do with messages, and what becomes of it.

use discord_emulator::{Channel, Message, Permissions, RateLimits};
use footnote_bot::ids::{MessageId, QuestionId};
use footnote_bot::settings::Settings;
use serde_json::Value;

use super::look_again;
use super::{Asker, SOON, TestBot, content};

impl Asker {
    /// The same person in another channel, thread or post.
    pub(crate) fn is_in(&self, channel: &Channel) -> Self {
        Self {
            person: self.person.clone(),
            channel: channel.clone(),
        }
    }

    /// The same person in the direct conversation with the bot.
    pub(crate) fn is_alone_with_the_bot(&self) -> Self {
        self.is_in(&self.person.direct_messages())
    }

    pub(crate) fn says(&self, text: &str) -> Message {
        self.person.says(&self.channel, text).unwrap()
    }

    pub(crate) fn mentions_bot(&self, text: &str) -> Message {
        self.person.mentions_bot(&self.channel, text).unwrap()
    }

    pub(crate) fn replies(&self, message: &Message, text: &str) -> Message {
        self.person.replies(message, text).unwrap()
    }

    /// Replies to a message, and mentions the bot in it.
    pub(crate) fn replies_with_a_mention(
        &self,
        bot: &TestBot,
        message: &Message,
        text: &str,
    ) -> Message {
        let mention = bot.mention();
        self.replies(message, format!("{mention} {text}").trim())
    }

    /// Opens a thread that belongs to no message.
    pub(crate) fn opens_thread(&self, name: &str) -> Channel {
        self.person.opens_thread_in(&self.channel, name).unwrap()
    }

    /// Deletes somebody else's message.
    pub(crate) fn deletes_as_moderator(&self, bot: &TestBot, message: &Message) {
        let moderators = bot.discord.role("moderators", Permissions::MANAGE_MESSAGES);
        self.person.gets(moderators);
        self.deletes(message);
    }

    /// Opens a post in a forum.
    pub(crate) fn posts(&self, forum: &Channel, title: &str, text: &str) -> Channel {
        self.person.posts(forum, title, text, &[]).unwrap()
    }

    pub(crate) fn edits(&self, message: &Message, text: &str) {
        self.person.edits(message, text).unwrap();
    }

    pub(crate) fn deletes(&self, message: &Message) {
        self.person.deletes(message).unwrap();
    }

    /// How this person is mentioned.
    pub(crate) fn mention(&self) -> String {
        format!("<@{}>", self.person.id())
    }
}

impl TestBot {
    /// A bot in a world whose developer portal lets it read all messages.
    pub(crate) async fn that_reads(change: impl FnOnce(&mut Settings)) -> Self {
        let mut bot = Self::before_start(RateLimits::Calm, change).await;
        bot.discord.allow_message_content(true);
        bot.start().await;
        bot
    }

    /// Changes what the bot is started with next.
    pub(crate) fn changes(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings);
    }

    /// How the bot is mentioned.
    pub(crate) fn mention(&self) -> String {
        format!("<@{}>", self.discord.application_id())
    }

    /// The question that a message became, once it has become one.
    pub(crate) async fn question_of(&self, message: &Message) -> QuestionId {
        let store = self.store();
        let became = async {
            loop {
                if let Some(question) = store.asked_by(message.id()).await.unwrap() {
                    return question;
                }
                look_again().await;
            }
        };
        tokio::time::timeout(SOON, became).await.unwrap()
    }

    /// The first message of the answer to a message, once the answer is final.
    pub(crate) async fn answer_to(&self, message: &Message) -> Message {
        let question = self.question_of(message).await;
        self.settled().await;
        let posted = self.store().messages(question).await.unwrap();
        let first = posted.first().unwrap();
        message.channel().message(first.message.0).unwrap()
    }

    /// Whether a message became a question. To be asked once something that was written after it in the same channel was answered.
    pub(crate) async fn took(&self, message: &Message) -> bool {
        let asked = self.store().asked_by(message.id()).await.unwrap();
        asked.is_some()
    }

    /// Waits for the bot's reply to a message, which may be final or not.
    pub(crate) async fn reply_to(&self, message: &Message) -> Message {
        let channel = message.channel();
        let replied = async {
            loop {
                if let Some(reply) = self.replies_to(message).first() {
                    return channel.message(id(reply)).unwrap();
                }
                look_again().await;
            }
        };
        tokio::time::timeout(SOON, replied).await.unwrap()
    }

    /// The bot's replies to a message, oldest first.
    pub(crate) fn replies_to(&self, message: &Message) -> Vec<Value> {
        let wanted = message.id().to_string();
        let us = self.discord.application_id().to_string();
        let seen = self.discord.bot().sees(&message.channel());
        seen.into_iter()
            .filter(|seen| seen["author"]["id"] == us)
            .filter(|seen| seen["message_reference"]["message_id"] == wanted)
            .collect()
    }

    /// What the answer service was last asked, as it was put.
    pub(crate) fn last_question(&self) -> String {
        let asked = self.service.asked();
        let messages = asked.last().unwrap()["messages"].as_array().unwrap();
        content(messages.last().unwrap())
    }

    /// How many messages went along with the last question: those said before, and itself.
    pub(crate) fn turns_of_last_question(&self) -> usize {
        let asked = self.service.asked();
        let messages = asked.last().unwrap()["messages"].as_array().unwrap();
        let spoken = messages.iter().filter(|said| said["role"] != "system");
        spoken.count()
    }

    /// The messages of an answer that are there.
    pub(crate) async fn messages_of(&self, question: QuestionId) -> Vec<MessageId> {
        let posted = self.store().messages(question).await.unwrap();
        posted.into_iter().map(|posted| posted.message).collect()
    }
}

/// Waits until a message is as wanted.
pub(crate) async fn until(message: &Message, wanted: impl Fn(&Value) -> bool) -> Value {
    let became = async {
        loop {
            if let Some(json) = message.json().filter(|json| wanted(json)) {
                return json;
            }
            look_again().await;
        }
    };
    tokio::time::timeout(SOON, became).await.unwrap()
}

/// Waits until a message is gone.
pub(crate) async fn until_gone(message: &Message) {
    let gone = async {
        while message.json().is_some() {
            look_again().await;
        }
    };
    tokio::time::timeout(SOON, gone).await.unwrap();
}

/// What the buttons below a message say.
pub(crate) fn buttons(message: &Value) -> Vec<String> {
    let rows = message["components"].as_array().into_iter().flatten();
    rows.flat_map(|row| row["components"].as_array().into_iter().flatten())
        .filter_map(|button| button["label"].as_str().map(str::to_owned))
        .collect()
}

fn id(message: &Value) -> u64 {
    message["id"].as_str().unwrap().parse().unwrap()
}
