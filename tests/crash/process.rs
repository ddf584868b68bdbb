//! One process of the bot: started, killed, told to stop, and waited for. Knows nothing of what the bot does.

use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use crate::world::IN_TIME;

/// The signal that ends a process at a named point.
const ABORTED: i32 = 6;

/// The signal that nothing can catch.
const KILLED: i32 = 9;

/// A process of the bot.
pub(crate) struct Process(Child);

impl Process {
    /// Starts `footnote run` with its settings in `folder` and these variables, and no others. What it logs is added to the file `log`. It
    /// ends at one of the points of `fail_at`, if that names any.
    pub(crate) fn start(
        folder: &Path,
        variables: &[(&str, String)],
        log: &Path,
        fail_at: &str,
    ) -> Self {
        let log = File::options().create(true).append(true).open(log).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_footnote"))
            .arg("run")
            .env_clear()
            .envs(variables.iter().map(|(name, text)| (name, text)))
            .env("FOOTNOTE_FAIL", fail_at)
            .current_dir(folder)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self(child)
    }

    /// Whether it has ended.
    pub(crate) fn is_over(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    /// Kills it, as `kill -9` does.
    pub(crate) async fn dies(mut self) {
        self.0.start_kill().unwrap();
        let status = self.ended().await;
        // It may have ended in good order just before.
        let killed = status.signal() == Some(KILLED) || status.success();
        assert!(killed, "{status}");
    }

    /// Waits until it ends at a point, as by a signal that cannot be caught.
    pub(crate) async fn ends_at_its_point(mut self) {
        let status = self.ended().await;
        assert_eq!(status.signal(), Some(ABORTED), "{status}");
    }

    /// Tells it to stop, as service managers do.
    pub(crate) fn is_told_to_stop(&self) {
        let id = self.0.id().unwrap();
        let id = Pid::from_raw(i32::try_from(id).unwrap()).unwrap();
        kill_process(id, Signal::TERM).unwrap();
    }

    /// Tells it to stop, and waits for its end in good order.
    pub(crate) async fn stops(self) {
        self.is_told_to_stop();
        self.ends_well().await;
    }

    /// Waits for its end in good order.
    pub(crate) async fn ends_well(mut self) {
        let status = self.ended().await;
        assert!(status.success(), "{status}");
    }

    async fn ended(&mut self) -> ExitStatus {
        let ended = tokio::time::timeout(IN_TIME, self.0.wait()).await;
        ended.expect("the process has not ended").unwrap()
    }
}
