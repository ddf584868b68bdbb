//! Checks whether a model's reply is the JSON that was asked for. Must load nothing that a schema names.

use std::sync::Arc;
use std::time::Duration;

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::expansion;

/// The longest schema, in bytes as JSON.
const LONGEST: usize = 64 * 1024;

/// The most memory that an expression of a schema may take, in bytes.
const EXPRESSION: usize = 1024 * 1024;

/// The deepest reply, in lists and objects within each other. Schemas that name themselves are followed as deep as the reply goes.
const DEEPEST: usize = 32;

/// The most work of a check: parts of the schema by bytes of the reply. The largest schema has some 33 KB of reply, the longest
/// reply a schema of some 950 parts.
const WORK: u64 = 1_000_000_000;

/// How long is waited for a check, its turn included.
const PATIENCE: Duration = Duration::from_secs(5);

/// Checks at the same time. One that nobody waits for any more goes on until its end, which the bounds above bring near.
static CHECKS: Semaphore = Semaphore::const_new(2);

/// A schema that can be checked against.
#[derive(Debug)]
pub(crate) struct Schema {
    validator: Validator,
    /// How many parts it stands for.
    parts: u64,
}

impl Schema {
    /// Reads a schema.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it, in words that go behind "the `json_schema`".
    pub(crate) fn read(schema: &Value) -> Result<Self, String> {
        let length = schema.to_string().len();
        if length > LONGEST {
            return Err(format!("is {length} bytes long; {LONGEST} is the most"));
        }
        let parts = expansion::within_bounds(schema)?;
        // This kind of expression takes time in proportion to the text, whatever it is.
        let expressions = PatternOptions::regex().size_limit(EXPRESSION);
        let read = jsonschema::options()
            .with_pattern_options(expressions)
            .build(schema);
        let validator = read.map_err(|error| {
            let why: String = error.to_string().chars().take(200).collect();
            format!("cannot be used: {why}")
        })?;
        Ok(Self { validator, parts })
    }

    /// Whether a text is JSON that fits. What is nested too deep, or too long for so large a schema, does not.
    pub(crate) async fn fits(self: &Arc<Self>, text: &str) -> bool {
        let Ok(value) = serde_json::from_str::<Value>(text) else {
            return false;
        };
        if !is_bearable(text, &value, self.parts) {
            return false;
        }
        let this = Arc::clone(self);
        let checking = async {
            let place = CHECKS.acquire().await.ok()?;
            let checking = tokio::task::spawn_blocking(move || {
                let _place = place;
                this.validator.is_valid(&value)
            });
            checking.await.ok()
        };
        timeout(PATIENCE, checking).await == Ok(Some(true))
    }
}

/// Whether a reply can be checked against a schema of so many parts in little time.
fn is_bearable(text: &str, value: &Value, parts: u64) -> bool {
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    parts.saturating_mul(length) <= WORK && is_within(value, DEEPEST)
}

/// Whether no more than so many lists and objects lie within each other.
fn is_within(value: &Value, levels: usize) -> bool {
    let Some(inside) = levels.checked_sub(1) else {
        return !value.is_array() && !value.is_object();
    };
    match value {
        Value::Array(items) => items.iter().all(|item| is_within(item, inside)),
        Value::Object(fields) => fields.values().all(|field| is_within(field, inside)),
        _ => true,
    }
}

/// The JSON of a reply, out of the fence that some models put around it.
pub(crate) fn bare(reply: &str) -> &str {
    let reply = reply.trim();
    let inside = reply
        .strip_prefix("```")
        .and_then(|reply| reply.strip_suffix("```"));
    inside.map_or(reply, |inside| {
        inside.strip_prefix("json").unwrap_or(inside).trim()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    async fn fits(schema: &Value, text: &str) -> bool {
        Arc::new(Schema::read(schema).unwrap()).fits(text).await
    }

    #[tokio::test]
    async fn what_fits_is_told_from_what_does_not() {
        let schema = json!({ "type": "object", "properties": { "n": { "type": "integer" } }, "required": ["n"] });
        assert!(fits(&schema, r#"{"n":1}"#).await);
        for text in [r#"{"n":"1"}"#, "{}", "{\"n\":1", "n = 1", ""] {
            assert!(!fits(&schema, text).await, "{text}");
        }
        assert!(
            fits(&json!({ "$ref": "#" }), "1").await,
            "a schema in a circle ends"
        );
        let slow = json!({ "pattern": "(a+)+$" });
        assert!(!fits(&slow, &format!("\"{}!\"", "a".repeat(5000))).await);
    }

    #[tokio::test]
    async fn what_would_take_long_to_check_does_not_fit() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let itself = json!({ "items": { "allOf": [{ "$ref": "#" }, { "$ref": "#" }] } });
        assert!(fits(&itself, &nested(DEEPEST)).await);
        assert!(!fits(&itself, &nested(DEEPEST + 1)).await);
        let parts: Vec<Value> = (0..5000).map(|_| json!({})).collect();
        let wide = json!({ "allOf": parts });
        let long = |length: usize| format!("\"{}\"", "x".repeat(length));
        assert!(fits(&wide, &long(100_000)).await);
        assert!(!fits(&wide, &long(200_000)).await);
    }

    #[test]
    fn what_no_schema_is_or_names_another_is_refused() {
        let refused = |schema: Value| Schema::read(&schema).unwrap_err();
        insta::assert_snapshot!(refused(json!({ "type": 5 })), @"cannot be used: 5 is not valid under any of the schemas listed in the 'anyOf' keyword");
        for named in ["http://127.0.0.1:9/x", "file:///etc/passwd"] {
            assert!(refused(json!({ "$ref": named })).starts_with("cannot be used: "));
        }
        assert!(refused(json!({ "pattern": "((a{1,100}){1,100}){1,100}" })).contains("regex"));
        for named in ["other.json", "#named"] {
            insta::allow_duplicates! {
                let why = refused(json!({ "$ref": named })).replace(named, "X");
                insta::assert_snapshot!(why, @"cannot be used: its $ref 'X' is not followed; only # and #/… within the schema are");
            }
        }
        assert!(
            refused(json!({ "description": "x".repeat(LONGEST) })).contains("65536 is the most")
        );
    }

    #[test]
    fn a_fence_around_json_is_taken_off() {
        for reply in [
            "{\"n\":1}",
            " ```json\n{\"n\":1}\n```\n",
            "```\n{\"n\":1}\n```",
        ] {
            assert_eq!(bare(reply), "{\"n\":1}");
        }
    }
}
