//! The buttons and menus below an answer. Decides which; what they do is decided in the domain.

use super::link::{one_line, shortened};
use super::words::words;
use super::{Button, Menu};
use crate::conversation::controls::{Control, Deed};
use crate::conversation::language::Language;
use crate::conversation::outcome::Outcome;
use crate::conversation::question::Question;
use crate::ids::QuestionId;

/// The most characters of an option of a menu.
///
/// See <https://discord.com/developers/docs/components/reference#string-select>.
const OPTION_LIMIT: usize = 100;

/// The button that ends an answer while it is being written.
pub(super) fn while_written(question: &Question) -> Vec<Button> {
    let words = words(question.asked.language);
    vec![button(question.id, Deed::Stop, words.stop)]
}

/// The buttons below a research that has not ended: it can be cancelled, and begun where it waits for that.
pub(super) fn while_researched(question: &Question, is_unconfirmed: bool) -> Vec<Button> {
    let words = words(question.asked.language);
    let begin = is_unconfirmed.then(|| button(question.id, Deed::Begin, words.begin));
    let cancel = button(question.id, Deed::Cancel, words.cancel);
    begin.into_iter().chain([cancel]).collect()
}

/// The buttons below the end of an outcome.
pub(super) fn below(question: &Question, outcome: &Outcome) -> Vec<Button> {
    let words = words(question.asked.language);
    let question = question.id;
    let (sources, again) = match outcome {
        Outcome::Answered(answer) => (&answer.sources, words.regenerate),
        Outcome::Failed { draft, .. } => (&draft.sources, words.try_again),
    };
    let mut buttons = Vec::new();
    if !sources.is_empty() {
        buttons.push(button(question, Deed::Sources, words.sources_button));
    }
    if matches!(outcome, Outcome::Answered(_)) {
        buttons.push(button(question, Deed::FollowUp, words.follow_up));
    }
    buttons.push(button(question, Deed::Regenerate, again));
    buttons.push(button(question, Deed::Delete, words.delete));
    buttons
}

/// The same below an answer whose question was edited since: what is offered is to answer it as it reads now.
pub(super) fn below_edited(question: &Question, outcome: &Outcome) -> Vec<Button> {
    let words = words(question.asked.language);
    let mut buttons = below(question, outcome);
    for offered in &mut buttons {
        if offered.control.deed == Deed::Regenerate {
            *offered = button(question.id, Deed::AnswerEdited, words.answer_edited);
        }
    }
    buttons
}

/// The buttons that turn from page `number`, counted from 0, to those beside it.
pub(super) fn turning(
    language: Language,
    question: QuestionId,
    number: usize,
    last: usize,
) -> Vec<Button> {
    let words = words(language);
    let turn = |to: usize, label| {
        let page = u16::try_from(to).unwrap_or(u16::MAX);
        button(question, Deed::Page(page), label)
    };
    let previous = number.checked_sub(1).map(|to| turn(to, words.previous));
    let next = (number < last).then(|| turn(number + 1, words.next));
    previous.into_iter().chain(next).collect()
}

/// The related questions to pick from.
pub(super) fn related(question: &Question, outcome: &Outcome) -> Option<Menu> {
    let Outcome::Answered(answer) = outcome else {
        return None;
    };
    let options: Vec<String> = answer
        .offered()
        .iter()
        .map(|question| option(question.as_str()))
        .collect();
    (!options.is_empty()).then_some(Menu {
        placeholder: words(question.asked.language).related,
        control: Control {
            deed: Deed::Related,
            question: question.id,
        },
        options,
    })
}

fn option(question: &str) -> String {
    let line = one_line(question, OPTION_LIMIT);
    if line.is_empty() {
        // Discord takes no empty one, and without it the places of those behind it would shift.
        return "…".to_owned();
    }
    shortened(&line, OPTION_LIMIT)
}

fn button(question: QuestionId, deed: Deed, label: &'static str) -> Button {
    Button {
        label,
        control: Control { deed, question },
    }
}
