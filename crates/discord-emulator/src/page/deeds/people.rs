//! People who come in from the page. Gives nobody a role.

use std::sync::Arc;

use axum::{Json, extract::State, response::IntoResponse};
use serde::Deserialize;
use serde_json::json;

use super::{Body, Done, Sorry};
use crate::shared::Shared;

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
