//! The text within a paragraph, a heading or a cell, read into pieces: plain text, and what is kept as it is. Decides which links stay links.

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::Context;
use super::emphasis;
use super::markers;
use super::prepare::{Format, Meaning, Part};
use crate::render::body::Style;
use crate::render::link::{Link, label, plain, unlinked};
use crate::render::safe::misleads;

/// A piece of a text, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Characters as they are meant. Nothing in them is Markdown, but for the [`emphasis`] that is yet to be paired.
    Text(String, Style),
    /// What is never cut, written already.
    Fixed(Fixed),
    /// The end of a line.
    Break,
}

/// What is never cut, as Discord takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fixed {
    pub(super) text: String,
    pub(super) style: Style,
    /// What it is, for the spaces around it.
    pub(super) kind: FixedKind,
}

/// What a fixed piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FixedKind {
    /// A marker of the source with this number.
    Marker(u32),
    /// A link or an address, and the number of the source that has exactly this one.
    Link(Option<u32>),
    /// Inline code.
    Code,
}

/// Collects what the parser says of one text.
#[derive(Debug, Default)]
pub(super) struct Inline {
    pieces: Vec<Piece>,
    bold: usize,
    italic: usize,
    struck: usize,
    links: Vec<OpenLink>,
}

/// A link whose label is being read. What it is called is text, whatever formatting it has.
#[derive(Debug)]
struct OpenLink {
    address: String,
    kind: LinkType,
    label: String,
}

impl Inline {
    /// Takes an event of the parser. `from` tells how what it says stands in the source.
    pub(super) fn event(&mut self, event: Event<'_>, from: Origin, context: &mut Context<'_, '_>) {
        match event {
            // What these signs mean is decided for the whole paragraph: see `emphasis`.
            Event::Start(Tag::Strong) | Event::End(TagEnd::Strong) if from == Origin::Literal => {
                self.sign("**");
            }
            Event::Start(Tag::Emphasis) | Event::End(TagEnd::Emphasis)
                if from == Origin::Literal =>
            {
                self.sign("*");
            }
            Event::Start(Tag::Strikethrough) | Event::End(TagEnd::Strikethrough) => {
                self.sign(if from == Origin::Literal { "~~" } else { "~" });
            }
            Event::Start(Tag::Strong) => self.bold += 1,
            Event::End(TagEnd::Strong) => self.bold = self.bold.saturating_sub(1),
            Event::Start(Tag::Emphasis) => self.italic += 1,
            Event::End(TagEnd::Emphasis) => self.italic = self.italic.saturating_sub(1),
            Event::Start(
                Tag::Link {
                    link_type,
                    dest_url,
                    ..
                }
                | Tag::Image {
                    link_type,
                    dest_url,
                    ..
                },
            ) => self.links.push(OpenLink {
                address: context.stands.restored(&dest_url).into_owned(),
                kind: link_type,
                label: String::new(),
            }),
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if let Some(link) = self.links.pop() {
                    self.link(link, context);
                }
            }
            Event::Text(text) => self.prepared(&text, from, context),
            Event::Html(text) | Event::InlineHtml(text) => {
                self.prepared(&text, Origin::Changed, context);
            }
            Event::Code(code) => self.code(&context.stands.restored(&code)),
            Event::SoftBreak | Event::HardBreak => self.end_line(),
            Event::TaskListMarker(done) => self.plain(if done { "☑ " } else { "☐ " }),
            _ => {}
        }
    }

    /// Adds text of the parser, and what stands in it for what was taken out before.
    fn prepared(&mut self, text: &str, from: Origin, context: &Context<'_, '_>) {
        let mut from = from;
        for part in context.stands.parts(text) {
            match part {
                Part::Plain(text) => self.text(text, from),
                Part::Stand(Meaning::Text(text)) => self.plain(text),
                Part::Stand(Meaning::Code(code)) => self.code(code),
                Part::Stand(Meaning::Break) => self.end_line(),
                Part::Stand(Meaning::Opens(format)) => *self.depth(*format) += 1,
                Part::Stand(Meaning::Closes(format)) => {
                    let depth = self.depth(*format);
                    *depth = depth.saturating_sub(1);
                }
                Part::Stand(Meaning::Nothing) => {}
            }
            if from == Origin::Escaped {
                from = Origin::Literal;
            }
        }
    }

    fn depth(&mut self, format: Format) -> &mut usize {
        match format {
            Format::Bold => &mut self.bold,
            Format::Italic => &mut self.italic,
            Format::Struck => &mut self.struck,
        }
    }

    /// Ends the line.
    pub(super) fn end_line(&mut self) {
        match self.links.last_mut() {
            Some(link) => link.label.push(' '),
            None => self.pieces.push(Piece::Break),
        }
    }

    /// Adds text that means nothing but itself.
    pub(super) fn plain(&mut self, text: &str) {
        self.text(text, Origin::Changed);
    }

    /// The pieces of the whole text: formatting paired, markers and addresses found.
    pub(super) fn finish(mut self, context: &mut Context<'_, '_>) -> Vec<Piece> {
        while let Some(link) = self.links.pop() {
            self.link(link, context);
        }
        let pieces = emphasis::pair(self.pieces);
        let mut out = Vec::with_capacity(pieces.len());
        for piece in pieces {
            match piece {
                Piece::Text(text, style) => markers::find(&text, style, context, &mut out),
                other => out.push(other),
            }
        }
        out
    }

    fn sign(&mut self, sign: &str) {
        if self.links.is_empty() {
            self.text(sign, Origin::Literal);
        }
    }

    fn style(&self) -> Style {
        Style {
            bold: self.bold > 0,
            italic: self.italic > 0,
            struck: self.struck > 0,
        }
    }

    fn text(&mut self, text: &str, from: Origin) {
        if let Some(link) = self.links.last_mut() {
            link.label.push_str(text);
            return;
        }
        let style = self.style();
        if !matches!(self.pieces.last(), Some(Piece::Text(_, last)) if *last == style) {
            self.pieces.push(Piece::Text(String::new(), style));
        }
        let Some(Piece::Text(out, _)) = self.pieces.last_mut() else {
            return;
        };
        emphasis::copy(text, from, out);
    }

    fn code(&mut self, code: &str) {
        if let Some(link) = self.links.last_mut() {
            // A number in code is no marker.
            link.label.push_str(&code.replace('[', "[\u{200b}"));
            return;
        }
        let style = self.style();
        let shown: String = code.chars().filter(|c| !misleads(*c)).collect();
        for text in super::code::inline(&shown) {
            self.pieces.push(Piece::Fixed(Fixed {
                text,
                style,
                kind: FixedKind::Code,
            }));
        }
    }

    fn link(&mut self, mut link: OpenLink, context: &mut Context<'_, '_>) {
        // What links within a link, a picture for one, is a part of what the outer one is called.
        if let Some(outer) = self.links.last_mut() {
            outer.label.push_str(&link.label);
            return;
        }
        let style = self.style();
        if let LinkType::Autolink | LinkType::Email = link.kind {
            if starts_an_address(&link.address) {
                self.pieces.push(address(&link.address, style, context));
            } else if link.kind == LinkType::Email {
                self.plain(&link.label);
            } else {
                self.plain(&format!("<{}>", link.label));
            }
            return;
        }
        if let Some(numbers) = markers::label(&link.label, context) {
            markers::push(&numbers, style, context, &mut self.pieces);
            return;
        }
        let numbers = markers::take(&mut link.label, context);
        self.named(&link, style, context);
        markers::push(&numbers, style, context, &mut self.pieces);
    }

    /// A link keeps its label only when its host is among the sources and the label does not pose as an address.
    fn named(&mut self, link: &OpenLink, style: Style, context: &Context<'_, '_>) {
        // What is broken or replaced in it becomes longer.
        let length = 2 * link.label.chars().count().max(1);
        let text = plain(&link.label, length);
        // Where it is no label, nothing of it has to be replaced.
        let named = unlinked(&link.label, length);
        let Some(to) = Link::to(&link.address) else {
            let to = link.address.strip_prefix("mailto:");
            let behind = to.filter(|to| !to.is_empty() && *to != named);
            self.plain(&match behind {
                Some(to) => format!("{named} ({to})"),
                None => named,
            });
            return;
        };
        let same = text.is_empty()
            || text.eq_ignore_ascii_case(to.host())
            || Link::to(link.label.trim()).is_some_and(|label| label == to);
        if same {
            self.pieces.push(address(&link.address, style, context));
            return;
        }
        let written = to.markdown(&text);
        let fits = written.chars().count() <= crate::render::body::Atom::LONGEST;
        // A label that is text may be long; one that Discord shows raw may not stay one.
        let may = context.knows(to.host()) && context.sources.admits(&to);
        let keeps = may && !poses(&text) && fits;
        let is_whole = label(&text) == text || text.chars().count() > LONGEST_TITLE;
        if keeps && is_whole {
            self.pieces.push(Piece::Fixed(Fixed {
                text: written,
                style,
                kind: FixedKind::Link(source_at(&to, context)),
            }));
        } else {
            self.plain(&format!("{named} ({})", to.host()));
        }
    }
}

/// The most characters of a title; labels that a text brings along may be longer.
const LONGEST_TITLE: usize = 60;

/// How a text stands in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// As it is.
    Literal,
    /// As it is, but for a backslash before its first character.
    Escaped,
    /// Otherwise: as an entity, or made by us.
    Changed,
}

/// Whether a text begins with the scheme of an address that Discord links.
pub(super) fn starts_an_address(text: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| {
        let start = text.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

/// An address in the text, without an unfurled preview; one that may not be linked, or that the search was not to find, is named only.
pub(super) fn address(address: &str, style: Style, context: &Context<'_, '_>) -> Piece {
    match Link::to(address).filter(|link| context.sources.admits(link)) {
        Some(link) => Piece::Fixed(Fixed {
            text: format!("<{}>", link.address()),
            style,
            kind: FixedKind::Link(source_at(&link, context)),
        }),
        None => Piece::Text(context.words.hidden_address.to_owned(), style),
    }
}

fn source_at(link: &Link, context: &Context<'_, '_>) -> Option<u32> {
    context.sources.at(link).map(|entry| entry.number)
}

/// Whether a label reads as an address itself: there it could name another than the one that it leads to.
fn poses(label: &str) -> bool {
    let mut last = ' ';
    let mut rest = label.chars().filter(|c| !misleads(*c)).peekable();
    let mut dots = 0;
    while let Some(c) = rest.next() {
        let is_dot = matches!(c, '.' | '．' | '。' | '․' | '｡');
        let next = rest.peek().copied().unwrap_or(' ');
        if is_dot && last.is_alphanumeric() && next.is_alphanumeric() {
            dots += 1;
            if next.is_alphabetic() {
                return true;
            }
        }
        last = c;
    }
    dots >= 3
}
