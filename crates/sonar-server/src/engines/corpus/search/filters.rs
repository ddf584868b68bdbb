//! Which documents a question may be answered from. Pure; ranks nothing.

use time::Date;

use crate::domains::{Domain, let_in};
use crate::engines::corpus::documents::dates::parse_day;
use crate::engines::corpus::documents::language::same_language;
use crate::engines::corpus::index::{DocumentEntry, SectionEntry};

/// Limits on the documents. Every one that is set must be met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Hosts and paths that are allowed or denied.
    pub domains: Vec<Domain>,
    /// Only documents published after this day.
    pub published_after: Option<Date>,
    /// Only documents published before this day.
    pub published_before: Option<Date>,
    /// Only documents changed after this day.
    pub updated_after: Option<Date>,
    /// Only documents changed before this day.
    pub updated_before: Option<Date>,
    /// Only documents in one of these languages (`en`); empty allows all that the question's
    /// language allows.
    pub languages: Vec<String>,
}

impl Filters {
    /// Whether a section may be quoted.
    pub(crate) fn allow(&self, document: &DocumentEntry, section: &SectionEntry) -> bool {
        self.allow_address(&document.url) && self.allow_content(document, section)
    }

    /// Whether the domains let a document in. One without a public address is in no domain.
    pub(crate) fn allow_address(&self, url: &str) -> bool {
        let_in(&self.domains, url)
    }

    /// Whether language and dates let a section in. A section's own date goes before its document's; where nothing says
    /// when a document was changed, it counts as changed when it was published.
    pub(crate) fn allow_content(&self, document: &DocumentEntry, section: &SectionEntry) -> bool {
        let published = section.date.as_deref().or(document.date.as_deref());
        self.allow_language(&document.language)
            && self.allow_days(published, document.updated.as_deref())
    }

    /// Whether the days let in what was published and last changed on these, `YYYY-MM-DD`.
    pub(crate) fn allow_days(&self, published: Option<&str>, updated: Option<&str>) -> bool {
        self.allow_published(published)
            && within(
                updated.or(published),
                self.updated_after,
                self.updated_before,
            )
    }

    /// Whether the days of publication let this one in.
    pub(crate) fn allow_published(&self, day: Option<&str>) -> bool {
        within(day, self.published_after, self.published_before)
    }

    /// Whether the languages let one in; an empty one is not known.
    pub(crate) fn allow_language(&self, language: &str) -> bool {
        self.languages.is_empty()
            || self
                .languages
                .iter()
                .any(|allowed| same_language(allowed, language))
    }
}

/// A document without a date is outside every range.
fn within(date: Option<&str>, after: Option<Date>, before: Option<Date>) -> bool {
    if after.is_none() && before.is_none() {
        return true;
    }
    let Some(date) = date.and_then(parse_day) else {
        return false;
    };
    after.is_none_or(|after| date > after) && before.is_none_or(|before| date < before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(url: &str, date: Option<&str>) -> (DocumentEntry, SectionEntry) {
        let document = DocumentEntry {
            title: String::new(),
            part_of: None,
            url: url.to_owned(),
            date: date.map(str::to_owned),
            updated: None,
            language: "en".to_owned(),
        };
        (document, SectionEntry::at(0))
    }

    fn check(entries: &[&str], url: &str, expected: bool) {
        let read = |entry: &&str| Domain::read(entry).unwrap();
        let filters = Filters {
            domains: entries.iter().map(read).collect(),
            ..Filters::default()
        };
        let (document, section) = entry(url, None);
        let allowed = filters.allow(&document, &section);
        assert_eq!(allowed, expected, "{entries:?} {url}");
    }

    #[test]
    fn a_document_must_be_in_an_allowed_domain_and_in_no_denied_one() {
        let std = "https://doc.rust-lang.org/1.95.0/std/vec/index.html";
        check(&[], std, true);
        check(&["a.example", "rust-lang.org"], std, true);
        check(&["a.example"], std, false);
        check(&["-rust-lang.org/1.95.0"], std, false);
        check(&["-a.example"], std, true);
        check(&["rust-lang.org", "-doc.rust-lang.org"], std, false);
        check(&["rust-lang.org"], "local:/docs/a.md", false);
        check(&["-rust-lang.org"], "local:/docs/a.md", true);
    }

    #[test]
    fn a_date_filter_leaves_out_what_has_no_date() {
        let filters = Filters {
            published_after: parse_day("2024-01-01"),
            ..Filters::default()
        };
        let check = |date, expected| {
            let (document, section) = entry("https://a.example/", date);
            assert_eq!(filters.allow(&document, &section), expected, "{date:?}");
        };
        check(None, false);
        check(Some("2024-01-01"), false);
        check(Some("2024-01-02"), true);
    }

    #[test]
    fn languages_match_by_their_first_part() {
        let filters = Filters {
            languages: vec!["EN-us".to_owned()],
            ..Filters::default()
        };
        let (mut document, section) = entry("https://a.example/", None);
        assert!(filters.allow(&document, &section));
        document.language = "de".to_owned();
        assert!(!filters.allow(&document, &section));
    }
}
