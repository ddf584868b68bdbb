//! The rules of buttons. Stores nothing.

use super::{components::LINK, form::Form, refusal::Problems, selects::CUSTOM_ID};

// https://docs.discord.com/developers/components/reference#button
const LABEL: usize = 80;
const URL: usize = 512;
const EMOJI: usize = 32;
const PREMIUM: u64 = 6;

/// Notes what is wrong with a button.
pub(crate) fn check(button: &Form<'_>, problems: &mut Problems) {
    button.flag("disabled", problems);
    let label = button.text("label", LABEL, problems);
    let has_emoji = check_emoji(button, problems);
    match button.number("style", problems) {
        None if button.value("style").is_none() => problems.required(&button.path("style")),
        None => {}
        Some(LINK) => check_link(button, problems),
        Some(PREMIUM) => check_premium(button, problems),
        Some(1..=4) => check_pressed(button, problems),
        Some(_) => problems.not_one_of(&button.path("style"), "1, 2, 3, 4, 5, 6"),
    }
    let is_premium = button.value("style").is_some_and(|style| style == PREMIUM);
    if !is_premium && !has_emoji && label.is_none_or(|label| label.is_empty()) {
        let message = "A button must have a label or an emoji.";
        problems.add(&button.path("label"), "BASE_TYPE_REQUIRED", message);
    }
}

fn check_pressed(button: &Form<'_>, problems: &mut Problems) {
    if button.value("custom_id").is_none() {
        let message = "A custom id is required";
        problems.add(
            &button.path("custom_id"),
            "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED",
            message,
        );
    } else {
        button.needed_text("custom_id", (1, CUSTOM_ID), problems);
    }
    forbid(button, &["url", "sku_id"], problems);
}

fn check_link(button: &Form<'_>, problems: &mut Problems) {
    let url = button.text("url", usize::MAX, problems);
    if url.is_none_or(|url| url.is_empty()) {
        let message = "A url is required";
        problems.add(
            &button.path("url"),
            "BUTTON_COMPONENT_URL_REQUIRED",
            message,
        );
    }
    button.check_link("url", URL, &["http", "https", "discord"], problems);
    forbid(button, &["custom_id", "sku_id"], problems);
}

fn check_premium(button: &Form<'_>, problems: &mut Problems) {
    if button.id("sku_id", problems).is_none() {
        problems.required(&button.path("sku_id"));
    }
    forbid(button, &["custom_id", "url", "label", "emoji"], problems);
}

/// Refuses what belongs to another style.
fn forbid(button: &Form<'_>, names: &[&str], problems: &mut Problems) {
    for name in names {
        if button.value(name).is_some() {
            let message = format!("A button of this style cannot have `{name}`.");
            problems.add(
                &button.path(name),
                "BUTTON_COMPONENT_FIELD_NOT_ALLOWED",
                message,
            );
        }
    }
}

/// Whether there is an emoji, of the guild by its id or of all by its character.
pub(crate) fn check_emoji(form: &Form<'_>, problems: &mut Problems) -> bool {
    let Some(value) = form.value("emoji") else {
        return false;
    };
    if let Some(emoji) = Form::read(value, &form.path("emoji"), problems) {
        emoji.text("name", EMOJI, problems);
        emoji.id("id", problems);
        if emoji.value("name").is_none() && emoji.value("id").is_none() {
            let message = "Invalid emoji";
            problems.add(&form.path("emoji"), "COMPONENT_INVALID_EMOJI", message);
        }
    }
    true
}
