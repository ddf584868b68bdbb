//! Reads a streamed answer from its bytes: events become pieces, and an end that is no end becomes an error. Must wait for nothing.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::decode::{EventDecoder, ServerSentEvent};
use crate::key::Key;
use crate::refusal::{is_refusal, refusal_in_stream};
use crate::{BoxError, ChatChunk, Error};

/// Longest text a stream may add up to, in bytes. The bytes on the wire are not counted: pieces of a full stream repeat
/// the text so far, so that even a modest answer is many megabytes there. A fuzzer gets a small limit, to reach it.
const TEXT_LIMIT: usize = if cfg!(fuzzing) { 64 } else { 8 * 1024 * 1024 };
/// Most answers in one stream. The protocol lets 10 be asked for.
const ANSWERS_LIMIT: usize = 128;

/// Reads the bytes of a `text/event-stream` reply, for callers who fetch them by themselves; [`crate::Client::chat_stream`] does both.
///
/// Bytes may come cut anywhere. Understood are both modes of the protocol (full and concise), all its kinds of pieces, both line
/// ends, comments, unknown fields, a missing `[DONE]` and a missing last line end. Memory is bounded whatever comes: 8 MiB a line and
/// an event, 8 MiB of text in all.
///
/// ```
/// use sonar::StreamReader;
///
/// let mut reader = StreamReader::new();
/// let mut pieces = Vec::new();
/// for bytes in ["data: {\"choices\":[{\"delta\":{\"content\":\"Par", "is.\"},\"finish_reason\":\"stop\"}]}\n\n"] {
///     reader.push(bytes.as_bytes(), &mut pieces)?;
/// }
/// reader.finish(&mut pieces)?;
/// assert_eq!(pieces[0].added_text(), "Paris.");
/// # Ok::<(), sonar::Error>(())
/// ```
#[derive(Default)]
pub struct StreamReader {
    decoder: EventDecoder,
    events: Vec<ServerSentEvent>,
    progress: Progress,
    key: Key,
    ended: bool,
}

impl fmt::Debug for StreamReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamReader")
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

impl StreamReader {
    /// A reader at the beginning of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A reader that keeps a key out of its errors.
    pub(crate) fn hiding(key: Key) -> Self {
        Self {
            key,
            ..Self::default()
        }
    }

    /// Takes the next bytes and appends the pieces they complete. Once the stream has ended, further bytes are not looked at.
    ///
    /// # Errors
    ///
    /// What the service told in the middle of the stream, or [`Error::Unreadable`]. The pieces before it are appended; nothing can
    /// follow.
    pub fn push(&mut self, bytes: &[u8], pieces: &mut Vec<ChatChunk>) -> Result<(), Error> {
        if self.ended {
            return Ok(());
        }
        let fitted = self.decoder.push(bytes, &mut self.events);
        self.read_events(pieces)?;
        match fitted {
            Err(_) if !self.ended => {
                self.ended = true;
                Err(Error::unreadable(
                    "an event longer than the protocol allows",
                ))
            }
            _ => Ok(()),
        }
    }

    /// Whether the stream has said that it is over, or has failed.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// Takes the end of the bytes, and appends the piece that it completes, if it does: some services leave out the last blank line.
    ///
    /// # Errors
    ///
    /// [`Error::Truncated`] when the bytes ended before the answer did: good ends are `[DONE]`, and the end of the bytes after a
    /// piece that gives a finish reason or calls itself done. Else as [`Self::push`].
    pub fn finish(self, pieces: &mut Vec<ChatChunk>) -> Result<(), Error> {
        self.finish_after(None, pieces)
    }

    /// The same, after a connection that was lost. After the last piece that harms nobody.
    pub(crate) fn finish_after(
        mut self,
        lost: Option<BoxError>,
        pieces: &mut Vec<ChatChunk>,
    ) -> Result<(), Error> {
        if self.ended {
            return Ok(());
        }
        // An event that the end cuts in two is malformed, and says nothing of what was before.
        let whole = self.progress.whole();
        self.events
            .extend(std::mem::take(&mut self.decoder).finish());
        self.read_events(pieces)?;
        if self.ended {
            return Ok(());
        }
        self.progress.whole().or(whole)?;
        if self.progress.is_complete() {
            Ok(())
        } else {
            Err(Error::Truncated { source: lost })
        }
    }

    fn read_events(&mut self, pieces: &mut Vec<ChatChunk>) -> Result<(), Error> {
        for event in std::mem::take(&mut self.events) {
            match self.progress.read(&event, &self.key) {
                Ok(Step::Piece(piece)) => pieces.push(*piece),
                Ok(Step::Skip) => {}
                Ok(Step::End) => {
                    self.ended = true;
                    return self.progress.whole();
                }
                Err(error) => {
                    self.ended = true;
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}

/// What an event means for the stream.
enum Step {
    Piece(Box<ChatChunk>),
    Skip,
    End,
}

/// What must be remembered from event to event.
#[derive(Default)]
struct Progress {
    /// The answers that have begun, by their index, and whether they have ended.
    answers: BTreeMap<u32, bool>,
    /// A piece called itself the last.
    done: bool,
    malformed: bool,
    /// The last piece held the whole text.
    repeated: bool,
    text: usize,
}

impl Progress {
    fn read(&mut self, event: &ServerSentEvent, key: &Key) -> Result<Step, Error> {
        if event.data.trim() == "[DONE]" {
            return Ok(Step::End);
        }
        let json = serde_json::from_str::<Value>(&event.data);
        if event.name == "error" || json.as_ref().is_ok_and(is_refusal) {
            return Err(refusal_in_stream(&key.cut_from(event.data.as_bytes())));
        }
        match json.and_then(serde_json::from_value::<ChatChunk>) {
            Ok(piece) => self.keep(piece),
            Err(_) => self.forgive(),
        }
    }

    fn keep(&mut self, piece: ChatChunk) -> Result<Step, Error> {
        for choice in &piece.choices {
            *self.answers.entry(choice.index).or_default() |= choice.finish_reason.is_some();
            let added = choice.delta.as_ref();
            self.text += added.map_or(0, |delta| delta.content.text().len());
        }
        self.done |= piece.is_done();
        self.repeated |= piece.is_last() && !piece.text().is_empty();
        if self.text > TEXT_LIMIT || self.answers.len() > ANSWERS_LIMIT {
            return Err(Error::unreadable(format!(
                "more than {TEXT_LIMIT} bytes of text, or more than {ANSWERS_LIMIT} answers"
            )));
        }
        Ok(Step::Piece(Box::new(piece)))
    }

    /// One malformed piece is skipped, for the last one repeats the whole text; a second one is a lying service.
    fn forgive(&mut self) -> Result<Step, Error> {
        if std::mem::replace(&mut self.malformed, true) {
            return Err(Error::unreadable(
                "pieces of a stream that are not chat completions",
            ));
        }
        Ok(Step::Skip)
    }

    fn is_complete(&self) -> bool {
        let ended = |ended: &bool| *ended;
        self.done || (!self.answers.is_empty() && self.answers.values().all(ended))
    }

    /// A skipped piece may have held text; only a last piece with the whole text makes up for it.
    fn whole(&self) -> Result<(), Error> {
        if self.malformed && !self.repeated {
            return Err(Error::unreadable(
                "a piece of the stream that is no chat completion",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    /// The pieces and how the stream ended, of bytes that arrive in these pieces.
    fn read<'a>(bytes: impl IntoIterator<Item = &'a [u8]>) -> (Vec<ChatChunk>, String) {
        let mut reader = StreamReader::new();
        let mut pieces = Vec::new();
        for bytes in bytes {
            if let Err(error) = reader.push(bytes, &mut pieces) {
                assert!(reader.is_ended());
                return (pieces, format!("{error:?}"));
            }
        }
        let end = reader.finish(&mut pieces);
        (pieces, format!("{end:?}"))
    }

    fn event(piece: &Value) -> String {
        format!("data: {piece}\n\n")
    }

    fn ends_well(stream: &str) -> bool {
        read([stream.as_bytes()]).1 == "Ok(())"
    }

    #[test]
    fn a_concise_stream_is_read_kind_by_kind() {
        let step = json!({ "thought": "Look", "type": "web_search", "web_search": { "search_keywords": ["a"] } });
        let choice = |side: &str, message: Value| json!([{ "index": 0, "finish_reason": null, side: message }]);
        let stream = [
            json!({ "object": "chat.reasoning", "type": "message",
                "choices": choice("delta", json!({ "content": "", "reasoning_steps": [step] })) }),
            json!({ "object": "chat.reasoning.done", "search_results": [{ "title": "A", "url": "https://a.example" }],
                "choices": choice("message", json!({ "content": "", "reasoning_steps": [step, step] })) }),
            json!({ "object": "chat.completion.chunk", "choices": choice("delta", json!({ "content": "So. [1]" })) }),
            json!({ "object": "chat.completion.done", "usage": { "total_tokens": 3 },
                "choices": [{ "index": 0, "finish_reason": "stop", "message": { "content": "So. [1]" } }] }),
        ];
        let stream: String = stream.iter().map(event).collect();
        let (pieces, end) = read([stream.as_bytes()]);
        assert_eq!(end, "Ok(())");
        let told: Vec<_> = pieces
            .iter()
            .map(|piece| {
                let (steps, sources) = (piece.steps().len(), piece.sources().len());
                format!(
                    "{} {steps} {sources} {:?} {:?}",
                    piece.kind(),
                    piece.added_text(),
                    piece.text()
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                r#"chat.reasoning 1 0 "" """#,
                r#"chat.reasoning.done 2 1 "" """#,
                r#"chat.completion.chunk 0 0 "So. [1]" """#,
                r#"chat.completion.done 0 0 "" "So. [1]""#,
            ]
        );
    }

    #[test]
    fn a_kind_from_the_future_is_passed_on() {
        let (pieces, _) = read([event(&json!({ "object": "chat.weather", "mood": 1 })).as_bytes()]);
        assert_eq!(
            pieces[0].kind(),
            crate::ObjectKind::Other("chat.weather".to_owned())
        );
        assert_eq!(pieces[0].extra["mood"], 1);
    }

    #[test]
    fn the_stream_of_several_answers_ends_with_the_last_of_them() {
        let of = |index: u32, text: &str, finish: Value| {
            event(
                &json!({ "choices": [{ "index": index, "delta": { "content": text }, "finish_reason": finish }] }),
            )
        };
        let open = of(0, "A", Value::Null) + &of(1, "B", Value::Null) + &of(0, "a", json!("stop"));
        assert!(!ends_well(&open), "the second answer is cut");
        let whole = open + &of(1, "b", json!("stop"));
        assert!(ends_well(&whole));
        let (pieces, _) = read([whole.as_bytes()]);
        let first: String = pieces.iter().map(ChatChunk::added_text).collect();
        assert_eq!(first, "Aa", "answers are not mixed");
    }

    #[test]
    fn what_follows_a_finish_reason_does_not_undo_it() {
        let finished = event(
            &json!({ "choices": [{ "delta": { "content": "A" }, "finish_reason": "stop" }] }),
        );
        let usage = event(
            &json!({ "choices": [{ "delta": { "content": "" } }], "usage": { "total_tokens": 3 } }),
        );
        assert!(ends_well(&(finished.clone() + &usage)));
        assert!(ends_well(
            &(finished + &event(&json!({ "choices": [], "usage": {} })))
        ));
    }

    #[test]
    fn decorations_of_a_wrong_form_do_not_lose_the_text() {
        let odd = json!({ "created": 1.5, "usage": "none", "images": [{ "width": "wide" }], "related_questions": 7,
            "choices": [{ "delta": { "content": "A", "reasoning_steps": "none" }, "finish_reason": "stop" }] });
        let (pieces, end) = read([event(&odd).as_bytes()]);
        assert_eq!(
            (pieces[0].added_text().as_ref(), end.as_str()),
            ("A", "Ok(())")
        );
    }

    #[test]
    fn bytes_after_the_end_are_not_looked_at() {
        let mut reader = StreamReader::new();
        let mut pieces = Vec::new();
        let bytes = [b"data: [DONE]\n\n".as_slice(), &vec![b'x'; 9 * 1024 * 1024]].concat();
        reader.push(&bytes, &mut pieces).unwrap();
        reader
            .push(b"data: {oops}\n\ndata: {oops}\n\n", &mut pieces)
            .unwrap();
        assert!(reader.is_ended() && pieces.is_empty());
        assert!(reader.finish(&mut pieces).is_ok());
    }

    #[test]
    fn a_flood_of_answers_is_refused() {
        let choices: Vec<Value> = (0..129).map(|index| json!({ "index": index })).collect();
        let (_, end) = read([event(&json!({ "choices": choices })).as_bytes()]);
        assert!(end.contains("Unreadable"), "{end}");
    }

    fn line() -> impl Strategy<Value = String> {
        let chunk = |finish: Value| json!({ "object": "chat.completion.chunk", "choices": [{ "index": 0, "delta": { "content": "é🙂" }, "finish_reason": finish }] });
        let done = json!({ "object": "chat.completion.done", "choices": [{ "message": { "content": "é🙂" } }] });
        prop_oneof![
            4 => Just(format!("data: {}\n\n", chunk(Value::Null))),
            2 => Just(format!("data:{}\r\n\r\n", chunk(json!("stop")))),
            2 => Just(format!("data: {done}\n\n")),
            1 => Just("data: {\"choices\":\ndata: []}\n\n".to_owned()),
            1 => Just("data: [DONE]\n\n".to_owned()),
            1 => Just("data: {\"error\":{\"message\":\"No.\",\"code\":400}}\n\n".to_owned()),
            1 => Just("event: error\ndata: {}\n\n".to_owned()),
            1 => Just(": keep-alive\n\n".to_owned()),
            1 => "(data: ?)?[a-zé{}:\" \r\n]{0,12}",
        ]
    }

    proptest! {
        #[test]
        fn the_network_may_cut_anywhere(
            lines in prop::collection::vec(line(), 0..12),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let stream = lines.concat();
            let bytes = stream.as_bytes();
            let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            ends.extend([0, bytes.len()]);
            ends.sort_unstable();
            let cut = ends.windows(2).map(|ends| &bytes[ends[0]..ends[1]]);
            prop_assert_eq!(read(cut), read([bytes]));
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(read([bytes.as_slice()]), read(bytes.chunks(1)));
        }
    }
}
