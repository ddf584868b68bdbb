//! Makes the handbook part of the program: lists `docs/handbook/*.md` for `include_str!`. Without
//! the folder the list is empty.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let crate_folder = variable("CARGO_MANIFEST_DIR")?;
    let handbook = crate_folder.join("../../docs/handbook");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", handbook.display());
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

fn variable(name: &str) -> io::Result<PathBuf> {
    let value = env::var_os(name);
    value
        .map(PathBuf::from)
        .ok_or_else(|| io::Error::other(format!("cargo did not set {name}")))
}
