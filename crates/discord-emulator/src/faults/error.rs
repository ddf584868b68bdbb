//! Why a rule is none: what could never be met, or not be carried out. Corrects nothing.

use super::near::did_you_mean;

/// Why a rule is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
    /// No request has this method.
    #[error("`method` is one of GET, POST, PUT, PATCH and DELETE, not `{method}`{}", did_you_mean(*.near))]
    UnknownMethod {
        /// The method of the rule.
        method: String,
        /// The method that may have been meant.
        near: Option<&'static str>,
    },
    /// A path with `{` in it is that of a route, and there is no such route.
    #[error("there is no route `{path}`{}", did_you_mean(*.near))]
    UnknownRoute {
        /// The path of the rule.
        path: String,
        /// The path that may have been meant.
        near: Option<&'static str>,
    },
    /// The route is there, but not with this method.
    #[error("the route `{path}` has no {method}, but {}", .has.join(", "))]
    MethodOfRoute {
        /// The path of the rule.
        path: String,
        /// The method of the rule.
        method: String,
        /// The methods that the route has.
        has: Vec<&'static str>,
    },
    /// Discord sends no events of this kind.
    #[error("Discord sends no event `{kind}`{}", did_you_mean(*.near))]
    UnknownEvent {
        /// The kind of the rule.
        kind: String,
        /// The kind that may have been meant.
        near: Option<&'static str>,
    },
    /// What answers a bot on the gateway meets no fault.
    #[error("`{kind}` answers what one bot has sent, and meets no fault")]
    Answer {
        /// The kind of the rule.
        kind: String,
    },
}
