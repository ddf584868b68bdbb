//! Starting threads, from a message or without one. Writes only Discord's own notes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    World,
    channels::{Channel, ChannelKind, Thread},
    form::Form,
    message_form::HAS_THREAD,
    messages::{Note, Reference},
    permissions::Permissions,
    refusal::{Problems, Refusal},
};
use crate::{clock::Moment, snowflake::Snowflake};

// https://docs.discord.com/developers/resources/channel#start-thread-from-message
pub(super) const NAME: usize = 100;
/// Minutes without a message after which a thread is archived.
const AUTO_ARCHIVE: [u64; 4] = [60, 1_440, 4_320, 10_080];
const USUAL_AUTO_ARCHIVE: u64 = 4_320;
/// Slow mode in seconds, at most.
pub(super) const SLOWEST: u64 = 21_600;
/// Active threads of one guild, as observed by others; the documentation names no number.
pub(super) const MOST_ACTIVE: usize = 1_000;

/// A thread as asked for.
#[derive(Clone, Debug)]
pub(crate) struct ThreadForm {
    name: String,
    auto_archive: u64,
    slowmode: u32,
    is_invitable: bool,
}

impl ThreadForm {
    /// Reads the fields that every way of starting a thread has.
    pub(super) fn read(form: &Form<'_>, problems: &mut Problems) -> Self {
        Self {
            name: form.needed_text("name", (1, NAME), problems),
            auto_archive: auto_archive(form, problems).unwrap_or(USUAL_AUTO_ARCHIVE),
            slowmode: slowmode(form, problems).unwrap_or(0),
            is_invitable: form.flag("invitable", problems).unwrap_or(true),
        }
    }
}

/// The field `auto_archive_duration`, which knows four values.
pub(super) fn auto_archive(form: &Form<'_>, problems: &mut Problems) -> Option<u64> {
    let minutes = form.number("auto_archive_duration", problems)?;
    if !AUTO_ARCHIVE.contains(&minutes) {
        let at = form.path("auto_archive_duration");
        problems.not_one_of(&at, "60, 1440, 4320, 10080");
    }
    Some(minutes)
}

/// The field `rate_limit_per_user`.
pub(super) fn slowmode(form: &Form<'_>, problems: &mut Problems) -> Option<u32> {
    let seconds = form.number_in("rate_limit_per_user", 0..=SLOWEST, problems)?;
    u32::try_from(seconds).ok()
}

/// The kind of thread that is asked for, as a number.
fn kind_of(body: &Value) -> Result<Option<u64>, Refusal> {
    let mut problems = Problems::default();
    let kind =
        Form::read(body, "", &mut problems).and_then(|form| form.number("type", &mut problems));
    problems.unless_any(kind)
}

fn read_whole(body: &Value) -> Result<ThreadForm, Refusal> {
    let mut problems = Problems::default();
    let thread =
        Form::read(body, "", &mut problems).map(|form| ThreadForm::read(&form, &mut problems));
    match thread {
        Some(thread) => problems.unless_any(thread),
        None => Err(Refusal::Form(problems)),
    }
}

impl World {
    /// Somebody starts a thread from a message; it gets the message's id.
    pub(crate) fn start_thread_from(
        &mut self,
        now: Moment,
        actor: Snowflake,
        channel: Snowflake,
        message: Snowflake,
        body: &Value,
    ) -> Result<Snowflake, Refusal> {
        let parent = self.find_channel(channel)?;
        self.require(now, parent, actor, Permissions::CREATE_PUBLIC_THREADS)?;
        let kind = match parent.kind {
            ChannelKind::Text => ChannelKind::PublicThread,
            ChannelKind::Announcement => ChannelKind::AnnouncementThread,
            _ => return Err(Refusal::WrongChannelKind),
        };
        let form = read_whole(body)?;
        self.visible_message(channel, message)?;
        if self.channels.contains_key(&message) {
            return Err(Refusal::ThreadExists);
        }
        self.open_thread(now, actor, (message, kind, channel), &form, Vec::new())?;
        self.mark_with_thread(now, channel, message);
        let reference = Reference {
            channel,
            message: Some(message),
        };
        self.note(now, message, actor, Note::ThreadStarter, "", reference);
        Ok(message)
    }

    /// Somebody starts a thread that belongs to no message. Without a type it is private.
    pub(crate) fn start_thread(
        &mut self,
        now: Moment,
        actor: Snowflake,
        channel: Snowflake,
        body: &Value,
    ) -> Result<Snowflake, Refusal> {
        let parent = self.find_channel(channel)?;
        let sent_kind = kind_of(body)?;
        let kind = match (parent.kind, sent_kind) {
            (ChannelKind::Announcement, Some(10)) => ChannelKind::AnnouncementThread,
            (ChannelKind::Text, Some(11)) => ChannelKind::PublicThread,
            (ChannelKind::Text, None | Some(12)) => ChannelKind::PrivateThread,
            (ChannelKind::Text | ChannelKind::Announcement, _) => {
                return Err(Refusal::field(
                    "type",
                    "BASE_TYPE_CHOICES",
                    "Value must be one of {10, 11, 12}, and fit the channel.",
                ));
            }
            _ => return Err(Refusal::WrongChannelKind),
        };
        let needed = if kind == ChannelKind::PrivateThread {
            Permissions::CREATE_PRIVATE_THREADS
        } else {
            Permissions::CREATE_PUBLIC_THREADS
        };
        self.require(now, parent, actor, needed)?;
        let form = read_whole(body)?;
        let (id, name) = (self.ids.next(now), form.name.clone());
        self.open_thread(now, actor, (id, kind, channel), &form, Vec::new())?;
        if kind != ChannelKind::PrivateThread {
            let reference = Reference {
                channel: id,
                message: None,
            };
            self.note(now, channel, actor, Note::ThreadCreated, &name, reference);
        }
        Ok(id)
    }

    /// Adds a thread with the one who started it in it, and tells of it.
    ///
    /// # Errors
    ///
    /// The guild has as many active threads as it may have.
    pub(super) fn open_thread(
        &mut self,
        now: Moment,
        owner: Snowflake,
        (id, kind, parent): (Snowflake, ChannelKind, Snowflake),
        form: &ThreadForm,
        applied_tags: Vec<Snowflake>,
    ) -> Result<(), Refusal> {
        let guild = self.guild_of(parent);
        let active = self
            .channels
            .values()
            .filter(|channel| channel.guild == guild && channel.is_active());
        if active.count() >= self.most_active_threads {
            return Err(Refusal::TooManyThreads);
        }
        let mut channel = Channel::new(id, kind, guild, &form.name);
        channel.parent = Some(parent);
        channel.slowmode = form.slowmode;
        channel.thread = Some(Thread {
            owner,
            created: now,
            is_archived: false,
            is_locked: false,
            is_invitable: form.is_invitable,
            archive_changed: now,
            auto_archive: form.auto_archive,
            last_active: now,
            members: BTreeMap::new(),
            applied_tags,
            sent: 0,
        });
        self.channels.insert(id, channel);
        self.schedule_archive(id);
        self.enter(now, id, owner);
        if let Some(told) = self.tell_of_channel(now, "THREAD_CREATE", id) {
            told.payload["newly_created"] = json!(true);
            self.tell_of_thread_members(id, &[owner], &[]);
        }
        self.touch();
        Ok(())
    }

    /// The message that a thread was started from shows it from now on.
    fn mark_with_thread(&mut self, now: Moment, channel: Snowflake, message: Snowflake) {
        let place = self.channels.get_mut(&channel);
        if let Some(message) = place.and_then(|place| place.messages.get_mut(&message)) {
            message.flags |= HAS_THREAD;
            let message = message.clone();
            self.tell(now, "MESSAGE_UPDATE", &message);
        }
    }

    /// A channel that must be a thread.
    pub(crate) fn find_thread(&self, id: Snowflake) -> Result<&Channel, Refusal> {
        let channel = self.find_channel(id)?;
        if channel.thread.is_some() {
            Ok(channel)
        } else {
            Err(Refusal::WrongChannelKind)
        }
    }
}
