//! Server-sent events from bytes that arrive in any pieces. Must not know what the events mean, nor wait for anything.

/// Longest line kept, in bytes. One line is one piece of an answer with its sources. A fuzzer gets small limits, to reach them.
pub(crate) const LINE_LIMIT: usize = if cfg!(fuzzing) { 1024 } else { 8 * 1024 * 1024 };
/// Longest event kept, in bytes, all its `data` lines together.
pub(crate) const EVENT_LIMIT: usize = if cfg!(fuzzing) { 1536 } else { 8 * 1024 * 1024 };

/// One server-sent event that carries data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerSentEvent {
    /// The `event:` field, empty when there is none.
    pub name: String,
    /// The `data:` fields, joined by line breaks.
    pub data: String,
}

/// A line or an event is longer than any service sends: 8 MiB.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is longer than 8 MiB")]
pub struct TooLong;

/// Reads server-sent events from bytes that come cut anywhere, whatever they mean. Memory is bounded: 8 MiB a line and an event.
///
/// Text is decoded only when a line is complete, because the network cuts letters in two.
#[derive(Debug, Default)]
pub struct EventDecoder {
    line: Vec<u8>,
    name: String,
    data: Option<String>,
    past_first_line: bool,
}

impl EventDecoder {
    /// Takes the next bytes and appends the events they complete to `events`.
    ///
    /// # Errors
    ///
    /// [`TooLong`] when a line or an event passes its limit; the stream is of no further use then.
    pub fn push(&mut self, bytes: &[u8], events: &mut Vec<ServerSentEvent>) -> Result<(), TooLong> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, ends) = match piece.split_last() {
                Some((b'\n', text)) => (text, true),
                _ => (piece, false),
            };
            if self.line.len() + text.len() > LINE_LIMIT {
                return Err(TooLong);
            }
            self.line.extend_from_slice(text);
            if ends {
                events.extend(self.end_line()?);
            }
        }
        Ok(())
    }

    /// The event that stands unfinished when the bytes end, if any: some services leave out the last blank line.
    #[must_use]
    pub fn finish(mut self) -> Option<ServerSentEvent> {
        if !self.line.is_empty() {
            self.end_line().ok()?;
        }
        self.end_event()
    }

    fn end_line(&mut self) -> Result<Option<ServerSentEvent>, TooLong> {
        let bytes = std::mem::take(&mut self.line);
        let decoded = String::from_utf8_lossy(&bytes);
        let mut line = decoded.strip_suffix('\r').unwrap_or(&decoded);
        if !std::mem::replace(&mut self.past_first_line, true) {
            line = line.strip_prefix('\u{feff}').unwrap_or(line);
        }
        if line.is_empty() {
            return Ok(self.end_event());
        }
        self.field(line)?;
        Ok(None)
    }

    /// Keeps a field. A line that begins with a colon is a comment: its field has no name and falls through.
    fn field(&mut self, line: &str) -> Result<(), TooLong> {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                None => self.data = Some(value.to_owned()),
                Some(data) if data.len() + value.len() >= EVENT_LIMIT => return Err(TooLong),
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
            },
            _ => {}
        }
        Ok(())
    }

    fn end_event(&mut self) -> Option<ServerSentEvent> {
        let name = std::mem::take(&mut self.name);
        self.data.take().map(|data| ServerSentEvent { name, data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<ServerSentEvent> {
        let mut decoder = EventDecoder::default();
        let mut events = Vec::new();
        for piece in pieces {
            decoder.push(piece, &mut events).unwrap();
        }
        events.extend(decoder.finish());
        events
    }

    fn check(stream: &str, expected: &[(&str, &str)]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, data)| ServerSentEvent {
                name: (*name).to_owned(),
                data: (*data).to_owned(),
            })
            .collect();
        assert_eq!(decode([stream.as_bytes()]), expected, "{stream:?}");
    }

    #[test]
    fn every_way_to_write_an_event_is_read() {
        check("data: a\n\ndata: b\n\n", &[("", "a"), ("", "b")]);
        check("data:a\r\n\r\n", &[("", "a")]);
        check("data: {\ndata: }\n\n", &[("", "{\n}")]);
        check(": keep-alive\n\ndata: a\n\n", &[("", "a")]);
        check(
            "id: 7\nretry: 10\nnew: x\nevent: error\ndata: a\n\n",
            &[("error", "a")],
        );
        check("event: error\n\ndata: a\n\n", &[("", "a")]);
        check("data\n\n", &[("", "")]);
        check("data:  two spaces\n\n", &[("", " two spaces")]);
        check("\u{feff}data: a\n\n", &[("", "a")]);
        check("\n\n\n", &[]);
    }

    #[test]
    fn the_last_blank_line_may_be_missing() {
        check("data: a\n\ndata: b\n", &[("", "a"), ("", "b")]);
        check("data: a\n\ndata: b", &[("", "a"), ("", "b")]);
    }

    #[test]
    fn a_line_without_end_is_refused_before_memory_is() {
        let mut decoder = EventDecoder::default();
        let mut events = Vec::new();
        let piece = vec![b'x'; LINE_LIMIT / 4];
        for _ in 0..4 {
            assert_eq!(decoder.push(&piece, &mut events), Ok(()));
        }
        assert_eq!(decoder.push(b"x", &mut events), Err(TooLong));
    }

    #[test]
    fn an_event_without_end_is_refused_too() {
        let mut decoder = EventDecoder::default();
        let mut events = Vec::new();
        let line = format!("data: {}\n", "x".repeat(LINE_LIMIT / 2));
        let refused = (0..17).find_map(|_| decoder.push(line.as_bytes(), &mut events).err());
        assert_eq!(refused, Some(TooLong));
    }

    fn line() -> impl Strategy<Value = String> {
        prop_oneof![
            "data: ?[a-zé🙂{}:\" ]{0,12}",
            "event: [a-z]{0,5}",
            ": ?[a-z]{0,5}",
            Just(String::new()),
            "[a-zé: ]{0,8}",
        ]
    }

    proptest! {
        #[test]
        fn the_network_may_cut_anywhere(
            lines in prop::collection::vec((line(), any::<bool>()), 0..20),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let stream: String = lines
                .iter()
                .map(|(line, crlf)| format!("{line}{}", if *crlf { "\r\n" } else { "\n" }))
                .collect();
            let bytes = stream.as_bytes();
            let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            ends.push(bytes.len());
            ends.sort_unstable();
            let mut from = 0;
            let pieces: Vec<&[u8]> = ends
                .iter()
                .map(|end| {
                    let piece = &bytes[from..*end];
                    from = *end;
                    piece
                })
                .collect();
            prop_assert_eq!(decode(pieces), decode([bytes]));
        }
    }
}
