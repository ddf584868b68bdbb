//! Measures how long the corpus takes to open cold and warm, and to follow one changed file, with the Rust documentation beside
//! a folder of its own. Serves nothing and leaves nothing behind.
#![expect(clippy::print_stdout, reason = "this program speaks to a terminal")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use sonar_server::engines::corpus::{CorpusSettings, LiveCorpus, Refresh, Silent};

/// How often a file is changed: enough to see whether memory comes back.
const CHANGES: usize = 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (documents, index) = (tempfile::tempdir()?, tempfile::tempdir()?);
    write(documents.path(), 0)?;
    let settings = CorpusSettings {
        folders: vec![documents.path().to_owned()],
        index_dir: Some(index.path().to_owned()),
        ..CorpusSettings::default()
    };
    let cold = opened("cold", &settings)?;
    let report = cold.current().report().clone();
    println!(
        "{} files, {} documents, {} passages, {} left out or remarked on",
        report.files,
        report.documents,
        report.passages,
        report.skipped.len() + report.remarks.len()
    );
    drop(cold);
    let warm = opened("warm", &settings)?;
    let started = Instant::now();
    let unchanged = warm.refresh(&Silent);
    show("a look that finds nothing", started.elapsed());
    let mut slowest = Duration::ZERO;
    let mut memory = Vec::new();
    for change in 1..=CHANGES {
        write(documents.path(), change)?;
        let started = Instant::now();
        if warm.refresh(&Silent) != Refresh::Replaced || unchanged != Refresh::Unchanged {
            return Err("a change was not seen, or one was seen that was none".into());
        }
        slowest = slowest.max(started.elapsed());
        memory.extend(status("VmRSS:"));
    }
    show("slowest of the reloads after one changed file", slowest);
    println!("memory after each reload, MB: {memory:?}");
    Ok(())
}

fn write(folder: &Path, change: usize) -> std::io::Result<()> {
    fs::write(
        folder.join("note.md"),
        format!("# A note\n\nThis note was changed {change} times."),
    )
}

fn opened(name: &str, settings: &CorpusSettings) -> Result<LiveCorpus, Box<dyn std::error::Error>> {
    let started = Instant::now();
    let corpus = LiveCorpus::open(settings.clone(), &Silent)?;
    show(&format!("opening {name}"), started.elapsed());
    Ok(corpus)
}

fn show(what: &str, took: Duration) {
    let (now, most) = (status("VmRSS:"), status("VmHWM:"));
    println!(
        "{what}: {:.2} s; memory {} MB, at most {} MB",
        took.as_secs_f32(),
        now.unwrap_or(0),
        most.unwrap_or(0)
    );
}

/// A figure of this process in MB, where the system tells.
fn status(key: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
}
