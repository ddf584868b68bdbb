//! What people do with an answer and with messages: press, pick, write in forms, use the menus of messages.

use discord_emulator::{EventAction, EventFault, Interaction, Message, Modal, UseError};
use serde_json::{Value, json};

use super::look_again;
use super::{Asked, Asker, SOON, TestBot, content};

impl Asked {
    /// The first message of the answer.
    pub(crate) fn message(&self) -> Message {
        self.interaction.message().unwrap()
    }

    /// The labels of the buttons below the first message.
    pub(crate) fn buttons(&self) -> Vec<String> {
        buttons(&self.interaction.reply().unwrap())
    }
}

impl Asker {
    /// Presses a button, and waits until the bot has acknowledged it.
    pub(crate) async fn presses(&self, message: &Message, button: &str) -> Asked {
        let interaction = self.person.presses(message, button).await.unwrap();
        acknowledged(interaction).await
    }

    /// Picks an option of the menu below a message, and waits until the bot has acknowledged it.
    pub(crate) async fn picks(&self, message: &Message, menu: &str, option: &str) -> Asked {
        let picked = self.person.chooses(message, menu, &[option]).await;
        acknowledged(picked.unwrap()).await
    }

    /// Presses a button that opens a form.
    pub(crate) async fn opens_form(&self, message: &Message, button: &str) -> Modal {
        let pressed = self.person.presses(message, button).await.unwrap();
        pressed.modal(SOON).await.unwrap()
    }

    /// Writes a question in a form and sends it; waits until the bot has acknowledged it.
    pub(crate) async fn writes(&self, form: &Modal, question: &str) -> Asked {
        let sent = self.person.fills(form, &[("question", question)]).await;
        acknowledged(sent.unwrap()).await
    }

    /// Presses "Follow up", writes a question, and waits until the answer is final.
    pub(crate) async fn follows_up(
        &self,
        bot: &TestBot,
        message: &Message,
        question: &str,
    ) -> Asked {
        let form = self.opens_form(message, "Follow up").await;
        let asked = self.writes(&form, question).await;
        bot.settled().await;
        asked
    }

    /// Chooses a command in the menu of a message.
    pub(crate) async fn uses_menu(&self, message: &Message, command: &str) -> Interaction {
        self.person.uses_on_message(message, command).await.unwrap()
    }
}

impl TestBot {
    /// Somebody uses a control or a form, and their client puts another name in for its own; waits until the bot has acknowledged it.
    pub(crate) async fn forges(
        &self,
        name: &str,
        instead: &str,
        using: impl Future<Output = Result<Interaction, UseError>>,
    ) -> Asked {
        let lost = EventFault::new("INTERACTION_CREATE", 1, EventAction::Lose);
        self.discord.event_fault(lost).unwrap();
        let interaction = using.await.unwrap();
        let record = self.discord.record();
        let mut events = record.events.into_iter().rev();
        let event = events.find(|event| event.data["data"]["custom_id"] == name);
        let mut event = event.unwrap();
        event.data["data"]["custom_id"] = json!(instead);
        // A number that no event of the session has yet; what counts is that it is handed on.
        let frame = json!({ "op": 0, "t": event.kind, "s": 1_000_000, "d": event.data });
        self.discord.send_raw(&frame.to_string());
        acknowledged(interaction).await
    }
}

/// The labels of the buttons below a message.
pub(crate) fn buttons(message: &Value) -> Vec<String> {
    let rows = message["components"].as_array().into_iter().flatten();
    let components = rows.flat_map(|row| row["components"].as_array().into_iter().flatten());
    components
        .filter_map(|component| component["label"].as_str().map(str::to_owned))
        .collect()
}

/// Whether only one person sees a message.
pub(crate) fn is_private(message: &Value) -> bool {
    message["flags"].as_u64().unwrap_or_default() & (1 << 6) != 0
}

/// What somebody alone was told after a press.
pub(crate) async fn whispered(pressed: &Asked) -> String {
    let told = tokio::time::timeout(SOON, async {
        loop {
            if let Some(told) = pressed.interaction.follow_ups().into_iter().next() {
                return told;
            }
            look_again().await
        }
    });
    let told = told.await.unwrap();
    assert!(is_private(&told), "{told}");
    content(&told)
}

async fn acknowledged(interaction: Interaction) -> Asked {
    interaction.acknowledged(SOON).await.unwrap();
    Asked { interaction }
}
