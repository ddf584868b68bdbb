//! What becomes of a question whose message is edited or deleted, by the rules of the place.

use std::sync::Arc;

use serenity::all::{Message, MessageUpdateEvent};

use super::answering::{Edge, Form};
use super::courier::without_its_file;
use super::listening::Hearing;
use crate::clock::Moment;
use crate::conversation::ports::{Posted, StoreError};
use crate::conversation::question::{Question, QuestionText};
use crate::conversation::rules::{OnDelete, OnEdit};
use crate::ids::{ChannelId, MessageId, QuestionId};
use crate::render::{answer, research};

/// How long after it was written a message can still become a question by an edit, in milliseconds.
const MENDED_WITHIN_MS: i64 = 15 * 60 * 1_000;

impl Edge {
    /// Takes on the edit of a message.
    pub(super) async fn edited(self: &Arc<Self>, event: &MessageUpdateEvent) {
        if let Err(error) = self.try_edited(event).await {
            tracing::error!(message = %event.id, %error, "an edit could not be taken on");
        }
    }

    async fn try_edited(self: &Arc<Self>, event: &MessageUpdateEvent) -> Result<(), StoreError> {
        let (Some(author), Some(content), Some(_)) =
            (&event.author, &event.content, event.edited_timestamp)
        else {
            // Discord adds previews and threads to messages in the same way.
            return Ok(());
        };
        if author.id.get() == self.me.0 || content.is_empty() {
            // What may not be read comes empty.
            return Ok(());
        }
        let store = self.desk.store();
        let Some(question) = store.asked_by(event.id.get()).await? else {
            return self.hear_mended(event, content).await;
        };
        if self.rules.on_edit == OnEdit::Ignore {
            return Ok(());
        }
        let spoken = self.read(content, event.mentions.as_deref().unwrap_or_default());
        let (Ok(text), Some(kept)) = (
            QuestionText::parse(&spoken.text),
            store.question(question).await?,
        ) else {
            return Ok(());
        };
        let newest = kept.edited.as_ref().unwrap_or(&kept.question.asked.text);
        if kept.withdrawn || *newest == text {
            return Ok(());
        }
        store.edited(question, &text).await?;
        let edge = Arc::clone(self);
        self.tasks
            .spawn(async move { edge.offer_edited(question).await });
        Ok(())
    }

    /// Offers below a question's answer to answer it as it was edited, or takes the offer back when it reads as it did. Not while it is
    /// still being answered: its delivery does this.
    pub(super) async fn offer_edited(&self, question: QuestionId) {
        if let Err(error) = self.try_offer_edited(question).await {
            tracing::error!(%question, %error, "an edit could not be offered to be answered");
        }
    }

    async fn try_offer_edited(&self, question: QuestionId) -> Result<(), StoreError> {
        let Some(kept) = self.desk.store().question(question).await? else {
            return Ok(());
        };
        let (Some(outcome), Some(edited)) = (&kept.outcome, &kept.edited) else {
            return Ok(());
        };
        let changed = *edited != kept.question.asked.text;
        let mut there = self.desk.messages(question).await;
        there.retain(|posted| posted.part < Posted::ANNOUNCEMENT);
        let Some(there) = there.into_iter().max_by_key(|posted| posted.part) else {
            return Ok(());
        };
        let channels = &self.ways.channels;
        let found = self.research.found(question).await?;
        let report = found.map(|found| found.record.report());
        for form in [Form::AsSet, Form::WithoutPictures, Form::Plain] {
            let (display, outcome) = self.in_form(&kept.question, outcome, form);
            let mut messages = match (&report, changed) {
                (Some(report), true) => research::edited(&kept.question, &outcome, report, display),
                (Some(report), false) => {
                    research::outcome(&kept.question, &outcome, report, display)
                }
                (None, true) => answer::edited(&kept.question, &outcome, display),
                (None, false) => answer::outcome(&kept.question, &outcome, display),
            };
            let last = messages.pop();
            // The last one may be missing while the answer is being delivered, which does this once more at its end. And what was delivered
            // in another form is cut in other places: its last message is not this one.
            let is_last = usize::try_from(there.part).is_ok_and(|part| part == messages.len());
            let Some(message) = last.filter(|_| is_last) else {
                continue;
            };
            let message = self.ways.bearable(&kept.question, there.channel, &message);
            let mut edited = channels.edit(there.channel, there.message, &message).await;
            if let Err(error) = &edited
                && let Some(message) = without_its_file(&kept.question, &message, error)
            {
                let again = channels.edit(there.channel, there.message, &message).await;
                if again.is_ok() {
                    self.ways.goes_without_file(there.channel, error);
                }
                edited = again;
            }
            let Err(error) = edited else {
                return Ok(());
            };
            tracing::warn!(%question, %error, "an edit could not be offered to be answered");
            let may_be_of_embeds = error.lacks_permission() || error.is_malformed();
            if message.embeds().is_empty() || !may_be_of_embeds {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Hears a message that was no question before it was edited: its author may have mended the mention.
    async fn hear_mended(
        self: &Arc<Self>,
        event: &MessageUpdateEvent,
        content: &str,
    ) -> Result<(), StoreError> {
        let written = event.id.created_at().unix_timestamp() * 1_000;
        let is_recent = self.desk.clock().now().since(Moment(written)).as_millis()
            <= u128::from(MENDED_WITHIN_MS.unsigned_abs());
        let spoken = self.read(content, event.mentions.as_deref().unwrap_or_default());
        if !is_recent || !(spoken.mentions_us || event.guild_id.is_none()) {
            return Ok(());
        }
        let channel = ChannelId(event.channel_id.get());
        let address = format!("/messages/{}", event.id);
        let message: Result<Message, _> = self.ways.channels.get(channel, &address).await;
        match message {
            Ok(mut message) => {
                // What is read does not say where it is.
                message.guild_id = event.guild_id;
                self.hear(&message, Hearing::Live).await;
            }
            Err(error) => {
                tracing::warn!(message = %event.id, %error, "an edited message could not be read")
            }
        }
        Ok(())
    }

    /// Takes on the deletion of a message.
    pub(super) async fn deleted(self: &Arc<Self>, message: MessageId) {
        if let Err(error) = self.try_deleted(message).await {
            tracing::error!(%message, %error, "a deletion could not be taken on");
        }
    }

    async fn try_deleted(self: &Arc<Self>, message: MessageId) -> Result<(), StoreError> {
        let store = self.desk.store();
        if let Some(question) = store.asked_by(message.0).await? {
            if self.rules.on_delete == OnDelete::Remove {
                // Forgotten at once; those who write next in the channel do not wait until the messages are gone.
                store.withdraw(question).await?;
                let edge = Arc::clone(self);
                self.tasks.spawn(async move {
                    // What went wrong is in the log: nobody waits to be told.
                    let _told_nobody = edge.take_away(question, None).await;
                });
            }
        } else if let Some(question) = store.answered_by(message).await? {
            let progress = self.progress_of(question).await;
            // That it was there is remembered: no other takes the place of one that somebody deleted.
            if progress.is_none_or(|progress| progress.message != message) {
                store.unposted(message).await?;
            }
        }
        Ok(())
    }

    /// Whether a question was taken away.
    pub(super) async fn is_withdrawn(&self, question: QuestionId) -> bool {
        match self.desk.store().question(question).await {
            Ok(kept) => kept.is_some_and(|kept| kept.withdrawn),
            Err(error) => {
                tracing::error!(%question, %error, "whether a question was taken away could not be read");
                false
            }
        }
    }

    /// Takes on the edit of a question's message while its answer was being delivered.
    pub(super) async fn catch_up_with_changes(&self, question: &Question) {
        if self.rules.on_edit == OnEdit::Offer {
            self.offer_edited(question.id).await;
        }
    }
}
