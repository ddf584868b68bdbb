//! `footnote check`: reads the settings and says what is missing or wrong, one line each. Changes nothing, connects to nothing.

use std::io::{self, Write};
use std::path::Path;

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
    let problems: Vec<String> = match Settings::review(file, environment) {
        Ok((settings, errors)) => {
            let wrong = errors.iter().map(ToString::to_string);
            let missing = review::problems(&settings);
            let filter = telemetry::filter(&settings.log).err();
            wrong
                .chain(missing.iter().map(ToString::to_string))
                .chain(filter.map(|error| error.to_string()))
                .collect()
        }
        Err(error) => vec![error.to_string()],
    };
    for problem in &problems {
        writeln!(out, "{problem}")?;
    }
    if problems.is_empty() {
        writeln!(out, "The settings are complete: `footnote run` can start.")?;
    }
    Ok(problems.is_empty())
}
