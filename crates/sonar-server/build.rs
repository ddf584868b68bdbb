//! Makes the handbook part of the program: lists `docs/handbook/*.md` for `include_str!`. Without
//! the folder the list is empty. And numbers the code that makes an index of documents, so that a kept index is used by the
//! code that made it and by no other.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The code whose version is told.
const CORPUS: &str = "src/engines/corpus";

fn main() -> io::Result<()> {
    let crate_folder = variable("CARGO_MANIFEST_DIR")?;
    let handbook = crate_folder.join("../../docs/handbook");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", handbook.display());
    println!("cargo::rerun-if-changed={CORPUS}");
    let version = version(&sources(&crate_folder.join(CORPUS))?)?;
    let constant = format!("pub(crate) const VERSION: u64 = {version:#018x};\n");
    fs::write(variable("OUT_DIR")?.join("corpus_version.rs"), constant)?;
    let list = variable("OUT_DIR")?.join("handbook_pages.rs");
    fs::write(list, source(&pages(&handbook)?))
}

fn pages(handbook: &Path) -> io::Result<Vec<PathBuf>> {
    if !handbook.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(handbook)?.map(|entry| entry.map(|entry| entry.path()));
    let mut pages = entries.collect::<io::Result<Vec<_>>>()?;
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    pages.sort();
    pages.into_iter().map(fs::canonicalize).collect()
}

fn source(pages: &[PathBuf]) -> String {
    let mut source = String::from("const PAGES: &[(&str, &str)] = &[\n");
    for page in pages {
        let name = page.file_name().unwrap_or_default().to_string_lossy();
        source.push_str(&format!("    ({name:?}, include_str!({page:?})),\n"));
    }
    source.push_str("];\n");
    source
}

/// Every file of a folder and of the folders in it, in the order of their paths.
fn sources(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(sources(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// A number that differs when anything in the files does (FNV-1a).
fn version(files: &[PathBuf]) -> io::Result<u64> {
    let mut version = 0xcbf2_9ce4_8422_2325_u64;
    for file in files {
        for byte in fs::read(file)? {
            version = (version ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    Ok(version)
}

fn variable(name: &str) -> io::Result<PathBuf> {
    let value = env::var_os(name);
    value
        .map(PathBuf::from)
        .ok_or_else(|| io::Error::other(format!("cargo did not set {name}")))
}
