//! What somebody is told above a panel of what they did.

use super::names;
use super::words::words;
use crate::conversation::language::Language;
use crate::conversation::ports::SettingsChange;
use crate::ids::ChannelId;
use crate::render::Message;
use crate::render::link::escaped;
use crate::render::settings::changed::told_nowhere;
use crate::render::settings::{Refused, invalid};
use crate::render::words::fill;
use crate::search::change::Invalid;
use crate::search::fields::Settings;

/// The most characters of what somebody wrote that are shown to them again.
const REPEATED: usize = 60;

/// What came of something that somebody did.
#[derive(Debug)]
pub enum Notice {
    /// It is saved.
    Saved,
    /// It is saved; and changes are to be told in this channel, where the bot cannot write.
    SavedUntold(ChannelId),
    /// It changed nothing.
    Unchanged,
    /// It is not valid.
    Invalid(Invalid),
    /// This is written where a number is wanted.
    NoNumber(String),
    /// Somebody else was faster: they made this change, where it is known.
    Overtaken(Option<Box<SettingsChange>>),
    /// It is refused.
    Refused(Refused),
}

impl Notice {
    /// What is told of it.
    pub(super) fn text(&self, language: Language) -> String {
        let words = words(language);
        match self {
            Self::Saved => words.saved.to_owned(),
            Self::SavedUntold(channel) => {
                let nowhere = told_nowhere(*channel, language);
                format!("{}\n{nowhere}", words.saved)
            }
            Self::Unchanged => words.unchanged.to_owned(),
            Self::Invalid(reason) => invalid(reason, language),
            Self::NoNumber(text) => fill(words.no_number, &[("text", &escaped(text, REPEATED))]),
            Self::Overtaken(None) => words.overtaken_unknown.to_owned(),
            Self::Overtaken(Some(change)) => {
                let person = format!("<@{}>", change.by.id);
                let fields = changed(&change.before, &change.after);
                let fields = names(&fields, language);
                let values = [("person", person.as_str()), ("fields", fields.as_str())];
                fill(words.overtaken, &values)
            }
            Self::Refused(reason) => reason.message(language).content().to_owned(),
        }
    }
}

/// Every field that a change sets or lets be inherited.
fn changed(before: &Settings, after: &Settings) -> Settings {
    let mut fields = before.clone();
    for value in after.fields().filter_map(|field| after.get(field)) {
        fields.set(value);
    }
    fields
}

/// Says that a change is saved whose panel could not be shown anew.
pub fn saved_unshown(language: Language) -> Message {
    Message::new(words(language).saved_unshown.to_owned())
}
