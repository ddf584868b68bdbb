//! Discord's official OpenAPI document as a judge: of what a bot sends, and of what the emulator answers and tells.
//! For tests. The document is not ours and not here: without it, nothing is judged. Must not know any rule of Discord's itself.
//!
//! The document is `discord.json` of <https://github.com/discord/discord-api-spec>. It is found at the path in the
//! variable `DISCORD_OPENAPI`, or as `discord-openapi.json` at the workspace's root.
//!
//! ```
//! # async fn test() -> Result<(), Box<dyn std::error::Error>> {
//! use discord_emulator::{Harness, Settings};
//!
//! let settings = Settings { record: true, ..Settings::default() };
//! let discord = Harness::start(settings).await?.judged_by(discord_openapi::judge);
//! # Ok(()) }
//! ```

mod document;
mod events;
mod exchange;
mod gaps;
mod tally;
mod templates;
mod violation;

use discord_emulator::Record;

pub use document::{Document, Unusable};
pub use violation::Violation;

/// A judge for [`Harness::judged_by`](discord_emulator::Harness::judged_by): a sentence for everything in the record
/// that Discord's document does not allow, known gaps of the document apart.
///
/// Without the document it finds nothing, and says so once on standard error.
pub fn judge(record: &Record) -> Vec<String> {
    let Some(document) = document::at_hand() else {
        return Vec::new();
    };
    let mut tally = tally::Tally::default();
    let mut found = Vec::new();
    if record.lost > 0 {
        found.push(format!("{} entries of the record were lost", record.lost));
    }
    for exchange in &record.exchanges {
        found.extend(said(exchange::judge(document, exchange, &mut tally)));
    }
    for event in &record.events {
        found.extend(said(events::judge(document, event, &mut tally)));
    }
    tally.keep();
    found.dedup();
    found
}

fn said(violations: Vec<Violation>) -> impl Iterator<Item = String> {
    violations
        .into_iter()
        .map(|violation| violation.to_string())
}

#[cfg(test)]
mod tests {
    use discord_emulator::{Exchange, SentEvent};
    use serde_json::{Value, json};

    use super::*;
    use crate::tally::Tally;

    /// A document with one route, one object and nothing else.
    fn document() -> Document {
        let channel = json!({"type": "object", "required": ["id"], "properties": {
        "id": {"type": "string"}, "type": {"type": "integer"},
        "parts": {"type": "array", "items": {"oneOf": [
            {"type": "object", "properties": {"type": {"const": 1}, "text": {"maxLength": 3}}, "required": ["type", "text"]},
            {"type": "object", "properties": {"type": {"const": 2}}, "required": ["type", "url", "name"]},
        ]}}}});
        let error = json!({"type": "object", "required": ["code", "message"]});
        let content = |name: &str| json!({"application/json": {"schema": {"$ref": format!("#/components/schemas/{name}")}}});
        let root = json!({
            "openapi": "3.1.0",
            "paths": {"/channels/{channel_id}": {"patch": {
                "parameters": [{"in": "query", "name": "limit", "schema": {"type": "integer", "maximum": 100}}],
                "requestBody": {"content": content("Change")},
                "responses": {"200": {"content": content("Channel")}, "204": {}, "4XX": {"content": content("ErrorResponse")}}}}},
            "components": {"schemas": {"Channel": channel, "ErrorResponse": error,
                "Change": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 3}}}}},
        });
        Document::of(root).unwrap()
    }

    fn exchange(body: Value, status: u16, answer: Option<Value>) -> Exchange {
        Exchange {
            method: "PATCH".to_owned(),
            path: "/channels/1".to_owned(),
            query: Vec::new(),
            body: Some(body),
            status,
            answer,
            is_fault: false,
        }
    }

    fn judged(exchange: &Exchange) -> String {
        let found = exchange::judge(&document(), exchange, &mut Tally::default());
        said(found).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_fits_passes() {
        let answer = Some(json!({"id": "1"}));
        assert_eq!(judged(&exchange(json!({"name": "abc"}), 200, answer)), "");
        assert_eq!(judged(&exchange(json!({}), 204, None)), "");
    }

    #[test]
    fn a_request_that_was_accepted_must_fit() {
        let long = json!({"name": "abcd"});
        let answer = Some(json!({"id": "1"}));
        let found = judged(&exchange(long.clone(), 200, answer));
        assert!(
            found.starts_with("the request PATCH /channels/1\n      at \"/name\": "),
            "{found}"
        );
        assert!(
            found.ends_with("(/components/schemas/Change/properties/name/maxLength)"),
            "{found}"
        );
        let refused = Some(json!({"code": 50035, "message": "Invalid Form Body"}));
        assert_eq!(judged(&exchange(long, 400, refused)), "");
    }

    #[test]
    fn an_answer_must_fit_its_status() {
        let found = judged(&exchange(json!({}), 200, Some(json!({}))));
        assert!(found.contains("\"id\" is a required property"), "{found}");
        let found = judged(&exchange(json!({}), 204, Some(json!({"id": "1"}))));
        assert!(found.contains("there ought to be no body"), "{found}");
        let found = judged(&exchange(json!({}), 201, Some(json!({"id": "1"}))));
        assert!(
            found.contains("the document has no answer 201 there"),
            "{found}"
        );
        let found = judged(&exchange(json!({}), 404, Some(json!({}))));
        assert!(found.contains("\"code\" is a required property"), "{found}");
    }

    #[test]
    fn of_alternatives_the_one_that_was_meant_is_told() {
        let answer = json!({"id": "1", "parts": [{"type": 1, "text": "abcd"}]});
        let found = judged(&exchange(json!({}), 200, Some(answer)));
        assert!(found.contains("at \"/parts/0/text\""), "{found}");
        assert!(!found.contains("url"), "{found}");
    }

    #[test]
    fn parameters_of_the_query_have_their_types() {
        let with = |limit: &str| Exchange {
            query: vec![("limit".to_owned(), limit.to_owned())],
            ..exchange(json!({}), 204, None)
        };
        assert_eq!(judged(&with("100")), "");
        assert!(judged(&with("101")).contains("maximum"));
        assert!(judged(&with("many")).contains("integer"));
    }

    #[test]
    fn a_route_that_discord_lacks_is_told_when_it_works() {
        let elsewhere = |status| Exchange {
            path: "/elsewhere".to_owned(),
            ..exchange(json!({}), status, Some(json!({"code": 0, "message": ""})))
        };
        assert!(judged(&elsewhere(200)).contains("no such route"));
        assert_eq!(judged(&elsewhere(404)), "");
    }

    #[test]
    fn what_a_fault_answered_is_not_judged() {
        let fault = Exchange {
            is_fault: true,
            ..exchange(json!({}), 200, Some(json!({})))
        };
        assert_eq!(judged(&fault), "");
    }

    #[test]
    fn an_event_of_no_known_kind_is_told() {
        let event = |kind: &str| SentEvent {
            kind: kind.to_owned(),
            data: json!({"id": "1", "guild_id": "2", "parent_id": "3"}),
        };
        let judged = |kind| events::judge(&document(), &event(kind), &mut Tally::default());
        assert_eq!(judged("NO_SUCH_EVENT").len(), 1);
        assert_eq!(judged("RESUMED").len(), 0);
    }

    #[test]
    fn every_shape_of_an_event_can_be_compiled() {
        let Some(document) = document::at_hand() else {
            return;
        };
        let kinds = events::shapes().as_object().unwrap().keys();
        for kind in kinds.filter(|kind| *kind != "$defs") {
            let found = document.against_event(kind, &json!(1)).unwrap();
            assert!(!found.is_empty(), "{kind} takes anything");
        }
    }
}
