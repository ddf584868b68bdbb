//! The rules of a command's options and their choices. Stores nothing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    command_form::{self, DESCRIPTION, SUB_COMMAND, SUB_COMMAND_GROUP, check_slash_name},
    form::Form,
    localizations::{self, Text},
    refusal::Problems,
};

const MOST_OPTIONS: usize = 25;
const MOST_CHOICES: usize = 25;
const CHOICE_NAME: usize = 100;
const CHOICE_VALUE: usize = 100;
const TEXT_LENGTH: u64 = 6000;
/// Whole numbers that a double can hold.
const LARGEST_NUMBER: f64 = 9_007_199_254_740_992.0;

const STRING: u64 = 3;
const INTEGER: u64 = 4;
const CHANNEL: u64 = 7;
const NUMBER: u64 = 10;
const LAST: u64 = 11;

const KNOWN: [&str; 14] = [
    "type",
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "required",
    "choices",
    "options",
    "channel_types",
    "min_value",
    "max_value",
    "min_length",
    "max_length",
    "autocomplete",
];

/// Where options stand: groups hold subcommands, and subcommands hold what is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Command,
    Group,
    Subcommand,
}

impl Level {
    /// Whether options of this type may stand here.
    fn holds(self, kind: u64) -> bool {
        match self {
            Self::Command => true,
            Self::Group => kind == SUB_COMMAND,
            Self::Subcommand => !is_sub(kind),
        }
    }
}

fn is_sub(kind: u64) -> bool {
    matches!(kind, SUB_COMMAND | SUB_COMMAND_GROUP)
}

/// Notes what is wrong with the options of a command, a group or a subcommand.
pub(crate) fn check(form: &Form<'_>, level: Level, problems: &mut Problems) {
    let options = form
        .list("options", usize::MAX, problems)
        .unwrap_or_default();
    if options.len() > MOST_OPTIONS {
        problems.too_long(&form.path("options"), MOST_OPTIONS);
    }
    let mut names = BTreeSet::new();
    let mut optional_seen = false;
    let kinds = || options.iter().filter_map(|option| option["type"].as_u64());
    if kinds().any(is_sub) && !kinds().all(is_sub) {
        let message = "Sub-commands and options cannot stand beside each other";
        problems.add(
            &form.path("options"),
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            message,
        );
    }
    for (index, value) in options.iter().enumerate() {
        let at = form.path(&format!("options.{index}"));
        let Some(option) = Form::read(value, &at, problems) else {
            continue;
        };
        check_option(&option, level, problems);
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

fn check_option(option: &Form<'_>, level: Level, problems: &mut Problems) {
    check_slash_name(option, problems);
    option.needed_text("description", (1, DESCRIPTION), problems);
    localizations::check(option, Text::SlashName, problems);
    localizations::check(option, Text::Description, problems);
    let at = option.path("type");
    let kind = match option.number("type", problems) {
        None if option.value("type").is_none() => return problems.required(&at),
        None => return,
        Some(kind) => kind,
    };
    match kind {
        _ if kind == 0 || kind > LAST => {
            problems.not_one_of(&at, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11");
        }
        _ if !level.holds(kind) => {
            let message = "Sub-commands cannot be nested so deep";
            problems.add(&at, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
        }
        SUB_COMMAND => check(option, Level::Subcommand, problems),
        SUB_COMMAND_GROUP => check(option, Level::Group, problems),
        STRING => check_lengths(option, problems),
        INTEGER | NUMBER => check_range(option, kind, problems),
        CHANNEL => check_channel_types(option, problems),
        _ => {}
    }
    check_choices(option, kind, problems);
}

fn check_lengths(option: &Form<'_>, problems: &mut Problems) {
    let least = option.number("min_length", problems).unwrap_or(0);
    let most = option.number("max_length", problems).unwrap_or(TEXT_LENGTH);
    if least > TEXT_LENGTH {
        problems.too_large(&option.path("min_length"), TEXT_LENGTH);
    }
    if most > TEXT_LENGTH {
        problems.too_large(&option.path("max_length"), TEXT_LENGTH);
    } else if most == 0 {
        problems.too_small(&option.path("max_length"), 1);
    } else if least > most && least <= TEXT_LENGTH {
        let message = "min_length must be less than or equal to max_length.";
        problems.add(&option.path("min_length"), "NUMBER_TYPE_MAX", message);
    }
}

fn check_range(option: &Form<'_>, kind: u64, problems: &mut Problems) {
    let mut bound = |name: &str| {
        let value = option.value(name)?;
        if !is_number(value, kind) {
            let message = format!("Value {value} is not of the option's type.");
            problems.add(&option.path(name), "NUMBER_TYPE_COERCE", message);
        }
        value.as_f64()
    };
    if let (Some(least), Some(most)) = (bound("min_value"), bound("max_value"))
        && least > most
    {
        let message = "min_value must be less than or equal to max_value.";
        problems.add(&option.path("min_value"), "NUMBER_TYPE_MAX", message);
    }
}

fn check_channel_types(option: &Form<'_>, problems: &mut Problems) {
    let kinds = option.list("channel_types", usize::MAX, problems);
    for (index, kind) in kinds.unwrap_or_default().iter().enumerate() {
        if !matches!(kind.as_u64(), Some(0..=5 | 10..=16)) {
            let at = option.path(&format!("channel_types.{index}"));
            problems.not_one_of(&at, "0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16");
        }
    }
}

fn check_choices(option: &Form<'_>, kind: u64, problems: &mut Problems) {
    let choices = option
        .list("choices", MOST_CHOICES, problems)
        .unwrap_or_default();
    let completes = option.flag("autocomplete", problems) == Some(true);
    if (completes || !choices.is_empty()) && !matches!(kind, STRING | INTEGER | NUMBER) {
        let message = "Only texts and numbers can have choices or autocomplete";
        problems.add(
            &option.path("type"),
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            message,
        );
        return;
    }
    let mut names = BTreeSet::new();
    for (index, value) in choices.iter().enumerate() {
        let at = option.path(&format!("choices.{index}"));
        if let Some(choice) = Form::read(value, &at, problems) {
            check_choice(&choice, kind, problems);
            if !names.insert(value["name"].as_str().unwrap_or_default()) {
                let message = "Choice names must be unique";
                problems.add(
                    &at,
                    "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_DUPLICATE",
                    message,
                );
            }
        }
    }
    if !choices.is_empty() && completes {
        let message = "Options with choices cannot have autocomplete";
        problems.add(
            &option.path("autocomplete"),
            "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES",
            message,
        );
    }
}

fn check_choice(choice: &Form<'_>, kind: u64, problems: &mut Problems) {
    choice.needed_text("name", (1, CHOICE_NAME), problems);
    localizations::check(choice, Text::ChoiceName, problems);
    let at = choice.path("value");
    match choice.value("value") {
        None => problems.required(&at),
        Some(Value::String(text)) if kind == STRING => {
            if text.chars().count() > CHOICE_VALUE {
                problems.too_long(&at, CHOICE_VALUE);
            }
        }
        Some(value) if is_number(value, kind) => {}
        Some(value) => {
            let message = format!("The value {value} is not of the option's type.");
            problems.add(
                &at,
                "APPLICATION_COMMAND_OPTIONS_CHOICE_VALUE_INVALID",
                message,
            );
        }
    }
}

/// Whether the value is a number that an option of this type can take.
fn is_number(value: &Value, kind: u64) -> bool {
    let fits = value
        .as_f64()
        .is_some_and(|number| number.abs() <= LARGEST_NUMBER);
    match kind {
        INTEGER => fits && (value.is_i64() || value.is_u64()),
        NUMBER => fits,
        _ => false,
    }
}

/// The option as it is kept, without what Discord does not know.
pub(crate) fn kept(option: &Value) -> Value {
    let mut kept = command_form::only(option, &KNOWN);
    if let Some(options) = option["options"].as_array() {
        kept["options"] = options.iter().map(self::kept).collect();
    }
    if let Some(choices) = option["choices"].as_array() {
        let choice = |choice| command_form::only(choice, &["name", "name_localizations", "value"]);
        kept["choices"] = choices.iter().map(choice).collect();
    }
    kept
}
