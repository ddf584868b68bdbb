//! People who come in from the page, and the language of their client. Gives nobody a role.

use std::sync::Arc;

use axum::{Json, extract::State, response::IntoResponse};
use serde::Deserialize;
use serde_json::json;

use super::{Body, Done, Sorry, Who, done};
use crate::{shared::Shared, world::localizations::LOCALES};

/// Longest name a person can have, in code points.
const LONGEST_NAME: usize = 32;
/// The page adds no more people than this.
const MOST_PEOPLE: usize = 100;

/// `POST /page/people`
#[derive(Deserialize)]
pub(crate) struct ComeIn {
    name: String,
}

pub(crate) async fn comes_in(
    State(shared): State<Arc<Shared>>,
    Body(sent, _): Body<ComeIn>,
) -> Done {
    let name = sent.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Sorry(format!("A name has 1 to {LONGEST_NAME} characters.")));
    }
    let id = shared.act(|state, now| {
        let is_full = state.world.persons().count() >= MOST_PEOPLE;
        (!is_full).then(|| state.world.person(now, name))
    });
    let id = id.ok_or(Sorry::from("There are enough people here."))?;
    Ok(Json(json!({"id": id})).into_response())
}

/// `POST /page/language`
#[derive(Deserialize)]
pub(crate) struct Switch {
    #[serde(flatten)]
    who: Who,
    locale: String,
}

pub(crate) async fn switches_language(
    State(shared): State<Arc<Shared>>,
    Body(sent, _): Body<Switch>,
) -> Done {
    let person = sent.who.find(&shared)?;
    if !LOCALES.contains(&sent.locale.as_str()) {
        return Err(Sorry::from("Discord is not there in this language."));
    }
    person.switches_to(&sent.locale);
    done()
}
