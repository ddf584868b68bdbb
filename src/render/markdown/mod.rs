//! Reads the Markdown that models write, with its markers, into a [`Body`]: what Discord shows, and nothing that pings or poses. Cuts nothing.

mod atoms;

mod blocks;

mod code;

mod emphasis;

pub(super) mod escape;

mod inline;

mod markers;

mod math;

mod prepare;

mod reader;

mod tables;

#[cfg(test)]
pub(super) mod generator;

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use pulldown_cmark::{Options, Parser};

use self::inline::Piece;
pub(super) use self::prepare::{Formula, Pairs};
use self::prepare::{Stands, prepare};
use self::reader::Reader;
use super::bibliography::Bibliography;
use super::body::{Body, Style};
use super::link::Link;
use super::safe::clean;
use super::words::Words;

/// The Markdown that models write.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS);

/// Reads a text. Its markers lead to `sources`; `words` are in the language around it.
///
/// Reading what the body writes, with the same sources, gives the same again.
pub(super) fn read(text: &str, sources: &Bibliography<'_>, words: &'static Words) -> Body {
    let hosts = sources.entries().iter();
    let hosts = hosts.filter_map(|entry| entry.link.as_ref().map(Link::host));
    let text = clean(text);
    let (text, stands) = prepare(&text, &|number| sources.entry(number).is_some());
    let mut context = Context {
        sources,
        stands,
        words,
        hosts: hosts.collect(),
        computes: text.contains('`'),
        removed: 0,
    };
    let mut reader = Reader::new(&text);
    for (event, range) in Parser::new_ext(&text, OPTIONS).into_offset_iter() {
        reader.event(event, range, &mut context);
    }
    let blocks = reader.finish(&mut context);
    Body {
        blocks,
        removed: context.removed,
    }
}

/// What a text is read with.
struct Context<'a, 'b> {
    sources: &'b Bibliography<'a>,
    words: &'static Words,
    /// What was taken out of the text before it is read.
    stands: Stands,
    /// The hosts of the sources.
    hosts: HashSet<&'b str>,
    /// Whether code is in the text, so that `x[1]` in its prose is sooner a place in a list than a marker.
    computes: bool,
    /// How many markers were taken out.
    removed: usize,
}

impl Context<'_, '_> {
    fn knows(&self, host: &str) -> bool {
        self.hosts.contains(host)
    }
}

fn in_bold(piece: Piece) -> Piece {
    let bold = |style: Style| Style {
        bold: true,
        ..style
    };
    match piece {
        Piece::Text(text, style) => Piece::Text(text, bold(style)),
        Piece::Fixed(mut fixed) => {
            fixed.style = bold(fixed.style);
            Piece::Fixed(fixed)
        }
        Piece::Break => Piece::Break,
    }
}

fn on_one_line(pieces: Vec<Piece>) -> Vec<Piece> {
    let spaces = |piece| match piece {
        Piece::Break => Piece::Text(" ".to_owned(), Style::default()),
        piece => piece,
    };
    pieces.into_iter().map(spaces).collect()
}
