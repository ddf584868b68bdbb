//! Jobs that run at a service behind this one: handed over once, and found again by their ids alone. Must not know the service.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use sonar::{ChatRequest, JsonSchemaFormat, ResponseFormat};
use tokio::sync::{Mutex, MutexGuard};
use tokio_util::sync::CancellationToken;

use super::job::{Job, Status};
use super::owner::Client;
use super::store::{NewJob, Submitted};
use super::{Jobs, unavailable};
use crate::Failure;
use crate::engines::{Elsewhere, Engine, NotBegun};
use crate::media::wants_images;
use crate::run;

/// The models of the protocol; an id names them by their place.
const MODELS: [&str; 5] = [
    "sonar",
    "sonar-pro",
    "sonar-reasoning",
    "sonar-reasoning-pro",
    "sonar-deep-research",
];
/// How many letters of an id follow the name of the run: a hyphen, model, form, time and seal.
const TAIL: usize = 1 + 1 + 1 + 8 + 16;

/// Makes those wait who submit under the same key at the same time. Few share a lock by chance; they wait until the other's
/// submission is answered.
#[derive(Debug, Default)]
pub(super) struct Handing {
    hasher: RandomState,
    locks: [Mutex<()>; 32],
}

impl Handing {
    async fn alone(&self, owner: &str, key: Option<&str>) -> Option<MutexGuard<'_, ()>> {
        let key = key?;
        let hash = usize::try_from(self.hasher.hash_one((owner, key)) % 32).unwrap_or_default();
        match self.locks.get(hash) {
            Some(lock) => Some(lock.lock().await),
            None => None,
        }
    }
}

/// What the id of a job says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named<'a> {
    run: &'a str,
    model: &'static str,
    images: bool,
    related: bool,
    /// Whether the answer is JSON.
    json: bool,
    created_at: i64,
}

impl Named<'_> {
    /// The id. Its seal shows that this server made it, for this owner.
    fn id(&self, owner: &str, elsewhere: &dyn Elsewhere) -> String {
        let model = MODELS.iter().position(|model| *model == self.model);
        let flags = [self.images, self.related, self.json];
        let form = flags
            .iter()
            .rev()
            .fold(0, |form, flag| 2 * form + u8::from(*flag));
        let said = format!(
            "{}-{}{form}{:08x}",
            self.run,
            model.unwrap_or_default(),
            self.created_at
        );
        let seal = elsewhere.seal(&format!("{owner}\n{said}"));
        format!("{said}{seal}")
    }

    /// The smallest request whose answer has the same form.
    fn request(&self) -> ChatRequest {
        ChatRequest {
            return_images: self.images.then_some(true),
            return_related_questions: self.related.then_some(true),
            response_format: self.json.then(|| ResponseFormat::JsonSchema {
                json_schema: JsonSchemaFormat::default(),
            }),
            ..ChatRequest::new(self.model, Vec::new())
        }
    }
}

/// Reads an id that this server handed out to this owner.
fn named<'a>(id: &'a str, owner: &str, elsewhere: &dyn Elsewhere) -> Option<Named<'a>> {
    let (run, tail) = id.split_at_checked(id.len().checked_sub(TAIL)?)?;
    let digit = |from: usize| usize::from_str_radix(tail.get(from..=from)?, 16).ok();
    let form = digit(2)?;
    let named = Named {
        run,
        model: MODELS.get(digit(1)?).copied()?,
        images: form & 1 == 1,
        related: form & 2 == 2,
        json: form & 4 == 4,
        created_at: i64::from_str_radix(tail.get(3..11)?, 16).ok()?,
    };
    (named.id(owner, elsewhere) == id).then_some(named)
}

impl Jobs {
    /// Takes a job in, has the service begin it, and gives it the id that says so. Under one key this happens once: whoever
    /// submits it again is shown the job, also when nobody knows what became of it.
    ///
    /// # Errors
    ///
    /// A [`Failure`] when there is no room here, or when the service does not take it.
    pub(super) async fn hand_over(
        &self,
        new: NewJob,
        request: ChatRequest,
        engine: &dyn Engine,
        elsewhere: &dyn Elsewhere,
        stopped: &CancellationToken,
    ) -> Result<Job, Failure> {
        let key = new.idempotency_key.as_deref();
        let _alone = self.handing.alone(&new.owner, key).await;
        let now = self.settings.clock.now();
        let submitted = self.store.submit(&new, &self.settings, now).await;
        let mut job = match submitted.map_err(|error| unavailable(&error))? {
            Submitted::Accepted(job) => job,
            other => return self.accepted(other),
        };
        let beginning = elsewhere.begin(Arc::new(request.clone()));
        let begun = stopped.run_until_cancelled(beginning).await;
        match begun.unwrap_or_else(|| Err(NotBegun::Unknown(run::stopping()))) {
            Ok(run) => {
                job.entry.id = Named {
                    run: &run,
                    model: MODELS
                        .into_iter()
                        .find(|model| *model == new.model)
                        .unwrap_or_default(),
                    images: wants_images(&request),
                    related: request.return_related_questions == Some(true),
                    json: matches!(
                        request.response_format,
                        Some(ResponseFormat::JsonSchema { .. })
                    ),
                    created_at: job.entry.created_at,
                }
                .id(&new.owner, elsewhere);
                let kept = self.store.handed_over(&new.id, &job.entry.id, &run).await;
                if let Err(error) = kept {
                    // It runs and is paid for, and its id is enough to find it again.
                    tracing::error!(%error, "a job that was handed over could not be noted");
                }
                Ok(job)
            }
            Err(NotBegun::Unknown(_)) if key.is_some() => {
                let failed = self.store.fail(&new.id, UNKNOWN, now).await;
                failed.map_err(|error| unavailable(&error))?;
                job.entry.status = Status::Failed;
                job.entry.failed_at = Some(now);
                job.error_message = Some(UNKNOWN.to_owned());
                job.engine = Some(engine.name().to_owned());
                Ok(job)
            }
            Err(NotBegun::Unknown(failure) | NotBegun::Refused(failure)) => {
                let taken_back = self.store.take_back(&new.id).await;
                taken_back.map_err(|error| unavailable(&error))?;
                Err(failure)
            }
        }
    }

    /// Takes in a job again that this server handed out and does not keep any more: its file was lost, or is another one. `None`
    /// for an id that it did not hand out, or so long ago that the job has expired.
    pub(super) async fn found_again(
        &self,
        client: &Client,
        id: &str,
        elsewhere: &dyn Elsewhere,
    ) -> Result<Option<Job>, Failure> {
        let Some(named) = named(id, &client.owner, elsewhere) else {
            return Ok(None);
        };
        let now = self.settings.clock.now();
        let keep = i64::try_from(self.settings.keep.as_secs()).unwrap_or(i64::MAX);
        let expires_at = named.created_at.saturating_add(keep);
        if expires_at <= now {
            return Ok(None);
        }
        let new = NewJob {
            id: id.to_owned(),
            owner: client.owner.clone(),
            lane: client.lane.clone(),
            idempotency_key: None,
            model: named.model.to_owned(),
            request: serde_json::to_string(&named.request()).map_err(|_| Failure::internal())?,
            handing_over: false,
        };
        let adopted = self
            .store
            .adopt(&new, named.run, named.created_at, expires_at);
        adopted.await.map_err(|error| unavailable(&error))?;
        self.waits.notify_one();
        let found = self.store.get(&client.owner, id, now).await;
        found.map_err(|error| unavailable(&error))
    }
}

/// What is said of a job that was sent and of which nothing came back.
pub(super) const UNKNOWN: &str = "Whether the service behind this one took the request is not known: no reply came. It is not asked again, since that could be paid twice.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::Event;
    use futures_util::future::BoxFuture;
    use futures_util::stream::BoxStream;
    use proptest::prelude::*;

    /// Seals with a sum, which is enough here.
    struct Sums(u64);

    impl Elsewhere for Sums {
        fn begin(&self, _: Arc<ChatRequest>) -> BoxFuture<'static, Result<String, NotBegun>> {
            unreachable!("no test begins a run here")
        }

        fn follow(&self, _: &str, _: Arc<ChatRequest>) -> BoxStream<'static, Event> {
            unreachable!("no test follows a run here")
        }

        fn seal(&self, text: &str) -> String {
            let sum = text.bytes().fold(self.0, |sum, byte| {
                sum.wrapping_mul(31).wrapping_add(u64::from(byte))
            });
            format!("{sum:016x}")
        }
    }

    proptest! {
        #[test]
        fn an_id_says_what_the_job_is_to_its_owner_alone(
            run in "[a-zA-Z0-9_-]{1,40}", model in 0_usize..5, images: bool, related: bool, json: bool, created_at in 0_i64..0xffff_ffff, owner in "[a-f0-9]{0,8}",
        ) {
            let named_so = Named { run: &run, model: MODELS[model], images, related, json, created_at };
            let id = named_so.id(&owner, &Sums(7));
            prop_assert_eq!(named(&id, &owner, &Sums(7)), Some(named_so));
            prop_assert_eq!(named(&id, &format!("{owner}x"), &Sums(7)), None);
            prop_assert_eq!(named(&id, &owner, &Sums(8)), None);
        }

        #[test]
        fn no_id_is_too_odd(id in "\\PC{0,60}") {
            prop_assert_eq!(named(&id, "", &Sums(7)), None);
        }
    }
}
