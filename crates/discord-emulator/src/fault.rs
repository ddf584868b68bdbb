//! Faults a test can order for requests: wrong answers, delays, cut connections. Carries none of them out.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{snowflake::Snowflake, turns::Turns};

/// The most rules that are kept; a further one takes the place of the oldest.
const MOST_RULES: usize = 1_000;

/// A rule: which requests meet what.
///
/// Rules are tried in the order they were ordered; a request meets the first that wants it. In JSON every field but
/// `action` may be left out, ids are strings or numbers, and times are seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The method, such as `PATCH`; `None` matches every one.
    #[serde(default)]
    pub method: Option<String>,
    /// A part of the path after `/api/v10`, percent-decoded; empty matches every one. With `{` in it, it is the whole
    /// path of a route as Discord documents it: `/channels/{channel}/messages`.
    #[serde(default)]
    pub path: String,
    /// The guild that the request is about, by its path or its channel; `None` matches every one.
    #[serde(default, deserialize_with = "id")]
    pub guild: Option<u64>,
    /// The channel of the path; `None` matches every one.
    #[serde(default, deserialize_with = "id")]
    pub channel: Option<u64>,
    /// The interaction whose id or token is in the path; `None` matches every one.
    #[serde(default, deserialize_with = "id")]
    pub interaction: Option<u64>,
    /// How many matching requests are let through first.
    #[serde(default)]
    pub skip: u32,
    /// How many requests meet it after that; `None` without end.
    #[serde(default)]
    pub times: Option<u32>,
    /// How likely a matching request meets it, from 0 to 1.
    #[serde(default = "certain")]
    pub chance: f64,
    /// What its chance begins with; `None` derives it from [`Settings::seed`](crate::Settings::seed).
    #[serde(default)]
    pub seed: Option<u64>,
    /// What happens to the requests.
    pub action: FaultAction,
}

/// What happens to a request that meets a fault.
///
/// In JSON the name in lower case with `_`, with its content: `"reset_after"`, `{"delay": 1.5}`,
/// `{"answer": {"status": 500, "body": {}}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum FaultAction {
    /// It is answered with this and not processed.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The body, sent as JSON.
        body: Value,
    },
    /// It is answered with a text, as a proxy in front of Discord does: without `Via`, and not processed.
    Text {
        /// The HTTP status.
        status: u16,
        /// The header `Content-Type`.
        #[serde(default = "html")]
        content_type: String,
        /// The body as it is.
        body: String,
    },
    /// It is answered with 429 of the route's bucket, headers included, and not processed.
    RateLimited {
        /// How long the bot is told to wait.
        #[serde(with = "crate::seconds")]
        retry_after: Duration,
    },
    /// It is answered with a 429 of any form and not processed.
    Limited(LimitFault),
    /// It is answered as if the address were blocked for invalid requests: 429 without any header to go by.
    Blocked {
        /// Whether the body is the text "error code: 1015" instead of JSON.
        #[serde(default)]
        as_text: bool,
    },
    /// It is processed and answered as usual, after this time by the emulator's clock.
    Delay(#[serde(with = "crate::seconds")] Duration),
    /// As `Delay`, with a time between the two that the seed decides.
    Jitter {
        /// The shortest delay.
        #[serde(with = "crate::seconds")]
        least: Duration,
        /// The longest delay.
        #[serde(with = "crate::seconds")]
        most: Duration,
    },
    /// It is processed, and its answer's body takes this time by the emulator's clock to arrive, in pieces.
    SlowBody(#[serde(with = "crate::seconds")] Duration),
    /// It waits for an answer until the rule is removed; then it is processed as usual.
    Hang,
    /// The connection is reset; nothing was processed.
    ResetBefore,
    /// It is processed, then the connection is reset instead of an answer.
    ResetAfter,
    /// It is processed, and the second half of the answer's body is missing.
    Truncate,
    /// It is processed, and the answer has these headers instead of its own; an empty value takes one away.
    Headers(BTreeMap<String, String>),
}

/// A 429 in every detail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitFault {
    /// Whose limit it is said to be.
    pub scope: LimitScope,
    /// How long the bot is told to wait, to the millisecond in the body and rounded up in the header.
    #[serde(with = "crate::seconds")]
    pub retry_after: Duration,
    /// The error code in the body, such as 30046 or 20016.
    #[serde(default)]
    pub code: Option<u32>,
    /// Whether the header `Retry-After` is left out.
    #[serde(default)]
    pub without_header: bool,
    /// What the header `X-RateLimit-Remaining` claims instead of 0.
    #[serde(default)]
    pub remaining: Option<u32>,
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

/// A rule and how it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OrderedFault {
    /// Names the rule for as long as the emulator runs.
    pub id: u64,
    /// The rule as it was ordered.
    pub fault: Fault,
    /// How many requests have met it.
    pub met: u64,
    /// How many more will; `None` without end.
    pub left: Option<u32>,
}

/// Why a rule is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// A chance is a number from 0 to 1.
    #[error("`chance` is a number from 0 to 1")]
    Chance,
    /// A status has three digits.
    #[error("`status` is a number from 200 to 599")]
    Status,
    /// The delays are the wrong way round.
    #[error("`least` must not be more than `most`")]
    Jitter,
    /// A header that cannot be sent.
    #[error("`headers` has a name or a value that HTTP does not allow")]
    Header,
}

impl Fault {
    /// The next `times` requests with this method and a path that contains `path` meet `action`.
    pub fn new(method: &str, path: &str, times: u32, action: FaultAction) -> Self {
        Self {
            method: Some(method.to_owned()),
            path: path.to_owned(),
            times: Some(times),
            ..Self::always(action)
        }
    }

    /// Every request meets `action`, without end; the other fields narrow it down.
    pub fn always(action: FaultAction) -> Self {
        Self {
            method: None,
            path: String::new(),
            guild: None,
            channel: None,
            interaction: None,
            skip: 0,
            times: None,
            chance: certain(),
            seed: None,
            action,
        }
    }

    /// What is wrong with it, where its types cannot tell.
    ///
    /// # Errors
    ///
    /// Names the field.
    pub fn check(&self) -> Result<(), FaultError> {
        if !(0.0..=1.0).contains(&self.chance) {
            return Err(FaultError::Chance);
        }
        match &self.action {
            FaultAction::Answer { status, .. } | FaultAction::Text { status, .. }
                if !(200..600).contains(status) =>
            {
                Err(FaultError::Status)
            }
            FaultAction::Jitter { least, most } if least > most => Err(FaultError::Jitter),
            FaultAction::Text { content_type, .. } if !is_header("content-type", content_type) => {
                Err(FaultError::Header)
            }
            FaultAction::Headers(headers)
                if !headers.iter().all(|(name, value)| is_header(name, value)) =>
            {
                Err(FaultError::Header)
            }
            _ => Ok(()),
        }
    }

    fn matches(&self, request: &Facts<'_>) -> bool {
        let is = |wanted: Option<u64>, found: Option<Snowflake>| {
            wanted.is_none_or(|wanted| found.is_some_and(|found| found.get() == wanted))
        };
        let method_fits = self
            .method
            .as_ref()
            .is_none_or(|one| one.eq_ignore_ascii_case(request.method));
        let path_fits = if self.path.contains('{') {
            request
                .template
                .is_some_and(|template| is_same_route(template, &self.path))
        } else {
            request.path.contains(&self.path)
        };
        method_fits
            && path_fits
            && is(self.guild, request.guild)
            && is(self.channel, request.channel)
            && is(self.interaction, request.interaction)
    }
}

/// Whether two templates name the same route: what their parameters are called does not matter.
pub(crate) fn is_same_route(one: &str, other: &str) -> bool {
    let shape = |part: &str| part.starts_with('{');
    one.split('/').count() == other.split('/').count()
        && one
            .split('/')
            .zip(other.split('/'))
            .all(|(one, other)| one == other || (shape(one) && shape(other)))
}

fn is_header(name: &str, value: &str) -> bool {
    name.parse::<axum::http::HeaderName>().is_ok()
        && axum::http::HeaderValue::from_str(value).is_ok()
}

fn certain() -> f64 {
    1.0
}

fn html() -> String {
    "text/html; charset=UTF-8".to_owned()
}

/// An id, as a string (as Discord writes it) or a number.
fn id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Number(u64),
        Text(String),
    }
    match Option::<Id>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Id::Number(id)) => Ok(Some(id)),
        Some(Id::Text(id)) => id
            .parse()
            .map(Some)
            .map_err(|_| serde::de::Error::custom(format!("\"{id}\" is not an id"))),
    }
}

/// What rules look at in a request.
pub(crate) struct Facts<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// The path of its route, with names for its parameters.
    pub(crate) template: Option<&'static str>,
    pub(crate) guild: Option<Snowflake>,
    pub(crate) channel: Option<Snowflake>,
    pub(crate) interaction: Option<Snowflake>,
}

/// A rule that a request has met.
#[derive(Clone, Debug)]
pub(crate) struct Met {
    pub(crate) id: u64,
    pub(crate) action: FaultAction,
    /// From 0 up to 1, for what the seed decides.
    pub(crate) draw: f64,
}

/// All rules, those used up included, so that their counters can be read.
pub(crate) struct Faults {
    rules: Vec<Rule>,
    last: u64,
    /// How many were ordered since the start or the last [clear](Self::clear), which is what their seeds follow.
    ordered: u64,
    seed: u64,
    revision: u64,
}

struct Rule {
    id: u64,
    fault: Fault,
    turns: Turns,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            rules: Vec::new(),
            last: 0,
            ordered: 0,
            seed,
            revision: 0,
        }
    }

    /// Rises when a rule is taken away, which somebody may wait for.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    pub(crate) fn add(&mut self, fault: Fault) -> u64 {
        if self.rules.len() >= MOST_RULES {
            self.rules.remove(0);
            self.revision += 1;
        }
        self.last += 1;
        self.ordered += 1;
        let seed = fault.seed.unwrap_or(self.seed.wrapping_add(self.ordered));
        let turns = Turns::new(fault.skip, fault.times, fault.chance, seed);
        self.rules.push(Rule {
            id: self.last,
            fault,
            turns,
        });
        self.last
    }

    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.rules.len();
        self.rules.retain(|rule| rule.id != id);
        self.revision += 1;
        self.rules.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
        self.ordered = 0;
        self.revision += 1;
    }

    pub(crate) fn has(&self, id: u64) -> bool {
        self.rules.iter().any(|rule| rule.id == id)
    }

    pub(crate) fn list(&self) -> Vec<OrderedFault> {
        let state = |rule: &Rule| OrderedFault {
            id: rule.id,
            fault: rule.fault.clone(),
            met: rule.turns.met,
            left: rule.turns.left(),
        };
        self.rules.iter().map(state).collect()
    }

    /// The rule this request meets; it counts as met.
    pub(crate) fn meet(&mut self, request: &Facts<'_>) -> Option<Met> {
        self.rules.iter_mut().find_map(|rule| {
            let is_met = rule.fault.matches(request) && rule.turns.take();
            is_met.then(|| Met {
                id: rule.id,
                action: rule.fault.action.clone(),
                draw: rule.turns.draw(),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(method: &'static str, path: &'static str) -> Facts<'static> {
        Facts {
            method,
            path,
            template: Some("/channels/{channel}/messages"),
            guild: Some(Snowflake::from(1)),
            channel: Some(Snowflake::from(2)),
            interaction: None,
        }
    }

    #[test]
    fn a_fault_is_met_as_often_as_was_ordered() {
        let mut faults = Faults::new(0);
        let id = faults.add(Fault::new(
            "patch",
            "/messages/@original",
            2,
            FaultAction::ResetBefore,
        ));
        assert!(
            faults
                .meet(&request("POST", "/webhooks/1/t/messages/@original"))
                .is_none()
        );
        for left in [true, true, false] {
            assert_eq!(
                faults
                    .meet(&request("PATCH", "/webhooks/1/t/messages/@original"))
                    .is_some(),
                left
            );
        }
        let listed = faults.list();
        assert_eq!(
            (listed[0].id, listed[0].met, listed[0].left),
            (id, 2, Some(0))
        );
        assert!(faults.remove(id));
        assert!(!faults.remove(id));
    }

    #[test]
    fn a_rule_is_narrowed_down_by_route_and_place() {
        for (rule, met) in [
            (json!({"path": "/channels/{channel}/messages"}), true),
            (json!({"path": "/channels/{channel}"}), false),
            (json!({"guild": "1"}), true),
            (json!({"guild": 3}), false),
            (json!({"channel": "2"}), true),
            (json!({"channel": "1"}), false),
            (json!({"interaction": "2"}), false),
        ] {
            let mut rule = rule;
            rule["action"] = json!("hang");
            let mut faults = Faults::new(0);
            faults.add(serde_json::from_value(rule.clone()).unwrap());
            assert_eq!(
                faults
                    .meet(&request("GET", "/channels/2/messages"))
                    .is_some(),
                met,
                "{rule}"
            );
        }
    }

    #[test]
    fn every_action_can_be_written_as_json() {
        for action in [
            json!({"answer": {"status": 500, "body": {"message": "x"}}}),
            json!({"text": {"status": 502, "content_type": "text/plain", "body": "x"}}),
            json!({"rate_limited": {"retry_after": 1.5}}),
            json!({"limited": {"scope": "shared", "retry_after": 280.0, "code": 20016, "without_header": true, "remaining": 3}}),
            json!({"blocked": {"as_text": true}}),
            json!({"delay": 1.5}),
            json!({"jitter": {"least": 0.5, "most": 1.0}}),
            json!({"slow_body": 2.0}),
            json!("hang"),
            json!("reset_before"),
            json!("reset_after"),
            json!("truncate"),
            json!({"headers": {"content-type": "text/plain"}}),
        ] {
            let fault: Fault = serde_json::from_value(json!({"action": action})).unwrap();
            assert_eq!(fault.check(), Ok(()), "{action}");
            assert_eq!(serde_json::to_value(&fault.action).unwrap(), action);
        }
    }

    #[test]
    fn what_is_no_rule_is_named() {
        let fault = |action: Value| serde_json::from_value::<Fault>(json!({"action": action}));
        assert!(fault(json!("explode")).is_err());
        assert!(fault(json!({"delay": -1})).is_err());
        assert_eq!(
            fault(json!({"answer": {"status": 99, "body": {}}}))
                .unwrap()
                .check(),
            Err(FaultError::Status)
        );
        assert_eq!(
            fault(json!({"jitter": {"least": 2, "most": 1}}))
                .unwrap()
                .check(),
            Err(FaultError::Jitter)
        );
        assert_eq!(
            fault(json!({"headers": {"a b": ""}})).unwrap().check(),
            Err(FaultError::Header)
        );
        let mut unlikely = Fault::always(FaultAction::Hang);
        unlikely.chance = 1.5;
        assert_eq!(unlikely.check(), Err(FaultError::Chance));
        assert!(serde_json::from_value::<Fault>(json!({"action": "hang", "pth": "x"})).is_err());
    }
}
