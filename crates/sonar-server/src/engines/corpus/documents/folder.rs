//! A folder of documents: fills in what they do not say themselves, from its rules and its history. Reads no document.

use std::hash::Hash;
use std::path::{Path, PathBuf};

use url::Url;

use super::dates;
use super::document::{Document, MAX_ADDRESS_BYTES};
use super::history::{self, History};
use super::images::{self, Place};
use super::language::is_tag;
use super::listing::{self, File, Listing};
use super::outline::clipped;
use super::rules::{self, Dates, Rules};
use crate::engines::corpus::error::CorpusError;

/// The most tags of a document; they are searched with every passage of it.
const MAX_TAGS: usize = 50;

/// A folder and what it holds.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    /// Its own name; two folders of a library never have the same.
    name: String,
    rules: Rules,
    /// The commit that is checked out, where dates come from git.
    commit: Option<String>,
    /// In the order of their paths.
    pub(crate) files: Vec<File>,
    /// What could not be listed, and why.
    pub(crate) unlisted: Vec<(PathBuf, String)>,
}

/// Lists a folder. `taken` are the names that other folders have.
///
/// # Errors
///
/// A folder that is missing, cannot be listed or holds no document; a wrong `corpus.toml`.
pub(crate) fn list(root: &Path, taken: &[String]) -> Result<Folder, CorpusError> {
    let path = root.to_owned();
    if !root.is_dir() {
        return Err(CorpusError::FolderMissing { path });
    }
    let rules = rules::read(root)?;
    let listed = listing::list(root, &rules);
    let Listing {
        files, unlisted, ..
    } = listed.map_err(|source| CorpusError::Unreadable {
        path: path.clone(),
        source,
    })?;
    if files.is_empty() {
        let first = unlisted.first();
        let first = first.map(|(path, why)| format!("{}: {why}", path.display()));
        return Err(CorpusError::FolderEmpty { path, first });
    }
    Ok(Folder {
        commit: match rules.dates {
            Dates::Git => history::head(root),
            _ => None,
        },
        root: root.to_owned(),
        name: name(root, taken),
        rules,
        files,
        unlisted,
    })
}

/// `docs`, or `docs-2` where another folder is called so.
fn name(root: &Path, taken: &[String]) -> String {
    let own = root.canonicalize().ok();
    let own = own.as_deref().and_then(Path::file_name).unwrap_or_default();
    let own = own.to_string_lossy();
    let numbered = (2..).map(|number| format!("{own}-{number}"));
    let mut names = std::iter::once(own.to_string()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or_default()
}

impl Folder {
    /// The history that the rules ask for; in words why there is none.
    pub(crate) fn history(&self) -> Result<History, String> {
        match self.rules.dates {
            Dates::Git => history::read(&self.root),
            _ => Ok(History::default()),
        }
    }

    /// Fills in what the document itself does not say; returns what it says that is of no use.
    pub(crate) fn complete(
        &self,
        file: &File,
        history: &History,
        document: &mut Document,
    ) -> Vec<String> {
        let inside = file.path.strip_prefix(&self.root).unwrap_or(&file.path);
        let inside = inside.to_string_lossy().replace('\\', "/");
        self.title(&inside, document);
        let mut remarks = Vec::new();
        remarks.extend(self.place(&inside, document));
        let place = Place {
            root: &self.root,
            base: self.rules.base.as_ref().map(Url::as_str),
            file: &file.path,
        };
        images::complete(document, Some(place));
        if document.language.take_if(|tag| !is_tag(tag)).is_some() {
            remarks.push("`lang` is no language such as en or pt-BR".to_owned());
        }
        if document.language.is_none() {
            document.language.clone_from(&self.rules.language);
        }
        document.tags.truncate(MAX_TAGS);
        for tag in &mut document.tags {
            *tag = clipped(tag);
        }
        self.date(file, &inside, history, document);
        remarks
    }

    fn title(&self, inside: &str, document: &mut Document) {
        if document.title.is_empty() {
            inside.clone_into(&mut document.title);
        }
        if let Some(suffix) = &self.rules.title_suffix
            && let Some(title) = document.title.strip_suffix(suffix.as_str())
        {
            document.title = title.trim_end().to_owned();
        }
    }

    /// Its own address, else that of its file.
    fn place(&self, inside: &str, document: &mut Document) -> Option<String> {
        let own = std::mem::take(&mut document.url);
        let of_file = match (document.line, &self.rules.base) {
            // A line has no address that a reader could open.
            (Some(line), _) => self.local(&format!("{inside}/{line}")),
            (None, Some(base)) => format!("{base}{}", encoded(inside)),
            (None, None) => self.local(inside),
        };
        let absolute = match &self.rules.base {
            Some(base) => base.join(&own),
            None => Url::parse(&own),
        };
        let absolute = absolute.ok().filter(|url| {
            !own.is_empty()
                && own.len() <= MAX_ADDRESS_BYTES
                && matches!(url.scheme(), "http" | "https")
                && url.has_host()
        });
        if let Some(mut absolute) = absolute {
            absolute.set_fragment(None);
            document.url = absolute.into();
            return None;
        }
        document.url = of_file;
        (!own.is_empty()).then(|| {
            "`url` is no address that begins with https:// or http://; the document goes by its file's".to_owned()
        })
    }

    /// Names the file without telling where the machine keeps it, and nobody takes it for a link.
    fn local(&self, inside: &str) -> String {
        format!("local:/{}/{}", encoded(&self.name), encoded(inside))
    }

    /// What the document says of itself goes before what the rules know of its file.
    fn date(&self, file: &File, inside: &str, history: &History, document: &mut Document) {
        let (published, changed) = match &self.rules.dates {
            Dates::None => (None, None),
            Dates::Day(day) => (Some(day.clone()), None),
            Dates::Modified => (None, dates::of_moment(file.changed)),
            Dates::Git => match history.get(inside) {
                Some(days) => (Some(days.first.clone()), Some(days.last.clone())),
                None => (None, None),
            },
        };
        if document.date.is_none() {
            document.date = published.filter(|day| {
                let updated = document.updated.as_ref();
                updated.is_none_or(|updated| day <= updated)
            });
        }
        if document.updated.is_none() {
            // A change before the publication that the document gives is no change of what was published.
            document.updated = changed.filter(|day| {
                let published = document.date.as_ref();
                published.is_none_or(|published| day >= published)
            });
        }
    }

    /// Whether documents here get a public address.
    pub(crate) fn is_public(&self) -> bool {
        self.rules.base.is_some()
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn license(&self) -> Option<&str> {
        self.rules.license.as_deref()
    }

    /// What the rules and the history are, for telling whether they changed.
    pub(crate) fn fingerprint(&self) -> impl Hash {
        (
            self.root.clone(),
            self.rules.fingerprint().to_owned(),
            self.commit.clone(),
            self.unlisted.clone(),
        )
    }
}

/// A path with every character that an address cannot hold percent-encoded.
fn encoded(path: &str) -> String {
    let mut address = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'/'
            | b'-'
            | b'_'
            | b'.'
            | b'~'
            | b'!'
            | b'+'
            | b',' => {
                address.push(char::from(byte));
            }
            _ => address.push_str(&format!("%{byte:02X}")),
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::super::listing::tests::folder;
    use super::super::rules::RULES_FILE;
    use super::*;

    /// The document as a folder with these rules completes it, with what it has to say of it.
    fn completed(rules: &str, document: Document) -> (Document, Vec<String>) {
        let root = folder(&[("a b/tea.md", "Tea"), (RULES_FILE, rules)]);
        let folder = list(root.path(), &["docs".to_owned()]).unwrap();
        let mut document = document;
        let remarks = folder.complete(&folder.files[0], &History::default(), &mut document);
        (document, remarks)
    }

    #[test]
    fn addresses_are_the_documents_own_or_come_from_the_base_or_stay_local() {
        const BASE: &str = "base_url = 'https://t.example/d'";
        let check = |rules: &str, own: &str, expected: &str, remarked: bool| {
            let document = Document {
                url: own.to_owned(),
                ..Document::default()
            };
            let (document, remarks) = completed(rules, document);
            assert!(document.url.ends_with(expected), "{own:?} {}", document.url);
            assert_eq!(!remarks.is_empty(), remarked, "{own:?}");
        };
        check(BASE, "", "https://t.example/d/a%20b/tea.md", false);
        check(BASE, "https://o.example/x#y", "https://o.example/x", false);
        check(BASE, "/guide/tea/", "https://t.example/guide/tea/", false);
        check(BASE, "guide/tea", "https://t.example/d/guide/tea", false);
        check(
            BASE,
            "javascript:alert(1)",
            "https://t.example/d/a%20b/tea.md",
            true,
        );
        check("", "", "/a%20b/tea.md", false);
        check("", "guide/tea", "/a%20b/tea.md", true);
        let (document, _) = completed("", Document::default());
        assert!(document.url.starts_with("local:/"), "{}", document.url);
        assert_eq!(document.title, "a b/tea.md");
        let line = Document {
            line: Some(7),
            ..Document::default()
        };
        let (document, _) = completed(BASE, line);
        assert!(document.url.starts_with("local:/") && document.url.ends_with("/a%20b/tea.md/7"));
    }

    #[test]
    fn a_language_is_the_documents_own_or_that_of_the_rules() {
        let check = |own: Option<&str>, expected: Option<&str>, remarked: bool| {
            let document = Document {
                language: own.map(str::to_owned),
                ..Document::default()
            };
            let (document, remarks) = completed("lang = 'de'", document);
            assert_eq!(document.language.as_deref(), expected);
            assert_eq!(!remarks.is_empty(), remarked, "{own:?}");
        };
        check(Some("pt-br"), Some("pt-br"), false);
        check(None, Some("de"), false);
        check(Some("german"), Some("de"), true);
    }

    #[test]
    fn a_documents_own_dates_win_and_none_is_made_up() {
        let dated = |date: Option<&str>, updated: Option<&str>| Document {
            date: date.map(str::to_owned),
            updated: updated.map(str::to_owned),
            ..Document::default()
        };
        let (plain, _) = completed("", dated(None, None));
        assert_eq!((plain.date, plain.updated), (None, None));
        let (day, _) = completed("date = '2020-01-01'", dated(None, None));
        assert_eq!(day.date.as_deref(), Some("2020-01-01"));
        let (own, _) = completed("date = '2020-01-01'", dated(Some("2019-01-01"), None));
        assert_eq!(own.date.as_deref(), Some("2019-01-01"));
        let (file, _) = completed("date = 'mtime'", dated(None, None));
        assert!(file.date.is_none() && file.updated.is_some(), "{file:?}");
        let (later, _) = completed("date = 'mtime'", dated(Some("2999-01-01"), None));
        assert_eq!(later.updated, None);
        let (own, _) = completed("date = 'mtime'", dated(None, Some("2019-01-01")));
        assert_eq!(own.updated.as_deref(), Some("2019-01-01"));
    }

    #[test]
    fn a_committed_file_was_published_first_and_changed_last() {
        let root = folder(&[
            ("tea.md", "Tea"),
            ("pot.md", "Pot"),
            (RULES_FILE, "date = 'git'"),
        ]);
        let folder = list(root.path(), &[]).unwrap();
        let committed = history::Committed {
            first: "2020-01-01".to_owned(),
            last: "2022-03-03".to_owned(),
        };
        let history = History::from_iter([("tea.md".to_owned(), committed)]);
        let days = |file: usize, date: Option<&str>| {
            let mut document = Document {
                date: date.map(str::to_owned),
                ..Document::default()
            };
            folder.complete(&folder.files[file], &history, &mut document);
            (document.date, document.updated)
        };
        let day = |day: &str| Some(day.to_owned());
        assert_eq!(days(1, None), (day("2020-01-01"), day("2022-03-03")));
        assert_eq!(
            days(1, Some("2021-01-01")),
            (day("2021-01-01"), day("2022-03-03"))
        );
        assert_eq!(days(0, None), (None, None), "never committed");
    }

    #[test]
    fn two_folders_of_one_name_are_told_apart() {
        let root = folder(&[("docs/a.md", ""), ("other/docs/a.md", "")]);
        let first = list(&root.path().join("docs"), &[]).unwrap();
        let taken = [first.name().to_owned()];
        let second = list(&root.path().join("other/docs"), &taken).unwrap();
        assert_eq!((first.name(), second.name()), ("docs", "docs-2"));
    }

    #[test]
    fn mistakes_are_named() {
        let root = folder(&[("tea.md", "Tea"), (RULES_FILE, "base_url = 'x.example'")]);
        let message = list(root.path(), &[]).unwrap_err().to_string();
        assert!(message.contains("corpus.toml: `base_url`"), "{message}");
        let missing = list(Path::new("/no/such/folder"), &[]).unwrap_err();
        assert!(matches!(missing, CorpusError::FolderMissing { .. }));
        let empty = folder(&[("picture.png", "")]);
        assert!(matches!(
            list(empty.path(), &[]),
            Err(CorpusError::FolderEmpty { .. })
        ));
    }
}
