//! Fills one part with as much of a text as it holds, up to the best place to end. Knows how everything is written, never how many parts there are.

use std::borrow::Cow;

use super::body::{Atom, Block, Body, Code, Kind, Line, Run, Table};
use super::graphemes::pieces;
use super::parts::Part;
use super::source_list::{Listed, SourceList};

/// The most characters of a piece of a line of code: where a line has to be cut, it is cut between two.
const CODE_PIECE: usize = 400;

/// The most characters that a line begins with. What is deeper in lists than this begins with nothing.
const LONGEST_LEAD: usize = 100;

/// The smallest piece of a text: never cut, and written in one go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit<'a> {
    what: What<'a>,
    before: Before,
    behind: Place,
}

#[derive(Clone, Copy, Debug)]
enum What<'a> {
    /// A line without anything in it.
    Nothing(&'a Line),
    Atom(&'a Atom, &'a Line),
    /// A piece of a line of code.
    Code(&'a str, &'a Code),
    /// An aligned table and what stands below it.
    Table(&'a Code, Option<&'a Line>),
}

/// What is before a unit, unless the part begins with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// Its line begins earlier.
    Nothing,
    /// The end of another line.
    Line,
    /// The end of another block, and an empty line where they stand apart.
    Block { apart: bool },
}

/// How good it is to end a part behind a unit, the better the later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// What stands under this heading would stand without it, or without all of it.
    Heading,
    Atom,
    Word,
    Sentence,
    Line,
    Block,
}

/// Every unit of a text. A table is whole where it fits into `smallest` characters with the headings above it and is at most `columns` wide,
/// else its rows are a list.
pub(super) fn units<'a>(
    body: &'a Body,
    smallest: usize,
    columns: usize,
    list: Option<&SourceList>,
) -> Vec<Unit<'a>> {
    let mut units: Vec<Unit<'a>> = Vec::new();
    // Where the headings begin that are not yet followed by anything.
    let mut headed_from = 0;
    for Block { apart, kind } in &body.blocks {
        if let Some(last) = units
            .last_mut()
            .filter(|last| last.behind == Place::Block && !apart)
        {
            last.behind = Place::Line;
        }
        if units
            .last()
            .is_none_or(|last| last.behind != Place::Heading)
        {
            headed_from = units.len();
        }
        let before = Before::Block { apart: *apart };
        match kind {
            Kind::Text(lines) => text(lines, before, &mut units),
            Kind::Code(block) => code(block, before, &mut units),
            Kind::Table(Table {
                aligned,
                markers,
                listed,
            }) => {
                let begins = units.len();
                let aligned = aligned.as_ref().filter(|code| code.width() <= columns);
                if let Some(aligned) = aligned {
                    units.push(Unit {
                        what: What::Table(aligned, markers.as_ref()),
                        before,
                        behind: Place::Block,
                    });
                }
                let with_headings = units.get(headed_from..).unwrap_or_default();
                if aligned.is_none() || !fits(with_headings, smallest, list) {
                    units.truncate(begins);
                    text(listed, before, &mut units);
                }
            }
        }
    }
    if let Some(last) = units.last_mut() {
        last.behind = Place::Block;
    }
    units
}

fn text<'a>(lines: &'a [Line], before: Before, units: &mut Vec<Unit<'a>>) {
    for (place, line) in lines.iter().enumerate() {
        let begins = if place == 0 { before } else { Before::Line };
        let ends = match place + 1 == lines.len() {
            _ if is_heading(line, lines) => Place::Heading,
            // What it leads to follows.
            _ if line
                .atoms
                .last()
                .is_some_and(|atom| atom.text.ends_with([':', '：'])) =>
            {
                Place::Word
            }
            true => Place::Block,
            false => Place::Line,
        };
        if line.atoms.is_empty() {
            units.push(Unit {
                what: What::Nothing(line),
                before: begins,
                behind: ends,
            });
        }
        for (place, atom) in line.atoms.iter().enumerate() {
            units.push(Unit {
                what: What::Atom(atom, line),
                before: if place == 0 { begins } else { Before::Nothing },
                behind: match line.atoms.get(place + 1) {
                    // Half a heading heads nothing.
                    Some(next) if ends != Place::Heading => between(atom, next),
                    _ => ends,
                },
            });
        }
    }
}

/// A heading, or the bold line that stands for a deeper one.
fn is_heading(line: &Line, block: &[Line]) -> bool {
    let all_bold = || line.atoms.iter().all(|atom| atom.style.bold);
    line.lead.starts_with('#')
        || (block.len() == 1 && line.lead.is_empty() && !line.atoms.is_empty() && all_bold())
}

fn between(atom: &Atom, next: &Atom) -> Place {
    // A marker belongs to the sentence before it.
    if next.cites.is_some() {
        Place::Atom
    } else if atom.ends_sentence {
        Place::Sentence
    } else if next.spaced {
        Place::Word
    } else {
        Place::Atom
    }
}

fn code<'a>(code: &'a Code, before: Before, units: &mut Vec<Unit<'a>>) {
    let begins = units.len();
    for line in &code.lines {
        for (place, piece) in pieces(line, CODE_PIECE).into_iter().enumerate() {
            units.push(Unit {
                what: What::Code(piece, code),
                before: if place == 0 {
                    Before::Line
                } else {
                    Before::Nothing
                },
                behind: Place::Atom,
            });
        }
        if let Some(last) = units.last_mut() {
            last.behind = Place::Line;
        }
    }
    if code.lines.is_empty() {
        units.push(Unit {
            what: What::Code("", code),
            before,
            behind: Place::Block,
        });
    }
    if let Some(first) = units.get_mut(begins) {
        first.before = before;
    }
    if let Some(last) = units.last_mut() {
        last.behind = Place::Block;
    }
}

/// A filled part.
#[derive(Debug)]
pub(super) struct Filled {
    /// It.
    pub(super) part: Part,
    /// How many units it holds, at least one if there is one.
    pub(super) units: usize,
}

/// Where a part can end.
struct End {
    units: usize,
    /// How much was written by then, in bytes, and what closes it.
    written: usize,
    closing: String,
    cites: usize,
}

/// Writes as many units as fit into `limit` characters with the list of their sources, up to the best place to end. A part that is less than
/// `full_enough` percent full ends only where it has to.
pub(super) fn fill(
    units: &[Unit<'_>],
    limit: usize,
    full_enough: usize,
    list: Option<&SourceList>,
) -> Filled {
    let mut writing = Writing::default();
    let mut ends = Ends::default();
    for (place, unit) in units.iter().enumerate() {
        writing.push(unit, Markers::Links, list);
        let length = writing.length(list);
        if length > limit && place > 0 {
            break;
        }
        let end = writing.end(place + 1);
        if place + 1 == units.len() {
            ends.whole = Some(end);
        } else {
            ends.note(end, unit.behind, length * 100 >= limit * full_enough);
        }
    }
    match ends.best() {
        Some(end) => writing.up_to(&end),
        None => Filled {
            part: Part::default(),
            units: 0,
        },
    }
}

/// Whether all of these fit into one part.
fn fits(units: &[Unit<'_>], limit: usize, list: Option<&SourceList>) -> bool {
    let mut writing = Writing::default();
    units.iter().all(|unit| {
        writing.push(unit, Markers::Links, list);
        writing.length(list) <= limit
    })
}

/// Writes units with their markers as footnotes: all, or as many as begin within so many bytes.
pub(super) fn in_footnotes(units: &[Unit<'_>], bytes: usize) -> Filled {
    let mut writing = Writing::default();
    let mut written = 0;
    for unit in units {
        if writing.out.len() >= bytes {
            break;
        }
        writing.push(unit, Markers::Footnotes, None);
        written += 1;
    }
    let end = writing.end(written);
    writing.up_to(&end)
}

/// The places at which a part can end: of each kind the last.
#[derive(Default)]
struct Ends {
    whole: Option<End>,
    /// Of a part that is full enough, by [`Place`].
    full: [Option<End>; 6],
    /// Of one that is not.
    scant: Option<End>,
    /// The same behind a heading.
    heading: Option<End>,
}

impl Ends {
    fn note(&mut self, end: End, place: Place, is_full: bool) {
        if place == Place::Heading {
            self.heading = Some(end);
        } else if !is_full {
            self.scant = Some(end);
        } else if let Some(last) = self.full.get_mut(place as usize) {
            *last = Some(end);
        }
    }

    fn best(self) -> Option<End> {
        let full = self.full.into_iter().rev().flatten().next();
        self.whole.or(full).or(self.scant).or(self.heading)
    }
}

#[derive(Clone, Copy)]
enum Markers {
    /// As they are.
    Links,
    /// `[^n]`, for what is not Discord's Markdown.
    Footnotes,
}

/// A part as it is being written.
#[derive(Default)]
struct Writing<'a, 'l> {
    out: String,
    /// The characters of it.
    length: usize,
    /// What is open: a line of text, or a block of code.
    run: Option<Run>,
    code: Option<&'a Code>,
    cites: Vec<u32>,
    listed: Listed<'l>,
    /// How much white space the lines of this block begin with in vain, since the part begins deep in a list.
    indented: usize,
}

impl<'a, 'l> Writing<'a, 'l> {
    fn push(&mut self, unit: &Unit<'a>, markers: Markers, list: Option<&'l SourceList>) {
        let written = self.out.len();
        let begins = self.out.is_empty();
        let is_open = match unit.what {
            What::Code(..) => self.code.is_some() && !matches!(unit.before, Before::Block { .. }),
            _ => unit.before == Before::Nothing && !begins,
        };
        if !is_open {
            self.close();
        }
        if !begins {
            self.out.push_str(match unit.before {
                Before::Nothing => "",
                Before::Line | Before::Block { apart: false } => "\n",
                Before::Block { apart: true } => "\n\n",
            });
        }
        if matches!(unit.before, Before::Block { .. }) {
            self.indented = 0;
        }
        match unit.what {
            What::Nothing(line) => self.lead(&line.lead, begins),
            What::Atom(atom, line) => self.atom(atom, line, unit.before, begins, markers),
            What::Code(piece, code) => self.code(piece, code, is_open, unit.before),
            What::Table(aligned, below) => self.table(aligned, below, markers),
        }
        for number in unit.cites(markers) {
            if !self.cites.contains(&number) {
                self.cites.push(number);
                if let Some(list) = list {
                    list.count(number, &mut self.listed);
                }
            }
        }
        self.length += self.out.get(written..).map_or(0, |new| new.chars().count());
    }

    /// What a line begins with. White space before the first line of a message is not shown, so that what is beside it has to lose as much.
    fn lead(&mut self, lead: &str, begins: bool) {
        let lead = if lead.len() > LONGEST_LEAD { "" } else { lead };
        let shown = lead.trim_start_matches(' ');
        let indented = lead.len() - shown.len();
        self.indented = if begins {
            indented
        } else {
            indented.min(self.indented)
        };
        self.out
            .push_str(lead.get(self.indented..).unwrap_or(shown));
    }

    fn atom(&mut self, atom: &Atom, line: &Line, before: Before, begins: bool, markers: Markers) {
        let goes_on = before == Before::Nothing;
        if begins || !goes_on {
            self.lead(if goes_on { &line.continued } else { &line.lead }, begins);
        }
        let text = match (markers, atom.cites) {
            (Markers::Footnotes, Some(number)) => Cow::Owned(format!("[^{number}]")),
            (Markers::Footnotes, None)
                if atom.text.starts_with(':') && begins_with_footnote(&self.out) =>
            {
                Cow::Owned(format!("\\{}", atom.text))
            }
            _ if begins && goes_on => at_line_start(&atom.text),
            _ => Cow::Borrowed(atom.text.as_str()),
        };
        let run = self.run.get_or_insert_default();
        run.push(atom, &text, &mut self.out);
    }

    fn code(&mut self, piece: &str, code: &'a Code, is_open: bool, before: Before) {
        if !is_open {
            self.out
                .push_str(&format!("{}```{}\n{}", code.lead, code.language, code.lead));
            self.code = Some(code);
        } else if before == Before::Line {
            self.out.push_str(&code.lead);
        }
        self.out.push_str(piece);
    }

    fn table(&mut self, aligned: &Code, below: Option<&Line>, markers: Markers) {
        aligned.write(&mut self.out);
        if let Some(line) = below {
            self.out.push('\n');
            for (place, atom) in line.atoms.iter().enumerate() {
                let before = if place == 0 {
                    Before::Line
                } else {
                    Before::Nothing
                };
                self.atom(atom, line, before, false, markers);
            }
            self.close();
        }
    }

    fn closing(&self) -> String {
        match (&self.run, self.code) {
            (Some(run), _) => {
                let mut closing = String::new();
                run.clone().close(&mut closing);
                closing
            }
            (None, Some(code)) => format!("\n{}```", code.lead),
            (None, None) => String::new(),
        }
    }

    fn close(&mut self) {
        let closing = self.closing();
        self.out.push_str(&closing);
        (self.run, self.code) = (None, None);
    }

    /// The characters of the part, were it to end here.
    fn length(&self, list: Option<&SourceList>) -> usize {
        let closing = match (&self.run, self.code) {
            (Some(run), _) => run.closing(),
            (None, Some(code)) => "\n```".len() + code.lead.chars().count(),
            (None, None) => 0,
        };
        self.length + closing + list.map_or(0, |list| list.length(&self.listed))
    }

    fn end(&self, units: usize) -> End {
        End {
            units,
            written: self.out.len(),
            closing: self.closing(),
            cites: self.cites.len(),
        }
    }

    fn up_to(mut self, end: &End) -> Filled {
        self.out.truncate(end.written);
        self.out.push_str(&end.closing);
        self.cites.truncate(end.cites);
        self.cites.sort_unstable();
        Filled {
            part: Part {
                text: self.out,
                cites: self.cites,
            },
            units: end.units,
        }
    }
}

impl Unit<'_> {
    /// The numbers of the sources that it has markers of, or other links to; a footnote is needed for the first alone.
    fn cites(&self, markers: Markers) -> impl Iterator<Item = u32> {
        let atoms = match self.what {
            What::Atom(atom, _) => std::slice::from_ref(atom),
            What::Table(_, Some(below)) => below.atoms.as_slice(),
            What::Nothing(_) | What::Code(..) | What::Table(_, None) => &[],
        };
        let links = matches!(markers, Markers::Links);
        atoms
            .iter()
            .filter_map(move |atom| atom.cites.or(atom.links.filter(|_| links)))
    }
}

/// Whether the last line is the sign of a footnote and nothing else: with a colon behind it, it would say what the footnote does.
fn begins_with_footnote(written: &str) -> bool {
    let line = written.rsplit('\n').next().unwrap_or_default();
    let is_lead = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '>' | '-' | '.');
    let sign = line.trim_start_matches(is_lead).strip_prefix("[^");
    sign.is_some_and(|sign| sign.trim_start_matches(|c: char| c.is_ascii_digit()) == "]")
}

/// A text that was within a line and now begins one, where it must not be taken for a heading, a quote or a list.
fn at_line_start(text: &str) -> Cow<'_, str> {
    if text.starts_with(['#', '>', '-', '+']) {
        return Cow::Owned(format!("\\{text}"));
    }
    let behind = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if behind.len() < text.len() && behind.starts_with(['.', ')']) {
        let digits = text.strip_suffix(behind).unwrap_or_default();
        return Cow::Owned(format!("{digits}\\{behind}"));
    }
    Cow::Borrowed(text)
}
