//! What a field is set to, in words.

use super::names::{country_name, language_name};
use super::words::{Words, words};
use crate::conversation::language::Language;
use crate::render::link::{escaped, one_line, plain, shortened};
use crate::render::words::fill;
use crate::search::Recency;
use crate::search::domains::Domains;
use crate::search::fields::{Audit, Threads, Value};
use crate::search::freshness::{Freshness, Span};
use crate::search::languages::{AnswerLanguage, Country};
use crate::search::people::{Access, Admitted, Wishable};
use crate::search::persona::{Instruction, Persona};
use crate::search::presets::OwnPreset;
use crate::search::service::{ContextSize, Depth, Dollars, HistoryBudget, Mode, Model};

/// The most characters of a label of a menu or a button that a value takes. Discord takes 100.
///
/// See <https://discord.com/developers/docs/components/reference#string-select-select-option-structure>.
const LONGEST_LABEL: usize = 100;

/// The most characters of a model's name. Longer than any that a service has.
const LONGEST_MODEL: usize = 100;

/// What a field is set to: one line of Markdown, whole.
///
/// Nothing that somebody typed formats, links or mentions in it. People, roles and channels stand in it as Discord's mentions, which ping
/// nobody where a message allows none.
pub fn value_text(value: &Value, language: Language) -> String {
    Told::of(value, Form::Markdown, language).whole()
}

/// The same with at most `at_most` characters, 40 at least: of a list so many entries are named as there is room for, each whole, and then how
/// many more there are.
pub fn value_short(value: &Value, language: Language, at_most: usize) -> String {
    Told::of(value, Form::Markdown, language).short(at_most)
}

/// The same without Markdown, for the labels of menus and buttons: at most 100 characters. People, roles and channels are counted, not named.
pub fn choice_text(value: &Value, language: Language) -> String {
    Told::of(value, Form::Plain, language).short(LONGEST_LABEL)
}

/// Where a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// In a message.
    Markdown,
    /// Where nothing is formatted.
    Plain,
}

/// A value in words.
struct Told {
    /// What stands around its entries, which are filled in for `{entries}`.
    frame: String,
    /// Its entries, one at least.
    entries: Entries,
    words: &'static Words,
}

enum Entries {
    /// Several of a kind, each of which can be left out.
    List(Vec<String>),
    /// Lists of domains: what each is called, and that with its domains, which is named where there is room for all of them.
    Lists(Vec<(String, String)>),
    /// One fixed text, which is short.
    Fixed(String),
    /// What somebody wrote.
    Written(String, Form),
}

impl Told {
    fn of(value: &Value, form: Form, language: Language) -> Self {
        let words = words(language);
        let (frame, entries) = match value {
            Value::Domains(domains) => self::domains(domains, form, words),
            Value::Freshness(freshness) => (BARE, freshness_entries(freshness, language)),
            Value::SourceLanguages(languages) => {
                let names = languages.as_slice().iter();
                let names = names.map(|code| language_name(*code, language).to_owned());
                (BARE, list_or(names, words.any_language))
            }
            Value::AnswerLanguage(AnswerLanguage::AsAsked) => (BARE, fixed(words.as_asked)),
            Value::AnswerLanguage(AnswerLanguage::Always(code)) => {
                (BARE, fixed(language_name(*code, language)))
            }
            Value::Country(Country::Anywhere) => (BARE, fixed(words.no_country)),
            Value::Country(Country::From(code)) => (BARE, fixed(country_name(*code, language))),
            Value::Mode(mode) => (BARE, fixed(mode_name(*mode, language))),
            Value::ContextSize(size) => (BARE, fixed(size_name(*size, words))),
            Value::Model(Model::Depth(depth)) => (BARE, fixed(depth_name(*depth, language))),
            Value::Model(Model::Named(name)) => (BARE, Entries::Fixed(model(name, form))),
            Value::ConfirmAbove(amount) => {
                let amount = amount_text(*amount, language);
                let dollars = crate::render::words::words(language).dollars;
                let text = fill(dollars, &[("amount", &amount)]);
                (BARE, Entries::Fixed(text))
            }
            Value::Images(on) | Value::Related(on) => {
                (BARE, fixed(if *on { words.on } else { words.off }))
            }
            Value::Persona(persona) => self::persona(persona, form, words),
            Value::History(history) => (BARE, Entries::Fixed(history_text(*history, words))),
            Value::Threads(threads) => (BARE, fixed(threads_text(*threads, words))),
            Value::Access(access) => self::access(access, form, words),
            Value::Members(members) => {
                let chosen = members.0.iter();
                let chosen = chosen.map(|wishable| wishable_text(*wishable, words).to_owned());
                (BARE, list_or(chosen, words.choose_nothing))
            }
            Value::Setters(setters) => {
                let roles = Admitted {
                    roles: setters.0.clone(),
                    ..Admitted::default()
                };
                (BARE, list_or(people(&roles, form, words), words.no_roles))
            }
            Value::Audit(audit) => (BARE, Entries::Fixed(audit_text(*audit, form, words))),
            Value::Presets(presets) => return Self::of_presets(presets, form, words),
        };
        Self {
            frame: frame.to_owned(),
            entries,
            words,
        }
    }

    fn of_presets(presets: &[OwnPreset], form: Form, words: &'static Words) -> Self {
        if presets.is_empty() {
            return Self {
                frame: BARE.to_owned(),
                entries: fixed(words.no_lists),
                words,
            };
        }
        let lists = presets.iter().map(|preset| {
            let name = preset_name(preset, form);
            let (frame, entries) = domains(&preset.domains, form, words);
            let held = Self {
                frame: frame.to_owned(),
                entries,
                words,
            };
            let held = held.whole();
            let values = [("name", name.as_str()), ("domains", held.as_str())];
            let whole = fill(words.list_of, &values);
            (name, whole)
        });
        let count = words.lists.of(presets.len());
        let values = [("count", count.as_str()), ("entries", BARE)];
        Self {
            frame: fill(words.lists_called, &values),
            entries: Entries::Lists(lists.collect()),
            words,
        }
    }

    fn framed(&self, entries: &str) -> String {
        fill(&self.frame, &[("entries", entries)])
    }

    fn whole(&self) -> String {
        match &self.entries {
            Entries::List(entries) => self.framed(&entries.join(self.words.between)),
            Entries::Lists(lists) => {
                let whole: Vec<&str> = lists.iter().map(|(_, whole)| whole.as_str()).collect();
                self.framed(&whole.join(self.words.between))
            }
            Entries::Fixed(text) => self.framed(text),
            Entries::Written(text, form) => {
                self.framed(&written(text, *form, Instruction::LONGEST))
            }
        }
    }

    fn short(&self, at_most: usize) -> String {
        let fits = |text: &String| text.chars().count() <= at_most;
        let whole = self.whole();
        if fits(&whole) {
            return whole;
        }
        match &self.entries {
            Entries::List(entries) => {
                let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
                self.cut(&entries, fits)
            }
            Entries::Lists(lists) => {
                let names: Vec<&str> = lists.iter().map(|(name, _)| name.as_str()).collect();
                let named = self.framed(&names.join(self.words.between));
                Some(named).filter(fits).or_else(|| self.cut(&names, fits))
            }
            Entries::Fixed(_) => None,
            // What is escaped takes more room than what is not.
            Entries::Written(text, form) => (1..at_most)
                .rev()
                .map(|longest| self.framed(&written(text, *form, longest)))
                .find(fits),
        }
        .unwrap_or_else(|| shortened(&plain(&whole, whole.len()), at_most))
    }

    /// As many of the entries as fit, and how many more there are.
    fn cut(&self, entries: &[&str], fits: impl Fn(&String) -> bool) -> Option<String> {
        let first = (1..entries.len()).rev().map(|named| {
            let named: Vec<&str> = entries.iter().take(named).copied().collect();
            let more = entries.len() - named.len();
            let named = named.join(self.words.between);
            self.framed(&self.words.joined(&named, more))
        });
        let counted = self.framed(&self.words.entries.of(entries.len()));
        first.chain([counted]).find(fits)
    }
}

/// Nothing around the entries.
const BARE: &str = "{entries}";

fn fixed(text: &str) -> Entries {
    Entries::Fixed(text.to_owned())
}

fn list_or(entries: impl IntoIterator<Item = String>, none: &str) -> Entries {
    let entries: Vec<String> = entries.into_iter().collect();
    if entries.is_empty() {
        fixed(none)
    } else {
        Entries::List(entries)
    }
}

fn preset_name(preset: &OwnPreset, form: Form) -> String {
    match form {
        Form::Markdown => list_name(preset),
        Form::Plain => plain(&preset.name, OwnPreset::LONGEST_NAME),
    }
}

/// What a list of domains is called, in a message.
pub(super) fn list_name(preset: &OwnPreset) -> String {
    escaped(&preset.name, OwnPreset::LONGEST_NAME)
}

fn domains(domains: &Domains, form: Form, words: &'static Words) -> (&'static str, Entries) {
    let (frame, hosts) = match domains {
        Domains::All => return (BARE, fixed(words.all_domains)),
        Domains::Only(hosts) => (words.only, hosts),
        Domains::Without(hosts) => (words.all_but, hosts),
    };
    let hosts = hosts.as_slice().iter().map(|host| match form {
        Form::Markdown => code(host, host.len()),
        Form::Plain => host.clone(),
    });
    (frame, Entries::List(hosts.collect()))
}

fn freshness_entries(freshness: &Freshness, language: Language) -> Entries {
    let words = words(language);
    match freshness {
        Freshness::Any => fixed(words.any_age),
        Freshness::Recency(recency) => fixed(age(*recency, words)),
        Freshness::Dates(dates) => {
            let published = published(dates.published(), language);
            let changed = changed(dates.updated(), language);
            Entries::List(published.into_iter().chain(changed).collect())
        }
    }
}

/// How old something may be: `at most a week old`.
pub(super) fn age(recency: Recency, words: &Words) -> &'static str {
    match recency {
        Recency::Hour => words.at_most_an_hour,
        Recency::Day => words.at_most_a_day,
        Recency::Week => words.at_most_a_week,
        Recency::Month => words.at_most_a_month,
        Recency::Year => words.at_most_a_year,
    }
}

/// When sources were published; nothing for whenever.
pub(in crate::render) fn published(span: Span, language: Language) -> Option<String> {
    let words = words(language);
    let texts = [
        words.published_after,
        words.published_before,
        words.published_between,
    ];
    span_text(span, texts)
}

/// When they were last changed; nothing for whenever.
pub(in crate::render) fn changed(span: Span, language: Language) -> Option<String> {
    let words = words(language);
    let texts = [
        words.changed_after,
        words.changed_before,
        words.changed_between,
    ];
    span_text(span, texts)
}

fn span_text(span: Span, [after, before, between]: [&str; 3]) -> Option<String> {
    let text = match (span.after, span.before) {
        (None, None) => return None,
        (Some(_), None) => after,
        (None, Some(_)) => before,
        (Some(_), Some(_)) => between,
    };
    let day = |day: Option<_>| day.map_or_else(String::new, |day| format!("{day}"));
    let (after, before) = (day(span.after), day(span.before));
    Some(fill(text, &[("after", &after), ("before", &before)]))
}

/// What is searched.
pub(in crate::render) fn mode_name(mode: Mode, language: Language) -> &'static str {
    let words = words(language);
    match mode {
        Mode::Web => words.web,
        Mode::Academic => words.academic,
        Mode::Sec => words.sec,
    }
}

fn size_name(size: ContextSize, words: &Words) -> &'static str {
    match size {
        ContextSize::Usual => words.usual_size,
        ContextSize::Low => words.low,
        ContextSize::Medium => words.medium,
        ContextSize::High => words.high,
    }
}

/// How deep an answer goes.
pub(in crate::render) fn depth_name(depth: Depth, language: Language) -> &'static str {
    let words = words(language);
    match depth {
        Depth::Quick => words.quick,
        Depth::Standard => words.standard,
        Depth::Thorough => words.thorough,
        Depth::Research => words.research,
    }
}

fn model(name: &str, form: Form) -> String {
    match form {
        Form::Markdown => code(name, LONGEST_MODEL),
        Form::Plain => one_line(name, LONGEST_MODEL),
    }
}

fn persona(persona: &Persona, form: Form, words: &'static Words) -> (&'static str, Entries) {
    match persona {
        Persona::Usual => (BARE, fixed(words.usual_persona)),
        Persona::Instruction(text) => {
            let text = text.as_str().to_owned();
            (words.quoted, Entries::Written(text, form))
        }
    }
}

fn written(text: &str, form: Form, longest: usize) -> String {
    match form {
        Form::Markdown => escaped(text, longest),
        Form::Plain => plain(text, longest),
    }
}

/// How much of what was said is sent along: `10 turns, 8,000 tokens`.
pub(super) fn history_text(history: HistoryBudget, words: &Words) -> String {
    if history.turns == 0 || history.tokens == 0 {
        return words.no_history.to_owned();
    }
    let told = |count: crate::render::words::Count, number: u32| {
        let digits = grouped(number, words.thousands);
        count.written(usize::try_from(number).unwrap_or(usize::MAX), &digits)
    };
    let turns = told(words.turns, history.turns);
    let tokens = told(words.tokens, history.tokens);
    [turns, tokens].join(words.between)
}

/// A number with its thousands set apart.
fn grouped(number: u32, between: char) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(between);
        }
        out.push(digit);
    }
    out
}

/// An amount with its cents, as it is written in a language and can be typed: `2.50`.
pub(super) fn amount_text(amount: Dollars, language: Language) -> String {
    let (whole, part) = (amount.cents() / 100, amount.cents() % 100);
    let decimal = crate::render::words::words(language).decimal;
    format!("{whole}{decimal}{part:02}")
}

fn threads_text(threads: Threads, words: &Words) -> &'static str {
    match threads {
        Threads::Always => words.first_answer,
        Threads::FollowedUp => words.second_answer,
        Threads::Never => words.never,
    }
}

fn access(access: &Access, form: Form, words: &'static Words) -> (&'static str, Entries) {
    match access {
        Access::Everyone => (BARE, fixed(words.everyone)),
        Access::Only(admitted) if admitted.count() == 0 => (BARE, fixed(words.nobody)),
        Access::Only(admitted) => (words.only, Entries::List(people(admitted, form, words))),
    }
}

fn people(admitted: &Admitted, form: Form, words: &Words) -> Vec<String> {
    match form {
        Form::Markdown => {
            let roles = admitted.roles.iter().map(|role| format!("<@&{role}>"));
            let people = admitted.people.iter().map(|person| format!("<@{person}>"));
            roles.chain(people).collect()
        }
        Form::Plain => {
            let counts = [
                (words.roles, admitted.roles.len()),
                (words.people, admitted.people.len()),
            ];
            let counts = counts.into_iter().filter(|(_, number)| *number > 0);
            counts.map(|(count, number)| count.of(number)).collect()
        }
    }
}

/// What a member may choose for one question.
pub(super) fn wishable_text(wishable: Wishable, words: &Words) -> &'static str {
    match wishable {
        Wishable::Domains => words.choose_domains,
        Wishable::Recency => words.choose_recency,
        Wishable::Depth => words.choose_depth,
        Wishable::Deeper => words.choose_deeper,
        Wishable::Research => words.choose_research,
        Wishable::Private => words.choose_private,
    }
}

fn audit_text(audit: Audit, form: Form, words: &Words) -> String {
    match (audit, form) {
        (Audit::Off, _) => words.off.to_owned(),
        (Audit::Channel(channel), Form::Markdown) => format!("<#{channel}>"),
        (Audit::Channel(_), Form::Plain) => words.in_a_channel.to_owned(),
    }
}

/// A text of others as code on one line, at most `longest` characters of it, in which nothing ends the code; `?` where nothing of it can be seen.
pub(super) fn code(text: &str, longest: usize) -> String {
    let line = one_line(text, longest).replace('`', "'");
    let line = shortened(&line, longest);
    let line = crate::render::safe::broken(&line).into_owned();
    let shown = if line.is_empty() { "?" } else { &line };
    format!("`{shown}`")
}

#[cfg(test)]
mod tests;
