//! A research as its readers see it: where it stands, its outcome, and what leads from the one to the other. Says what is known of time and
//! money, and no more.

use super::answer::{Beside, texts};
use super::controls;
use super::costs;
use super::heading::heading;
use super::link::message_link;
use super::sentences::{self, within_the_wait};
use super::words::{Words, fill, words};
use super::{Message, answer};
use crate::clock::Moment;
use crate::conversation::failure::Failure;
use crate::conversation::language::Language;
use crate::conversation::outcome::Outcome;
use crate::conversation::question::Question;
use crate::conversation::rules::Display;
use crate::ids::{ChannelId, MessageId};
use crate::research::estimate::Estimate;
use crate::research::ports::{Report, Standing};

/// Where a research stands, with the buttons that can be pressed then.
pub fn standing(question: &Question, estimate: &Estimate, standing: Standing) -> Message {
    let words = words(question.asked.language);
    let expected = costs::expected(estimate, words);
    let expected = fill(words.research_expected, &[("estimate", &expected)]);
    let mut lines: Vec<String> = heading(&question.asked).into_iter().collect();
    lines.push(stands(standing, words));
    lines.push(expected);
    let is_unconfirmed = standing == Standing::Unconfirmed;
    if is_unconfirmed {
        lines.push(within_the_wait(words.research_small_print, words));
    }
    let buttons = controls::while_researched(question, is_unconfirmed);
    Message::new(lines.join("\n")).with_buttons(buttons)
}

/// The line that says where it stands.
fn stands(standing: Standing, words: &Words) -> String {
    match standing {
        Standing::Unconfirmed => fill(words.research_unconfirmed, &[("begin", words.begin)]),
        Standing::InLine(place) => fill(words.research_in_line, &[("place", &place.to_string())]),
        Standing::Submitting => words.research_submitting.to_owned(),
        Standing::Busy(until) => fill(
            words.research_busy,
            &[("moment", &shown_by_discord(until, 'R'))],
        ),
        Standing::Running {
            since,
            seconds,
            begun,
        } => {
            let text = if begun {
                words.research_running
            } else {
                words.research_waiting
            };
            let (elapsed, since) = (costs::elapsed(seconds, words), shown_by_discord(since, 't'));
            fill(text, &[("elapsed", &elapsed), ("moment", &since)])
        }
    }
}

/// A moment that Discord shows each reader in their own time and language: as a time of day (`t`), or by how far it is off (`R`).
///
/// See <https://discord.com/developers/docs/reference#message-formatting-timestamp-styles>.
fn shown_by_discord(moment: Moment, style: char) -> String {
    format!("<t:{}:{style}>", moment.0.div_euclid(1_000))
}

/// What the message that showed the progress becomes once the outcome is shown elsewhere: one line that leads there, where `answer` is its channel
/// and message.
///
/// Of one that came to nothing because nobody wanted it, and is shown nowhere else, it is the outcome itself, with what it cost.
pub fn over(
    question: &Question,
    answer: Option<(ChannelId, MessageId)>,
    outcome: &Outcome,
    report: &Report,
) -> Message {
    if answer.is_none() && !pings(outcome) {
        let beside = Beside {
            research: Some(report),
            ..Beside::default()
        };
        let mut messages = texts(question, outcome, Display::default(), &beside);
        if let Some(message) = messages.pop() {
            return message.with_buttons(controls::below(question, outcome));
        }
    }
    let words = words(question.asked.language);
    let label = match outcome {
        Outcome::Answered(_) => words.the_answer,
        Outcome::Failed {
            failure: Failure::Cancelled,
            ..
        } => words.the_cancelling,
        Outcome::Failed { .. } => words.the_failure,
    };
    let place = question.asked.place.guild;
    let link = answer.and_then(|(channel, message)| message_link(place, channel, message));
    let link = link.map_or_else(|| label.to_owned(), |link| link.markdown(label));
    let line = fill(words.research_over, &[("link", &link)]);
    let lines: Vec<String> = heading(&question.asked).into_iter().chain([line]).collect();
    Message::new(lines.join("\n"))
}

/// What the message that showed the progress becomes when nothing can be read of the question: neither its language nor whose it is.
pub fn given_up_unread(report: Option<&Report>) -> Message {
    let language = Language::default();
    let failure = sentences::failure(language, &Failure::Internal);
    let paid = report.map_or_else(Vec::new, |report| costs::paid(report, words(language)));
    let lines: Vec<String> = [failure].into_iter().chain(paid).collect();
    Message::new(lines.join("\n"))
}

/// The outcome as new messages, in order, never empty: the first pings its asker and nobody else; the last has the controls; the end tells time
/// and cost.
///
/// Whoever cancelled a research, or never had it begin, waits for nothing and is not pinged.
pub fn outcome(
    question: &Question,
    outcome: &Outcome,
    report: &Report,
    display: Display,
) -> Vec<Message> {
    let beside = beside(question, outcome, report, None);
    let buttons = controls::below(question, outcome);
    answer::with_controls(
        texts(question, outcome, display, &beside),
        question,
        outcome,
        buttons,
    )
}

/// The same once the question was edited, as for any other answer.
pub fn edited(
    question: &Question,
    outcome: &Outcome,
    report: &Report,
    display: Display,
) -> Vec<Message> {
    let since = words(question.asked.language).edited_since;
    let beside = beside(question, outcome, report, Some(since));
    let buttons = controls::below_edited(question, outcome);
    answer::with_controls(
        texts(question, outcome, display, &beside),
        question,
        outcome,
        buttons,
    )
}

fn beside<'a>(
    question: &Question,
    outcome: &Outcome,
    report: &'a Report,
    note: Option<&'a str>,
) -> Beside<'a> {
    Beside {
        note,
        research: Some(report),
        pings: pings(outcome).then_some(question.asked.asker.id),
    }
}

/// Whether somebody waits for this outcome.
fn pings(outcome: &Outcome) -> bool {
    !matches!(
        outcome,
        Outcome::Failed {
            failure: Failure::Cancelled | Failure::Unconfirmed,
            ..
        }
    )
}

#[cfg(test)]
mod tests;
