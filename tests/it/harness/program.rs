//! The program as an operator starts it by hand: in a folder of its own with one page, and with nothing set that a test does not set.

use std::path::Path;
use std::process::Output;

use tokio::process::Command;

use super::SOON;

/// A page whose words nothing else has.
const PAGE: &str = "# Zorvian tea\n\n## How hot is zorvian tea steeped?\n\nZorvian tea is steeped at 83 degrees for nine minutes.\n";

/// The program in `folder`, where it answers from the page alone; `settings` are further lines of its file.
pub(crate) fn with_a_page(folder: &Path, settings: &str) -> Command {
    let file = format!("[engine]\ncorpus = [\"pages\"]\nbundled = false\n{settings}");
    std::fs::create_dir_all(folder.join("pages")).unwrap();
    std::fs::write(folder.join("pages/zorvian.md"), PAGE).unwrap();
    std::fs::write(folder.join("footnote.toml"), file).unwrap();
    alone(folder)
}

/// The program in `folder`, with no variable of this process.
pub(crate) fn alone(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_footnote"));
    command.env_clear().current_dir(folder).kill_on_drop(true);
    command
}

/// What became of it, once it has ended.
pub(crate) async fn output(command: &mut Command) -> Output {
    let ended = tokio::time::timeout(SOON, command.output()).await;
    ended.unwrap().unwrap()
}

/// What it printed, and what it logged.
pub(crate) fn told(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}
