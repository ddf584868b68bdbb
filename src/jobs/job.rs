//! What a job is. Plain values.

use std::fmt;

use uuid::Uuid;

use crate::clock::Moment;
use crate::ids::{PersonId, QuestionId};

/// The name of a job, which no other job has, of whichever installation: it is also the key under which a service is asked once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(Uuid);

impl JobId {
    /// A name that nobody else has.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The name of the one job of a kind that comes again and again.
    #[must_use]
    pub const fn of_recurring(kind: Kind) -> Self {
        Self(Uuid::from_u128(kind as u128))
    }

    /// The job that a text names.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Uuid::try_parse(name).ok().map(Self)
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// A question is researched.
    Research = 1,
    /// What is kept no longer than needed is forgotten. Comes again and again.
    Retention = 2,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Research, Self::Retention];

    /// The name under which the store keeps it. Never changes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Research => "research",
            Self::Retention => "retention",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A process that works on jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Worker(Uuid);

impl Worker {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl fmt::Display for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The line that a job stands in, and whose it is there: those in one line have their turns one after another, and so have the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lane {
    /// The line: the server, or the direct conversation.
    pub of: u64,
    /// Whose job it is.
    pub person: PersonId,
}

/// When a job may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Starts {
    /// From this moment on.
    At(Moment),
    /// When its turn comes in its line.
    InTurn,
}

/// A job as it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// Its name.
    pub id: JobId,
    /// What is done.
    pub kind: Kind,
    /// The line it stands in, for kinds that have lines.
    pub lane: Option<Lane>,
    /// When it may begin.
    pub starts: Starts,
    /// How far it is, in the words of its kind.
    pub checkpoint: String,
    /// When it is made.
    pub at: Moment,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// In its line: its turn has not come.
    Waiting,
    /// It may be worked on, or is.
    Ready,
    /// Nothing is left to do.
    Ended,
}

impl State {
    /// The name under which the store keeps it. Never changes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::Ended => "ended",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Waiting, Self::Ready, Self::Ended];
        all.into_iter().find(|state| state.name() == name)
    }
}

/// A job as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// What is done.
    pub kind: Kind,
    /// The question that it is about.
    pub question: Option<QuestionId>,
    /// The line it stands in.
    pub lane: Option<Lane>,
    /// Where it stands.
    pub state: State,
    /// How far it is, in the words of its kind.
    pub checkpoint: String,
    /// How often it was claimed since it last came any further. Counted at the claim, so that a job that ends the process is counted too.
    pub attempts: u32,
    /// Whether somebody wants it to end.
    pub cancelled: bool,
    /// When it was made.
    pub created_at: Moment,
    /// Before this it is not worked on.
    pub run_at: Moment,
    /// When it ended.
    pub ended_at: Option<Moment>,
}

/// The right to work on a job, as long as nobody else claimed it since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job: JobId,
    /// Who works on it.
    pub worker: Worker,
    /// Rises with every claim of the job.
    pub fence: i64,
}

/// A job that was claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The job as it is kept, with this claim counted.
    pub job: Job,
    /// The right to work on it.
    pub lease: Lease,
}

/// How a job is given back that goes on later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenBack {
    /// As it is: it ended no process, so its attempts are counted anew.
    Well,
    /// The work on it failed: its attempts stay counted.
    Failed,
    /// As [`GivenBack::Well`]; and others need not wait for it: it takes up no turn any more, and no place among those that are open.
    TurnOver,
}

/// Whether a lease still counted when something was to be written under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Written {
    /// It did: it is written.
    Done,
    /// Somebody else claimed the job, or it has ended: nothing is written, and the work is to be dropped.
    Lost,
}

/// What a worker learns of a job when it renews its leases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewed {
    /// The lease, which counts for longer now.
    pub lease: Lease,
    /// Whether somebody wants the job to end.
    pub cancelled: bool,
}

/// How many jobs of a kind may have their turn at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turns {
    /// In all.
    pub at_once: u32,
    /// Of one line.
    pub of_one_lane: u32,
}

/// A job that waits in its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The job.
    pub id: JobId,
    /// The question that it is about.
    pub question: Option<QuestionId>,
    /// Its place in the line, from 1.
    pub place: u32,
}
