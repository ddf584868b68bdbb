//! The rules of menus, in messages and in forms. Stores nothing.

use serde_json::Value;

use super::{
    buttons,
    components::{CHANNEL_SELECT, MENTIONABLE_SELECT, ROLE_SELECT, STRING_SELECT, USER_SELECT},
    form::Form,
    refusal::Problems,
};

// https://docs.discord.com/developers/components/reference#string-select
pub(crate) const CUSTOM_ID: usize = 100;
const MOST_OPTIONS: usize = 25;
const OPTION_TEXT: usize = 100;
const PLACEHOLDER: usize = 150;
const MOST_VALUES: u64 = 25;

/// Notes what is wrong with a menu of any kind.
pub(crate) fn check(select: &Form<'_>, kind: u64, problems: &mut Problems) {
    select.needed_text("custom_id", (1, CUSTOM_ID), problems);
    select.text("placeholder", PLACEHOLDER, problems);
    select.flag("disabled", problems);
    select.flag("required", problems);
    check_range(select, (MOST_VALUES, MOST_VALUES), 1, problems);
    match kind {
        STRING_SELECT => check_choosable(select, problems),
        CHANNEL_SELECT => {
            select.list("channel_types", usize::MAX, problems);
            check_defaults(select, &["channel"], problems);
        }
        USER_SELECT => check_defaults(select, &["user"], problems),
        ROLE_SELECT => check_defaults(select, &["role"], problems),
        MENTIONABLE_SELECT => check_defaults(select, &["user", "role"], problems),
        _ => {}
    }
}

/// `min_values` and `max_values`, each with its largest value; `max_values` is at least 1, and `usual` where it was not sent.
pub(crate) fn check_range(
    select: &Form<'_>,
    (least, most): (u64, u64),
    usual: u64,
    problems: &mut Problems,
) {
    let min = select.number("min_values", problems);
    let max = select.number("max_values", problems);
    if min.is_some_and(|min| min > least) {
        problems.too_large(&select.path("min_values"), least);
    }
    if max.is_some_and(|max| max > most) {
        problems.too_large(&select.path("max_values"), most);
    }
    if max == Some(0) {
        problems.too_small(&select.path("max_values"), 1);
    } else if min.unwrap_or(0) > max.unwrap_or(usual).max(1) {
        let message = "min_values must be less than or equal to max_values.";
        problems.add(&select.path("min_values"), "NUMBER_TYPE_MAX", message);
    }
}

fn check_choosable(select: &Form<'_>, problems: &mut Problems) {
    let options = options(select, (1, MOST_OPTIONS), problems);
    let defaults = options
        .iter()
        .filter(|option| option["default"] == true)
        .count() as u64;
    let most = select
        .value("max_values")
        .and_then(Value::as_u64)
        .unwrap_or(1);
    if defaults > most {
        let message = format!("At most {most} options can be chosen by default.");
        problems.add(
            &select.path("options"),
            "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES",
            message,
        );
    }
}

/// The options of a menu or group: so many of them, each with its own value.
pub(crate) fn options<'a>(
    select: &Form<'a>,
    (least, most): (usize, usize),
    problems: &mut Problems,
) -> &'a [Value] {
    let Some(options) = select.list_of("options", (least, most), problems) else {
        if select.value("options").is_none() {
            problems.required(&select.path("options"));
        }
        return &[];
    };
    let mut values = Vec::new();
    for (index, value) in options.iter().enumerate() {
        let at = select.path(&format!("options.{index}"));
        let Some(option) = Form::read(value, &at, problems) else {
            continue;
        };
        option.needed_text("label", (1, OPTION_TEXT), problems);
        let value = option.needed_text("value", (1, OPTION_TEXT), problems);
        option.text("description", OPTION_TEXT, problems);
        option.flag("default", problems);
        buttons::check_emoji(&option, problems);
        if values.contains(&value) {
            let message = "The specified option value is already used";
            problems.add(
                &option.path("value"),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                message,
            );
        }
        values.push(value);
    }
    options
}

fn check_defaults(select: &Form<'_>, kinds: &[&str], problems: &mut Problems) {
    let defaults = select
        .list("default_values", MOST_OPTIONS, problems)
        .unwrap_or_default();
    for (index, value) in defaults.iter().enumerate() {
        let at = select.path(&format!("default_values.{index}"));
        let Some(default) = Form::read(value, &at, problems) else {
            continue;
        };
        if default.id("id", problems).is_none() {
            problems.required(&default.path("id"));
        }
        let kind = default.value("type").and_then(Value::as_str);
        if !kind.is_some_and(|kind| kinds.contains(&kind)) {
            problems.not_one_of(&default.path("type"), &format!("'{}'", kinds.join("', '")));
        }
    }
}
