//! Merges the layers into [`Settings`]. Every error names the key or file that is wrong and how to mend it.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

use super::Settings;
use super::environment::{CONFIG_FILE, Environment, Form, VARIABLES};

/// The defaults: every key that has one, with its comment.
pub const DEFAULTS: &str = include_str!("../../config/default.toml");

/// The operator's file when none is named.
const USUAL_FILE: &str = "footnote.toml";

/// Why the settings cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The named file is not there, or not readable.
    #[error(
        "the settings file {path} cannot be read ({source}): mend the path, or leave out --config"
    )]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("the settings file {path} is not valid TOML, line {line}: {reason}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the parser said.
        reason: String,
    },
    /// A key is unknown, or its value is of the wrong kind.
    #[error("the setting `{key}` ({from}) is wrong: {reason}")]
    Key {
        /// The key, with its table.
        key: String,
        /// The file or variable that set it.
        from: String,
        /// What is wrong, and what was expected.
        reason: String,
    },
    /// `.env` exists and cannot be read.
    #[error("{path} cannot be read: {reason}")]
    Dotenv {
        /// The file.
        path: PathBuf,
        /// What is wrong, without the line.
        reason: String,
    },
}

impl Settings {
    /// Reads the layers: defaults, then `file` (or `FOOTNOTE_CONFIG`, or `footnote.toml` when it exists), then `environment`.
    ///
    /// # Errors
    ///
    /// See [`SettingsError`].
    pub fn load(file: Option<&Path>, environment: &Environment) -> Result<Self, SettingsError> {
        let named = file
            .map(Path::to_owned)
            .or_else(|| environment.get(CONFIG_FILE).map(PathBuf::from));
        let usual = Path::new(USUAL_FILE);
        let path = named.or_else(|| usual.exists().then(|| usual.to_owned()));
        let text = path.as_deref().map(read).transpose()?;
        let operators = path.as_deref().zip(text.as_deref());
        Self::from_layers(operators, environment)
    }

    /// The settings from the text of an operator's file, with the path that errors name, and an environment.
    ///
    /// # Errors
    ///
    /// See [`SettingsError`].
    pub fn from_layers(
        operators: Option<(&Path, &str)>,
        environment: &Environment,
    ) -> Result<Self, SettingsError> {
        let mut merged = parse(Path::new("config/default.toml"), DEFAULTS)?;
        if let Some((path, text)) = operators {
            merge(&mut merged, parse(path, text)?);
        }
        overlay(&mut merged, environment);
        serde_path_to_error::deserialize(Value::Table(merged)).map_err(|error| {
            let key = error.path().to_string();
            let from = origin(&key, operators.map(|(path, _)| path), environment);
            let reason = if is_secret(&key) {
                "it must be text (its value is not shown)".to_owned()
            } else {
                error.into_inner().message().replace('\n', " ")
            };
            SettingsError::Key { key, from, reason }
        })
    }

    /// The embedded defaults alone.
    ///
    /// # Errors
    ///
    /// Never, while the test of the shipped file passes.
    pub fn defaults() -> Result<Self, SettingsError> {
        Self::from_layers(None, &Environment::default())
    }
}

fn read(path: &Path) -> Result<String, SettingsError> {
    std::fs::read_to_string(path).map_err(|source| SettingsError::File {
        path: path.to_owned(),
        source,
    })
}

fn parse(path: &Path, text: &str) -> Result<Table, SettingsError> {
    Table::deserialize(toml::Deserializer::parse(text).map_err(|error| syntax(path, text, &error))?)
        .map_err(|error| syntax(path, text, &error))
}

fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> SettingsError {
    let before = error.span().map_or(0, |span| span.start);
    let line = text
        .bytes()
        .take(before)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1;
    SettingsError::Syntax {
        path: path.to_owned(),
        line,
        reason: error.message().replace('\n', " "),
    }
}

/// Lays `over` upon `base`, table by table and key by key.
fn merge(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

fn overlay(merged: &mut Table, environment: &Environment) {
    for (variable, table, key, form) in VARIABLES {
        let Some(text) = environment.get(variable) else {
            continue;
        };
        let value = match form {
            Form::Text => Value::String(text.to_owned()),
            Form::List => Value::Array(
                text.split(',')
                    .map(|item| Value::String(item.trim().to_owned()))
                    .collect(),
            ),
        };
        if table.is_empty() {
            merged.insert((*key).to_owned(), value);
        } else if let Some(Value::Table(below)) = merged.get_mut(*table) {
            below.insert((*key).to_owned(), value);
        }
    }
}

/// Whether an error must not show a key's value.
fn is_secret(key: &str) -> bool {
    ["discord.token", "answers.api_key", "server.keys"]
        .iter()
        .any(|secret| key.starts_with(secret))
}

/// Who set a key: its variable when that is set, else the operator's file.
fn origin(key: &str, file: Option<&Path>, environment: &Environment) -> String {
    let variable = VARIABLES
        .iter()
        .find(|(_, table, name, _)| key == format!("{table}.{name}").trim_start_matches('.'))
        .map(|(variable, ..)| *variable)
        .filter(|variable| environment.get(variable).is_some());
    match (variable, file) {
        (Some(variable), _) => format!("from {variable}"),
        (None, Some(file)) => format!("in {}", file.display()),
        (None, None) => "by default".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn load(file: &str, variables: &Environment) -> Result<Settings, String> {
        let path = Path::new("footnote.toml");
        Settings::from_layers(Some((path, file)), variables).map_err(|error| error.to_string())
    }

    fn refusal(file: &str) -> String {
        load(file, &Environment::default()).unwrap_err()
    }

    #[test]
    fn the_shipped_defaults_load() {
        let settings = Settings::defaults().unwrap();
        assert_eq!(settings.answers.model, "sonar");
        assert!(settings.discord.token.is_none());
    }

    #[test]
    fn every_key_is_in_the_shipped_defaults_and_every_variable_beside_its_key() {
        for (variable, _, key, _) in VARIABLES {
            assert!(
                DEFAULTS.contains(&format!("[{variable}]")),
                "{variable} is not in default.toml"
            );
            let named = DEFAULTS.lines().any(|line| {
                line.trim_start_matches("# ")
                    .starts_with(&format!("{key} ="))
            });
            assert!(named, "{key} is not in default.toml");
        }
    }

    #[test]
    fn the_file_wins_over_the_default_and_the_environment_over_the_file() {
        let file = "[answers]\nmodel = \"sonar-pro\"\nat_once = 3\n";
        let settings = load(file, &[("SONAR_MODEL", "sonar-reasoning-pro")].into()).unwrap();
        assert_eq!(settings.answers.model, "sonar-reasoning-pro");
        assert_eq!(settings.answers.at_once, 3);
    }

    #[test]
    fn an_empty_variable_is_an_unset_one() {
        let settings = load(
            "[discord]\ntoken = \"kept\"",
            &[("DISCORD_TOKEN", "")].into(),
        )
        .unwrap();
        assert_eq!(settings.discord.token.unwrap().expose_secret(), "kept");
    }

    #[test]
    fn keys_in_a_variable_are_separated_by_commas() {
        let settings = load("", &[("FOOTNOTE_SERVER_KEYS", "one, two")].into()).unwrap();
        assert_eq!(settings.server.keys.len(), 2);
    }

    #[test]
    fn an_unknown_key_is_named() {
        insta::assert_snapshot!(refusal("[discord]\ntokn = \"x\""), @"the setting `discord.tokn` (in footnote.toml) is wrong: unknown field `tokn`, expected one of `token`, `address`, `ca_file`, `gateway_url`, `grace_seconds`");
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_named_with_its_origin() {
        insta::assert_snapshot!(refusal("[answers]\nat_once = \"many\""), @r#"the setting `answers.at_once` (in footnote.toml) is wrong: invalid type: string "many", expected usize"#);
        let variable = load("", &[("FOOTNOTE_BIND", "nowhere")].into()).unwrap_err();
        insta::assert_snapshot!(variable, @"the setting `server.bind` (from FOOTNOTE_BIND) is wrong: invalid socket address syntax");
    }

    #[test]
    fn a_secret_of_the_wrong_kind_is_not_shown() {
        insta::assert_snapshot!(refusal("[server]\nkeys = \"canary\""), @"the setting `server.keys` (in footnote.toml) is wrong: it must be text (its value is not shown)");
    }

    #[test]
    fn broken_toml_is_told_with_its_line() {
        insta::assert_snapshot!(refusal("data_dir = \"x\"\n[discord\n"), @"the settings file footnote.toml is not valid TOML, line 2: unclosed table, expected `]`");
    }

    #[test]
    fn settings_in_a_log_show_no_secret() {
        let settings = load(
            "",
            &[
                ("DISCORD_TOKEN", "canary-1"),
                ("SONAR_API_KEY", "canary-2"),
                ("FOOTNOTE_SERVER_KEYS", "canary-3"),
            ]
            .into(),
        );
        assert!(!format!("{:?}", settings.unwrap()).contains("canary"));
    }
}
