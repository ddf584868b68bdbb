//! What an answer begins with where others cannot see what it answers: who asked, and what.

use super::link::{escaped, message_link};
use super::sentences;
use crate::conversation::question::{NewQuestion, Task};

/// The most characters of a name.
const NAME: usize = 32;

/// The most characters of a question.
const QUESTION: usize = 200;

/// The line above an answer, for a question that others do not see by themselves.
pub(super) fn heading(asked: &NewQuestion) -> Option<String> {
    (!asked.seen).then(|| line(asked))
}

/// Who asked, and what, in one line.
pub(super) fn line(asked: &NewQuestion) -> String {
    let name = escaped(&asked.asker.name, NAME);
    let text = escaped(asked.text.as_str(), QUESTION);
    let (language, place) = (asked.language, asked.place.guild);
    let quoted = asked
        .quote
        .as_ref()
        .and_then(|quote| message_link(place, quote.channel, quote.message));
    match (asked.task, quoted) {
        (Task::Check, quoted) => sentences::asked_to_check(language, &name, quoted.as_ref()),
        (Task::Answer, Some(quoted)) => sentences::asked_about(language, &name, &quoted, &text),
        (Task::Answer, None) => sentences::asked(language, &name, &text),
    }
}
