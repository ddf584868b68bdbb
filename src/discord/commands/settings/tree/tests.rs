//! What Discord is told of `/settings`.

use serde_json::{Value, json};

use super::*;

fn told() -> Value {
    serde_json::to_value(command().create_as_slash_command().unwrap()).unwrap()
}

/// How many characters of a command Discord counts: its texts with those of all that is in it, of each text the longest that it has in any
/// language.
///
/// See <https://discord.com/developers/docs/interactions/application-commands#application-command-object>.
fn counted(command: &Value) -> usize {
    let longest = |text: &str| {
        let localized = command[format!("{text}_localizations")].as_object();
        let localized = localized.into_iter().flat_map(|texts| texts.values());
        let texts = localized.chain([&command[text]]).filter_map(Value::as_str);
        texts
            .map(|text| text.chars().count())
            .max()
            .unwrap_or_default()
    };
    let inner = ["options", "choices"].into_iter().flat_map(|list| {
        let list = command[list].as_array();
        list.into_iter().flatten()
    });
    let value = command["value"]
        .as_str()
        .unwrap_or_default()
        .chars()
        .count();
    longest("name") + longest("description") + value + inner.map(counted).sum::<usize>()
}

#[test]
fn discord_is_told_that_it_is_for_servers_and_for_everybody_in_them() {
    let told = told();
    assert_eq!(told["integration_types"], json!([0]));
    assert_eq!(told["contexts"], json!([0]));
    // Whoever has a role that the server chose is to reach it, whatever else they may do.
    assert!(
        told.get("default_member_permissions")
            .is_none_or(Value::is_null)
    );
    assert!(told["options"].as_array().unwrap().len() <= 25);
}

#[test]
fn it_is_no_larger_than_discord_takes_a_command() {
    let counted = counted(&told());
    assert!(counted <= 8_000, "{counted} characters");
}

#[test]
fn every_subcommand_and_every_option_says_what_it_is() {
    for leaf in leaves() {
        for language in Language::ALL {
            assert!(
                !command_texts::command(leaf.path, language).is_empty(),
                "{}",
                leaf.path
            );
            for option in options(leaf) {
                let text = command_texts::option(leaf.path, option.name, language);
                assert!(!text.is_empty(), "{} {}", leaf.path, option.name);
            }
        }
    }
}

#[test]
fn every_subcommand_is_there_once_and_needed_options_come_first() {
    let mut paths: Vec<&str> = leaves().map(|leaf| leaf.path).collect();
    paths.sort_unstable();
    let count = paths.len();
    paths.dedup();
    assert_eq!(paths.len(), count);
    for leaf in leaves() {
        let required: Vec<bool> = options(leaf).map(|option| option.required).collect();
        assert!(
            required.is_sorted_by(|one, next| one >= next),
            "{}",
            leaf.path
        );
    }
}
