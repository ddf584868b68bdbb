//! Why Discord refuses a request: one name for each error, with its status, code and text. Decides nothing.

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
    UnknownMessage,
    UnknownUser,
    UnknownWebhook,
    UnknownInteraction,
    UnknownCommand,
    TooManyCommands,
    TooLarge,
    AlreadyAcknowledged,
    NotTheAuthor,
    EmptyMessage,
    MissingAccess,
    MissingPermissions,
    InvalidToken,
    BrokenJson,
    WrongContentType,
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
            Self::Lacking(what) => json!({"message": format!("{message}: {what}"), "code": code}),
            _ => json!({"message": message, "code": code}),
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
            Self::UnknownMessage => (404, 10008, "Unknown Message"),
            Self::UnknownUser => (404, 10013, "Unknown User"),
            Self::UnknownWebhook => (404, 10015, "Unknown Webhook"),
            Self::UnknownInteraction => (404, 10062, "Unknown interaction"),
            Self::UnknownCommand => (404, 10063, "Unknown application command"),
            Self::TooManyCommands => (
                400,
                30032,
                "Maximum number of application commands reached (100)",
            ),
            Self::TooLarge => (413, 40005, "Request entity too large"),
            Self::AlreadyAcknowledged => (400, 40060, "Interaction has already been acknowledged."),
            Self::NotTheAuthor => (403, 50005, "Cannot edit a message authored by another user"),
            Self::EmptyMessage => (400, 50006, "Cannot send an empty message"),
            Self::MissingAccess => (403, 50001, "Missing Access"),
            Self::MissingPermissions => (403, 50013, "Missing Permissions"),
            Self::InvalidToken => (401, 50027, "Invalid Webhook Token"),
            Self::BrokenJson => (400, 50109, "The request body contains invalid JSON."),
            Self::WrongContentType => (
                400,
                50035,
                "Expected \"Content-Type\" header to be one of {'application/json'}.",
            ),
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

    pub(crate) fn not_one_of(&mut self, at: &str, choices: &str) {
        self.add(
            at,
            "BASE_TYPE_CHOICES",
            format!("Value must be one of {{{choices}}}."),
        );
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_error_mirrors_the_request() {
        let mut problems = Problems::default();
        problems.too_long("embeds.0.title", 256);
        let body = problems.unless_any(()).unwrap_err().body();
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
