//! Rate limits: who has used how much of which row of the table. Sends nothing.

use std::{collections::HashMap, time::Duration};

use serde::{Deserialize, Serialize};

use super::limit_table::{LimitTable, Rate, Row};
use crate::{clock::Moment, faults::action::LimitFault, settings::RateLimits};

/// What a route's requests are counted in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    pub(crate) row: Row,
    pub(crate) key: Key,
}

/// What tells one bucket of a row from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Channel,
    /// The guild of the path, or the one its channel is in.
    Guild,
    Interaction,
    Token,
}

pub(crate) const POST_MESSAGE: Bucket = Bucket::new(Row::PostMessage, Key::Channel);
pub(crate) const EDIT_MESSAGE: Bucket = Bucket::new(Row::EditMessage, Key::Channel);
pub(crate) const DELETE_MESSAGE: Bucket = Bucket::new(Row::DeleteMessage, Key::Channel);
pub(crate) const REACTIONS: Bucket = Bucket::new(Row::Reactions, Key::Channel);
pub(crate) const TYPING: Bucket = Bucket::new(Row::Typing, Key::Channel);
pub(crate) const CALLBACK: Bucket = Bucket::new(Row::Callback, Key::Interaction);
pub(crate) const REPLY: Bucket = Bucket::new(Row::Reply, Key::Token);
pub(crate) const CREATE_THREAD: Bucket = Bucket::new(Row::CreateThread, Key::Guild);
pub(crate) const THREADS: Bucket = Bucket::new(Row::Threads, Key::Guild);

/// Windows are swept when there are more than this many, and as many again since the last time.
const SWEEP_ABOVE: usize = 1_000;
/// The code of a 429 for too many edits of old messages.
const TOO_MANY_OLD_EDITS: u32 = 30_046;

impl Bucket {
    const fn new(row: Row, key: Key) -> Self {
        Self { row, key }
    }
}

/// What a request costs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cost {
    /// Whether it counts towards the bot's limit over all routes.
    pub(crate) is_global: bool,
    /// The route's bucket with its key; headers tell of it.
    pub(crate) bucket: Option<(Row, String)>,
    /// A second bucket that no header tells of until it is full.
    pub(crate) hidden: Option<(Row, String)>,
}

/// Whose limit a 429 is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitScope {
    /// The bot's own, of this route.
    User,
    /// Everybody's, of this place.
    Shared,
    /// The bot's own, over all routes.
    Global,
}

/// The state of a bucket after a request, as its headers tell it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Standing {
    pub(crate) bucket: Row,
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    pub(crate) resets: Moment,
    pub(crate) reset_after: Duration,
}

/// A request that must wait.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Limited {
    pub(crate) scope: LimitScope,
    /// The error code, for limits that have one.
    pub(crate) code: Option<u32>,
    pub(crate) retry_after: Duration,
    pub(crate) standing: Option<Standing>,
}

/// How much of every bucket is used.
pub(crate) struct Limits {
    pub(crate) table: LimitTable,
    windows: HashMap<(Row, String), Window>,
    sweep_at: usize,
    /// Until when the bot's address is blocked for invalid requests.
    blocked_until: Option<Moment>,
    /// Until when the token is void, after too many identifies.
    void_until: Option<Moment>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    used: u32,
    resets: Moment,
}

impl Limits {
    pub(crate) fn new(profile: RateLimits) -> Self {
        Self {
            table: profile.table(),
            windows: HashMap::new(),
            sweep_at: SWEEP_ABOVE,
            blocked_until: None,
            void_until: None,
        }
    }

    /// Puts another table in force; what has been used so far is forgotten, a block too.
    pub(crate) fn replace(&mut self, table: LimitTable) {
        *self = Self::new(RateLimits::Table(table));
    }

    /// Counts one request, or tells that it must wait.
    pub(crate) fn take(&mut self, now: Moment, cost: &Cost) -> Result<Option<Standing>, Limited> {
        self.sweep(now);
        if cost.is_global
            && let Some(Err(standing)) = self.count(now, Row::Global, "")
        {
            return Err(Limited {
                scope: LimitScope::Global,
                code: None,
                retry_after: standing.reset_after,
                standing: None,
            });
        }
        let standing = match &cost.bucket {
            None => None,
            Some((row, key)) => match self.count(now, *row, key) {
                Some(Err(standing)) => return Err(Limited::of(*row, standing)),
                counted => counted.and_then(Result::ok),
            },
        };
        if let Some((row, key)) = &cost.hidden
            && let Some(Err(full)) = self.count(now, *row, key)
        {
            let mut limited = Limited::of(*row, full);
            // The headers go on telling of the route's own bucket, which may have room.
            limited.standing = standing.or(limited.standing);
            return Err(limited);
        }
        Ok(standing)
    }

    /// How a row stands when an ordered limit says so.
    pub(crate) fn as_ordered(&self, now: Moment, row: Row, form: &LimitFault) -> Standing {
        let usual = || LimitTable::REALISTIC.rate(row);
        let rate = self.table.rate(row).or_else(usual);
        Standing {
            bucket: row,
            limit: rate.map_or(1, |rate| rate.limit),
            remaining: form.remaining.unwrap_or(0),
            resets: now.plus(form.retry_after),
            reset_after: form.retry_after,
        }
    }

    /// Counts one use of a row outside of REST's buckets; an error when there were too many.
    pub(crate) fn spend(&mut self, now: Moment, row: Row, key: &str) -> Result<(), Duration> {
        match self.count(now, row, key) {
            Some(Err(standing)) => Err(standing.reset_after),
            Some(Ok(_)) | None => Ok(()),
        }
    }

    /// How much of a row is left, and when it is whole again; `None` when it is not limited.
    pub(crate) fn left(&self, now: Moment, row: Row, key: &str) -> Option<(u32, Duration)> {
        let rate = self.table.rate(row)?;
        let window = self.windows.get(&(row, key.to_owned()));
        let window = window.filter(|window| window.resets > now);
        Some(window.map_or((rate.limit, rate.per), |window| {
            (
                rate.limit.saturating_sub(window.used),
                window.resets.since(now),
            )
        }))
    }

    /// Counts an identify of a shard; false when the one before was too short a time ago.
    pub(crate) fn may_identify_now(&mut self, now: Moment, shard: u64) -> bool {
        let concurrency = self.table.identify.map_or(1, |rate| rate.limit.max(1));
        let Some(Rate { per, .. }) = self.table.identify else {
            return true;
        };
        let key = (shard % u64::from(concurrency)).to_string();
        let one = Rate { limit: 1, per };
        self.count_at(now, Row::Identify, one, &key).is_ok()
    }

    /// Counts an identify towards those of the day; true when it is one too many, which voids the token.
    pub(crate) fn voids_token(&mut self, now: Moment) -> bool {
        let Err(wait) = self.spend(now, Row::Identifies, "") else {
            return false;
        };
        self.void_until = Some(now.plus(wait));
        true
    }

    /// Another token has come in the place of the one that may be void.
    pub(crate) fn has_new_token(&mut self) {
        self.void_until = None;
    }

    pub(crate) fn is_token_void(&mut self, now: Moment) -> bool {
        self.void_until = self.void_until.filter(|until| *until > now);
        self.void_until.is_some()
    }

    /// An answer that the real service would call invalid; too many of them block the address.
    pub(crate) fn count_invalid(&mut self, now: Moment) {
        if let Some(Ok(standing)) = self.count(now, Row::InvalidRequests, "")
            && standing.remaining == 0
        {
            self.blocked_until = Some(now.plus(self.table.block));
        }
    }

    pub(crate) fn is_blocked(&mut self, now: Moment) -> bool {
        self.blocked_until = self.blocked_until.filter(|until| *until > now);
        self.blocked_until.is_some()
    }

    /// A window opens with its first request and closes a fixed time later. `None` when the row is not limited.
    fn count(&mut self, now: Moment, row: Row, key: &str) -> Option<Result<Standing, Standing>> {
        let row = self.table.counted_as(row);
        let rate = self.table.rate(row)?;
        Some(self.count_at(now, row, rate, key))
    }

    fn count_at(
        &mut self,
        now: Moment,
        row: Row,
        Rate { limit, per }: Rate,
        key: &str,
    ) -> Result<Standing, Standing> {
        let fresh = Window {
            used: 0,
            resets: now.plus(per),
        };
        let window = self.windows.entry((row, key.to_owned())).or_insert(fresh);
        if window.resets <= now {
            *window = fresh;
        }
        let is_full = window.used >= limit;
        if !is_full {
            window.used += 1;
        }
        let standing = Standing {
            bucket: row,
            limit,
            remaining: limit - window.used,
            resets: window.resets,
            reset_after: window.resets.since(now),
        };
        if is_full { Err(standing) } else { Ok(standing) }
    }

    /// Forgets windows that are over; seldom enough that it costs each request next to nothing.
    fn sweep(&mut self, now: Moment) {
        if self.windows.len() > self.sweep_at {
            self.windows.retain(|_, window| window.resets > now);
            self.sweep_at = self.windows.len() + SWEEP_ABOVE;
        }
    }
}

impl Limited {
    fn of(row: Row, standing: Standing) -> Self {
        let is_shared = matches!(row, Row::Followups | Row::CreateThread);
        Self {
            scope: if is_shared {
                LimitScope::Shared
            } else {
                LimitScope::User
            },
            code: (row == Row::OldEdits).then_some(TOO_MANY_OLD_EDITS),
            retry_after: standing.reset_after,
            standing: Some(standing).filter(|_| row != Row::Followups),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(token: &str) -> Cost {
        Cost {
            bucket: Some((Row::Reply, token.to_owned())),
            ..Cost::default()
        }
    }

    fn at(seconds: u64) -> Moment {
        Moment::since_epoch(Duration::from_secs(1_000 + seconds))
    }

    fn realistic() -> Limits {
        Limits::new(RateLimits::Realistic)
    }

    #[test]
    fn five_edits_in_two_seconds_for_each_token() {
        let mut limits = realistic();
        for left in (0..5).rev() {
            let standing = limits.take(at(0), &reply("a")).unwrap().unwrap();
            assert_eq!((standing.limit, standing.remaining), (5, left));
        }
        let limited = limits.take(at(0), &reply("a")).unwrap_err();
        assert_eq!(
            (limited.scope, limited.retry_after),
            (LimitScope::User, Duration::from_secs(2))
        );
        assert!(limits.take(at(0), &reply("b")).is_ok());
        assert!(limits.take(at(2), &reply("a")).is_ok());
    }

    #[test]
    fn follow_ups_share_a_limit_that_no_header_shows() {
        let mut limits = realistic();
        let followup = |n: u32| Cost {
            hidden: Some((Row::Followups, "channel".to_owned())),
            ..reply(&n.to_string())
        };
        for n in 0..30 {
            assert!(limits.take(at(0), &followup(n)).is_ok());
        }
        let limited = limits.take(at(1), &followup(99)).unwrap_err();
        assert_eq!(limited.scope, LimitScope::Shared);
        assert!(limited.standing.unwrap().remaining > 0);
    }

    /// How many of a row's requests go through before one must wait, and how that one is told.
    fn through(row: Row) -> (u32, Limited) {
        let mut limits = realistic();
        let cost = Cost {
            bucket: Some((row, "key".to_owned())),
            ..Cost::default()
        };
        for n in 0.. {
            if let Err(limited) = limits.take(at(0), &cost) {
                return (n, limited);
            }
        }
        unreachable!("the range has no end")
    }

    #[test]
    fn every_row_lets_through_what_was_observed_and_no_more() {
        for (row, limit, millis, scope, code) in [
            (Row::PostMessage, 5, 5_000, LimitScope::User, None),
            (Row::EditMessage, 5, 5_000, LimitScope::User, None),
            (Row::DeleteMessage, 5, 1_000, LimitScope::User, None),
            (Row::OldEdits, 3, 6_000, LimitScope::User, Some(30_046)),
            (Row::Reactions, 1, 250, LimitScope::User, None),
            (Row::Typing, 5, 5_000, LimitScope::User, None),
            (Row::Callback, 5, 1_000, LimitScope::User, None),
            (Row::Reply, 5, 2_000, LimitScope::User, None),
            (Row::CreateThread, 50, 300_000, LimitScope::Shared, None),
            (Row::Threads, 10, 10_000, LimitScope::User, None),
            (Row::Rename, 2, 600_000, LimitScope::User, None),
        ] {
            let (count, limited) = through(row);
            assert_eq!(count, limit, "{row:?}");
            assert_eq!(
                limited.retry_after,
                Duration::from_millis(millis),
                "{row:?}"
            );
            assert_eq!((limited.scope, limited.code), (scope, code), "{row:?}");
        }
    }

    #[test]
    fn edits_and_posts_share_a_bucket_when_the_table_says_so() {
        for (shared, ok) in [(true, false), (false, true)] {
            let mut limits = realistic();
            limits.table.edits_share_the_bucket_of_posts = shared;
            let cost = |row| Cost {
                bucket: Some((row, "channel".to_owned())),
                ..Cost::default()
            };
            for _ in 0..5 {
                assert!(limits.take(at(0), &cost(Row::PostMessage)).is_ok());
            }
            assert_eq!(limits.take(at(0), &cost(Row::EditMessage)).is_ok(), ok);
        }
    }

    #[test]
    fn too_many_invalid_requests_block_the_address_for_a_day() {
        let mut limits = realistic();
        for _ in 0..9_999 {
            limits.count_invalid(at(0));
        }
        assert!(!limits.is_blocked(at(0)));
        limits.count_invalid(at(599));
        assert!(limits.is_blocked(at(599)));
        assert!(limits.is_blocked(at(599 + 86_399)));
        assert!(!limits.is_blocked(at(599 + 86_400)));
    }

    #[test]
    fn invalid_requests_of_another_window_do_not_add_up() {
        let mut limits = realistic();
        for second in [0, 600] {
            for _ in 0..9_999 {
                limits.count_invalid(at(second));
            }
        }
        assert!(!limits.is_blocked(at(600)));
    }

    #[test]
    fn calm_limits_nothing() {
        let mut limits = Limits::new(RateLimits::Calm);
        for _ in 0..1_000 {
            assert_eq!(limits.take(at(0), &reply("a")), Ok(None));
        }
    }
}
