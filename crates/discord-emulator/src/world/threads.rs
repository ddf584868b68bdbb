//! Threads: starting, joining and leaving them, and the archive that they go to by themselves. Writes only Discord's own notes.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::{
    Event, World,
    channels::{Channel, ChannelKind, Thread},
    form::Form,
    guild::{INTENT_GUILD_MEMBERS, INTENT_GUILDS},
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
const MOST_MEMBERS: usize = 1_000;
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

    /// Puts somebody among the members of a thread; gives whether they were not there yet.
    fn enter(&mut self, now: Moment, thread: Snowflake, person: Snowflake) -> bool {
        let channel = self.channels.get_mut(&thread);
        let thread = channel.and_then(|channel| channel.thread.as_mut());
        thread.is_some_and(|thread| thread.members.insert(person, now).is_none())
    }

    /// Somebody joins a thread, or is added to it by another; `204` either way when they are in it already.
    pub(crate) fn join_thread(
        &mut self,
        now: Moment,
        actor: Snowflake,
        thread: Snowflake,
        person: Snowflake,
    ) -> Result<(), Refusal> {
        let channel = self.find_thread(thread)?;
        let needed = if actor == person {
            Permissions::VIEW_CHANNEL
        } else {
            Permissions::SEND_MESSAGES_IN_THREADS
        };
        self.require(now, channel, actor, needed)?;
        let state = channel.thread.as_ref().ok_or(Refusal::WrongChannelKind)?;
        if state.is_archived {
            return Err(Refusal::ThreadArchived);
        }
        let is_closed = channel.kind == ChannelKind::PrivateThread && !state.is_invitable;
        if is_closed && actor != state.owner && actor != person {
            self.require(now, channel, actor, Permissions::MANAGE_THREADS)?;
        }
        if channel
            .guild
            .is_some_and(|guild| self.member(guild, person).is_none())
        {
            return Err(Refusal::UnknownUser);
        }
        if state.members.len() >= MOST_MEMBERS && !state.members.contains_key(&person) {
            return Err(Refusal::TooManyThreadMembers);
        }
        self.bring_into_thread(now, thread, person);
        Ok(())
    }

    /// Somebody is in a thread from now on, because they joined, were added, wrote or were mentioned.
    pub(super) fn bring_into_thread(&mut self, now: Moment, thread: Snowflake, person: Snowflake) {
        let sees = |world: &Self| {
            let channel = world.channels.get(&thread);
            channel.is_some_and(|channel| world.sees(now, channel, world.application))
        };
        let saw = sees(self);
        if !self.enter(now, thread, person) {
            return;
        }
        let sees = sees(self);
        if sees && !saw {
            // A private thread comes into the bot's sight with its membership.
            self.tell_of_channel(now, "THREAD_CREATE", thread);
        }
        if sees {
            self.tell_of_thread_members(thread, &[person], &[]);
        }
        self.touch();
    }

    /// Somebody leaves a thread, or is taken out of it.
    pub(crate) fn leave_thread(
        &mut self,
        now: Moment,
        actor: Snowflake,
        thread: Snowflake,
        person: Snowflake,
    ) -> Result<(), Refusal> {
        let channel = self.find_thread(thread)?;
        self.require(now, channel, actor, Permissions::VIEW_CHANNEL)?;
        let state = channel.thread.as_ref().ok_or(Refusal::WrongChannelKind)?;
        if state.is_archived {
            return Err(Refusal::ThreadArchived);
        }
        let owns_private = channel.kind == ChannelKind::PrivateThread && state.owner == actor;
        if actor != person && !owns_private {
            self.require(now, channel, actor, Permissions::MANAGE_THREADS)?;
        }
        if !state.members.contains_key(&person) {
            return Ok(());
        }
        let seen = self.sees(now, channel, self.application);
        let left = self.channels.get_mut(&thread);
        if let Some(left) = left.and_then(|channel| channel.thread.as_mut()) {
            left.members.remove(&person);
        }
        if seen {
            self.tell_of_thread_members(thread, &[], &[person]);
        }
        self.touch();
        Ok(())
    }

    /// Tells who came into a thread and who left it; of others than itself the bot hears with the intent for members.
    fn tell_of_thread_members(
        &mut self,
        thread: Snowflake,
        added: &[Snowflake],
        removed: &[Snowflake],
    ) {
        let Some((guild, channel, state)) = self
            .channels
            .get(&thread)
            .and_then(|channel| Some((channel.guild?, channel, channel.thread.as_ref()?)))
        else {
            return;
        };
        let mut payload =
            json!({"id": thread, "guild_id": guild, "member_count": state.shown_members()});
        if !added.is_empty() {
            let members: Vec<Value> = added
                .iter()
                .filter_map(|person| self.thread_member_json(channel, *person, true))
                .collect();
            payload["added_members"] = json!(members);
        }
        if !removed.is_empty() {
            payload["removed_member_ids"] = json!(removed);
        }
        let concerns_bot = added
            .iter()
            .chain(removed)
            .any(|id| *id == self.application);
        let intents = if concerns_bot {
            INTENT_GUILDS
        } else {
            INTENT_GUILD_MEMBERS
        };
        self.outbox.push(Event::of_guild(
            "THREAD_MEMBERS_UPDATE",
            guild,
            intents,
            payload,
        ));
    }

    /// One member of a thread, with who they are in the guild where that is asked for.
    pub(crate) fn thread_member_json(
        &self,
        channel: &Channel,
        person: Snowflake,
        with_member: bool,
    ) -> Option<Value> {
        let joined = channel.thread.as_ref()?.members.get(&person)?;
        let mut json = json!({"id": channel.id, "user_id": person, "join_timestamp": joined.to_iso(), "flags": 0});
        if let Some(guild) = channel.guild.filter(|_| with_member) {
            json["member"] = self.full_member_json(guild, person);
        }
        Some(json)
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

    /// Somebody writes in a thread: it comes back from the archive, and they are in it.
    pub(super) fn wake_thread(&mut self, now: Moment, thread: Snowflake, author: Snowflake) {
        let Some(channel) = self.channels.get_mut(&thread) else {
            return;
        };
        let Some(state) = channel.thread.as_mut() else {
            return;
        };
        state.last_active = now;
        if state.is_archived {
            state.is_archived = false;
            state.archive_changed = now;
            self.schedule_archive(thread);
            self.tell_of_channel(now, "THREAD_UPDATE", thread);
        }
        self.bring_into_thread(now, thread, author);
    }

    /// A thread is looked at again when it could have been silent for long enough.
    pub(super) fn schedule_archive(&mut self, thread: Snowflake) {
        let due = self
            .channels
            .get(&thread)
            .and_then(|channel| channel.thread.as_ref())
            .map(Thread::silent_until);
        self.archivals.extend(due.map(|due| (due, thread)));
    }

    /// Archives the threads in which nobody has written for long enough.
    pub(super) fn archive_the_silent(&mut self, now: Moment) {
        while let Some((due, id)) = self
            .archivals
            .first()
            .copied()
            .filter(|(due, _)| *due <= now)
        {
            self.archivals.remove(&(due, id));
            let Some(thread) = self
                .channels
                .get_mut(&id)
                .and_then(|channel| channel.thread.as_mut())
            else {
                continue;
            };
            if thread.is_archived {
                continue;
            }
            let until = thread.silent_until();
            if until > now {
                self.archivals.insert((until, id));
                continue;
            }
            thread.is_archived = true;
            thread.archive_changed = until;
            self.tell_of_channel(now, "THREAD_UPDATE", id);
            self.touch();
        }
    }
}

impl Thread {
    /// When it will be archived unless somebody writes.
    fn silent_until(&self) -> Moment {
        self.last_active
            .plus(Duration::from_secs(self.auto_archive * 60))
    }

    /// Discord stops counting members at 50.
    pub(super) fn shown_members(&self) -> usize {
        self.members.len().min(50)
    }
}
