//! Where researches are taken on, confirmed and cancelled, and what is known of them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use super::estimate::{Estimate, LOOKED_AT};
use super::ports::Standing;
use super::record::{Paid, Record, Stage};
use crate::clock::Moment;
use crate::conversation::ports::{Acceptance, Store, StoreError};
use crate::conversation::question::{NewQuestion, Place, Question, Reply};
use crate::failpoint;
use crate::ids::{PersonId, QuestionId};
use crate::jobs::job::{Job, JobId, Kind, Lane, NewJob, Starts, State};
use crate::jobs::workers::{Workers, later};
use crate::search::scope::Path;
use crate::settings::research::ResearchSettings;

/// How long a research waits for its asker's word. Nothing is asked in the meantime.
pub const CONFIRMATION: Duration = Duration::from_secs(15 * 60);

/// Where researches are taken on.
pub struct ResearchDesk {
    store: Arc<dyn Store>,
    workers: Arc<Workers>,
    settings: ResearchSettings,
    /// Whether what answers costs nothing.
    is_free: bool,
    accepting: Mutex<()>,
}

/// Why no further research can be taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// As many are open in this server as may be.
    Server(u32),
    /// As many are open of this person as may be.
    Person(u32),
}

/// A research that was taken on.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Its question.
    pub question: Question,
    /// What it is thought to take.
    pub estimate: Estimate,
    /// Where it stands.
    pub standing: Standing,
}

/// What became of a research that was to be taken on.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every one is the large one, and none is kept"
)]
pub enum TakenOn {
    /// It is recorded, and its answer will come, or it will visibly fail, whatever happens to the process.
    Taken(Taken),
    /// It was recorded before: the same event came twice. Or it could not be opened once more.
    Known,
    /// There is no room for it; nothing is recorded.
    Full(Full),
}

/// A question's research, as it is kept.
#[derive(Clone, Debug)]
pub struct Found {
    /// The job.
    pub job: Job,
    /// How far it is.
    pub record: Record,
}

impl ResearchDesk {
    /// A desk that keeps researches in `store`, for `workers` to work on. `is_free` where what answers costs nothing.
    pub fn new(
        store: Arc<dyn Store>,
        workers: Arc<Workers>,
        settings: ResearchSettings,
        is_free: bool,
    ) -> Self {
        Self {
            store,
            workers,
            settings,
            is_free,
            accepting: Mutex::new(()),
        }
    }

    /// The workers.
    pub fn workers(&self) -> &Arc<Workers> {
        &self.workers
    }

    /// What the operator says of researches.
    pub fn settings(&self) -> &ResearchSettings {
        &self.settings
    }

    /// What a research that is asked for now is thought to take.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when what the last ones took cannot be read.
    pub async fn estimate(&self) -> Result<Estimate, StoreError> {
        let ran = self.store.researched(LOOKED_AT).await?;
        Ok(Estimate::of(&ran, &self.settings, self.is_free))
    }

    /// What was paid for a research that the service says cost so much, in US dollars. One that is not free and says nothing or zero does not say.
    pub fn paid(&self, usd: Option<f64>) -> Paid {
        match usd {
            Some(usd) if usd > 0.0 || self.is_free => Paid::Exactly(usd),
            _ => Paid::Unsaid,
        }
    }

    /// Takes a question on as a research: records it with its job in one step, before anything is shown. Above `limit` US dollars, or where nobody
    /// knows what it costs, it waits for its asker's word.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it could not be recorded; then nothing was promised.
    pub async fn accept(
        &self,
        question: NewQuestion,
        path: Option<&Path>,
        limit: f64,
    ) -> Result<TakenOn, StoreError> {
        let _one_at_a_time = self.accepting.lock().await;
        let lane = lane(question.place, question.asker.id);
        if let Some(full) = self.full(lane).await? {
            return Ok(TakenOn::Full(full));
        }
        let (job, record) = self.new_job(lane, path, limit).await?;
        failpoint::pass("research.before_accept");
        let accepted = self.store.accept(question, Some(&job)).await?;
        failpoint::pass("research.after_accept");
        match accepted {
            Acceptance::Accepted(question) => self.taken(question, &job, record).await,
            Acceptance::Known => Ok(TakenOn::Known),
        }
    }

    /// Takes a question on once more whose research has ended: a new job, under a new key.
    ///
    /// # Errors
    ///
    /// As [`ResearchDesk::accept`].
    pub async fn reopen(
        &self,
        question: &Question,
        by: PersonId,
        reply: Option<&Reply>,
        path: Option<&Path>,
        limit: f64,
    ) -> Result<TakenOn, StoreError> {
        let _one_at_a_time = self.accepting.lock().await;
        let lane = lane(question.asked.place, by);
        if let Some(full) = self.full(lane).await? {
            return Ok(TakenOn::Full(full));
        }
        let (job, record) = self.new_job(lane, path, limit).await?;
        let reopened = self
            .store
            .reopen(question.id, reply, job.at, Some(&job))
            .await?;
        match reopened {
            Some(question) => self.taken(question, &job, record).await,
            None => Ok(TakenOn::Known),
        }
    }

    /// The research of a question; none where it was never researched.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn found(&self, question: QuestionId) -> Result<Option<Found>, StoreError> {
        let job = self.store.job_of(question).await?;
        Ok(job.and_then(|job| {
            let record = Record::read(&job.checkpoint)?;
            Some(Found { job, record })
        }))
    }

    /// The researches that have not ended, oldest first. Those that cannot be read are left out.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when they cannot be read.
    pub async fn open(&self) -> Result<Vec<Found>, StoreError> {
        let open = self.store.open_of(Kind::Research).await?;
        let found = |job: Job| {
            let record = Record::read(&job.checkpoint)?;
            Some(Found { job, record })
        };
        Ok(open.into_iter().filter_map(found).collect())
    }

    /// Lets a research begin that waits for its asker's word; where it stands then. None where it does not wait for it any more. The reply, when
    /// there is one, takes the place of that of the question.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when that could not be recorded.
    pub async fn confirm(
        &self,
        question: QuestionId,
        reply: Option<&Reply>,
    ) -> Result<Option<Standing>, StoreError> {
        let Some(Found { job, record }) = self.found(question).await? else {
            return Ok(None);
        };
        if record.stage != Stage::Unconfirmed {
            return Ok(None);
        }
        if let Some(reply) = reply {
            let at = self.workers.now().await?;
            self.store.replies_by(question, reply, at).await?;
        }
        let in_line = record.at(Stage::InLine).text();
        if !self
            .store
            .line_up(job.id, &job.checkpoint, &in_line)
            .await?
        {
            return Ok(None);
        }
        self.workers.wake();
        let standing = self.standing(job.id, job.lane.map(|lane| lane.of)).await?;
        Ok(Some(standing))
    }

    /// Cancels the research of a question; how far it was. None where there is none that has not ended.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when that could not be recorded.
    pub async fn cancel(&self, question: QuestionId) -> Result<Option<Record>, StoreError> {
        let Some(Found { job, .. }) = self.found(question).await? else {
            return Ok(None);
        };
        if job.state == State::Ended {
            return Ok(None);
        }
        let at = self.workers.now().await?;
        let cancelled = self.store.cancel_job(job.id, at).await?;
        self.workers.cancel(job.id);
        Ok(cancelled.and_then(|job| Record::read(&job.checkpoint)))
    }

    /// Cancels every research of a server that the bot was removed from, or of a channel that is gone: `lane` is its id.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when that could not be recorded.
    pub async fn cancel_lane(&self, lane: u64) -> Result<(), StoreError> {
        let at = self.workers.now().await?;
        for job in self.store.cancel_lane(lane, at).await? {
            self.workers.cancel(job);
        }
        Ok(())
    }

    /// Who waits in a line, in order: their questions and places.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn line(&self, lane: u64) -> Result<Vec<(QuestionId, u32)>, StoreError> {
        let waiting = self.store.waiting(Kind::Research, lane).await?;
        Ok(waiting
            .into_iter()
            .filter_map(|waiting| Some((waiting.question?, waiting.place)))
            .collect())
    }

    async fn full(&self, lane: Lane) -> Result<Option<Full>, StoreError> {
        let (in_lane, of_person) = self.store.open_jobs(Kind::Research, lane).await?;
        let settings = &self.settings;
        Ok(if of_person >= settings.open_per_person {
            Some(Full::Person(settings.open_per_person))
        } else if in_lane >= settings.open_per_server {
            Some(Full::Server(settings.open_per_server))
        } else {
            None
        })
    }

    async fn new_job(
        &self,
        lane: Lane,
        path: Option<&Path>,
        limit: f64,
    ) -> Result<(NewJob, Record), StoreError> {
        let estimate = self.estimate().await?;
        let at = self.workers.now().await?;
        let unconfirmed = estimate.is_above(limit);
        let record = Record {
            path: path.copied(),
            estimate,
            stage: if unconfirmed {
                Stage::Unconfirmed
            } else {
                Stage::InLine
            },
            submitted_again: 0,
            busy_since: None,
        };
        let job = NewJob {
            id: JobId::random(),
            kind: Kind::Research,
            lane: Some(lane),
            starts: if unconfirmed {
                Starts::At(later(at, CONFIRMATION))
            } else {
                Starts::InTurn
            },
            checkpoint: record.text(),
            at,
        };
        Ok((job, record))
    }

    async fn taken(
        &self,
        question: Question,
        job: &NewJob,
        record: Record,
    ) -> Result<TakenOn, StoreError> {
        let standing = if record.stage == Stage::Unconfirmed {
            Standing::Unconfirmed
        } else {
            self.workers.wake();
            self.standing(job.id, job.lane.map(|lane| lane.of)).await?
        };
        Ok(TakenOn::Taken(Taken {
            question,
            estimate: record.estimate,
            standing,
        }))
    }

    /// Where a job stands in its line; that it is handed over where it has its turn.
    async fn standing(&self, job: JobId, lane: Option<u64>) -> Result<Standing, StoreError> {
        let waiting = match lane {
            Some(lane) => self.store.waiting(Kind::Research, lane).await?,
            None => Vec::new(),
        };
        let own = waiting.into_iter().find(|waiting| waiting.id == job);
        Ok(own.map_or(Standing::Submitting, |own| Standing::InLine(own.place)))
    }
}

/// The line that somebody's research stands in: their server's, or that of their direct conversation, or of the channel where the bot is not there
/// itself: such a one is none of the server's, and does not end with the bot's being there.
fn lane(place: Place, person: PersonId) -> Lane {
    Lane {
        of: place
            .guild
            .filter(|_| place.present)
            .map_or(place.channel.0, |guild| guild.0),
        person,
    }
}

/// What is left of the time that a research waits for its asker's word.
pub fn confirmed_until(asked_at: Moment) -> Moment {
    later(asked_at, CONFIRMATION)
}
