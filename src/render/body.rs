//! The text of an answer in the pieces that Discord's Markdown is made of: what may be cut, and where, is known before anything is.
//!
//! A [`Body`] is made by reading the Markdown of a model and is written as the Markdown of Discord, which is another one.

use std::collections::BTreeSet;

use unicode_width::UnicodeWidthStr;

/// A whole text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    /// Its blocks, in order.
    pub(super) blocks: Vec<Block>,
    /// How many markers were taken out because no source bears their number.
    pub(super) removed: usize,
}

/// A block and how it stands to the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// Whether an empty line is before it. The first block of a message has none.
    pub(super) apart: bool,
    /// What it is.
    pub(super) kind: Kind,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A paragraph, a heading, a list, a quote: lines, each of which may be cut between its atoms.
    Text(Vec<Line>),
    /// A code block.
    Code(Code),
    /// A table: aligned and kept whole where a message holds it, else its rows as a list.
    Table(Table),
}

/// A line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// What it begins with: `"## "`, `"  - "`, `"> "`. Never cut.
    pub(super) lead: String,
    /// What the rest of it begins with where it was cut: as much white space or `"> "` as keeps it in its list or quote.
    pub(super) continued: String,
    /// What it says.
    pub(super) atoms: Vec<Atom>,
}

/// What is never cut: a word, a link, a marker, a piece of inline code. At most [`Atom::LONGEST`] characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Atom {
    /// As Discord takes it, escapes included and formatting aside. Not empty.
    pub(super) text: String,
    /// How it is formatted.
    pub(super) style: Style,
    /// Whether a space is before it. Without, nothing is cut here where that can be helped: both belong to one word.
    pub(super) spaced: bool,
    /// Whether a sentence ends with it, markers behind it included: then a line is best cut after it.
    pub(super) ends_sentence: bool,
    /// The number of the source that it is a marker of.
    pub(super) cites: Option<u32>,
    /// The number of the source that it is another link to.
    pub(super) links: Option<u32>,
}

impl Atom {
    /// The most characters (code points) of an atom.
    pub(super) const LONGEST: usize = 600;
}

/// The formatting of an atom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    /// `**bold**`.
    pub(super) bold: bool,
    /// `*italic*`.
    pub(super) italic: bool,
    /// `~~struck~~`.
    pub(super) struck: bool,
}

/// A code block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Code {
    /// What each of its lines begins with: `"> "` in a quote, else nothing.
    pub(super) lead: String,
    /// The language that the opening fence names; may be empty.
    pub(super) language: String,
    /// Its lines, without the fences, and with nothing in them that reads as one.
    pub(super) lines: Vec<String>,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    /// It, aligned, without its markers; none when it is too wide for a phone.
    pub(super) aligned: Option<Code>,
    /// What stands below the aligned one: the markers of each row, which nothing in a code block can link. None when it has none.
    pub(super) markers: Option<Line>,
    /// It as a list.
    pub(super) listed: Vec<Line>,
}

/// Invisible, and enough to keep two things apart that Discord would read as one.
pub(super) const GAP: char = '\u{200b}';

/// A sign, and whether a style has it.
type Mark = (&'static str, fn(Style) -> bool);

/// Formatting in the order in which it is opened.
const MARKS: [Mark; 3] = [
    ("**", |style| style.bold),
    ("*", |style| style.italic),
    ("~~", |style| style.struck),
];

/// Atoms being written side by side, one after another.
#[derive(Clone, Debug, Default)]
pub(super) struct Run {
    /// The places in [`MARKS`] of what is open, outermost first.
    open: Vec<usize>,
    begun: bool,
}

impl Run {
    /// Writes the next atom, saying `text`: its own, or what stands for it.
    pub(super) fn push(&mut self, atom: &Atom, text: &str, out: &mut String) {
        let wanted = |mark: &usize| MARKS.get(*mark).is_some_and(|(_, of)| of(atom.style));
        let kept = self.open.iter().take_while(|mark| wanted(mark)).count();
        let closes = self.open.len() > kept;
        let last = out.chars().next_back().unwrap_or(' ');
        write_marks(self.open.drain(kept..).rev(), out);
        let opened = (0..MARKS.len()).filter(|mark| wanted(mark) && !self.open.contains(mark));
        let opened: Vec<usize> = opened.collect();
        if self.begun && atom.spaced {
            out.push(' ');
        } else if self.begun && needs_gap(closes, last, !opened.is_empty(), text) {
            out.push(GAP);
        }
        write_marks(opened.iter().copied(), out);
        self.open.extend(opened);
        self.begun = true;
        out.push_str(text);
    }

    /// How many characters [`Run::close`] writes.
    pub(super) fn closing(&self) -> usize {
        let marks = self.open.iter().filter_map(|mark| MARKS.get(*mark));
        marks.map(|(sign, _)| sign.len()).sum()
    }

    /// Closes what is open, so that any run of atoms reads well by itself.
    pub(super) fn close(mut self, out: &mut String) {
        write_marks(self.open.drain(..).rev(), out);
    }
}

/// Whether marks between `last` and `text` would run into one another, or into a word whose punctuation they would seem to be.
fn needs_gap(closes: bool, last: char, opens: bool, text: &str) -> bool {
    let next = text.chars().next().unwrap_or(' ');
    let abuts =
        |outside: char, inside: char| outside.is_ascii_alphanumeric() && !inside.is_alphanumeric();
    let closes_badly = closes && (opens || abuts(next, last));
    let opens_badly = opens && (abuts(last, next) || last.is_ascii_digit());
    closes_badly || opens_badly
}

fn write_marks(marks: impl Iterator<Item = usize>, out: &mut String) {
    for mark in marks {
        out.push_str(MARKS.get(mark).map_or("", |(sign, _)| sign));
    }
}

/// Writes atoms side by side. Whatever is opened is closed.
#[cfg(any(test, fuzzing))]
pub(super) fn write(atoms: &[Atom], out: &mut String) {
    let mut run = Run::default();
    for atom in atoms {
        run.push(atom, &atom.text, out);
    }
    run.close(out);
}

#[cfg(any(test, fuzzing))]
impl Line {
    /// The line as Discord takes it.
    pub(super) fn write(&self, out: &mut String) {
        out.push_str(&self.lead);
        write(&self.atoms, out);
    }
}

impl Code {
    /// How wide it is, in columns of a fixed width, with what its lines begin with: a wide character takes two.
    pub(super) fn width(&self) -> usize {
        let widest = self.lines.iter().map(|line| line.width()).max();
        self.lead.width() + widest.unwrap_or_default()
    }

    /// The block as Discord takes it.
    pub(super) fn write(&self, out: &mut String) {
        out.push_str(&format!("{}```{}\n", self.lead, self.language));
        for line in &self.lines {
            out.push_str(&format!("{}{line}\n", self.lead));
        }
        out.push_str(&format!("{}```", self.lead));
    }
}

impl Body {
    /// The numbers of the sources that it has markers of, or other links to.
    pub(super) fn cites(&self) -> BTreeSet<u32> {
        let lines = self.blocks.iter().flat_map(|block| match &block.kind {
            Kind::Text(lines) => lines.as_slice(),
            Kind::Code(_) => &[],
            Kind::Table(table) => &table.listed,
        });
        let atoms = lines.flat_map(|line| &line.atoms);
        atoms.filter_map(|atom| atom.cites.or(atom.links)).collect()
    }

    /// The whole text as Discord takes it, were there no limit; aligned tables aligned. What is sent is written part by part.
    #[cfg(any(test, fuzzing))]
    pub(super) fn markdown(&self) -> String {
        let mut out = String::new();
        for block in &self.blocks {
            if !out.is_empty() {
                out.push_str(if block.apart { "\n\n" } else { "\n" });
            }
            match &block.kind {
                Kind::Text(lines) => write_lines(lines.iter(), &mut out),
                Kind::Code(code) => code.write(&mut out),
                Kind::Table(Table {
                    aligned: Some(aligned),
                    markers,
                    ..
                }) => {
                    aligned.write(&mut out);
                    if let Some(markers) = markers {
                        out.push('\n');
                        markers.write(&mut out);
                    }
                }
                Kind::Table(Table { listed, .. }) => write_lines(listed.iter(), &mut out),
            }
        }
        out
    }
}

#[cfg(any(test, fuzzing))]
fn write_lines<'a>(lines: impl Iterator<Item = &'a Line>, out: &mut String) {
    for (place, line) in lines.enumerate() {
        if place > 0 {
            out.push('\n');
        }
        line.write(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atom(text: &str, marks: &str, spaced: bool) -> Atom {
        Atom {
            text: text.to_owned(),
            style: Style {
                bold: marks.contains('b'),
                italic: marks.contains('i'),
                struck: marks.contains('s'),
            },
            spaced,
            ..Atom::default()
        }
    }

    fn check(atoms: &[Atom], expected: &str) {
        let mut out = String::new();
        write(atoms, &mut out);
        assert_eq!(out, expected);
    }

    #[test]
    fn any_run_of_atoms_closes_what_it_opens() {
        let atoms = [
            atom("Tea", "", false),
            atom("is", "b", true),
            atom("very", "bi", true),
            atom("old", "i", true),
        ];
        check(&atoms, "Tea **is *very*** *old*");
        check(&atoms[..3], "Tea **is *very***");
        check(&atoms[2..], "***very*** *old*");
    }

    #[test]
    fn formatting_that_abuts_is_kept_apart() {
        check(
            &[atom("a", "b", false), atom("b", "i", false)],
            "**a**\u{200b}*b*",
        );
        check(&[atom("a", "s", false), atom("b", "", false)], "~~a~~b");
    }
}
