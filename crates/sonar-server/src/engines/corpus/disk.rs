//! How files of the engine are kept between starts: never half written, and known by the version of the code that wrote them.
//! Knows nothing of what is in them.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

// `VERSION`: a number of the code that makes an index of documents, as the build worked it out. Whatever another version of
// it made is not used.
include!(concat!(env!("OUT_DIR"), "/corpus_version.rs"));

/// Writes a file beside its place and moves it there, so that nobody ever sees half of it. Makes its folder.
///
/// # Errors
///
/// What the system says when the folder cannot be written; what was there before then stays.
pub(crate) fn replace(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let aside = aside(path);
    let moved = written(&aside, write).and_then(|()| fs::rename(&aside, path));
    if moved.is_err() {
        // What could not be finished is of no use; that it is gone matters to nobody.
        fs::remove_file(&aside).ok();
    }
    moved
}

fn written(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    write(&mut file)?;
    file.flush()
}

/// Where a file is written before it takes its place.
fn aside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_finished_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/tea");
        replace(&path, |file| file.write_all(b"whole")).unwrap();
        let failed = replace(&path, |file| {
            file.write_all(b"ha")?;
            Err(io::Error::other("the disk is full"))
        });
        assert_eq!(failed.unwrap_err().to_string(), "the disk is full");
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        let files = fs::read_dir(folder.path().join("deep")).unwrap().count();
        assert_eq!(files, 1, "nothing is left aside");
    }
}
