//! Tools and how they may be used. Must not look into their parameters.

use serde_json::Value;

use super::known;
use crate::{ChatRequest, Invalid};

const CHOICES: &[&str] = &["none", "auto", "required"];

pub(super) fn check(request: &ChatRequest) -> Result<(), Invalid> {
    for (place, tool) in request.tools.iter().flatten().enumerate() {
        check_tool(&format!("tools.{place}"), tool)?;
    }
    match &request.tool_choice {
        Some(Value::String(choice)) => known("tool_choice", Some(choice), CHOICES),
        Some(_) => Err(Invalid::new(
            "tool_choice",
            "must be none, auto or required",
        )),
        None => Ok(()),
    }
}

fn check_tool(field: &str, tool: &Value) -> Result<(), Invalid> {
    if tool["type"] != "function" {
        return Err(Invalid::new(format!("{field}.type"), "must be `function`"));
    }
    let function = &tool["function"];
    for (key, good, what) in [
        ("name", function["name"].is_string(), "a text"),
        ("description", function["description"].is_string(), "a text"),
        (
            "parameters",
            function["parameters"].is_object(),
            "an object",
        ),
    ] {
        if !good {
            return Err(Invalid::new(
                format!("{field}.function.{key}"),
                format!("must be there and be {what}"),
            ));
        }
    }
    Ok(())
}
