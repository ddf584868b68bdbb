//! The form of the answer: a schema that is one, a name that can stand in it. Must not compile a schema or an expression.

use crate::{ChatRequest, Invalid, ResponseFormat};

/// Longest name of a schema, in characters: the pages of 2025.
const NAME: usize = 64;

pub(super) fn check(request: &ChatRequest) -> Result<(), Invalid> {
    match &request.response_format {
        Some(ResponseFormat::JsonSchema { json_schema }) => {
            if !json_schema.schema.is_object() {
                return Err(Invalid::new(
                    "response_format.json_schema.schema",
                    "must be an object: a JSON schema",
                ));
            }
            name(
                "response_format.json_schema.name",
                json_schema.name.as_deref(),
            )
        }
        Some(ResponseFormat::Regex { regex }) => {
            if regex.regex.is_empty() {
                return Err(Invalid::new(
                    "response_format.regex.regex",
                    "must hold a regular expression",
                ));
            }
            name("response_format.regex.name", regex.name.as_deref())
        }
        Some(ResponseFormat::Text) | None => Ok(()),
    }
}

fn name(field: &str, name: Option<&str>) -> Result<(), Invalid> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let good = |name: &str| (1..=NAME).contains(&name.len()) && name.bytes().all(plain);
    match name {
        Some(name) if !good(name) => Err(Invalid::new(
            field,
            format!("must be 1 to {NAME} letters, digits, `_` or `-`"),
        )),
        _ => Ok(()),
    }
}
