//! The Rust documentation that comes with a toolchain: where it is, which of its pages are worth
//! searching, and their public addresses. Reads no page.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use super::document::Document;
use super::images::{self, Place};
use super::listing::File;
use crate::engines::corpus::error::CorpusError;
use crate::engines::corpus::settings::RustDocs;

/// Where the documentation is published, one folder a version.
const PUBLISHED: &str = "https://doc.rust-lang.org";

/// A part of the documentation.
struct Part {
    /// Folder of the part, or the page it is.
    path: &'static str,
    /// Name of the book, where titles need it.
    name: Option<&'static str>,
    /// How much its sections count beside others. What is experimental, internal or of use to
    /// few stands behind what everybody uses.
    standing: f32,
}

const fn part(path: &'static str, name: &'static str, standing: f32) -> Part {
    Part {
        path,
        name: Some(name),
        standing,
    }
}

/// What is searched. `core` and `alloc` are not: `std` has the same pages.
const PARTS: &[Part] = &[
    Part {
        path: "std",
        name: None,
        standing: 1.0,
    },
    part("book", "The Rust Programming Language", 1.0),
    part("cargo", "The Cargo Book", 1.0),
    part("rust-by-example", "Rust By Example", 1.0),
    part("reference", "The Rust Reference", 0.95),
    part("edition-guide", "The Rust Edition Guide", 0.9),
    part("error_codes", "Error codes index", 0.9),
    part("nomicon", "The Rustonomicon", 0.9),
    part("rustc", "The rustc book", 0.9),
    part("rustdoc", "The rustdoc book", 0.9),
    part("clippy", "Clippy Documentation", 0.9),
    part("style-guide", "The Rust Style Guide", 0.9),
    part("embedded-book", "The Embedded Rust Book", 0.85),
    Part {
        path: "proc_macro",
        name: None,
        standing: 0.9,
    },
    part("unstable-book", "The Rust Unstable Book", 0.8),
    Part {
        path: "releases.html",
        name: None,
        standing: 0.9,
    },
];

/// What only nightly compilers, compiler authors or historians use.
const SPECIALIST: &[&str] = &[
    "cargo/CHANGELOG.html",
    "cargo/reference/unstable.html",
    "std/autodiff/",
    "std/bstr/",
    "std/intrinsics/",
    "std/os/",
    "std/simd/",
];

/// Standing of those.
const SPECIALIST_STANDING: f32 = 0.75;

/// Folders of what is also elsewhere, or of interest to no question: instructions of processors,
/// older editions of the book.
const LEFT_OUT: &[&str] = &[
    "std/arch",
    "book/first-edition",
    "book/second-edition",
    "book/2018-edition",
];

/// The installed documentation.
#[derive(Clone, Debug)]
pub(crate) struct Docs {
    root: PathBuf,
    /// `1.95.0`, `beta` or `nightly`, as addresses name it.
    version: String,
}

/// Finds the documentation that the settings ask for; `None` when they ask for none or when no
/// toolchain brings it.
///
/// # Errors
///
/// A folder that the settings name does not hold it.
pub(crate) fn locate(wanted: &RustDocs) -> Result<Option<Docs>, CorpusError> {
    match wanted {
        RustDocs::Off => Ok(None),
        RustDocs::Installed => Ok(installed().and_then(|root| Docs::at(&root))),
        RustDocs::At(root) => Docs::at(root)
            .map(Some)
            .ok_or_else(|| CorpusError::RustDocsMissing { path: root.clone() }),
    }
}

fn installed() -> Option<PathBuf> {
    let mut rustc = Command::new("rustc");
    let rustc = rustc
        .args(["--print", "sysroot"])
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    let output = rustc
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let sysroot = String::from_utf8(output.stdout).ok()?;
    Some(Path::new(sysroot.trim()).join("share/doc/rust/html"))
}

impl Docs {
    fn at(root: &Path) -> Option<Self> {
        root.join("std/index.html").is_file().then(|| Self {
            root: root.to_owned(),
            version: version(root).unwrap_or_else(|| "stable".to_owned()),
        })
    }

    /// The pages worth reading, in the order of their paths.
    pub(crate) fn list(&self) -> io::Result<Vec<File>> {
        let mut files = Vec::new();
        for part in PARTS {
            let path = self.root.join(part.path);
            if path.is_file() {
                files.push(File::at(path)?);
            } else if path.is_dir() {
                self.collect(&path, &mut files)?;
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    fn collect(&self, folder: &Path, files: &mut Vec<File>) -> io::Result<()> {
        if LEFT_OUT
            .iter()
            .any(|left_out| folder == self.root.join(left_out))
        {
            return Ok(());
        }
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                self.collect(&path, files)?;
            } else if is_page(&path) && !self.is_whole_book(&path) {
                files.push(File::at(path)?);
            }
        }
        Ok(())
    }

    /// The page that holds all the others of a book, for printing.
    fn is_whole_book(&self, path: &Path) -> bool {
        PARTS
            .iter()
            .any(|part| path == self.root.join(part.path).join("print.html"))
    }

    /// Fills in what a page does not say itself.
    pub(crate) fn complete(&self, file: &Path, document: &mut Document) {
        let inside = file.strip_prefix(&self.root).unwrap_or(file);
        let inside = inside.to_string_lossy().replace('\\', "/");
        let base = format!("{PUBLISHED}/{}/", self.version);
        document.url = format!("{base}{inside}");
        images::complete(
            document,
            Some(Place {
                root: &self.root,
                base: Some(&base),
                file,
            }),
        );
        let top = inside.split('/').next().unwrap_or_default();
        let Some(part) = PARTS.iter().find(|part| part.path == top) else {
            return;
        };
        let specialist = SPECIALIST.iter().any(|folder| inside.starts_with(folder));
        document.standing = if specialist {
            SPECIALIST_STANDING
        } else {
            part.standing
        };
        if let Some(name) = part.name {
            let title = document.title.strip_suffix(name).unwrap_or(&document.title);
            let title = title.strip_suffix(" - ").unwrap_or(title).trim();
            if !title.is_empty() {
                document.title = title.to_owned();
            }
            document.part_of = Some(name.to_owned()).filter(|name| *name != document.title);
        }
    }

    /// What tells this documentation from another: pages of one toolchain never change.
    pub(crate) fn fingerprint(&self) -> String {
        let about = File::at(self.root.join("std/index.html"));
        let about = about
            .map(|file| (file.size_bytes, file.stamp))
            .unwrap_or_default();
        format!("{:?} {} {about:?}", self.root, self.version)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }
}

/// Lists repeat what other pages say.
fn is_page(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".html") && !matches!(&*name, "all.html" | "toc.html" | "genindex.html")
}

/// The version as addresses name it, from a file that rustdoc names after the release.
fn version(root: &Path) -> Option<String> {
    let entries = fs::read_dir(root).ok()?;
    let mut names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let release = names.find_map(|name| {
        let release = name.strip_prefix("crates")?.strip_suffix(".js")?;
        release
            .starts_with(|c: char| c.is_ascii_digit())
            .then(|| release.to_owned())
    })?;
    match release.split_once('-') {
        None => Some(release),
        Some((_, channel)) if channel.starts_with("beta") => Some("beta".to_owned()),
        Some(_) => Some("nightly".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn docs(release: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for path in [
            "std/index.html",
            "std/arch/x.html",
            "book/print.html",
            "book/a.html",
            "book/first-edition/a.html",
            "src/a.html",
        ] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        fs::write(root.path().join(format!("crates{release}.js")), "").unwrap();
        root
    }

    #[test]
    fn copies_and_listings_are_left_out() {
        let root = docs("1.95.0");
        let docs = locate(&RustDocs::At(root.path().to_owned()))
            .unwrap()
            .unwrap();
        let files = docs.list().unwrap();
        let paths: Vec<_> = files
            .iter()
            .map(|f| f.path.strip_prefix(root.path()).unwrap())
            .collect();
        assert_eq!(
            paths,
            [Path::new("book/a.html"), Path::new("std/index.html")]
        );
    }

    #[test]
    fn addresses_are_public_and_name_the_version() {
        let check = |release: &str, expected: &str| {
            let root = docs(release);
            let docs = locate(&RustDocs::At(root.path().to_owned()))
                .unwrap()
                .unwrap();
            let mut document = Document {
                title: "Closures - The Rust Programming Language".to_owned(),
                ..Document::default()
            };
            docs.complete(&root.path().join("book/a.html"), &mut document);
            assert_eq!(document.url, expected);
            assert_eq!(document.title, "Closures");
        };
        check("1.95.0", "https://doc.rust-lang.org/1.95.0/book/a.html");
        check(
            "1.96.0-beta.2",
            "https://doc.rust-lang.org/beta/book/a.html",
        );
        check(
            "1.97.0-nightly",
            "https://doc.rust-lang.org/nightly/book/a.html",
        );
    }

    #[test]
    fn a_folder_without_it_is_an_error() {
        let empty = tempfile::tempdir().unwrap();
        let error = locate(&RustDocs::At(empty.path().to_owned())).unwrap_err();
        assert!(error.to_string().contains("rustup component add rust-docs"));
    }
}
