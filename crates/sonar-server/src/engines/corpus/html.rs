//! Reads an HTML page: its title, dates and language, and its text block by block. Opens no file.

use scraper::{ElementRef, Html, Node, Selector};

use super::document::{CELL_GAP, Document, Outline, day, fold};
use super::found::Image;
use super::rustdoc;

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

/// Reads a page. The address, what it is part of and its standing are the caller's to set.
pub(crate) fn read(text: &str) -> Document {
    let page = Html::parse_document(text);
    let mut document = Document {
        language: language(&page),
        date: date(&page),
        updated: meta(&page, "property", "article:modified_time").and_then(|text| day(&text)),
        url: canonical(&page).unwrap_or_default(),
        standing: 1.0,
        ..Document::default()
    };
    if let Some(main) = rustdoc::item_page(&page) {
        document.title = rustdoc::title(main);
        document.sections = rustdoc::sections(main, &document.title);
        return document;
    }
    let root = first(&page, "main")
        .or_else(|| first(&page, "article"))
        .or_else(|| first(&page, "body"))
        .unwrap_or_else(|| page.root_element());
    document.title = title(&page, root);
    let mut outline = Outline::new(&document.title);
    blocks(root, &mut outline, Headings::Open, 0);
    document.sections = outline.finish();
    document
}

/// The `lang` attribute near the start of a page, without parsing the page.
pub(crate) fn language_of_head(head: &str) -> Option<&str> {
    let (_, after) = head.split_once("<html")?;
    let (tag, _) = after.split_once('>')?;
    let (_, value) = tag.split_once("lang=\"")?;
    let (value, _) = value.split_once('"')?;
    value.split('-').next().filter(|lang| !lang.is_empty())
}

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

fn is_skipped(element: ElementRef<'_>) -> bool {
    let value = element.value();
    SKIPPED_ELEMENTS.contains(&value.name())
        || value
            .classes()
            .any(|class| SKIPPED_CLASSES.contains(&class))
        || value.attr("hidden").is_some()
}

fn title(page: &Html, root: ElementRef<'_>) -> String {
    let named = first(page, "title")
        .map(inline_text)
        .filter(|text| !text.is_empty());
    let heading = || {
        let mut inside = root.descendants().filter_map(ElementRef::wrap);
        inside
            .find(|element| element.value().name() == "h1")
            .map(inline_text)
    };
    named.or_else(heading).unwrap_or_default()
}

fn language(page: &Html) -> Option<String> {
    let tag = page.root_element().value().attr("lang")?;
    let language = tag.split('-').next()?.to_lowercase();
    Some(language).filter(|language| !language.is_empty())
}

fn date(page: &Html) -> Option<String> {
    let published = meta(page, "property", "article:published_time");
    let named = || meta(page, "name", "date");
    let shown = || {
        first(page, "time[datetime]")?
            .value()
            .attr("datetime")
            .map(str::to_owned)
    };
    day(&published.or_else(named).or_else(shown)?)
}

fn canonical(page: &Html) -> Option<String> {
    let link = first(page, "link[rel=canonical]")?;
    let address = link.value().attr("href")?;
    address.starts_with("http").then(|| address.to_owned())
}

fn meta(page: &Html, attribute: &str, value: &str) -> Option<String> {
    let element = first(page, &format!("meta[{attribute}=\"{value}\"]"))?;
    element.value().attr("content").map(str::to_owned)
}

/// The first element that a selector matches; a selector that cannot be read matches none.
pub(crate) fn first<'a>(page: &'a Html, selector: &str) -> Option<ElementRef<'a>> {
    let selector = Selector::parse(selector).ok()?;
    page.select(&selector).next()
}

#[cfg(test)]
mod tests {
    use super::super::document::Block;
    use super::*;

    const PAGE: &str = r##"<html lang="en-GB"><head><title>Kettles</title>
        <meta property="article:published_time" content="2024-03-01T10:00:00Z">
        <link rel="canonical" href="https://tea.example/kettles"></head><body>
        <nav>Home</nav><main><h1 id="kettles">Kettles</h1><p>A kettle boils <code>water</code>.</p>
        <h2 id="care">Care<a class="headerlink" href="#care">#</a></h2>
        <ul><li>Descale it.<ul><li>With vinegar.</li></ul></li></ul>
        <pre><code class="language-sh">boil --now</code></pre>
        <table><tr><th>Size</th><td>1 l</td></tr></table></main></body></html>"##;

    #[test]
    fn a_page_becomes_sections_of_blocks() {
        let document = read(PAGE);
        assert_eq!(document.title, "Kettles");
        assert_eq!(document.language.as_deref(), Some("en"));
        assert_eq!(document.date.as_deref(), Some("2024-03-01"));
        assert_eq!(document.url, "https://tea.example/kettles");
        let [top, care] = &document.sections[..] else {
            panic!("{:?}", document.sections);
        };
        assert_eq!(top.anchor, "kettles");
        assert_eq!(
            top.blocks,
            [Block::Prose("A kettle boils `water`.".to_owned())]
        );
        assert_eq!(care.path, ["Care"]);
        assert_eq!(
            care.blocks,
            [
                Block::Item("Descale it.".to_owned()),
                Block::Item("With vinegar.".to_owned()),
                Block::Code {
                    language: "sh".to_owned(),
                    text: "boil --now".to_owned()
                },
                Block::Item("Size\u{2003}1 l".to_owned()),
            ]
        );
    }

    #[test]
    fn pictures_belong_to_the_section_they_stand_in() {
        let document = read(
            "<main><h1>Pots</h1><p>Old <a href=x><img src=' a.png ' alt='A  pot' width=30 height=20></a> pots.</p>\
             <h2>New</h2><figure><img src=b.png><figcaption>No</figcaption></figure><ul><li>One <b><img src=c.png></b></ul>\
             <nav><img src=logo.png></nav></main>",
        );
        let pictures: Vec<_> = document
            .sections
            .iter()
            .flat_map(|section| {
                section
                    .images
                    .iter()
                    .map(|image| (section.path.len(), image))
            })
            .map(|(depth, image)| {
                (
                    depth,
                    image.url.as_str(),
                    image.title.as_deref(),
                    image.width,
                )
            })
            .collect();
        assert_eq!(
            pictures,
            [
                (0, "a.png", Some("A pot"), 30),
                (1, "b.png", None, 0),
                (1, "c.png", None, 0)
            ]
        );
    }

    #[test]
    fn a_heading_is_named_by_what_stands_alone_in_front_of_it() {
        let check = |body: &str, expected: &str| {
            let document = read(&format!(
                "<body><h1>Tea</h1><p>Hot.</p>{body}<p>Yes.</p></body>"
            ));
            let anchors: Vec<_> = document
                .sections
                .iter()
                .map(|section| section.anchor.as_str())
                .collect();
            assert_eq!(anchors.last(), Some(&expected), "{body}");
        };
        check("<p><a name=\"l18\"></a>\n<h2>Pots</h2>", "l18");
        check("<span id=\"Pots\"></span><h2>Pots</h2>", "Pots");
        check("<span id=\"no\"></span><p>Text.</p><h2>Pots</h2>", "");
        check("<a name=\"no\"></a><h2 id=\"own\">Pots</h2>", "own");
    }

    #[test]
    fn the_language_is_seen_without_parsing() {
        assert_eq!(
            language_of_head("<!DOCTYPE html><html lang=\"ja\" class=x>"),
            Some("ja")
        );
        assert_eq!(language_of_head("<html>"), None);
    }

    #[test]
    fn absurd_nesting_is_read_all_the_same() {
        let deep = format!("{}deep{}", "<div>".repeat(1000), "</div>".repeat(1000));
        let document = read(&deep);
        assert_eq!(document.sections.len(), 1);
        let deep = format!("<p>{}deep{}</p>", "<b>".repeat(1000), "</b>".repeat(1000));
        assert_eq!(read(&deep).sections.len(), 1);
    }
}
