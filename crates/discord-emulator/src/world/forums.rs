//! Forums: posts with their first message, tags, and what a post must have. Reads messages as strictly as every other way in.

use serde_json::Value;

use super::{
    World,
    channels::{Channel, ChannelKind, Tag},
    form::Form,
    message_form::{Carrier, Draft},
    messages::Origin,
    permissions::Permissions,
    refusal::{Problems, Refusal},
    threads::ThreadForm,
    uploads::Sent,
};
use crate::{clock::Moment, snowflake::Snowflake};

/// Tags of one post.
pub(super) const MOST_APPLIED: usize = 5;
/// Tags of a forum.
const MOST_TAGS: usize = 20;
const TAG_NAME: usize = 20;
/// The flag of a forum whose posts must carry a tag.
const REQUIRE_TAG: u64 = 1 << 4;

/// The id of a tag that has none yet.
const UNNUMBERED: u64 = 0;

impl World {
    /// Somebody starts a post: a thread with its first message, which has the same id.
    pub(crate) fn start_post(
        &mut self,
        now: Moment,
        actor: Snowflake,
        forum: Snowflake,
        sent: Sent<'_>,
    ) -> Result<Snowflake, Refusal> {
        let parent = self.find_channel(forum)?;
        if parent.kind != ChannelKind::Forum {
            return Err(Refusal::WrongChannelKind);
        }
        self.require(now, parent, actor, Permissions::SEND_MESSAGES)?;
        let mut problems = Problems::default();
        let Some(form) = Form::read(sent.body, "", &mut problems) else {
            return Err(Refusal::Form(problems));
        };
        let thread = ThreadForm::read(&form, &mut problems);
        let tags = form
            .ids("applied_tags", MOST_APPLIED, &mut problems)
            .unwrap_or_default();
        let message = form.value("message");
        if message.is_none() {
            problems.required("message");
        }
        problems.unless_any(())?;
        let Some(message) = message else {
            return Err(Refusal::EmptyMessage);
        };
        let manages = self
            .permissions_in(now, parent, actor)
            .contains(Permissions::MANAGE_THREADS);
        self.check_tags(parent, &tags, manages)?;
        let draft = Draft::read_at(sent.part(message), "message", Carrier::ForumPost)?;
        self.require_contents(now, parent, actor, &draft)?;
        let id = self.ids.next(now);
        let kind = ChannelKind::PublicThread;
        self.open_thread(now, actor, (id, kind, forum), &thread, tags)?;
        self.post_as(now, id, Origin::ordinary(id, actor), draft)?;
        Ok(id)
    }

    /// Refuses tags that the forum does not have, moderators' tags to others, and none where one is needed.
    pub(super) fn check_tags(
        &self,
        place: &Channel,
        tags: &[Snowflake],
        manages: bool,
    ) -> Result<(), Refusal> {
        let forum = match place.kind {
            ChannelKind::Forum => place,
            _ => match place.parent {
                Some(parent) => self.find_channel(parent)?,
                None => return Err(Refusal::WrongChannelKind),
            },
        };
        if forum.kind != ChannelKind::Forum && !tags.is_empty() {
            return Err(Refusal::WrongChannelKind);
        }
        let mut problems = Problems::default();
        for (index, id) in tags.iter().enumerate() {
            let at = format!("applied_tags.{index}");
            match forum.tags.iter().find(|tag| tag.id == *id) {
                None => problems.add(&at, "UNKNOWN_TAG", "Unknown Tag"),
                Some(tag) if tag.is_moderated && !manages => {
                    return Err(Refusal::MissingPermissions);
                }
                Some(_) => {}
            }
        }
        problems.unless_any(())?;
        if forum.needs_tag && tags.is_empty() {
            return Err(Refusal::TagRequired);
        }
        Ok(())
    }

    /// Adds a tag to a forum, or finds it.
    pub(crate) fn tag(&mut self, now: Moment, forum: Snowflake, name: &str) -> Option<Snowflake> {
        let known = self
            .channels
            .get(&forum)?
            .tags
            .iter()
            .find(|tag| tag.name == name);
        if let Some(tag) = known {
            return Some(tag.id);
        }
        let id = self.ids.next(now);
        self.channels
            .get_mut(&forum)?
            .tags
            .push(Tag::named(id, name));
        self.tell_of_channel(now, "CHANNEL_UPDATE", forum);
        self.touch();
        Some(id)
    }

    /// Gives ids to the tags that have none yet.
    pub(super) fn number_tags(&mut self, now: Moment, tags: &mut [Tag]) {
        for tag in tags.iter_mut().filter(|tag| tag.id.get() == UNNUMBERED) {
            tag.id = self.ids.next(now);
        }
    }

    /// Whether the posts of a forum must carry a tag.
    pub(crate) fn require_tag(&mut self, now: Moment, forum: Snowflake, needed: bool) {
        if let Some(forum) = self.channels.get_mut(&forum) {
            forum.needs_tag = needed;
        }
        self.tell_of_channel(now, "CHANNEL_UPDATE", forum);
        self.touch();
    }

    /// The forum's tags of these names.
    ///
    /// # Errors
    ///
    /// The forum has no tag of one of them.
    pub(crate) fn tags_named(
        &self,
        forum: Snowflake,
        names: &[&str],
    ) -> Result<Vec<Snowflake>, Refusal> {
        let tags = &self.find_channel(forum)?.tags;
        let id = |name: &&str| {
            let found = tags.iter().find(|tag| tag.name == **name);
            found.map(|tag| tag.id).ok_or_else(|| {
                let message = format!("the forum has no tag {name}");
                Refusal::field("applied_tags", "UNKNOWN_TAG", message)
            })
        };
        names.iter().map(id).collect()
    }
}

/// Reads what only forums have: their tags, and whether posts need one.
pub(super) fn read_settings(channel: &mut Channel, form: &Form<'_>, problems: &mut Problems) {
    if let Some(flags) = form.number("flags", problems) {
        channel.needs_tag = flags & REQUIRE_TAG != 0;
    }
    let Some(sent) = form.list("available_tags", MOST_TAGS, problems) else {
        return;
    };
    let mut tags = Vec::new();
    for (index, value) in sent.iter().enumerate() {
        let at = form.path(&format!("available_tags.{index}"));
        tags.extend(read_tag(value, &at, channel, problems));
    }
    channel.tags = tags;
}

/// A tag that the forum has keeps its id; a new one is [`UNNUMBERED`] until it is stored.
fn read_tag(value: &Value, at: &str, channel: &Channel, problems: &mut Problems) -> Option<Tag> {
    let form = Form::read(value, at, problems)?;
    let name = form.needed_text("name", (1, TAG_NAME), problems);
    let sent_id = form.id("id", problems);
    let known = channel
        .tags
        .iter()
        .find(|tag| Some(tag.id) == sent_id || tag.name == name);
    Some(Tag {
        id: known.map_or_else(|| Snowflake::from(UNNUMBERED), |tag| tag.id),
        is_moderated: form.flag("moderated", problems).unwrap_or(false),
        name,
    })
}
