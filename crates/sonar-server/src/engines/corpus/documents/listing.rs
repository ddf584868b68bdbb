//! Lists the files of a folder that are documents. Goes round in no circle, leads out of no folder, opens no file.

use std::fs;
use std::hash::{Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use rustc_hash::FxHasher;

use super::rules::Rules;

/// How deep folders are followed.
const MAX_DEPTH: usize = 24;

/// The most files of a folder; far more than the index holds passages of.
const MAX_FILES: usize = 200_000;

/// A document on disk.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) size_bytes: u64,
    /// Nanoseconds since 1970.
    pub(crate) changed: u128,
    /// Differs when the file was written, replaced, or given other permissions.
    pub(crate) stamp: u64,
}

/// What a folder holds.
#[derive(Debug)]
pub(crate) struct Listing<'a> {
    root: &'a Path,
    /// The folder without any link on the way to it: what links lead to must lie in it.
    real_root: PathBuf,
    rules: &'a Rules,
    /// In the order of their paths.
    pub(crate) files: Vec<File>,
    /// What could not be listed, and why.
    pub(crate) unlisted: Vec<(PathBuf, String)>,
    /// Whether there are more files than are taken.
    is_full: bool,
}

/// Lists what the rules ask for.
///
/// # Errors
///
/// When the folder itself cannot be listed; what cannot be listed inside of it is left out and named.
pub(crate) fn list<'a>(root: &'a Path, rules: &'a Rules) -> io::Result<Listing<'a>> {
    let mut listing = Listing {
        root,
        real_root: root.canonicalize()?,
        rules,
        files: Vec::new(),
        unlisted: Vec::new(),
        is_full: false,
    };
    listing.entries(fs::read_dir(root)?, 0)?;
    if listing.is_full {
        let why = "it holds more than 200,000 documents; the others are left out";
        listing.unlisted.push((root.to_owned(), why.to_owned()));
    }
    listing.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(listing)
}

/// The kinds of document, by the file's extension.
fn is_document(path: &Path) -> bool {
    matches!(
        extension(path).as_str(),
        "md" | "markdown" | "html" | "htm" | "txt" | "jsonl" | "ndjson"
    )
}

impl Listing<'_> {
    /// Follows folders but no symbolic links to folders, so that it cannot go round in circles.
    fn entries(&mut self, entries: fs::ReadDir, depth: usize) -> io::Result<()> {
        for entry in entries {
            let entry = entry?;
            let path = entry.path();
            let inside = path.strip_prefix(self.root).unwrap_or(&path);
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            if hidden || self.rules.keeps_out(inside) {
                continue;
            }
            if self.files.len() >= MAX_FILES {
                self.is_full = true;
                return Ok(());
            }
            let kind = entry.file_type()?;
            let wanted = is_document(&path) && self.rules.asks_for(inside);
            if kind.is_dir() {
                self.folder(path, depth + 1);
            } else if kind.is_symlink() {
                self.link(path, wanted);
            } else if wanted {
                self.file(path);
            }
        }
        Ok(())
    }

    /// What is in a folder that cannot be listed is left out; the others are not.
    fn folder(&mut self, path: PathBuf, depth: usize) {
        if depth > MAX_DEPTH {
            let why = "folders more than 24 deep are not followed";
            return self.unlisted.push((path, why.to_owned()));
        }
        let listed = fs::read_dir(&path).and_then(|entries| self.entries(entries, depth));
        if let Err(error) = listed {
            self.unlisted
                .push((path, format!("cannot be listed: {error}")));
        }
    }

    /// Whoever fills the folder (a repository that is fetched into it, for instance) must not decide which other files of
    /// the machine are shown.
    fn link(&mut self, path: PathBuf, wanted: bool) {
        // A link to nothing, or one that goes round in a circle; reading it will say so.
        let Ok(target) = path.canonicalize() else {
            return if wanted {
                self.file(path)
            };
        };
        let why = match target.strip_prefix(&self.real_root) {
            Err(_) if wanted || target.is_dir() => {
                "a link that leads out of the folder is not followed"
            }
            Ok(inside) if wanted && !self.shows(inside) => {
                "a link to what is hidden or kept out is not followed"
            }
            _ if wanted => return self.file(path),
            _ => return,
        };
        self.unlisted.push((path, why.to_owned()));
    }

    /// Whether what lies at this path inside the folder may be shown under another name.
    fn shows(&self, inside: &Path) -> bool {
        let hidden = inside.iter().any(|part| {
            let name = part.as_encoded_bytes();
            // Kubernetes keeps what it mounts behind links, in folders whose names begin with two dots.
            name.starts_with(b".") && !name.starts_with(b"..")
        });
        let mut around = inside.ancestors();
        !hidden && !around.any(|path| self.rules.keeps_out(path)) && self.rules.asks_for(inside)
    }

    fn file(&mut self, path: PathBuf) {
        match fs::metadata(&path) {
            // A pipe or a device might never end.
            Ok(about) if !about.is_file() => {}
            Ok(about) => self.files.push(File::new(path, &about)),
            // Reading it will say what is wrong, and the report names it.
            Err(_) => self.files.push(File {
                path,
                size_bytes: 0,
                changed: 0,
                stamp: 0,
            }),
        }
    }
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
        let changed = changed.unwrap_or_default().as_nanos();
        let mut stamp = FxHasher::default();
        (changed, touched(about)).hash(&mut stamp);
        Self {
            path,
            size_bytes: about.len(),
            changed,
            stamp: stamp.finish(),
        }
    }
}

/// When anything about the file last changed, its permissions for instance; where the system tells.
#[cfg(unix)]
fn touched(about: &fs::Metadata) -> (i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (about.ctime(), about.ctime_nsec())
}

#[cfg(not(unix))]
fn touched(_about: &fs::Metadata) -> (i64, i64) {
    (0, 0)
}

pub(crate) fn extension(path: &Path) -> String {
    path.extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::rules::{self, RULES_FILE};
    use super::*;

    /// A folder with these files in it.
    pub(crate) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn listed(root: &Path) -> Vec<String> {
        let rules = rules::read(root).unwrap();
        let listing = list(root, &rules).unwrap();
        let paths = listing
            .files
            .iter()
            .map(|file| file.path.strip_prefix(root).unwrap());
        paths.map(|path| path.display().to_string()).collect()
    }

    #[cfg(unix)]
    #[test]
    fn a_loop_of_links_is_not_followed() {
        let root = folder(&[("a/tea.md", "Tea")]);
        std::os::unix::fs::symlink("..", root.path().join("a/up")).unwrap();
        std::os::unix::fs::symlink("../a", root.path().join("a/again.md")).unwrap();
        assert_eq!(listed(root.path()), ["a/tea.md"]);
    }

    /// Paths of what was left out, and why.
    #[cfg(unix)]
    fn unlisted(root: &Path) -> Vec<String> {
        let rules = rules::read(root).unwrap();
        let mut named: Vec<_> = list(root, &rules)
            .unwrap()
            .unlisted
            .iter()
            .map(|(path, why)| format!("{}: {why}", path.strip_prefix(root).unwrap().display()))
            .collect();
        named.sort_unstable();
        named
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_out_is_not_followed_and_named_and_one_within_is_followed() {
        use std::os::unix::fs::symlink;
        let outside = folder(&[("secret.md", "Secret"), ("more/secret.md", "Secret")]);
        let inside = folder(&[("docs/a/tea.md", "Tea")]);
        let root = inside.path().join("docs");
        symlink(outside.path().join("secret.md"), root.join("a/out.md")).unwrap();
        symlink(outside.path().join("more"), root.join("more")).unwrap();
        symlink(outside.path(), root.join("folder.md")).unwrap();
        symlink("../../beside.md", root.join("a/beside.md")).unwrap();
        fs::write(inside.path().join("beside.md"), "Beside").unwrap();
        symlink("a/tea.md", root.join("again.md")).unwrap();
        // Through a link within to one that leads out: where it ends is what counts.
        symlink("a/out.md", root.join("twice.md")).unwrap();
        symlink(outside.path().join("secret.md"), root.join("picture.png")).unwrap();
        symlink("nowhere.md", root.join("broken.md")).unwrap();

        assert_eq!(
            listed(&root),
            ["a/tea.md", "again.md", "broken.md"],
            "reading the broken one says what is wrong with it"
        );
        let why = "a link that leads out of the folder is not followed";
        assert_eq!(
            unlisted(&root),
            ["a/beside.md", "a/out.md", "folder.md", "more", "twice.md"]
                .map(|path| format!("{path}: {why}"))
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_what_is_hidden_or_kept_out_is_not_followed_and_named() {
        use std::os::unix::fs::symlink;
        let inside = folder(&[
            (".corpus/.git/config", "token"),
            (".corpus/.env", "KEY"),
            (".corpus/.private/pot.md", "Pot"),
            (".corpus/drafts/plan.md", "Plan"),
            (".corpus/guide/cup.md", "Cup"),
            (".corpus/other/jug.md", "Jug"),
            (
                ".corpus/corpus.toml",
                "include = ['guide']\nexclude = ['drafts']",
            ),
        ]);
        let root = inside.path().join(".corpus");
        for (link, target) in [
            ("config.md", "../.git/config"),
            ("env.md", "../.env"),
            ("pot.md", "../.private/pot.md"),
            ("plan.md", "../drafts/plan.md"),
            ("jug.md", "../other/jug.md"),
            ("again.md", "cup.md"),
        ] {
            symlink(target, root.join("guide").join(link)).unwrap();
        }
        symlink("config.md", root.join("guide/twice.md")).unwrap();

        assert_eq!(listed(&root), ["guide/again.md", "guide/cup.md"]);
        let why = "a link to what is hidden or kept out is not followed";
        assert_eq!(
            unlisted(&root),
            ["config", "env", "jug", "plan", "pot", "twice"]
                .map(|name| format!("guide/{name}.md: {why}"))
        );
    }

    /// Kubernetes mounts a `ConfigMap` as links through `..data` to a folder named by its time.
    #[cfg(unix)]
    #[test]
    fn documents_that_a_cluster_mounts_are_listed_once() {
        use std::os::unix::fs::symlink;
        let root = folder(&[("..2026_11_22/tea.md", "Tea")]);
        symlink("..2026_11_22", root.path().join("..data")).unwrap();
        symlink("..data/tea.md", root.path().join("tea.md")).unwrap();
        assert_eq!(listed(root.path()), ["tea.md"]);
        assert!(unlisted(root.path()).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_is_itself_reached_by_a_link_is_read() {
        let real = folder(&[("tea.md", "Tea"), ("a/pot.md", "Pot")]);
        let beside = tempfile::tempdir().unwrap();
        let root = beside.path().join("docs");
        std::os::unix::fs::symlink(real.path(), &root).unwrap();
        std::os::unix::fs::symlink("../tea.md", real.path().join("a/again.md")).unwrap();
        assert_eq!(listed(&root), ["a/again.md", "a/pot.md", "tea.md"]);
    }

    #[test]
    fn folders_without_end_are_named() {
        let root = folder(&[
            ("tea.md", "Tea"),
            (&format!("{}deep.md", "x/".repeat(30)), "Deep"),
        ]);
        let rules = rules::read(root.path()).unwrap();
        let folder = list(root.path(), &rules).unwrap();
        assert_eq!(folder.files.len(), 1);
        assert!(folder.unlisted[0].1.contains("24 deep"));
    }

    #[test]
    fn the_rules_choose_files() {
        let root = folder(&[
            ("a.md", ""),
            ("b.jsonl", ""),
            ("drafts/c.md", ""),
            (".hidden/d.md", ""),
            (RULES_FILE, "exclude = ['drafts']"),
        ]);
        assert_eq!(listed(root.path()), ["a.md", "b.jsonl"]);
    }
}
