//! When files of a folder were committed, as git tells. Runs `git` within limits and with nothing of the repository's that
//! could run a program; writes nothing.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustc_hash::FxHashMap;

/// How long git may take.
const LONGEST: Duration = Duration::from_secs(30);

/// The most that git may say: some hundred thousand commits.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Begins the line of a commit; no path begins with it.
const COMMIT: char = '\u{1}';

/// The days of the first and the last commit that name a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Committed {
    pub(crate) first: String,
    pub(crate) last: String,
}

/// Of each file, by its path inside the folder with `/` between its parts.
pub(crate) type History = FxHashMap<String, Committed>;

/// The commit that is checked out in the folder, for telling whether the history changed.
pub(crate) fn head(root: &Path) -> Option<String> {
    run(root, &["rev-parse", "HEAD"]).ok()
}

/// Reads the folder's history.
///
/// # Errors
///
/// In words, with the mend: no git, no repository, a history that is cut off or too long.
pub(crate) fn read(root: &Path) -> Result<History, String> {
    let shallow = run(root, &["rev-parse", "--is-shallow-repository"])?;
    if shallow.trim() == "true" {
        return Err(
            "its history is cut off, and what is left of it would give wrong days; `git fetch --unshallow` mends that"
                .to_owned(),
        );
    }
    let log = run(
        root,
        &[
            "log",
            "--no-show-signature",
            "--no-ext-diff",
            "--no-textconv",
            "--no-renames",
            "--relative",
            "--name-only",
            "--date=format:%Y-%m-%d",
            "--format=%x01%cd",
            "-z",
            "--",
            ".",
        ],
    )?;
    Ok(parse(&log))
}

/// Commits come newest first; of each, its day and then the files it names.
fn parse(log: &str) -> History {
    let mut history = History::default();
    let mut day = String::new();
    for field in log.split(['\0', '\n']).filter(|field| !field.is_empty()) {
        if let Some(next) = field.strip_prefix(COMMIT) {
            next.clone_into(&mut day);
            continue;
        }
        let committed = history
            .entry(field.to_owned())
            .or_insert_with(|| Committed {
                first: day.clone(),
                last: day.clone(),
            });
        // Clocks of those who commit differ; the order of the days is what counts.
        if day < committed.first {
            committed.first.clone_from(&day);
        }
        if day > committed.last {
            committed.last.clone_from(&day);
        }
    }
    history
}

fn run(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut git = Command::new("git");
    git.arg("-C")
        .arg(root)
        .args(["--no-pager", "--no-optional-locks", "--literal-pathspecs"])
        // A repository's settings must not name a program to run.
        .args([
            "-c",
            "core.fsmonitor=false",
            "-c",
            "core.hooksPath=/dev/null",
        ])
        .args(arguments)
        .env("LC_ALL", "C")
        .env("GIT_TERMINAL_PROMPT", "0")
        // Nothing is fetched for what is missing here.
        .env("GIT_NO_LAZY_FETCH", "1")
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = git
        .spawn()
        .map_err(|error| format!("git cannot be run ({error}); install it"))?;
    finish(child)
}

/// What git says, unless it says too much, takes too long, or fails.
fn finish(mut child: Child) -> Result<String, String> {
    let output = child.stdout.take().map(|out| collect(out, MAX_BYTES));
    let complaint = child.stderr.take().map(|err| collect(err, 4_096));
    let said = output.and_then(|said| said.recv_timeout(LONGEST).ok());
    // It has ended, or it has to: nothing waits for what it would still say.
    let unfinished = match &said {
        None => Some("git takes longer than 30 s"),
        Some(Ok(said)) if said.len() as u64 >= MAX_BYTES => {
            Some("its history is longer than 64 MB")
        }
        Some(_) => None,
    };
    if unfinished.is_some() {
        child.kill().ok();
    }
    let ended = child.wait().map_err(|error| error.to_string())?;
    if let Some(why) = unfinished {
        return Err(format!(
            "{why}; give the documents dates of their own instead"
        ));
    }
    if ended.success() {
        let said = said.and_then(Result::ok).unwrap_or_default();
        return Ok(String::from_utf8_lossy(&said).into_owned());
    }
    let complaint = complaint.and_then(|said| said.recv_timeout(LONGEST).ok()?.ok());
    let complaint = String::from_utf8_lossy(&complaint.unwrap_or_default()).into_owned();
    Err(format!(
        "git says: {}",
        complaint.lines().next().unwrap_or("nothing").trim()
    ))
}

/// Reads in a thread of its own, which ends when the other side does.
fn collect(from: impl Read + Send + 'static, most: u64) -> mpsc::Receiver<io::Result<Vec<u8>>> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = from.take(most).read_to_end(&mut bytes).map(|_| bytes);
        // Whoever asked may have gone; then nobody misses it.
        send.send(read).ok();
    });
    receive
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn git(root: &Path, day: &str, arguments: &[&str]) {
        let moment = format!("{day}T12:00:00Z");
        let done = Command::new("git")
            .arg("-C")
            .arg(root)
            .args([
                "-c",
                "user.name=a",
                "-c",
                "user.email=a@b.example",
                "-c",
                "commit.gpgsign=false",
            ])
            .args(arguments)
            .env("GIT_AUTHOR_DATE", &moment)
            .env("GIT_COMMITTER_DATE", &moment)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env_remove("GIT_DIR")
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    }

    fn repository() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let docs = root.path().join("docs");
        fs::create_dir(&docs).unwrap();
        git(root.path(), "2020-01-01", &["init", "-q"]);
        for (day, name) in [
            ("2020-01-01", "tea pot.md"),
            ("2021-02-02", "grün.md"),
            ("2022-03-03", "tea pot.md"),
        ] {
            fs::write(docs.join(name), day).unwrap();
            git(root.path(), day, &["add", "."]);
            git(root.path(), day, &["commit", "-q", "-m", "a\nb\u{1}"]);
        }
        root
    }

    #[test]
    fn files_have_a_first_and_a_last_day() {
        let root = repository();
        let docs = root.path().join("docs");
        let history = read(&docs).unwrap();
        let committed = |name: &str| {
            let committed = &history[name];
            (committed.first.as_str(), committed.last.as_str())
        };
        assert_eq!(committed("tea pot.md"), ("2020-01-01", "2022-03-03"));
        assert_eq!(committed("grün.md"), ("2021-02-02", "2021-02-02"));
        assert_eq!(history.len(), 2);
        let before = head(&docs).unwrap();
        git(
            root.path(),
            "2023-01-01",
            &["commit", "-q", "--allow-empty", "-m", "c"],
        );
        assert_ne!(head(&docs).unwrap(), before);
    }

    #[test]
    fn a_folder_without_a_history_says_so() {
        let root = tempfile::tempdir().unwrap();
        let why = read(root.path()).unwrap_err();
        assert!(why.contains("not a git repository"), "{why}");
        assert_eq!(head(root.path()), None);
    }

    #[test]
    fn a_history_that_is_cut_off_is_not_believed() {
        let root = repository();
        let copy = tempfile::tempdir().unwrap();
        let origin = format!("file://{}", root.path().display());
        git(
            copy.path(),
            "2024-01-01",
            &["clone", "-q", "--depth", "1", &origin, "copy"],
        );
        let why = read(&copy.path().join("copy")).unwrap_err();
        assert!(why.contains("--unshallow"), "{why}");
    }

    #[test]
    fn a_repository_cannot_have_a_program_run() {
        let root = repository();
        let mark = root.path().join("ran");
        let program = root.path().join("program");
        fs::write(&program, format!("#!/bin/sh\ntouch {}\n", mark.display())).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let program = program.display().to_string();
        for key in [
            "core.fsmonitor",
            "core.pager",
            "diff.external",
            "core.sshCommand",
            "gpg.program",
        ] {
            git(root.path(), "2024-01-01", &["config", key, &program]);
        }
        git(
            root.path(),
            "2024-01-01",
            &["config", "log.showSignature", "true"],
        );
        assert_eq!(read(root.path()).unwrap().len(), 2);
        assert!(!mark.exists(), "a program of the repository was run");
    }
}
