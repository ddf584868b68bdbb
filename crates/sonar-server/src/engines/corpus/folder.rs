//! Lists the documents of a folder and the rules its `corpus.toml` sets. Reads no document.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::Deserialize;

use super::document::{Document, day};
use super::error::CorpusError;
use super::images::{self, Place};

/// Name of the file with a folder's rules.
const SETTINGS_FILE: &str = "corpus.toml";

/// How deep folders are followed.
const MAX_DEPTH: usize = 24;

/// The keys of a `corpus.toml`, all optional.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FolderSettings {
    /// Public address of the folder; a file's address is this and its path.
    base_url: Option<String>,
    /// Ending that page titles share, such as ` - My Handbook`; it is cut off.
    title_suffix: Option<String>,
    /// Language of documents that name none.
    lang: Option<String>,
    /// Publication date of documents that name none: `YYYY-MM-DD`.
    date: Option<String>,
}

/// A folder and what it holds.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    settings: FolderSettings,
    /// In the order of their paths.
    pub(crate) files: Vec<File>,
}

/// A document on disk.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) size_bytes: u64,
    /// Nanoseconds since 1970; tells only whether the file changed.
    pub(crate) changed: u128,
}

/// Lists a folder.
///
/// # Errors
///
/// A folder that is missing, cannot be listed or holds no document; a wrong `corpus.toml`.
pub(crate) fn list(root: &Path) -> Result<Folder, CorpusError> {
    if !root.is_dir() {
        return Err(CorpusError::FolderMissing {
            path: root.to_owned(),
        });
    }
    let mut files = Vec::new();
    collect(root, &mut files, 0).map_err(|source| CorpusError::Unreadable {
        path: root.to_owned(),
        source,
    })?;
    if files.is_empty() {
        return Err(CorpusError::FolderEmpty {
            path: root.to_owned(),
        });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let settings = settings(root)?;
    Ok(Folder {
        root: root.to_owned(),
        settings,
        files,
    })
}

fn settings(root: &Path) -> Result<FolderSettings, CorpusError> {
    let path = root.join(SETTINGS_FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(FolderSettings::default());
        }
        Err(source) => return Err(CorpusError::Unreadable { path, source }),
    };
    let wrong = |reason: String| CorpusError::FolderSettings {
        path: path.clone(),
        reason,
    };
    let settings: FolderSettings =
        toml::from_str(&text).map_err(|error| wrong(error.to_string().trim().to_owned()))?;
    let http = |url: &String| url.starts_with("https://") || url.starts_with("http://");
    if let Some(url) = settings.base_url.as_ref().filter(|url| !http(url)) {
        return Err(wrong(format!(
            "`base_url` must begin with https:// or http://, not `{url}`"
        )));
    }
    if let Some(date) = settings.date.as_ref().filter(|date| day(date).is_none()) {
        return Err(wrong(format!(
            "`date` must be a day written YYYY-MM-DD, not `{date}`"
        )));
    }
    Ok(settings)
}

/// Follows folders but no symbolic links, so that it cannot go round in circles.
fn collect(folder: &Path, files: &mut Vec<File>, depth: usize) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            if depth < MAX_DEPTH {
                collect(&path, files, depth + 1)?;
            }
        } else if is_document(&path) {
            match fs::metadata(&path) {
                // A pipe or a device might never end.
                Ok(about) if !about.is_file() => {}
                Ok(about) => files.push(File::new(path, &about)),
                // Reading it will say what is wrong, and the report names it.
                Err(_) => files.push(File::unknown(path)),
            }
        }
    }
    Ok(())
}

impl File {
    /// Size and time of the file at `path`.
    pub(crate) fn at(path: PathBuf) -> io::Result<Self> {
        let about = fs::metadata(&path)?;
        Ok(Self::new(path, &about))
    }

    fn new(path: PathBuf, about: &fs::Metadata) -> Self {
        let changed = about.modified().ok();
        let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Self {
            path,
            size_bytes: about.len(),
            changed: changed.unwrap_or_default().as_nanos(),
        }
    }

    fn unknown(path: PathBuf) -> Self {
        Self {
            path,
            size_bytes: 0,
            changed: 0,
        }
    }
}

/// The kinds of document, by the file's extension.
pub(crate) fn is_document(path: &Path) -> bool {
    matches!(
        extension(path).as_str(),
        "md" | "markdown" | "html" | "htm" | "txt"
    )
}

pub(crate) fn extension(path: &Path) -> String {
    path.extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase()
}

impl Folder {
    /// Fills in what the document itself does not say.
    pub(crate) fn complete(&self, file: &Path, document: &mut Document) {
        let settings = &self.settings;
        let inside = file.strip_prefix(&self.root).unwrap_or(file);
        let inside = inside.to_string_lossy().replace('\\', "/");
        if document.title.is_empty() {
            document.title.clone_from(&inside);
        }
        if let Some(suffix) = &settings.title_suffix
            && let Some(title) = document.title.strip_suffix(suffix.as_str())
        {
            document.title = title.trim_end().to_owned();
        }
        if document.url.is_empty() {
            document.url = self.address(&inside);
        }
        let base = settings.base_url.as_deref();
        let base = base.map(|base| format!("{}/", base.trim_end_matches('/')));
        images::complete(
            document,
            Place {
                root: &self.root,
                base: base.as_deref(),
                file,
            },
        );
        if document.language.is_none() {
            document.language.clone_from(&settings.lang);
        }
        if document.date.is_none() {
            document.date.clone_from(&settings.date);
        }
    }

    /// Whether documents here get a public address.
    pub(crate) fn is_public(&self) -> bool {
        self.settings.base_url.is_some()
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// `base_url` and the path; without one `local:/folder/path`, which names the file without
    /// telling where the machine keeps it, and which nobody takes for a link.
    fn address(&self, inside: &str) -> String {
        let inside = encoded(inside);
        match &self.settings.base_url {
            Some(base) => format!("{}/{inside}", base.trim_end_matches('/')),
            None => {
                let name = self.root.canonicalize().ok();
                let name = name
                    .as_deref()
                    .and_then(Path::file_name)
                    .unwrap_or_default();
                format!("local:/{}/{inside}", encoded(&name.to_string_lossy()))
            }
        }
    }

    /// What the rules are, for telling whether they changed.
    pub(crate) fn fingerprint(&self) -> String {
        format!("{:?} {:?}", self.root, self.settings)
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
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn addresses_come_from_the_base_or_stay_local() {
        let public = folder(&[
            ("a b/tea.md", "Tea"),
            (SETTINGS_FILE, "base_url = 'https://t.example/d/'"),
        ]);
        let listed = list(public.path()).unwrap();
        let mut document = Document::default();
        listed.complete(&listed.files[0].path, &mut document);
        assert_eq!(document.url, "https://t.example/d/a%20b/tea.md");

        let private = folder(&[("tea.md", "Tea")]);
        let listed = list(private.path()).unwrap();
        let mut document = Document::default();
        listed.complete(&listed.files[0].path, &mut document);
        assert!(document.url.starts_with("local:/") && document.url.ends_with("/tea.md"));
        assert_eq!(document.title, "tea.md");
    }

    #[test]
    fn mistakes_are_named() {
        let check = |settings: &str, named: &str| {
            let root = folder(&[("tea.md", "Tea"), (SETTINGS_FILE, settings)]);
            let message = list(root.path()).unwrap_err().to_string();
            assert!(
                message.contains(named) && message.contains(SETTINGS_FILE),
                "{message}"
            );
        };
        check("base_ulr = 'https://x'", "base_ulr");
        check("base_url = 'x.example'", "x.example");
        check("date = 'mtime'", "YYYY-MM-DD");
        let missing = list(Path::new("/no/such/folder")).unwrap_err();
        assert!(matches!(missing, CorpusError::FolderMissing { .. }));
        let empty = folder(&[("picture.png", "")]);
        assert!(matches!(
            list(empty.path()),
            Err(CorpusError::FolderEmpty { .. })
        ));
    }
}
