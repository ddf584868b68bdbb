//! Rules for requests: which of them meet a fault. Carries none out.

use serde::{Deserialize, Serialize};

use super::{action::FaultAction, error::FaultError, near::nearest, turns::Turns};
use crate::{rest, snowflake::Snowflake};

/// The methods that Discord's API has.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

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
    #[serde(default, deserialize_with = "crate::id::optional")]
    pub guild: Option<u64>,
    /// The channel of the path; `None` matches every one.
    #[serde(default, deserialize_with = "crate::id::optional")]
    pub channel: Option<u64>,
    /// The interaction whose id or token is in the path; `None` matches every one.
    #[serde(default, deserialize_with = "crate::id::optional")]
    pub interaction: Option<u64>,
    /// Which of the matching requests meet it.
    #[serde(flatten)]
    pub turns: Turns,
    /// What happens to the requests.
    pub action: FaultAction,
}

impl Fault {
    /// The next `times` requests with this method and a path that contains `path` meet `action`.
    pub fn new(method: &str, path: &str, times: u32, action: FaultAction) -> Self {
        Self {
            method: Some(method.to_owned()),
            path: path.to_owned(),
            turns: Turns::first(times),
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
            turns: Turns::default(),
            action,
        }
    }

    /// What is wrong with it, where its types cannot tell: a value, or that no request could meet it.
    ///
    /// # Errors
    ///
    /// Names the field, and what may have been meant.
    pub fn check(&self) -> Result<(), FaultError> {
        self.turns.check()?;
        self.action.check()?;
        if self.is_for_handshakes() && !self.is_for_everything() {
            return Err(FaultError::Handshake);
        }
        self.check_method()?;
        self.check_route()
    }

    fn check_method(&self) -> Result<(), FaultError> {
        let is_one = |method: &String| METHODS.iter().any(|one| one.eq_ignore_ascii_case(method));
        match &self.method {
            Some(method) if !is_one(method) => Err(FaultError::UnknownMethod {
                method: method.clone(),
                near: nearest(method, METHODS.into_iter()),
            }),
            _ => Ok(()),
        }
    }

    /// A part of a path may be anything, so that a route can be answered for that is not there; a template may not.
    fn check_route(&self) -> Result<(), FaultError> {
        if !self.path.contains('{') {
            return Ok(());
        }
        let own = rest::routes().filter(|(_, path)| is_same_route(path, &self.path));
        let has: Vec<&'static str> = own.map(|(method, _)| method).collect();
        if has.is_empty() {
            return Err(FaultError::UnknownRoute {
                path: self.path.clone(),
                near: nearest(&self.path, rest::routes().map(|(_, path)| path)),
            });
        }
        match &self.method {
            Some(method) if !has.iter().any(|one| one.eq_ignore_ascii_case(method)) => {
                Err(FaultError::MethodOfRoute {
                    path: self.path.clone(),
                    method: method.clone(),
                    has,
                })
            }
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
fn is_same_route(one: &str, other: &str) -> bool {
    let shape = |part: &str| part.starts_with('{');
    one.split('/').count() == other.split('/').count()
        && one
            .split('/')
            .zip(other.split('/'))
            .all(|(one, other)| one == other || (shape(one) && shape(other)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

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
        unlikely.turns.chance = 1.5;
        assert_eq!(unlikely.check(), Err(FaultError::Chance));
        assert!(serde_json::from_value::<Fault>(json!({"action": "hang", "pth": "x"})).is_err());
    }

    #[test]
    fn what_no_request_could_meet_is_refused_with_what_is_near() {
        for (rule, why) in [
            (
                json!({"method": "PATHC"}),
                "`method` is one of GET, POST, PUT, PATCH and DELETE, not `PATHC`; did you mean `PATCH`?",
            ),
            (
                json!({"method": "BREW"}),
                "`method` is one of GET, POST, PUT, PATCH and DELETE, not `BREW`",
            ),
            (
                json!({"path": "/chanels/{id}/messages"}),
                "there is no route `/chanels/{id}/messages`; did you mean `/channels/{channel}/messages`?",
            ),
            (
                json!({"method": "put", "path": "/channels/{id}/messages"}),
                "the route `/channels/{id}/messages` has no put, but GET, POST",
            ),
        ] {
            let mut rule = rule;
            rule["action"] = json!("hang");
            let refused = serde_json::from_value::<Fault>(rule).unwrap().check();
            assert_eq!(refused.unwrap_err().to_string(), why);
        }
        for rule in [
            json!({"method": "post", "path": "/channels/{id}/messages"}),
            json!({"path": "/lobbies"}),
        ] {
            let mut rule = rule;
            rule["action"] = json!("hang");
            let rule: Fault = serde_json::from_value(rule).unwrap();
            assert_eq!(rule.check(), Ok(()));
        }
    }

    #[test]
    fn a_rule_is_narrowed_down_by_method_route_and_place() {
        let request = Facts {
            method: "PATCH",
            path: "/channels/2/messages/@original",
            template: Some("/channels/{channel}/messages/{message}"),
            guild: Some(Snowflake::from(1)),
            channel: Some(Snowflake::from(2)),
            interaction: None,
        };
        for (rule, met) in [
            (json!({}), true),
            (json!({"method": "patch"}), true),
            (json!({"method": "POST"}), false),
            (json!({"path": "/messages/@original"}), true),
            (json!({"path": "/channels/{id}/messages/{id}"}), true),
            (json!({"path": "/channels/{channel}"}), false),
            (json!({"guild": "1"}), true),
            (json!({"guild": 3}), false),
            (json!({"channel": "2"}), true),
            (json!({"channel": "1"}), false),
            (json!({"interaction": "2"}), false),
        ] {
            let mut rule = rule;
            rule["action"] = json!("hang");
            let fault: Fault = serde_json::from_value(rule.clone()).unwrap();
            assert_eq!(fault.matches(&request), met, "{rule}");
        }
    }
}
