//! Commands, components and forms, as the page asks for them. Knows no rule.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use serde::Deserialize;

use super::{At, Done, done};
use crate::shared::Shared;

/// `POST /page/use`
#[derive(Deserialize)]
pub(crate) struct Use {
    #[serde(flatten)]
    at: At,
    command: String,
    options: BTreeMap<String, String>,
}

pub(crate) async fn uses(State(shared): State<Arc<Shared>>, Json(sent): Json<Use>) -> Done {
    let (person, channel) = sent.at.find(&shared)?;
    let options: Vec<(&str, &str)> = sent
        .options
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    person.uses(&channel, &sent.command, &options).await?;
    done()
}
