//! Reads an HTML page: its title, dates and language, and its text block by block. Opens no file.

use scraper::{ElementRef, Html};
use serde_json::Value;

use super::dates;
use super::document::{Document, Outline, clipped, fold};
use super::html_blocks::{self, Headings, inline_text, is_skipped};
use super::html_tree::{self, Refused, first};
use super::rustdoc;

/// Names under which pages say in `<meta>` when they were published; the first that is there counts.
const PUBLISHED: &[&str] = &[
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.date",
    "dcterms.created",
];

/// The same for when they were last changed.
const MODIFIED: &[&str] = &[
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "dcterms.modified",
    "last-modified",
];

/// Reads a page; beside it, what it says about itself that is of no use. The address, what it is part of and its standing
/// are the caller's to set.
///
/// # Errors
///
/// [`Refused`] for a page that nobody could have written.
pub(crate) fn read(text: &str) -> Result<(Document, Vec<String>), Refused> {
    let page = html_tree::parse(text)?;
    let mut remarks = Vec::new();
    let said = Metas::of(&page);
    let mut document = Document {
        language: language(&page),
        date: said.day(PUBLISHED, "datePublished", &mut remarks),
        updated: said.day(MODIFIED, "dateModified", &mut remarks),
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
    let shown = Times::of(root);
    document.date = document.date.or(shown.published);
    document.updated = document.updated.or(shown.modified);
    document.title = clipped(&title(&page, root));
    let mut outline = Outline::new(&document.title);
    html_blocks::blocks(root, &mut outline, Headings::Open, 0);
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

/// What a page says about itself beside its text.
struct Metas {
    /// Names in small letters, with what is said.
    named: Vec<(String, String)>,
    /// Linked data.
    linked: Vec<Value>,
}

impl Metas {
    fn of(page: &Html) -> Self {
        let mut said = Self {
            named: Vec::new(),
            linked: Vec::new(),
        };
        let elements = page
            .root_element()
            .descendants()
            .filter_map(ElementRef::wrap);
        for element in elements {
            match element.value().name() {
                "meta" => said.named.extend(named(element)),
                "script" if element.value().attr("type") == Some("application/ld+json") => {
                    let text: String = element.text().collect();
                    said.linked.extend(serde_json::from_str(&text).ok());
                }
                _ => {}
            }
        }
        said
    }

    fn day(&self, names: &[&str], property: &str, remarks: &mut Vec<String>) -> Option<String> {
        let by_name = |name: &&str| {
            let mut all = self.named.iter();
            all.find(|(own, _)| own == name)
                .map(|(_, text)| text.as_str())
        };
        let named = names.iter().find_map(by_name);
        let linked = || {
            self.linked
                .iter()
                .find_map(|value| in_linked_data(value, property))
        };
        dates::said(property, named.or_else(linked), remarks)
    }
}

fn named(meta: ElementRef<'_>) -> Option<(String, String)> {
    let said = |attribute| meta.value().attr(attribute);
    let name = said("property").or(said("name")).or(said("itemprop"))?;
    Some((name.to_lowercase(), said("content")?.to_owned()))
}

/// A property of the thing described, or of one of several; not of things inside of it.
fn in_linked_data<'a>(value: &'a Value, property: &str) -> Option<&'a str> {
    match value {
        Value::Array(things) => things
            .iter()
            .filter(|thing| thing.is_object())
            .find_map(|thing| thing.get(property)?.as_str()),
        _ => value.get(property).and_then(Value::as_str).or_else(|| {
            let graph = value.get("@graph").filter(|graph| graph.is_array())?;
            in_linked_data(graph, property)
        }),
    }
}

/// The days that a page shows in `<time>`.
#[derive(Default)]
struct Times {
    published: Option<String>,
    modified: Option<String>,
}

/// What a `<time>` is the time of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Published,
    Modified,
    /// It stands in the page's own header.
    InHeader,
    /// Anything, a battle for instance.
    Unsaid,
}

impl Times {
    /// Takes a day that is said to be the publication, else one in the header, else the only one that the page shows.
    fn of(root: ElementRef<'_>) -> Self {
        let mut all: Vec<(Role, String)> = Vec::new();
        let elements = root.descendants().filter_map(ElementRef::wrap);
        for time in elements.filter(|element| element.value().name() == "time") {
            let about_the_site = time
                .ancestors()
                .filter_map(ElementRef::wrap)
                .any(is_skipped);
            let day = match time.value().attr("datetime") {
                Some(moment) => dates::day(moment),
                None => dates::day(&fold(&time.text().collect::<String>())),
            };
            if let (Some(day), false) = (day, about_the_site) {
                all.push((role(time), day));
            }
        }
        let first = |wanted: Role| {
            let found = all.iter().find(|(role, _)| *role == wanted);
            found.map(|(_, day)| day.clone())
        };
        let only = || match &all[..] {
            [(Role::Unsaid, day)] => Some(day.clone()),
            _ => None,
        };
        Self {
            published: first(Role::Published)
                .or_else(|| first(Role::InHeader))
                .or_else(only),
            modified: first(Role::Modified),
        }
    }
}

fn role(time: ElementRef<'_>) -> Role {
    let value = time.value();
    let says = |words: &[&str]| {
        let item = value.attr("itemprop").into_iter();
        item.chain(value.classes()).any(|own| words.contains(&own))
    };
    let header = || {
        let around = time.ancestors().filter_map(ElementRef::wrap);
        around
            .take(8)
            .any(|element| element.value().name() == "header")
    };
    if says(&["dateModified", "dt-updated", "updated", "modified"]) {
        Role::Modified
    } else if value.attr("pubdate").is_some()
        || says(&[
            "datePublished",
            "dt-published",
            "published",
            "entry-date",
            "pubdate",
        ])
    {
        Role::Published
    } else if header() {
        Role::InHeader
    } else {
        Role::Unsaid
    }
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
    fn a_page_says_its_days_in_many_ways_and_a_battle_is_none() {
        let check = |head: &str, body: &str, date: Option<&str>, updated: Option<&str>| {
            let page = format!("<head>{head}</head><body>{body}<p>Text.</p></body>");
            let (document, _) = read(&page).unwrap();
            let days = (document.date.as_deref(), document.updated.as_deref());
            assert_eq!(days, (date, updated), "{page}");
        };
        let (first, second) = (Some("2024-03-01"), Some("2024-04-01"));
        check(
            "<meta name=DCTERMS.created content=2024-03-01><meta itemprop=dateModified content=2024-04-01T08:00>",
            "",
            first,
            second,
        );
        check(
            "<script type=application/ld+json>{\"@graph\": [{\"author\": {}}, {\"datePublished\": \"2024-03-01\", \"dateModified\": \"2024-04-01\"}]}</script>",
            "",
            first,
            second,
        );
        check(
            "<script type=application/ld+json>{broken</script>",
            "",
            None,
            None,
        );
        check(
            "",
            "<header>By A, <time>2024-03-01</time></header><time>1815-06-18</time>",
            first,
            None,
        );
        check(
            "",
            "<time datetime=1815-06-18>long ago</time><time class=dt-published datetime=2024-03-01></time><time class=dt-updated datetime=2024-04-01></time>",
            first,
            second,
        );
        check("", "<time datetime=2024-03-01></time>", first, None);
        check(
            "",
            "<p><time>1815-06-18</time>, <time>1814-04-11</time></p>",
            None,
            None,
        );
        check("", "<footer><time>2024-03-01</time></footer>", None, None);
        check(
            "<meta name=date content=2024-03-01>",
            "<header><time>2020-01-01</time></header>",
            first,
            None,
        );
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
