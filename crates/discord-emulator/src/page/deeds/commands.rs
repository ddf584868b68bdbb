//! Commands, components and forms, as the page asks for them. Knows no rule.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{Json, extract::State, response::IntoResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{At, Body, Done, Sorry, To, Who, done};
use crate::{
    message::Message, modal::Modal, person::Person, shared::Shared, snowflake::Snowflake,
    world::uploads::Upload,
};

/// How long choices are waited for in real time: a little more than the bot has for them.
const CHOICES: Duration = Duration::from_secs(4);

/// `POST /page/use`
#[derive(Deserialize)]
pub(crate) struct Use {
    #[serde(flatten)]
    at: At,
    command: String,
    options: BTreeMap<String, String>,
    /// The options that take the files beside this, in their order.
    #[serde(default)]
    file_options: Vec<String>,
}

/// `POST /page/complete`
#[derive(Deserialize)]
pub(crate) struct Complete {
    #[serde(flatten)]
    typed: Use,
    /// The option that is being typed.
    focused: String,
}

/// `POST /page/menu`: a command of the menu of a message, or of a person.
#[derive(Deserialize)]
pub(crate) struct Menu {
    #[serde(flatten)]
    at: At,
    command: String,
    message: Option<Snowflake>,
    target: Option<Snowflake>,
}

/// `POST /page/press`
#[derive(Deserialize)]
pub(crate) struct Press {
    #[serde(flatten)]
    to: To,
    custom_id: String,
}

/// `POST /page/choose`
#[derive(Deserialize)]
pub(crate) struct Choose {
    #[serde(flatten)]
    press: Press,
    values: Vec<String>,
}

/// `POST /page/fill`
#[derive(Deserialize)]
pub(crate) struct Fill {
    #[serde(flatten)]
    form: Form,
    /// Custom id and value of each field; one with several values stands there several times.
    values: Vec<(String, String)>,
    /// The fields that take the files beside this, in their order, with how many each takes.
    #[serde(default)]
    file_fields: Vec<(String, usize)>,
}

/// `POST /page/dismiss`: a form that is open for a person.
#[derive(Deserialize)]
pub(crate) struct Form {
    #[serde(flatten)]
    who: Who,
    /// The interaction that opened it.
    modal: Snowflake,
}

impl Form {
    fn find(&self, shared: &Arc<Shared>) -> Result<(Person, Modal), Sorry> {
        let person = self.who.find(shared)?;
        let open = person
            .modal()
            .filter(|open| open.opened_by() == self.modal)
            .ok_or(Sorry::from("This form is no longer open."))?;
        Ok((person, open))
    }
}

pub(crate) async fn uses(
    State(shared): State<Arc<Shared>>,
    Body(mut sent, files): Body<Use>,
) -> Done {
    let (person, channel) = sent.at.find(&shared)?;
    for (option, file) in sent.file_options.iter().zip(&files) {
        sent.options
            .insert(option.clone(), handed_in(&person, file)?);
    }
    person
        .uses(&channel, &sent.command, &borrowed(&sent.options))
        .await?;
    done()
}

/// The id that stands for a file as the value of an option or a field.
fn handed_in(person: &Person, file: &Upload) -> Result<String, Sorry> {
    Ok(person.hands_in(&file.filename, &file.bytes)?.to_string())
}

/// Answers the choices when the bot has named them.
pub(crate) async fn completes(
    State(shared): State<Arc<Shared>>,
    Body(sent, _): Body<Complete>,
) -> Done {
    let (person, channel) = sent.typed.at.find(&shared)?;
    let options = borrowed(&sent.typed.options);
    let typed = person
        .completes(&channel, &sent.typed.command, &options, &sent.focused)
        .await?;
    let Ok(offered) = typed.offered(CHOICES).await else {
        return Err(Sorry::from("Loading options failed."));
    };
    let choices: Vec<Value> = offered
        .into_iter()
        .map(|choice| json!({"name": choice.name, "value": choice.value}))
        .collect();
    Ok(Json(json!({"choices": choices})).into_response())
}

pub(crate) async fn uses_menu(
    State(shared): State<Arc<Shared>>,
    Body(sent, _): Body<Menu>,
) -> Done {
    let (person, channel) = sent.at.find(&shared)?;
    match (sent.message, sent.target) {
        (Some(id), _) => {
            let message = Message::new(Arc::clone(&shared), channel.snowflake(), id);
            person.uses_on_message(&message, &sent.command).await?
        }
        (None, Some(target)) => {
            let target = Person::new(Arc::clone(&shared), target);
            person
                .uses_on_person(&channel, &target, &sent.command)
                .await?
        }
        (None, None) => return Err(Sorry::from("Name a `message` or a `target`.")),
    };
    done()
}

pub(crate) async fn presses(State(shared): State<Arc<Shared>>, Body(sent, _): Body<Press>) -> Done {
    let (person, message) = sent.to.find(&shared)?;
    person.presses(&message, &sent.custom_id).await?;
    done()
}

pub(crate) async fn chooses(
    State(shared): State<Arc<Shared>>,
    Body(sent, _): Body<Choose>,
) -> Done {
    let (person, message) = sent.press.to.find(&shared)?;
    let values: Vec<&str> = sent.values.iter().map(String::as_str).collect();
    person
        .chooses(&message, &sent.press.custom_id, &values)
        .await?;
    done()
}

pub(crate) async fn fills(
    State(shared): State<Arc<Shared>>,
    Body(mut sent, files): Body<Fill>,
) -> Done {
    let (person, modal) = sent.form.find(&shared)?;
    let fields = sent.file_fields.iter();
    let fields = fields.flat_map(|(field, count)| std::iter::repeat_n(field, *count));
    for (field, file) in fields.zip(&files) {
        sent.values.push((field.clone(), handed_in(&person, file)?));
    }
    let values: Vec<(&str, &str)> = sent
        .values
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    person.fills(&modal, &values).await?;
    done()
}

pub(crate) async fn dismisses(
    State(shared): State<Arc<Shared>>,
    Body(sent, _): Body<Form>,
) -> Done {
    let (person, modal) = sent.find(&shared)?;
    person.dismisses(&modal)?;
    done()
}

fn borrowed(options: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    options
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}
