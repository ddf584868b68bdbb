//! What came of a change of settings, or would come of it: of each field what it was and what it is now.

use super::super::Message;
use super::super::words::fill;
use super::deed::Does;
use super::told::{many, one, place_text, told};
use super::values::list_name;
use super::{field_name, value_text};
use crate::conversation::administering::Change;
use crate::conversation::language::Language;
use crate::conversation::ports::SettingsChange;
use crate::ids::ChannelId;
use crate::search::domains::Domains;
use crate::search::fields::{Complete, Field, Settings, Value};
use crate::search::presets::OwnPreset;
use crate::search::scope::Scope;

/// What a change made of the settings of a place. `unwritable` is the channel in which changes are told from now on, where the bot cannot write
/// in it.
pub fn saved(
    place: &Scope,
    change: &Change,
    unwritable: Option<ChannelId>,
    language: Language,
) -> Message {
    let (told, called) = (told(language), place_text(place, language));
    if change.is_nothing() {
        return Message::new(fill(told.unchanged, &[("place", &called)]));
    }
    let head = fill(told.saved, &[("place", &called)]);
    let mut lines = lines(change, language);
    lines.extend(unwritable.map(|channel| told_nowhere(channel, language)));
    one(&head, &lines, language)
}

/// Changes are to be told in a channel where the bot cannot write.
pub(super) fn told_nowhere(channel: ChannelId, language: Language) -> String {
    let place = format!("<#{channel}>");
    fill(told(language).unwritable, &[("place", &place)])
}

/// What is to be known of a change besides what it changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The fields that were named and are the server's, so that they are left out below it.
    pub left_out: Vec<Field>,
    /// The place from which everything is copied, where nothing is set in it.
    pub empty_source: Option<Scope>,
}

impl Known {
    fn lines(&self, language: Language) -> Vec<String> {
        let told = told(language);
        let fields = self.left_out.iter();
        let fields: Vec<&str> = fields.map(|field| field_name(*field, language)).collect();
        let left_out =
            (!fields.is_empty()).then(|| fill(told.left_out, &[("fields", &fields.join(", "))]));
        let source = self.empty_source.map(|source| {
            let called = place_text(&source, language);
            fill(told.source_empty, &[("place", &called)])
        });
        source.into_iter().chain(left_out).collect()
    }
}

/// What a change would make of them, with the buttons that make it or leave it. `waiting` is the number under which it waits.
pub fn preview(
    place: &Scope,
    change: &Change,
    known: &Known,
    waiting: u64,
    language: Language,
) -> Message {
    let (told, called) = (told(language), place_text(place, language));
    let known = known.lines(language);
    if change.is_nothing() {
        let head = fill(told.would_not_change, &[("place", &called)]);
        return one(&head, &known, language);
    }
    let head = fill(told.would_change, &[("place", &called)]);
    let lines = [lines(change, language), known].concat();
    one(&head, &lines, language).with_deeds(vec![
        Does::Apply(waiting).labelled(told.apply),
        Does::Cancel(waiting).labelled(told.cancel),
    ])
}

/// Offers to take back what is set in a place and cannot be read, with the buttons that do it or leave it.
pub fn unreadable(place: &Scope, waiting: u64, language: Language) -> Message {
    let (told, called) = (told(language), place_text(place, language));
    Message::new(fill(told.would_clear, &[("place", &called)])).with_deeds(vec![
        Does::Apply(waiting).labelled(told.apply),
        Does::Cancel(waiting).labelled(told.cancel),
    ])
}

/// What could not be read is taken back.
pub fn cleared(place: &Scope, language: Language) -> Message {
    let called = place_text(place, language);
    Message::new(fill(told(language).cleared, &[("place", &called)]))
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
    many(
        &changed_by(change, language),
        &of_log(change, language),
        language,
    )
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
    let lines: Vec<String> = fields
        .flat_map(|field| told_of(field, between, None, language))
        .collect();
    if lines.is_empty() {
        return vec![told(language).unreadable_change.to_owned()];
    }
    lines
}

fn lines(change: &Change, language: Language) -> Vec<String> {
    let between = (&change.before, &change.after);
    let fields = change.fields.iter();
    fields
        .flat_map(|field| told_of(*field, between, Some(&change.inherited), language))
        .collect()
}

/// A field as it was and as it is; of the server's lists of domains each that differs by itself.
fn told_of(
    field: Field,
    between: (&Settings, &Settings),
    inherited: Option<&Complete>,
    language: Language,
) -> Vec<String> {
    let lists = match field {
        Field::Presets => lists(between, language),
        _ => Vec::new(),
    };
    if lists.is_empty() {
        return vec![line(field, between, inherited, language)];
    }
    lists
}

/// The lists that differ, each with its domains as they were and as they are.
fn lists((before, after): (&Settings, &Settings), language: Language) -> Vec<String> {
    let [before, after] =
        [before, after].map(|settings| settings.presets.as_deref().unwrap_or_default());
    let in_it = |lists: &[OwnPreset], name: &str| {
        let found = lists.iter().find(|list| list.name == name);
        found.map(|list| list.domains.clone())
    };
    let domains = |found: Option<Domains>| match found {
        Some(domains) => value_text(&Value::Domains(domains), language),
        None => value_text(&Value::Presets(Vec::new()), language),
    };
    let name = field_name(Field::Presets, language);
    let added = after
        .iter()
        .filter(|list| in_it(before, &list.name).is_none());
    let all = before.iter().chain(added);
    let all = all.map(|list| (list, in_it(before, &list.name), in_it(after, &list.name)));
    all.filter(|(_, before, after)| before != after)
        .map(|(list, before, after)| {
            let (before, after) = (domains(before), domains(after));
            format!("**{name}** · {}: {before} → {after}", list_name(list))
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::domains::Hosts;

    #[test]
    fn of_the_lists_of_domains_each_that_differs_is_told_with_its_domains() {
        let list = |name: &str, hosts: &[&str]| OwnPreset {
            name: name.to_owned(),
            domains: Domains::Only(Hosts::of(hosts).unwrap()),
        };
        let settings = |lists: Vec<OwnPreset>| Settings {
            presets: Some(lists),
            ..Settings::default()
        };
        let same = list("same", &["same.example"]);
        let before = settings(vec![
            list("*changed*", &["a.example", "b.example"]),
            same.clone(),
            list("dropped", &["c.example"]),
        ]);
        let after = settings(vec![
            list("*changed*", &["b.example"]),
            same,
            list("new", &["d.example"]),
        ]);
        let told = |before: &Settings, after: &Settings| {
            let between = (before, after);
            told_of(Field::Presets, between, None, Language::English).join("\n")
        };
        insta::assert_snapshot!(told(&before, &after), @r"
        **Lists of domains** · \*changed\*: only `a.example`, `b.example` → only `b.example`
        **Lists of domains** · dropped: only `c.example` → none
        **Lists of domains** · new: none → only `d.example`
        ");
        // Something is said also where no list differs.
        let none = settings(Vec::new());
        insta::assert_snapshot!(told(&Settings::default(), &none), @"**Lists of domains**: inherited → none");
    }
}
