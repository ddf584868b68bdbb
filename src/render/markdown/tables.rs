//! Tables: aligned in a code block where a phone can show them, else a list with one row an item. Markers stay links either way.

use pulldown_cmark::{Alignment, Event, Tag, TagEnd};
use unicode_width::UnicodeWidthStr;

use super::Context;
use super::atoms;
use super::inline::{Fixed, FixedKind, Inline, Origin, Piece};
use crate::render::body::{Atom, Code, GAP, Line, Style, Table};
use crate::render::link::{shortened, unlinked};

/// The widest table that a phone shows without breaking its lines, in columns of a code block.
const WIDEST: usize = 35;

/// The longest row that is one line of a list, in characters; a longer one has a line for each cell.
const LONGEST_ROW: usize = 80;

/// What stands between two columns.
const BETWEEN: &str = "  ";

/// The most characters of a row's name beside its markers.
const LONGEST_NAME: usize = 40;

/// A table while its cells are being read.
pub(super) struct Reading {
    alignments: Vec<Alignment>,
    header: Vec<Vec<Piece>>,
    rows: Vec<Vec<Vec<Piece>>>,
    in_header: bool,
    cell: Option<Inline>,
    /// What the row has beyond the last column, which the parser leaves out.
    excess: Vec<String>,
}

impl Reading {
    pub(super) fn new(alignments: Vec<Alignment>) -> Self {
        Self {
            alignments,
            header: Vec::new(),
            rows: Vec::new(),
            in_header: false,
            cell: None,
            excess: Vec::new(),
        }
    }

    /// Takes a row as it is written, before its events.
    pub(super) fn row(&mut self, written: &str) {
        let cells = cells_of(written).into_iter().skip(self.alignments.len());
        self.excess = cells
            .filter(|cell| !cell.is_empty())
            .map(str::to_owned)
            .collect();
    }

    /// Takes an event of the parser that is within the table.
    pub(super) fn event(&mut self, event: Event<'_>, from: Origin, context: &mut Context<'_, '_>) {
        match event {
            Event::Start(Tag::TableHead) => self.in_header = true,
            Event::End(TagEnd::TableHead) => self.in_header = false,
            Event::Start(Tag::TableRow) => self.rows.push(Vec::new()),
            Event::Start(Tag::TableCell) => self.cell = Some(Inline::default()),
            Event::End(TagEnd::TableCell) => {
                let mut cell = self.cell.take().unwrap_or_default();
                let columns = self.alignments.len();
                if self.rows.last().is_some_and(|row| row.len() + 1 == columns) {
                    for excess in self.excess.drain(..) {
                        cell.plain(" · ");
                        cell.event(Event::Text(excess.into()), Origin::Literal, context);
                    }
                }
                let pieces = on_one_line(cell.finish(context));
                let row = match self.rows.last_mut() {
                    Some(row) if !self.in_header => row,
                    _ => &mut self.header,
                };
                row.push(pieces);
            }
            event => {
                if let Some(cell) = &mut self.cell {
                    cell.event(event, from, context);
                }
            }
        }
    }

    /// The table; none when there is nothing in it.
    pub(super) fn finish(self) -> Option<Table> {
        let is_text = |cell: &Vec<Piece>| !is_empty(cell);
        let has_text = self.header.iter().any(is_text) || self.rows.iter().flatten().any(is_text);
        if !has_text {
            return None;
        }
        let aligned = self.aligned();
        let markers = match &aligned {
            Some(_) => self.markers(),
            None => None,
        };
        Some(Table {
            aligned,
            markers,
            listed: self.listed(),
        })
    }

    /// The table in a code block; none when it is too wide, or has links, which nothing in a code block can be.
    fn aligned(&self) -> Option<Code> {
        let rows = || std::iter::once(&self.header).chain(&self.rows);
        let is_link = |piece: &Piece| {
            matches!(
                piece,
                Piece::Fixed(Fixed {
                    kind: FixedKind::Link(_),
                    ..
                })
            )
        };
        if rows().flatten().flatten().any(is_link) {
            return None;
        }
        let of_markers = self.columns_of_markers();
        let kept = |row: &'_ Vec<Vec<Piece>>| -> Vec<String> {
            let cells = row.iter().enumerate();
            cells
                .filter(|(place, _)| !of_markers.contains(place))
                .map(|(_, cell)| text_of(cell))
                .collect()
        };
        let alignments: Vec<Alignment> = self
            .alignments
            .iter()
            .enumerate()
            .filter(|(place, _)| !of_markers.contains(place))
            .map(|(_, alignment)| *alignment)
            .collect();
        let says_something = |row: &Vec<String>| row.iter().any(|cell| !cell.is_empty());
        let mut texts: Vec<Vec<String>> = vec![kept(&self.header)];
        texts.extend(self.rows.iter().map(kept).filter(says_something));
        let columns = texts.iter().map(Vec::len).max()?;
        let mut widths = vec![0; columns];
        for row in &texts {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        let total = widths.iter().sum::<usize>() + BETWEEN.len() * (columns - 1);
        if total > WIDEST {
            return None;
        }
        let line = |row: &Vec<String>| {
            let mut out = String::new();
            for (place, width) in widths.iter().enumerate() {
                if place > 0 {
                    out.push_str(BETWEEN);
                }
                let cell = row.get(place).map_or("", String::as_str);
                let space = width.saturating_sub(cell.width());
                let before = match alignments.get(place) {
                    Some(Alignment::Right) => space,
                    Some(Alignment::Center) => space / 2,
                    _ => 0,
                };
                out.push_str(&" ".repeat(before));
                out.push_str(cell);
                out.push_str(&" ".repeat(space - before));
            }
            out.truncate(out.trim_end().len());
            out
        };
        let mut lines: Vec<String> = texts.iter().map(line).collect();
        lines.insert(1, "─".repeat(total));
        // An empty header says nothing.
        if lines.first().is_some_and(|header| header.trim().is_empty()) {
            lines.drain(..2);
        }
        Some(Code {
            lines,
            ..Code::default()
        })
    }

    /// The columns whose cells hold markers and nothing else: below the table they say all that they say.
    fn columns_of_markers(&self) -> Vec<usize> {
        let cells = |place: usize| self.rows.iter().filter_map(move |row| row.get(place));
        (1..self.header.len())
            .filter(|place| {
                cells(*place).all(|cell| text_of(cell).is_empty())
                    && cells(*place).any(|cell| !is_empty(cell))
            })
            .collect()
    }

    /// The markers of each row, behind its name; before them the names of the columns that hold nothing else.
    fn markers(&self) -> Option<Line> {
        let mut pieces: Vec<Piece> = Vec::new();
        let headers: Vec<String> = self
            .columns_of_markers()
            .into_iter()
            .filter_map(|place| self.header.get(place).map(|cell| text_of(cell)))
            .filter(|header| !header.is_empty())
            .map(|header| name_of(&header))
            .collect();
        if !headers.is_empty() {
            let headers = format!("{}: ", headers.join(", "));
            pieces.push(Piece::Text(headers, Style::default()));
        }
        let mut first = true;
        for row in std::iter::once(&self.header).chain(&self.rows) {
            let is_marker = |piece: &&Piece| {
                matches!(
                    piece,
                    Piece::Fixed(Fixed {
                        kind: FixedKind::Marker(_),
                        ..
                    })
                )
            };
            let mut found: Vec<Piece> = Vec::new();
            for piece in row.iter().flatten().filter(is_marker) {
                if !found.contains(piece) {
                    found.push(piece.clone());
                }
            }
            if found.is_empty() {
                continue;
            }
            let name = row
                .iter()
                .map(|cell| text_of(cell))
                .find(|text| !text.is_empty());
            let between = if first { "" } else { " · " };
            first = false;
            let name = name_of(&name.unwrap_or_default());
            pieces.push(Piece::Text(format!("{between}{name} "), Style::default()));
            pieces.extend(found.into_iter().map(plain));
        }
        let atoms = atoms::lines(&pieces).into_iter().next()?;
        Some(Line {
            atoms,
            ..Line::default()
        })
    }

    /// The table as a list: the first cell of a row names it, the others say which column they are of.
    fn listed(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        if self.rows.is_empty() {
            lines.extend(item("- ", &joined(self.cells(&self.header, false))));
        } else {
            lines.extend(self.unsaid());
        }
        for row in &self.rows {
            let cells = self.cells(row, true);
            let length: usize = cells.iter().map(|cell| length(cell)).sum();
            match cells.split_first() {
                Some((name, others)) if length > LONGEST_ROW && others.len() > 1 => {
                    lines.extend(item("- ", name));
                    lines.extend(others.iter().filter_map(|cell| item("  - ", cell)));
                }
                _ => lines.extend(item("- ", &joined(cells))),
            }
        }
        lines
    }

    /// What of the header no row of the list says: what the rows are named by, and columns in which none has anything.
    fn unsaid(&self) -> Option<Line> {
        let is_said = |place: usize| {
            let mut cells = self.rows.iter().filter_map(|row| row.get(place));
            (place > 0 || self.header.len() == 1) && cells.any(|cell| !is_empty(cell))
        };
        let cells: Vec<Vec<Piece>> = (self.header.iter().enumerate())
            .filter(|(place, cell)| !is_empty(cell) && !is_said(*place))
            .map(|(place, cell)| match place {
                0 => cell.iter().cloned().map(super::in_bold).collect(),
                _ => cell.clone(),
            })
            .collect();
        if cells.is_empty() {
            return None;
        }
        let mut pieces = joined(cells);
        pieces.push(Piece::Text(":".to_owned(), Style::default()));
        item("", &pieces)
    }

    /// What the cells of a row say that are not empty, each but the first with its column.
    fn cells(&self, row: &[Vec<Piece>], with_header: bool) -> Vec<Vec<Piece>> {
        let mut cells: Vec<Vec<Piece>> = Vec::new();
        for (place, cell) in row.iter().enumerate() {
            if is_empty(cell) {
                continue;
            }
            let mut out: Vec<Piece> = Vec::new();
            let header = self
                .header
                .get(place)
                .filter(|header| with_header && !is_empty(header));
            match header {
                Some(header) if place > 0 || row.len() == 1 => {
                    out.extend(header.iter().cloned().map(plain));
                    out.push(Piece::Text(": ".to_owned(), Style::default()));
                    out.extend(cell.iter().cloned());
                }
                _ if place == 0 => out.extend(cell.iter().cloned().map(super::in_bold)),
                _ => out.extend(cell.iter().cloned()),
            }
            cells.push(out);
        }
        cells
    }
}

/// The cells of a row as it is written.
fn cells_of(row: &str) -> Vec<&str> {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let mut cells = Vec::new();
    let mut from = 0;
    let mut escaped = false;
    for (at, c) in row.char_indices() {
        if c == '|' && !escaped {
            cells.push(row.get(from..at).unwrap_or_default().trim());
            from = at + 1;
        }
        // As the parser has it, also behind two of them.
        escaped = c == '\\';
    }
    cells.push(row.get(from..).unwrap_or_default().trim());
    cells
}

/// Cells side by side.
fn joined(cells: Vec<Vec<Piece>>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    for cell in cells {
        if !out.is_empty() {
            out.push(Piece::Text(" · ".to_owned(), Style::default()));
        }
        out.extend(cell);
    }
    out
}

/// How many characters a cell shows, links aside.
fn length(cell: &[Piece]) -> usize {
    text_of(cell).chars().count()
}

/// The name of a row beside its markers: code in it may look like a marker or an address, and is neither.
fn name_of(text: &str) -> String {
    shortened(
        &unlinked(&text.replace(['[', ']'], " "), LONGEST_NAME),
        LONGEST_NAME,
    )
}

fn item(lead: &str, pieces: &[Piece]) -> Option<Line> {
    let atoms: Vec<Atom> = atoms::lines(pieces).into_iter().next()?;
    Some(Line {
        lead: lead.to_owned(),
        continued: " ".repeat(lead.len()),
        atoms,
    })
}

fn on_one_line(pieces: Vec<Piece>) -> Vec<Piece> {
    super::on_one_line(pieces)
}

fn is_empty(cell: &[Piece]) -> bool {
    cell.iter()
        .all(|piece| matches!(piece, Piece::Text(text, _) if text.trim().is_empty()))
}

/// A piece without its formatting.
fn plain(piece: Piece) -> Piece {
    match piece {
        Piece::Text(text, _) => Piece::Text(text, Style::default()),
        Piece::Fixed(fixed) => Piece::Fixed(Fixed {
            style: Style::default(),
            ..fixed
        }),
        Piece::Break => Piece::Break,
    }
}

/// What a cell says, in a code block: without its markers and its formatting.
fn text_of(cell: &[Piece]) -> String {
    let mut out = String::new();
    for piece in cell {
        match piece {
            Piece::Text(text, _) => out.push_str(text),
            Piece::Fixed(Fixed {
                kind: FixedKind::Code,
                text,
                ..
            }) => out.push_str(&text.trim_matches(['`', GAP]).replace(GAP, "")),
            _ => {}
        }
    }
    let words: Vec<&str> = out.split_whitespace().collect();
    words.join(" ").replace("```", "'''")
}
