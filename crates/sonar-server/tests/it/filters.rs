//! Filters on documents that really exist: the dated pages of the handbook, and the releases in the Rust documentation.
//! What each may show is worked out here from the files themselves, by other means than the server's.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use sonar_server::Server;
use sonar_server::engines::corpus::{Filters, Query};
use time::macros::format_description;
use time::{Date, Duration};

use crate::documents::{folder_served, opened};
use crate::scripted::post;

fn day(text: &str) -> Date {
    Date::parse(text, format_description!("[year]-[month]-[day]")).unwrap()
}

fn written(day: Date) -> String {
    format!("{}/{}/{}", u8::from(day.month()), day.day(), day.year())
}

/// Days around which a filter is tried, with whether what happened on `date` lies after, and before, each.
fn around(date: Date) -> impl Iterator<Item = (Date, bool, bool)> {
    [-1, 0, 1].into_iter().map(move |days| {
        let day = date + Duration::days(days);
        (day, date > day, date < day)
    })
}

/// Whether a source whose address holds `part` is cited for this question under these filters.
async fn cites(server: &Server, question: &str, filters: Value, part: &str) -> bool {
    let mut request =
        json!({ "model": "sonar-pro", "messages": [{ "role": "user", "content": question }] });
    request
        .as_object_mut()
        .unwrap()
        .extend(filters.as_object().unwrap().clone());
    let reply: Value = post(server, &request).await.json().await.unwrap();
    reply["citations"]
        .as_array()
        .unwrap()
        .iter()
        .any(|url| url.as_str().unwrap().contains(part))
}

#[tokio::test]
async fn every_page_of_the_handbook_is_kept_to_its_day() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/handbook");
    let server = folder_served(&pages).await;
    let mut tried = 0;
    for entry in std::fs::read_dir(&pages).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let said = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key));
            line.unwrap_or_else(|| panic!("{} has no {key}", path.display()))
                .trim()
                .to_owned()
        };
        let (title, date) = (said("title:"), day(&said("date:")));
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        for (day, after, before) in around(date) {
            for (field, expected) in [
                ("search_after_date_filter", after),
                ("search_before_date_filter", before),
                ("last_updated_after_filter", after),
                ("last_updated_before_filter", before),
            ] {
                let cited = cites(&server, &title, json!({ field: written(day) }), &name).await;
                assert_eq!(cited, expected, "{name}: {field} {day}");
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "{tried}");
}

/// The releases page of the installed Rust documentation.
fn releases() -> Option<PathBuf> {
    let sysroot = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()
        .ok()?;
    let sysroot = String::from_utf8(sysroot.stdout).ok()?;
    let page = Path::new(sysroot.trim()).join("share/doc/rust/html/releases.html");
    page.exists().then_some(page)
}

/// The releases that a page of release notes names in its headings, with their days.
fn dated(html: &str) -> Vec<(String, Date)> {
    let headings = html.split("Version ").skip(1);
    let release = |heading: &str| {
        let (version, rest) = heading.split_once(" (")?;
        let (date, _) = rest.split_once(')')?;
        let plain = |text: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        };
        (plain(version) && date.len() == 10).then(|| (version.to_owned(), day(date)))
    };
    let mut releases: Vec<(String, Date)> = headings.filter_map(release).collect();
    releases.sort();
    releases.dedup();
    releases
}

/// Release notes as they would stand in the Rust documentation, where that is not installed.
fn made_up() -> String {
    let section = |number: i64| {
        let date = day("2020-01-30") + Duration::days(number * 42);
        format!(
            "<h1 id=v{number}>Version 1.{number}.0 ({date})</h1><h2 id=l{number}>Language</h2><p>Feature n{number} is stable.</p>"
        )
    };
    let sections: String = (0..40).map(section).collect();
    format!(
        "<html lang=en><head><title>Releases</title></head><body><main>{sections}</main></body></html>"
    )
}

#[test]
fn every_release_is_kept_to_its_day() {
    let page = releases().map(|page| std::fs::read_to_string(page).unwrap());
    let html = page.unwrap_or_else(made_up);
    let releases = dated(&html);
    assert!(releases.len() >= 40, "{}", releases.len());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("releases.html"), &html).unwrap();
    let corpus = opened(folder.path());
    let days = |version: &str, after, before| {
        let query = Query {
            text: format!("Version {version} of the language, libraries, compiler"),
            ..Query::default()
        };
        let filters = Filters {
            published_after: after,
            published_before: before,
            ..Filters::default()
        };
        let hits = corpus.hits(&query, &filters, usize::MAX).into_iter();
        hits.map(|hit| dated(&hit.name).pop().map(|(_, day)| day))
            .collect::<Vec<_>>()
    };
    for (version, date) in &releases {
        let alone = days(version, date.previous_day(), date.next_day());
        let its_own = alone.iter().all(|own| *own == Some(*date));
        assert!(its_own && !alone.is_empty(), "{version}: {alone:?}");
    }
    // Each of these looks through all releases, which takes its time.
    for (version, date) in releases.iter().step_by(24) {
        for (day, after, before) in around(*date) {
            let found = days(version, Some(day), None);
            assert!(
                found.iter().all(|own| own.is_some_and(|own| own > day)),
                "{version}: {found:?}"
            );
            assert_eq!(
                found.contains(&Some(*date)),
                after,
                "{version} after {day}: {found:?}"
            );
            let found = days(version, None, Some(day));
            assert!(
                found.iter().all(|own| own.is_some_and(|own| own < day)),
                "{version}: {found:?}"
            );
            assert_eq!(
                found.contains(&Some(*date)),
                before,
                "{version} before {day}: {found:?}"
            );
        }
    }
}
