//! Looking after a job until it is done. Must give up the watch, never the job.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::{Instant, sleep};

use crate::jobs::JobStream;
use crate::reply::from_now;
use crate::{Client, Error, Job, JobOutcome, Limit, Retries, Timeouts};

/// How often a watched job is looked at.
///
/// No page of the protocol names an interval. Deep research usually takes 1 to 5 minutes and has been seen to take more than 18;
/// services have allowed thousands of looks a minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Wait after the first look, which is taken at once. Default 5 s.
    pub first: Duration,
    /// By how much each wait is longer than the one before. Default 1.5; below 1 counts as 1.
    pub growth: f64,
    /// Longest wait between two looks. Default 30 s.
    pub longest: Duration,
    /// After how long the watch is given up. The job goes on, and can be watched again. Default 60 min.
    pub give_up: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(5),
            growth: 1.5,
            longest: Duration::from_secs(30),
            give_up: Duration::from_secs(60 * 60),
        }
    }
}

impl Pace {
    /// The waits between looks, without end.
    fn waits(self) -> impl Iterator<Item = Duration> {
        let longest = self.longest;
        let longer = move |wait: &Duration| {
            let seconds = wait.as_secs_f64() * self.growth.max(1.0);
            Some(Duration::try_from_secs_f64(seconds).map_or(longest, |wait| wait.min(longest)))
        };
        std::iter::successors(Some(self.first.min(longest)), longer)
    }
}

impl Client {
    /// Looks after a job until it is done: yields it at the first look and whenever it has changed, the finished job last.
    ///
    /// A look that fails for want of a reply, with 429 or with a status from 500, tells nothing about the job: the next one
    /// follows at its time, or when the service asks for it. Watching can begin again at any time, after a restart too.
    ///
    /// Ends after the finished job (see [`Job::outcome`]), or after one `Err`: [`Error::TimedOut`] with [`Limit::Watch`] when the
    /// watch was given up, [`Error::NotFound`] when the service does not know the job, and every error that waiting does not mend.
    #[must_use]
    pub fn watch(&self, id: &str, pace: Pace) -> JobStream {
        let watcher = Watcher {
            client: self.clone(),
            id: id.to_owned(),
            end: from_now(pace.give_up),
        };
        JobStream::new(async_stream::try_stream! {
            let mut seen = None;
            for wait in pace.waits() {
                let asked = match watcher.look().await {
                    Look::Job(job) => {
                        let running = job.outcome() == JobOutcome::Running;
                        if seen.as_ref() != Some(&*job) {
                            yield (*job).clone();
                            seen = Some(*job);
                        }
                        if !running {
                            return;
                        }
                        Duration::ZERO
                    }
                    Look::Unknown { asked } => asked,
                    Look::Hopeless(error) => Err(error)?,
                };
                watcher.rest(wait.max(asked)).await?;
            }
        })
    }

    /// Waits until a job is done, as [`Self::watch`] does, and returns it.
    ///
    /// ```no_run
    /// # async fn run(client: sonar::Client, request: sonar::ChatRequest) -> Result<(), sonar::Error> {
    /// use sonar::{IdempotencyKey, JobOutcome, Pace};
    ///
    /// let job = client.submit(&request, &IdempotencyKey::random()).await?;
    /// let job = client.finished(&job.id, Pace::default()).await?;
    /// if let JobOutcome::Answered(answer) = job.outcome() {
    ///     assert!(!answer.text().is_empty());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Self::watch`].
    pub async fn finished(&self, id: &str, pace: Pace) -> Result<Job, Error> {
        let mut watch = self.watch(id, pace);
        let mut last = None;
        while let Some(job) = watch.next().await {
            last = Some(job?);
        }
        last.ok_or(Error::NotFound)
    }
}

struct Watcher {
    client: Client,
    id: String,
    end: Instant,
}

/// What one look at a job came to.
enum Look {
    Job(Box<Job>),
    Unknown { asked: Duration },
    Hopeless(Error),
}

impl Watcher {
    /// One look. It is not repeated by itself, for the next one comes anyway, and it does not outlast the watch.
    async fn look(&self) -> Look {
        let left = self.end.saturating_duration_since(Instant::now());
        let timeouts = self.client.timeouts;
        let client = Client {
            retries: Retries::NEVER,
            timeouts: Timeouts {
                total: timeouts.total.min(left),
                ..timeouts
            },
            ..self.client.clone()
        };
        match client.job(&self.id).await {
            Ok(job) => Look::Job(Box::new(job)),
            Err(Error::RateLimited { retry_after }) => Look::Unknown {
                asked: retry_after.unwrap_or_default(),
            },
            Err(Error::Unavailable { .. } | Error::TimedOut { .. } | Error::Truncated { .. }) => {
                Look::Unknown {
                    asked: Duration::ZERO,
                }
            }
            Err(error) => Look::Hopeless(error),
        }
    }

    /// Waits for the next look, unless it would come after the watch.
    async fn rest(&self, wait: Duration) -> Result<(), Error> {
        if wait >= self.end.saturating_duration_since(Instant::now()) {
            return Err(Error::TimedOut {
                limit: Limit::Watch,
            });
        }
        sleep(wait).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn waits_grow_to_the_longest() {
        let waits: Vec<f64> = Pace::default()
            .waits()
            .take(7)
            .map(|wait| wait.as_secs_f64())
            .collect();
        assert_eq!(waits, [5.0, 7.5, 11.25, 16.875, 25.3125, 30.0, 30.0]);
    }

    proptest! {
        #[test]
        fn no_pace_makes_a_wait_shorter_or_too_long(first: u32, growth: f64, longest: u32) {
            let pace = Pace {
                first: Duration::from_millis(first.into()),
                growth,
                longest: Duration::from_millis(longest.into()),
                ..Pace::default()
            };
            let waits: Vec<Duration> = pace.waits().take(20).collect();
            prop_assert!(waits.is_sorted());
            prop_assert!(waits.iter().all(|wait| *wait <= pace.longest));
        }
    }
}
