//! The rules a command must keep to be registered. Stores nothing.

use serde_json::Value;

use super::{form::Form, refusal::Problems};

// https://docs.discord.com/developers/interactions/application-commands
const NAME: usize = 32;
const DESCRIPTION: usize = 100;
const MOST_OPTIONS: usize = 25;
const MOST_CHOICES: usize = 25;
const CHOICE_NAME: usize = 100;
const TEXT_LENGTH: u64 = 6000;
/// Names, descriptions and values of a whole command together.
const TOTAL: usize = 8000;

pub(crate) const CHAT_INPUT: u64 = 1;
const USER: u64 = 2;
const MESSAGE: u64 = 3;

pub(crate) const SUB_COMMAND: u64 = 1;
pub(crate) const SUB_COMMAND_GROUP: u64 = 2;
const STRING: u64 = 3;
const LAST_OPTION_TYPE: u64 = 11;

/// Notes whatever would make Discord refuse this command; `at` is where it stands in the request.
pub(crate) fn check(command: &Value, at: &str, problems: &mut Problems) {
    let Some(form) = Form::read(command, at, problems) else {
        return;
    };
    let kind = form.number("type", problems).unwrap_or(CHAT_INPUT);
    match kind {
        CHAT_INPUT => {
            check_slash_name(&form, problems);
            form.needed_text("description", (1, DESCRIPTION), problems);
            check_options(&form, problems);
        }
        USER | MESSAGE => {
            form.needed_text("name", (1, NAME), problems);
        }
        _ => problems.not_one_of(&form.path("type"), "1, 2, 3"),
    }
    if size(command) > TOTAL {
        let message = format!("Command exceeds maximum size ({TOTAL})");
        problems.add(at, "APPLICATION_COMMAND_TOO_LARGE", message);
    }
}

/// Upper case, spaces and punctuation are refused, as is everything but letters and digits of any script.
fn check_slash_name(form: &Form<'_>, problems: &mut Problems) {
    let name = form.needed_text("name", (1, NAME), problems);
    let legal = |c: char| {
        let script = matches!(c, '\u{900}'..='\u{97f}' | '\u{e00}'..='\u{e7f}');
        matches!(c, '-' | '_' | '\'') || script || (c.is_alphanumeric() && c.to_lowercase().eq([c]))
    };
    if !name.chars().all(legal) {
        let message = format!(
            "Command name \"{name}\" is invalid: lower-case letters, digits, -, _ and ' only."
        );
        problems.add(
            &form.path("name"),
            "APPLICATION_COMMAND_INVALID_NAME",
            message,
        );
    }
}

fn check_options(form: &Form<'_>, problems: &mut Problems) {
    let options = form
        .list("options", MOST_OPTIONS, problems)
        .unwrap_or_default();
    let mut names = std::collections::BTreeSet::new();
    let mut optional_seen = false;
    for (index, value) in options.iter().enumerate() {
        let at = form.path(&format!("options.{index}"));
        let Some(option) = Form::read(value, &at, problems) else {
            continue;
        };
        check_option(&option, problems);
        let required = option.flag("required", problems).unwrap_or(false);
        if required && optional_seen {
            let message = "Required options must be placed before non-required options";
            problems.add(&at, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
        }
        optional_seen |= !required;
        if !names.insert(value["name"].as_str().unwrap_or_default()) {
            let message = "Option names must be unique";
            problems.add(&at, "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE", message);
        }
    }
}

fn check_option(option: &Form<'_>, problems: &mut Problems) {
    check_slash_name(option, problems);
    option.needed_text("description", (1, DESCRIPTION), problems);
    match option.number("type", problems) {
        None => problems.required(&option.path("type")),
        Some(SUB_COMMAND | SUB_COMMAND_GROUP) => check_options(option, problems),
        Some(STRING) => check_lengths(option, problems),
        Some(kind) if kind > LAST_OPTION_TYPE || kind == 0 => {
            problems.not_one_of(&option.path("type"), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11");
        }
        Some(_) => {}
    }
    check_choices(option, problems);
}

fn check_lengths(option: &Form<'_>, problems: &mut Problems) {
    let least = option.number("min_length", problems).unwrap_or(0);
    let most = option.number("max_length", problems).unwrap_or(TEXT_LENGTH);
    if least > TEXT_LENGTH || most > TEXT_LENGTH || most == 0 || least > most {
        let message =
            format!("min_length and max_length must be in order and at most {TEXT_LENGTH}.");
        problems.add(&option.path("max_length"), "NUMBER_TYPE_MAX", message);
    }
}

fn check_choices(option: &Form<'_>, problems: &mut Problems) {
    let choices = option
        .list("choices", MOST_CHOICES, problems)
        .unwrap_or_default();
    for (index, value) in choices.iter().enumerate() {
        let at = option.path(&format!("choices.{index}"));
        if let Some(choice) = Form::read(value, &at, problems) {
            choice.needed_text("name", (1, CHOICE_NAME), problems);
            if choice.value("value").is_none() {
                problems.required(&choice.path("value"));
            }
        }
    }
    if !choices.is_empty() && option.flag("autocomplete", problems) == Some(true) {
        let message = "Options with choices cannot have autocomplete";
        problems.add(
            &option.path("autocomplete"),
            "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES",
            message,
        );
    }
}

/// Code points of names, descriptions and choice values, options included.
fn size(command: &Value) -> usize {
    let texts = ["name", "description", "value"];
    let own: usize = texts
        .iter()
        .filter_map(|name| command[*name].as_str())
        .map(|text| text.chars().count())
        .sum();
    let parts = ["options", "choices"]
        .iter()
        .filter_map(|name| command[*name].as_array());
    own + parts.flatten().map(size).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn codes(command: &Value) -> String {
        let mut problems = Problems::default();
        check(command, "", &mut problems);
        problems.unless_any(()).map_or_else(
            |refusal| refusal.body()["errors"].to_string(),
            |()| String::new(),
        )
    }

    fn ask(options: &Value) -> Value {
        json!({"name": "ask", "description": "Ask", "options": options})
    }

    #[test]
    fn an_ordinary_command_is_accepted() {
        let option = json!({"type": 3, "name": "question", "description": "What?", "required": true, "max_length": 6000});
        assert_eq!(codes(&ask(&json!([option]))), "");
    }

    #[test]
    fn names_are_lower_case_words() {
        for name in ["Ask", "ask me", "", "a!"] {
            assert_ne!(
                codes(&json!({"name": name, "description": "d"})),
                "",
                "{name}"
            );
        }
        for name in ["frage-ü", "質問", "วิธี", "it's_1"] {
            assert_eq!(
                codes(&json!({"name": name, "description": "d"})),
                "",
                "{name}"
            );
        }
    }

    #[test]
    fn required_options_come_first_and_names_are_unique() {
        let option = |name: &str, required: bool| json!({"type": 3, "name": name, "description": "d", "required": required});
        assert!(
            codes(&ask(&json!([option("a", false), option("b", true)])))
                .contains("REQUIRED_INVALID")
        );
        assert!(codes(&ask(&json!([option("a", true), option("a", true)]))).contains("DUPLICATE"));
    }

    #[test]
    fn a_command_needs_a_description_and_stays_small() {
        assert!(codes(&json!({"name": "ask"})).contains("BASE_TYPE_REQUIRED"));
        let options: Vec<Value> = (0..25)
            .map(|n| {
                json!({"type": 3, "name": format!("o{n}"), "description": "d".repeat(100),
                "choices": vec![json!({"name": "n".repeat(100), "value": "v".repeat(100)}); 2]})
            })
            .collect();
        assert_eq!(codes(&ask(&json!(options[..12]))), "");
        assert!(codes(&ask(&json!(options))).contains("TOO_LARGE"));
    }
}
