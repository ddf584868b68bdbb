//! Components as plain text, for a terminal: a line for each row, and the texts between them. Draws nothing.

use serde_json::Value;

use super::components::{
    self, BUTTON, CONTAINER, FILE, GALLERY, LINK, ROW, SECTION, SEPARATOR, TEXT_DISPLAY, THUMBNAIL,
};

/// The lines of a message's components, in their order.
pub(super) fn component_lines(components: &[Value]) -> Vec<String> {
    components.iter().flat_map(lines).collect()
}

fn lines(component: &Value) -> Vec<String> {
    match components::kind(component) {
        ROW => {
            let parts: Vec<String> = inner(component).iter().map(part).collect();
            vec![parts.join(" ")]
        }
        TEXT_DISPLAY => text(component).lines().map(str::to_owned).collect(),
        SECTION => {
            let mut lines = component_lines(inner(component));
            lines.push(part(&component["accessory"]));
            lines
        }
        CONTAINER => component_lines(inner(component))
            .iter()
            .map(|line| format!("│ {line}"))
            .collect(),
        GALLERY => {
            let items = component["items"].as_array().into_iter().flatten();
            items.map(|item| picture(&item["media"])).collect()
        }
        SEPARATOR => vec!["───".to_owned()],
        FILE => vec![format!("[file: {}]", address(&component["file"]))],
        _ => vec![part(component)],
    }
}

/// A button, a menu or a small picture.
fn part(component: &Value) -> String {
    let state = if component["disabled"] == true {
        ", disabled"
    } else {
        ""
    };
    match components::kind(component) {
        BUTTON if component["style"] == LINK => {
            format!(
                "[{} → {}{state}]",
                label(component),
                text_of(&component["url"])
            )
        }
        BUTTON => format!("[{}{state}]", label(component)),
        THUMBNAIL => picture(&component["media"]),
        _ => {
            let name = text_of(&component["placeholder"]);
            let name = if name.is_empty() {
                text_of(&component["custom_id"])
            } else {
                name
            };
            format!("[{name} ▾{state}]")
        }
    }
}

fn label(button: &Value) -> &str {
    let label = text_of(&button["label"]);
    if label.is_empty() {
        text_of(&button["emoji"]["name"])
    } else {
        label
    }
}

fn picture(media: &Value) -> String {
    format!("[image: {}]", address(media))
}

fn address(media: &Value) -> &str {
    text_of(&media["url"])
}

fn text(display: &Value) -> &str {
    text_of(&display["content"])
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn inner(component: &Value) -> &[Value] {
    component["components"]
        .as_array()
        .map_or(&[][..], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_component_has_its_line() {
        let button = |more: Value| {
            let mut button = json!({"type": 2, "style": 1, "label": "More", "custom_id": "more"});
            let fields = more.as_object().unwrap().clone();
            button.as_object_mut().unwrap().extend(fields);
            button
        };
        let components = [
            json!({"type": 1, "components": [button(json!({})), button(json!({"disabled": true})),
                button(json!({"style": 5, "label": "Source", "url": "https://example.org"}))]}),
            json!({"type": 1, "components": [{"type": 3, "custom_id": "mode"}]}),
            json!({"type": 17, "components": [{"type": 10, "content": "one\ntwo"}, {"type": 14},
                {"type": 12, "items": [{"media": {"url": "https://example.org/a.png"}}]}]}),
        ];
        insta::assert_snapshot!(component_lines(&components).join("\n"), @r"
        [More] [More, disabled] [Source → https://example.org]
        [mode ▾]
        │ one
        │ two
        │ ───
        │ [image: https://example.org/a.png]
        ");
    }
}
