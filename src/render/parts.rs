//! Cuts a text into parts that Discord takes. Loses nothing, doubles nothing, changes no word.
//!
//! A part ends between blocks where it can, else between lines, sentences, words; never within an atom. What formatting and code it opens
//! it closes, and the next one opens it again.

use super::body::Body;
use super::filling::{Filled, Unit, fill, units};
use super::source_list::SourceList;

/// How full a part has to be at a good place to end, in percent, so that no worse one is taken.
const FULL_ENOUGH: usize = 50;

/// The same where such parts do not hold the whole text.
const FULLER: usize = 85;

/// How much parts hold, in characters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room<'a> {
    /// The most characters of a part.
    pub(super) limit: usize,
    /// How many of them stand before the text of the first.
    pub(super) head: usize,
    /// How many stand behind the text of the last.
    pub(super) tail: usize,
    /// How many more do when it is not the whole text that ends there.
    pub(super) unfinished: usize,
    /// The most parts.
    pub(super) parts: usize,
    /// The list of its sources that stands below each part; none where there is no such list.
    pub(super) list: Option<&'a SourceList>,
}

/// A part of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// It, as Discord takes it, without the list of its sources.
    pub(super) text: String,
    /// The numbers of the sources that it cites, in their order.
    pub(super) cites: Vec<u32>,
}

/// A text in parts.
#[derive(Debug)]
pub(super) struct Cut<'a> {
    /// Each within its room. Empty for an empty text.
    pub(super) parts: Vec<Part>,
    /// What they do not hold; empty when they hold it all.
    pub(super) rest: Vec<Unit<'a>>,
}

/// Cuts a text into parts, as few as its best places allow.
pub(super) fn cut<'a>(body: &'a Body, room: &Room<'_>) -> Cut<'a> {
    // Whatever part a table gets into, it is whole there.
    let smallest = room.limit - room.head.max(room.tail + room.unfinished);
    let units = units(body, smallest, room.list);
    let (parts, left) = pack(&units, room, FULL_ENOUGH);
    if left.is_empty() {
        let rest = Vec::new();
        return Cut { parts, rest };
    }
    let (parts, left) = pack(&units, room, FULLER);
    let rest = left.to_vec();
    Cut { parts, rest }
}

/// The parts, and what they do not hold.
fn pack<'u, 'a>(
    units: &'u [Unit<'a>],
    room: &Room<'_>,
    full_enough: usize,
) -> (Vec<Part>, &'u [Unit<'a>]) {
    let mut parts = Vec::new();
    let mut left = units;
    while !left.is_empty() && parts.len() < room.parts {
        let limit = room.limit - if parts.is_empty() { room.head } else { 0 };
        let is_last = parts.len() + 1 == room.parts;
        let to_the_end = fill(left, limit - room.tail, full_enough, room.list);
        let Filled { part, units } = if to_the_end.units == left.len() {
            to_the_end
        } else if is_last {
            let limit = limit - room.tail - room.unfinished;
            fill(left, limit, full_enough, room.list)
        } else {
            let filled = fill(left, limit, full_enough, room.list);
            // All of the text fits, and what stands behind it does not.
            if filled.units == left.len() {
                to_the_end
            } else {
                filled
            }
        };
        left = left.get(units..).unwrap_or_default();
        parts.push(part);
    }
    (parts, left)
}
