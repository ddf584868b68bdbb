//! The limits of embeds, as Discord enforces them. Adds only what Discord itself adds.

use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{form::Form, refusal::Problems};

// https://docs.discord.com/developers/resources/message#embed-object-embed-limits
const MOST_EMBEDS: usize = 10;
const TITLE: usize = 256;
const DESCRIPTION: usize = 4096;
const MOST_FIELDS: usize = 25;
const FIELD_NAME: usize = 256;
const FIELD_VALUE: usize = 1024;
const FOOTER: usize = 2048;
const AUTHOR: usize = 256;
/// Over all embeds of a message together.
const TOTAL: usize = 6000;
const URL: usize = 2048;
const HIGHEST_COLOUR: u64 = 0xFF_FF_FF;

/// Reads the embeds of a message; `None` when the field was not sent or is `null`.
pub(crate) fn read(form: &Form<'_>, problems: &mut Problems) -> Option<Vec<Value>> {
    let sent = form.list("embeds", MOST_EMBEDS, problems)?;
    let mut total = 0;
    let mut embeds = Vec::new();
    for (index, value) in sent.iter().enumerate() {
        if let Some(embed) = Form::read(value, &form.path(&format!("embeds.{index}")), problems) {
            total += measure(&embed, problems);
            embeds.push(completed(value));
        }
    }
    if total > TOTAL {
        let message = format!("Embed size exceeds maximum size of {TOTAL}");
        problems.add(&form.path("embeds"), "MAX_EMBED_SIZE_EXCEEDED", message);
    }
    Some(embeds)
}

/// What Discord knows of the parts of an embed.
const PARTS: [(&str, &[&str]); 4] = [
    ("footer", &["text", "icon_url"]),
    ("author", &["name", "url", "icon_url"]),
    ("image", &["url"]),
    ("thumbnail", &["url"]),
];

/// The embed as Discord shows it: with its type, and whether each field stands in line; without what it does not know.
fn completed(embed: &Value) -> Value {
    let mut shown = kept(
        embed,
        &["title", "description", "url", "timestamp", "color"],
    );
    shown["type"] = json!("rich");
    for (part, names) in PARTS {
        if embed[part].is_object() {
            shown[part] = kept(&embed[part], names);
        }
    }
    if let Some(fields) = embed["fields"].as_array() {
        let field = |field: &Value| {
            let mut shown = kept(field, &["name", "value"]);
            shown["inline"] = json!(field["inline"] == true);
            shown
        };
        shown["fields"] = fields.iter().map(field).collect();
    }
    shown
}

/// The fields of these names that hold something, trimmed.
fn kept(value: &Value, names: &[&str]) -> Value {
    let trimmed = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(json!(text.trim())),
        other => Some(other.clone()),
    };
    let sent = names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), trimmed(&value[*name])?)));
    Value::Object(sent.collect())
}

/// Notes what is wrong with one embed; gives the code points that count towards the total.
fn measure(embed: &Form<'_>, problems: &mut Problems) -> usize {
    let mut total = 0;
    for (name, most) in [("title", TITLE), ("description", DESCRIPTION)] {
        total += length(embed.text(name, most, problems));
    }
    for (part, name, most) in [("footer", "text", FOOTER), ("author", "name", AUTHOR)] {
        if let Some(inner) = inside(embed, part, problems) {
            total += length(Some(inner.needed_text(name, (1, most), problems)));
        }
    }
    check_links(embed, problems);
    check_timestamp(embed, problems);
    if embed
        .number("color", problems)
        .is_some_and(|colour| colour > HIGHEST_COLOUR)
    {
        let message = format!("int value should be less than or equal to {HIGHEST_COLOUR}.");
        problems.add(&embed.path("color"), "NUMBER_TYPE_MAX", message);
    }
    total + fields(embed, problems)
}

fn fields(embed: &Form<'_>, problems: &mut Problems) -> usize {
    let sent = embed
        .list("fields", MOST_FIELDS, problems)
        .unwrap_or_default();
    let mut total = 0;
    for (index, value) in sent.iter().enumerate() {
        let at = embed.path(&format!("fields.{index}"));
        if let Some(field) = Form::read(value, &at, problems) {
            total += length(Some(field.needed_text("name", (1, FIELD_NAME), problems)));
            total += length(Some(field.needed_text("value", (1, FIELD_VALUE), problems)));
            field.flag("inline", problems);
        }
    }
    total
}

fn check_timestamp(embed: &Form<'_>, problems: &mut Problems) {
    let Some(text) = embed.text("timestamp", usize::MAX, problems) else {
        return;
    };
    // A time without a zone is one in UTC.
    let zoned = [text.clone(), format!("{text}Z")];
    let is_time = |text: &String| OffsetDateTime::parse(text, &Rfc3339).is_ok();
    if !text.is_empty() && !zoned.iter().any(is_time) {
        let message = format!("Could not parse {text}. Should be ISO8601.");
        let at = embed.path("timestamp");
        problems.add(&at, "DATE_TIME_TYPE_PARSE", message);
    }
}

fn check_links(embed: &Form<'_>, problems: &mut Problems) {
    embed.check_link("url", URL, &["http", "https"], problems);
    for (part, name) in [
        ("footer", "icon_url"),
        ("author", "icon_url"),
        ("image", "url"),
        ("thumbnail", "url"),
    ] {
        if let Some(inner) = inside(embed, part, problems) {
            inner.check_link(name, URL, &["http", "https", "attachment"], problems);
        }
    }
    if let Some(author) = inside(embed, "author", problems) {
        author.check_link("url", URL, &["http", "https"], problems);
    }
}

fn inside<'a>(embed: &Form<'a>, part: &str, problems: &mut Problems) -> Option<Form<'a>> {
    Form::read(embed.value(part)?, &embed.path(part), problems)
}

fn length(text: Option<String>) -> usize {
    text.map_or(0, |text| text.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes found for one body, each with its dotted path.
    fn problems(body: &Value) -> Value {
        let mut problems = Problems::default();
        let form = Form::read(body, "", &mut problems).unwrap();
        read(&form, &mut problems);
        problems
            .unless_any(())
            .map_or_else(|refusal| refusal.body()["errors"].clone(), |()| Value::Null)
    }

    #[test]
    fn a_full_embed_is_accepted() {
        let body = json!({"embeds": [{"title": "t", "url": "https://example.org", "color": 0xFF_00_00,
            "description": "d".repeat(4096), "fields": [{"name": "n", "value": "v"}], "footer": {"text": "f"}}]});
        assert_eq!(problems(&body), Value::Null);
    }

    #[test]
    fn lengths_count_code_points() {
        assert_eq!(
            problems(&json!({"embeds": [{"title": "é".repeat(256)}]})),
            Value::Null
        );
        let found = problems(&json!({"embeds": [{"title": "🙂".repeat(257)}]}));
        assert_eq!(
            found["embeds"]["0"]["title"]["_errors"][0]["code"],
            "BASE_TYPE_MAX_LENGTH"
        );
    }

    #[test]
    fn all_embeds_together_have_a_limit() {
        let one = json!({"description": "d".repeat(3001)});
        let found = problems(&json!({"embeds": [one, one]}));
        assert_eq!(
            found["embeds"]["_errors"][0]["code"],
            "MAX_EMBED_SIZE_EXCEEDED"
        );
    }

    #[test]
    fn an_embed_is_shown_without_what_discord_does_not_know() {
        let body = json!({"embeds": [{"title": " t ", "description": null, "sparkle": 1, "type": "link",
            "timestamp": "2026-01-01T00:00:00Z", "author": {"name": "a", "url": null},
            "fields": [{"name": "n", "value": "v", "sparkle": 1}]}]});
        let mut problems = Problems::default();
        let form = Form::read(&body, "", &mut problems).unwrap();
        assert_eq!(
            Value::from(read(&form, &mut problems)),
            json!([{"title": "t", "type": "rich", "timestamp": "2026-01-01T00:00:00Z", "author": {"name": "a"},
                "fields": [{"name": "n", "value": "v", "inline": false}]}])
        );
        let wrong = self::problems(&json!({"embeds": [{"title": "t", "timestamp": "yesterday"}]}));
        assert!(wrong["embeds"]["0"]["timestamp"].is_object());
    }

    #[test]
    fn a_link_must_lead_to_the_web() {
        let found = problems(&json!({"embeds": [{"url": "javascript:alert(1)"}]}));
        assert_eq!(
            found["embeds"]["0"]["url"]["_errors"][0]["code"],
            "URL_TYPE_INVALID_SCHEME"
        );
    }

    #[test]
    fn too_many_embeds_and_fields_are_refused() {
        let found = problems(&json!({"embeds": vec![json!({"title": "t"}); 11]}));
        assert_eq!(
            found["embeds"]["_errors"][0]["code"],
            "BASE_TYPE_MAX_LENGTH"
        );
        let fields = vec![json!({"name": "n", "value": "v"}); 26];
        let found = problems(&json!({"embeds": [{"fields": fields}]}));
        assert_eq!(
            found["embeds"]["0"]["fields"]["_errors"][0]["code"],
            "BASE_TYPE_MAX_LENGTH"
        );
    }
}
