//! The rules a form must keep to be shown. Shows nothing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    components::{
        self, CHANNEL_SELECT, CHECKBOX, CHECKBOX_GROUP, FILE_UPLOAD, LABEL, MENTIONABLE_SELECT,
        RADIO_GROUP, ROLE_SELECT, ROW, STRING_SELECT, TEXT_DISPLAY, TEXT_INPUT, USER_SELECT,
    },
    form::Form,
    refusal::{Problems, Refusal},
    selects::{self, CUSTOM_ID},
};

// https://docs.discord.com/developers/components/reference
const TITLE: usize = 45;
const MOST_COMPONENTS: usize = 5;
const FIELD_LABEL: usize = 45;
const FIELD_DESCRIPTION: usize = 100;
const TEXT: usize = 4000;
const PLACEHOLDER: usize = 100;
const MOST_GROUP_OPTIONS: usize = 10;
const MOST_FILES: u64 = 10;

/// A form as the bot has described it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Modal {
    pub(crate) title: String,
    pub(crate) custom_id: String,
    /// As sent, with an id for every component.
    pub(crate) components: Vec<Value>,
}

impl Modal {
    /// Reads the field `data` of a callback of type 9.
    pub(crate) fn read(data: &Value) -> Result<Self, Refusal> {
        let mut problems = Problems::default();
        let Some(form) = Form::read(data, "data", &mut problems) else {
            return Err(Refusal::Form(problems));
        };
        let title = form.needed_text("title", (1, TITLE), &mut problems);
        let custom_id = form.needed_text("custom_id", (1, CUSTOM_ID), &mut problems);
        let sent = form.list("components", usize::MAX, &mut problems);
        match sent {
            Some(sent) if !(1..=MOST_COMPONENTS).contains(&sent.len()) => {
                problems.bad_length(&form.path("components"), 1, MOST_COMPONENTS);
            }
            None if form.value("components").is_none() => {
                problems.required(&form.path("components"));
            }
            _ => {}
        }
        let mut components = sent.unwrap_or_default().to_vec();
        let mut custom_ids = BTreeSet::new();
        for (index, component) in components.iter().enumerate() {
            let at = form.path(&format!("components.{index}"));
            check_top(component, &at, &mut custom_ids, &mut problems);
        }
        components::number(&mut components);
        problems.unless_any(Self {
            title,
            custom_id,
            components,
        })
    }

    /// The fields that can be filled in, each with its label.
    pub(crate) fn fields(&self) -> Vec<(&str, &Value)> {
        let mut fields = Vec::new();
        for top in &self.components {
            match components::kind(top) {
                ROW => fields.push((
                    top["components"][0]["label"].as_str().unwrap_or_default(),
                    &top["components"][0],
                )),
                LABEL => {
                    fields.push((top["label"].as_str().unwrap_or_default(), &top["component"]))
                }
                _ => {}
            }
        }
        fields
    }
}

fn check_top(value: &Value, at: &str, custom_ids: &mut BTreeSet<String>, problems: &mut Problems) {
    let Some(top) = Form::read(value, at, problems) else {
        return;
    };
    match components::kind(value) {
        ROW => {
            let inner = top.list_of("components", (1, 1), problems);
            if inner.is_none() {
                problems.bad_length(&top.path("components"), 1, 1);
            }
            for (index, input) in inner.unwrap_or_default().iter().enumerate() {
                let at = top.path(&format!("components.{index}"));
                check_field(input, &at, true, custom_ids, problems);
            }
        }
        LABEL => {
            top.needed_text("label", (1, FIELD_LABEL), problems);
            top.text("description", FIELD_DESCRIPTION, problems);
            match top.value("component") {
                None => problems.required(&top.path("component")),
                Some(inner) => {
                    check_field(inner, &top.path("component"), false, custom_ids, problems);
                }
            }
        }
        TEXT_DISPLAY => {
            top.needed_text("content", (1, TEXT), problems);
        }
        _ => problems.not_one_of(&top.path("type"), "1, 10, 18"),
    }
}

fn check_field(
    value: &Value,
    at: &str,
    in_row: bool,
    custom_ids: &mut BTreeSet<String>,
    problems: &mut Problems,
) {
    let Some(field) = Form::read(value, at, problems) else {
        return;
    };
    match components::kind(value) {
        TEXT_INPUT => check_text_input(&field, in_row, problems),
        _ if in_row => return problems.not_one_of(&field.path("type"), "4"),
        kind
        @ (STRING_SELECT | USER_SELECT | ROLE_SELECT | MENTIONABLE_SELECT | CHANNEL_SELECT) => {
            selects::check(&field, kind, problems);
            if field.flag("disabled", problems) == Some(true) {
                let message = "Components in forms cannot be disabled.";
                problems.add(&field.path("disabled"), "BASE_TYPE_CHOICES", message);
            }
        }
        FILE_UPLOAD => {
            field.needed_text("custom_id", (1, CUSTOM_ID), problems);
            selects::check_range(&field, (MOST_FILES, MOST_FILES), 1, problems);
        }
        RADIO_GROUP => {
            field.needed_text("custom_id", (1, CUSTOM_ID), problems);
            selects::options(&field, (2, MOST_GROUP_OPTIONS), problems);
        }
        CHECKBOX_GROUP => {
            field.needed_text("custom_id", (1, CUSTOM_ID), problems);
            let options = selects::options(&field, (1, MOST_GROUP_OPTIONS), problems).len();
            let most = MOST_GROUP_OPTIONS as u64;
            selects::check_range(&field, (most, most), options as u64, problems);
        }
        CHECKBOX => {
            field.needed_text("custom_id", (1, CUSTOM_ID), problems);
            field.flag("default", problems);
        }
        _ => {
            let kinds = "3, 4, 5, 6, 7, 8, 19, 21, 22, 23";
            return problems.not_one_of(&field.path("type"), kinds);
        }
    }
    field.flag("required", problems);
    note_custom_id(&field, custom_ids, problems);
}

fn check_text_input(input: &Form<'_>, in_row: bool, problems: &mut Problems) {
    input.needed_text("custom_id", (1, CUSTOM_ID), problems);
    if in_row {
        input.needed_text("label", (1, FIELD_LABEL), problems);
    }
    match input.number("style", problems) {
        Some(1 | 2) => {}
        Some(_) => problems.not_one_of(&input.path("style"), "1, 2"),
        None if input.value("style").is_none() => problems.required(&input.path("style")),
        None => {}
    }
    input.text("value", TEXT, problems);
    input.text("placeholder", PLACEHOLDER, problems);
    let most = TEXT as u64;
    let min = input.number("min_length", problems).unwrap_or(0);
    let max = input.number("max_length", problems).unwrap_or(most);
    if min > most {
        problems.too_large(&input.path("min_length"), most);
    }
    if max > most {
        problems.too_large(&input.path("max_length"), most);
    } else if max == 0 {
        problems.too_small(&input.path("max_length"), 1);
    } else if min > max && min <= most {
        let message = "min_length must be less than or equal to max_length.";
        problems.add(&input.path("min_length"), "NUMBER_TYPE_MAX", message);
    }
}

/// A custom id stands for one component of a message or form.
pub(crate) fn note_custom_id(
    component: &Form<'_>,
    custom_ids: &mut BTreeSet<String>,
    problems: &mut Problems,
) {
    let Some(id) = component.value("custom_id").and_then(Value::as_str) else {
        return;
    };
    if !custom_ids.insert(id.to_owned()) {
        let message = "Component custom id cannot be duplicated";
        problems.add(
            &component.path("custom_id"),
            "COMPONENT_CUSTOM_ID_DUPLICATED",
            message,
        );
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn errors(data: &Value) -> String {
        Modal::read(data).map_or_else(
            |refusal| refusal.body()["errors"]["data"].to_string(),
            |_| String::new(),
        )
    }

    fn text(length: usize) -> String {
        "ü".repeat(length)
    }

    fn with(mut component: Value, more: &Value) -> Value {
        let fields = more.as_object().unwrap().clone();
        component.as_object_mut().unwrap().extend(fields);
        component
    }

    fn form(components: &Value) -> Value {
        json!({"title": "t", "custom_id": "c", "components": components})
    }

    fn input(more: &Value) -> Value {
        let usual = json!({"type": 4, "custom_id": "i", "label": "l", "style": 1});
        form(&json!([{"type": 1, "components": [with(usual, more)]}]))
    }

    fn label(component: &Value, more: &Value) -> Value {
        let usual = json!({"type": 18, "label": "l", "component": component});
        form(&json!([with(usual, more)]))
    }

    fn options(count: usize) -> Value {
        (0..count)
            .map(|n| json!({"label": "l", "value": n.to_string()}))
            .collect()
    }

    fn rows(count: usize) -> Value {
        let row = |n| json!({"type": 1, "components": [{"type": 4, "custom_id": format!("i{n}"), "label": "l", "style": 1}]});
        form(&(0..count).map(row).collect())
    }

    #[test]
    fn each_limit_is_accepted_and_one_beyond_is_refused() {
        let titled = |n: usize| with(rows(1), &json!({"title": text(n)}));
        let named = |n: usize| with(rows(1), &json!({"custom_id": text(n)}));
        let field = json!({"type": 4, "custom_id": "i", "style": 2});
        let labelled = |n: usize| label(&field, &json!({"label": text(n)}));
        let described = |n: usize| label(&field, &json!({"description": text(n)}));
        let radio = |n: usize| {
            label(
                &json!({"type": 21, "custom_id": "i", "options": options(n)}),
                &json!({}),
            )
        };
        let group = |n: usize| {
            label(
                &json!({"type": 22, "custom_id": "i", "options": options(n)}),
                &json!({}),
            )
        };
        let menu = |n: usize| {
            label(
                &json!({"type": 3, "custom_id": "i", "options": options(n)}),
                &json!({}),
            )
        };
        let files = |least: u64, most: u64| {
            label(
                &json!({"type": 19, "custom_id": "i", "min_values": least, "max_values": most}),
                &json!({}),
            )
        };
        let display = |n: usize| form(&json!([{"type": 10, "content": text(n)}]));
        let off = |off: bool| {
            label(
                &json!({"type": 5, "custom_id": "i", "disabled": off}),
                &json!({}),
            )
        };
        let table = [
            ("title", titled(45), titled(46)),
            ("no title", titled(1), titled(0)),
            ("custom id", named(100), named(101)),
            ("no custom id", named(1), named(0)),
            ("rows", rows(5), rows(6)),
            ("no rows", rows(1), rows(0)),
            (
                "input's label",
                input(&json!({"label": text(45)})),
                input(&json!({"label": text(46)})),
            ),
            (
                "input's custom id",
                input(&json!({"custom_id": text(100)})),
                input(&json!({"custom_id": text(101)})),
            ),
            (
                "input's value",
                input(&json!({"value": text(4000)})),
                input(&json!({"value": text(4001)})),
            ),
            (
                "placeholder",
                input(&json!({"placeholder": text(100)})),
                input(&json!({"placeholder": text(101)})),
            ),
            (
                "shortest",
                input(&json!({"min_length": 4000})),
                input(&json!({"min_length": 4001})),
            ),
            (
                "longest",
                input(&json!({"max_length": 4000})),
                input(&json!({"max_length": 4001})),
            ),
            (
                "at least one",
                input(&json!({"max_length": 1})),
                input(&json!({"max_length": 0})),
            ),
            (
                "order",
                input(&json!({"min_length": 3, "max_length": 3})),
                input(&json!({"min_length": 4, "max_length": 3})),
            ),
            (
                "style",
                input(&json!({"style": 2})),
                input(&json!({"style": 3})),
            ),
            ("label", labelled(45), labelled(46)),
            ("no label", labelled(1), labelled(0)),
            ("description", described(100), described(101)),
            ("radio group", radio(10), radio(11)),
            ("a choice of one", radio(2), radio(1)),
            ("checkbox group", group(10), group(11)),
            ("no checkbox", group(1), group(0)),
            ("menu", menu(25), menu(26)),
            ("most files", files(0, 10), files(0, 11)),
            ("fewest files", files(10, 10), files(11, 10)),
            ("text", display(4000), display(4001)),
            ("disabled", off(false), off(true)),
        ];
        for (limit, at_it, beyond) in table {
            assert_eq!(errors(&at_it), "", "{limit}");
            assert_ne!(errors(&beyond), "", "{limit}");
        }
    }

    #[test]
    fn every_kind_of_field_fits_a_label_and_nothing_else_does() {
        for kind in [4, 5, 6, 7, 8, 19, 23] {
            let field = json!({"type": kind, "custom_id": "i", "style": 1});
            assert_eq!(errors(&label(&field, &json!({}))), "", "{kind}");
        }
        for kind in [0, 1, 2, 9, 10, 18, 20] {
            let field = json!({"type": kind, "custom_id": "i", "style": 1});
            assert!(
                errors(&label(&field, &json!({}))).contains("BASE_TYPE_CHOICES"),
                "{kind}"
            );
        }
        let button = json!({"type": 2, "style": 1, "label": "l", "custom_id": "b"});
        let row = json!([{"type": 1, "components": [button]}]);
        assert!(errors(&form(&row)).contains("BASE_TYPE_CHOICES"));
    }

    #[test]
    fn two_fields_cannot_share_a_custom_id() {
        let row = rows(1)["components"][0].clone();
        assert!(errors(&form(&json!([row, row]))).contains("COMPONENT_CUSTOM_ID_DUPLICATED"));
        let two = json!([{"type": 1, "components": [row["components"][0], row["components"][0]]}]);
        assert!(errors(&form(&two)).contains("BASE_TYPE_BAD_LENGTH"));
    }
}
