//! What is set in a scope as a file: what `/settings export` writes and `/settings import` reads.
//!
//! Whether what is read may be set where it is imported is decided there; people, roles and channels of another server are taken as they are.

use serde_json::{Map, Value as Json, json};

use super::fields::{Field, Settings};

/// The most bytes of a file. The largest settings there can be, twenty presets of twenty long domains among them, are some 110 KiB.
pub const LARGEST: usize = 128 * 1024;

/// The version of the form, written under [`MARK`].
const VERSION: u64 = 1;

/// The key by which a file is known to be one of these; its value is the version.
const MARK: &str = "footnote_settings";

/// The key of the settings themselves.
const SETTINGS: &str = "settings";

/// The most characters that are repeated of a name or a value in a file.
const REPEATED: usize = 60;

/// The most characters of a reason.
const LONGEST_REASON: usize = 200;

/// Why a file cannot be imported. What it repeats of the file is cut short.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file cannot be imported: {self:?}")]
pub enum ImportFault {
    /// It has more than [`LARGEST`] bytes: so many.
    TooLarge(usize),
    /// It is not JSON. Both are counted from 1.
    NotJson {
        /// The line at which it stops being JSON.
        line: usize,
        /// The column in it, in bytes.
        column: usize,
    },
    /// It is JSON, and no settings of Footnote's.
    NotSettings,
    /// It is of a version that this one cannot read: this.
    Version(String),
    /// Some of it cannot be read: all that cannot.
    Fields {
        /// The names that are no fields.
        unknown: Vec<String>,
        /// The fields with a value that they cannot have.
        unreadable: Vec<Unreadable>,
    },
    /// Nothing is set in it.
    Nothing,
}

/// A field in a file that has a value it cannot have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Which.
    pub field: Field,
    /// Where in the file's settings, as `access.only.roles[2]`.
    pub at: String,
    /// What is wrong there, in English, as the reader of JSON says it.
    pub reason: String,
}

/// What is set, as a file for people to keep and to read.
pub fn export(settings: &Settings) -> String {
    format!("{:#}\n", json!({ MARK: VERSION, SETTINGS: settings }))
}

/// What is set in a file.
///
/// # Errors
///
/// [`ImportFault`] names everything that is wrong with it; then nothing of it counts.
pub fn import(file: &str) -> Result<Settings, ImportFault> {
    if file.len() > LARGEST {
        return Err(ImportFault::TooLarge(file.len()));
    }
    // Some editors write a mark of the byte order before the text, which JSON does not know.
    let file = file.strip_prefix('\u{feff}').unwrap_or(file);
    let read: Json = serde_json::from_str(file).map_err(|error| ImportFault::NotJson {
        line: error.line(),
        column: error.column(),
    })?;
    let Json::Object(mut keys) = read else {
        return Err(ImportFault::NotSettings);
    };
    match keys.remove(MARK) {
        None => return Err(ImportFault::NotSettings),
        Some(version) if version.as_u64() == Some(VERSION) => {}
        Some(version) => return Err(ImportFault::Version(cut(&version.to_string(), REPEATED))),
    }
    let set = match keys.remove(SETTINGS) {
        None => Map::new(),
        Some(Json::Object(set)) => set,
        Some(_) => return Err(ImportFault::NotSettings),
    };
    let beside = keys.keys().map(|name| cut(name, REPEATED)).collect();
    fields(set, beside)
}

/// The fields of these names. `unknown` are names that are already known to be no fields.
fn fields(set: Map<String, Json>, mut unknown: Vec<String>) -> Result<Settings, ImportFault> {
    let mut settings = Settings::default();
    let mut unreadable = Vec::new();
    for (name, value) in set {
        let Some(field) = Field::named(&name) else {
            unknown.push(cut(&name, REPEATED));
            continue;
        };
        // Each by itself, so that one that cannot be read hides no other.
        let alone = Json::Object(Map::from_iter([(name, value)]));
        match serde_path_to_error::deserialize::<_, Settings>(alone) {
            Ok(read) => {
                if let Some(value) = read.get(field) {
                    settings.set(value);
                }
            }
            Err(error) => unreadable.push(Unreadable {
                field,
                at: cut(&error.path().to_string(), REPEATED),
                reason: cut(&error.inner().to_string(), LONGEST_REASON),
            }),
        }
    }
    if !unknown.is_empty() || !unreadable.is_empty() {
        return Err(ImportFault::Fields {
            unknown,
            unreadable,
        });
    }
    if settings.is_empty() {
        return Err(ImportFault::Nothing);
    }
    Ok(settings)
}

/// A text of at most so many characters, with an ellipsis where some are left out.
fn cut(text: &str, at_most: usize) -> String {
    match text.char_indices().nth(at_most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(at_most - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests;
