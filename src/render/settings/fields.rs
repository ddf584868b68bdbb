//! What the fields are called, and the places that have them.

use super::words::{Named, words};
use crate::conversation::language::Language;
use crate::search::fields::Field;
use crate::search::scope::Level;

/// What a field is called, at most 45 characters, without Markdown.
pub fn field_name(field: Field, language: Language) -> &'static str {
    named(field, language).name
}

/// What it does: one sentence of at most 100 characters, without Markdown.
pub fn field_help(field: Field, language: Language) -> &'static str {
    named(field, language).help
}

fn named(field: Field, language: Language) -> Named {
    let fields = &words(language).fields;
    match field {
        Field::Domains => fields.domains,
        Field::Freshness => fields.freshness,
        Field::SourceLanguages => fields.source_languages,
        Field::AnswerLanguage => fields.answer_language,
        Field::Country => fields.country,
        Field::Mode => fields.mode,
        Field::ContextSize => fields.context_size,
        Field::Model => fields.model,
        Field::ConfirmAbove => fields.confirm_above,
        Field::Images => fields.images,
        Field::Related => fields.related,
        Field::Persona => fields.persona,
        Field::History => fields.history,
        Field::Threads => fields.threads,
        Field::Access => fields.access,
        Field::Members => fields.members,
        Field::Setters => fields.setters,
        Field::Audit => fields.audit,
        Field::Presets => fields.presets,
    }
}

/// What a level is called, at most 45 characters, without Markdown.
pub fn level_name(level: Level, language: Language) -> &'static str {
    let words = words(language);
    match level {
        Level::Operator => words.operator,
        Level::Server => words.server,
        Level::Category => words.category,
        Level::Channel => words.channel,
        Level::Thread => words.thread,
    }
}
