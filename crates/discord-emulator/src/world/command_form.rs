//! The rules a command must keep to be registered. Stores nothing.

use serde_json::{Map, Value};

use super::{
    command_options,
    form::Form,
    localizations::{self, Text},
    refusal::Problems,
};

// https://docs.discord.com/developers/interactions/application-commands
pub(super) const NAME: usize = 32;
pub(super) const DESCRIPTION: usize = 100;
/// Names, descriptions and values of a whole command together, each in its longest language.
const TOTAL: usize = 8000;
const HIGHEST_CONTEXT: u64 = 2;
const HIGHEST_INSTALL: u64 = 1;

pub(crate) const CHAT_INPUT: u64 = 1;
const USER: u64 = 2;
const MESSAGE: u64 = 3;
const PRIMARY_ENTRY_POINT: u64 = 4;

pub(crate) const SUB_COMMAND: u64 = 1;
pub(crate) const SUB_COMMAND_GROUP: u64 = 2;

/// What Discord keeps of a command.
const KNOWN: [&str; 12] = [
    "type",
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "options",
    "default_member_permissions",
    "dm_permission",
    "nsfw",
    "contexts",
    "integration_types",
    "handler",
];

/// Notes whatever would make Discord refuse this command; `at` is where it stands in the request.
pub(crate) fn check(command: &Value, at: &str, problems: &mut Problems) {
    let Some(form) = Form::read(command, at, problems) else {
        return;
    };
    match form.number("type", problems).unwrap_or(CHAT_INPUT) {
        CHAT_INPUT => {
            check_slash_name(&form, problems);
            form.needed_text("description", (1, DESCRIPTION), problems);
            localizations::check(&form, Text::SlashName, problems);
            localizations::check(&form, Text::Description, problems);
            command_options::check(&form, command_options::Level::Command, problems);
        }
        USER | MESSAGE => {
            form.needed_text("name", (1, NAME), problems);
            localizations::check(&form, Text::Name, problems);
            forbid(&form, problems);
        }
        PRIMARY_ENTRY_POINT => {
            let message = "The emulator has no activities that such a command could start.";
            problems.add(&form.path("type"), "BASE_TYPE_CHOICES", message);
        }
        _ => problems.not_one_of(&form.path("type"), "1, 2, 3, 4"),
    }
    check_rights(&form, problems);
    if size(command) > TOTAL {
        let message = format!("Command exceeds maximum size ({TOTAL})");
        problems.add(at, "APPLICATION_COMMAND_TOO_LARGE", message);
    }
}

/// Commands in menus are a name and nothing more.
fn forbid(form: &Form<'_>, problems: &mut Problems) {
    let described = form.text("description", DESCRIPTION, problems);
    if described.is_some_and(|text| !text.is_empty()) {
        let message = "Context menu commands cannot have description";
        problems.add(
            &form.path("description"),
            "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION",
            message,
        );
    }
    let options = form.list("options", usize::MAX, problems);
    if options.is_some_and(|options| !options.is_empty()) {
        let message = "Context menu commands cannot have options";
        problems.add(
            &form.path("options"),
            "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS",
            message,
        );
    }
}

/// Who is offered the command, and where.
fn check_rights(form: &Form<'_>, problems: &mut Problems) {
    form.large_number("default_member_permissions", problems);
    form.flag("dm_permission", problems);
    form.flag("nsfw", problems);
    check_numbers(form, "contexts", HIGHEST_CONTEXT, problems);
    check_numbers(form, "integration_types", HIGHEST_INSTALL, problems);
}

/// A list of different numbers from 0 on, not empty.
fn check_numbers(form: &Form<'_>, name: &str, highest: u64, problems: &mut Problems) {
    let Some(list) = form.list(name, usize::MAX, problems) else {
        return;
    };
    if list.is_empty() {
        let message = "This list must not be empty.";
        problems.add(&form.path(name), "BASE_TYPE_BAD_LENGTH", message);
    }
    for (index, value) in list.iter().enumerate() {
        let at = form.path(&format!("{name}.{index}"));
        if value.as_u64().is_none_or(|number| number > highest) {
            let choices: Vec<String> = (0..=highest).map(|number| number.to_string()).collect();
            problems.not_one_of(&at, &choices.join(", "));
        } else if list.iter().take(index).any(|earlier| earlier == value) {
            problems.add(
                &at,
                "SET_TYPE_ALREADY_CONTAINS_VALUE",
                "The set already contains this value",
            );
        }
    }
}

/// Upper case, spaces and punctuation are refused, as is everything but letters and digits of any script.
pub(super) fn check_slash_name(form: &Form<'_>, problems: &mut Problems) {
    let name = form.needed_text("name", (1, NAME), problems);
    refuse_odd_name(&name, &form.path("name"), problems);
}

pub(super) fn refuse_odd_name(name: &str, at: &str, problems: &mut Problems) {
    let legal = |c: char| {
        let script = matches!(c, '\u{900}'..='\u{97f}' | '\u{e00}'..='\u{e7f}');
        matches!(c, '-' | '_' | '\'') || script || (c.is_alphanumeric() && c.to_lowercase().eq([c]))
    };
    if !name.chars().all(legal) {
        let message = format!(
            "Command name \"{name}\" is invalid: lower-case letters, digits, -, _ and ' only."
        );
        problems.add(at, "APPLICATION_COMMAND_INVALID_NAME", message);
    }
}

/// The command as it is kept: without what Discord does not know, permissions as text.
pub(crate) fn kept(command: &Value) -> Value {
    let mut kept = only(command, &KNOWN);
    if let Some(options) = command["options"].as_array() {
        kept["options"] = options.iter().map(command_options::kept).collect();
    }
    if let Some(bits) = command["default_member_permissions"].as_u64() {
        kept["default_member_permissions"] = Value::from(bits.to_string());
    }
    kept
}

/// The fields of these names that were sent and are not `null`.
pub(super) fn only(value: &Value, names: &[&str]) -> Value {
    let fields = names.iter().map(|name| (*name, &value[*name]));
    let sent = fields.filter(|(_, value)| !value.is_null());
    let map: Map<String, Value> = sent
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect();
    Value::Object(map)
}

/// Code points of names, descriptions and choice values, options included, each in its longest language.
fn size(command: &Value) -> usize {
    let own: usize = ["name", "description", "value"]
        .iter()
        .map(|name| {
            let languages = command[format!("{name}_localizations")].as_object();
            let translated = languages.into_iter().flat_map(Map::values);
            let texts = translated.chain([&command[*name]]);
            let lengths = texts.filter_map(|text| Some(text.as_str()?.chars().count()));
            lengths.max().unwrap_or(0)
        })
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
    fn a_slash_command_needs_a_description() {
        assert!(codes(&json!({"name": "ask"})).contains("BASE_TYPE_REQUIRED"));
    }

    fn text(length: usize) -> String {
        "ü".repeat(length)
    }

    fn with(mut value: Value, more: &Value) -> Value {
        let fields = more.as_object().unwrap().clone();
        value.as_object_mut().unwrap().extend(fields);
        value
    }

    fn command(more: &Value) -> Value {
        with(json!({"name": "ask", "description": "d"}), more)
    }

    fn option(kind: u64, more: &Value) -> Value {
        let usual = json!({"type": kind, "name": "o", "description": "d"});
        ask(&json!([with(usual, more)]))
    }

    fn options(count: usize) -> Value {
        let option = |n| json!({"type": 3, "name": format!("o{n}"), "description": "d"});
        ask(&(0..count).map(option).collect())
    }

    fn choices(count: usize) -> Value {
        let choice = |n: usize| json!({"name": n.to_string(), "value": "v"});
        option(
            3,
            &json!({"choices": (0..count).map(choice).collect::<Vec<Value>>()}),
        )
    }

    fn choice(kind: u64, more: &Value) -> Value {
        option(
            kind,
            &json!({"choices": [with(json!({"name": "n", "value": 1}), more)]}),
        )
    }

    /// A command of exactly this many code points that count.
    fn of_size(size: usize) -> Value {
        let option = |n: usize, choice: usize| {
            json!({"type": 3, "name": format!("{n:02}"), "description": text(98), "choices":
            (0..3).map(|n| json!({"name": n.to_string(), "value": text(choice)})).collect::<Vec<Value>>()})
        };
        let mut options: Vec<Value> = (0..19).map(|n| option(n, 99)).collect();
        let filled: usize = 4 + options.iter().map(super::size).sum::<usize>();
        options.push(json!({"type": 3, "name": "zz", "description": text(98), "choices": []}));
        let mut left = size - filled - 100;
        let mut last = Vec::new();
        while left > 0 {
            let value = (left - 2).min(99);
            last.push(json!({"name": format!("{:02}", last.len()), "value": text(value)}));
            left -= value + 2;
        }
        options[19]["choices"] = Value::from(last);
        json!({"name": "ask", "description": "d", "options": options})
    }

    #[test]
    fn each_limit_is_accepted_and_one_beyond_is_refused() {
        let table = [
            (
                "name",
                command(&json!({"name": text(32)})),
                command(&json!({"name": text(33)})),
            ),
            (
                "description",
                command(&json!({"description": text(100)})),
                command(&json!({"description": text(101)})),
            ),
            ("options", options(25), options(26)),
            (
                "option's name",
                option(3, &json!({"name": text(32)})),
                option(3, &json!({"name": text(33)})),
            ),
            (
                "option's description",
                option(3, &json!({"description": text(100)})),
                option(3, &json!({"description": text(101)})),
            ),
            (
                "option's type",
                option(11, &json!({})),
                option(12, &json!({})),
            ),
            ("lowest type", option(1, &json!({})), option(0, &json!({}))),
            ("choices", choices(25), choices(26)),
            (
                "choice's name",
                choice(4, &json!({"name": text(100)})),
                choice(4, &json!({"name": text(101)})),
            ),
            (
                "choice's value",
                choice(3, &json!({"value": text(100)})),
                choice(3, &json!({"value": text(101)})),
            ),
            (
                "whole number",
                choice(4, &json!({"value": 1_u64 << 53})),
                choice(4, &json!({"value": (1_u64 << 53) + 2})),
            ),
            (
                "shortest text",
                option(3, &json!({"min_length": 6000})),
                option(3, &json!({"min_length": 6001})),
            ),
            (
                "longest text",
                option(3, &json!({"max_length": 6000})),
                option(3, &json!({"max_length": 6001})),
            ),
            (
                "some text",
                option(3, &json!({"max_length": 1})),
                option(3, &json!({"max_length": 0})),
            ),
            (
                "lengths",
                option(3, &json!({"min_length": 2, "max_length": 2})),
                option(3, &json!({"min_length": 3, "max_length": 2})),
            ),
            (
                "range",
                option(4, &json!({"min_value": -1, "max_value": -1})),
                option(4, &json!({"min_value": 0, "max_value": -1})),
            ),
            (
                "bound",
                option(10, &json!({"min_value": 0.5})),
                option(4, &json!({"min_value": 0.5})),
            ),
            (
                "kinds of channel",
                option(7, &json!({"channel_types": [0, 15]})),
                option(7, &json!({"channel_types": [9]})),
            ),
            (
                "contexts",
                command(&json!({"contexts": [0, 1, 2]})),
                command(&json!({"contexts": [3]})),
            ),
            (
                "some context",
                command(&json!({"contexts": [0]})),
                command(&json!({"contexts": []})),
            ),
            (
                "contexts once",
                command(&json!({"contexts": [0, 1]})),
                command(&json!({"contexts": [0, 0]})),
            ),
            (
                "installations",
                command(&json!({"integration_types": [0, 1]})),
                command(&json!({"integration_types": [2]})),
            ),
            (
                "permissions",
                command(&json!({"default_member_permissions": "8"})),
                command(&json!({"default_member_permissions": "all"})),
            ),
            (
                "language",
                command(&json!({"name_localizations": {"de": "frage"}})),
                command(&json!({"name_localizations": {"tlh": "frage"}})),
            ),
            (
                "translated name",
                command(&json!({"name_localizations": {"de": text(32)}})),
                command(&json!({"name_localizations": {"de": text(33)}})),
            ),
            (
                "its case",
                command(&json!({"name_localizations": {"de": "frage"}})),
                command(&json!({"name_localizations": {"de": "Frage"}})),
            ),
            (
                "translated description",
                command(&json!({"description_localizations": {"zh-TW": text(100)}})),
                command(&json!({"description_localizations": {"zh-TW": text(101)}})),
            ),
            (
                "type",
                json!({"name": "Ask This", "type": 3}),
                json!({"name": "Ask This", "type": 5}),
            ),
            (
                "name in a menu",
                json!({"name": text(32), "type": 2}),
                json!({"name": text(33), "type": 2}),
            ),
            (
                "text in a menu",
                json!({"name": "a", "type": 2, "description": ""}),
                json!({"name": "a", "type": 2, "description": "d"}),
            ),
            ("everything together", of_size(8000), of_size(8001)),
        ];
        for (limit, at_it, beyond) in table {
            assert_eq!(codes(&at_it), "", "{limit}");
            assert_ne!(codes(&beyond), "", "{limit}");
        }
    }

    #[test]
    fn the_longest_language_counts_towards_the_size() {
        let translated = with(
            of_size(7991),
            &json!({"description_localizations": {"de": text(10), "fr": text(9)}}),
        );
        assert_eq!(codes(&translated), "");
        let translated = with(
            of_size(7992),
            &json!({"description_localizations": {"de": text(10), "fr": text(9)}}),
        );
        assert!(codes(&translated).contains("TOO_LARGE"));
    }

    #[test]
    fn subcommands_nest_as_far_as_discord_lets_them() {
        let nested = |kind: u64, inner: &Value| json!([{"type": kind, "name": "s", "description": "d", "options": inner}]);
        let text = json!([{"type": 3, "name": "o", "description": "d"}]);
        assert_eq!(codes(&ask(&nested(2, &nested(1, &text)))), "");
        for wrong in [
            nested(2, &text),
            nested(2, &nested(2, &nested(1, &text))),
            nested(1, &nested(1, &text)),
            nested(1, &nested(2, &text)),
            json!([nested(1, &text)[0], text[0]]),
        ] {
            assert!(codes(&ask(&wrong)).contains("TYPE_INVALID"), "{wrong}");
        }
    }

    #[test]
    fn choices_and_autocomplete_are_for_texts_and_numbers() {
        assert!(codes(&option(6, &json!({"autocomplete": true}))).contains("TYPE_INVALID"));
        assert_eq!(codes(&option(10, &json!({"autocomplete": true}))), "");
        let both = json!({"autocomplete": true, "choices": [{"name": "n", "value": "v"}]});
        assert!(codes(&option(3, &both)).contains("AUTOCOMPLETE_CHOICES"));
        assert!(codes(&choice(3, &json!({}))).contains("VALUE_INVALID"));
        assert!(codes(&choice(4, &json!({"value": "1"}))).contains("VALUE_INVALID"));
        assert!(codes(&choice(4, &json!({"value": 1.5}))).contains("VALUE_INVALID"));
        let twins = json!({"choices": [{"name": "n", "value": "a"}, {"name": "n", "value": "b"}]});
        assert!(codes(&option(3, &twins)).contains("NAME_DUPLICATE"));
    }
}
