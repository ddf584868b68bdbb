//! Whole exchanges and events, kept for whoever judges them after a test. Judges nothing itself.

use serde::Serialize;
use serde_json::Value;

/// Exchanges and events kept, each; what comes later is counted in [`Record::lost`].
const MOST: usize = 20_000;

/// A judge of all that went over the wire; gives a sentence for everything that is wrong with it.
pub type Judge = fn(&Record) -> Vec<String>;

/// What went over the wire since the start, if [`Settings::record`](crate::Settings::record) asks for it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Record {
    /// Requests with their answers, in the order of the answers. The first 20 000 are kept.
    pub exchanges: Vec<Exchange>,
    /// Events for the gateway, in their order, whether or not a bot was there to hear them. The first 20 000 are kept.
    pub events: Vec<SentEvent>,
    /// How many exchanges and events came after that.
    pub lost: usize,
}

/// One request and its answer, whole.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Exchange {
    /// Such as `PATCH`.
    pub method: String,
    /// The path as routes see it: percent-decoded, without `/api/v10`.
    pub path: String,
    /// The parameters of the query, decoded.
    pub query: Vec<(String, String)>,
    /// The body as JSON, or the part `payload_json` of a form; `None` when there is none or it cannot be read.
    pub body: Option<Value>,
    /// The status of the answer; 0 when a fault cut the connection.
    pub status: u16,
    /// The body of the answer.
    pub answer: Option<Value>,
    /// A fault made the answer: it says nothing about the emulator or the bot.
    pub is_fault: bool,
}

/// An event as the gateway sends it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SentEvent {
    /// Such as `MESSAGE_CREATE`.
    pub kind: String,
    /// Its data, `d`.
    pub data: Value,
}

impl Record {
    pub(crate) fn exchange(&mut self, exchange: Exchange) {
        keep(&mut self.exchanges, exchange, &mut self.lost);
    }

    pub(crate) fn event(&mut self, kind: &str, data: &Value) {
        let event = SentEvent {
            kind: kind.to_owned(),
            data: data.clone(),
        };
        keep(&mut self.events, event, &mut self.lost);
    }
}

fn keep<T>(list: &mut Vec<T>, entry: T, lost: &mut usize) {
    if list.len() < MOST {
        list.push(entry);
    } else {
        *lost += 1;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut record = Record::default();
        for _ in 0..MOST + 2 {
            record.event("TYPING_START", &json!({}));
        }
        assert_eq!((record.events.len(), record.lost), (MOST, 2));
    }
}
