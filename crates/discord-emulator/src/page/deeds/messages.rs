//! Writing, changing and deleting messages, threads, posts and direct messages, as the page asks for it. Knows no rule.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;

use super::{At, Body, Done, Sorry, To, Who, done, leads_to};
use crate::{
    shared::Shared,
    snowflake::Snowflake,
    world::{posting::typed, uploads::Sent},
};

/// `POST /page/say`
#[derive(Deserialize)]
pub(crate) struct Say {
    #[serde(flatten)]
    at: At,
    text: String,
    /// The message it answers.
    reply_to: Option<Snowflake>,
}

/// `POST /page/edit`
#[derive(Deserialize)]
pub(crate) struct Edit {
    #[serde(flatten)]
    to: To,
    text: String,
}

/// `POST /page/react`
#[derive(Deserialize)]
pub(crate) struct React {
    #[serde(flatten)]
    to: To,
    emoji: String,
    /// Whether the reaction is added; otherwise it is taken back.
    on: bool,
}

/// `POST /page/thread`
#[derive(Deserialize)]
pub(crate) struct Open {
    #[serde(flatten)]
    to: To,
    name: String,
}

/// `POST /page/post`: a post in a forum.
#[derive(Deserialize)]
pub(crate) struct Post {
    #[serde(flatten)]
    at: At,
    title: String,
    text: String,
    /// Tags by name.
    tags: Vec<String>,
}

/// `POST /page/direct`
#[derive(Deserialize)]
pub(crate) struct Direct {
    #[serde(flatten)]
    who: Who,
    /// Whom they would like to write to.
    other: Snowflake,
}

pub(crate) async fn says(State(shared): State<Arc<Shared>>, Body(sent, files): Body<Say>) -> Done {
    let (person, channel) = sent.at.find(&shared)?;
    let body = typed(&sent.text, sent.reply_to);
    let (channel, message) = (channel.snowflake(), Sent::new(&body, &files));
    person.acts(|state, now| state.world.person_posts(now, channel, person.id, message))?;
    done()
}

pub(crate) async fn types(State(shared): State<Arc<Shared>>, Body(sent, _): Body<At>) -> Done {
    let (person, channel) = sent.find(&shared)?;
    person.starts_typing(&channel)?;
    done()
}

pub(crate) async fn edits(State(shared): State<Arc<Shared>>, Body(sent, _): Body<Edit>) -> Done {
    let (person, message) = sent.to.find(&shared)?;
    person.edits(&message, &sent.text)?;
    done()
}

pub(crate) async fn deletes(State(shared): State<Arc<Shared>>, Body(sent, _): Body<To>) -> Done {
    let (person, message) = sent.find(&shared)?;
    person.deletes(&message)?;
    done()
}

pub(crate) async fn reacts(State(shared): State<Arc<Shared>>, Body(sent, _): Body<React>) -> Done {
    let (person, message) = sent.to.find(&shared)?;
    if sent.on {
        person.reacts(&message, &sent.emoji)?;
    } else {
        person.takes_back(&message, &sent.emoji)?;
    }
    done()
}

pub(crate) async fn pins(State(shared): State<Arc<Shared>>, Body(sent, _): Body<To>) -> Done {
    let (person, message) = sent.find(&shared)?;
    person.pins(&message)?;
    done()
}

pub(crate) async fn opens_thread(
    State(shared): State<Arc<Shared>>,
    Body(sent, _): Body<Open>,
) -> Done {
    let (person, message) = sent.to.find(&shared)?;
    leads_to(&person.opens_thread(&message, &sent.name)?)
}

pub(crate) async fn posts(State(shared): State<Arc<Shared>>, Body(sent, _): Body<Post>) -> Done {
    let (person, forum) = sent.at.find(&shared)?;
    let tags: Vec<&str> = sent.tags.iter().map(String::as_str).collect();
    leads_to(&person.posts(&forum, &sent.title, &sent.text, &tags)?)
}

/// Opens the direct messages with the bot; with people, Discord's API knows none.
pub(crate) async fn writes_directly(
    State(shared): State<Arc<Shared>>,
    Body(sent, _): Body<Direct>,
) -> Done {
    let person = sent.who.find(&shared)?;
    if shared.act(|state, _| state.world.application) != sent.other {
        return Err(Sorry::from("Only the bot can be written to directly here."));
    }
    leads_to(&person.direct_messages())
}
