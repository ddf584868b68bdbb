//! The rules of a folder of documents: its `corpus.toml`. Lists and reads no document.

use std::fs;
use std::io;
use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;
use url::Url;

use super::dates;
use super::language::is_tag;
use crate::engines::corpus::error::CorpusError;

/// Name of the file with a folder's rules.
pub(crate) const RULES_FILE: &str = "corpus.toml";

/// The keys of a `corpus.toml` as they are written, all optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    base_url: Option<String>,
    domain: Option<String>,
    title_suffix: Option<String>,
    lang: Option<String>,
    date: Option<String>,
    #[serde(default)]
    include: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
    license: Option<String>,
}

/// What they mean.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// Public address of the folder, ending in `/`; a file's address is this and its path.
    pub(crate) base: Option<Url>,
    /// Ending that page titles share, such as ` - My Handbook`; it is cut off.
    pub(crate) title_suffix: Option<String>,
    /// Language of documents that name none.
    pub(crate) language: Option<String>,
    pub(crate) dates: Dates,
    /// Under which licence the documents may be quoted, in the operator's words.
    pub(crate) license: Option<String>,
    /// The only files that are taken; all when there is no pattern.
    include: Option<GlobSet>,
    exclude: GlobSet,
    /// The text of the file, which tells whether it changed.
    written: String,
}

/// Where the dates of documents come from that give none themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Dates {
    /// They have none.
    #[default]
    None,
    /// The folder's git history: published with the first commit that names the file, changed with the last.
    Git,
    /// The file system: changed when the file was. Nothing is known about publication.
    Modified,
    /// They were all published on this day, as the operator knows.
    Day(String),
}

/// The rules of the folder at `root`; none are needed.
///
/// # Errors
///
/// A `corpus.toml` that cannot be read, or that holds what it may not: the error names the key.
pub(crate) fn read(root: &Path) -> Result<Rules, CorpusError> {
    let path = root.join(RULES_FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Rules::default()),
        Err(source) => return Err(CorpusError::Unreadable { path, source }),
    };
    parse(text).map_err(|reason| CorpusError::FolderSettings { path, reason })
}

fn parse(text: String) -> Result<Rules, String> {
    let written: Written =
        toml::from_str(&text).map_err(|error| error.to_string().trim().to_owned())?;
    Ok(Rules {
        base: base(written.base_url.as_deref(), written.domain.as_deref())?,
        title_suffix: written.title_suffix,
        language: written.lang.as_deref().map(language).transpose()?,
        dates: written
            .date
            .as_deref()
            .map_or(Ok(Dates::None), dates_from)?,
        license: written.license,
        include: match &written.include[..] {
            [] => None,
            patterns => Some(globs("include", patterns)?),
        },
        exclude: globs("exclude", &written.exclude)?,
        written: text,
    })
}

fn base(base_url: Option<&str>, domain: Option<&str>) -> Result<Option<Url>, String> {
    match (base_url, domain) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(
            "`base_url` and `domain` both say where the folder is published; keep one of them"
                .to_owned(),
        ),
        (Some(address), None) => address_of("base_url", address).map(Some),
        (None, Some(domain)) => {
            let address = address_of("domain", &format!("https://{domain}"));
            let plain = address
                .ok()
                .filter(|url| url.path() == "/" && !domain.contains('/'));
            let wrong =
                || format!("`domain` must be a host name such as docs.example.com, not `{domain}`");
            plain.map(Some).ok_or_else(wrong)
        }
    }
}

fn address_of(key: &str, address: &str) -> Result<Url, String> {
    let slash = if address.ends_with('/') { "" } else { "/" };
    let url = Url::parse(&format!("{address}{slash}")).ok();
    let usable = url.filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    });
    usable.ok_or_else(|| {
        format!("`{key}` must be an address that begins with https:// or http:// and has no `?` or `#`, not `{address}`")
    })
}

fn language(tag: &str) -> Result<String, String> {
    is_tag(tag)
        .then(|| tag.to_lowercase())
        .ok_or_else(|| format!("`lang` must be a language such as en or pt-BR, not `{tag}`"))
}

fn dates_from(date: &str) -> Result<Dates, String> {
    match date {
        "none" => Ok(Dates::None),
        "git" => Ok(Dates::Git),
        "mtime" => Ok(Dates::Modified),
        day => dates::day(day).filter(|real| real == day).map(Dates::Day).ok_or_else(|| {
            format!("`date` must be \"git\", \"mtime\", \"none\" or a day written YYYY-MM-DD, not `{day}`")
        }),
    }
}

/// Patterns over paths inside the folder: `*` stays within a folder, `**` does not. One without a slash is meant for names
/// anywhere, and one that names a folder for all that is in it.
fn globs(key: &str, patterns: &[String]) -> Result<GlobSet, String> {
    let wrong = |pattern: &str, why: &dyn std::fmt::Display| {
        format!("`{key}` holds the pattern `{pattern}`, which cannot be used: {why}")
    };
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let inside = pattern.trim_start_matches("./").trim_end_matches('/');
        if inside.is_empty()
            || inside.starts_with('/')
            || inside.split('/').any(|part| part == "..")
        {
            return Err(wrong(pattern, &"it must be a path inside the folder"));
        }
        let anywhere = if inside.contains('/') { "" } else { "**/" };
        let glob = GlobBuilder::new(&format!("{anywhere}{inside}"))
            .literal_separator(true)
            .build()
            .map_err(|error| wrong(pattern, error.kind()))?;
        set.add(glob);
    }
    set.build()
        .map_err(|error| wrong(error.glob().unwrap_or_default(), error.kind()))
}

impl Rules {
    /// Whether a file or folder at this path inside the folder may be followed.
    pub(crate) fn keeps_out(&self, inside: &Path) -> bool {
        self.exclude.is_match(inside)
    }

    /// Whether a file that is not kept out is asked for.
    pub(crate) fn asks_for(&self, inside: &Path) -> bool {
        let Some(include) = &self.include else {
            return true;
        };
        let mut around = inside.ancestors();
        around.any(|path| !path.as_os_str().is_empty() && include.is_match(path))
    }

    /// What tells these rules from others.
    pub(crate) fn fingerprint(&self) -> &str {
        &self.written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Rules {
        parse(text.to_owned()).unwrap()
    }

    #[test]
    fn every_key_has_its_meaning() {
        let rules = rules(
            "base_url = 'https://tea.example/docs'\ntitle_suffix = ' - Tea'\nlang = 'EN-gb'\ndate = 'git'\ninclude = ['*.md']\nexclude = ['drafts/']\nlicense = 'CC BY 4.0'",
        );
        assert_eq!(
            rules.base.as_ref().unwrap().as_str(),
            "https://tea.example/docs/"
        );
        assert_eq!(rules.language.as_deref(), Some("en-gb"));
        assert_eq!(rules.dates, Dates::Git);
        assert_eq!(rules.license.as_deref(), Some("CC BY 4.0"));
    }

    #[test]
    fn a_domain_is_an_address_too() {
        let base = rules("domain = 'docs.example'").base.unwrap();
        assert_eq!(base.as_str(), "https://docs.example/");
    }

    #[test]
    fn patterns_choose_files() {
        let check = |text: &str, taken: &[&str], left: &[&str]| {
            let rules = rules(text);
            let takes = |path: &&str| {
                let path = Path::new(*path);
                let kept_out = path
                    .ancestors()
                    .any(|part| !part.as_os_str().is_empty() && rules.keeps_out(part));
                !kept_out && rules.asks_for(path)
            };
            assert!(taken.iter().all(takes), "{text}");
            assert!(!left.iter().any(takes), "{text}");
        };
        check("", &["a.md", "x/y.txt"], &[]);
        check("include = ['*.md']", &["a.md", "x/y/a.md"], &["a.txt"]);
        check(
            "include = ['guide/']",
            &["guide/a.md", "x/guide/b/a.md"],
            &["a.md"],
        );
        check(
            "include = ['guide/*.md']",
            &["guide/a.md"],
            &["guide/x/a.md", "x/guide/a.md"],
        );
        check("include = ['guide/**']", &["guide/x/a.md"], &["a.md"]);
        check(
            "exclude = ['drafts']",
            &["a.md"],
            &["drafts/a.md", "x/drafts/y/a.md"],
        );
        check(
            "include = ['*.md']\nexclude = ['README.md', './old/x']",
            &["a.md", "old/a.md"],
            &["x/README.md", "old/x/a.md"],
        );
        check("include = ['*.{md,txt}']", &["a.txt"], &["a.html"]);
    }

    #[test]
    fn mistakes_name_the_key_and_the_mend() {
        let check = |text: &str, named: &[&str]| {
            let message = parse(text.to_owned()).unwrap_err();
            assert!(
                named.iter().all(|named| message.contains(named)),
                "{message}"
            );
        };
        check(
            "base_ulr = 'https://x'",
            &["base_ulr", "expected one of", "base_url"],
        );
        check("lang = 3", &["lang", "string"]);
        check("include = '*.md'", &["include", "sequence"]);
        check(
            "base_url = 'x.example'",
            &["`base_url`", "https://", "x.example"],
        );
        check("base_url = 'https://x.example/?page='", &["`base_url`"]);
        check("domain = 'https://x.example'", &["`domain`", "host name"]);
        check("domain = 'x.example/docs'", &["`domain`"]);
        check(
            "domain = 'x.example'\nbase_url = 'https://x.example'",
            &["`domain`", "`base_url`"],
        );
        check("date = 'ctime'", &["`date`", "\"mtime\"", "YYYY-MM-DD"]);
        check("date = '2024-02-30'", &["`date`", "2024-02-30"]);
        check("lang = 'english'", &["`lang`", "english"]);
        check("exclude = ['[']", &["`exclude`", "`[`"]);
        check(
            "include = ['../other']",
            &["`include`", "inside the folder"],
        );
        check("title_suffix = ", &["title_suffix"]);
    }
}
