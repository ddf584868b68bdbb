//! Answers as JSON, for schemas that excerpts can fill honestly: one string for the text, lists of strings for the addresses
//! of its sources. Must be pure, and refuse every other schema.

use serde_json::{Map, Value};
use sonar::{ChatRequest, FinishReason, ResponseFormat};

use super::cut::Cut;
use crate::engines::corpus::write::deltas;

/// Lists of strings with these names are filled with the addresses of the sources, in the order of their numbers.
const SOURCE_LISTS: &[&str] = &["citations", "links", "sources", "urls"];

/// Keywords of a schema that demand nothing.
const REMARKS: &[&str] = &[
    "$comment",
    "$id",
    "$schema",
    "default",
    "deprecated",
    "description",
    "examples",
    "title",
];

/// What stands where in the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    text: String,
    lists: Vec<String>,
}

impl Form {
    /// The form that a request asks for, or in words why excerpts cannot fill it; `None` when it asks for text.
    pub(super) fn of(request: &ChatRequest) -> Option<Result<Self, String>> {
        match request.response_format.as_ref()? {
            ResponseFormat::JsonSchema { json_schema } => Some(Self::read(&json_schema.schema)),
            ResponseFormat::Text | ResponseFormat::Regex { .. } => None,
        }
    }

    fn read(schema: &Value) -> Result<Self, String> {
        let object = schema.as_object().cloned().unwrap_or_default();
        allowed_keywords(
            &object,
            &["type", "properties", "required", "additionalProperties"],
        )
        .map_err(|keyword| format!("they cannot keep to '{keyword}'"))?;
        if object.get("type") != Some(&Value::from("object")) {
            return Err("they fill an object".to_owned());
        }
        let required = names(object.get("required"))?;
        let none = Map::new();
        let properties = object.get("properties").and_then(Value::as_object);
        let properties = properties.unwrap_or(&none);
        if let Some(name) = required
            .iter()
            .find(|name| !properties.contains_key(**name))
        {
            return Err(format!("nothing says what the required '{name}' is"));
        }
        let mut form = Self {
            text: String::new(),
            lists: Vec::new(),
        };
        for (name, property) in properties {
            let required = required.contains(&name.as_str());
            if is_source_list(name, property) {
                form.lists.push(name.clone());
            } else if required && is_free_string(property) && form.text.is_empty() {
                form.text.clone_from(name);
            } else if required {
                return Err(format!("'{name}' is neither"));
            }
        }
        if form.text.is_empty() {
            return Err("no required string takes the text".to_owned());
        }
        Ok(form)
    }

    /// The reply in pieces, and why its text ends. The text is cut so that all of the reply keeps within the request's
    /// tokens; the addresses are never cut, and each is a piece of its own.
    pub(super) fn fill(
        &self,
        text: &str,
        sources: &[String],
        cut: &Cut,
    ) -> (Vec<String>, FinishReason) {
        let around: usize = self
            .pieces("", sources)
            .iter()
            .map(|piece| length(piece))
            .sum();
        let room = cut.most_characters().saturating_sub(around);
        let mut most = room;
        loop {
            let (text, finish) = cut.apply_within(text, most);
            let longer = length(&quoted(&text)).saturating_sub(2);
            if longer <= room || most == 0 {
                return (self.pieces(&text, sources), finish);
            }
            // Signs that JSON escapes take more room than they had.
            most = length(&text).min(most).saturating_sub(longer - room);
        }
    }

    fn pieces(&self, text: &str, sources: &[String]) -> Vec<String> {
        let mut pieces = vec![format!("{{{}:", quoted(&self.text))];
        pieces.extend(deltas(&quoted(text)));
        for list in &self.lists {
            pieces.push(format!(",{}:[", quoted(list)));
            for (at, source) in sources.iter().enumerate() {
                if at > 0 {
                    pieces.push(",".to_owned());
                }
                pieces.push(quoted(source));
            }
            pieces.push("]".to_owned());
        }
        pieces.push("}".to_owned());
        pieces
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// The first keyword that is neither known nor a remark.
fn allowed_keywords<'a>(schema: &'a Map<String, Value>, known: &[&str]) -> Result<(), &'a str> {
    let strange = schema
        .keys()
        .find(|keyword| !known.contains(&keyword.as_str()) && !REMARKS.contains(&keyword.as_str()));
    strange.map_or(Ok(()), |keyword| Err(keyword))
}

fn names(required: Option<&Value>) -> Result<Vec<&str>, String> {
    let Some(required) = required else {
        return Ok(Vec::new());
    };
    let names = required
        .as_array()
        .map(|names| names.iter().map(Value::as_str).collect());
    names
        .flatten()
        .ok_or_else(|| "'required' is no list of names".to_owned())
}

fn is_free_string(property: &Value) -> bool {
    is_string(property, &["type"])
}

fn is_string(schema: &Value, known: &[&str]) -> bool {
    schema.as_object().is_some_and(|schema| {
        schema.get("type") == Some(&Value::from("string"))
            && allowed_keywords(schema, known).is_ok()
    })
}

/// Addresses are what `format: uri` asks for.
fn is_source_list(name: &str, property: &Value) -> bool {
    let Some(list) = property.as_object() else {
        return false;
    };
    let items = |items: &Value| {
        let uri = items.get("format").is_none_or(|format| format == "uri");
        uri && is_string(items, &["type", "format"])
    };
    SOURCE_LISTS.contains(&name)
        && list.get("type") == Some(&Value::from("array"))
        && allowed_keywords(list, &["type", "items"]).is_ok()
        && list.get("items").is_some_and(items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;
    use sonar::Message;

    fn form(schema: &Value) -> Result<Form, String> {
        Form::read(schema)
    }

    fn answer_and_sources() -> Value {
        json!({
            "type": "object", "title": "Answer", "additionalProperties": false,
            "properties": {
                "answer": { "type": "string", "description": "What is asked for." },
                "sources": { "type": "array", "items": { "type": "string", "format": "uri" } },
                "confidence": { "type": "number" },
            },
            "required": ["answer", "sources"],
        })
    }

    fn cut(max_tokens: Option<u32>) -> Cut {
        Cut::of(&ChatRequest {
            max_tokens,
            ..ChatRequest::new("sonar", vec![Message::user("Why?")])
        })
    }

    #[test]
    fn text_and_addresses_fill_the_form() {
        let form = form(&answer_and_sources()).unwrap();
        let sources = ["https://a.example/".to_owned(), "local:/b.md".to_owned()];
        let (pieces, finish) = form.fill("> \"Hot\" [1]", &sources, &cut(None));
        assert_eq!(finish, FinishReason::Stop);
        assert_eq!(
            pieces.concat(),
            r#"{"answer":"> \"Hot\" [1]","sources":["https://a.example/","local:/b.md"]}"#
        );
        assert!(pieces.contains(&"\"local:/b.md\"".to_owned()), "{pieces:?}");
    }

    #[test]
    fn what_excerpts_cannot_fill_is_said() {
        let refused = |change: fn(&mut Value)| {
            let mut schema = answer_and_sources();
            change(&mut schema);
            form(&schema).unwrap_err()
        };
        insta::assert_snapshot!(refused(|schema| *schema = json!({})), @"they fill an object");
        insta::assert_snapshot!(refused(|schema| schema["required"] = json!(["sources"])), @"no required string takes the text");
        insta::assert_snapshot!(refused(|schema| schema["required"] = json!(["answer", "confidence"])), @"'confidence' is neither");
        insta::assert_snapshot!(refused(|schema| schema["required"] = json!(["answer", "reason"])), @"nothing says what the required 'reason' is");
        insta::assert_snapshot!(refused(|schema| schema["required"] = json!("answer")), @"'required' is no list of names");
        insta::assert_snapshot!(refused(|schema| schema["properties"]["answer"]["enum"] = json!(["yes"])), @"'answer' is neither");
        insta::assert_snapshot!(refused(|schema| schema["properties"]["sources"]["minItems"] = json!(1)), @"'sources' is neither");
        insta::assert_snapshot!(refused(|schema| schema["minProperties"] = json!(9)), @"they cannot keep to 'minProperties'");
    }

    /// Something like a schema, and anything else.
    fn any_schema() -> impl Strategy<Value = Value> {
        let word = prop::sample::select(vec![
            "type",
            "object",
            "string",
            "array",
            "items",
            "properties",
            "required",
            "answer",
            "urls",
            "minItems",
        ]);
        let leaf = prop_oneof![
            word.clone().prop_map(Value::from),
            any::<bool>().prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::vec((word.clone(), inner), 0..4).prop_map(|fields| fields
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect()),
            ]
        })
    }

    proptest! {
        /// Whatever is accepted is filled with what the schema names and requires; all else is refused in words.
        #[test]
        fn every_schema_is_filled_or_refused(schema in any_schema()) {
            match form(&schema) {
                Err(why) => prop_assert!(!why.is_empty()),
                Ok(form) => {
                    let (pieces, _) = form.fill("Text.", &[], &cut(None));
                    let reply: Value = serde_json::from_str(&pieces.concat()).unwrap();
                    for name in schema["required"].as_array().unwrap() {
                        prop_assert!(reply.get(name.as_str().unwrap()).is_some());
                    }
                    for name in reply.as_object().unwrap().keys() {
                        prop_assert!(schema["properties"].get(name).is_some());
                    }
                }
            }
        }

        #[test]
        fn the_reply_is_json_however_it_is_cut(
            text in "[a-z\"\\\\\n.é🙂 ]{0,300}",
            sources in prop::collection::vec("https://[a-z]{1,9}\\.example/", 0..3),
            tokens in prop::option::of(16_u32..100),
        ) {
            let form = form(&answer_and_sources()).unwrap();
            let (pieces, finish) = form.fill(&text, &sources, &cut(tokens));
            let whole = pieces.concat();
            let reply: Value = serde_json::from_str(&whole).unwrap();
            prop_assert_eq!(&reply["sources"], &json!(sources));
            let kept = reply["answer"].as_str().unwrap();
            prop_assert!(text.starts_with(kept));
            if finish == FinishReason::Stop {
                prop_assert_eq!(kept, text);
            }
            if let Some(tokens) = tokens {
                prop_assert!(kept.is_empty() || whole.chars().count() <= tokens as usize * 4);
            }
        }
    }
}
