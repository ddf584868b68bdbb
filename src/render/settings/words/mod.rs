//! Every fixed text about the settings, in every language that Footnote speaks. One file a language; a text that one lacks does not compile.

mod english;

mod french;

mod german;

mod japanese;

mod portuguese;

mod spanish;

use crate::conversation::language::Language;
use crate::render::words::Count;

/// What a field is called, and what it does.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(in crate::render) struct Named {
    /// At most 45 characters.
    pub(in crate::render) name: &'static str,
    /// One sentence of at most 100 characters.
    pub(in crate::render) help: &'static str,
}

/// The fields.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(in crate::render) struct Fields {
    pub(in crate::render) domains: Named,
    pub(in crate::render) freshness: Named,
    pub(in crate::render) source_languages: Named,
    pub(in crate::render) answer_language: Named,
    pub(in crate::render) country: Named,
    pub(in crate::render) mode: Named,
    pub(in crate::render) context_size: Named,
    pub(in crate::render) model: Named,
    pub(in crate::render) confirm_above: Named,
    pub(in crate::render) images: Named,
    pub(in crate::render) related: Named,
    pub(in crate::render) persona: Named,
    pub(in crate::render) history: Named,
    pub(in crate::render) threads: Named,
    pub(in crate::render) access: Named,
    pub(in crate::render) members: Named,
    pub(in crate::render) setters: Named,
    pub(in crate::render) audit: Named,
    pub(in crate::render) presets: Named,
}

/// Why something that somebody wanted to set, or to ask with, is refused.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(in crate::render) struct Faults {
    // Domains.
    pub(in crate::render) no_domain_named: &'static str,
    /// `{n}` where at most `{most}` may be.
    pub(in crate::render) too_many_domains: &'static str,
    pub(in crate::render) empty_domain: &'static str,
    /// Each says what is wrong with `{entry}`.
    pub(in crate::render) dashed_domain: &'static str,
    pub(in crate::render) starred_domain: &'static str,
    pub(in crate::render) machine: &'static str,
    pub(in crate::render) part_of_a_domain: &'static str,
    pub(in crate::render) no_domain: &'static str,
    /// These are denied already: `{domains}`.
    pub(in crate::render) denies_already: &'static str,
    /// These are allowed already: `{domains}`.
    pub(in crate::render) allows_already: &'static str,
    /// `{domains}` are in no list.
    pub(in crate::render) not_listed: &'static str,
    /// `{domains}` are all that is allowed.
    pub(in crate::render) last_allowed: &'static str,

    // Lists of domains.
    /// No list is called `{entry}`.
    pub(in crate::render) no_preset: &'static str,
    /// A list cannot be called `{entry}`, but anything of at most `{most}` characters other than `{presets}`.
    pub(in crate::render) preset_name: &'static str,
    /// Another list is called `{entry}`.
    pub(in crate::render) preset_taken: &'static str,
    /// There are `{most}`.
    pub(in crate::render) too_many_presets: &'static str,
    pub(in crate::render) nothing_to_keep: &'static str,

    // Dates.
    /// What `{entry}` is not.
    pub(in crate::render) no_day: &'static str,
    pub(in crate::render) no_dates: &'static str,
    /// No day lies after `{after}` and before `{before}`.
    pub(in crate::render) order_of_dates: &'static str,
    /// Nothing is from after `{day}`.
    pub(in crate::render) future: &'static str,

    // Languages and countries.
    /// What `{entry}` is not.
    pub(in crate::render) no_language: &'static str,
    /// `{n}` where at most `{most}` may be.
    pub(in crate::render) too_many_languages: &'static str,
    /// What `{entry}` is not.
    pub(in crate::render) no_country: &'static str,

    // The model, and how answers are written.
    /// The operator has none for `{depth}`.
    pub(in crate::render) no_depth: &'static str,
    /// The operator does not offer `{entry}`.
    pub(in crate::render) no_model: &'static str,
    /// `{entry}` is none up to `{most}` US dollars.
    pub(in crate::render) no_amount: &'static str,
    pub(in crate::render) blank_persona: &'static str,
    /// `{n}` characters where at most `{most}` may be.
    pub(in crate::render) long_persona: &'static str,
    /// At most `{history}` is sent along.
    pub(in crate::render) too_much_history: &'static str,

    // People.
    /// `{n}` where at most `{most}` may be.
    pub(in crate::render) too_many_admitted: &'static str,
    pub(in crate::render) nobody_admitted: &'static str,
    pub(in crate::render) not_admitted: &'static str,
    pub(in crate::render) everyone_sets: &'static str,
    /// At most `{most}` may be.
    pub(in crate::render) too_many_setters: &'static str,
    /// What `{role}` is not.
    pub(in crate::render) no_setter: &'static str,
    /// Where `{field}` is set.
    pub(in crate::render) of_server: &'static str,
    /// The answer service that is used does not do this with `{field}`.
    pub(in crate::render) not_served: &'static str,

    // What a member wished for one question.
    /// Members may not choose `{what}`.
    pub(in crate::render) closed: &'static str,
    /// Not `{entry}`, but `{domains}` are searched.
    pub(in crate::render) not_allowed: &'static str,
    /// `{entry}` is left out.
    pub(in crate::render) denied: &'static str,
    /// Sources are to be of an `{age}`.
    pub(in crate::render) too_old: &'static str,
    pub(in crate::render) no_day_left: &'static str,
    /// No deeper than `{depth}`.
    pub(in crate::render) too_deep: &'static str,
    pub(in crate::render) named_model: &'static str,
    /// The operator has none for `{depth}`.
    pub(in crate::render) no_such_depth: &'static str,
    /// What is set for `{field}` is nothing that the answer service that is used now does.
    pub(in crate::render) set_unserved: &'static str,

    // Why a change is not made, whatever it is.
    /// Who may change `{field}`.
    pub(in crate::render) of_managers: &'static str,
    pub(in crate::render) overtaken: &'static str,
    /// Names the permissions `{manage_channels}` and `{manage_server}`.
    pub(in crate::render) no_authority: &'static str,
    /// Names the permission `{manage_server}`.
    pub(in crate::render) no_authority_over_server: &'static str,
    pub(in crate::render) no_server: &'static str,
    pub(in crate::render) not_in_this_server: &'static str,
    pub(in crate::render) not_seen: &'static str,
    pub(in crate::render) moved: &'static str,
    pub(in crate::render) not_saved: &'static str,
    pub(in crate::render) unseen: &'static str,
    pub(in crate::render) unreadable: &'static str,
}

/// The fixed texts of one language. What stands in braces is filled in.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(in crate::render) struct Words {
    pub(in crate::render) fields: Fields,

    // Beside what is set and the answer service that is used now does not do.
    pub(in crate::render) unserved: &'static str,

    // Where something is set, at most 45 characters.
    pub(in crate::render) operator: &'static str,
    pub(in crate::render) server: &'static str,
    pub(in crate::render) category: &'static str,
    pub(in crate::render) channel: &'static str,
    pub(in crate::render) thread: &'static str,

    // Permissions, as the settings of a server call them in Discord's own client.
    pub(in crate::render) manage_channels: &'static str,
    pub(in crate::render) manage_server: &'static str,

    // Lists.
    /// What stands between two entries.
    pub(in crate::render) between: &'static str,
    /// Ends a list of which so many are not named.
    pub(in crate::render) and_more: Count,
    /// Stands for a list of which none is named.
    pub(in crate::render) entries: Count,
    /// These alone: `{entries}`.
    pub(in crate::render) only: &'static str,
    /// Everything but these: `{entries}`.
    pub(in crate::render) all_but: &'static str,

    // What fields are set to.
    pub(in crate::render) on: &'static str,
    pub(in crate::render) off: &'static str,
    pub(in crate::render) all_domains: &'static str,
    pub(in crate::render) any_age: &'static str,
    pub(in crate::render) at_most_an_hour: &'static str,
    pub(in crate::render) at_most_a_day: &'static str,
    pub(in crate::render) at_most_a_week: &'static str,
    pub(in crate::render) at_most_a_month: &'static str,
    pub(in crate::render) at_most_a_year: &'static str,
    /// After the day `{after}`, before the day `{before}`, or both.
    pub(in crate::render) published_after: &'static str,
    pub(in crate::render) published_before: &'static str,
    pub(in crate::render) published_between: &'static str,
    pub(in crate::render) changed_after: &'static str,
    pub(in crate::render) changed_before: &'static str,
    pub(in crate::render) changed_between: &'static str,
    pub(in crate::render) any_language: &'static str,
    pub(in crate::render) as_asked: &'static str,
    pub(in crate::render) no_country: &'static str,
    pub(in crate::render) web: &'static str,
    pub(in crate::render) academic: &'static str,
    pub(in crate::render) sec: &'static str,
    pub(in crate::render) usual_size: &'static str,
    pub(in crate::render) low: &'static str,
    pub(in crate::render) medium: &'static str,
    pub(in crate::render) high: &'static str,
    pub(in crate::render) quick: &'static str,
    pub(in crate::render) standard: &'static str,
    pub(in crate::render) thorough: &'static str,
    pub(in crate::render) research: &'static str,
    pub(in crate::render) usual_persona: &'static str,
    /// The words of somebody: `{entries}`.
    pub(in crate::render) quoted: &'static str,
    pub(in crate::render) no_history: &'static str,
    /// So many questions with their answers.
    pub(in crate::render) turns: Count,
    pub(in crate::render) tokens: Count,
    /// What stands between thousands.
    pub(in crate::render) thousands: char,
    pub(in crate::render) first_answer: &'static str,
    pub(in crate::render) second_answer: &'static str,
    pub(in crate::render) never: &'static str,
    pub(in crate::render) everyone: &'static str,
    pub(in crate::render) nobody: &'static str,
    pub(in crate::render) roles: Count,
    pub(in crate::render) people: Count,
    pub(in crate::render) no_roles: &'static str,
    pub(in crate::render) in_a_channel: &'static str,
    pub(in crate::render) no_lists: &'static str,
    pub(in crate::render) lists: Count,
    /// So many lists (`{count}`), and what they are called: `{entries}`.
    pub(in crate::render) lists_called: &'static str,
    /// A list called `{name}`, which holds `{domains}`.
    pub(in crate::render) list_of: &'static str,

    // What members may choose for one question.
    pub(in crate::render) choose_nothing: &'static str,
    pub(in crate::render) choose_domains: &'static str,
    pub(in crate::render) choose_recency: &'static str,
    pub(in crate::render) choose_depth: &'static str,
    pub(in crate::render) choose_deeper: &'static str,
    pub(in crate::render) choose_research: &'static str,
    pub(in crate::render) choose_private: &'static str,

    pub(in crate::render) faults: Faults,
}

impl Words {
    /// The beginning of a list, and how many more entries it has.
    pub(in crate::render) fn joined(&self, named: &str, more: usize) -> String {
        let gap = if self.between.ends_with(' ') { " " } else { "" };
        format!("{named}{gap}{}", self.and_more.of(more))
    }
}

/// The fixed texts of a language.
pub(in crate::render) fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &english::WORDS,
        Language::German => &german::WORDS,
        Language::French => &french::WORDS,
        Language::Spanish => &spanish::WORDS,
        Language::Portuguese => &portuguese::WORDS,
        Language::Japanese => &japanese::WORDS,
    }
}

#[cfg(test)]
mod tests;
