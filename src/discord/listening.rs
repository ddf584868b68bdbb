//! Hears messages: gathers what is known about one, and takes on what is a question. Decides nothing: that is `conversation::heard`.

use std::borrow::Cow;
use std::sync::Arc;

use serenity::all::{Message, MessageReferenceKind, MessageType, User};

use super::answering::Edge;
use super::arrival::person;
use super::call::CallError;
use super::quoting::quote;
use super::taking::{Asked, Note};
use crate::conversation::heard::{Decision, Heard, Mentioned, Replied, Speaker, Spoken, Spot};
use crate::conversation::home::Conversation;
use crate::conversation::ports::StoreError;
use crate::conversation::question::{Belongs, Person, Place, Task};
use crate::ids::{ChannelId, GuildId, MessageId, PersonId, RoleId};
use crate::render::sentences::{self, Refusal};
use crate::search::wish::Wish;

/// How a message came to be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hearing {
    /// As it was written, or not much later: whoever wrote it is told why it leads to nothing.
    Live,
    /// Long after: it may have been heard before, and nothing is said about it but an answer.
    Again,
}

/// A message that another one replies to.
struct RepliedTo<'a> {
    /// What it is to us.
    is: Replied,
    /// The message itself, where it is somebody's.
    message: Option<Cow<'a, Message>>,
}

impl Edge {
    /// Hears a message. To be called in the order in which a channel's messages were written.
    pub(super) async fn hear(self: &Arc<Self>, message: &Message, hearing: Hearing) {
        if self.speaker(message) == Speaker::Unheard {
            return;
        }
        let Err(error) = self.try_to_hear(message, hearing).await else {
            return;
        };
        tracing::error!(message = %message.id, %error, "a message could not be heard");
        self.heard_until.misses_something();
        // Whoever cannot have meant anybody else is told.
        let replied = message.referenced_message.as_deref();
        let to_us = self.spoken(message).mentions_us
            || message.guild_id.is_none()
            || replied.is_some_and(|replied| replied.author.id.get() == self.me.0);
        if hearing == Hearing::Live && to_us {
            self.tell(&self.note(message), Refusal::NotRecorded);
        }
    }

    async fn try_to_hear(
        self: &Arc<Self>,
        message: &Message,
        hearing: Hearing,
    ) -> Result<(), StoreError> {
        let spoken = self.spoken(message);
        let home = match message.guild_id {
            None => None,
            Some(_) => self.home(ChannelId(message.channel_id.get())).await?,
        };
        let spot = match (&home, message.guild_id) {
            (_, None) => Spot::Direct,
            (Some(conversation), _) => Spot::Home(conversation),
            (None, _) => Spot::Elsewhere,
        };
        // Nothing more is looked up for what cannot be for us.
        let may_be_ours = spoken.mentions_us || !matches!(spot, Spot::Elsewhere);
        let replied = self.replied_to(message, may_be_ours).await?;
        let heard = Heard {
            message: MessageId(message.id.get()),
            author: PersonId(message.author.id.get()),
            speaker: Speaker::Heard,
            text: &spoken.text,
            readable: self.may_read(message),
            mentions_us: spoken.mentions_us,
            mentions_others: spoken.mentions_others || message.mention_everyone,
            replied: replied.is,
            spot,
            group: self.rules.group,
        };
        if heard.joins()
            && let Some(conversation) = &home
        {
            self.desk.store().others_joined(conversation.id).await?;
        }
        let refusal = match heard.decide() {
            Decision::Ignore => return Ok(()),
            Decision::Take {
                belongs,
                about_replied,
            } => {
                let about = replied.message.as_deref().filter(|_| about_replied);
                let addressed = heard.addresses_us();
                return self
                    .take_heard(message, &spoken, belongs, about, hearing, addressed)
                    .await;
            }
            Decision::Ask => Refusal::AsksNothing,
            Decision::Unreadable => Refusal::Unreadable,
        };
        if hearing == Hearing::Live {
            self.tell(&self.note(message), refusal);
        }
        Ok(())
    }

    /// Takes on what a message asks; `about` is the message that it is about, and `addressed` whether it is said to the bot in so many words.
    async fn take_heard(
        self: &Arc<Self>,
        message: &Message,
        spoken: &Spoken,
        belongs: Belongs,
        about: Option<&Message>,
        hearing: Hearing,
        addressed: bool,
    ) -> Result<(), StoreError> {
        let note = self.note(message);
        // Nobody is asked for the roles of whoever wrote what was answered before.
        if note.roles.is_none() && self.desk.store().asked_by(note.message.0).await?.is_some() {
            return Ok(());
        }
        let quote = about
            .map(quote)
            .filter(|quote| !quote.text.trim().is_empty());
        if about.is_some() && quote.is_none() {
            let refusal = if self.reads_messages {
                Refusal::AsksNothing
            } else {
                Refusal::QuotedUnreadable
            };
            if !self.reads_messages || spoken.text.is_empty() {
                if hearing == Hearing::Live {
                    self.tell(&note, refusal);
                }
                return Ok(());
            }
        }
        let asked = Asked {
            text: if spoken.text.is_empty() {
                sentences::about_this(note.around)
            } else {
                &spoken.text
            },
            task: Task::Answer,
            quote,
            seen: true,
            belongs: self.settled(belongs, note.place).await,
            wish: Wish::default(),
        };
        let Err(refusal) = self.take_message(&note, asked).await else {
            return Ok(());
        };
        if matches!(refusal, Refusal::NotLookedUp | Refusal::NotFoundOut) {
            self.heard_until.misses_something();
        }
        if hearing == Hearing::Live
            // The same message may have been heard before; then it is a question all the same.
            && self.desk.store().asked_by(note.message.0).await?.is_none()
            && (refusal != Refusal::NotAdmitted || addressed && self.is_to_be_told(&note))
        {
            self.tell(&note, refusal);
        }
        Ok(())
    }

    /// Whether whoever wrote a message is told by it that they may not ask there: not with every one that they write.
    fn is_to_be_told(&self, note: &Note) -> bool {
        let now = self.desk.clock().now();
        self.told_lately
            .is_due(note.person.id, note.place.channel, now)
    }

    /// Where a question belongs that would begin a conversation: in a thread or post, to the one that lives there from now on.
    async fn settled(&self, belongs: Belongs, place: Place) -> Belongs {
        if belongs != Belongs::New {
            return belongs;
        }
        match self
            .ways
            .places
            .of(&self.ways.channels, place.channel)
            .await
        {
            Ok(known) if known.is_home() => Belongs::Here,
            Ok(_) => Belongs::New,
            Err(error) => {
                tracing::warn!(channel = %place.channel, %error, "the kind of a channel could not be learned; it is taken for an ordinary one");
                Belongs::New
            }
        }
    }

    /// The conversation that lives in a channel. In a thread or post that others may have been in before it, it knows of them.
    async fn home(&self, channel: ChannelId) -> Result<Option<Conversation>, StoreError> {
        let Some(mut conversation) = self.desk.store().living_in(channel).await? else {
            return Ok(None);
        };
        // A thread that was opened on an answer has had nobody else in it yet.
        if conversation.began_in == channel && !conversation.others_joined {
            let known = self.ways.places.of(&self.ways.channels, channel).await;
            if known.is_ok_and(|known| !known.is_only_of(conversation.starter)) {
                self.desk.store().others_joined(conversation.id).await?;
                conversation.others_joined = true;
            }
        }
        Ok(Some(conversation))
    }

    async fn replied_to<'a>(
        &self,
        message: &'a Message,
        may_be_ours: bool,
    ) -> Result<RepliedTo<'a>, StoreError> {
        let reference = message
            .message_reference
            .as_ref()
            .filter(|reference| reference.kind == MessageReferenceKind::Default);
        let Some(id) = reference.and_then(|reference| reference.message_id) else {
            return Ok(RepliedTo {
                is: Replied::Nothing,
                message: None,
            });
        };
        let referenced = match message.referenced_message.as_deref() {
            Some(referenced) => Some(Cow::Borrowed(referenced)),
            None if may_be_ours => self.fetch(message, id).await.map(Cow::Owned),
            None => None,
        };
        let store = self.desk.store();
        let id = MessageId(id.get());
        Ok(match referenced {
            None => RepliedTo {
                is: Replied::Gone,
                message: None,
            },
            Some(ours) if ours.author.id.get() == self.me.0 => RepliedTo {
                is: store
                    .answered_by(id)
                    .await?
                    .map_or(Replied::Ours, Replied::Answer),
                message: None,
            },
            Some(theirs) => RepliedTo {
                is: Replied::Theirs {
                    author: PersonId(theirs.author.id.get()),
                    question: match may_be_ours {
                        true => store.asked_by(id.0).await?,
                        false => None,
                    },
                },
                message: Some(theirs),
            },
        })
    }

    /// A message that Discord did not send along.
    async fn fetch(&self, beside: &Message, id: serenity::all::MessageId) -> Option<Message> {
        let channel = ChannelId(beside.channel_id.get());
        match self
            .ways
            .channels
            .get(channel, &format!("/messages/{id}"))
            .await
        {
            Ok(message) => Some(message),
            Err(CallError::Gone { .. }) => None,
            Err(error) => {
                tracing::warn!(message = %id, %error, "a message that is replied to could not be read");
                None
            }
        }
    }

    /// What the author of a message is. Joins, pins and the like are Discord's own.
    pub(super) fn speaker(&self, message: &Message) -> Speaker {
        let said = matches!(
            message.kind,
            MessageType::Regular | MessageType::InlineReply
        );
        let author = message.author.id.get();
        let is_person = !message.author.bot && message.webhook_id.is_none();
        if said && author != self.me.0 && (is_person || self.rules.bots.contains(&PersonId(author)))
        {
            Speaker::Heard
        } else {
            Speaker::Unheard
        }
    }

    /// Whether Discord lets the bot read what a message says.
    fn may_read(&self, message: &Message) -> bool {
        self.reads_messages
            || message.guild_id.is_none()
            || message
                .mentions
                .iter()
                .any(|user| user.id.get() == self.me.0)
    }

    fn spoken(&self, message: &Message) -> Spoken {
        self.read(&message.content, &message.mentions)
    }

    /// A text as it is taken for a question.
    pub(super) fn read(&self, text: &str, mentions: &[User]) -> Spoken {
        Spoken::read(text, self.me, &mentioned(mentions))
    }

    fn note(&self, message: &Message) -> Note {
        let nick = message
            .member
            .as_ref()
            .and_then(|member| member.nick.clone());
        let author = person(&message.author, None);
        let guild = message.guild_id.map(|guild| GuildId(guild.get()));
        Note {
            around: self.ways.languages.around(guild, author.id),
            message: MessageId(message.id.get()),
            roles: message
                .member
                .as_ref()
                .map(|member| member.roles.iter().map(|role| RoleId(role.get())).collect()),
            person: Person {
                name: nick.unwrap_or(author.name),
                ..author
            },
            place: Place {
                guild,
                channel: ChannelId(message.channel_id.get()),
                present: true,
            },
        }
    }
}

/// Those who are mentioned, by the names that they go by.
pub(super) fn mentioned(users: &[User]) -> Vec<Mentioned<'_>> {
    users
        .iter()
        .map(|user| Mentioned {
            id: PersonId(user.id.get()),
            name: user.global_name.as_deref().unwrap_or(&user.name),
        })
        .collect()
}
