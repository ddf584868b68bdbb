//! Lets text arrive word by word, as a model's would. Must not change a single character of it.

use std::num::NonZeroU32;
use std::time::Duration;

use async_stream::stream;
use futures_util::stream::{BoxStream, Stream, StreamExt};

use crate::engines::Event;

/// Most pieces a second: a full stream repeats the text so far in every piece, so more pieces cost more than they show.
const PIECES_A_SECOND: u32 = 20;

/// The same events, the text at `words` a second; as fast as it comes when there is no pace.
pub(crate) fn paced(
    events: impl Stream<Item = Event> + Send + 'static,
    words: Option<NonZeroU32>,
) -> BoxStream<'static, Event> {
    match words {
        Some(words) => slow(events, words).boxed(),
        None => events.boxed(),
    }
}

fn slow(
    events: impl Stream<Item = Event> + Send + 'static,
    words: NonZeroU32,
) -> impl Stream<Item = Event> + Send {
    let a_piece = words.get().div_ceil(PIECES_A_SECOND);
    let wait = Duration::from_secs(1) * a_piece / words.get();
    stream! {
        for await event in events {
            let Event::Delta(text) = event else {
                yield event;
                continue;
            };
            for piece in pieces(&text, usize::try_from(a_piece).unwrap_or(usize::MAX)) {
                yield Event::Delta(piece.to_owned());
                tokio::time::sleep(wait).await;
            }
        }
    }
}

/// Cuts the text after every `words`-th word, white space staying with the word before it.
fn pieces(text: &str, words: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = word_ends(rest)
            .nth(words.saturating_sub(1))
            .unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// Where words begin after white space, in bytes from the start.
fn word_ends(text: &str) -> impl Iterator<Item = usize> {
    let mut in_space = false;
    let mut seen_word = false;
    text.char_indices().filter_map(move |(at, c)| {
        let begins = in_space && seen_word && !c.is_whitespace();
        in_space = c.is_whitespace();
        seen_word |= !in_space;
        begins.then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pieces_end_where_words_do() {
        assert_eq!(
            pieces("one two  three\nfour", 1),
            ["one ", "two  ", "three\n", "four"]
        );
        assert_eq!(
            pieces("one two  three\nfour", 3),
            ["one two  three\n", "four"]
        );
        assert_eq!(pieces("  one two", 1), ["  one ", "two"]);
        assert_eq!(pieces("", 1), [""; 0]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[a-z é🙂\n]{0,60}", words in 1_usize..5) {
            let pieces = pieces(&text, words);
            prop_assert_eq!(&pieces.concat(), &text);
            prop_assert!(pieces.iter().all(|piece| !piece.is_empty()));
        }
    }
}
