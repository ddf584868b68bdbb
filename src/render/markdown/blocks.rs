//! The blocks of a text as they are written: what each line begins with, and where an empty line is needed to keep two blocks apart.

use crate::render::body::{Atom, Block, Code, Kind, Line, Table};

/// The most levels of a list; deeper ones are written as the last.
const DEEPEST: usize = 5;

/// The highest number of an item that Markdown takes.
const HIGHEST: u64 = 999_999_999;

/// What a block borders on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Edge {
    /// The beginning.
    #[default]
    Start,
    /// A paragraph.
    Paragraph,
    /// A heading.
    Heading,
    /// A bold line that stands for a heading.
    Bold,
    /// A list.
    List,
    /// A code block.
    Code,
    /// A quote.
    Quote,
    /// A table, whatever it is written as.
    Table,
}

/// The blocks of one text: of the whole, of a quote, of a footnote.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    pub(super) done: Vec<Block>,
    /// What the first one is.
    first: Edge,
    /// What the last one is.
    edge: Edge,
    /// The lists that the last line is in, as they are written, outermost first.
    lists: Vec<Written>,
    /// Whether footnotes follow already.
    noted: bool,
    /// What a line begins with that goes on with the last item.
    continued: String,
}

/// A list as it is written.
#[derive(Clone, Copy, Debug)]
struct Written {
    /// The number of the next item; none for a list without numbers.
    next: Option<u64>,
}

impl Blocks {
    /// Whether nothing was written yet.
    pub(super) fn is_empty(&self) -> bool {
        self.done.is_empty()
    }

    /// Whether the last thing written is a list, which a line can go on with.
    pub(super) fn in_list(&self) -> bool {
        self.edge == Edge::List && !self.lists.is_empty()
    }

    /// Adds a paragraph. `blank` says whether the source has an empty line before it.
    pub(super) fn paragraph(&mut self, lines: Vec<Vec<Atom>>, blank: bool) {
        let lines = lines.into_iter().map(|atoms| Line {
            atoms,
            ..Line::default()
        });
        self.add(Edge::Paragraph, blank, Kind::Text(lines.collect()));
    }

    /// Adds a heading of level 1 to 3.
    pub(super) fn heading(&mut self, level: usize, atoms: Vec<Atom>) {
        let line = Line {
            lead: format!("{} ", "#".repeat(level)),
            continued: String::new(),
            atoms,
        };
        self.add(Edge::Heading, true, Kind::Text(vec![line]));
    }

    /// Adds a bold line that stands for a deeper heading.
    pub(super) fn bold(&mut self, atoms: Vec<Atom>) {
        let line = Line {
            atoms,
            ..Line::default()
        };
        self.add(Edge::Bold, true, Kind::Text(vec![line]));
    }

    /// Adds a code block.
    pub(super) fn code(&mut self, code: Code, blank: bool) {
        self.add(Edge::Code, blank, Kind::Code(code));
    }

    /// Adds a table.
    pub(super) fn table(&mut self, table: Table, blank: bool) {
        // It may be written as a list later, and then goes on with the one before it.
        let is_list = table.aligned.is_none();
        let follows = is_list && self.edge == Edge::List;
        // What heads the list would go on with the last item.
        let headed = table
            .listed
            .first()
            .is_some_and(|line| line.lead.is_empty());
        let continued = table
            .listed
            .last()
            .map_or_else(String::new, |line| line.continued.clone());
        let blank = if follows { headed } else { blank };
        self.add(Edge::Table, blank, Kind::Table(table));
        if is_list {
            self.edge = Edge::List;
            // Two spaces a level.
            self.lists = vec![Written { next: None }; continued.len() / 2];
            self.continued = continued;
        }
    }

    /// Adds the blocks of a footnote; where it can, on the line below the last.
    pub(super) fn append(&mut self, note: Blocks) {
        let joins = self.noted && self.edge == Edge::Paragraph && note.first == Edge::Paragraph;
        let apart = !joins && !matches!(self.edge, Edge::Start | Edge::Heading);
        self.noted = true;
        for (place, block) in note.done.into_iter().enumerate() {
            let apart = if place == 0 { apart } else { block.apart };
            self.done.push(Block { apart, ..block });
            self.edge = note.edge;
        }
    }

    /// Adds the blocks of a quote.
    pub(super) fn quote(&mut self, quoted: Blocks, blank: bool) {
        let mut blank = blank;
        let mut kinds: Vec<Kind> = Vec::new();
        for (place, block) in quoted.done.into_iter().enumerate() {
            let mut lines = Vec::new();
            if block.apart && place > 0 {
                lines.push(Line {
                    lead: QUOTE.to_owned(),
                    ..Line::default()
                });
            }
            match block.kind {
                Kind::Text(text) => lines.extend(text.into_iter().map(in_quote)),
                Kind::Code(code) => {
                    push_lines(lines, &mut kinds);
                    lines = Vec::new();
                    kinds.push(Kind::Code(code_in_quote(code)));
                }
                Kind::Table(table) => {
                    push_lines(lines, &mut kinds);
                    lines = Vec::new();
                    kinds.push(Kind::Table(table_in_quote(table)));
                }
            }
            push_lines(lines, &mut kinds);
        }
        let mut first = true;
        for kind in kinds {
            if first {
                self.add(Edge::Quote, blank, kind);
            } else {
                self.done.push(Block { apart: false, kind });
            }
            first = false;
            blank = false;
        }
    }

    /// Adds an item of a list that is nested this deep, or goes on with one.
    ///
    /// `number` is that of the item, none in a list without numbers. Returns whether what is nested in it may be indented.
    pub(super) fn item(
        &mut self,
        depth: usize,
        number: Option<u64>,
        mut lines: Vec<Vec<Atom>>,
        blank: bool,
        indents: &[usize],
    ) -> Option<usize> {
        let depth = depth.min(DEEPEST);
        let indent: usize = indents.iter().take(DEEPEST).sum();
        if !self.in_list() {
            self.lists.clear();
        }
        self.lists.truncate(depth + 1);
        let known = self.lists.get(depth).copied();
        let next = known.and_then(|list| list.next);
        if let (Some(next), Some(number)) = (next, number)
            && next != number.min(HIGHEST)
        {
            // It would be counted on from another list: what the text calls 2 has to stay 2.
            self.numbered_by_hand(number, lines);
            return None;
        }
        // A list that does not begin with 1 does not begin right behind a paragraph.
        let begins = next.is_none() && number.is_some_and(|number| number != 1);
        let number = number.map(|number| number.min(HIGHEST));
        let written = Written {
            next: number.map(|number| number + 1),
        };
        match self.lists.get_mut(depth) {
            Some(list) => *list = written,
            None => self.lists.push(written),
        }
        let bullet = number.map_or_else(|| "- ".to_owned(), |number| format!("{number}. "));
        let width = bullet.len();
        let spaces = " ".repeat(indent);
        let lists = std::mem::take(&mut self.lists);
        let first = if lines.is_empty() {
            Vec::new()
        } else {
            lines.remove(0)
        };
        let continued = " ".repeat(indent + width);
        let line = Line {
            lead: format!("{spaces}{bullet}"),
            continued: continued.clone(),
            atoms: first,
        };
        match self.edge {
            Edge::List if begins => self.done.push(Block {
                apart: true,
                kind: Kind::Text(vec![line]),
            }),
            Edge::List => self.extend(line),
            edge => {
                let blank = match edge {
                    Edge::Bold => begins,
                    Edge::Paragraph => blank || begins,
                    _ => blank,
                };
                self.add(Edge::List, blank, Kind::Text(vec![line]));
            }
        }
        self.lists = lists;
        self.continued = continued;
        self.go_on(lines);
        (depth < DEEPEST).then_some(width)
    }

    /// Adds an item as a paragraph that begins with its number.
    fn numbered_by_hand(&mut self, number: u64, mut lines: Vec<Vec<Atom>>) {
        if lines.is_empty() {
            lines.push(Vec::new());
        }
        if let Some(first) = lines.first_mut() {
            if let Some(atom) = first.first_mut() {
                atom.spaced = true;
            }
            let number = Atom {
                text: format!("{number}\\."),
                ..Atom::default()
            };
            first.insert(0, number);
        }
        self.paragraph(lines, true);
    }

    /// Goes on with the last item of a list.
    pub(super) fn go_on(&mut self, lines: Vec<Vec<Atom>>) {
        for atoms in lines {
            let line = Line {
                lead: self.continued.clone(),
                continued: self.continued.clone(),
                atoms,
            };
            self.extend(line);
        }
    }

    fn extend(&mut self, line: Line) {
        match self.done.last_mut() {
            Some(Block {
                kind: Kind::Text(lines),
                ..
            }) => lines.push(line),
            _ => self.done.push(Block {
                apart: false,
                kind: Kind::Text(vec![line]),
            }),
        }
    }

    fn add(&mut self, edge: Edge, blank: bool, kind: Kind) {
        let apart = match (self.edge, edge) {
            (Edge::Start | Edge::Heading, _) | (Edge::Bold, Edge::Paragraph) => false,
            (_, Edge::Heading | Edge::Bold) | (Edge::Quote | Edge::Table, _) => true,
            (Edge::Paragraph | Edge::List, Edge::Paragraph) => true,
            // What follows a heading is close to it, but for a list that would not begin there.
            (Edge::Bold, Edge::List) => blank,
            (Edge::Bold, _) => false,
            _ => blank,
        };
        if self.done.is_empty() {
            self.first = edge;
        }
        self.done.push(Block { apart, kind });
        self.edge = edge;
        self.lists.clear();
        self.continued.clear();
    }
}

/// What a line of a quote begins with.
const QUOTE: &str = "> ";

fn push_lines(lines: Vec<Line>, kinds: &mut Vec<Kind>) {
    if lines.is_empty() {
        return;
    }
    match kinds.last_mut() {
        Some(Kind::Text(known)) => known.extend(lines),
        _ => kinds.push(Kind::Text(lines)),
    }
}

fn in_quote(line: Line) -> Line {
    Line {
        lead: format!("{QUOTE}{}", line.lead),
        continued: format!("{QUOTE}{}", line.continued),
        atoms: line.atoms,
    }
}

fn code_in_quote(code: Code) -> Code {
    Code {
        lead: QUOTE.to_owned(),
        ..code
    }
}

fn table_in_quote(table: Table) -> Table {
    Table {
        aligned: table.aligned.map(code_in_quote),
        markers: table.markers.map(in_quote),
        listed: table.listed.into_iter().map(in_quote).collect(),
    }
}
