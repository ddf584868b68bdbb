//! Reads one file into documents, whatever its kind. What cannot be read is a fault with its reason, never a panic, and
//! never more than a file's share of memory.

use std::fs;
use std::io::{self, BufReader, Read};
use std::panic::{self, AssertUnwindSafe};

use super::document::MAX_DOCUMENT_BYTES;
use super::html::{self, Refused};
use super::json_lines;
use super::listing::{File, extension};
use super::markdown;
use super::plain_text;
use super::reading::Reading;

/// The largest file of JSON lines; it is read line by line.
const MAX_LINES_BYTES: u64 = 512 * 1024 * 1024;

/// Reads a file. `wanted` is asked, with its beginning, whether a page is worth reading at all.
pub(crate) fn read(file: &File, wanted: &dyn Fn(&str) -> bool) -> Reading {
    // The parser of HTML is not ours, and a page that it stumbles over should not end the program.
    let reading = panic::catch_unwind(AssertUnwindSafe(|| read_kind(file, wanted)));
    reading.unwrap_or_else(|_| Reading::nothing("cannot be understood: reading it failed inside"))
}

fn read_kind(file: &File, wanted: &dyn Fn(&str) -> bool) -> Reading {
    let kind = extension(&file.path);
    if matches!(kind.as_str(), "jsonl" | "ndjson") {
        return lines(file).unwrap_or_else(|error| unreadable(&error));
    }
    let text = match text(file) {
        Ok(text) => text,
        Err(why) => return Reading::nothing(&why),
    };
    match kind.as_str() {
        "html" | "htm" => page(&text, wanted),
        "txt" => Reading::of(plain_text::read(&text), Vec::new()),
        _ => {
            let (document, remarks) = markdown::read(&text);
            Reading::of(document, remarks)
        }
    }
}

fn page(text: &str, wanted: &dyn Fn(&str) -> bool) -> Reading {
    if is_signpost(text) {
        return Reading::left_out("only leads elsewhere, or asks not to be indexed");
    }
    if !wanted(text) {
        return Reading::left_out("is in a language that is not asked for");
    }
    match html::read(text) {
        Ok((document, remarks)) => Reading::of(document, remarks),
        Err(Refused(why)) => Reading::nothing(why),
    }
}

fn lines(file: &File) -> io::Result<Reading> {
    if file.size_bytes > MAX_LINES_BYTES {
        return Ok(Reading::nothing("larger than 512 MB"));
    }
    let opened = fs::File::open(&file.path)?.take(MAX_LINES_BYTES);
    let mut reading = json_lines::read(BufReader::new(opened))?;
    if reading.documents.is_empty() && reading.faults.is_empty() {
        reading = Reading::left_out("holds no text");
    }
    Ok(reading)
}

/// The text of a file, or in words why it cannot be had.
fn text(file: &File) -> Result<String, String> {
    if file.size_bytes > MAX_DOCUMENT_BYTES {
        return Err("larger than 2 MB".to_owned());
    }
    let mut bytes = Vec::new();
    let opened = fs::File::open(&file.path);
    let read = opened.and_then(|file| file.take(MAX_DOCUMENT_BYTES + 1).read_to_end(&mut bytes));
    match read {
        Err(error) => Err(cannot(&error)),
        // It grew since it was listed.
        Ok(_) if bytes.len() as u64 > MAX_DOCUMENT_BYTES => Err("larger than 2 MB".to_owned()),
        Ok(_) if bytes.contains(&0) => Err("no text: it holds zero bytes".to_owned()),
        Ok(_) => String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned()),
    }
}

fn unreadable(error: &io::Error) -> Reading {
    Reading::nothing(&cannot(error))
}

fn cannot(error: &io::Error) -> String {
    format!("cannot be read: {error}")
}

/// Whether a page only leads elsewhere, or asks not to be indexed.
fn is_signpost(text: &str) -> bool {
    let head = text.split("<body").next().unwrap_or(text);
    let head = head.to_ascii_lowercase();
    head.contains("http-equiv=\"refresh\"") || head.contains("content=\"noindex")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What reading a file of this name and these bytes gives.
    fn reading(name: &str, bytes: &[u8]) -> Reading {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        read(&File::at(path).unwrap(), &|_| true)
    }

    #[test]
    fn every_file_has_its_outcome() {
        let check = |name: &str, bytes: &[u8], expected: &str| {
            let reading = reading(name, bytes);
            let why = reading.faults.first().map(|fault| fault.what.as_str());
            assert_eq!(why.unwrap_or("read"), expected, "{name}");
            assert_eq!(why.is_none(), !reading.documents.is_empty(), "{name}");
        };
        check("a.md", b"# Tea\n\nHot.", "read");
        check("a.txt", "\u{feff}Tee\n\nHeiß.".as_bytes(), "read");
        check("A.HTM", b"<p>Tea is hot.", "read");
        check("a.jsonl", b"{\"text\": \"Tea.\"}", "read");
        check("a.markdown", b"+++\ntitle = 'Tea'\n+++\r\nHot.\r\n", "read");
        for empty in ["a.md", "a.txt", "a.html", "a.jsonl"] {
            check(empty, b"", "holds no text");
            check(empty, b"\n \n", "holds no text");
        }
        check("a.md", b"---\ntitle: Tea\n---\n", "holds no text");
        check("a.md", b"```sh\nboil\n```\n", "holds no text");
        check(
            "picture.txt",
            b"\x7fELF\0\0\x01",
            "no text: it holds zero bytes",
        );
        check(
            "utf16.txt",
            b"\xff\xfeT\0e\0a\0",
            "no text: it holds zero bytes",
        );
        check("latin1.md", b"Caf\xe9", "not UTF-8");
        check(
            "a.html",
            b"<html><head><meta http-equiv=\"refresh\" content=\"0; url=b\"><body><p>Moved.",
            "only leads elsewhere, or asks not to be indexed",
        );
        check(
            "a.txt",
            &vec![b'a'; MAX_DOCUMENT_BYTES as usize + 1],
            "larger than 2 MB",
        );
    }

    #[test]
    fn a_file_that_is_gone_says_so() {
        let gone = File::at(std::env::temp_dir()).map(|file| File {
            path: file.path.join("no such file.md"),
            ..file
        });
        let reading = read(&gone.unwrap(), &|_| true);
        assert!(
            reading.faults[0].what.starts_with("cannot be read: "),
            "{reading:?}"
        );
    }

    #[test]
    fn a_date_that_is_no_day_is_remarked_on_and_not_used() {
        let reading = reading(
            "a.md",
            b"---\ndate: last spring\nupdated: 2024-13-01\n---\n# Tea\n\nHot.",
        );
        let document = &reading.documents[0];
        assert_eq!((&document.date, &document.updated), (&None, &None));
        let remarks: Vec<&str> = reading
            .remarks
            .iter()
            .map(|remark| remark.what.as_str())
            .collect();
        assert_eq!(
            remarks,
            [
                "`date` is no day written YYYY-MM-DD: `last spring`",
                "`updated` is no day written YYYY-MM-DD: `2024-13-01`"
            ]
        );
    }

    #[test]
    fn what_one_file_has_to_say_is_bounded() {
        let lines = "nonsense\n".repeat(1_000);
        let reading = reading("a.jsonl", lines.as_bytes());
        assert_eq!((reading.faults.len(), reading.unnamed), (20, 980));
    }

    /// As much of one thing as a file may hold, in the kinds that have structure.
    #[test]
    fn markdown_written_to_harm_is_read_in_the_end() {
        for piece in [
            "[", "![", "*", "_a", "`", "> ", "- ", "1. ", "|", "<", "# ", "&", "\\", "~", "[a](",
            "<!--", "](", "a\n-\n",
        ] {
            let text = piece.repeat(100_000 / piece.len());
            reading("a.md", text.as_bytes());
        }
    }

    proptest! {
        /// Whatever stands in a file: documents with text, or a reason.
        #[test]
        fn any_bytes_have_an_outcome(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
            pieces in proptest::collection::vec(prop::sample::select(vec![
                "---\n", "+++\n", "# ", "<p>", "<h2 id=a>", "</", "| a | b |\n|---|---|\n", "![a](b)", "```", "\n\n", "é", "{\"text\": \"", "\"}\n",
                "date: 2024-01-01\n", "<time>", "<template>", "<svg><p>", "<table><b>", "&#x0;", "\u{200b}",
            ]), 0..30),
            name in prop::sample::select(vec!["a.md", "a.html", "a.txt", "a.jsonl"]),
            text_only in any::<bool>(),
        ) {
            let mut all = pieces.concat().into_bytes();
            if !text_only {
                all.extend(bytes);
            }
            let reading = reading(name, &all);
            prop_assert!(!reading.documents.is_empty() || !reading.faults.is_empty());
            prop_assert!(reading.documents.iter().all(|document| !document.sections.is_empty()));
        }
    }
}
