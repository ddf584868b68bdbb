//! What came of a change of settings, or would come of it: of each field what it was and what it is now.

use super::super::Message;
use super::super::words::fill;
use super::deed::Does;
use super::told::{many, one, place_text, told};
use super::{field_name, value_text};
use crate::conversation::administering::Change;
use crate::conversation::language::Language;
use crate::conversation::ports::SettingsChange;
use crate::search::fields::{Complete, Field, Settings};
use crate::search::scope::Scope;

/// What a change made of the settings of a place.
pub fn saved(place: &Scope, change: &Change, language: Language) -> Message {
    let (told, called) = (told(language), place_text(place, language));
    if change.is_nothing() {
        return Message::new(fill(told.unchanged, &[("place", &called)]));
    }
    let head = fill(told.saved, &[("place", &called)]);
    one(&head, &lines(change, language), language)
}

/// What a change would make of them, with the buttons that make it or leave it. `waiting` is the number under which it waits.
pub fn preview(place: &Scope, change: &Change, waiting: u64, language: Language) -> Message {
    let (told, called) = (told(language), place_text(place, language));
    if change.is_nothing() {
        return Message::new(fill(told.would_not_change, &[("place", &called)]));
    }
    let head = fill(told.would_change, &[("place", &called)]);
    one(&head, &lines(change, language), language).with_deeds(vec![
        Does::Apply(waiting).labelled(told.apply),
        Does::Cancel(waiting).labelled(told.cancel),
    ])
}

/// A change that is not made, as wished.
pub fn cancelled(language: Language) -> Message {
    Message::new(told(language).cancelled.to_owned())
}

/// A change that is not known any more.
pub fn expired(language: Language) -> Message {
    Message::new(told(language).expired.to_owned())
}

/// A change as it is told to those who watch over the settings: who changed what where, whole. It pings nobody.
pub fn announced(change: &SettingsChange, language: Language) -> Vec<Message> {
    many(&changed_by(change, language), &of_log(change, language))
}

/// Who changed the settings of which place.
pub(super) fn changed_by(change: &SettingsChange, language: Language) -> String {
    let place = place_text(&change.scope, language);
    let person = format!("<@{}>", change.by.id);
    let values = [("person", person.as_str()), ("place", place.as_str())];
    fill(told(language).changed_by, &values)
}

/// Each field that a change in the log changed.
pub(super) fn of_log(change: &SettingsChange, language: Language) -> Vec<String> {
    let fields = Field::ALL
        .into_iter()
        .filter(|field| change.before.get(*field).is_some() || change.after.get(*field).is_some());
    let between = (&change.before, &change.after);
    fields
        .map(|field| line(field, between, None, language))
        .collect()
}

fn lines(change: &Change, language: Language) -> Vec<String> {
    let between = (&change.before, &change.after);
    let fields = change.fields.iter();
    fields
        .map(|field| line(*field, between, Some(&change.inherited), language))
        .collect()
}

/// A field as it was and as it is.
fn line(
    field: Field,
    (before, after): (&Settings, &Settings),
    inherited: Option<&Complete>,
    language: Language,
) -> String {
    let told = told(language);
    let text = |settings: &Settings| match (settings.get(field), inherited) {
        (Some(value), _) => value_text(&value, language),
        (None, Some(inherited)) => {
            let value = value_text(&inherited.get(field), language);
            fill(told.inherited, &[("value", &value)])
        }
        (None, None) => told.unset.to_owned(),
    };
    let (before, after) = (text(before), text(after));
    format!("**{}**: {before} → {after}", field_name(field, language))
}
