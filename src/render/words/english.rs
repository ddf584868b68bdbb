//! English.

use super::{Count, Words};

pub(super) const WORDS: Words = Words {
    writing: "-# Writing…",
    waiting: "-# Another question of this conversation is being answered; yours is next in line.",
    searching: "-# Searching…",
    searching_for: "-# Searching: {queries}",

    sources_button: "Sources",
    follow_up: "Follow up",
    regenerate: "Regenerate",
    try_again: "Try again",
    delete: "Delete",
    answer_edited: "Answer the edited question",
    stop: "Stop",
    previous: "Previous",
    next: "Next",
    related: "Related questions",

    sources: "**Sources**",
    cited: "**Cited in the answer**",
    also_found: "**Also found**",
    nothing_cited: "**The answer cites none of its sources. These were found:**",
    no_sources: "The answer service named no sources for this answer.",
    nameless_source: "(a source without a title or an address that may be linked)",
    untitled: "source",
    updated: "updated {date}",
    page: "-# Page {page} of {pages}",

    uncited: "No sources cited",
    edited_since: "-# The question was edited after it was answered.",
    cut_at_length: "-# The service ended the answer at its length limit.",
    rest_attached: "-# The rest of the answer is in the attached file.",
    rest_not_attached: "-# The answer goes on; Discord does not let Footnote attach the rest here.",
    file_name: "rest-of-the-answer",
    file_cut: "(The answer goes on. It is too long even for this file.)",
    empty_answer: "The answer service sent an empty answer. Please ask again, perhaps in other words.",
    hidden_address: "(an address that is not shown)",

    source_count: Count {
        one: "{n} source",
        other: "{n} sources",
    },
    removed: Count {
        one: "{n} number without a source removed",
        other: "{n} numbers without a source removed",
    },
    without: "without {domains}",
    more: Count {
        one: "{n} more",
        other: "{n} more",
    },
    past_hour: "past hour",
    past_day: "past day",
    past_week: "past week",
    past_month: "past month",
    past_year: "past year",
    seconds: "{seconds} s",
    decimal: '.',

    announced: "-# {name}: {link}, after {time}.",
    the_answer: "the answer is complete",
};
