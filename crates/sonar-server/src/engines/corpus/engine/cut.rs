//! Ends an answer where the request wants it ended. Must change no character before that.

use sonar::{ChatRequest, FinishReason, Stop};

use crate::usage::characters;

/// Where an answer ends at the latest.
#[derive(Debug)]
pub(super) struct Cut {
    most_characters: Option<usize>,
    stops: Vec<String>,
}

impl Cut {
    pub(super) fn of(request: &ChatRequest) -> Self {
        Self {
            most_characters: request.max_tokens.map(characters),
            stops: match request.stop.clone() {
                None => Vec::new(),
                Some(Stop::One(stop)) => vec![stop],
                Some(Stop::Many(stops)) => stops,
            },
        }
    }

    /// The text up to the first stop and the most characters, and why it ends.
    pub(super) fn apply(&self, deltas: Vec<String>) -> (Vec<String>, FinishReason) {
        let whole = deltas.concat();
        let stops = self.stops.iter().filter(|stop| !stop.is_empty());
        let stopped = stops
            .filter_map(|stop| whole.split_once(stop.as_str()))
            .map(|(before, _)| before);
        let wanted = stopped.min_by_key(|before| before.len()).unwrap_or(&whole);
        let kept = self
            .most_characters
            .map_or(wanted, |most| at_sentence_end(wanted, most));
        let finish = if kept.len() < wanted.len() {
            FinishReason::Length
        } else {
            FinishReason::Stop
        };
        (only_first(deltas, kept.len()), finish)
    }
}

/// The longest beginning of at most `most` characters that ends with a sentence or a line, outside a block of code.
/// One without any such end is cut where it must be.
fn at_sentence_end(text: &str, most: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(most) else {
        return text;
    };
    let (fits, _) = text.split_at(end);
    let mut best = "";
    for (at, mark) in fits.char_indices() {
        let (upto, rest) = fits.split_at(at + mark.len_utf8());
        let ends = mark == '\n'
            || matches!(mark, '.' | '!' | '?') && rest.starts_with(char::is_whitespace);
        if ends && upto.matches("```").count() % 2 == 0 {
            best = upto;
        }
    }
    if best.is_empty() {
        fits
    } else {
        best.trim_end()
    }
}

/// The deltas whose concatenation is the first `length` bytes, which end at a character.
fn only_first(deltas: Vec<String>, length: usize) -> Vec<String> {
    let mut room = length;
    let mut kept = Vec::new();
    for mut delta in deltas {
        delta.truncate(room);
        room -= delta.len();
        if delta.is_empty() {
            break;
        }
        kept.push(delta);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use sonar::Message;

    fn request() -> ChatRequest {
        ChatRequest::new("sonar", vec![Message::user("Why?")])
    }

    fn check_cut(
        max_tokens: Option<u32>,
        stops: &[&str],
        text: &str,
        expected: &str,
        ends: &FinishReason,
    ) {
        let request = ChatRequest {
            max_tokens,
            stop: Some(Stop::Many(
                stops.iter().map(|stop| (*stop).to_owned()).collect(),
            )),
            ..request()
        };
        let deltas = text.split_inclusive(' ').map(str::to_owned).collect();
        let (deltas, finish) = Cut::of(&request).apply(deltas);
        assert_eq!((deltas.concat().as_str(), &finish), (expected, ends));
    }

    #[test]
    fn an_answer_is_cut_at_a_stop_or_at_a_sentence() {
        let text = "One is here. Two is là. Three.";
        check_cut(None, &[], text, text, &FinishReason::Stop);
        check_cut(
            None,
            &["Three", "là"],
            text,
            "One is here. Two is ",
            &FinishReason::Stop,
        );
        check_cut(None, &["Four", ""], text, text, &FinishReason::Stop);
        check_cut(
            Some(6),
            &[],
            text,
            "One is here. Two is là.",
            &FinishReason::Length,
        );
        check_cut(Some(5), &[], text, "One is here.", &FinishReason::Length);
        check_cut(
            Some(5),
            &["Two"],
            text,
            "One is here. ",
            &FinishReason::Stop,
        );
        check_cut(Some(2), &[], "ééééééééé", "éééééééé", &FinishReason::Length);
        check_cut(
            Some(5),
            &[],
            "A.\n```\nlet a = 1;\n```\nB.",
            "A.",
            &FinishReason::Length,
        );
    }
}
