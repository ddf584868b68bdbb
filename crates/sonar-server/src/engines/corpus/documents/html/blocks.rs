//! Walks what an HTML page says, block by block, into an outline. Knows no page and opens no file.

use scraper::{ElementRef, Node};

use crate::engines::corpus::documents::document::Image;
use crate::engines::corpus::documents::outline::{CELL_GAP, Outline, fold};

/// Elements that are about the page or the site, not its subject.
const SKIPPED_ELEMENTS: &[&str] = &[
    "script",
    "style",
    "nav",
    "aside",
    "footer",
    "template",
    "noscript",
    "svg",
    "button",
    "form",
    "iframe",
    "figcaption",
    "object",
    "head",
    "select",
    "dialog",
];

/// Classes of the same kind, as documentation generators write them.
const SKIPPED_CLASSES: &[&str] = &[
    "anchor",
    "caption",
    "doc-anchor",
    "edit",
    "filename",
    "footnote-definition-label",
    "footnote-reference",
    "grammar-container",
    "grammar-railroad",
    "hidden",
    "headerlink",
    "item-table",
    "nav",
    "navigation",
    "rightside",
    "rule",
    "rule-link",
    "sidebar",
    "test-arrow",
    "test-link",
    "toc",
    "tooltip",
];

/// How far before a heading its name is looked for, in elements and the white space between them.
const MARKS_BEFORE: usize = 6;

/// Deeper nesting than people write; below it, text is taken without its structure.
const MAX_DEPTH: usize = 120;

/// What a heading inside the walked element does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Headings {
    /// It opens a section.
    Open,
    /// It stays a label inside the section at hand.
    Label,
}

/// Walks the children of `parent` in reading order into `outline`.
pub(crate) fn blocks(
    parent: ElementRef<'_>,
    outline: &mut Outline,
    headings: Headings,
    depth: usize,
) {
    let mut loose = String::new();
    for child in parent.children() {
        match child.value() {
            Node::Text(text) => loose.push_str(text),
            Node::Element(_) => {
                let Some(element) = ElementRef::wrap(child) else {
                    continue;
                };
                if is_inline(element) {
                    pictures(element, outline);
                    inline(element, &mut loose);
                } else {
                    outline.prose(&std::mem::take(&mut loose));
                    block(element, outline, headings, depth);
                }
            }
            _ => {}
        }
    }
    outline.prose(&loose);
}

fn block(element: ElementRef<'_>, outline: &mut Outline, headings: Headings, depth: usize) {
    if is_skipped(element) {
        return;
    }
    if depth > MAX_DEPTH {
        return outline.prose(&inline_text(element));
    }
    match element.value().name() {
        name @ ("h1" | "h2" | "h3" | "h4" | "h5" | "h6") => {
            heading(element, name, outline, headings)
        }
        "p" => {
            pictures(element, outline);
            outline.prose(&inline_text(element));
        }
        "img" => pictures(element, outline),
        "pre" => outline.code(&code_language(element), &code_text(element)),
        "li" | "dd" => list_item(element, outline, headings, depth),
        "dt" => term(element, outline, headings),
        "tr" => {
            pictures(element, outline);
            outline.item(&row(element));
        }
        _ => blocks(element, outline, headings, depth + 1),
    }
}

fn heading(element: ElementRef<'_>, name: &str, outline: &mut Outline, headings: Headings) {
    let text = inline_text(element);
    if headings == Headings::Label {
        return outline.label(&text);
    }
    let level = name.bytes().last().map_or(6, |digit| digit - b'0');
    outline.heading(level, &text, &anchor(element).unwrap_or_default());
}

/// The heading's own id, that of something inside it, or that of the section it begins.
fn anchor(element: ElementRef<'_>) -> Option<String> {
    let own = element.value().id();
    let inside = || {
        let mut elements = element.descendants().filter_map(ElementRef::wrap);
        elements.find_map(|inner| inner.value().id())
    };
    let around = || {
        let parent = element.parent().and_then(ElementRef::wrap)?;
        let wraps = matches!(parent.value().name(), "section" | "header");
        parent.value().id().filter(|_| wraps)
    };
    let anchor = own.or_else(inside).or_else(around);
    anchor.or_else(|| anchor_before(element)).map(str::to_owned)
}

/// The name that stands alone in front of a heading, as Texinfo and older pages mark it: `<a name>`, `<span id>`.
fn anchor_before(heading: ElementRef<'_>) -> Option<&str> {
    let blank = |element: &ElementRef<'_>| element.text().all(|text| text.trim().is_empty());
    for before in heading.prev_siblings().take(MARKS_BEFORE) {
        match (before.value(), ElementRef::wrap(before)) {
            (Node::Text(text), _) if text.trim().is_empty() => {}
            (Node::Comment(_), _) => {}
            (_, Some(element))
                if blank(&element) && !matches!(element.value().name(), "hr" | "img") =>
            {
                let inside = element.descendants().filter_map(ElementRef::wrap);
                let mut marks = inside.filter(|mark| matches!(mark.value().name(), "a" | "span"));
                let name =
                    marks.find_map(|mark| mark.value().id().or_else(|| mark.value().attr("name")));
                if name.is_some() {
                    return name;
                }
            }
            _ => return None,
        }
    }
    None
}

/// The text of an item up to its first inner block, then those blocks.
fn list_item(element: ElementRef<'_>, outline: &mut Outline, headings: Headings, depth: usize) {
    let mut text = String::new();
    let mut open = true;
    for child in element.children() {
        match (child.value(), ElementRef::wrap(child)) {
            (Node::Text(loose), _) => text.push_str(loose),
            (_, Some(inner)) if is_inline(inner) => {
                pictures(inner, outline);
                inline(inner, &mut text);
            }
            (_, Some(inner)) if open && inner.value().name() == "p" => {
                pictures(inner, outline);
                inline(inner, &mut text);
                outline.item(&std::mem::take(&mut text));
                open = false;
            }
            (_, Some(inner)) => {
                outline.item(&std::mem::take(&mut text));
                open = false;
                block(inner, outline, headings, depth + 1);
            }
            _ => {}
        }
    }
    outline.item(&text);
}

/// The pictures in what is read as text.
fn pictures(element: ElementRef<'_>, outline: &mut Outline) {
    let elements = element.descendants().filter_map(ElementRef::wrap);
    for picture in elements.filter(|element| element.value().name() == "img") {
        let said = |name| picture.value().attr(name);
        let size = |name| said(name).and_then(|size| size.trim().parse().ok());
        if let Some(address) = said("src") {
            outline.image(Image {
                url: address.trim().to_owned(),
                title: said("alt").map(fold).filter(|text| !text.is_empty()),
                width: size("width").unwrap_or_default(),
                height: size("height").unwrap_or_default(),
            });
        }
    }
}

/// A term with an anchor of its own opens a section, such as an option of a command.
fn term(element: ElementRef<'_>, outline: &mut Outline, headings: Headings) {
    let text = inline_text(element);
    match element.value().id() {
        Some(id) if headings == Headings::Open => outline.heading(6, &text, id),
        _ => outline.item(&text),
    }
}

fn row(element: ElementRef<'_>) -> String {
    let cells = element
        .child_elements()
        .map(|cell| fold(&inline_text(cell)));
    let cells: Vec<String> = cells.filter(|cell| !cell.is_empty()).collect();
    cells.join(&CELL_GAP.to_string())
}

/// The lines as a reader sees them: some generators hide the boring ones.
fn code_text(element: ElementRef<'_>) -> String {
    let mut code = String::new();
    for node in element.descendants() {
        let Node::Text(text) = node.value() else {
            continue;
        };
        let mut around = node.ancestors().take(4).filter_map(ElementRef::wrap);
        if !around.any(|around| around.value().classes().any(|class| class == "boring")) {
            code.push_str(text);
        }
    }
    code
}

/// `rust` from the class `language-rust` on a `pre` or the `code` in it; rustdoc writes `rust`.
fn code_language(element: ElementRef<'_>) -> String {
    let inner = element
        .child_elements()
        .find(|inner| inner.value().name() == "code");
    let mut classes = inner
        .into_iter()
        .chain([element])
        .flat_map(|e| e.value().classes());
    classes
        .find_map(|class| match class.strip_prefix("language-") {
            Some(language) => Some(language.to_owned()),
            None => (class == "rust").then(|| class.to_owned()),
        })
        .unwrap_or_default()
}

/// The text of an element on one line, inline code in backticks.
pub(crate) fn inline_text(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    inline(element, &mut text);
    fold(&text)
}

fn inline(element: ElementRef<'_>, text: &mut String) {
    inline_to_depth(element, text, 0);
}

fn inline_to_depth(element: ElementRef<'_>, text: &mut String, depth: usize) {
    if is_skipped(element) {
        return;
    }
    let name = element.value().name();
    if depth > MAX_DEPTH || matches!(name, "code" | "kbd" | "samp" | "tt") {
        let inner = fold(&element.text().collect::<String>());
        let code = depth <= MAX_DEPTH && !inner.is_empty() && !text.ends_with('`');
        let quote = if code { "`" } else { "" };
        for piece in [quote, inner.as_str(), quote] {
            text.push_str(piece);
        }
        return;
    }
    if matches!(name, "br" | "p" | "div" | "li" | "td" | "th") {
        text.push(' ');
    }
    for child in element.children() {
        match (child.value(), ElementRef::wrap(child)) {
            (Node::Text(piece), _) => text.push_str(piece),
            (_, Some(inner)) => inline_to_depth(inner, text, depth + 1),
            _ => {}
        }
    }
}

fn is_inline(element: ElementRef<'_>) -> bool {
    matches!(
        element.value().name(),
        "a" | "abbr"
            | "b"
            | "bdi"
            | "cite"
            | "code"
            | "del"
            | "dfn"
            | "em"
            | "i"
            | "ins"
            | "kbd"
            | "mark"
            | "q"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "tt"
            | "u"
            | "var"
            | "wbr"
            | "br"
    )
}

pub(crate) fn is_skipped(element: ElementRef<'_>) -> bool {
    let value = element.value();
    SKIPPED_ELEMENTS.contains(&value.name())
        || value
            .classes()
            .any(|class| SKIPPED_CLASSES.contains(&class))
        || value.attr("hidden").is_some()
}
