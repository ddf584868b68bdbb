//! Changing and deleting channels and threads: names, topics, parents, the archive, locks. Writes no message.

use serde_json::{Value, json};

use super::{
    Event, World,
    channels::{Channel, ChannelKind},
    form::Form,
    guild::INTENT_GUILDS,
    overwrites,
    permissions::{Overwrite, Permissions},
    refusal::{Problems, Refusal},
    threads,
};
use crate::{clock::Moment, snowflake::Snowflake};

const NAME: usize = 100;
const TOPIC: usize = 1_024;
const FORUM_TOPIC: usize = 4_096;
const MOST_OVERWRITES: usize = 1_000;

/// Settings that the emulator does not keep: whoever changes them is told so.
const LACKING: &[&str] = &[
    "bitrate",
    "default_auto_archive_duration",
    "default_forum_layout",
    "default_reaction_emoji",
    "default_sort_order",
    "default_thread_rate_limit_per_user",
    "rtc_region",
    "type",
    "user_limit",
    "video_quality_mode",
];

/// What is to change about a thread; `None` stays.
#[derive(Debug, Default)]
struct ThreadChange {
    name: Option<String>,
    archived: Option<bool>,
    locked: Option<bool>,
    invitable: Option<bool>,
    auto_archive: Option<u64>,
    slowmode: Option<u32>,
    tags: Option<Vec<Snowflake>>,
}

impl ThreadChange {
    fn read(form: &Form<'_>, problems: &mut Problems) -> Self {
        Self {
            name: form
                .has("name")
                .then(|| form.needed_text("name", (1, threads::NAME), problems)),
            archived: form.flag("archived", problems),
            locked: form.flag("locked", problems),
            invitable: form.flag("invitable", problems),
            auto_archive: threads::auto_archive(form, problems),
            slowmode: threads::slowmode(form, problems),
            tags: form.ids("applied_tags", super::forums::MOST_APPLIED, problems),
        }
    }

    /// Whoever made a thread may name it, mark it and send it to the archive; the rest needs a permission.
    fn is_for_owner(&self) -> bool {
        self.locked.is_none() && self.slowmode.is_none()
    }

    /// Anybody who may write can bring a thread back.
    fn only_brings_back(&self) -> bool {
        self.archived == Some(false)
            && self.name.is_none()
            && self.locked.is_none()
            && self.invitable.is_none()
            && self.auto_archive.is_none()
            && self.slowmode.is_none()
            && self.tags.is_none()
    }
}

impl World {
    /// `PATCH /channels/{channel}`
    pub(crate) fn change_channel(
        &mut self,
        now: Moment,
        actor: Snowflake,
        id: Snowflake,
        body: &Value,
    ) -> Result<(), Refusal> {
        let channel = self.find_channel(id)?;
        self.require(now, channel, actor, Permissions::VIEW_CHANNEL)?;
        let mut problems = Problems::default();
        let Some(form) = Form::read(body, "", &mut problems) else {
            return Err(Refusal::Form(problems));
        };
        if let Some(lacking) = LACKING.iter().find(|name| form.value(name).is_some()) {
            return Err(Refusal::Lacking(format!(
                "changing `{lacking}` of a channel"
            )));
        }
        match channel.kind {
            ChannelKind::Direct => Err(Refusal::NotInDirect),
            kind if kind.is_thread() => {
                if form.number("flags", &mut problems).unwrap_or(0) != 0 {
                    return Err(Refusal::Lacking("pinning a post in its forum".to_owned()));
                }
                let change = ThreadChange::read(&form, &mut problems);
                self.change_thread(now, actor, id, problems.unless_any(change)?)
            }
            _ => self.change_place(now, actor, id, &form, problems),
        }
    }

    fn change_thread(
        &mut self,
        now: Moment,
        actor: Snowflake,
        id: Snowflake,
        change: ThreadChange,
    ) -> Result<(), Refusal> {
        let channel = self.find_thread(id)?;
        let thread = channel.thread.as_ref().ok_or(Refusal::WrongChannelKind)?;
        let manages = self
            .permissions_in(now, channel, actor)
            .contains(Permissions::MANAGE_THREADS);
        if thread.is_archived && change.archived != Some(false) {
            return Err(Refusal::ThreadArchived);
        }
        let is_own = thread.owner == actor && change.is_for_owner() && !thread.is_locked;
        let may_bring_back = change.only_brings_back() && !thread.is_locked;
        if !manages && !is_own {
            if !may_bring_back {
                return Err(Refusal::MissingPermissions);
            }
            self.require(now, channel, actor, Permissions::SEND_MESSAGES_IN_THREADS)?;
        }
        if let Some(tags) = &change.tags {
            self.check_tags(channel, tags, manages)?;
        }
        self.apply_to_thread(now, id, change);
        Ok(())
    }

    fn apply_to_thread(&mut self, now: Moment, id: Snowflake, change: ThreadChange) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let Some(thread) = channel.thread.as_mut() else {
            return;
        };
        if let Some(archived) = change.archived.filter(|one| *one != thread.is_archived) {
            thread.is_archived = archived;
            thread.archive_changed = now;
            thread.last_active = now;
        }
        thread.is_locked = change.locked.unwrap_or(thread.is_locked);
        thread.is_invitable = change.invitable.unwrap_or(thread.is_invitable);
        thread.auto_archive = change.auto_archive.unwrap_or(thread.auto_archive);
        if let Some(tags) = change.tags {
            thread.applied_tags = tags;
        }
        channel.slowmode = change.slowmode.unwrap_or(channel.slowmode);
        if let Some(name) = change.name {
            channel.name = name;
        }
        self.schedule_archive(id);
        self.tell_of_channel(now, "THREAD_UPDATE", id);
        self.touch();
    }

    fn change_place(
        &mut self,
        now: Moment,
        actor: Snowflake,
        id: Snowflake,
        form: &Form<'_>,
        mut problems: Problems,
    ) -> Result<(), Refusal> {
        let channel = self.find_channel(id)?;
        self.require(now, channel, actor, Permissions::MANAGE_CHANNELS)?;
        let overwrites = read_overwrites(form, &mut problems);
        if overwrites.is_some() {
            self.require(now, channel, actor, Permissions::MANAGE_ROLES)?;
        }
        let mut changed = channel.clone();
        self.read_place(&mut changed, form, &mut problems);
        problems.unless_any(())?;
        self.refuse_beyond_own(now, actor, id, overwrites.as_deref().unwrap_or_default())?;
        self.number_tags(now, &mut changed.tags);
        self.channels.insert(id, changed);
        match overwrites {
            Some(new) => self.change_overwrites(now, id, |overwrites| *overwrites = new),
            None => {
                self.tell_of_channel(now, "CHANNEL_UPDATE", id);
            }
        }
        self.touch();
        Ok(())
    }

    /// Reads the fields of a channel that is no thread into it.
    fn read_place(&self, channel: &mut Channel, form: &Form<'_>, problems: &mut Problems) {
        if form.has("name") {
            let name = form.needed_text("name", (1, NAME), problems);
            channel.name = legal_name(channel.kind, &name);
        }
        if form.has("topic") {
            let most = if channel.kind == ChannelKind::Forum {
                FORUM_TOPIC
            } else {
                TOPIC
            };
            channel.topic = form.text("topic", most, problems);
        }
        if let Some(seconds) = threads::slowmode(form, problems) {
            channel.slowmode = seconds;
        }
        if form.has("parent_id") {
            channel.parent = form.id("parent_id", problems);
            let is_category = |id| {
                self.channels.get(&id).is_some_and(|one| {
                    one.kind == ChannelKind::Category && one.guild == channel.guild
                })
            };
            if channel.parent.is_some_and(|id| !is_category(id)) {
                let message = "Category does not exist";
                problems.add("parent_id", "CHANNEL_PARENT_INVALID", message);
            }
        }
        if let Some(nsfw) = form.flag("nsfw", problems) {
            channel.is_nsfw = nsfw;
        }
        if let Some(position) = form.number("position", problems) {
            channel.position = usize::try_from(position).unwrap_or(channel.position);
        }
        if channel.kind == ChannelKind::Forum {
            super::forums::read_settings(channel, form, problems);
        }
    }

    /// Sets slow mode, whoever wants it.
    pub(crate) fn slow_down(&mut self, now: Moment, id: Snowflake, seconds: u32) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        channel.slowmode = seconds.min(21_600);
        let kind = if channel.kind.is_thread() {
            "THREAD_UPDATE"
        } else {
            "CHANNEL_UPDATE"
        };
        self.tell_of_channel(now, kind, id);
        self.touch();
    }

    /// `DELETE /channels/{channel}`: a channel goes with its threads; a direct message is only closed.
    pub(crate) fn delete_channel(
        &mut self,
        now: Moment,
        actor: Snowflake,
        id: Snowflake,
    ) -> Result<Value, Refusal> {
        let channel = self.find_channel(id)?;
        let needed = if channel.kind.is_thread() {
            Permissions::MANAGE_THREADS
        } else {
            Permissions::MANAGE_CHANNELS
        };
        if channel.kind == ChannelKind::Direct {
            self.require(now, channel, actor, Permissions::VIEW_CHANNEL)?;
            return Ok(self.channel_json(channel));
        }
        self.require(now, channel, actor, needed)?;
        let shown = self.channel_json(channel);
        self.drop_channel(now, id);
        Ok(shown)
    }

    /// Takes a channel away, whoever wants it.
    pub(crate) fn drop_channel(&mut self, now: Moment, id: Snowflake) {
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        if channel.kind.is_thread() {
            self.tell_of_lost_thread(now, id);
        } else {
            self.tell_of_channel(now, "CHANNEL_DELETE", id);
            self.channels
                .retain(|_, one| !(one.kind.is_thread() && one.parent == Some(id)));
        }
        self.channels.remove(&id);
        for one in self
            .channels
            .values_mut()
            .filter(|one| one.parent == Some(id))
        {
            one.parent = None;
        }
        self.touch();
    }

    /// Of a thread that is deleted the bot hears only where it was.
    fn tell_of_lost_thread(&mut self, now: Moment, id: Snowflake) {
        let Some(thread) = self.channels.get(&id) else {
            return;
        };
        let Some(guild) = thread
            .guild
            .filter(|_| self.sees(now, thread, self.application))
        else {
            return;
        };
        let payload = json!({"id": id, "guild_id": guild, "parent_id": thread.parent,
            "type": thread.kind.number()});
        self.outbox.push(Event::of_guild(
            "THREAD_DELETE",
            guild,
            INTENT_GUILDS,
            payload,
        ));
    }
}

fn read_overwrites(form: &Form<'_>, problems: &mut Problems) -> Option<Vec<Overwrite>> {
    let sent = form.list("permission_overwrites", MOST_OVERWRITES, problems)?;
    let mut overwrites = Vec::new();
    for (index, value) in sent.iter().enumerate() {
        let at = form.path(&format!("permission_overwrites.{index}"));
        overwrites.extend(overwrites::read(value, &at, problems));
    }
    Some(overwrites)
}

/// Text channels have lower-case names without spaces; others keep theirs.
pub(super) fn legal_name(kind: ChannelKind, name: &str) -> String {
    if matches!(
        kind,
        ChannelKind::Text | ChannelKind::Announcement | ChannelKind::Forum
    ) {
        name.trim()
            .to_lowercase()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join("-")
    } else {
        name.to_owned()
    }
}
