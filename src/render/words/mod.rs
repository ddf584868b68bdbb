//! Every fixed text that a person reads, in every language that Footnote speaks. One file a language; a text that one lacks does not compile.

mod english;

mod french;

mod german;

mod japanese;

mod portuguese;

mod spanish;

use crate::conversation::language::Language;

/// A text that counts something: `{n}` stands for the number. Which numbers take which form is each language's own.
///
/// See <https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html>.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(super) struct Count {
    zero: &'static str,
    one: &'static str,
    other: &'static str,
}

impl Count {
    /// One thing stands alone; none and several alike take the other form.
    pub(super) const fn new(one: &'static str, other: &'static str) -> Self {
        let zero = other;
        Self { zero, one, other }
    }

    /// None is told like one.
    pub(super) const fn none_as_one(one: &'static str, other: &'static str) -> Self {
        let zero = one;
        Self { zero, one, other }
    }

    /// Every number is told alike.
    pub(super) const fn always(text: &'static str) -> Self {
        Self::new(text, text)
    }

    /// The text for this number.
    pub(super) fn of(self, number: usize) -> String {
        self.written(number, &number.to_string())
    }

    /// The text for a number that is written like this.
    pub(super) fn written(self, number: usize, digits: &str) -> String {
        let text = match number {
            0 => self.zero,
            1 => self.one,
            _ => self.other,
        };
        fill(text, &[("n", digits)])
    }
}

/// The fixed texts of one language. What stands in braces is filled in; the most characters a text may have are those that Discord takes.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(super) struct Words {
    // An answer that is not there yet.
    /// Ends a message whose answer is still being written.
    pub(super) writing: &'static str,
    /// Stands for an answer whose turn has not come.
    pub(super) waiting: &'static str,
    /// Stands for an answer that is being looked for.
    pub(super) searching: &'static str,
    /// The same with what is being searched for: `{queries}`.
    pub(super) searching_for: &'static str,

    // Commands and forms.
    /// What `/ask` says of itself.
    pub(super) ask_description: &'static str,
    /// What it says of its question, and what stands above the field of a form.
    pub(super) question_description: &'static str,
    /// The name of that option: lower case, one word.
    pub(super) question_option: &'static str,
    /// The names of the options of `/ask` that narrow the search for one question, and what they say of themselves; the names as above.
    pub(super) domains_option: &'static str,
    pub(super) domains_description: &'static str,
    pub(super) recency_option: &'static str,
    pub(super) recency_description: &'static str,
    pub(super) depth_option: &'static str,
    pub(super) depth_description: &'static str,
    pub(super) private_option: &'static str,
    pub(super) private_description: &'static str,
    /// In the menu of a message: takes a question about it.
    pub(super) ask_about: &'static str,
    /// In the menu of a message: has its claims checked.
    pub(super) check_this: &'static str,
    /// What is asked with a bare mention in a reply to somebody's message.
    pub(super) about_this: &'static str,

    // What is answered, above an answer to what others do not see.
    /// `{name}` asked `{question}`.
    pub(super) asked: &'static str,
    /// The same about `{message}`.
    pub(super) asked_about: &'static str,
    /// `{name}` asked to check `{message}`.
    pub(super) asked_to_check: &'static str,
    /// What that message is called.
    pub(super) a_message: &'static str,

    // Buttons and menus.
    /// Shows where an answer comes from.
    pub(super) sources_button: &'static str,
    /// Asks on from an answer.
    pub(super) follow_up: &'static str,
    /// Has a question answered once more.
    pub(super) regenerate: &'static str,
    /// Has a question answered that was not.
    pub(super) try_again: &'static str,
    /// Takes an answer away.
    pub(super) delete: &'static str,
    /// Has a question answered as it was edited.
    pub(super) answer_edited: &'static str,
    /// Ends an answer that is being written.
    pub(super) stop: &'static str,
    /// Turns back to the page before.
    pub(super) previous: &'static str,
    /// Turns to the next page.
    pub(super) next: &'static str,
    /// Heads the related questions.
    pub(super) related: &'static str,

    // Sources.
    /// Heads the list of the sources that a text cites.
    pub(super) sources: &'static str,
    /// Heads the sources that the text cites, among all that were found.
    pub(super) cited: &'static str,
    /// Heads the sources that were found beside those.
    pub(super) also_found: &'static str,
    /// Heads the sources of an answer that cites none of them.
    pub(super) nothing_cited: &'static str,
    /// Stands for the sources of an answer that has none.
    pub(super) no_sources: &'static str,
    /// Stands for a source that has neither a title nor an address that may be linked.
    pub(super) nameless_source: &'static str,
    /// The label of a source without a title.
    pub(super) untitled: &'static str,
    /// When a source was last changed: `{date}`.
    pub(super) updated: &'static str,
    /// Which page it is: `{page}`, `{pages}`.
    pub(super) page: &'static str,

    // The end of an answer.
    /// Takes the place of the number of sources in the footer of an answer that cites none; a piece of a line, without a full stop.
    pub(super) uncited: &'static str,
    /// Ends an answer whose question was edited since.
    pub(super) edited_since: &'static str,
    /// Said when the service stopped at its length limit.
    pub(super) cut_at_length: &'static str,
    /// Said when the rest of an answer is in the attached file.
    pub(super) rest_attached: &'static str,
    /// Said instead when Discord does not take that file.
    pub(super) rest_not_attached: &'static str,
    /// The name of that file, without `.md`: letters, digits and dashes only.
    pub(super) file_name: &'static str,
    /// Ends that file where even it does not hold the whole text.
    pub(super) file_cut: &'static str,
    /// Said instead of an answer without text.
    pub(super) empty_answer: &'static str,
    /// Stands for an address that may not be linked.
    pub(super) hidden_address: &'static str,

    // The footer.
    /// How many sources the text cites.
    pub(super) source_count: Count,
    /// How many numbers were taken out because they lead to no source.
    pub(super) removed: Count,
    /// The domains that no source may be from: `{domains}`.
    pub(super) without: &'static str,
    /// And so many more domains or languages.
    pub(super) more: Count,
    /// The languages that sources may be in: `{languages}`.
    pub(super) sources_in: &'static str,
    /// The language that the answer is to be in: `{language}`.
    pub(super) answer_in: &'static str,
    /// The country that is searched from: `{country}`.
    pub(super) country: &'static str,
    /// How many sources came back that the search was not to find.
    pub(super) left_out: Count,
    /// How old sources may be.
    pub(super) past_hour: &'static str,
    pub(super) past_day: &'static str,
    pub(super) past_week: &'static str,
    pub(super) past_month: &'static str,
    pub(super) past_year: &'static str,
    /// How long it took: `{seconds}`, a number.
    pub(super) seconds: &'static str,
    /// The same from a minute on: `{minutes}`, `{seconds}`.
    pub(super) minutes: &'static str,
    /// What stands between the whole and its tenths.
    pub(super) decimal: char,

    // The announcement of an answer that took long.
    /// `{name}` asked, the answer is at `{link}`, and took `{time}`.
    pub(super) announced: &'static str,
    /// The label of that link.
    pub(super) the_answer: &'static str,

    // Why there is no answer.
    /// The service wants to be asked again after a while: `{when}`.
    pub(super) busy: &'static str,
    /// The same where it does not say after which.
    pub(super) busy_for_a_minute: &'static str,
    /// How long that is.
    pub(super) in_seconds: Count,
    pub(super) in_minutes: Count,
    pub(super) in_hours: Count,
    pub(super) unauthorized: &'static str,
    pub(super) out_of_credit: &'static str,
    pub(super) retired: &'static str,
    pub(super) rejected: &'static str,
    pub(super) not_granted: &'static str,
    pub(super) unavailable: &'static str,
    pub(super) timed_out: &'static str,
    pub(super) no_answer: &'static str,
    pub(super) broke_off: &'static str,
    pub(super) stopped: &'static str,
    pub(super) interrupted: &'static str,
    pub(super) internal: &'static str,

    // Why something that a person did leads to nothing.
    pub(super) blank: &'static str,
    /// The most characters of a question: `{most}`.
    pub(super) too_long: &'static str,
    pub(super) full: &'static str,
    pub(super) full_for_you: &'static str,
    pub(super) asks_nothing: &'static str,
    /// Names the button that asks on: `{follow_up}`.
    pub(super) unreadable: &'static str,
    /// Names the entry of a message's menu: `{ask_about}`.
    pub(super) quoted_unreadable: &'static str,
    pub(super) not_recorded: &'static str,
    pub(super) not_understood: &'static str,
    pub(super) gone: &'static str,
    pub(super) not_yours: &'static str,
    pub(super) not_yours_to_begin: &'static str,
    pub(super) not_admitted: &'static str,
    pub(super) being_answered: &'static str,
    pub(super) not_being_written: &'static str,
    pub(super) not_edited: &'static str,
    pub(super) not_looked_up: &'static str,
    pub(super) not_found_out: &'static str,
    pub(super) unplaced: &'static str,
    pub(super) no_text: &'static str,
    pub(super) form_expired: &'static str,
    pub(super) not_deleted: &'static str,

    // Why an answer is not where its reader looks for it, in at most 100 characters.
    /// For `{asker}`.
    pub(super) beside: &'static str,
    /// For `{asker}`, who asked in `{thread}`.
    pub(super) above: &'static str,
    /// The bot lacks `{permission}` in `{channel}`.
    pub(super) lacks: &'static str,
    /// The `{thread}` is locked.
    pub(super) locked: &'static str,
    pub(super) place_gone: &'static str,

    // Permissions, as the settings of a channel call them in Discord's own client.
    pub(super) view_channel: &'static str,
    pub(super) send_messages: &'static str,
    pub(super) send_in_threads: &'static str,
    pub(super) create_threads: &'static str,

    // Threads.
    /// The bot lacks `{permission}` to open one.
    pub(super) no_thread: &'static str,
    /// The first words in one: mention `{me}`, or press `{follow_up}`.
    pub(super) how_to_go_on: &'static str,

    // Deep research.
    /// What `/research` says of itself.
    pub(super) research_description: &'static str,
    /// Has a research begin that may cost more than is taken for granted.
    pub(super) begin: &'static str,
    /// Cancels a research.
    pub(super) cancel: &'static str,
    /// Stands for a research that its asker has not agreed to; names the button `{begin}`.
    pub(super) research_unconfirmed: &'static str,
    /// Small print below that: what one in ten takes, and what becomes of it without `{begin}` within `{minutes}`.
    pub(super) research_small_print: &'static str,
    /// What is expected of a research: `{estimate}`.
    pub(super) research_expected: &'static str,
    /// How long it takes: a number, or the range `{n}`.
    pub(super) about_seconds: Count,
    pub(super) about_minutes: Count,
    pub(super) about_hours: Count,
    /// A range of numbers.
    pub(super) range: &'static str,
    /// What it costs: `{usual}`, an amount.
    pub(super) cost_about: &'static str,
    /// The same with `{high}`, which nine in ten stay below.
    pub(super) cost_up_to: &'static str,
    /// Stands for what it costs where that is not known.
    pub(super) cost_unknown: &'static str,
    /// An amount of US dollars: `{amount}`, a number.
    pub(super) dollars: &'static str,
    /// Stands for less than `{dollars}`.
    pub(super) less_than: &'static str,
    /// It stands in line, at `{place}`.
    pub(super) research_in_line: &'static str,
    /// It is being handed over.
    pub(super) research_submitting: &'static str,
    /// The service is busy until `{moment}`, which reads as `in five minutes`.
    pub(super) research_busy: &'static str,
    /// It is being worked on, `{elapsed}`, since `{moment}`, which reads as a time of day.
    pub(super) research_running: &'static str,
    /// It waits where it is worked on, likewise.
    pub(super) research_waiting: &'static str,
    /// For how long.
    pub(super) elapsed_minutes: Count,
    pub(super) elapsed_hours: Count,
    /// A piece of the footer: `{time}` that it took.
    pub(super) researched_in: &'static str,
    /// What was paid, a sentence each. Exactly `{dollars}`.
    pub(super) paid_exactly: &'static str,
    pub(super) paid_nothing: &'static str,
    /// The service did not say.
    pub(super) paid_unsaid: &'static str,
    /// Nobody knows whether the service took it on.
    pub(super) paid_perhaps: &'static str,
    /// It was cancelled, and the service works on.
    pub(super) paid_still_running: &'static str,
    /// Follows those where that is known: `{cost}`.
    pub(super) expected_cost: &'static str,
    /// Stands where the progress was shown: `{link}` leads to the outcome.
    pub(super) research_over: &'static str,
    /// The labels of that link, beside that of an answer.
    pub(super) the_failure: &'static str,
    pub(super) the_cancelling: &'static str,
    /// Said when the whole of an answer is in the attached file.
    pub(super) whole_attached: &'static str,
    /// Said instead when Discord does not take that file.
    pub(super) whole_not_attached: &'static str,
    /// The name of that file, as above.
    pub(super) whole_file_name: &'static str,
    /// Why there is no answer.
    pub(super) research_cancelled: &'static str,
    /// Nobody pressed `{begin}` within `{minutes}`.
    pub(super) research_not_begun: &'static str,
    pub(super) research_given_up: &'static str,
    pub(super) research_lost: &'static str,
    /// Why a research leads to nothing.
    pub(super) no_research: &'static str,
    /// As many as there may be.
    pub(super) research_full: Count,
    pub(super) research_full_for_you: Count,
    /// There is nothing that could begin, or be cancelled.
    pub(super) research_past: &'static str,
}

/// The fixed texts of a language.
pub(super) fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &english::WORDS,
        Language::German => &german::WORDS,
        Language::French => &french::WORDS,
        Language::Spanish => &spanish::WORDS,
        Language::Portuguese => &portuguese::WORDS,
        Language::Japanese => &japanese::WORDS,
    }
}

/// A text with what stands in braces filled in. What is filled in is not looked at again.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        let value = values.iter().find(|(known, _)| *known == name);
        debug_assert!(value.is_some(), "nothing stands for {name}");
        out.push_str(value.map_or("", |(_, value)| value));
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
