//! `footnote check`: reads the settings, and the documents they name, and says what is missing or wrong, one line each.
//! Changes nothing, and connects to nothing but with `--online`.
//!
//! Where nothing is said of Discord, there is no bot to check, and `footnote serve` is what must be able to start.

use std::io::{self, Write};
use std::path::Path;

use crate::answers;
use crate::serve;
use crate::settings::Settings;
use crate::settings::engine::AnswersWith;
use crate::settings::environment::Environment;
use crate::settings::review;
use crate::storage::postgres;
use crate::telemetry;

/// Prints what is wrong, or that nothing is; says whether all is well.
///
/// # Errors
///
/// When `out` cannot be written.
pub fn check(
    file: Option<&Path>,
    environment: &Environment,
    out: &mut impl Write,
) -> io::Result<bool> {
    let (mut documents, mut remarks, mut serves_alone) = (Vec::new(), Vec::new(), false);
    let mut researches = String::new();
    let problems: Vec<String> = match Settings::review(file, environment) {
        Ok((settings, errors)) => {
            let wrong = errors.iter().map(ToString::to_string);
            serves_alone = review::has_no_bot(&settings.discord);
            let missing = if serves_alone {
                remarks
                    .extend(review::missing_token(&settings.discord).map(|told| told.to_string()));
                review::problems_without_bot(&settings)
            } else {
                review::problems(&settings)
            };
            remarks.extend(review::exposure(settings.server.bind, &settings.server));
            let filter = telemetry::filter(&settings.log).err();
            let built_in = serves_alone || settings.answers.base_url.is_none();
            let agent = settings.answers_with() == AnswersWith::Agent;
            if built_in && agent {
                remarks.push(format!(
                    "Answers come from the Agent API at {}; documents are not searched.",
                    settings.agent.base_url
                ));
            }
            if let Some(writer) = settings.writer.endpoint().filter(|_| built_in && !agent) {
                let (model, url) = (&writer.model, &writer.url);
                remarks.push(format!(
                    "The language model {model} at {url} writes the answers."
                ));
            }
            researches = match settings.research.model.as_str() {
                "" => "Nothing is researched: research.model is empty.".to_owned(),
                model => format!("The model {model} researches."),
            };
            let web = settings.web.searxng_url.is_some();
            if built_in && !agent && web && !settings.engine.has_documents() {
                remarks.push("There are no documents: answers come from the web alone.".to_owned());
            }
            let own = built_in && !agent && review::engine(&settings.engine).is_empty();
            let surveyed = own.then(|| serve::survey(&settings.engine));
            let unusable = match surveyed {
                Some(Ok(lines)) => {
                    documents = lines;
                    None
                }
                Some(Err(error)) => Some(error.to_string()),
                None => None,
            };
            wrong
                .chain(missing.iter().map(ToString::to_string))
                .chain(filter.map(|error| error.to_string()))
                .chain(unusable)
                .collect()
        }
        Err(error) => vec![error.to_string()],
    };
    for line in documents.iter().chain(&remarks).chain(&problems) {
        writeln!(out, "{line}")?;
    }
    if problems.is_empty() {
        if !serves_alone {
            writeln!(out, "{researches}")?;
        }
        let complete = if serves_alone {
            "All else is complete: `footnote serve` can start, and without a token `footnote run` cannot."
        } else {
            "The settings are complete: `footnote run` can start."
        };
        writeln!(out, "{complete}")?;
    }
    Ok(problems.is_empty())
}

/// Asks each service that the settings name whether it takes its key, and prints a line for each; says whether all do. Nothing is
/// asked that a service bills.
///
/// # Errors
///
/// When `out` cannot be written.
pub async fn online(
    file: Option<&Path>,
    environment: &Environment,
    out: &mut impl Write,
) -> io::Result<bool> {
    // What cannot be read was told already.
    let Ok((settings, errors)) = Settings::review(file, environment) else {
        return Ok(false);
    };
    if !errors.is_empty() {
        return Ok(false);
    }
    let database = match settings.storage.postgres() {
        Some(address) => Some(postgres::knock(address).await),
        None => None,
    };
    let mut told = Vec::new();
    if let Some(base_url) = &settings.answers.base_url {
        let knocked = answers::knock(base_url, &settings.answers).await;
        told.push((format!("The Sonar endpoint {base_url}"), knocked));
    }
    if settings.answers_with() == AnswersWith::Agent {
        let name = format!("The Agent API at {}", settings.agent.base_url);
        told.push((name, serve::knock(&settings.agent).await));
    }
    if settings.answers_with() == AnswersWith::Documents
        && let Some(endpoint) = settings.writer.endpoint()
    {
        let name = format!("The chat endpoint {}", endpoint.url);
        told.push((name, serve::reach_writer(&endpoint).await));
    }
    let web = match settings.answers_with() {
        AnswersWith::Agent => None,
        AnswersWith::Auto | AnswersWith::Documents => serve::knock_on_web(&settings.web).await,
    };
    if told.is_empty() && web.is_none() && database.is_none() {
        writeln!(
            out,
            "The settings name no service: there is nothing to ask."
        )?;
    }
    for (name, answered) in &told {
        match answered {
            Ok(()) => writeln!(out, "{name} answers and takes the key.")?,
            Err(why) => writeln!(out, "{name} cannot be used: {why}")?,
        }
    }
    match &database {
        Some(Ok(())) => writeln!(out, "The Postgres database answers and takes the password.")?,
        Some(Err(why)) => writeln!(out, "The Postgres database cannot be used: {why}")?,
        None => {}
    }
    match &web {
        Some(Ok(line)) => writeln!(out, "{line}.")?,
        Some(Err(why)) => writeln!(out, "The web cannot be searched: {why}.")?,
        None => {}
    }
    let searched = web.is_none_or(|answered| answered.is_ok());
    let kept = database.is_none_or(|answered| answered.is_ok());
    Ok(searched && kept && told.iter().all(|(_, answered)| answered.is_ok()))
}
