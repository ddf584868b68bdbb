//! The variables Footnote reads, and the keys they set. Takes the environment as a value: no test sets a variable.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::SettingsError;

/// The variable that names the operator's file.
pub const CONFIG_FILE: &str = "FOOTNOTE_CONFIG";

/// How the text of a variable becomes a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The text as it is.
    Text,
    /// A list, separated by commas.
    List,
}

/// Every variable with the table and key it sets; a table of `""` is the top level.
pub const VARIABLES: &[(&str, &str, &str, Form)] = &[
    ("FOOTNOTE_DATA_DIR", "", "data_dir", Form::Text),
    (
        "FOOTNOTE_DATABASE_URL",
        "storage",
        "database_url",
        Form::Text,
    ),
    ("DISCORD_TOKEN", "discord", "token", Form::Text),
    ("DISCORD_ADDRESS", "discord", "address", Form::Text),
    ("DISCORD_CA_FILE", "discord", "ca_file", Form::Text),
    ("DISCORD_GATEWAY_URL", "discord", "gateway_url", Form::Text),
    ("SONAR_BASE_URL", "answers", "base_url", Form::Text),
    ("SONAR_API_KEY", "answers", "api_key", Form::Text),
    ("SONAR_MODEL", "answers", "model", Form::Text),
    ("SONAR_RESEARCH_MODEL", "research", "model", Form::Text),
    ("FOOTNOTE_SEARXNG_URL", "web", "searxng_url", Form::Text),
    ("PERPLEXITY_API_KEY", "agent", "api_key", Form::Text),
    ("PERPLEXITY_BASE_URL", "agent", "base_url", Form::Text),
    ("FOOTNOTE_WRITER_URL", "writer", "url", Form::Text),
    ("FOOTNOTE_WRITER_MODEL", "writer", "model", Form::Text),
    ("FOOTNOTE_WRITER_KEY", "writer", "api_key", Form::Text),
    ("FOOTNOTE_BIND", "server", "bind", Form::Text),
    ("FOOTNOTE_SERVER_KEYS", "server", "keys", Form::List),
    ("FOOTNOTE_SERVER_HOSTS", "server", "hosts", Form::List),
    ("FOOTNOTE_LOG", "log", "filter", Form::Text),
];

/// The environment as a value: names and texts.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's environment over the lines of `dotenv`, when that file exists.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Dotenv`] when the file exists and cannot be read.
    pub fn of_process(dotenv: &Path) -> Result<Self, SettingsError> {
        let mut variables = BTreeMap::new();
        if dotenv.exists() {
            let broken = |source: dotenvy::Error| SettingsError::Dotenv {
                path: dotenv.to_owned(),
                reason: reason_without_content(&source),
            };
            for line in dotenvy::from_path_iter(dotenv).map_err(broken)? {
                let (name, text) = line.map_err(broken)?;
                variables.insert(name, text);
            }
        }
        // `vars_os`, because `vars` panics on a variable that is not UTF-8, whoever set it.
        let readable = std::env::vars_os()
            .filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?)));
        variables.extend(readable);
        Ok(Self(variables))
    }

    /// The variable's text; an empty one counts as unset, so that `DISCORD_TOKEN=` in a copied example is harmless.
    pub fn get(&self, name: &str) -> Option<&str> {
        let text = self.0.get(name)?.trim();
        (!text.is_empty()).then_some(text)
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(variables: [(&str, &str); N]) -> Self {
        let owned = variables.map(|(name, text)| (name.to_owned(), text.to_owned()));
        Self(owned.into())
    }
}

/// What is wrong with a `.env` line, without the line: it may hold a secret.
fn reason_without_content(error: &dotenvy::Error) -> String {
    match error {
        dotenvy::Error::LineParse(_, position) => {
            format!("a line is not NAME=value (at its character {position})")
        }
        dotenvy::Error::Io(io) => io.to_string(),
        _ => "it cannot be read".to_owned(),
    }
}
