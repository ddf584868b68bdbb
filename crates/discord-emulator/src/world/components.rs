//! What the components of messages and forms have in common: their numbers, and how they are nested. Checks nothing.

use std::collections::BTreeSet;

use serde_json::{Value, json};

// https://docs.discord.com/developers/components/reference
pub(crate) const ROW: u64 = 1;
pub(crate) const BUTTON: u64 = 2;
pub(crate) const STRING_SELECT: u64 = 3;
pub(crate) const TEXT_INPUT: u64 = 4;
pub(crate) const USER_SELECT: u64 = 5;
pub(crate) const ROLE_SELECT: u64 = 6;
pub(crate) const MENTIONABLE_SELECT: u64 = 7;
pub(crate) const CHANNEL_SELECT: u64 = 8;
pub(crate) const SECTION: u64 = 9;
pub(crate) const TEXT_DISPLAY: u64 = 10;
pub(crate) const THUMBNAIL: u64 = 11;
pub(crate) const GALLERY: u64 = 12;
pub(crate) const FILE: u64 = 13;
pub(crate) const SEPARATOR: u64 = 14;
pub(crate) const CONTAINER: u64 = 17;
pub(crate) const LABEL: u64 = 18;
pub(crate) const FILE_UPLOAD: u64 = 19;
pub(crate) const RADIO_GROUP: u64 = 21;
pub(crate) const CHECKBOX_GROUP: u64 = 22;
pub(crate) const CHECKBOX: u64 = 23;

/// The style of a button that opens a link.
pub(crate) const LINK: u64 = 5;

/// The number of a component's type; 0 when it has none.
pub(crate) fn kind(component: &Value) -> u64 {
    component["type"].as_u64().unwrap_or(0)
}

/// All components, each before what is inside of it.
pub(crate) fn flattened(components: &[Value]) -> Vec<&Value> {
    let mut all = Vec::new();
    for component in components {
        all.push(component);
        if let Some(inner) = component["components"].as_array() {
            all.extend(flattened(inner));
        }
        for single in ["accessory", "component"] {
            if component[single].is_object() {
                all.extend(flattened(std::slice::from_ref(&component[single])));
            }
        }
    }
    all
}

/// What text displays say, in their order.
pub(crate) fn texts(components: &[Value]) -> impl Iterator<Item = &str> {
    let all = flattened(components).into_iter();
    let displays = all.filter(|component| kind(component) == TEXT_DISPLAY);
    displays.filter_map(|display| display["content"].as_str())
}

/// The addresses of all pictures and files.
pub(crate) fn addresses(components: &[Value]) -> impl Iterator<Item = &str> {
    let all = flattened(components).into_iter();
    let shown = all.flat_map(|component| {
        let items = component["items"].as_array().into_iter().flatten();
        let pictures = items.map(|item| &item["media"]);
        pictures.chain([&component["media"], &component["file"]])
    });
    shown.filter_map(|media| media["url"].as_str())
}

/// A component as Discord shows it: without what it does not know, with what it adds.
pub(crate) fn completed(component: &Value) -> Value {
    let kind = kind(component);
    let mut shown = added(kind);
    for name in known(kind) {
        match (*name, &component[*name]) {
            (_, Value::Null) => {}
            ("components", Value::Array(inner)) => {
                shown["components"] = inner.iter().map(completed).collect();
            }
            ("accessory" | "component", inner) => shown[*name] = completed(inner),
            ("items", Value::Array(items)) => shown["items"] = items.iter().map(pictured).collect(),
            ("media" | "file", media) => shown[*name] = unfurled(media),
            ("options", Value::Array(options)) => {
                shown["options"] = options.iter().map(without_nulls).collect();
            }
            ("emoji", emoji) => shown["emoji"] = without_nulls(emoji),
            (name, value) => shown[name] = value.clone(),
        }
    }
    shown
}

/// The fields that Discord knows of each kind.
fn known(kind: u64) -> &'static [&'static str] {
    match kind {
        ROW => &["id", "components"],
        BUTTON => &[
            "id",
            "style",
            "label",
            "emoji",
            "custom_id",
            "url",
            "sku_id",
            "disabled",
        ],
        STRING_SELECT | USER_SELECT | ROLE_SELECT | MENTIONABLE_SELECT | CHANNEL_SELECT => &[
            "id",
            "custom_id",
            "options",
            "channel_types",
            "placeholder",
            "default_values",
            "min_values",
            "max_values",
            "disabled",
            "required",
        ],
        SECTION => &["id", "components", "accessory"],
        TEXT_DISPLAY => &["id", "content"],
        THUMBNAIL => &["id", "media", "description", "spoiler"],
        GALLERY => &["id", "items"],
        FILE => &["id", "file", "spoiler"],
        SEPARATOR => &["id", "divider", "spacing"],
        CONTAINER => &["id", "components", "accent_color", "spoiler"],
        _ => &[],
    }
}

/// The type, and what each kind has when it was not sent.
fn added(kind: u64) -> Value {
    match kind {
        STRING_SELECT | USER_SELECT | ROLE_SELECT | MENTIONABLE_SELECT | CHANNEL_SELECT => {
            json!({"type": kind, "min_values": 1, "max_values": 1})
        }
        THUMBNAIL => json!({"type": kind, "description": null, "spoiler": false}),
        FILE => json!({"type": kind, "name": null, "size": null, "spoiler": false}),
        SEPARATOR => json!({"type": kind, "divider": true, "spacing": 1}),
        CONTAINER => json!({"type": kind, "accent_color": null, "spoiler": false}),
        _ => json!({"type": kind}),
    }
}

fn pictured(item: &Value) -> Value {
    json!({"media": unfurled(&item["media"]), "description": item["description"],
        "spoiler": item["spoiler"] == true})
}

/// A picture or file by its address. Nothing is fetched, so its size stays unknown.
fn unfurled(media: &Value) -> Value {
    json!({"id": "0", "url": media["url"], "proxy_url": media["url"], "width": null, "height": null,
        "content_type": null})
}

fn without_nulls(value: &Value) -> Value {
    let fields = value.as_object().into_iter().flatten();
    let kept = fields.filter(|(_, value)| !value.is_null());
    kept.map(|(name, value)| {
        let value = match value {
            Value::Object(_) => without_nulls(value),
            other => other.clone(),
        };
        (name.clone(), value)
    })
    .collect()
}

/// Gives every component without an id the lowest that is free, from 1 on, as Discord does.
pub(crate) fn number(components: &mut [Value]) {
    let taken: BTreeSet<u64> = flattened(components)
        .into_iter()
        .filter_map(|component| component["id"].as_u64())
        .collect();
    let mut free = (1..).filter(|id| !taken.contains(id));
    number_with(components, &mut free);
}

fn number_with(components: &mut [Value], free: &mut impl Iterator<Item = u64>) {
    for component in components {
        if component["id"].as_u64().unwrap_or(0) == 0
            && let (Some(fields), Some(id)) = (component.as_object_mut(), free.next())
        {
            fields.insert("id".to_owned(), Value::from(id));
        }
        if let Some(inner) = component
            .get_mut("components")
            .and_then(Value::as_array_mut)
        {
            number_with(inner, free);
        }
        for single in ["accessory", "component"] {
            let inner = component.get_mut(single).filter(|inner| inner.is_object());
            if let Some(inner) = inner {
                number_with(std::slice::from_mut(inner), free);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_that_are_missing_are_given_in_order_and_those_sent_are_kept() {
        let mut components = [
            json!({"type": 1, "components": [{"type": 2, "id": 1}, {"type": 2}]}),
            json!({"type": 9, "components": [{"type": 10}], "accessory": {"type": 11}}),
        ];
        number(&mut components);
        let ids: Vec<u64> = flattened(&components)
            .iter()
            .map(|component| component["id"].as_u64().unwrap())
            .collect();
        assert_eq!(ids, [2, 1, 3, 4, 5, 6]);
    }
}
