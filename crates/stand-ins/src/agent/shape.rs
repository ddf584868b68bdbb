//! Which fields a request may have, and of which type: anything else is refused, at every level. Must know no rule about values.

use serde_json::Value;

use super::refusal::Refusal;

/// What a value must look like. Null stands for a field that is not there.
pub(super) enum Shape {
    Any,
    Text,
    Bool,
    Whole,
    Number,
    /// An object with keys of any name.
    Map,
    List(&'static Shape),
    Fields(Fields),
}

pub(super) type Fields = &'static [(&'static str, Shape)];

use Shape::{Any, Bool, List, Map, Number, Text, Whole};

/// A request's top level. `input` and `tools` hold objects of several kinds, which are looked at one by one.
pub(super) const REQUEST: Fields = &[
    ("input", Any),
    ("effort", Text),
    ("preset", Text),
    ("model", Text),
    ("models", List(&Text)),
    (
        "profile",
        Shape::Fields(&[("type", Text), ("id", Text), ("version", Any)]),
    ),
    ("instructions", Text),
    ("max_output_tokens", Whole),
    ("max_steps", Whole),
    ("max_tool_calls", Whole),
    ("reasoning", Shape::Fields(&[("effort", Text)])),
    (
        "response_format",
        Shape::Fields(&[
            ("type", Text),
            (
                "json_schema",
                Shape::Fields(&[
                    ("name", Text),
                    ("schema", Map),
                    ("description", Text),
                    ("strict", Bool),
                ]),
            ),
        ]),
    ),
    ("temperature", Number),
    ("top_p", Number),
    ("stream", Bool),
    ("stream_options", Shape::Fields(&[("include_usage", Bool)])),
    ("background", Bool),
    ("store", Bool),
    ("previous_response_id", Text),
    ("language_preference", Text),
    ("tools", List(&Map)),
    ("tool_choice", Any),
    ("parallel_tool_calls", Bool),
    ("service_tier", Text),
    ("metadata", Map),
    ("truncation", Text),
    ("prompt_cache_key", Text),
    ("step_budget_reminder", Any),
    ("skills", List(&Any)),
];

pub(super) const MESSAGE: Fields = &[("type", Text), ("role", Text), ("content", Any)];

/// The parts of a message's content, by their `type`.
pub(super) const PARTS: &[(&str, Fields)] = &[
    ("input_text", &[("type", Text), ("text", Text)]),
    ("input_image", &[("type", Text), ("image_url", Text)]),
    (
        "input_file",
        &[
            ("type", Text),
            ("file_data", Text),
            ("file_url", Text),
            ("filename", Text),
        ],
    ),
];

/// The tools, by their `type`.
pub(super) const TOOLS: &[(&str, Fields)] = &[
    ("web_search", WEB_SEARCH),
    ("image_search", IMAGE_SEARCH),
    ("fetch_url", &[("type", Text), ("max_urls", Whole)]),
    ("people_search", &[("type", Text)]),
    ("finance_search", &[("type", Text)]),
    ("sandbox", &[("type", Text)]),
    (
        "function",
        &[
            ("type", Text),
            ("name", Text),
            ("description", Text),
            ("parameters", Map),
            ("strict", Bool),
        ],
    ),
];

const WEB_SEARCH: Fields = &[
    ("type", Text),
    ("search_context_size", Text),
    ("search_type", Text),
    ("max_results", Whole),
    ("max_tokens", Whole),
    ("max_tokens_per_page", Whole),
    (
        "user_location",
        Shape::Fields(&[
            ("country", Text),
            ("region", Text),
            ("city", Text),
            ("latitude", Number),
            ("longitude", Number),
        ]),
    ),
    (
        "filters",
        Shape::Fields(&[
            ("search_domain_filter", List(&Text)),
            ("search_recency_filter", Text),
            ("search_after_date_filter", Text),
            ("search_before_date_filter", Text),
            ("last_updated_after_filter", Text),
            ("last_updated_before_filter", Text),
        ]),
    ),
];

const IMAGE_SEARCH: Fields = &[
    ("type", Text),
    ("max_results", Whole),
    (
        "filters",
        Shape::Fields(&[
            ("domain_filter", List(&Text)),
            ("format_filter", List(&Text)),
            ("safe_search", Bool),
        ]),
    ),
];

/// Refuses the first field that is not known or of another type. `path` names where the value stands, such as `tools[0]`.
pub(super) fn check_fields(value: &Value, fields: Fields, path: &str) -> Result<(), Refusal> {
    let Value::Object(object) = value else {
        return Err(wrong_type(value, path, "object"));
    };
    object.iter().try_for_each(|(name, value)| {
        match fields.iter().find(|(known, _)| known == name) {
            None => Err(Refusal::unknown_field(name)),
            Some(_) if value.is_null() => Ok(()),
            Some((_, shape)) => check(value, shape, &below(path, name)),
        }
    })
}

fn check(value: &Value, shape: &Shape, path: &str) -> Result<(), Refusal> {
    let (fits, wanted) = match shape {
        Any => (true, ""),
        Text => (value.is_string(), "string"),
        Bool => (value.is_boolean(), "bool"),
        Whole => (value.is_i64() || value.is_u64(), "int"),
        Number => (value.is_number(), "float64"),
        Map => (value.is_object(), "object"),
        Shape::Fields(fields) => return check_fields(value, fields, path),
        List(of) => {
            let Value::Array(entries) = value else {
                return Err(wrong_type(value, path, "array"));
            };
            return entries
                .iter()
                .enumerate()
                .try_for_each(|(at, entry)| check(entry, of, &format!("{path}[{at}]")));
        }
    };
    if fits {
        Ok(())
    } else {
        Err(wrong_type(value, path, wanted))
    }
}

/// How the service refuses a wrong type was not recorded; this is how decoders of its kind say it.
pub(super) fn wrong_type(value: &Value, path: &str, wanted: &str) -> Refusal {
    let got = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    Refusal {
        param: Some(path.to_owned()),
        ..Refusal::invalid(format!(
            "invalid request body: json: cannot unmarshal {got} into field {path} of type {wanted}"
        ))
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
