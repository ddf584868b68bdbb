//! Names and descriptions of commands in other languages. Translates nothing.

use serde_json::{Map, Value};

use super::{
    command_form::{DESCRIPTION, NAME, refuse_odd_name},
    form::Form,
    refusal::Problems,
};

/// The languages that a client of Discord's can be in.
///
/// See <https://docs.discord.com/developers/reference#locales>.
pub(crate) const LOCALES: [&str; 34] = [
    "ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr", "he",
    "hi", "hr", "hu", "id", "it", "ja", "ko", "lt", "nl", "no", "pl", "pt-BR", "ro", "ru", "sv-SE",
    "th", "tr", "uk", "vi", "zh-CN", "zh-TW",
];
const CHOICE_NAME: usize = 100;

/// Which text is translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// The name of a command in a menu.
    Name,
    /// The name of a slash command or an option.
    SlashName,
    /// The name of a choice.
    ChoiceName,
    Description,
}

impl Text {
    fn field(self) -> &'static str {
        match self {
            Self::Description => "description_localizations",
            _ => "name_localizations",
        }
    }

    fn most(self) -> usize {
        match self {
            Self::Name | Self::SlashName => NAME,
            Self::ChoiceName => CHOICE_NAME,
            Self::Description => DESCRIPTION,
        }
    }
}

/// Notes languages that Discord does not have, and translations that break the limits of the text itself.
pub(crate) fn check(form: &Form<'_>, text: Text, problems: &mut Problems) {
    let Some(value) = form.value(text.field()) else {
        return;
    };
    let Some(languages) = Form::read(value, &form.path(text.field()), problems) else {
        return;
    };
    for locale in value.as_object().into_iter().flat_map(Map::keys) {
        if !LOCALES.contains(&locale.as_str()) {
            problems.not_one_of(&languages.path(locale), &LOCALES.join(", "));
            continue;
        }
        let translated = languages.needed_text(locale, (1, text.most()), problems);
        if text == Text::SlashName {
            refuse_odd_name(&translated, &languages.path(locale), problems);
        }
    }
}

/// A command as it is listed when nobody asks for its languages.
pub(crate) fn without(mut command: Value) -> Value {
    drop_from(&mut command);
    command
}

fn drop_from(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove(Text::Name.field());
            fields.remove(Text::Description.field());
            for inner in ["options", "choices"] {
                if let Some(inner) = fields.get_mut(inner) {
                    drop_from(inner);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(drop_from),
        _ => {}
    }
}
