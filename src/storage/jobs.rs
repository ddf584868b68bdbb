//! Jobs, as rows hold them. Reads no table itself.

use super::columns::Columns;
use super::rows::{counted, unreadable};
use super::unsigned;
use crate::clock::Moment;
use crate::conversation::ports::StoreError;
use crate::ids::{PersonId, QuestionId};
use crate::jobs::job::{
    Claim, Job, JobId, Kind, Lane, Lease, NewJob, Renewed, Starts, State, Waiting, Worker, Written,
};

/// A job.
pub(super) fn job(row: &impl Columns) -> Result<Job, sqlx::Error> {
    let lane = row.opt_int("lane")?.zip(row.opt_int("person_id")?);
    Ok(Job {
        id: id(row)?,
        kind: Kind::named(row.text("kind")?)
            .ok_or_else(|| unreadable("kind", "it names no kind of work"))?,
        question: row.opt_int("question_id")?.map(QuestionId),
        lane: lane.map(|(of, person)| Lane {
            of: unsigned(of),
            person: PersonId(unsigned(person)),
        }),
        state: State::named(row.text("state")?)
            .ok_or_else(|| unreadable("state", "it names no state"))?,
        checkpoint: row.text("checkpoint")?.to_owned(),
        attempts: counted(row.int("attempts")?),
        cancelled: row.flag("cancelled")?,
        created_at: Moment(row.int("created_at")?),
        run_at: Moment(row.int("run_at")?),
        ended_at: row.opt_int("ended_at")?.map(Moment),
    })
}

/// The name of a job.
pub(super) fn id(row: &impl Columns) -> Result<JobId, sqlx::Error> {
    JobId::named(row.text("id")?).ok_or_else(|| unreadable("id", "it names no job"))
}

/// What a worker claimed. What cannot be read is left out: its lease runs out, and it holds up nothing else.
pub(super) fn claims(rows: &[impl Columns], worker: Worker) -> Vec<Claim> {
    let claim = |row| {
        let job = job(row)?;
        let lease = lease(row, worker)?;
        Ok::<_, sqlx::Error>(Claim { job, lease })
    };
    let readable = |claim: Result<Claim, sqlx::Error>| {
        claim
            .inspect_err(|error| tracing::error!(%error, "a stored job cannot be read"))
            .ok()
    };
    rows.iter().map(claim).filter_map(readable).collect()
}

/// A lease that a worker holds on to.
pub(super) fn renewed(row: &impl Columns, worker: Worker) -> Result<Renewed, sqlx::Error> {
    Ok(Renewed {
        lease: lease(row, worker)?,
        cancelled: row.flag("cancelled")?,
    })
}

fn lease(row: &impl Columns, worker: Worker) -> Result<Lease, sqlx::Error> {
    Ok(Lease {
        job: id(row)?,
        worker,
        fence: row.int("fence")?,
    })
}

/// A job that waits.
pub(super) fn waiting(row: &impl Columns) -> Result<Waiting, sqlx::Error> {
    Ok(Waiting {
        id: id(row)?,
        question: row.opt_int("question_id")?.map(QuestionId),
        place: counted(row.int("place")?),
    })
}

/// Where a new job stands, and from when on it may be worked on.
pub(super) fn beginning(job: &NewJob) -> (State, Moment) {
    match job.starts {
        Starts::At(at) => (State::Ready, at),
        Starts::InTurn => (State::Waiting, job.at),
    }
}

/// Whether what was to be written under a lease was, by the number of rows it was written in.
pub(super) fn written(rows: u64) -> Written {
    if rows == 0 {
        Written::Lost
    } else {
        Written::Done
    }
}

/// That a job was made, since no other has its name.
pub(super) fn must_be_new(made: bool) -> Result<(), StoreError> {
    if made {
        Ok(())
    } else {
        Err(StoreError("there is a job of this name".into()))
    }
}
