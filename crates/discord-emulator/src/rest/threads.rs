//! Threads: starting them, their members, the active and the archived. Channels' own routes rename, archive and delete them.

use serde_json::{Value, json};

use super::{answer::Answer, call::Call};
use crate::{
    snowflake::Snowflake,
    world::{channels::ChannelKind, refusal::Refusal, thread_lists::Archived, uploads::Sent},
};

pub(crate) fn start_from_message(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (channel, message) = (call.id("channel")?, call.id("message")?);
    let bot = call.world.application;
    let thread = call
        .world
        .start_thread_from(call.now, bot, channel, message, &call.body)?;
    created(call, thread)
}

pub(crate) fn start(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (channel, bot) = (call.id("channel")?, call.world.application);
    if call.world.find_channel(channel)?.kind == ChannelKind::Forum {
        return post(call, channel);
    }
    let thread = call
        .world
        .start_thread(call.now, bot, channel, &call.body)?;
    created(call, thread)
}

/// A post in a forum; the answer shows its first message too.
fn post(call: &mut Call<'_>, forum: Snowflake) -> Result<Answer, Refusal> {
    let (bot, sent) = (call.world.application, Sent::new(&call.body, call.files));
    let id = call.world.start_post(call.now, bot, forum, sent)?;
    let mut shown = call.world.channel_json(call.world.find_channel(id)?);
    let first = call.world.visible_message(id, id)?;
    shown["message"] = call.world.message_json(first);
    Ok(Answer::json(201, shown))
}

fn created(call: &Call<'_>, thread: Snowflake) -> Result<Answer, Refusal> {
    let thread = call.world.find_channel(thread)?;
    Ok(Answer::json(201, call.world.channel_json(thread)))
}

/// `@me` is the bot.
fn person(call: &Call<'_>) -> Result<Snowflake, Refusal> {
    if call.text("user") == "@me" {
        Ok(call.world.application)
    } else {
        call.id("user")
    }
}

pub(crate) fn join(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (thread, person, bot) = (call.id("channel")?, person(call)?, call.world.application);
    call.world.join_thread(call.now, bot, thread, person)?;
    Ok(Answer::no_content())
}

pub(crate) fn leave(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (thread, person, bot) = (call.id("channel")?, person(call)?, call.world.application);
    call.world.leave_thread(call.now, bot, thread, person)?;
    Ok(Answer::no_content())
}

pub(crate) fn members(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let with_member = call.is_on("with_member");
    let thread = call.world.thread_for_bot(call.now, call.id("channel")?)?;
    let members = thread.thread_members();
    let shown: Value = members
        .filter_map(|person| call.world.thread_member_json(thread, person, with_member))
        .collect();
    Ok(Answer::ok(shown))
}

pub(crate) fn member(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (person, with_member) = (person(call)?, call.is_on("with_member"));
    let thread = call.world.thread_for_bot(call.now, call.id("channel")?)?;
    call.world
        .thread_member_json(thread, person, with_member)
        .map(Answer::ok)
        .ok_or(Refusal::UnknownMember)
}

pub(crate) fn active(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let guild = call.world.guild_for_bot(call.id("guild")?)?.id;
    let threads = call.world.active_threads(call.now, guild);
    Ok(Answer::ok(list(call, &threads)))
}

pub(crate) fn archived_public(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    archived(call, Archived::Public)
}

pub(crate) fn archived_private(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    archived(call, Archived::Private)
}

pub(crate) fn archived_joined(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    archived(call, Archived::JoinedPrivate)
}

fn archived(call: &Call<'_>, which: Archived) -> Result<Answer, Refusal> {
    let channel = call.id("channel")?;
    let limit = call.number("limit", 2..=100)?.unwrap_or(50);
    let before = if which == Archived::JoinedPrivate {
        call.query_id("before")?.map(|id| u128::from(id.get()))
    } else {
        let moment = call.moment("before")?;
        moment.map(|moment| moment.as_duration().as_nanos())
    };
    let (threads, has_more) = call
        .world
        .archived_threads(call.now, channel, which, before, limit)?;
    let mut list = list(call, &threads);
    list["has_more"] = json!(has_more);
    Ok(Answer::ok(list))
}

fn list(call: &Call<'_>, threads: &[Snowflake]) -> Value {
    let found = || {
        threads
            .iter()
            .filter_map(|id| call.world.find_channel(*id).ok())
    };
    let shown: Vec<Value> = found().map(|one| call.world.channel_json(one)).collect();
    let own: Vec<Value> = found()
        .filter_map(|one| {
            call.world
                .thread_member_json(one, call.world.application, false)
        })
        .collect();
    json!({"threads": shown, "members": own, "has_more": false})
}
