//! Enums whose values come from the wire and may grow there. Must never fail on a value it does not know.

/// Declares an enum that is a string on the wire and keeps unknown values exactly as received.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        $name:ident { $( $(#[$variant_meta:meta])* $variant:ident = $text:literal, )+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Deserialize, serde::Serialize)]
        #[serde(from = "String", into = "String")]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )+
            /// A value this version does not know, exactly as received.
            Other(String),
        }

        impl $name {
            /// The values that the protocol's pages name, as they stand on the wire.
            pub const KNOWN: &'static [&'static str] = &[ $( $text, )+ ];

            /// The value as it stands on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $text, )+
                    Self::Other(raw) => raw,
                }
            }
        }

        impl From<String> for $name {
            fn from(raw: String) -> Self {
                match raw.as_str() {
                    $( $text => Self::$variant, )+
                    _ => Self::Other(raw),
                }
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                match value {
                    $name::Other(raw) => raw,
                    known => known.as_str().to_owned(),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use open_enum;

/// Reads `null` like an absent field, for fields that have a default.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + serde::Deserialize<'de>,
{
    Ok(<Option<T> as serde::Deserialize>::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads what has another form than expected like an absent field, for what is less than the answer: a paid answer is not thrown away
/// for the size of a picture.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + serde::de::DeserializeOwned,
{
    let value = <serde_json::Value as serde::Deserialize>::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use crate::{
        ChatCompletion, FinishReason, Job, JobStatus, ObjectKind, ReasoningEffort, Recency, Role,
        SearchContextSize, SearchMode, SearchType, SourceKind, StreamMode,
    };

    /// Whether a text is the same after a value was read from it and written again.
    macro_rules! survives {
        ($text:expr, $($name:ident),+) => {
            $(
                let value: $name = serde_json::from_value(json!($text)).unwrap();
                prop_assert_eq!(value.as_str(), $text.as_str());
                prop_assert_eq!(serde_json::to_value(&value).unwrap(), json!($text));
                let known = $name::KNOWN.contains(&$text.as_str());
                prop_assert_eq!(matches!(value, $name::Other(_)), !known);
            )+
        };
    }

    fn text() -> impl Strategy<Value = String> {
        let known = [
            FinishReason::KNOWN,
            JobStatus::KNOWN,
            ObjectKind::KNOWN,
            ReasoningEffort::KNOWN,
            Recency::KNOWN,
            Role::KNOWN,
            SearchContextSize::KNOWN,
            SearchMode::KNOWN,
            SearchType::KNOWN,
            SourceKind::KNOWN,
            StreamMode::KNOWN,
        ]
        .concat();
        prop_oneof![
            ".{0,12}",
            prop::sample::select(known).prop_map(str::to_owned),
            prop::sample::select(vec!["STOP", "Completed", " web", ""]).prop_map(str::to_owned),
        ]
    }

    /// Any JSON, but for numbers that no decimal writes exactly.
    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,3}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// Keys that no page of the protocol names, with anything in them.
    fn unknown_keys() -> impl Strategy<Value = Map<String, Value>> {
        prop::collection::btree_map("x_[a-z]{1,6}", json_value(), 0..4)
            .prop_map(|map| map.into_iter().collect())
    }

    fn with(mut object: Value, keys: &Map<String, Value>) -> Value {
        if let Some(object) = object.as_object_mut() {
            object.extend(keys.clone());
        }
        object
    }

    proptest! {
        #[test]
        fn every_word_survives_the_round_trip(text in text()) {
            survives!(
                text, FinishReason, JobStatus, ObjectKind, ReasoningEffort, Recency, Role, SearchContextSize, SearchMode, SearchType,
                SourceKind, StreamMode
            );
        }

        #[test]
        fn an_answer_loses_nothing_it_does_not_know(keys in unknown_keys(), word in text()) {
            let message = with(json!({ "role": word, "content": "So. [1]" }), &keys);
            let source = with(json!({ "title": "A", "url": "https://a.example", "date": null, "last_updated": null, "source": word }), &keys);
            let cost = with(json!({ "input_tokens_cost": 0.5, "output_tokens_cost": 0.25, "total_cost": 0.75 }), &keys);
            let usage = with(json!({ "prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3, "search_context_size": word, "cost": cost }), &keys);
            let choice = with(json!({ "index": 0, "finish_reason": word, "message": message }), &keys);
            let step = with(json!({ "thought": "Look", "type": word }), &keys);
            let answer = with(
                json!({ "id": "x", "model": word, "created": 1, "object": word, "choices": [choice], "usage": usage,
                    "search_results": [source], "reasoning_steps": [step] }),
                &keys,
            );
            let read: ChatCompletion = serde_json::from_value(answer.clone()).unwrap();
            prop_assert_eq!(serde_json::to_value(read).unwrap(), answer.clone());

            let job = with(
                json!({ "id": "j", "model": word, "created_at": 1, "started_at": null, "completed_at": 2, "failed_at": null,
                    "status": word, "response": answer }),
                &keys,
            );
            let read: Job = serde_json::from_value(job.clone()).unwrap();
            prop_assert_eq!(serde_json::to_value(read).unwrap(), job);
        }
    }
}
