//! Reads an HTML page: its title, dates and language, and its text block by block. Opens no file.

mod blocks;
mod dates;
mod rustdoc;
mod tree;

use std::time::Duration;

use scraper::{ElementRef, Html};

pub(crate) use tree::Refused;

use super::document::Document;
use super::outline::{Outline, clipped};
use blocks::{Headings, inline_text};
use tree::first;

/// Reads a page; beside it, what it says about itself that is of no use. The address, what it is part of and its standing
/// are the caller's to set.
///
/// # Errors
///
/// [`Refused`] for a page that nobody could have written.
pub(crate) fn read(text: &str) -> Result<(Document, Vec<String>), Refused> {
    read_within(text, tree::LONGEST)
}

/// The same, where parsing may take so long.
///
/// # Errors
///
/// Those of [`read`].
pub(crate) fn read_within(
    text: &str,
    longest: Duration,
) -> Result<(Document, Vec<String>), Refused> {
    let page = tree::parse_within(text, longest)?;
    let mut remarks = Vec::new();
    let said = dates::said(&page, &mut remarks);
    let mut document = Document {
        language: language(&page),
        date: said.published,
        updated: said.modified,
        url: canonical(&page).unwrap_or_default(),
        ..Document::default()
    };
    if let Some(main) = rustdoc::item_page(&page) {
        document.title = rustdoc::title(main);
        document.sections = rustdoc::sections(main, &document.title);
        return Ok((document, remarks));
    }
    let root = first(&page, "main")
        .or_else(|| first(&page, "article"))
        .or_else(|| first(&page, "body"))
        .unwrap_or_else(|| page.root_element());
    let shown = dates::shown(root);
    document.date = document.date.or(shown.published);
    document.updated = document.updated.or(shown.modified);
    document.title = clipped(&title(&page, root));
    let mut outline = Outline::new(&document.title);
    blocks::blocks(root, &mut outline, Headings::Open, 0);
    document.sections = outline.finish();
    Ok((document, remarks))
}

/// The `lang` attribute near the start of a page, without parsing the page.
pub(crate) fn language_of_head(head: &str) -> Option<&str> {
    let (_, after) = head.split_once("<html")?;
    let (tag, _) = after.split_once('>')?;
    let (_, value) = tag.split_once("lang=\"")?;
    let (value, _) = value.split_once('"')?;
    value.split('-').next().filter(|lang| !lang.is_empty())
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

fn canonical(page: &Html) -> Option<String> {
    let link = first(page, "link[rel=canonical]")?;
    let address = link.value().attr("href")?.trim();
    let absolute = ["https://", "http://"]
        .iter()
        .any(|scheme| address.starts_with(scheme));
    absolute.then(|| address.split('#').next().unwrap_or_default().to_owned())
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
        let document = read(PAGE).unwrap().0;
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
        )
        .unwrap()
        .0;
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
            let (document, _) = read(&format!(
                "<body><h1>Tea</h1><p>Hot.</p>{body}<p>Yes.</p></body>"
            ))
            .unwrap();
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
        let deep = format!("{}deep{}", "<div>".repeat(400), "</div>".repeat(400));
        let document = read(&deep).unwrap().0;
        assert_eq!(document.sections.len(), 1);
        let deep = format!("<p>{}deep{}</p>", "<b>".repeat(400), "</b>".repeat(400));
        assert_eq!(read(&deep).unwrap().0.sections.len(), 1);
    }
}
