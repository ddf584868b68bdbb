//! When an HTML page was published and last changed, as it says itself. Takes no other day for these two.

use scraper::{ElementRef, Html};
use serde_json::Value;

use super::blocks::is_skipped;
use crate::engines::corpus::documents::dates;
use crate::engines::corpus::documents::outline::fold;

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

/// The two days of a page, `YYYY-MM-DD`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Days {
    pub(crate) published: Option<String>,
    pub(crate) modified: Option<String>,
}

/// What a page says beside its text, in `<meta>` and in linked data. What is no day becomes a remark.
pub(crate) fn said(page: &Html, remarks: &mut Vec<String>) -> Days {
    let said = Metas::of(page);
    Days {
        published: said.day(PUBLISHED, "datePublished", remarks),
        modified: said.day(MODIFIED, "dateModified", remarks),
    }
}

/// The days that the text of a page shows in `<time>`: one that is said to be the publication, else one in the header, else
/// the only one of the page.
pub(crate) fn shown(root: ElementRef<'_>) -> Days {
    let mut all: Vec<(Role, String)> = Vec::new();
    let elements = root.descendants().filter_map(ElementRef::wrap);
    for time in elements.filter(|element| element.value().name() == "time") {
        let about_the_site = time
            .ancestors()
            .filter_map(ElementRef::wrap)
            .any(is_skipped);
        let day = match time.value().attr("datetime") {
            Some(moment) => dates::day(moment),
            None => dates::day(&fold(&time.text().take(4).collect::<String>())),
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
    Days {
        published: first(Role::Published)
            .or_else(|| first(Role::InHeader))
            .or_else(only),
        modified: first(Role::Modified),
    }
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
    use super::super::read;

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
}
