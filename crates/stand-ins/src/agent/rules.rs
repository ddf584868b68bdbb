//! The rules about a request's values, with the sentences that the service was seen to refuse them with; where its sentence is not
//! known, one of the same form. Must not look at types, which `shape` has checked.

use serde_json::{Map, Value};

use super::ask::text;
use super::models::{Level, Model};
use super::refusal::Refusal;
use super::shape::{self, check_fields, wrong_type};

/// Most characters of the address of an image; one that holds the image itself may be longer.
const LONGEST_IMAGE_URL: usize = 2048;
const LONGEST_FILENAME: usize = 255;
const MOST_DOCUMENTS: usize = 30;
const ROLES: [&str; 4] = ["user", "assistant", "system", "developer"];

fn failed(why: impl AsRef<str>) -> Refusal {
    Refusal::invalid(format!("validation failed: {}", why.as_ref()))
}

/// Refuses when `fits` is false.
fn require(fits: bool, why: impl AsRef<str>) -> Result<(), Refusal> {
    if fits { Ok(()) } else { Err(failed(why)) }
}

/// Checks the input and returns the text of its last user message.
pub(super) fn check_input(input: &Value) -> Result<String, Refusal> {
    let items = match input {
        Value::String(question) => {
            require(!question.is_empty(), "input cannot be empty")?;
            return Ok(question.clone());
        }
        Value::Array(items) => items,
        Value::Null => return Err(failed("input cannot be empty")),
        _ => return Err(wrong_type(input, "input", "string")),
    };
    require(!items.is_empty(), "input cannot be empty")?;
    let mut documents = 0;
    for (at, item) in items.iter().enumerate() {
        documents += check_item(item, &format!("input[{at}]"))?;
    }
    require(
        documents <= MOST_DOCUMENTS,
        "input must have at most 30 documents",
    )?;
    let asks = items.iter().rfind(|item| item["role"] == "user");
    Ok(asks
        .map(|item| written(&item["content"]))
        .unwrap_or_default())
}

/// Checks an item and returns how many documents it holds.
fn check_item(item: &Value, at: &str) -> Result<usize, Refusal> {
    let kind = item["type"].as_str();
    let kind = kind.ok_or_else(|| failed(format!("{at}: type is required")))?;
    match kind {
        "message" => {}
        "function_call" | "function_call_output" | "reasoning" => return Ok(0),
        _ => return Err(failed(format!("{at}: type \"{kind}\" is not supported"))),
    }
    check_fields(item, shape::MESSAGE, at)?;
    require(
        ROLES.contains(&text(&item["role"])),
        format!("{at}: role must be one of: user assistant system developer"),
    )?;
    match &item["content"] {
        Value::String(_) => Ok(0),
        Value::Array(parts) => {
            require(!parts.is_empty(), format!("{at}: content cannot be empty"))?;
            let mut documents = 0;
            for (part_at, part) in parts.iter().enumerate() {
                check_part(part, &format!("{at}.content[{part_at}]"))?;
                documents += usize::from(part["type"] == "input_file");
            }
            Ok(documents)
        }
        other => Err(wrong_type(other, &format!("{at}.content"), "string")),
    }
}

fn check_part(part: &Value, at: &str) -> Result<(), Refusal> {
    let kind = text(&part["type"]);
    let known = shape::PARTS.iter().find(|(known, _)| *known == kind);
    let Some((_, fields)) = known else {
        return Err(failed(format!("{at}: type \"{kind}\" is not supported")));
    };
    check_fields(part, fields, at)?;
    match kind {
        "input_image" => check_image(text(&part["image_url"]), at),
        "input_file" => check_file(part, at),
        _ => require(part["text"].is_string(), format!("{at}: text is required")),
    }
}

fn check_image(url: &str, at: &str) -> Result<(), Refusal> {
    let inline = url.starts_with("data:");
    require(
        inline || url.starts_with("https://"),
        format!("{at}: image_url must be an HTTPS URL or a data URI"),
    )?;
    require(
        inline || url.chars().count() <= LONGEST_IMAGE_URL,
        format!("{at}: image_url must have at most 2048 characters"),
    )
}

fn check_file(part: &Value, at: &str) -> Result<(), Refusal> {
    let data = part["file_data"].as_str();
    let url = part["file_url"].as_str();
    require(
        data.is_some() != url.is_some(),
        format!("{at}: exactly one of file_data and file_url is required"),
    )?;
    require(
        url.is_none_or(|url| url.starts_with("https://")),
        format!("{at}: file_url must be a public HTTPS URL"),
    )?;
    let name = text(&part["filename"]);
    require(
        name.len() <= LONGEST_FILENAME,
        format!("{at}: filename must have at most 255 bytes"),
    )?;
    require(
        data.is_none() || name.contains('.'),
        format!("{at}: filename with an extension is required beside file_data"),
    )
}

/// The text of a message's content.
fn written(content: &Value) -> String {
    match content {
        Value::String(content) => content.clone(),
        Value::Array(parts) => {
            let texts: Vec<&str> = parts
                .iter()
                .filter_map(|part| part["text"].as_str())
                .collect();
            texts.join("\n")
        }
        _ => String::new(),
    }
}

/// The level that is asked for: `effort` wins over its older name.
pub(super) fn level(body: &Value) -> Result<Option<Level>, Refusal> {
    let fields = ["effort", "preset"];
    let named = fields
        .iter()
        .find_map(|field| Some((field, body[field].as_str()?)));
    let Some((field, name)) = named else {
        return Ok(None);
    };
    require(
        body["profile"].is_null(),
        "profile cannot be combined with preset",
    )?;
    let level = Level::named(name);
    level
        .map(Some)
        .ok_or_else(|| failed(format!("{field} \"{name}\" is not supported")))
}

/// The model that will serve: the first of `models`, `model`, or that of the level.
pub(super) fn model(body: &Value, level: Option<Level>) -> Result<&'static Model, Refusal> {
    let several = body["models"].as_array();
    require(
        several.is_none_or(|models| (1..=5).contains(&models.len())),
        "models must have 1 to 5 entries",
    )?;
    let mut names = several
        .into_iter()
        .flatten()
        .chain([&body["model"]])
        .filter_map(Value::as_str);
    let Some(name) = names.next() else {
        let missing = failed("one of model, models, preset or effort is required");
        return level.map(Level::model).ok_or(missing);
    };
    let supported = |name| {
        Model::named(name).ok_or_else(|| failed(format!("model \"{name}\" is not supported")))
    };
    names.try_for_each(|other| supported(other).map(|_| ()))?;
    supported(name)
}

/// Checks the values that stand alone. `knows` says whether a run can be continued.
pub(super) fn check_values(
    body: &Value,
    model: &Model,
    knows: impl Fn(&str) -> bool,
) -> Result<(), Refusal> {
    let whole = |field: &str| body[field].as_i64();
    let within = |field: &str, least: f64, most: f64| {
        let fits = body[field]
            .as_f64()
            .is_none_or(|value| (least..=most).contains(&value));
        require(fits, format!("{field} must be between {least} and {most}"))
    };
    let one_of = |value: &Value, name: &str, words: &[&str]| {
        let fits = value.as_str().is_none_or(|word| words.contains(&word));
        require(fits, format!("{name} must be one of: {}", words.join(" ")))
    };
    require(
        whole("max_output_tokens").is_none_or(|most| most >= 1),
        "max output tokens must be at least 1",
    )?;
    require(
        model.owner() != "anthropic" || whole("max_output_tokens").is_some(),
        "max_output_tokens is required when using Anthropic models",
    )?;
    require(
        whole("max_steps").is_none_or(|steps| steps >= 1),
        "max steps must be at least 1",
    )?;
    require(
        whole("max_steps").is_none_or(|steps| steps <= 100),
        "max steps must be at most 100",
    )?;
    require(
        whole("max_tool_calls").is_none_or(|calls| calls >= 0),
        "max tool calls must be at least 0",
    )?;
    within("temperature", 0.0, 2.0)?;
    within("top_p", 0.0, 1.0)?;
    // What the published lists of efforts have in common.
    one_of(
        &body["reasoning"]["effort"],
        "reasoning.effort",
        &["minimal", "low", "medium", "high", "xhigh"],
    )?;
    one_of(
        &body["service_tier"],
        "service_tier",
        &["auto", "default", "flex", "priority", "fast"],
    )?;
    one_of(&body["truncation"], "truncation", &["auto", "disabled"])?;
    check_language(body["language_preference"].as_str())?;
    check_metadata(body["metadata"].as_object())?;
    check_tool_choice(&body["tool_choice"])?;
    match body["previous_response_id"].as_str() {
        Some(id) if !knows(id) => Err(Refusal::invalid("invalid request")),
        _ => Ok(()),
    }
}

fn check_language(code: Option<&str>) -> Result<(), Refusal> {
    let two_letters =
        |code: &str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
    require(
        code.is_none_or(two_letters),
        "language_preference must be an ISO 639-1 code",
    )
}

fn check_metadata(metadata: Option<&Map<String, Value>>) -> Result<(), Refusal> {
    let Some(metadata) = metadata else {
        return Ok(());
    };
    require(metadata.len() <= 16, "metadata must have at most 16 keys")?;
    let fits = |(key, value): (&String, &Value)| {
        key.chars().count() <= 64 && value.as_str().is_some_and(|it| it.chars().count() <= 512)
    };
    require(
        metadata.iter().all(fits),
        "metadata keys must have at most 64 characters and values at most 512",
    )
}

fn check_tool_choice(choice: &Value) -> Result<(), Refusal> {
    let fits = match choice {
        Value::Null => true,
        Value::String(word) => ["none", "auto", "required"].contains(&word.as_str()),
        Value::Object(_) => {
            choice["name"].is_string()
                || ["web_search", "image_search"].contains(&text(&choice["type"]))
        }
        _ => false,
    };
    require(
        fits,
        "tool_choice must be none, auto, required, or name a tool",
    )
}

/// Checks the tools and returns them. The `web_search` tool's filters are read elsewhere.
pub(super) fn check_tools(body: &Value) -> Result<Vec<Value>, Refusal> {
    let tools = body["tools"].as_array().cloned().unwrap_or_default();
    for (at, tool) in tools.iter().enumerate() {
        let kind = text(&tool["type"]);
        let at = format!("tools[{at}]");
        let known = shape::TOOLS.iter().find(|(known, _)| *known == kind);
        let Some((_, fields)) = known else {
            return Err(failed(format!("{at}: type \"{kind}\" is not supported")));
        };
        check_fields(tool, fields, &at)?;
        match kind {
            "web_search" => check_web_search(tool, &at)?,
            "image_search" => check_image_search(tool, &at)?,
            "fetch_url" => check_count(tool, "max_urls", 10, &at)?,
            "function" => check_function(tool, &at)?,
            _ => {}
        }
    }
    Ok(tools)
}

fn check_count(tool: &Value, field: &str, most: i64, at: &str) -> Result<(), Refusal> {
    let fits = tool[field].as_i64().is_none_or(|n| (1..=most).contains(&n));
    let name = field.replace('_', " ");
    require(fits, format!("{at}: {name} must be between 1 and {most}"))
}

fn check_web_search(tool: &Value, at: &str) -> Result<(), Refusal> {
    check_count(tool, "max_results", 50, at)?;
    check_count(tool, "max_tokens", i64::MAX, at)?;
    check_count(tool, "max_tokens_per_page", i64::MAX, at)?;
    let size = tool["search_context_size"].as_str();
    require(
        size.is_none_or(|size| ["low", "medium", "high"].contains(&size)),
        format!("{at}: search context size must be one of: low medium high"),
    )?;
    let kind = tool["search_type"].as_str();
    require(
        kind.is_none_or(|kind| ["web", "fast"].contains(&kind)),
        format!("{at}: search type must be one of: web fast"),
    )
}

fn check_image_search(tool: &Value, at: &str) -> Result<(), Refusal> {
    const FORMATS: [&str; 6] = ["bmp", "gif", "jpeg", "png", "webp", "svg"];
    check_count(tool, "max_results", 30, at)?;
    let entries = |field: &str| {
        tool["filters"][field]
            .as_array()
            .cloned()
            .unwrap_or_default()
    };
    let (domains, formats) = (entries("domain_filter"), entries("format_filter"));
    require(
        domains.len() <= 10 && formats.len() <= 10,
        format!("{at}: filters must have at most 10 entries"),
    )?;
    require(
        formats.iter().all(|format| FORMATS.contains(&text(format))),
        format!("{at}: format filter must be of: bmp gif jpeg png webp svg"),
    )
}

fn check_function(tool: &Value, at: &str) -> Result<(), Refusal> {
    const RESERVED: [&str; 7] = [
        "web_search",
        "search_web",
        "fetch_url",
        "image_search",
        "people_search",
        "finance_search",
        "sandbox",
    ];
    let name = text(&tool["name"]);
    require(!name.is_empty(), format!("{at}: name is required"))?;
    require(
        !RESERVED.contains(&name),
        format!("{at}: name \"{name}\" is reserved"),
    )
}

/// Checks the format of the answer and returns the schema it is to have.
pub(super) fn schema(format: &Value) -> Result<Option<Value>, Refusal> {
    if format.is_null() {
        return Ok(None);
    }
    require(
        format["type"] == "json_schema",
        "response_format.type must be json_schema",
    )?;
    let wanted = &format["json_schema"];
    require(
        !wanted.is_null(),
        "response_format.json_schema is required when type is \"json_schema\"",
    )?;
    let name = wanted["name"].as_str();
    require(
        name.is_none_or(|name| (1..=64).contains(&name.chars().count())),
        "response_format.json_schema.name must have 1 to 64 characters",
    )?;
    let root = text(&wanted["schema"]["type"]);
    if root != "object" {
        return Err(Refusal::new(
            400,
            "invalid_parameter",
            format!(
                "json_schema.schema must have a root type of 'object' (got type=\"{root}\"). Wrap your data in an object property."
            ),
        ));
    }
    if !sound(&wanted["schema"]) {
        return Err(Refusal::invalid("invalid request"));
    }
    Ok(Some(wanted["schema"].clone()))
}

/// Whether every type that a schema names, at any depth, is one there is.
fn sound(schema: &Value) -> bool {
    const TYPES: [&str; 7] = [
        "object", "array", "string", "number", "integer", "boolean", "null",
    ];
    let named = match &schema["type"] {
        Value::Null => true,
        Value::String(name) => TYPES.contains(&name.as_str()),
        Value::Array(names) => names.iter().all(|name| TYPES.contains(&text(name))),
        _ => false,
    };
    let properties = schema["properties"].as_object();
    named
        && properties.is_none_or(|properties| properties.values().all(sound))
        && (schema["items"].is_null() || sound(&schema["items"]))
}
