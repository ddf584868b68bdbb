//! Why a change, or a wish for one question, is refused, and what to do instead.

use super::fields::field_name;
use super::values::{age, code, depth_name, history_text, wishable_text};
use super::words::{Faults, Words, words};
use crate::conversation::administering::NotChanged;
use crate::conversation::language::Language;
use crate::render::Message;
use crate::render::sentences::Refusal;
use crate::render::words::fill;
use crate::search::change::{Invalid, MOST_DOMAINS};
use crate::search::domains::{NoHosts, NotADomain};
use crate::search::fields::Field;
use crate::search::freshness::NoDates;
use crate::search::languages::SourceLanguages;
use crate::search::people::Admitted;
use crate::search::persona::{Instruction, NoInstruction};
use crate::search::presets::{OwnPreset, Preset};
use crate::search::scope::Level;
use crate::search::service::{Dollars, Model};
use crate::search::wish::NotGranted;

/// The most characters that are repeated of what somebody typed.
const LONGEST_ENTRY: usize = 60;

/// The most domains that are named.
const DOMAINS_AT_MOST: usize = 5;

/// Why a change is not valid, and how to mend it: at most 1,000 characters, whatever was typed.
pub fn invalid(reason: &Invalid, language: Language) -> String {
    let words = words(language);
    let faults = &words.faults;
    let entry = |text, entry: &str| fill(text, &[("entry", &typed(entry))]);
    let at_most = |text, most: usize| fill(text, &[("most", &most.to_string())]);
    match reason {
        Invalid::Hosts(reason) => no_hosts(reason, faults),
        Invalid::DeniesAlready(now) => named(faults.denies_already, now, words),
        Invalid::AllowsAlready(now) => named(faults.allows_already, now, words),
        Invalid::NotListed(missing) => named(faults.not_listed, missing, words),
        Invalid::LastAllowed(all) => {
            let all: Vec<&str> = all.split(", ").collect();
            named(faults.last_allowed, &all, words)
        }
        Invalid::NoPreset(name) => entry(faults.no_preset, name),
        Invalid::PresetName(name) => preset_name(name, words),
        Invalid::PresetTaken(name) => entry(faults.preset_taken, name),
        Invalid::TooManyPresets => at_most(faults.too_many_presets, OwnPreset::MOST),
        Invalid::NothingToKeep => faults.nothing_to_keep.to_owned(),
        Invalid::NotADay(text) => entry(faults.no_day, text),
        Invalid::Dates(NoDates::Empty) => faults.no_dates.to_owned(),
        Invalid::Dates(NoDates::Order { after, before }) => {
            let (after, before) = (after.to_string(), before.to_string());
            let values = [("after", after.as_str()), ("before", before.as_str())];
            fill(faults.order_of_dates, &values)
        }
        Invalid::Future(day) => fill(faults.future, &[("day", &day.to_string())]),
        Invalid::NoLanguage(text) => entry(faults.no_language, text),
        Invalid::TooManyLanguages(many) => {
            too_many(faults.too_many_languages, many.0, SourceLanguages::MOST)
        }
        Invalid::NoCountry(text) => entry(faults.no_country, text),
        Invalid::NoModel(Model::Depth(depth)) => {
            fill(faults.no_depth, &[("depth", depth_name(*depth, language))])
        }
        Invalid::NoModel(Model::Named(name)) => entry(faults.no_model, name),
        Invalid::NoAmount(text) => {
            let (entry, most) = (typed(text), Dollars::MOST.to_string());
            fill(faults.no_amount, &[("entry", &entry), ("most", &most)])
        }
        Invalid::Instruction(NoInstruction::Blank) => faults.blank_persona.to_owned(),
        Invalid::Instruction(NoInstruction::TooLong(many)) => {
            too_many(faults.long_persona, *many, Instruction::LONGEST)
        }
        Invalid::History(most) => {
            let history = history_text(*most, words);
            fill(faults.too_much_history, &[("history", &history)])
        }
        Invalid::TooManyAdmitted(many) => too_many(faults.too_many_admitted, *many, Admitted::MOST),
        Invalid::NobodyAdmitted => faults.nobody_admitted.to_owned(),
        Invalid::NotAdmitted => faults.not_admitted.to_owned(),
        Invalid::EveryoneSets => faults.everyone_sets.to_owned(),
        Invalid::TooManySetters => at_most(faults.too_many_setters, Admitted::MOST),
        Invalid::NoSetter(role) => fill(faults.no_setter, &[("role", &format!("<@&{role}>"))]),
        Invalid::OfServer(field) => {
            fill(faults.of_server, &[("field", field_name(*field, language))])
        }
        Invalid::NotServed(field) => fill(
            faults.not_served,
            &[("field", field_name(*field, language))],
        ),
    }
}

fn no_hosts(reason: &NoHosts, faults: &Faults) -> String {
    match reason {
        NoHosts::Empty => faults.no_domain_named.to_owned(),
        NoHosts::TooMany(many) => too_many(faults.too_many_domains, *many, MOST_DOMAINS),
        NoHosts::NotADomain { entry, fault } => {
            let text = match fault {
                NotADomain::Empty => return faults.empty_domain.to_owned(),
                NotADomain::Sign => faults.dashed_domain,
                NotADomain::Star => faults.starred_domain,
                NotADomain::Machine => faults.machine,
                NotADomain::Path => faults.part_of_a_domain,
                NotADomain::Other => faults.no_domain,
            };
            fill(text, &[("entry", &typed(entry))])
        }
    }
}

fn preset_name(name: &str, words: &Words) -> String {
    let presets = Preset::ALL.map(|preset| code(preset.name(), LONGEST_ENTRY));
    let values = [
        ("entry", typed(name)),
        ("most", OwnPreset::LONGEST_NAME.to_string()),
        ("presets", presets.join(words.between)),
    ];
    let values = values
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    fill(words.faults.preset_name, &values)
}

fn too_many(text: &str, many: usize, most: usize) -> String {
    let (many, most) = (many.to_string(), most.to_string());
    fill(text, &[("n", &many), ("most", &most)])
}

/// A text with the first of some domains.
fn named<T: AsRef<str>>(text: &str, domains: &[T], words: &Words) -> String {
    fill(text, &[("domains", &list(domains, words))])
}

fn list<T: AsRef<str>>(domains: &[T], words: &Words) -> String {
    let first = domains.iter().take(DOMAINS_AT_MOST);
    let first: Vec<String> = first.map(|domain| typed(domain.as_ref())).collect();
    let named = first.join(words.between);
    match domains.len().saturating_sub(DOMAINS_AT_MOST) {
        0 => named,
        more => words.joined(&named, more),
    }
}

/// What somebody typed, so that it can be told what is meant, and nothing more.
fn typed(text: &str) -> String {
    code(text, LONGEST_ENTRY)
}

/// Why a wish for one question is not granted, and what to ask with instead: at most 1,000 characters, whatever was typed.
pub fn not_granted(reason: &NotGranted, language: Language) -> String {
    let words = words(language);
    let faults = &words.faults;
    match reason {
        NotGranted::Closed(wishable) => {
            let what = wishable_text(*wishable, words);
            fill(faults.closed, &[("what", what)])
        }
        NotGranted::NotAllowed { domain, allowed } => {
            let (domain, allowed) = (typed(domain), list(allowed, words));
            let values = [("entry", domain.as_str()), ("domains", allowed.as_str())];
            fill(faults.not_allowed, &values)
        }
        NotGranted::Denied(domain) => fill(faults.denied, &[("entry", &typed(domain))]),
        NotGranted::Older(recency) => fill(faults.too_old, &[("age", age(*recency, words))]),
        NotGranted::NoDay => faults.no_day_left.to_owned(),
        NotGranted::Deeper(depth) => {
            fill(faults.too_deep, &[("depth", depth_name(*depth, language))])
        }
        NotGranted::NamedModel => faults.named_model.to_owned(),
        NotGranted::NoModel(depth) => fill(
            faults.no_such_depth,
            &[("depth", depth_name(*depth, language))],
        ),
        NotGranted::NotServed(field) => fill(
            faults.set_unserved,
            &[("field", field_name(*field, language))],
        ),
    }
}

/// Why settings are not changed, or not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The change is not valid.
    Invalid(Invalid),
    /// Only those who manage the server may change this field.
    OfManagers(Field),
    /// Somebody else changed the place since it was looked at.
    Overtaken,
    /// Someone who may not change what is set at this level of the place.
    NoAuthority(Level),
    /// Asked for in a direct conversation.
    NoServer,
    /// A channel of another server, or none.
    NotInThisServer,
    /// A channel of which the bot is told nothing.
    NotSeen,
    /// The channel is no longer in the category that was to be changed.
    Moved,
    /// What is set could not be looked up.
    NotLookedUp,
    /// What is set there, or above, cannot be read by this version.
    Unreadable,
    /// The change could not be recorded, so nothing was changed.
    NotRecorded,
    /// A command that this version cannot carry out.
    NotUnderstood,
    /// A place that this person may not view.
    Unseen,
}

impl From<NotChanged> for Refused {
    fn from(reason: NotChanged) -> Self {
        match reason {
            NotChanged::Invalid(reason) => Self::Invalid(reason),
            NotChanged::OfManagers(field) => Self::OfManagers(field),
            NotChanged::Overtaken => Self::Overtaken,
            NotChanged::Store(error) if error.is_unreadable() => Self::Unreadable,
            NotChanged::Store(_) => Self::NotRecorded,
        }
    }
}

impl Refused {
    /// Says it, and what to do instead.
    pub fn message(&self, language: Language) -> Message {
        let words = words(language);
        let faults = &words.faults;
        let text = match self {
            Self::Invalid(reason) => invalid(reason, language),
            Self::OfManagers(field) => {
                let values = [
                    ("manage_server", words.manage_server),
                    ("field", field_name(*field, language)),
                ];
                fill(faults.of_managers, &values)
            }
            Self::Overtaken => faults.overtaken.to_owned(),
            Self::NoAuthority(Level::Operator | Level::Server) => {
                let values = [("manage_server", words.manage_server)];
                fill(faults.no_authority_over_server, &values)
            }
            Self::NoAuthority(Level::Category | Level::Channel | Level::Thread) => {
                let values = [
                    ("manage_channels", words.manage_channels),
                    ("manage_server", words.manage_server),
                ];
                fill(faults.no_authority, &values)
            }
            Self::NoServer => faults.no_server.to_owned(),
            Self::NotInThisServer => faults.not_in_this_server.to_owned(),
            Self::NotSeen => faults.not_seen.to_owned(),
            Self::Moved => faults.moved.to_owned(),
            Self::NotLookedUp => return Refusal::NotLookedUp.message(language),
            Self::NotRecorded => faults.not_saved.to_owned(),
            Self::NotUnderstood => return Refusal::NotUnderstood.message(language),
            Self::Unreadable => faults.unreadable.to_owned(),
            Self::Unseen => faults.unseen.to_owned(),
        };
        Message::new(text)
    }
}

#[cfg(test)]
mod tests;
