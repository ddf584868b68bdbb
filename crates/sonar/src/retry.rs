//! Whether a call that failed is made again, and after which wait. Must decide only: the caller waits, and brings the dice.

use std::time::Duration;

/// How often and how patiently the client repeats a call that failed and may be repeated.
///
/// Never repeated is what could be done twice: a chat is made again only when it surely was not answered (no connection, 408, 425,
/// 429, 503), because every answer is paid for. Fetching, and submitting a job, which carries its key, are also repeated after a lost
/// reply, 409 and every status from 500. A service's `x-should-retry` settles the cases of status 408, 409, 425, 429 and from 500.
/// Once a stream's reply has begun, nothing is repeated.
///
/// The waits never pass [`crate::Timeouts::total`]: when the next one would, the error is returned at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// Repeats after the first try. Default 2; 0 repeats nothing.
    pub at_most: u32,
    /// Wait before the first repeat when the service names none; it doubles each time. Up to a quarter is taken off at random, so
    /// that clients which failed together do not come back together. Default 0.5 s.
    pub first_wait: Duration,
    /// Longest wait of our own making. Default 8 s.
    pub longest_wait: Duration,
    /// Longest wait a service may ask for (`retry-after`). It is then waited out in full, and up to a quarter of our own wait
    /// longer; when it asks for more, the error is returned at once. Default 60 s.
    pub longest_asked: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            at_most: 2,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(8),
            longest_asked: Duration::from_secs(60),
        }
    }
}

impl Retries {
    /// No call is made twice.
    pub const NEVER: Self = Self {
        at_most: 0,
        first_wait: Duration::ZERO,
        longest_wait: Duration::ZERO,
        longest_asked: Duration::ZERO,
    };

    /// The wait before the next try, or `None` when there is to be none.
    ///
    /// `tries` were made and failed, the last one as `failed` tells; `left` is the time left for the whole call; `dice` is a random
    /// number from 0 to 1.
    pub(crate) fn wait(
        &self,
        call: Call,
        tries: u32,
        failed: &Cause,
        left: Duration,
        dice: f64,
    ) -> Option<Duration> {
        if tries > self.at_most || !call.may_repeat_after(failed) {
            return None;
        }
        let own = self.own_wait(tries);
        let spread = own.mul_f64(dice.clamp(0.0, 1.0) / 4.0);
        let wait = match failed.asked() {
            Some(asked) if asked > self.longest_asked => return None,
            Some(asked) => asked.checked_add(spread)?,
            None => own - spread,
        };
        (wait < left).then_some(wait)
    }

    fn own_wait(&self, tries: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(tries.saturating_sub(1));
        self.first_wait
            .saturating_mul(doubled)
            .min(self.longest_wait)
    }
}

/// What a call does when it is made twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Nothing more than once: it only reads, or carries a key by which the service knows it.
    Harmless,
    /// It costs twice.
    Paid,
}

impl Call {
    fn may_repeat_after(self, failed: &Cause) -> bool {
        match failed {
            Cause::NoConnection => true,
            Cause::Lost => self == Self::Harmless,
            Cause::Status { status, advice, .. } => match (advice, self) {
                _ if !passes(*status) => false,
                (Some(advice), _) => *advice,
                (None, Self::Harmless) => true,
                (None, Self::Paid) => is_untouched(*status),
            },
            Cause::Final => false,
        }
    }
}

/// Whether what the status tells of may be over at the next try.
fn passes(status: u16) -> bool {
    matches!(status, 408 | 409 | 425 | 429 | 500..)
}

/// Whether the status says that the request was not worked on: it did not arrive whole (408), came too early (425), was one too
/// many (429; the service's pages say that refused requests are not billed), or found nobody to take it (503).
fn is_untouched(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 503)
}

/// How a try failed, as far as it matters for another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The request was never sent.
    NoConnection,
    /// The request was sent and no whole reply came back.
    Lost,
    /// The service refused.
    Status {
        status: u16,
        /// The wait it asks for.
        asked: Option<Duration>,
        /// What it says of another try.
        advice: Option<bool>,
    },
    /// Another try would end the same way, or there is no time for one.
    Final,
}

impl Cause {
    fn asked(&self) -> Option<Duration> {
        match self {
            Self::Status { asked, .. } => asked.filter(|wait| !wait.is_zero()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLENTY: Duration = Duration::from_secs(3600);

    fn status(status: u16) -> Cause {
        Cause::Status {
            status,
            asked: None,
            advice: None,
        }
    }

    fn repeats(call: Call, failed: &Cause) -> bool {
        Retries::default()
            .wait(call, 1, failed, PLENTY, 0.0)
            .is_some()
    }

    #[test]
    fn only_what_was_surely_not_done_is_paid_for_again() {
        assert!(repeats(Call::Paid, &Cause::NoConnection));
        assert!(!repeats(Call::Paid, &Cause::Lost));
        for code in [408, 425, 429, 503] {
            assert!(repeats(Call::Paid, &status(code)), "{code}");
        }
        for code in [400, 401, 403, 404, 409, 422, 500, 502, 504, 524] {
            assert!(!repeats(Call::Paid, &status(code)), "{code}");
        }
    }

    #[test]
    fn what_is_harmless_is_repeated_until_it_is_certain() {
        assert!(repeats(Call::Harmless, &Cause::NoConnection));
        assert!(repeats(Call::Harmless, &Cause::Lost));
        assert!(!repeats(Call::Harmless, &Cause::Final));
        for code in [408, 409, 425, 429, 500, 502, 503, 524] {
            assert!(repeats(Call::Harmless, &status(code)), "{code}");
        }
        for code in [300, 400, 401, 403, 404, 410, 413, 422] {
            assert!(!repeats(Call::Harmless, &status(code)), "{code}");
        }
    }

    #[test]
    fn the_service_may_settle_it() {
        let told = |code, advice| Cause::Status {
            status: code,
            asked: None,
            advice: Some(advice),
        };
        assert!(repeats(Call::Paid, &told(500, true)));
        assert!(!repeats(Call::Paid, &told(429, false)));
        assert!(!repeats(Call::Harmless, &told(503, false)));
        assert!(
            !repeats(Call::Harmless, &told(400, true)),
            "what is wrong stays wrong"
        );
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let retries = Retries {
            at_most: 9,
            ..Retries::default()
        };
        let waits: Vec<u128> = (1..=7)
            .map(|tries| {
                retries
                    .wait(Call::Harmless, tries, &Cause::Lost, PLENTY, 0.0)
                    .unwrap()
                    .as_millis()
            })
            .collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
    }

    #[test]
    fn a_service_that_asks_for_too_long_a_wait_is_not_waited_for() {
        let asks = |seconds| Cause::Status {
            status: 429,
            asked: Some(Duration::from_secs(seconds)),
            advice: None,
        };
        let wait = |seconds, left| {
            Retries::default().wait(
                Call::Paid,
                1,
                &asks(seconds),
                Duration::from_secs(left),
                0.0,
            )
        };
        assert_eq!(wait(60, 100), Some(Duration::from_secs(60)));
        assert_eq!(wait(61, 100), None);
        assert_eq!(wait(7, 7), None, "the deadline comes first");
        assert_eq!(
            wait(0, 100),
            Some(Duration::from_millis(500)),
            "no wait is our own wait"
        );
    }

    #[test]
    fn never_is_never() {
        assert_eq!(
            Retries::NEVER.wait(Call::Harmless, 1, &Cause::NoConnection, PLENTY, 0.5),
            None
        );
    }

    fn cause() -> impl Strategy<Value = Cause> {
        let asked = proptest::option::of((0_u64..u64::MAX).prop_map(Duration::from_millis));
        prop_oneof![
            Just(Cause::NoConnection),
            Just(Cause::Lost),
            Just(Cause::Final),
            (0_u16..=999, asked, any::<Option<bool>>()).prop_map(|(status, asked, advice)| {
                Cause::Status {
                    status,
                    asked,
                    advice,
                }
            }),
        ]
    }

    fn retries() -> impl Strategy<Value = Retries> {
        let wait = || (0_u64..10_000_000).prop_map(Duration::from_millis);
        (0_u32..6, wait(), wait(), wait()).prop_map(
            |(at_most, first_wait, longest_wait, longest_asked)| Retries {
                at_most,
                first_wait,
                longest_wait,
                longest_asked,
            },
        )
    }

    fn call() -> impl Strategy<Value = Call> {
        prop_oneof![Just(Call::Harmless), Just(Call::Paid)]
    }

    proptest! {
        #[test]
        fn a_call_ends_within_its_tries_and_its_time(
            retries in retries(),
            call in call(),
            failures in prop::collection::vec((cause(), 0_u64..100_000, 0.0..=1.0), 0..10),
            total in (0_u64..10_000_000).prop_map(Duration::from_millis),
        ) {
            let mut passed = Duration::ZERO;
            let mut repeats = 0;
            for (tries, (failed, took, dice)) in (1..).zip(failures) {
                passed += Duration::from_millis(took);
                let left = total.saturating_sub(passed);
                let Some(wait) = retries.wait(call, tries, &failed, left, dice) else {
                    break;
                };
                passed += wait;
                repeats += 1;
                prop_assert!(passed < total, "the wait ends after the deadline");
            }
            prop_assert!(repeats <= retries.at_most);
        }

        #[test]
        fn dice_move_a_wait_only_so_far(retries in retries(), tries in 1_u32..6, failed in cause(), dice in 0.0..=1.0) {
            let own = retries.own_wait(tries);
            if let Some(wait) = retries.wait(Call::Harmless, tries, &failed, Duration::MAX, dice) {
                match failed.asked() {
                    Some(asked) => {
                        prop_assert!(wait >= asked, "earlier than asked");
                        prop_assert!(wait <= asked + own / 4 + Duration::from_nanos(1));
                    }
                    None => {
                        prop_assert!(wait <= own && wait + Duration::from_nanos(1) >= own - own / 4);
                        prop_assert!(wait <= retries.longest_wait);
                    }
                }
            }
        }
    }
}
