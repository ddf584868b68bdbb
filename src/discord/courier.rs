//! Delivers the finished messages of a question: the way it came, and where Discord refuses that, the next best way.

use std::borrow::Cow;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use super::call::{CallError, Written, code};
use super::first_message::{FirstMessage, Ways, Writing};
use super::looking::{Found, written_since};
use crate::conversation::ports::Posted;
use crate::conversation::question::{Origin, Question};
use crate::failpoint;
use crate::ids::{ChannelId, MessageId, PersonId};
use crate::render::{
    Message, answer,
    detour::{self, Detour},
    sentences::Permission,
};

/// How long the delivery of one message may be tried. Discord remembers a message's nonce for some minutes; within them a repeat is no double.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long it may be tried to say that an answer is complete: later on that is worth nothing.
const PATIENCE_FOR_NOTICE: Duration = Duration::from_secs(10);

/// The first wait after a call that got no answer; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The last wait for the first message of a fresh forum post, which can come later than the event that tells of it.
const LAST_PAUSE_FOR_POST: Duration = Duration::from_secs(4);

/// Why a message is not out.
#[derive(Debug, thiserror::Error)]
pub(super) enum Undelivered {
    /// Every way is closed: nobody can be shown it.
    #[error("no way is open: {0}")]
    ForGood(CallError),
    /// Discord did not answer for as long as was tried.
    #[error("Discord did not take it in time: {0}")]
    ForNow(CallError),
    /// The bot may not write here what it is to write, and that can be because it is in embeds.
    #[error("embeds may not be shown: {0}")]
    Embeds(CallError),
    /// Discord takes what was made of it for no message, and that can be because of something in its embeds.
    #[error("an embed is not taken: {0}")]
    Malformed(CallError),
}

/// Where the messages go, from the best way to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// As the question came: the reply that is held open, or a reply to its message, and further messages behind it.
    Own,
    /// The first message is one in the channel of the question, since the reply cannot be written.
    Beside,
    /// Further messages come as those of the interaction, which asks for no permission of the bot's.
    FollowUp,
    /// Into the channel that the thread of the question is in.
    Above(ChannelId),
    /// To the asker alone.
    Direct(ChannelId, Refusal),
}

/// Why a place takes no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    Lacks(Permission),
    Locked,
    Gone,
}

/// What the first message of an outcome is.
enum Begins {
    /// The reply that is held open, or a reply to the question's message.
    InReply,
    /// A new message in this channel: the answer took so long that an edit would be seen by nobody.
    Anew {
        /// The channel.
        home: ChannelId,
        /// Who the bot is.
        me: PersonId,
        /// The message behind which an earlier try may have written what it did not come to note; none where there was none.
        after: Option<MessageId>,
        /// What the first message replies to where it is in the same channel, so that it says which question it answers.
        progress: Option<Posted>,
        /// What was found there, by channel.
        found: Mutex<Vec<(ChannelId, Vec<Found>)>>,
    },
}

/// Delivers the messages of one outcome, one at a time.
pub(super) struct Courier<'a> {
    ways: &'a Ways,
    first: &'a FirstMessage,
    begins: Begins,
    /// The messages that are there already: of an earlier attempt, or of an earlier process.
    there: Vec<Posted>,
    way: Way,
    /// Whether it was said why this way was taken.
    explained: bool,
}

impl<'a> Courier<'a> {
    pub(super) async fn new(ways: &'a Ways, first: &'a FirstMessage) -> Self {
        let there = ways.desk.messages(first.question().id).await;
        Self {
            ways,
            first,
            begins: Begins::InReply,
            there,
            way: Way::Own,
            explained: false,
        }
    }

    /// One that delivers everything as new messages in the channel `home`. What a former process may have written there behind `after`, and
    /// not have come to note, is looked for first: Discord knows a nonce for some minutes only.
    pub(super) async fn anew(
        ways: &'a Ways,
        first: &'a FirstMessage,
        home: ChannelId,
        me: PersonId,
        after: Option<MessageId>,
    ) -> Self {
        let courier = Self::new(ways, first).await;
        let mut there = courier.there.iter();
        let progress = there.find(|posted| posted.part == Posted::PROGRESS);
        let begins = Begins::Anew {
            home,
            me,
            after,
            progress: progress.copied(),
            found: Mutex::default(),
        };
        Self { begins, ..courier }
    }

    /// Shows one message of the outcome, counted from 0. Safe to repeat for some minutes: what is there is edited, the rest bears
    /// nonces.
    pub(super) async fn deliver(
        &mut self,
        part: u32,
        message: &Message,
    ) -> Result<(), Undelivered> {
        let deadline = Instant::now() + PATIENCE;
        let mut left_thinking = false;
        loop {
            let error = match again(deadline, || self.show_somehow(part, message)).await {
                Ok(()) => break,
                Err(error) => error,
            };
            if !message.embeds().is_empty() {
                if error.lacks_permission() {
                    return Err(Undelivered::Embeds(error));
                }
                if error.is_malformed() {
                    return Err(Undelivered::Malformed(error));
                }
            }
            let next = match &self.begins {
                Begins::InReply => self.next_way(part, &error).await.map(|way| (way, false)),
                Begins::Anew { home, .. } => self.next_place(*home, &error).await,
            };
            let Some((way, is_plain)) = next else {
                return Err(undelivered(error));
            };
            tracing::warn!(question = %self.question().id, part, %error, next = ?way, "a message is refused; it takes another way");
            let is_there = !matches!(error, CallError::Gone { .. });
            left_thinking |= self.way == Way::Own
                && matches!(self.begins, Begins::InReply)
                && part == 0
                && is_there
                && self.first.place().await.is_none();
            (self.way, self.explained) = (way, is_plain);
        }
        self.explained = true;
        if left_thinking && let Origin::Interaction(reply) = &self.question().asked.origin {
            // Nobody is left to wait for a reply that was written elsewhere.
            if let Err(error) = self.ways.interactions.delete(reply, None).await {
                tracing::info!(question = %self.question().id, %error, "a reply that says \"thinking\" could not be taken away");
            }
        }
        Ok(())
    }

    /// Shows all messages of the outcome, one after another.
    pub(super) async fn deliver_all(&mut self, messages: &[Message]) -> Result<(), Undelivered> {
        for (part, message) in (0..).zip(messages) {
            self.deliver(part, message).await?;
        }
        Ok(())
    }

    /// Shows behind the messages of the outcome that it is complete. Where that is not taken soon, the outcome stands by itself; nor is
    /// it said where the outcome went another way, since it is new there.
    pub(super) async fn announce(&self, message: &Message) {
        if !matches!(self.way, Way::Own | Way::FollowUp) {
            return;
        }
        let deadline = Instant::now() + PATIENCE_FOR_NOTICE;
        let once = || self.show_further(Posted::ANNOUNCEMENT, message);
        if let Err(error) = again(deadline, once).await {
            tracing::info!(question = %self.question().id, %error, "that an answer is complete could not be announced");
        }
    }

    /// Takes away what an earlier attempt had beyond `parts` messages, and what announced it.
    pub(super) async fn clear_beyond(&self, parts: u32) {
        let surplus = |posted: &&Posted| posted.part >= parts && posted.part != Posted::PROGRESS;
        for surplus in self.there.iter().filter(surplus) {
            let asked = &self.question().asked;
            let deleted = match &asked.origin {
                Origin::Interaction(reply) if !asked.is_answered_openly() => {
                    let interactions = &self.ways.interactions;
                    interactions.delete(reply, Some(surplus.message)).await
                }
                _ => {
                    let channels = &self.ways.channels;
                    channels.delete(surplus.channel, surplus.message).await
                }
            };
            match deleted {
                Ok(()) => self.ways.desk.unposted(surplus.message).await,
                Err(error) => {
                    tracing::warn!(question = %self.question().id, %error, "a message of an earlier answer could not be deleted");
                }
            }
        }
    }

    fn question(&self) -> &Question {
        self.first.question()
    }

    async fn show_somehow(&self, part: u32, message: &Message) -> Result<(), CallError> {
        // A message that is there is edited where it is.
        let there = self.there.iter().find(|posted| posted.part == part);
        let channel = match (there, self.way) {
            (Some(posted), _) => posted.channel,
            (None, Way::Above(channel) | Way::Direct(channel, _)) => channel,
            (None, Way::Own | Way::Beside | Way::FollowUp) => match self.begins {
                Begins::InReply => self.question().asked.place.channel,
                Begins::Anew { home, .. } => home,
            },
        };
        let message = self.ways.bearable(self.question(), channel, message);
        let Err(error) = self.show(part, &message).await else {
            return Ok(());
        };
        let Some(message) = without_its_file(self.question(), &message, &error) else {
            return Err(error);
        };
        self.show(part, &message).await?;
        self.ways.goes_without_file(channel, &error);
        Ok(())
    }

    async fn show(&self, part: u32, message: &Message) -> Result<(), CallError> {
        let asked = &self.question().asked;
        let detour = match self.way {
            _ if self.explained => None,
            Way::Own | Way::FollowUp => None,
            Way::Beside => Some(Detour::Beside),
            // The thread was opened on the progress, and it was asked here.
            Way::Above(channel) if channel == asked.place.channel => Some(Detour::Beside),
            Way::Above(_) => Some(Detour::Above(asked.place.channel)),
            Way::Direct(_, Refusal::Lacks(permission)) => {
                Some(Detour::Lacks(asked.place.channel, permission))
            }
            Way::Direct(_, Refusal::Locked) => Some(Detour::Locked(asked.place.channel)),
            Way::Direct(_, Refusal::Gone) => Some(Detour::Gone),
        };
        // What comes directly is for the asker alone.
        let own = match self.way {
            Way::Direct(..) => self.ways.languages.known_of(asked.asker.id),
            _ => None,
        };
        let language = own.unwrap_or(asked.language);
        let led = detour.map(|detour| detour::led(language, asked, detour, message, part == 0));
        let message = led.as_ref().unwrap_or(message);
        if let Begins::Anew { home, .. } = self.begins {
            return self.show_anew(home, part, message).await;
        }
        if part > 0 {
            return self.show_further(part, message).await;
        }
        match self.way {
            Way::Own | Way::FollowUp => self.first.show(message).await,
            Way::Beside => self.first.show_in(asked.place.channel, message).await,
            Way::Above(channel) | Way::Direct(channel, _) => {
                self.first.show_in(channel, message).await
            }
        }
    }

    async fn show_further(&self, part: u32, message: &Message) -> Result<(), CallError> {
        let question = self.question();
        let place = question.asked.place;
        let openly = question.asked.is_answered_openly();
        let mut there = self.there.iter();
        let at = there.find(|posted| posted.part == part).copied();
        let written = match (&question.asked.origin, self.way) {
            (Origin::Interaction(reply), way) if !openly || way == Way::FollowUp => {
                let interactions = &self.ways.interactions;
                let edited = match at {
                    Some(at) => Some(interactions.edit_further(reply, at.message, message).await),
                    None => None,
                };
                match edited {
                    // It is not there, or an earlier reply wrote it.
                    None | Some(Err(CallError::Gone { .. })) => {
                        let privately = question.asked.wish.private;
                        interactions.follow_up(reply, message, privately).await?
                    }
                    Some(edited) => edited?,
                }
            }
            // What is for one person alone is never written where others see it.
            _ if !openly => return Err(CallError::NO_REPLY),
            (_, way) => {
                let channel = match way {
                    Way::Above(channel) | Way::Direct(channel, _) => channel,
                    // They stay together.
                    _ => match at {
                        Some(there) => there.channel,
                        None => self
                            .first
                            .place()
                            .await
                            .map_or(place.channel, |first| first.channel),
                    },
                };
                self.write(part, at, channel, message).await?
            }
        };
        let posted = Posted {
            part,
            channel: written.channel(),
            message: written.message(),
        };
        failpoint::pass("deliver.further_part_unnoted");
        self.ways.desk.posted(question.id, posted).await;
        Ok(())
    }

    async fn show_anew(
        &self,
        home: ChannelId,
        part: u32,
        message: &Message,
    ) -> Result<(), CallError> {
        let channel = match self.way {
            Way::Above(channel) | Way::Direct(channel, _) => channel,
            Way::Own | Way::Beside | Way::FollowUp => home,
        };
        let at = self
            .there
            .iter()
            .find(|posted| posted.part == part)
            .copied();
        let left = match at {
            Some(_) => None,
            None => self.left_there(channel, message).await?,
        };
        let (channel, message) = match left {
            Some(left) => (channel, left),
            None => {
                let written = self.write(part, at, channel, message).await?;
                failpoint::pass("research.after_part_sent");
                (written.channel(), written.message())
            }
        };
        let posted = Posted {
            part,
            channel,
            message,
        };
        if at != Some(posted) {
            self.ways.desk.posted(self.question().id, posted).await;
        }
        failpoint::pass("research.after_part_noted");
        Ok(())
    }

    /// Takes up what a former process wrote in the channel as the first message, and did not come to note. Whether there is such a one.
    pub(super) async fn takes_up(&self, message: &Message) -> Result<bool, CallError> {
        let Begins::Anew { home, .. } = self.begins else {
            return Ok(false);
        };
        let message = self.ways.bearable(self.question(), home, message);
        let Some(left) = self.left_there(home, &message).await? else {
            return Ok(false);
        };
        let posted = Posted {
            part: 0,
            channel: home,
            message: left,
        };
        self.ways.desk.posted(self.question().id, posted).await;
        Ok(true)
    }

    /// The message in this channel that says exactly this, and that a former process did not come to note. An error where that could not be read
    /// for now: to write without having looked could double the message.
    async fn left_there(
        &self,
        channel: ChannelId,
        message: &Message,
    ) -> Result<Option<MessageId>, CallError> {
        let Begins::Anew {
            me,
            after: Some(after),
            found,
            ..
        } = &self.begins
        else {
            return Ok(None);
        };
        let mut found = found.lock().await;
        if found.iter().all(|(looked_in, _)| *looked_in != channel) {
            let theirs = match written_since(&self.ways.channels, channel, *me, *after).await {
                Ok(theirs) => theirs,
                Err(error @ (CallError::RateLimited { .. } | CallError::Unavailable(_))) => {
                    return Err(error);
                }
                // It is not there, or out of sight: nothing more can be known of it.
                Err(error) => {
                    tracing::info!(question = %self.question().id, %error, "whether an answer is there already cannot be read");
                    Vec::new()
                }
            };
            found.push((channel, theirs));
        }
        let here = found.iter().find(|(looked_in, _)| *looked_in == channel);
        let here = here.map_or(&[][..], |(_, theirs)| theirs);
        for left in here.iter().filter(|left| left.says(message)) {
            // What is noted is another part of it, or of another answer.
            let noted = self.ways.desk.store().answered_by(left.message()).await;
            if matches!(noted, Ok(None)) {
                return Ok(Some(left.message()));
            }
        }
        Ok(None)
    }

    /// The place to write new messages in after this one refused, and whether nothing is to be said about that; none when it was the last, or
    /// when Discord may yet take it.
    async fn next_place(&self, home: ChannelId, error: &CallError) -> Option<(Way, bool)> {
        let asked = &self.question().asked;
        let refusal = self.refusal(error).await?;
        match self.way {
            Way::Direct(..) => return None,
            _ if asked.place.guild.is_none() || !asked.is_answered_openly() => return None,
            // The thread was opened for it: where that takes nothing, the channel of the question does.
            Way::Own if home != asked.place.channel => {
                let is_plain = refusal != Refusal::Locked;
                return Some((Way::Above(asked.place.channel), is_plain));
            }
            Way::Own if refusal == Refusal::Locked => {
                if let Some(above) = self.above().await {
                    return Some((Way::Above(above), false));
                }
            }
            _ => {}
        }
        let direct = self.directly(refusal).await?;
        Some((direct, false))
    }

    /// The way to the asker alone, where there is one.
    async fn directly(&self, refusal: Refusal) -> Option<Way> {
        let asker = self.question().asked.asker.id;
        match self.ways.channels.direct(asker).await {
            Ok(direct) => Some(Way::Direct(direct, refusal)),
            Err(error) => {
                tracing::warn!(question = %self.question().id, %error, "the asker cannot be written to directly");
                None
            }
        }
    }

    async fn write(
        &self,
        part: u32,
        at: Option<Posted>,
        channel: ChannelId,
        message: &Message,
    ) -> Result<Written, CallError> {
        let reply_to = match &self.begins {
            Begins::Anew {
                progress: Some(progress),
                ..
            } if part == 0 && progress.channel == channel => Some(progress.message),
            _ => None,
        };
        let writing = Writing {
            question: self.question(),
            part,
            reply_to,
        };
        writing
            .write(&self.ways.channels, at, channel, message)
            .await
    }

    /// The way to take after this one failed; none when it was the last, or when Discord may yet take it.
    async fn next_way(&self, part: u32, error: &CallError) -> Option<Way> {
        let asked = &self.question().asked;
        let by_reply = matches!(asked.origin, Origin::Interaction(_));
        if !asked.is_answered_openly() {
            return None;
        }
        if self.way == Way::Own && by_reply && part == 0 {
            return Some(Way::Beside);
        }
        let refusal = self.refusal(error).await?;
        match self.way {
            Way::Direct(..) => return None,
            // The direct conversation itself refuses.
            _ if asked.place.guild.is_none() => return None,
            Way::Own | Way::Beside
                if by_reply && part > 0 && matches!(refusal, Refusal::Lacks(_)) =>
            {
                return Some(Way::FollowUp);
            }
            Way::Above(_) => {}
            _ if refusal == Refusal::Locked => {
                if let Some(above) = self.above().await {
                    return Some(Way::Above(above));
                }
            }
            _ => {}
        }
        self.directly(refusal).await
    }

    /// Why the place refuses, where another place may not.
    async fn refusal(&self, error: &CallError) -> Option<Refusal> {
        match error {
            CallError::Gone { .. } => Some(Refusal::Gone),
            CallError::Refused { code, .. } => match *code {
                code::THREAD_ARCHIVED | code::THREAD_LOCKED => Some(Refusal::Locked),
                code::NOT_IN_FORUM => Some(Refusal::Gone),
                code::MISSING_ACCESS => Some(Refusal::Lacks(Permission::ViewChannel)),
                code::MISSING_PERMISSIONS => {
                    let channel = self.question().asked.place.channel;
                    let ground = self.ways.places.of(&self.ways.channels, channel).await;
                    let in_thread =
                        ground.is_ok_and(|ground| ground.parent().is_some() && ground.is_home());
                    Some(Refusal::Lacks(if in_thread {
                        Permission::SendMessagesInThreads
                    } else {
                        Permission::SendMessages
                    }))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The channel that the thread of the question is in, where messages can be written there.
    async fn above(&self) -> Option<ChannelId> {
        let (places, channels) = (&self.ways.places, &self.ways.channels);
        let thread = places
            .of(channels, self.question().asked.place.channel)
            .await;
        // What is said in a private thread is for those in it alone.
        let above = thread
            .ok()
            .filter(|thread| !thread.is_private())?
            .parent()?;
        let ground = places.of(channels, above).await.ok()?;
        ground.takes_threads().then_some(above)
    }
}

impl Ways {
    /// A message as it can be sent to this channel: without its file where none may be attached.
    pub(super) fn bearable<'m>(
        &self,
        question: &Question,
        channel: ChannelId,
        message: &'m Message,
    ) -> Cow<'m, Message> {
        if message.file().is_some() && self.rights.files.is_refused(channel) {
            Cow::Owned(answer::without_file(question, message))
        } else {
            Cow::Borrowed(message)
        }
    }

    /// A message was refused so, and taken without its file: where that is for want of a right, it need not be tried again soon.
    pub(super) fn goes_without_file(&self, channel: ChannelId, error: &CallError) {
        if error.lacks_permission() {
            self.rights.files.note(channel, false);
        }
    }
}

/// The message to write instead of one that was refused, where its file can be why: the same without it, which says so.
pub(super) fn without_its_file(
    question: &Question,
    message: &Message,
    error: &CallError,
) -> Option<Message> {
    let may_help = message.file().is_some() && error.may_be_of_file();
    may_help.then(|| {
        tracing::warn!(question = %question.id, %error, "a file may be refused; its message goes without it");
        answer::without_file(question, message)
    })
}

/// Calls again and again until `deadline`, while that may help.
pub(super) async fn again<T, F: Future<Output = Result<T, CallError>>>(
    deadline: Instant,
    call: impl Fn() -> F,
) -> Result<T, CallError> {
    let mut pause = FIRST_PAUSE;
    loop {
        let error = match call().await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let wait = match &error {
            CallError::RateLimited { wait, .. } => *wait,
            CallError::Unavailable(_) => pause,
            CallError::Refused {
                code: code::NOT_IN_FORUM,
                ..
            } if pause <= LAST_PAUSE_FOR_POST => pause,
            CallError::Gone { .. } | CallError::AlreadyAcknowledged | CallError::Refused { .. } => {
                return Err(error);
            }
        };
        if Instant::now() + wait > deadline {
            return Err(error);
        }
        sleep(wait).await;
        pause *= 2;
    }
}

fn undelivered(error: CallError) -> Undelivered {
    match error {
        CallError::RateLimited { .. } | CallError::Unavailable(_) => Undelivered::ForNow(error),
        CallError::Gone { .. } | CallError::AlreadyAcknowledged | CallError::Refused { .. } => {
            Undelivered::ForGood(error)
        }
    }
}
