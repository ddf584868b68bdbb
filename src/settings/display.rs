//! How answers look.

use serde::Deserialize;

/// How much stands around the text of an answer.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Density {
    /// Each message ends with the list of the sources that it cites, the last one with a footer.
    #[default]
    Full,
    /// The text with its links, and a short footer; the sources are behind the button.
    Compact,
}

/// What an answer is written into.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// The text of messages.
    #[default]
    Plain,
    /// Embeds, which hold twice as much each. They are not shown where the bot may not embed links.
    Embed,
}

/// The `[display]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisplaySettings {
    /// `density`: how much stands around the text.
    pub density: Density,
    /// `format`: what it is written into.
    pub format: Format,
    /// `images`: whether pictures are asked for and shown below an answer.
    pub images: bool,
    /// `announce_seconds`: an answer that took longer is announced by a message of its own once it is whole, 0 to 840; 0 never does.
    pub announce_seconds: u64,
    /// `language`: what Footnote speaks where neither the person's nor the server's language is one of its own, as a two-letter code.
    pub language: String,
}

impl DisplaySettings {
    /// The languages that Footnote speaks, by their codes.
    pub const LANGUAGES: [&str; 6] = ["en", "de", "fr", "es", "pt", "ja"];
}
