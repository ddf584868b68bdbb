//! The place that is open: what it is called, what the person may do in it, and a forum's posts. Shows no message of a channel.

use serde_json::{Value, json};

use super::places::with_whom;
use crate::{
    clock::Moment,
    snowflake::Snowflake,
    world::{
        World,
        channels::{Channel, ChannelKind},
        permissions::Permissions,
    },
};

/// Posts shown of a forum, the newest.
const MOST_POSTS: usize = 100;
/// Code points shown of a post's first message.
const EXCERPT: usize = 240;

pub(super) fn here(world: &World, now: Moment, channel: &Channel, person: Snowflake) -> Value {
    let allowed = world.permissions_in(now, channel, person);
    let may = |what| allowed.contains(what);
    let is_closed = channel
        .thread
        .as_ref()
        .is_some_and(|thread| thread.is_locked && !may(Permissions::MANAGE_THREADS));
    let is_direct = channel.kind == ChannelKind::Direct;
    let writing = if channel.kind.is_thread() {
        Permissions::SEND_MESSAGES_IN_THREADS
    } else {
        Permissions::SEND_MESSAGES
    };
    let write = may(writing) && !is_closed;
    let has_threads = matches!(channel.kind, ChannelKind::Text | ChannelKind::Announcement);
    let name = if is_direct {
        with_whom(world, channel, person)
    } else {
        channel.name.clone()
    };
    let mut here = json!({"id": channel.id, "type": channel.kind.number(), "name": name, "topic": channel.topic,
        "parent": channel.parent, "why": why(write, is_closed),
        "may": {"write": write, "commands": may(Permissions::USE_APPLICATION_COMMANDS), "attach": may(Permissions::ATTACH_FILES) && write,
            "history": may(Permissions::READ_MESSAGE_HISTORY), "react": may(Permissions::ADD_REACTIONS),
            "threads": may(Permissions::CREATE_PUBLIC_THREADS) && has_threads, "manage": may(Permissions::MANAGE_MESSAGES) && !is_direct,
            "pin": may(Permissions::PIN_MESSAGES)}});
    if channel.kind == ChannelKind::Forum {
        let tags: Vec<Value> = channel
            .tags
            .iter()
            .map(|tag| json!({"id": tag.id, "name": tag.name}))
            .collect();
        here["tags"] = json!(tags);
        here["needs_tag"] = json!(channel.needs_tag);
        here["posts"] = json!(posts(world, channel));
    }
    here
}

/// Why nothing can be written here, as a sentence for whoever would like to.
fn why(write: bool, is_closed: bool) -> Option<&'static str> {
    if is_closed {
        Some("This thread is locked.")
    } else if write {
        None
    } else {
        Some("You do not have permission to send messages in this channel.")
    }
}

/// The posts of a forum, newest first.
fn posts(world: &World, forum: &Channel) -> Vec<Value> {
    let guild = forum.guild.unwrap_or(world.home);
    let mut posts: Vec<&Channel> = world
        .channels_of(guild)
        .filter(|thread| thread.parent == Some(forum.id))
        .collect();
    posts.sort_by_key(|thread| std::cmp::Reverse(thread.id));
    posts
        .into_iter()
        .take(MOST_POSTS)
        .map(|thread| post(world, thread))
        .collect()
}

fn post(world: &World, thread: &Channel) -> Value {
    let first = thread.messages.get(&thread.id);
    let text: String = first.map_or_else(String::new, |message| {
        message.content.chars().take(EXCERPT).collect()
    });
    let facts = thread.thread.as_ref();
    let author = facts.and_then(|facts| world.user(facts.owner));
    json!({"id": thread.id, "name": thread.name, "text": text, "author": author.map_or("somebody", |user| user.name.as_str()),
        "messages": thread.messages.len(), "tags": facts.map_or(&[][..], |facts| &facts.applied_tags),
        "archived": facts.is_some_and(|facts| facts.is_archived)})
}
