//! `footnote check`: reads the settings, and the documents they name, and says what is missing or wrong, one line each.
//! Changes nothing, connects to nothing.

use std::io::{self, Write};
use std::path::Path;

use crate::serve;
use crate::settings::Settings;
use crate::settings::environment::Environment;
use crate::settings::review;
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
    let mut documents = Vec::new();
    let problems: Vec<String> = match Settings::review(file, environment) {
        Ok((settings, errors)) => {
            let wrong = errors.iter().map(ToString::to_string);
            let missing = review::problems(&settings);
            let filter = telemetry::filter(&settings.log).err();
            let own =
                settings.answers.base_url.is_none() && review::engine(&settings.engine).is_empty();
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
    for line in documents.iter().chain(&problems) {
        writeln!(out, "{line}")?;
    }
    if problems.is_empty() {
        writeln!(out, "The settings are complete: `footnote run` can start.")?;
    }
    Ok(problems.is_empty())
}
