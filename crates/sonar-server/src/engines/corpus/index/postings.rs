//! Which passages hold a token, as bytes: distances from one to the next, each with a count. Knows no token.

/// One passage that holds a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) passage: u32,
    /// How often, in halves.
    pub(crate) halves: u8,
}

/// The passages that hold one token, as they come in ascending order.
#[derive(Default)]
pub(super) struct Postings {
    /// The one that came last.
    last: u32,
    /// How many they are.
    pub(super) passages: u32,
    pub(super) bytes: Vec<u8>,
}

impl Postings {
    /// The distance to the passage before as a number of seven-bit groups, then the count.
    pub(super) fn push(&mut self, passage: u32, halves: u8) {
        let mut distance = passage - self.last;
        while distance >= 0x80 {
            self.bytes.push(distance as u8 | 0x80);
            distance >>= 7;
        }
        self.bytes.push(distance as u8);
        self.bytes.push(halves);
        self.last = passage;
        self.passages += 1;
    }
}

/// The postings in `bytes`; a piece that is cut off at the end is left out.
pub(super) fn decode(bytes: &[u8]) -> Vec<Posting> {
    let mut postings = Vec::with_capacity(bytes.len() / 2);
    let mut bytes = bytes.iter();
    let mut passage = 0_u32;
    let (mut distance, mut shift) = (0_u32, 0_u32);
    while let Some(&byte) = bytes.next() {
        distance |= u32::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        shift += 7;
        if byte & 0x80 == 0 {
            let Some(&halves) = bytes.next() else { break };
            passage = passage.saturating_add(distance);
            postings.push(Posting { passage, halves });
            (distance, shift) = (0, 0);
        }
    }
    postings
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_pushed_is_read_back(passages in proptest::collection::btree_map(any::<u32>(), any::<u8>(), 0..50)) {
            let mut postings = Postings::default();
            for (passage, halves) in &passages {
                postings.push(*passage, *halves);
            }
            let read: Vec<(u32, u8)> = decode(&postings.bytes).iter().map(|one| (one.passage, one.halves)).collect();
            prop_assert_eq!(postings.passages as usize, read.len());
            prop_assert_eq!(read, passages.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn any_bytes_can_be_read(bytes: Vec<u8>) {
            prop_assert!(decode(&bytes).len() <= bytes.len() / 2);
        }
    }
}
