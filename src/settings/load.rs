//! Merges the layers into [`Settings`]. Every error names the key or file that is wrong and how to mend it.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

use super::Settings;
use super::environment::{CONFIG_FILE, Environment, Form, VARIABLES};
use super::error::SettingsError;

/// The defaults: every key that has one, with its comment.
pub const DEFAULTS: &str = include_str!("../../config/default.toml");

/// The operator's file when none is named.
const USUAL_FILE: &str = "footnote.toml";

impl Settings {
    /// Reads the layers as [`Settings::load`] does, and tells every key that is wrong.
    ///
    /// # Errors
    ///
    /// When a file cannot be read at all.
    pub fn review(
        file: Option<&Path>,
        environment: &Environment,
    ) -> Result<(Self, Vec<SettingsError>), SettingsError> {
        let operators = operators_file(file, environment)?;
        Self::review_layers(
            operators
                .as_ref()
                .map(|(path, text)| (path.as_path(), text.as_str())),
            environment,
        )
    }

    /// Reads the layers: defaults, then `file` (or `FOOTNOTE_CONFIG`, or `footnote.toml` when it exists), then `environment`.
    ///
    /// # Errors
    ///
    /// See [`SettingsError`].
    pub fn load(file: Option<&Path>, environment: &Environment) -> Result<Self, SettingsError> {
        let operators = operators_file(file, environment)?;
        Self::from_layers(
            operators
                .as_ref()
                .map(|(path, text)| (path.as_path(), text.as_str())),
            environment,
        )
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
        let (settings, mut errors) = Self::review_layers(operators, environment)?;
        if errors.is_empty() {
            Ok(settings)
        } else {
            Err(errors.swap_remove(0))
        }
    }

    /// The same, with every key that is wrong: each keeps its default, and is told.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Syntax`] when the file is not TOML at all.
    pub fn review_layers(
        operators: Option<(&Path, &str)>,
        environment: &Environment,
    ) -> Result<(Self, Vec<SettingsError>), SettingsError> {
        let defaults = parse(Path::new("config/default.toml"), DEFAULTS)?;
        let mut merged = defaults.clone();
        if let Some((path, text)) = operators {
            merge(&mut merged, parse(path, text)?);
        }
        overlay(&mut merged, environment);
        let mut errors = Vec::new();
        loop {
            let error = match serde_path_to_error::deserialize(Value::Table(merged.clone())) {
                Ok(settings) => return Ok((settings, errors)),
                Err(error) => error,
            };
            let key = error.path().to_string();
            let reason = if is_secret(&key) {
                "it must be text (its value is not shown)".to_owned()
            } else {
                in_words(error.into_inner().message())
            };
            let from = origin(&key, operators.map(|(path, _)| path), environment);
            // Each round mends one key, so this ends; a default that were wrong itself would end it here.
            let mended = mend(&mut merged, &defaults, &key);
            errors.push(SettingsError::Key { key, from, reason });
            if !mended {
                return Err(errors.swap_remove(0));
            }
        }
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

/// The operator's file with its path: the one that is named, else the usual one when it exists.
fn operators_file(
    file: Option<&Path>,
    environment: &Environment,
) -> Result<Option<(PathBuf, String)>, SettingsError> {
    let named = file
        .map(Path::to_owned)
        .or_else(|| environment.get(CONFIG_FILE).map(PathBuf::from));
    let usual = Path::new(USUAL_FILE);
    let path = named.or_else(|| usual.exists().then(|| usual.to_owned()));
    path.map(|path| read(&path).map(|text| (path, text)))
        .transpose()
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

/// Puts a key back to its default, or takes it out when it has none. False when that changed nothing.
fn mend(merged: &mut Table, defaults: &Table, key: &str) -> bool {
    let (name, below) = match key.split_once('.') {
        Some((table, below)) => (table, Some(below)),
        None => (key.split('[').next().unwrap_or(key), None),
    };
    match (below, merged.get_mut(name), defaults.get(name)) {
        (Some(below), Some(Value::Table(merged)), Some(Value::Table(defaults))) => {
            mend(merged, defaults, below)
        }
        (_, Some(value), Some(default)) if value != default => {
            *value = default.clone();
            true
        }
        (_, Some(_), None) => merged.remove(name).is_some(),
        _ => false,
    }
}

/// What the library says, in words for operators instead of the names of Rust's types.
fn in_words(message: &str) -> String {
    let words = [
        ("expected a nonzero u32", "expected a whole number from 1"),
        ("expected usize", "expected a whole number"),
        ("expected u64", "expected a whole number"),
        ("expected u32", "expected a whole number"),
        ("expected path string", "expected text"),
        ("expected a string", "expected text"),
        (
            "invalid socket address syntax",
            "it must be an address and a port, such as 127.0.0.1:8765",
        ),
    ];
    let told = words
        .iter()
        .fold(message.replace('\n', " "), |told, (rust, words)| {
            told.replace(rust, words)
        });
    match told.split_once("expected struct") {
        Some((before, _)) => format!("{before}expected a table"),
        None => told,
    }
}

/// Whether an error must not show a key's value.
fn is_secret(key: &str) -> bool {
    [
        "storage.database_url",
        "discord.token",
        "answers.api_key",
        "agent.api_key",
        "writer.api_key",
        "server.keys",
    ]
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
        insta::assert_snapshot!(refusal("[discord]\ntokn = \"x\""), @"the setting `discord.tokn` (in footnote.toml) is wrong: unknown field `tokn`, expected one of `token`, `address`, `ca_file`, `gateway_url`, `message_content`, `grace_seconds`");
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_named_with_its_origin() {
        insta::assert_snapshot!(refusal("[answers]\nat_once = \"many\""), @r#"the setting `answers.at_once` (in footnote.toml) is wrong: invalid type: string "many", expected a whole number"#);
        let variable = load("", &[("FOOTNOTE_BIND", "nowhere")].into()).unwrap_err();
        insta::assert_snapshot!(variable, @"the setting `server.bind` (from FOOTNOTE_BIND) is wrong: it must be an address and a port, such as 127.0.0.1:8765");
    }

    #[test]
    fn a_dialect_or_a_trouble_that_does_not_exist_is_named() {
        insta::assert_snapshot!(refusal("[server.dialect]\ndomain_limit = 7"), @"the setting `server.dialect.domain_limit` (in footnote.toml) is wrong: it must be 3, 10 or 20");
        insta::assert_snapshot!(refusal("[server.dialect]\nsentinel = false"), @"the setting `server.dialect.sentinel` (in footnote.toml) is wrong: unknown field `sentinel`, expected one of `done_sentinel`, `domain_limit`, `order_wording`, `mixed_domains`, `recency_with_dates`, `citations_only_last`, `cost`, `delta`");
        insta::assert_snapshot!(refusal("[server]\npretend = [\"rich\"]"), @"the setting `server.pretend[0]` (in footnote.toml) is wrong: it must be one of retired, migration-required, out-of-credit, rate-limited, failing-jobs");
        let known = "[server]\npretend = [\"retired\"]\n[server.dialect]\ndomain_limit = 3\norder_wording = \"old\"";
        let server = load(known, &Environment::default()).unwrap().server;
        assert_eq!(server.pretend, [sonar_server::Pretend::Retired]);
        assert_eq!(server.dialect.domain_limit.count(), 3);
        assert!(
            server.dialect.done_sentinel,
            "what is not set keeps its default"
        );
    }

    #[test]
    fn the_shipped_defaults_of_the_server_are_its_own() {
        let shipped = Settings::defaults().unwrap().server;
        let own = sonar_server::ServerSettings::default();
        assert_eq!(shipped.dialect, own.dialect);
        assert_eq!(shipped.requests_per_minute, own.requests_a_minute);
        assert_eq!(
            (shipped.answers_at_once, shipped.connections),
            (own.answers, own.connections)
        );
        assert_eq!(shipped.pretend, own.pretend);
    }

    #[test]
    fn a_secret_of_the_wrong_kind_is_not_shown() {
        insta::assert_snapshot!(refusal("[server]\nkeys = \"canary\""), @"the setting `server.keys` (in footnote.toml) is wrong: it must be text (its value is not shown)");
    }

    #[test]
    fn a_database_of_the_wrong_kind_is_not_shown() {
        insta::assert_snapshot!(refusal("[storage]\ndatabase_url = [\"canary\"]"), @"the setting `storage.database_url` (in footnote.toml) is wrong: it must be text (its value is not shown)");
    }

    #[test]
    fn every_key_that_is_wrong_is_told() {
        let file = "top = 1\n[answers]\nat_once = \"many\"\nmodle = \"x\"\n[discord]\ntokn = \"x\"\n[server]\nwords_per_second = 0\n";
        let (settings, errors) = Settings::review_layers(
            Some((Path::new("footnote.toml"), file)),
            &Environment::default(),
        )
        .unwrap();
        let told: Vec<String> = errors
            .iter()
            .map(|error| {
                error
                    .to_string()
                    .split(" (")
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect();
        assert_eq!(told.len(), 5, "{told:?}");
        assert_eq!(settings.answers.at_once, 16);
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
                ("FOOTNOTE_WRITER_KEY", "canary-writer"),
                ("PERPLEXITY_API_KEY", "canary-4"),
                (
                    "FOOTNOTE_DATABASE_URL",
                    "postgres://canary:canary@db/footnote",
                ),
            ]
            .into(),
        );
        assert!(!format!("{:?}", settings.unwrap()).contains("canary"));
    }
}
