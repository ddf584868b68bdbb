//! Any bytes, cut anywhere, are the same stream: same pieces, same end, no panic, no memory without bound. Run by `.ci/fuzz`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sonar::{ChatChunk, StreamReader};

/// The reader's limit on the text of a stream when it is built for fuzzing.
const TEXT_LIMIT: usize = 64;

// The first byte says how the rest is cut: 0 byte by byte, n into pieces of n and then of 1, 2, 3 … bytes in turn.
fuzz_target!(|data: &[u8]| {
    let Some((cut, stream)) = data.split_first() else {
        return;
    };
    let whole = read(std::iter::once(stream));
    let cut = read(Cut {
        rest: stream,
        next: usize::from(*cut).max(1),
        step: usize::from(*cut != 0),
    });
    assert_eq!(whole, cut, "the cut changes the answer");

    let (pieces, _) = whole;
    let text: usize = pieces.iter().map(|piece| piece.added_text().len()).sum();
    assert!(text <= TEXT_LIMIT, "more text than the reader allows");
    for piece in &pieces {
        let _ = (
            piece.kind(),
            piece.text(),
            piece.sources(),
            piece.steps(),
            piece.is_last(),
        );
    }
});

/// The pieces that come of the bytes, and how the stream ended.
fn read<'a>(bytes: impl Iterator<Item = &'a [u8]>) -> (Vec<ChatChunk>, String) {
    let mut reader = StreamReader::new();
    let mut pieces = Vec::new();
    for bytes in bytes {
        if let Err(error) = reader.push(bytes, &mut pieces) {
            assert!(reader.is_ended(), "an error that does not end the stream");
            return (pieces, format!("{error:?}"));
        }
    }
    let end = reader.finish(&mut pieces);
    (pieces, format!("{end:?}"))
}

struct Cut<'a> {
    rest: &'a [u8],
    next: usize,
    step: usize,
}

impl<'a> Iterator for Cut<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let (piece, rest) = self.rest.split_at(self.next.min(self.rest.len()));
        self.rest = rest;
        self.next = if self.step == 0 {
            1
        } else {
            self.next % 7 + self.step
        };
        Some(piece)
    }
}
