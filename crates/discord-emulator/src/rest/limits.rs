//! Rate limits: the table of buckets, and who has used how much of them. Sends nothing.

use std::{collections::HashMap, time::Duration};

use crate::{clock::Moment, settings::RateLimits};

/// One row of the table. None of the sizes is official; they were observed on the real service.
#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) name: &'static str,
    /// The path parameters that tell one bucket of this row from another.
    key: &'static [&'static str],
    limit: u32,
    per: Duration,
}

pub(crate) const POST_MESSAGE: Bucket =
    Bucket::new("post-message", &["channel"], 5, Duration::from_secs(5));
pub(crate) const EDIT_MESSAGE: Bucket =
    Bucket::new("edit-message", &["channel"], 5, Duration::from_secs(5));
pub(crate) const DELETE_MESSAGE: Bucket =
    Bucket::new("delete-message", &["channel"], 5, Duration::from_secs(1));
pub(crate) const TYPING: Bucket = Bucket::new("typing", &["channel"], 5, Duration::from_secs(5));
pub(crate) const CALLBACK: Bucket =
    Bucket::new("callback", &["interaction"], 5, Duration::from_secs(1));
pub(crate) const REPLY: Bucket =
    Bucket::new("interaction-reply", &["token"], 5, Duration::from_secs(2));

/// All follow-ups of a channel together; its use is not visible in the headers of the token's bucket.
const FOLLOWUPS: Bucket = Bucket::new("followups", &[], 30, Duration::from_secs(60));
/// All requests of the bot together, interactions apart.
const GLOBAL: Bucket = Bucket::new("global", &[], 50, Duration::from_secs(1));

/// Windows are swept when there are more than this many.
const SWEEP_ABOVE: usize = 1_000;

impl Bucket {
    const fn new(
        name: &'static str,
        key: &'static [&'static str],
        limit: u32,
        per: Duration,
    ) -> Self {
        Self {
            name,
            key,
            limit,
            per,
        }
    }

    /// The key of one request, from the parameters of its path.
    pub(crate) fn key_of(&self, parameters: &[(&'static str, String)]) -> String {
        let named = parameters
            .iter()
            .filter(|(name, _)| self.key.contains(name));
        named.map(|(_, value)| value.as_str()).collect()
    }
}

/// What a request costs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cost {
    /// The route's bucket with its key.
    pub(crate) bucket: Option<(&'static Bucket, String)>,
    /// The channel whose follow-ups it counts towards.
    pub(crate) followup_in: Option<String>,
    /// Whether it counts towards the bot's 50 a second.
    pub(crate) is_global: bool,
}

/// Who a limit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    User,
    Shared,
    Global,
}

/// The state of a bucket after a request, as its headers tell it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Standing {
    pub(crate) bucket: &'static str,
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    pub(crate) resets: Moment,
    pub(crate) reset_after: Duration,
}

/// Whether a request may go on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// It may; the route's bucket is told where there is one.
    Free(Option<Standing>),
    /// It must wait.
    Limited {
        scope: Scope,
        retry_after: Duration,
        standing: Option<Standing>,
    },
}

/// How much of every bucket is used.
pub(crate) struct Limits {
    profile: RateLimits,
    windows: HashMap<(&'static str, String), Window>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    used: u32,
    resets: Moment,
}

impl Limits {
    pub(crate) fn new(profile: RateLimits) -> Self {
        Self {
            profile,
            windows: HashMap::new(),
        }
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.profile == RateLimits::Calm
    }

    /// Counts one request, or tells that it must wait.
    pub(crate) fn take(&mut self, now: Moment, cost: &Cost) -> Verdict {
        if self.is_calm() {
            return Verdict::Free(None);
        }
        self.sweep(now);
        if cost.is_global
            && let Err(standing) = self.count(now, &GLOBAL, "")
        {
            return Verdict::Limited {
                scope: Scope::Global,
                retry_after: standing.reset_after,
                standing: None,
            };
        }
        let standing = match &cost.bucket {
            None => None,
            Some((bucket, key)) => match self.count(now, bucket, key) {
                Ok(standing) => Some(standing),
                Err(standing) => {
                    let retry_after = standing.reset_after;
                    return Verdict::Limited {
                        scope: Scope::User,
                        retry_after,
                        standing: Some(standing),
                    };
                }
            },
        };
        if let Some(channel) = &cost.followup_in
            && let Err(shared) = self.count(now, &FOLLOWUPS, channel)
        {
            return Verdict::Limited {
                scope: Scope::Shared,
                retry_after: shared.reset_after,
                standing,
            };
        }
        Verdict::Free(standing)
    }

    /// A window opens with its first request and closes a fixed time later.
    fn count(&mut self, now: Moment, bucket: &Bucket, key: &str) -> Result<Standing, Standing> {
        let fresh = Window {
            used: 0,
            resets: now.plus(bucket.per),
        };
        let window = self
            .windows
            .entry((bucket.name, key.to_owned()))
            .or_insert(fresh);
        if window.resets <= now {
            *window = fresh;
        }
        let full = window.used >= bucket.limit;
        if !full {
            window.used += 1;
        }
        let standing = Standing {
            bucket: bucket.name,
            limit: bucket.limit,
            remaining: bucket.limit - window.used,
            resets: window.resets,
            reset_after: window.resets.since(now),
        };
        if full { Err(standing) } else { Ok(standing) }
    }

    fn sweep(&mut self, now: Moment) {
        if self.windows.len() > SWEEP_ABOVE {
            self.windows.retain(|_, window| window.resets > now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(token: &str) -> Cost {
        Cost {
            bucket: Some((&REPLY, token.to_owned())),
            ..Cost::default()
        }
    }

    fn at(seconds: u64) -> Moment {
        Moment::since_epoch(Duration::from_secs(1_000 + seconds))
    }

    #[test]
    fn five_edits_in_two_seconds_for_each_token() {
        let mut limits = Limits::new(RateLimits::Realistic);
        for left in (0..5).rev() {
            let Verdict::Free(Some(standing)) = limits.take(at(0), &reply("a")) else {
                panic!("limited too early")
            };
            assert_eq!((standing.limit, standing.remaining), (5, left));
        }
        let Verdict::Limited {
            scope, retry_after, ..
        } = limits.take(at(0), &reply("a"))
        else {
            panic!("not limited")
        };
        assert_eq!((scope, retry_after), (Scope::User, Duration::from_secs(2)));
        assert!(matches!(limits.take(at(0), &reply("b")), Verdict::Free(_)));
        assert!(matches!(limits.take(at(2), &reply("a")), Verdict::Free(_)));
    }

    #[test]
    fn follow_ups_share_a_limit_that_no_header_shows() {
        let mut limits = Limits::new(RateLimits::Realistic);
        let followup = |n: u32| Cost {
            followup_in: Some("channel".to_owned()),
            ..reply(&n.to_string())
        };
        for n in 0..30 {
            assert!(matches!(limits.take(at(0), &followup(n)), Verdict::Free(_)));
        }
        let Verdict::Limited {
            scope, standing, ..
        } = limits.take(at(1), &followup(99))
        else {
            panic!("not limited")
        };
        assert_eq!(scope, Scope::Shared);
        assert!(standing.unwrap().remaining > 0);
    }

    #[test]
    fn calm_limits_nothing() {
        let mut limits = Limits::new(RateLimits::Calm);
        for _ in 0..1_000 {
            assert_eq!(limits.take(at(0), &reply("a")), Verdict::Free(None));
        }
    }
}
