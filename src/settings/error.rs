//! Why settings cannot be read, in sentences that name the place and the mend. Shows no value that may be a secret.

use std::path::PathBuf;

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
