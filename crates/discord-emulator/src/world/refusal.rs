//! Why Discord refuses a request: one name for each error, with its status, code and text. Decides nothing.

use std::time::Duration;

use serde_json::{Map, Value, json};

/// A refused request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Refusal {
    Unauthorized,
    NoSuchRoute,
    WrongMethod,
    UnknownApplication,
    UnknownChannel,
    UnknownGuild,
    UnknownMember,
    UnknownMessage,
    UnknownRole,
    UnknownUser,
    UnknownEmoji,
    UnknownWebhook,
    UnknownInteraction,
    UnknownCommand,
    UnknownCommandPermissions,
    /// Slow mode; the time that is left.
    SlowMode(Duration),
    TooManyPins,
    TooManyReactions,
    TooManyCommands,
    TooManyCreates,
    TooManyThreadMembers,
    NotForBots,
    TooLarge,
    /// A forum holds posts, no messages of its own.
    NotInForum,
    AlreadyAcknowledged,
    TooManyFollowups,
    TagRequired,
    MissingAccess,
    NotInDirect,
    NotTheAuthor,
    EmptyMessage,
    CannotWriteTo,
    NotATextChannel,
    MissingPermissions,
    InvalidRole,
    SystemMessage,
    WrongChannelKind,
    InvalidToken,
    TooOldToBulkDelete,
    ThreadArchived,
    BrokenJson,
    WrongContentType,
    NoHistoryToReply,
    ThreadExists,
    ThreadLocked,
    TooManyThreads,
    /// What the real service does not refuse, but breaks at.
    Broken,
    /// Fields that are wrong, as the tree Discord sends.
    Form(Problems),
    /// The real service can do this, the emulator cannot yet.
    Lacking(String),
}

impl Refusal {
    /// One problem with one field; `at` is a dotted path such as `embeds.0.title`.
    pub(crate) fn field(at: &str, code: &str, message: impl Into<String>) -> Self {
        let mut problems = Problems::default();
        problems.add(at, code, message);
        Self::Form(problems)
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> u16 {
        self.parts().0
    }

    /// The body of the answer.
    pub(crate) fn body(&self) -> Value {
        let (_, code, message) = self.parts();
        match self {
            Self::Form(problems) => {
                json!({"message": message, "code": code, "errors": problems.tree})
            }
            Self::SlowMode(left) => {
                json!({"message": message, "code": code, "retry_after": left.as_secs_f64()})
            }
            Self::Lacking(what) => json!({"message": format!("{message}: {what}"), "code": code}),
            _ => json!({"message": message, "code": code}),
        }
    }

    /// What is wrong, in one line for people.
    pub(crate) fn sentence(&self) -> String {
        let (_, code, message) = self.parts();
        match self {
            Self::Form(problems) => problems.lines().join("; "),
            Self::SlowMode(left) => {
                format!(
                    "the channel is in slow mode, wait {} s",
                    left.as_secs_f64().ceil()
                )
            }
            Self::Lacking(what) => format!("{message}: {what}"),
            _ => format!("{message} ({code})"),
        }
    }

    fn parts(&self) -> (u16, u32, &'static str) {
        match self {
            Self::Unauthorized => (401, 0, "401: Unauthorized"),
            Self::NoSuchRoute => (404, 0, "404: Not Found"),
            Self::WrongMethod => (405, 0, "405: Method Not Allowed"),
            Self::UnknownApplication => (404, 10002, "Unknown Application"),
            Self::UnknownChannel => (404, 10003, "Unknown Channel"),
            Self::UnknownGuild => (404, 10004, "Unknown Guild"),
            Self::UnknownMember => (404, 10007, "Unknown Member"),
            Self::UnknownMessage => (404, 10008, "Unknown Message"),
            Self::UnknownRole => (404, 10011, "Unknown Role"),
            Self::UnknownUser => (404, 10013, "Unknown User"),
            Self::UnknownEmoji => (404, 10014, "Unknown Emoji"),
            Self::UnknownWebhook => (404, 10015, "Unknown Webhook"),
            Self::UnknownInteraction => (404, 10062, "Unknown interaction"),
            Self::UnknownCommand => (404, 10063, "Unknown application command"),
            Self::SlowMode(_) => (
                429,
                20016,
                "This action cannot be performed due to slowmode rate limit.",
            ),
            Self::TooManyPins => (
                400,
                30003,
                "Maximum number of pins reached for the channel (250)",
            ),
            Self::TooManyReactions => (400, 30010, "Maximum number of reactions reached (20)"),
            Self::UnknownCommandPermissions => {
                (404, 10066, "Unknown application command permissions")
            }
            Self::TooManyCommands => (
                400,
                30032,
                "Maximum number of application commands reached (100)",
            ),
            Self::TooManyThreadMembers => (
                400,
                30033,
                "Maximum number of thread participants has been reached (1000)",
            ),
            Self::TooManyCreates => (
                400,
                30034,
                "Max number of daily application command creates has been reached (200)",
            ),
            Self::NotForBots => (403, 20001, "Bots cannot use this endpoint"),
            Self::TooLarge => (413, 40005, "Request entity too large"),
            Self::NotInForum => (400, 40058, "Cannot send a message in a forum channel"),
            Self::TooManyFollowups => (
                400,
                40094,
                "Too many follow-up messages for this interaction",
            ),
            Self::AlreadyAcknowledged => (400, 40060, "Interaction has already been acknowledged."),
            Self::TagRequired => (
                400,
                40067,
                "A tag is required to create a forum post in this channel",
            ),
            Self::MissingAccess => (403, 50001, "Missing Access"),
            Self::NotInDirect => (400, 50003, "Cannot execute action on a DM channel"),
            Self::NotTheAuthor => (403, 50005, "Cannot edit a message authored by another user"),
            Self::EmptyMessage => (400, 50006, "Cannot send an empty message"),
            Self::CannotWriteTo => (403, 50007, "Cannot send messages to this user"),
            Self::NotATextChannel => (400, 50008, "Cannot send messages in a non-text channel"),
            Self::MissingPermissions => (403, 50013, "Missing Permissions"),
            Self::InvalidRole => (400, 50028, "Invalid role"),
            Self::SystemMessage => (403, 50021, "Cannot execute action on a system message"),
            Self::WrongChannelKind => (400, 50024, "Cannot execute action on this channel type"),
            Self::InvalidToken => (401, 50027, "Invalid Webhook Token"),
            Self::TooOldToBulkDelete => (
                400,
                50034,
                "You can only bulk delete messages that are under 14 days old.",
            ),
            Self::ThreadArchived => (400, 50083, "Thread is archived"),
            Self::BrokenJson => (400, 50109, "The request body contains invalid JSON."),
            Self::WrongContentType => (
                400,
                50035,
                "Expected \"Content-Type\" header to be one of {'application/json'}.",
            ),
            Self::NoHistoryToReply => (
                400,
                160_002,
                "Cannot reply without permission to read message history",
            ),
            Self::ThreadExists => (
                400,
                160_004,
                "A thread has already been created for this message",
            ),
            Self::ThreadLocked => (400, 160_005, "Thread is locked"),
            Self::TooManyThreads => (400, 160_006, "Maximum number of active threads reached"),
            Self::Broken => (500, 0, "500: Internal Server Error"),
            Self::Form(_) => (400, 50035, "Invalid Form Body"),
            Self::Lacking(_) => (501, 0, "This emulator cannot do this yet"),
        }
    }
}

/// The problems of a form, as a tree that mirrors the request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Problems {
    tree: Map<String, Value>,
}

impl Problems {
    /// Adds a problem at a dotted path; the empty path is the request as a whole.
    pub(crate) fn add(&mut self, at: &str, code: &str, message: impl Into<String>) {
        let mut node = &mut self.tree;
        for step in at.split('.').filter(|step| !step.is_empty()) {
            let Value::Object(child) = node.entry(step).or_insert_with(|| json!({})) else {
                return;
            };
            node = child;
        }
        let entry = json!({"code": code, "message": message.into()});
        if let Value::Array(errors) = node.entry("_errors").or_insert_with(|| json!([])) {
            errors.push(entry);
        }
    }

    pub(crate) fn required(&mut self, at: &str) {
        self.add(at, "BASE_TYPE_REQUIRED", "This field is required");
    }

    pub(crate) fn too_long(&mut self, at: &str, most: usize) {
        self.add(
            at,
            "BASE_TYPE_MAX_LENGTH",
            format!("Must be {most} or fewer in length."),
        );
    }

    pub(crate) fn bad_length(&mut self, at: &str, least: usize, most: usize) {
        self.add(
            at,
            "BASE_TYPE_BAD_LENGTH",
            format!("Must be between {least} and {most} in length."),
        );
    }

    pub(crate) fn too_large(&mut self, at: &str, most: u64) {
        let message = format!("int value should be less than or equal to {most}.");
        self.add(at, "NUMBER_TYPE_MAX", message);
    }

    pub(crate) fn too_small(&mut self, at: &str, least: u64) {
        let message = format!("int value should be greater than or equal to {least}.");
        self.add(at, "NUMBER_TYPE_MIN", message);
    }

    pub(crate) fn not_one_of(&mut self, at: &str, choices: &str) {
        self.add(
            at,
            "BASE_TYPE_CHOICES",
            format!("Value must be one of {{{choices}}}."),
        );
    }

    /// One line for each problem: where it is and what is wrong.
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        collect("", &self.tree, &mut lines);
        lines
    }

    /// The value that was asked for, or the refusal when a problem was found.
    pub(crate) fn unless_any<T>(self, value: T) -> Result<T, Refusal> {
        if self.tree.is_empty() {
            Ok(value)
        } else {
            Err(Refusal::Form(self))
        }
    }
}

fn collect(at: &str, node: &Map<String, Value>, lines: &mut Vec<String>) {
    for (name, child) in node {
        match child {
            Value::Array(errors) => lines.extend(errors.iter().map(|error| {
                let message = error["message"].as_str().unwrap_or_default();
                format!("{}: {message}", at.trim_start_matches('.'))
            })),
            Value::Object(child) => collect(&format!("{at}.{name}"), child, lines),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_error_mirrors_the_request() {
        let mut problems = Problems::default();
        problems.too_long("embeds.0.title", 256);
        let body = problems.unless_any(()).unwrap_err().body();
        assert_eq!(
            Refusal::field("a.0.b", "X", "Too much.").sentence(),
            "a.0.b: Too much."
        );
        assert_eq!(
            body,
            json!({"code": 50035, "message": "Invalid Form Body", "errors": {"embeds": {"0": {"title": {"_errors": [
                {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 256 or fewer in length."}
            ]}}}}})
        );
    }

    #[test]
    fn a_request_wide_problem_stands_at_the_top() {
        let body = Refusal::field("", "TOO_LARGE", "Too large.").body();
        assert_eq!(body["errors"]["_errors"][0]["code"], "TOO_LARGE");
    }
}
