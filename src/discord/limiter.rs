//! How fast Discord lets the bot call: for each route and channel what the last answer's headers left of its window, and the pause that all
//! calls make after a global 429. Keeps nothing that must last.

use std::time::Duration;

use dashmap::DashMap;
use reqwest::header::HeaderMap;
use tokio::time::Instant;

/// A kind of call that Discord counts by itself. Calls of one kind in one channel share a window; threads are counted for a whole server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Route {
    Post,
    Edit,
    Delete,
    Typing,
    Read,
    Server,
    Thread,
    Person,
}

impl Route {
    /// The longest that a call waits for room in its window; told as rate limited beyond it.
    pub(super) const fn patience(self) -> Duration {
        match self {
            Self::Thread => Duration::from_secs(1),
            _ => Duration::from_secs(10),
        }
    }
}

/// Windows are forgotten beyond this many, those that are over first.
const WINDOWS_AT_MOST: usize = 10_000;

/// What is left of every window.
#[derive(Default)]
pub(super) struct Limiter {
    windows: DashMap<(Route, u64), Window>,
    everything: std::sync::Mutex<Option<Instant>>,
}

#[derive(Clone, Copy)]
struct Window {
    left: u32,
    over_at: Instant,
}

impl Limiter {
    /// Takes one call out of a window; how long to wait instead, when nothing is left in it.
    pub(super) fn take(&self, route: Route, major: u64) -> Result<(), Duration> {
        let now = Instant::now();
        let paused = self.everything.lock().ok().and_then(|until| *until);
        if let Some(until) = paused.filter(|until| *until > now) {
            return Err(until - now);
        }
        let Some(mut window) = self.windows.get_mut(&(route, major)) else {
            return Ok(());
        };
        if window.over_at <= now {
            return Ok(());
        }
        match window.left.checked_sub(1) {
            Some(left) => {
                window.left = left;
                Ok(())
            }
            None => Err(window.over_at - now),
        }
    }

    /// Learns from the headers of an answer.
    pub(super) fn learn(&self, route: Route, major: u64, headers: &HeaderMap) {
        let read = |name: &str| headers.get(name)?.to_str().ok();
        let (Some(left), Some(over_in)) = (
            read("x-ratelimit-remaining").and_then(|left| left.parse::<u32>().ok()),
            read("x-ratelimit-reset-after").and_then(seconds),
        ) else {
            return;
        };
        let over_at = Instant::now() + over_in;
        self.make_room();
        let mut window = self
            .windows
            .entry((route, major))
            .or_insert(Window { left, over_at });
        // Answers overtake each other; within one window the lower count is the newer.
        let newer = over_at > window.over_at + Duration::from_millis(500);
        window.left = if newer { left } else { window.left.min(left) };
        window.over_at = over_at;
    }

    /// Learns of a refusal for calling too fast.
    pub(super) fn refused(&self, route: Route, major: u64, wait: Duration, global: bool) {
        let until = Instant::now() + wait;
        if global {
            if let Ok(mut everything) = self.everything.lock() {
                *everything = Some(until);
            }
            return;
        }
        self.make_room();
        self.windows.insert(
            (route, major),
            Window {
                left: 0,
                over_at: until,
            },
        );
    }

    fn make_room(&self) {
        if self.windows.len() >= WINDOWS_AT_MOST {
            let now = Instant::now();
            self.windows.retain(|_, window| window.over_at > now);
        }
    }
}

fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(left: &str, over_in: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-remaining", left.parse().unwrap());
        headers.insert("x-ratelimit-reset-after", over_in.parse().unwrap());
        headers
    }

    #[tokio::test(start_paused = true)]
    async fn an_empty_window_is_waited_out_and_others_are_free() {
        let limiter = Limiter::default();
        assert_eq!(limiter.take(Route::Post, 1), Ok(()));
        limiter.learn(Route::Post, 1, &headers("1", "2.5"));
        assert_eq!(limiter.take(Route::Post, 1), Ok(()));
        assert_eq!(
            limiter.take(Route::Post, 1),
            Err(Duration::from_millis(2_500))
        );
        assert_eq!(limiter.take(Route::Edit, 1), Ok(()));
        assert_eq!(limiter.take(Route::Post, 2), Ok(()));
        tokio::time::advance(Duration::from_millis(2_500)).await;
        assert_eq!(limiter.take(Route::Post, 1), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_empties_its_window_and_a_global_one_all() {
        let limiter = Limiter::default();
        limiter.refused(Route::Thread, 1, Duration::from_secs(250), false);
        assert_eq!(
            limiter.take(Route::Thread, 1),
            Err(Duration::from_secs(250))
        );
        assert_eq!(limiter.take(Route::Post, 1), Ok(()));
        limiter.refused(Route::Post, 1, Duration::from_secs(1), true);
        assert_eq!(limiter.take(Route::Read, 9), Err(Duration::from_secs(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn headers_that_say_nothing_change_nothing() {
        let limiter = Limiter::default();
        limiter.learn(Route::Post, 1, &headers("-1", "soon"));
        limiter.learn(Route::Post, 1, &HeaderMap::new());
        assert_eq!(limiter.take(Route::Post, 1), Ok(()));
    }
}
