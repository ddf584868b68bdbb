//! Tells how much work a schema can make of a check before anything is made of it: short schemas can stand for endless ones.
//! Must be pure, and take time in proportion to the schema.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// The most parts, when each reference is replaced by what it names, and that by what it names.
const PARTS: u64 = 30_000;

/// The most references one behind the other: reading a schema takes stack for each.
const IN_A_ROW: usize = 128;

/// The most expressions: each takes memory, and time to prepare.
const EXPRESSIONS: usize = 32;

/// The most keywords that ask what others have seen: each within another doubles the work, or more, however short the reply.
const UNEVALUATED: usize = 4;

/// Keywords that stand for another part of the schema.
const REFERENCE: [&str; 3] = ["$ref", "$dynamicRef", "$recursiveRef"];

/// How many parts a schema stands for, if it stays within what a check can bear.
///
/// # Errors
///
/// Says what is too much, in words that go behind "the `json_schema`".
pub(super) fn within_bounds(schema: &Value) -> Result<u64, String> {
    let expressions: usize = nodes(schema).map(expressions).sum();
    if expressions > EXPRESSIONS {
        return Err(format!(
            "has {expressions} patterns; {EXPRESSIONS} is the most"
        ));
    }
    let unevaluated: usize = nodes(schema).map(unevaluated).sum();
    if unevaluated > UNEVALUATED {
        return Err(format!(
            "has {unevaluated} unevaluatedItems and unevaluatedProperties; {UNEVALUATED} is the most"
        ));
    }
    // What lies in a part with an address of its own is named from there, and could not be followed from here.
    let address = address_keyword(schema);
    let has_address = |part: &Value| part.get(address).is_some_and(Value::is_string);
    if nodes(schema).skip(1).any(has_address) {
        return Err("cannot be used: a part of it has an $id of its own".to_owned());
    }
    let mut walk = Walk {
        schema,
        counted: HashMap::new(),
    };
    match walk.count(schema, 0)? {
        count if count > PARTS => Err(format!(
            "stands for more than {PARTS} parts when its $refs are followed"
        )),
        count => Ok(count),
    }
}

/// References that were followed.
struct Walk<'a> {
    schema: &'a Value,
    /// How many parts each named part stands for; none yet for those that are being followed, so that a circle ends.
    counted: HashMap<String, Option<u64>>,
}

impl<'a> Walk<'a> {
    fn count(&mut self, part: &'a Value, in_a_row: usize) -> Result<u64, String> {
        if in_a_row > IN_A_ROW {
            return Err(format!(
                "has more than {IN_A_ROW} $refs that lead from one to the next"
            ));
        }
        let mut count = 0_u64;
        for node in nodes(part) {
            count = count.saturating_add(1);
            for name in references(node) {
                count = count.saturating_add(self.behind(name, in_a_row)?);
            }
        }
        Ok(count)
    }

    fn behind(&mut self, name: &str, in_a_row: usize) -> Result<u64, String> {
        if let Some(counted) = self.counted.get(name) {
            return Ok(counted.unwrap_or_default());
        }
        let named = named(self.schema, name).ok_or_else(|| {
            let name: String = name.chars().take(100).collect();
            format!("cannot be used: its $ref '{name}' is not followed; only # and #/… within the schema are")
        })?;
        self.counted.insert(name.to_owned(), None);
        let count = self.count(named, in_a_row + 1)?;
        self.counted.insert(name.to_owned(), Some(count));
        Ok(count)
    }
}

/// The part of a schema that a reference names.
fn named<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    let pointer = percent_decode_str(name.strip_prefix('#')?)
        .decode_utf8()
        .ok()?;
    schema.pointer(&pointer)
}

/// A value and all that lies in it.
fn nodes(value: &Value) -> impl Iterator<Item = &Value> {
    let mut left = vec![value];
    std::iter::from_fn(move || {
        let next = left.pop()?;
        match next {
            Value::Array(items) => left.extend(items),
            Value::Object(fields) => left.extend(fields.values()),
            _ => {}
        }
        Some(next)
    })
}

fn references(node: &Value) -> impl Iterator<Item = &str> {
    let named = REFERENCE.iter().filter_map(|keyword| node.get(keyword));
    named.filter_map(Value::as_str)
}

fn expressions(node: &Value) -> usize {
    let one = node.get("pattern").is_some_and(Value::is_string);
    let by_name = node.get("patternProperties").and_then(Value::as_object);
    usize::from(one) + by_name.map_or(0, serde_json::Map::len)
}

fn unevaluated(node: &Value) -> usize {
    let keywords = ["unevaluatedItems", "unevaluatedProperties"];
    keywords
        .iter()
        .filter(|keyword| node.get(keyword).is_some())
        .count()
}

/// What gives a part an address; the oldest schemas call it `id`.
fn address_keyword(schema: &Value) -> &'static str {
    let version = schema.get("$schema").and_then(Value::as_str);
    match version.is_some_and(|version| version.contains("draft-04")) {
        true => "id",
        false => "$id",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Parts of which each names the next so many times.
    fn chain(length: usize, times: usize) -> Value {
        let mut parts = json!({ format!("a{length}"): { "type": "object" } });
        for at in 0..length {
            let next = json!({ "$ref": format!("#/$defs/a{}", at + 1) });
            parts[format!("a{at}")] = json!({ "allOf": vec![next; times] });
        }
        json!({ "$defs": parts, "$ref": "#/$defs/a0" })
    }

    /// So many keywords, one within the other, that ask what others have seen.
    fn unevaluated(count: usize) -> Value {
        let innermost = json!({ "properties": { "n": true } });
        (0..count).fold(
            innermost,
            |inner, _| json!({ "unevaluatedProperties": false, "allOf": [inner] }),
        )
    }

    #[test]
    fn a_schema_that_doubles_at_every_step_is_refused() {
        let refused = |schema: Value| within_bounds(&schema).unwrap_err();
        insta::assert_snapshot!(refused(chain(45, 2)), @"stands for more than 30000 parts when its $refs are followed");
        insta::assert_snapshot!(refused(chain(1000, 1)), @"has more than 128 $refs that lead from one to the next");
        insta::assert_snapshot!(refused(unevaluated(5)), @"has 5 unevaluatedItems and unevaluatedProperties; 4 is the most");
        let by_name: serde_json::Map<String, Value> =
            (0..40).map(|n| (format!("a{n}"), json!({}))).collect();
        insta::assert_snapshot!(refused(json!({ "patternProperties": by_name })), @"has 40 patterns; 32 is the most");
        insta::assert_snapshot!(refused(json!({ "items": { "$id": "https://a.example/" } })), @"cannot be used: a part of it has an $id of its own");
        let hidden = json!({ "$defs": chain(45, 2)["$defs"], "$ref": "#/$defs/%610" });
        assert!(within_bounds(&hidden).is_err());
    }

    #[test]
    fn what_people_write_is_within_bounds() {
        let tree = json!({ "properties": { "id": { "type": "string" }, "left": { "$ref": "#" }, "right": { "$ref": "#" } } });
        let expression = json!({
            "$defs": {
                "sum": { "properties": { "of": { "items": { "$ref": "#/$defs/any" } } } },
                "product": { "properties": { "of": { "items": { "$ref": "#/$defs/any" } } } },
                "any": { "anyOf": [{ "$ref": "#/$defs/sum" }, { "$ref": "#/$defs/product" }, { "type": "number" }] },
            },
            "$ref": "#/$defs/any",
        });
        for schema in [
            tree,
            expression,
            chain(8, 2),
            unevaluated(4),
            json!(true),
            json!({ "$id": "https://a.example/" }),
        ] {
            assert!(within_bounds(&schema).is_ok(), "{schema}");
        }
    }
}
