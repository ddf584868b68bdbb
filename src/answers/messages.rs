//! A question with what was said before it, as the protocol's messages. Pure; what people said is data in them.

use sonar::{Invalid, Message, normalise};

use crate::conversation::ports::Inquiry;

/// The messages that put an inquiry to the service.
pub(super) fn of(inquiry: &Inquiry) -> Result<Vec<Message>, Invalid> {
    let past = inquiry.history.iter().flat_map(|turn| {
        [
            Message::user(turn.text.as_str()),
            Message::assistant(turn.answer.as_str()),
        ]
    });
    let now = Message::user(inquiry.question.asked.text.as_str());
    normalise(past.chain([now]))
}
