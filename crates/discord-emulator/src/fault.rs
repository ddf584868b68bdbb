//! Faults a test can order for requests: wrong answers, delays, cut connections. Carries none of them out.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{fault_rules::Facts, snowflake::Snowflake};

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
    /// The connection it would come on breaks off in the TLS handshake. No request is known by then, so that a rule
    /// with it has neither method, path nor place, and its matches are handshakes. Ordering it closes the connections
    /// on which no request is under way, so that the next one needs a handshake.
    TlsFailure,
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
    /// A handshake is about no request.
    #[error(
        "`tls_failure` comes before there is a request: leave out `method`, `path`, `guild`, `channel` and `interaction`"
    )]
    Handshake,
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
            FaultAction::TlsFailure if !self.is_for_everything() => Err(FaultError::Handshake),
            _ => Ok(()),
        }
    }

    fn is_for_everything(&self) -> bool {
        let places = [self.guild, self.channel, self.interaction];
        self.method.is_none() && self.path.is_empty() && places == [None; 3]
    }

    /// Whether it is about handshakes, and not about requests.
    pub(crate) fn is_for_handshakes(&self) -> bool {
        self.action == FaultAction::TlsFailure
    }

    pub(crate) fn matches(&self, request: &Facts<'_>) -> bool {
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
        !self.is_for_handshakes()
            && method_fits
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
            json!("tls_failure"),
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
        let narrow = json!({"path": "/users", "action": "tls_failure"});
        assert_eq!(
            serde_json::from_value::<Fault>(narrow).unwrap().check(),
            Err(FaultError::Handshake)
        );
        let mut unlikely = Fault::always(FaultAction::Hang);
        unlikely.chance = 1.5;
        assert_eq!(unlikely.check(), Err(FaultError::Chance));
        assert!(serde_json::from_value::<Fault>(json!({"action": "hang", "pth": "x"})).is_err());
    }
}
