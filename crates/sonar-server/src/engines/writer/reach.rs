//! Whether a chat endpoint can be reached and has its model, at no cost. Must ask it for no text.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;

use super::client::{Unusable, address, http};
use super::settings::WriterSettings;

/// How long to wait for the list of models.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest list read, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// A chat endpoint that answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It lists the model.
    HasModel,
    /// It lists no models, as some do not; only a question would tell.
    ListsNothing,
}

/// Why a chat endpoint is of no use as it is set, in words that go behind its name, with the mend. None holds a word of the
/// endpoint's, but for the names of its models.
#[derive(Debug, thiserror::Error)]
pub enum Unreached {
    /// The settings cannot be used.
    #[error("{0}: mend writer.api_key (FOOTNOTE_WRITER_KEY)")]
    Unusable(#[from] Unusable),
    /// Nothing answers there.
    #[error("nothing answers there: start it, or mend writer.url (FOOTNOTE_WRITER_URL)")]
    NobodyThere,
    /// It does not take the key.
    #[error("it does not accept the key: mend writer.api_key (FOOTNOTE_WRITER_KEY)")]
    WrongKey,
    /// What answers there is something else.
    #[error(
        "what answers there is no chat endpoint (status {0}): mend writer.url (FOOTNOTE_WRITER_URL), which often ends with /v1"
    )]
    SomethingElse(StatusCode),
    /// It has other models.
    #[error(
        "it has no model `{model}`: fetch it there, or mend writer.model (FOOTNOTE_WRITER_MODEL). It has: {known}"
    )]
    NoModel {
        /// The model that is set.
        model: String,
        /// Some that it has.
        known: String,
    },
}

#[derive(Debug, Deserialize)]
struct Models {
    data: Vec<Model>,
}

#[derive(Debug, Deserialize)]
struct Model {
    id: String,
}

/// Asks a chat endpoint for the list of its models, which costs nothing anywhere.
///
/// # Errors
///
/// See [`Unreached`].
pub async fn reach(settings: &WriterSettings) -> Result<Reach, Unreached> {
    let asked = http(settings)?
        .get(address(settings, "models"))
        .timeout(PATIENCE)
        .send()
        .await;
    let mut response = asked.map_err(|_| Unreached::NobodyThere)?;
    match response.status() {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            return Err(Unreached::WrongKey);
        }
        StatusCode::NOT_IMPLEMENTED | StatusCode::METHOD_NOT_ALLOWED => {
            return Ok(Reach::ListsNothing);
        }
        status => return Err(Unreached::SomethingElse(status)),
    }
    let mut body = Vec::new();
    while let Ok(Some(piece)) = response.chunk().await {
        body.extend_from_slice(&piece);
        if body.len() > LONGEST {
            break;
        }
    }
    match serde_json::from_slice::<Models>(&body) {
        Ok(models) => named(settings, &models.data),
        Err(_) => Err(Unreached::SomethingElse(StatusCode::OK)),
    }
}

/// Ollama lists `llama3.2:latest` for `llama3.2`.
fn named(settings: &WriterSettings, models: &[Model]) -> Result<Reach, Unreached> {
    let wanted = settings.model.as_str();
    let same =
        |model: &Model| model.id == wanted || model.id.strip_suffix(":latest") == Some(wanted);
    if models.is_empty() {
        return Ok(Reach::ListsNothing);
    }
    if models.iter().any(same) {
        return Ok(Reach::HasModel);
    }
    let readable = |c: &char| !c.is_control();
    let name = |model: &Model| {
        model
            .id
            .chars()
            .filter(readable)
            .take(80)
            .collect::<String>()
    };
    let known: Vec<String> = models.iter().take(8).map(name).collect();
    Err(Unreached::NoModel {
        model: wanted.to_owned(),
        known: known.join(", "),
    })
}
