//! `/settings export`: what is set in a place, as a file that `/settings import` reads. And what is said of commands that lack something.

use super::super::words::fill;
use super::super::{File, Message};
use super::field_name;
use super::told::{level_text, one, place_text, told};
use crate::conversation::language::Language;
use crate::render::safe::{broken, misleads};
use crate::search::export::{ImportFault, LARGEST, Unreadable, export};
use crate::search::fields::Settings;
use crate::search::scope::{Level, Scope};

/// The file with what is set in a place.
pub fn exported(place: &Scope, own: &Settings, language: Language) -> Message {
    let (told, called) = (told(language), place_text(place, language));
    if own.is_empty() {
        return Message::new(fill(told.nothing_set, &[("place", &called)]));
    }
    let head = fill(told.exported, &[("place", &called)]);
    Message::new(head).with_file(File {
        name: format!("{}.json", told.file_name),
        text: export(own),
    })
}

/// Why a file cannot be imported. Everything that is wrong in it is named, whatever its length.
pub fn not_imported(fault: &ImportFault, language: Language) -> Message {
    let told = told(language);
    let text = match fault {
        ImportFault::TooLarge(_) => fill(told.file_too_large, &[("most", &LARGEST.to_string())]),
        ImportFault::NotJson { line, column } => {
            let (line, column) = (line.to_string(), column.to_string());
            fill(told.not_json, &[("line", &line), ("column", &column)])
        }
        ImportFault::NotSettings => told.not_settings.to_owned(),
        ImportFault::Version(version) => fill(told.other_version, &[("version", &code(version))]),
        ImportFault::Nothing => told.nothing_in_it.to_owned(),
        ImportFault::Fields {
            unknown,
            unreadable,
        } => return wrong_fields(unknown, unreadable, language),
    };
    Message::new(text)
}

fn wrong_fields(unknown: &[String], unreadable: &[Unreadable], language: Language) -> Message {
    let told = told(language);
    let named: Vec<String> = unknown.iter().map(|name| code(name)).collect();
    let unknown =
        (!named.is_empty()).then(|| fill(told.unknown_fields, &[("fields", &named.join(", "))]));
    let unreadable = unreadable.iter().map(|one| {
        let (at, reason) = (code(&one.at), code(&one.reason));
        let field = field_name(one.field, language);
        let values = [
            ("field", field),
            ("at", at.as_str()),
            ("reason", reason.as_str()),
        ];
        fill(told.unreadable_field, &values)
    });
    let lines: Vec<String> = unknown.into_iter().chain(unreadable).collect();
    one(told.cancelled, &lines, language)
}

/// Something that is in a file, as it is there, on one line and with nothing in it that Discord reads.
fn code(text: &str) -> String {
    let plain = |c: char| match c {
        '`' => '\'',
        c if c.is_control() || misleads(c) => ' ',
        c => c,
    };
    let text: String = text.chars().map(plain).collect();
    format!("`{}`", broken(text.trim()))
}

/// A command came without any of its options.
pub fn nothing_given(language: Language) -> Message {
    Message::new(told(language).nothing_given.to_owned())
}

/// A command came with a file and a text, or with neither.
pub fn file_or_text(language: Language) -> Message {
    Message::new(told(language).file_or_text.to_owned())
}

/// There is no such level on the way to the place.
pub fn no_level(level: Level, language: Language) -> Message {
    let level = level_text(level, language);
    Message::new(fill(told(language).no_level, &[("level", level)]))
}

/// No field has this name, which somebody typed.
pub fn no_field(name: &str, language: Language) -> Message {
    let kept: String = name
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == ' ')
        .take(40)
        .collect();
    let quoted = format!("“{}”", broken(&kept));
    Message::new(fill(told(language).no_field, &[("name", &quoted)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::MESSAGE_LIMIT;

    #[test]
    fn however_much_is_wrong_with_a_file_a_message_says_it() {
        let unknown: Vec<String> = (0..100)
            .map(|n| format!("{n:03}{}", "x".repeat(57)))
            .collect();
        let fault = ImportFault::Fields {
            unknown: unknown.clone(),
            unreadable: Vec::new(),
        };
        for language in Language::ALL {
            let message = not_imported(&fault, language);
            let length = message.content().chars().count();
            assert!(length <= MESSAGE_LIMIT, "{length} characters");
            let file = &message.file().unwrap().text;
            for name in &unknown {
                assert!(file.contains(name), "{name}");
            }
            let without = super::super::without_file(&message, language);
            assert!(without.content().chars().count() <= MESSAGE_LIMIT);
        }
    }
}
