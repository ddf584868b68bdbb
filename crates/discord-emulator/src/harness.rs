//! An emulator for one test, which it fails at the end over whatever went wrong unseen. Judges no wire format itself.

use std::{
    collections::BTreeSet,
    fmt,
    ops::Deref,
    sync::{Mutex, PoisonError},
    thread,
};

use crate::{
    Emulator, Settings, StartError,
    record::Judge,
    report::{Open, Ping, Rejected, Report},
};

/// Entries of one kind that a failure lists; the rest is counted.
const MOST_LISTED: usize = 10;

/// An emulator that belongs to one test, and fails it when dropped over what went wrong and was not expected.
///
/// These fail a test: requests for what the emulator does not have, messages that would have pinged somebody,
/// interactions without a response, replies left "thinking", refused requests, and what a [judge](Harness::judged_by)
/// finds. A test that brings one of them about says so with `expects_…`, and fails as well if it then does not
/// happen. A test that panics already is left alone.
///
/// ```
/// # async fn test() -> Result<(), Box<dyn std::error::Error>> {
/// use discord_emulator::{Harness, Settings};
///
/// let discord = Harness::start(Settings::default()).await?;
/// // … start the bot, act as people, look at channels …
/// discord.expects_pings(); // if that is what the test is about
/// # Ok(()) }
/// ```
pub struct Harness {
    emulator: Emulator,
    expected: Mutex<BTreeSet<Trouble>>,
    overlooks: Mutex<BTreeSet<Trouble>>,
}

/// What fails a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trouble {
    Unimplemented,
    Ping,
    Unanswered,
    LeftThinking,
    Rejected,
    /// What a judge finds; nobody can expect it away.
    Judged,
}

impl Trouble {
    const EXPECTABLE: [Self; 5] = [
        Self::Unimplemented,
        Self::Ping,
        Self::Unanswered,
        Self::LeftThinking,
        Self::Rejected,
    ];
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unimplemented => "requests for what the emulator does not have",
            Self::Ping => "messages that would have pinged somebody",
            Self::Unanswered => "interactions left without a response",
            Self::LeftThinking => "replies left \"thinking\"",
            Self::Rejected => "requests that were refused",
            Self::Judged => "not as Discord's documents say",
        })
    }
}

impl Harness {
    /// Starts an emulator for one test.
    ///
    /// # Errors
    ///
    /// As [`Emulator::start`].
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        Emulator::start(settings).await.map(Self::around)
    }

    /// Watches over an emulator that runs already.
    pub fn around(emulator: Emulator) -> Self {
        Self {
            emulator,
            expected: Mutex::default(),
            overlooks: Mutex::default(),
        }
    }

    /// Lets `judge` look at the [record](Emulator::record) at the end, and whenever `/_emu/report` is asked for.
    ///
    /// # Panics
    ///
    /// Without [`Settings::record`](crate::Settings::record): a judge of nothing would pass everything.
    #[must_use]
    pub fn judged_by(self, judge: Judge) -> Self {
        assert!(self.emulator.records(), "a judge needs `Settings::record`");
        self.emulator.let_judge(judge);
        self
    }

    /// For tests of refusals and of unfinished things as such: only judges fail them.
    #[must_use]
    pub fn overlooks_the_bot(self) -> Self {
        for trouble in Trouble::EXPECTABLE {
            self.overlooks(trouble);
        }
        self
    }

    /// The bot asks for what the emulator does not have.
    pub fn expects_unimplemented(&self) {
        self.expects(Trouble::Unimplemented);
    }

    /// A message would ping somebody.
    pub fn expects_pings(&self) {
        self.expects(Trouble::Ping);
    }

    /// An interaction gets no response.
    pub fn expects_silence(&self) {
        self.expects(Trouble::Unanswered);
    }

    /// A reply says "thinking" to the end.
    pub fn leaves_thinking(&self) {
        self.expects(Trouble::LeftThinking);
    }

    /// Requests are refused.
    pub fn expects_rejections(&self) {
        self.expects(Trouble::Rejected);
    }

    /// Requests may be refused or not; for tests whose timing decides it.
    pub fn tolerates_rejections(&self) {
        self.overlooks(Trouble::Rejected);
    }

    /// Messages may ping somebody; for tests that look themselves at whom.
    pub fn tolerates_pings(&self) {
        self.overlooks(Trouble::Ping);
    }

    /// Replies may be left "thinking" or not; for tests whose timing decides it.
    pub fn tolerates_thinking(&self) {
        self.overlooks(Trouble::LeftThinking);
    }

    /// Interactions may be left without a response or not; for tests whose timing decides it.
    pub fn tolerates_silence(&self) {
        self.overlooks(Trouble::Unanswered);
    }

    fn expects(&self, trouble: Trouble) {
        let mut expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        expected.insert(trouble);
    }

    fn overlooks(&self, trouble: Trouble) {
        let mut overlooks = self
            .overlooks
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        overlooks.insert(trouble);
    }

    /// All that would fail the test if it ended now, in words.
    ///
    /// # Errors
    ///
    /// One paragraph for each kind of trouble that was met and not expected, or expected and not met.
    pub fn verdict(&self) -> Result<(), String> {
        let expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        let overlooks = self
            .overlooks
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut said = Vec::new();
        for (trouble, found) in self.troubles() {
            let is_expected = expected.contains(&trouble);
            if overlooks.contains(&trouble) || is_expected != found.is_empty() {
                continue;
            }
            said.push(if is_expected {
                format!("expected, and did not happen: {trouble}")
            } else {
                listed(trouble, &found)
            });
        }
        if said.is_empty() {
            Ok(())
        } else {
            Err(said.join("\n"))
        }
    }

    fn troubles(&self) -> Vec<(Trouble, Vec<String>)> {
        let report = self.emulator.report();
        let mut troubles = by_kind(&report);
        if let Some(violations) = self.emulator.violations() {
            troubles.push((Trouble::Judged, violations));
        }
        troubles
    }
}

impl Deref for Harness {
    type Target = Emulator;

    fn deref(&self) -> &Emulator {
        &self.emulator
    }
}

impl Drop for Harness {
    /// Ends the emulator, without waiting for it, and fails the test if there is a reason to.
    fn drop(&mut self) {
        self.emulator.stop();
        if thread::panicking() {
            return;
        }
        if let Err(troubles) = self.verdict() {
            panic!("the emulated Discord is not content:\n{troubles}");
        }
    }
}

fn by_kind(report: &Report) -> Vec<(Trouble, Vec<String>)> {
    vec![
        (Trouble::Unimplemented, report.unimplemented.clone()),
        (Trouble::Ping, report.pings.iter().map(ping).collect()),
        (
            Trouble::Unanswered,
            report.unanswered.iter().map(open).collect(),
        ),
        (
            Trouble::LeftThinking,
            report.left_thinking.iter().map(open).collect(),
        ),
        (
            Trouble::Rejected,
            report.rejected.iter().map(rejected).collect(),
        ),
    ]
}

fn ping(ping: &Ping) -> String {
    format!("message {} reaches {:?}", ping.message, ping.whom)
}

fn open(open: &Open) -> String {
    format!(
        "/{} by {}, interaction {}",
        open.command, open.person, open.interaction
    )
}

fn rejected(rejected: &Rejected) -> String {
    format!(
        "{} {} was answered {} {}",
        rejected.method, rejected.path, rejected.status, rejected.body
    )
}

fn listed(trouble: Trouble, found: &[String]) -> String {
    let mut lines = vec![format!("{trouble}:")];
    lines.extend(
        found
            .iter()
            .take(MOST_LISTED)
            .map(|line| format!("  - {line}")),
    );
    if found.len() > MOST_LISTED {
        lines.push(format!("  - and {} more", found.len() - MOST_LISTED));
    }
    lines.join("\n")
}
