//! Follows the parser through a text: which block a line is in, which list, which quote. What blocks are written as is decided in `blocks`.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

use super::blocks::Blocks;
use super::inline::{Inline, Origin, Piece};
use super::{Context, atoms, code, in_bold, on_one_line, tables};
use crate::render::body::{Block, Style};

/// What stands for a line across the text, which Discord cannot draw.
const RULE: &str = "──────────";

/// What is being read.
pub(super) struct Reader<'t> {
    source: &'t str,
    /// What holds the blocks: the text itself, a quote in it, a footnote.
    frames: Vec<Frame>,
    /// The lists that are open, across all frames.
    levels: Vec<Level>,
    leaf: Leaf,
    /// Whether the source has an empty line before it.
    blank: bool,
    /// Where the last leaf ended in the source.
    end: usize,
    /// Behind which end an empty line was looked for, how far, and whether there is one.
    looked: (usize, usize, bool),
    /// The number of each footnote, in the order in which they come up.
    footnotes: HashMap<String, usize>,
    /// The blocks of the footnotes.
    notes: Vec<(usize, Blocks)>,
}

struct Frame {
    blocks: Blocks,
    /// How many lists were open when it began.
    levels: usize,
    /// How many quotes within this one were opened: they are written as one.
    quotes: usize,
    /// The number of the footnote that it is.
    note: Option<usize>,
    /// What the footnote begins with, until it is written.
    sign: Option<String>,
    /// Whether the source has an empty line before it.
    blank: bool,
}

impl Frame {
    /// One that is no quote and no footnote, within so many lists.
    fn new(levels: usize) -> Self {
        Self {
            blocks: Blocks::default(),
            levels,
            quotes: 0,
            note: None,
            sign: None,
            blank: false,
        }
    }
}

/// A list that is open.
struct Level {
    /// The number of the next item.
    next: Option<u64>,
    /// How far the text of its current item is indented, once a line of it is written at the end of the text.
    indent: Option<usize>,
    /// Whether the current item has no line yet.
    pending: bool,
}

enum Leaf {
    None,
    Paragraph(Box<Inline>),
    Heading(usize, Box<Inline>),
    Code(String, String),
    Table(Box<tables::Reading>),
}

impl<'t> Reader<'t> {
    /// Begins to read a prepared text.
    pub(super) fn new(source: &'t str) -> Self {
        Self {
            source,
            frames: vec![Frame::new(0)],
            levels: Vec::new(),
            leaf: Leaf::None,
            blank: false,
            end: 0,
            looked: (0, 0, false),
            footnotes: HashMap::new(),
            notes: Vec::new(),
        }
    }

    /// Takes the next event of the parser, and where in the source it is.
    pub(super) fn event(
        &mut self,
        event: Event<'_>,
        range: Range<usize>,
        context: &mut Context<'_, '_>,
    ) {
        match event {
            Event::Start(Tag::Paragraph) => {
                self.open(Leaf::Paragraph(Box::default()), range.start, context)
            }
            Event::Start(Tag::Heading { level, .. }) => {
                let leaf = Leaf::Heading(level as usize, Box::default());
                self.open(leaf, range.start, context);
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.open(Leaf::Code(info, String::new()), range.start, context);
            }
            Event::Start(Tag::Table(alignments)) => {
                let reading = Box::new(tables::Reading::new(alignments));
                self.open(Leaf::Table(reading), range.start, context);
            }
            Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::Table,
            ) => {
                self.end_leaf(range.end, context);
            }
            Event::Start(Tag::BlockQuote(_)) => self.open_quote(range.start, context),
            Event::End(TagEnd::BlockQuote(_)) => self.end_quote(context),
            Event::Start(Tag::FootnoteDefinition(label)) => self.open_note(&label, context),
            Event::End(TagEnd::FootnoteDefinition) => self.end_note(context),
            Event::Start(Tag::List(start)) => {
                self.close(context);
                self.levels.push(Level {
                    next: start,
                    indent: None,
                    pending: false,
                });
            }
            Event::End(TagEnd::List(_)) => {
                self.close(context);
                self.levels.pop();
            }
            Event::Start(Tag::Item) => {
                self.close(context);
                if let Some(level) = self.levels.last_mut() {
                    level.pending = true;
                    level.indent = None;
                }
            }
            Event::End(TagEnd::Item) => {
                self.close(context);
                if let Some(level) = self.levels.last_mut() {
                    level.pending = false;
                    level.next = level.next.map(|number| number.saturating_add(1));
                }
            }
            Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => self.close(context),
            Event::Rule => {
                self.open(Leaf::Paragraph(Box::default()), range.start, context);
                if let Leaf::Paragraph(text) = &mut self.leaf {
                    text.plain(RULE);
                }
                self.end_leaf(range.end, context);
            }
            Event::FootnoteReference(label) => {
                let number = self.note(&label);
                self.inline(Event::Text(superscript(number).into()), range, context);
            }
            event => self.inline(event, range, context),
        }
    }

    /// Gives what belongs in a line to the leaf that is open; text right in an item opens one.
    fn inline(&mut self, event: Event<'_>, range: Range<usize>, context: &mut Context<'_, '_>) {
        let from = self.origin(&event, &range);
        if matches!(self.leaf, Leaf::None) {
            self.open(Leaf::Paragraph(Box::default()), range.start, context);
        }
        match &mut self.leaf {
            Leaf::None => {}
            Leaf::Paragraph(text) | Leaf::Heading(_, text) => {
                text.event(event, from, context);
                self.end = self.end.max(range.end);
            }
            Leaf::Code(_, code) => {
                if let Event::Text(text) = event {
                    code.push_str(&text);
                }
            }
            Leaf::Table(table) => {
                if let Event::Start(Tag::TableRow) = event {
                    table.row(self.source.get(range).unwrap_or_default());
                }
                table.event(event, from, context);
            }
        }
    }

    /// How what an event says stands in the source.
    fn origin(&self, event: &Event<'_>, range: &Range<usize>) -> Origin {
        let written = self.source.get(range.clone()).unwrap_or_default();
        match event {
            Event::Text(text) if text.starts_with(['*', '~']) && **text == *written => {
                let before = self.source.get(..range.start).unwrap_or_default();
                let backslashes = before
                    .bytes()
                    .rev()
                    .take_while(|byte| *byte == b'\\')
                    .count();
                if backslashes % 2 == 1 {
                    Origin::Escaped
                } else {
                    Origin::Literal
                }
            }
            Event::Text(text) if **text == *written => Origin::Literal,
            Event::Start(Tag::Strong | Tag::Emphasis)
            | Event::End(TagEnd::Strong | TagEnd::Emphasis)
                if written.starts_with('*') =>
            {
                Origin::Literal
            }
            Event::Start(Tag::Strikethrough) | Event::End(TagEnd::Strikethrough)
                if written.starts_with("~~") =>
            {
                Origin::Literal
            }
            _ => Origin::Changed,
        }
    }

    fn open(&mut self, leaf: Leaf, start: usize, context: &mut Context<'_, '_>) {
        self.close(context);
        self.blank = self.blank_before(start);
        self.leaf = leaf;
    }

    /// Ends the text of an item that has no paragraph around it.
    fn close(&mut self, context: &mut Context<'_, '_>) {
        if !matches!(self.leaf, Leaf::None) {
            let end = self.end;
            self.end_leaf(end, context);
        }
    }

    fn end_leaf(&mut self, end: usize, context: &mut Context<'_, '_>) {
        let blank = self.blank;
        if !matches!(self.leaf, Leaf::Paragraph(_)) {
            self.sign_note(&mut Vec::new());
        }
        match std::mem::replace(&mut self.leaf, Leaf::None) {
            Leaf::None => return,
            Leaf::Paragraph(text) => {
                let pieces = text.finish(context);
                self.paragraph(pieces, blank);
            }
            Leaf::Heading(level, text) => self.heading(level, text.finish(context), blank),
            Leaf::Code(info, text) => {
                let text = context.stands.restored(&text);
                if let Some(code) = code::block(&info, &text, "") {
                    self.blocks().code(code, blank);
                    self.interrupt();
                }
            }
            Leaf::Table(table) => {
                if let Some(table) = table.finish() {
                    self.blocks().table(table, blank);
                    self.interrupt();
                }
            }
        }
        let written = self.source.get(..end).unwrap_or(self.source);
        self.end = written.trim_end_matches([' ', '\n', '\t', '>']).len();
    }

    fn blocks(&mut self) -> &mut Blocks {
        if self.frames.is_empty() {
            self.frames.push(Frame::new(0));
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last].blocks
    }

    /// What is indented begins anew at the left edge.
    fn interrupt(&mut self) {
        for level in &mut self.levels {
            level.indent = None;
        }
    }

    /// Whether the source has an empty line between the last leaf and this place.
    fn blank_before(&mut self, start: usize) -> bool {
        if self.looked.0 != self.end {
            self.looked = (self.end, self.end, false);
        }
        // What was looked at already is not looked at again: many quotes may begin without a leaf in any.
        let (end, from, known) = self.looked;
        let between = self.source.get(from..start).unwrap_or_default();
        let last = between.rfind('\n').unwrap_or_default();
        let empty = |line: &str| line.trim_matches([' ', '\t', '>']).is_empty();
        let mut lines = between.get(..last).unwrap_or_default().split('\n').skip(1);
        self.looked = (end, from + last, known || lines.any(empty));
        self.looked.2
    }

    fn paragraph(&mut self, mut pieces: Vec<Piece>, blank: bool) {
        self.sign_note(&mut pieces);
        let lines = atoms::lines(&pieces);
        if lines.is_empty() {
            return;
        }
        let base = self.frames.last().map_or(0, |frame| frame.levels);
        let Some(levels) = self.levels.get(base..).filter(|levels| !levels.is_empty()) else {
            self.blocks().paragraph(lines, blank);
            return;
        };
        let is_first = levels.last().is_some_and(|level| level.pending);
        let number = levels.last().and_then(|level| level.next);
        let outer = levels.get(..levels.len() - 1).unwrap_or_default();
        let indents: Vec<usize> = outer.iter().filter_map(|level| level.indent).collect();
        if is_first {
            let indent = self
                .blocks()
                .item(indents.len(), number, lines, blank, &indents);
            if !self.blocks().in_list() {
                // It became a paragraph, which ends every list.
                self.interrupt();
            }
            if let Some(level) = self.levels.last_mut() {
                level.pending = false;
                level.indent = indent;
            }
        } else if self.blocks().in_list() {
            self.blocks().go_on(lines);
        } else {
            self.blocks().paragraph(lines, blank);
        }
    }

    /// Begins a footnote with its number: the first line, or a line of its own before what is none.
    fn sign_note(&mut self, first: &mut Vec<Piece>) {
        let levels = self.levels.len();
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        let Some(sign) = frame.sign.take() else {
            return;
        };
        let sign = Piece::Text(sign, Style::default());
        if levels > frame.levels || first.is_empty() {
            frame.blocks.paragraph(atoms::lines(&[sign]), false);
        } else {
            first.insert(0, sign);
        }
    }

    /// Headings that Discord cannot show are bold lines.
    fn heading(&mut self, level: usize, pieces: Vec<Piece>, blank: bool) {
        let base = self.frames.last().map_or(0, |frame| frame.levels);
        let in_list = self.levels.len() > base;
        if level > 3 || in_list {
            let bold = pieces.into_iter().map(in_bold).collect::<Vec<_>>();
            let bold = on_one_line(bold);
            if in_list {
                return self.paragraph(bold, blank);
            }
            if let Some(atoms) = atoms::lines(&bold).into_iter().next() {
                self.blocks().bold(atoms);
            }
            return;
        }
        let lines = atoms::lines(&on_one_line(pieces));
        if let Some(atoms) = lines.into_iter().next() {
            self.blocks().heading(level, atoms);
        }
    }

    fn open_quote(&mut self, start: usize, context: &mut Context<'_, '_>) {
        self.close(context);
        let blank = self.blank_before(start);
        if let Some(frame) = self.frames.last_mut().filter(|frame| frame.quotes > 0) {
            frame.quotes += 1;
            return;
        }
        self.frames.push(Frame {
            quotes: 1,
            blank,
            ..Frame::new(self.levels.len())
        });
    }

    fn end_quote(&mut self, context: &mut Context<'_, '_>) {
        self.close(context);
        if let Some(frame) = self.frames.last_mut().filter(|frame| frame.quotes > 1) {
            frame.quotes -= 1;
            return;
        }
        if let Some(frame) = self.frames.pop_if(|frame| frame.quotes == 1)
            && !frame.blocks.is_empty()
        {
            self.blocks().quote(frame.blocks, frame.blank);
            self.interrupt();
        }
    }

    /// The number of a footnote.
    fn note(&mut self, label: &str) -> usize {
        let next = self.footnotes.len() + 1;
        *self.footnotes.entry(label.to_owned()).or_insert(next)
    }

    fn open_note(&mut self, label: &str, context: &mut Context<'_, '_>) {
        self.close(context);
        let note = self.note(label);
        self.frames.push(Frame {
            note: Some(note),
            sign: Some(format!("{} ", superscript(note))),
            ..Frame::new(self.levels.len())
        });
    }

    fn end_note(&mut self, context: &mut Context<'_, '_>) {
        self.close(context);
        if let Some(frame) = self.frames.pop_if(|frame| frame.note.is_some())
            && let Some(note) = frame.note
        {
            self.notes.push((note, frame.blocks));
        }
    }

    /// Everything that was read, the footnotes last.
    pub(super) fn finish(mut self, context: &mut Context<'_, '_>) -> Vec<Block> {
        self.close(context);
        let mut notes = std::mem::take(&mut self.notes);
        notes.sort_by_key(|(number, _)| *number);
        for (_, note) in notes {
            self.blocks().append(note);
        }
        std::mem::take(&mut self.blocks().done)
    }
}

/// A number in small raised digits.
fn superscript(number: usize) -> String {
    let raised = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digits = number.to_string();
    let digit = |c: char| raised.get(c.to_digit(10)? as usize).copied();
    digits.chars().filter_map(digit).collect()
}
