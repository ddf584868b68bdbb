//! What the web of the stand-in holds: a few subjects with pages of their own, and pages made from the question for everything else.
//! Pages are dated back from today, so that filters by date show. Must know nothing of runs.

use time::{Date, Duration};

use super::filters::Filters;

/// A page that a search finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) title: String,
    pub(super) url: String,
    pub(super) snippet: String,
    pub(super) date: Option<Date>,
    pub(super) updated: Option<Date>,
}

/// A subject: the words that call it, and its pages: host, path, title, and what they say.
struct Subject {
    words: &'static [&'static str],
    pages: &'static [(&'static str, &'static str, &'static str, &'static str)],
}

const SUBJECTS: [Subject; 3] = [
    Subject {
        words: &["python"],
        pages: &[
            (
                "www.python.org",
                "/downloads/",
                "Download Python",
                "The latest release of Python is on the downloads page.",
            ),
            (
                "docs.python.org",
                "/3/whatsnew/",
                "What's New in Python",
                "Each release of Python has a page of what is new in it.",
            ),
            (
                "blog.python.org",
                "/releases/",
                "Python Insider",
                "Releases of Python are announced on Python Insider.",
            ),
            (
                "discuss.python.org",
                "/c/core-dev/",
                "Core Development",
                "What goes into Python is discussed in public.",
            ),
            (
                "en.wikipedia.org",
                "/wiki/Python_(programming_language)",
                "Python (programming language)",
                "Python was first released in 1991.",
            ),
        ],
    },
    Subject {
        words: &["rust", "cargo"],
        pages: &[
            (
                "www.rust-lang.org",
                "/",
                "Rust Programming Language",
                "Rust is a language for reliable and efficient software.",
            ),
            (
                "doc.rust-lang.org",
                "/book/",
                "The Rust Programming Language",
                "Ownership lets Rust promise memory safety without a collector.",
            ),
            (
                "blog.rust-lang.org",
                "/releases/",
                "Rust Blog",
                "A stable release of Rust comes every six weeks.",
            ),
            (
                "en.wikipedia.org",
                "/wiki/Rust_(programming_language)",
                "Rust (programming language)",
                "Rust 1.0 was released in May 2015.",
            ),
        ],
    },
    Subject {
        words: &["france", "paris"],
        pages: &[
            (
                "en.wikipedia.org",
                "/wiki/Paris",
                "Paris",
                "Paris is the capital of France.",
            ),
            (
                "www.britannica.com",
                "/place/Paris",
                "Paris | Britannica",
                "Paris lies on the Seine, in the north of France.",
            ),
            (
                "www.insee.fr",
                "/en/",
                "Institut national de la statistique",
                "About two million people live in Paris.",
            ),
        ],
    },
];

/// Hosts of pages that are made from the question. Nobody can own such names.
const HOSTS: [&str; 5] = [
    "encyclopedia.example",
    "news.example",
    "docs.example.org",
    "blog.example.com",
    "forum.example.net",
];

/// How many days old pages are, one after another; `None` bears no date.
const AGES: [Option<i64>; 10] = [
    Some(3),
    Some(0),
    Some(12),
    None,
    Some(40),
    Some(200),
    Some(1),
    Some(400),
    None,
    Some(1500),
];

/// What the search number `search` finds for a question, at most `most` pages, best first.
pub(super) fn find(
    question: &str,
    search: usize,
    filters: &Filters,
    most: usize,
    today: Date,
) -> Vec<Page> {
    let latest = filters.latest(today);
    // Enough that something is left when filters take most of it.
    let candidates = (0..4 * most).map(|at| {
        let age = AGES[(at + search) % AGES.len()];
        let date = age.map(|days| latest - Duration::days(days));
        page(question, search, at, filters, date, latest)
    });
    candidates
        .filter(|page| filters.admit_host(host(&page.url)))
        .filter(|page| filters.admit_dates(page.date, page.updated, today))
        .take(most)
        .collect()
}

fn page(
    question: &str,
    search: usize,
    at: usize,
    filters: &Filters,
    date: Option<Date>,
    latest: Date,
) -> Page {
    // A page on a subject turns up in every search, as good pages do; each search finds others beside.
    // Every other page was written anew the day after, unless that is still to come.
    let updated = date.filter(|_| at.is_multiple_of(2));
    let updated = updated.map(|date| latest.min(date + Duration::DAY));
    let known = subject(question).and_then(|subject| subject.pages.get(at));
    if let Some((host, path, title, says)) = known
        && filters.admit_host(host)
    {
        return Page {
            title: (*title).to_owned(),
            url: format!("https://{host}{path}"),
            snippet: (*says).to_owned(),
            date,
            updated,
        };
    }
    let host = match filters.allowed.as_slice() {
        [] => HOSTS[at % HOSTS.len()].to_owned(),
        allowed if at.is_multiple_of(2) => allowed[at / 2 % allowed.len()].clone(),
        allowed => format!("docs.{}", allowed[at / 2 % allowed.len()]),
    };
    let about: String = question
        .split_whitespace()
        .take(12)
        .collect::<Vec<_>>()
        .join(" ");
    let number = search * 100 + at + 1;
    Page {
        title: format!("{about} – page {number}"),
        url: format!("https://{host}/{}/{number}", slug(&about)),
        snippet: format!("Page {number} of the stand-in's web is about “{about}”."),
        date,
        updated,
    }
}

fn subject(question: &str) -> Option<&'static Subject> {
    let question = question.to_lowercase();
    let words: Vec<&str> = question.split(|it: char| !it.is_alphanumeric()).collect();
    SUBJECTS
        .iter()
        .find(|subject| subject.words.iter().any(|word| words.contains(word)))
}

fn slug(about: &str) -> String {
    let words = about.split(|it: char| !it.is_ascii_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() {
        "question".to_owned()
    } else {
        words.join("-")
    }
}

fn host(url: &str) -> &str {
    url.split('/').nth(2).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::date;

    use super::*;

    const TODAY: Date = date!(2026 - 10 - 16);

    fn found(question: &str, filters: &serde_json::Value) -> Vec<Page> {
        let filters = Filters::read(filters, "tools[0]").unwrap();
        find(question, 0, &filters, 10, TODAY)
    }

    #[test]
    fn filters_show_in_what_is_found() {
        for question in ["What is new in Python?", "Wie hoch ist der Turm?", "?"] {
            assert_eq!(found(question, &json!({})).len(), 10);
            let allowed = found(question, &json!({"search_domain_filter": ["python.org"]}));
            assert_eq!(allowed.len(), 10);
            assert!(
                allowed
                    .iter()
                    .all(|page| host(&page.url).ends_with("python.org"))
            );
            let denied = found(
                question,
                &json!({"search_domain_filter": ["-news.example"]}),
            );
            assert!(!denied.is_empty());
            assert!(denied.iter().all(|page| host(&page.url) != "news.example"));
            let recent = found(question, &json!({"search_recency_filter": "day"}));
            assert!(!recent.is_empty());
            assert!(
                recent
                    .iter()
                    .all(|page| page.date >= Some(date!(2026 - 10 - 15)))
            );
            let dates = json!({"search_after_date_filter": "01/01/2019", "search_before_date_filter": "12/31/2020"});
            let dated = found(question, &dates);
            assert!(!dated.is_empty());
            assert!(
                dated
                    .iter()
                    .all(|page| page.date < Some(date!(2021 - 01 - 01)))
            );
        }
    }

    #[test]
    fn pages_found_by_one_search_have_addresses_of_their_own() {
        let pages = found("rust", &json!({}));
        let mut urls: Vec<&str> = pages.iter().map(|page| page.url.as_str()).collect();
        urls.sort_unstable();
        urls.dedup();
        assert_eq!(urls.len(), pages.len());
    }
}
