//! `/settings export`, `import`, `copy` and `reset`: what would change is shown before it is changed, and exactly that is changed.

use footnote_bot::search::fields::Value;
use serde_json::json;

use super::commands::only;
use crate::harness::pressing::buttons;
use crate::harness::{Asked, Asker, TestBot};

const TWO: &str =
    r#"{"footnote_settings":1,"settings":{"domains":{"only":["docs.rs"]},"images":true}}"#;

/// Presses a button below what was proposed, and reads what is said then.
async fn pressed(who: &Asker, proposed: &Asked, button: &str) -> String {
    let before = proposed.shown();
    let pressed = who.presses(&proposed.message(), button).await;
    pressed.until(|text| text != before).await
}

/// Hands in a file and imports it.
async fn imports(who: &Asker, bytes: &[u8]) -> Asked {
    let file = who.person.hands_in("settings.json", bytes).unwrap();
    who.types("import", &[("file", &file.to_string())]).await
}

#[tokio::test]
async fn what_is_exported_can_be_imported_elsewhere() {
    let bot = TestBot::spawn().await;
    let alice = bot.keeper("alice");
    let other = alice.at(&bot.discord.channel("other"));
    alice
        .is_told("domains allow", &[("domains", "docs.rs, rust-lang.org")])
        .await;
    alice
        .is_told("language sources", &[("languages", "German")])
        .await;
    let exported = alice.types("export", &[]).await;
    let reply = exported.interaction.reply().unwrap();
    let file = &reply["attachments"][0];
    assert_eq!(file["filename"], "settings.json");
    let address = file["url"].as_str().unwrap();
    let client = reqwest::Client::builder().build().unwrap();
    let got = client
        .get(address)
        .header("user-agent", "DiscordBot (a test)")
        .send()
        .await
        .unwrap();
    let text = got.text().await.unwrap();
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    let expected =
        json!({ "domains": { "only": ["docs.rs", "rust-lang.org"] }, "source_languages": ["de"] });
    assert_eq!(read["settings"], expected);
    let proposed = imports(&other, text.as_bytes()).await;
    let told = proposed.shown();
    assert!(
        told.starts_with("**This would change for Channel"),
        "{told}"
    );
    assert!(
        told.contains("all (inherited) → only `docs.rs`, `rust-lang.org`"),
        "{told}"
    );
    assert_eq!(
        buttons(&proposed.interaction.reply().unwrap()),
        ["Apply", "Cancel"]
    );
    let told = pressed(&other, &proposed, "Apply").await;
    assert!(told.starts_with("**Saved for Channel"), "{told}");
    assert!(buttons(&proposed.message().json().unwrap()).is_empty());
    let told = imports(&other, text.as_bytes()).await.shown();
    assert!(told.starts_with("Nothing would change"), "{told}");
}

#[tokio::test]
async fn nothing_changes_before_it_is_applied_nor_when_it_is_cancelled() {
    let bot = TestBot::spawn().await;
    let alice = bot.keeper("alice");
    let proposed = alice.types("import", &[("text", TWO)]).await;
    let shown = alice.is_told("export", &[]).await;
    assert!(shown.starts_with("Nothing is set for Channel"), "{shown}");
    let told = pressed(&alice, &proposed, "Cancel").await;
    assert_eq!(told, "Nothing was changed.");
    assert!(
        alice
            .is_told("export", &[])
            .await
            .starts_with("Nothing is set")
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_named_all_of_it() {
    let bot = TestBot::spawn().await;
    let alice = bot.keeper("alice");
    let wrong = r#"{"footnote_settings":1,"settings":{"domain":["docs.rs"],"colour":1,"images":"yes","country":"XX"}}"#;
    let told = imports(&alice, wrong.as_bytes()).await.shown();
    for named in [
        "`colour`",
        "`domain`",
        "Pictures cannot be read",
        "Country cannot be read",
    ] {
        assert!(told.contains(named), "{named}: {told}");
    }
    for (bytes, expected) in [
        (
            &b"{\n  nonsense"[..],
            "The file is no JSON: look at line 2, column 3.",
        ),
        (b"{\xff", "The file is no JSON: look at line 1, column 2."),
        (b"{}", "The file holds no settings of Footnote"),
        (
            br#"{"footnote_settings":9,"settings":{}}"#,
            "The file is of version `9`",
        ),
        (
            br#"{"footnote_settings":1,"settings":{}}"#,
            "Nothing is set in the file.",
        ),
        (&[b' '; 140_000], "The file has more than 131072 bytes."),
    ] {
        let told = imports(&alice, bytes).await.shown();
        assert!(told.starts_with(expected), "{expected}: {told}");
    }
    // What is the server's alone is left out where a part of it is set.
    let of_server = r#"{"footnote_settings":1,"settings":{"setters":[]}}"#;
    let told = alice.is_told("import", &[("text", of_server)]).await;
    assert!(told.starts_with("Nothing would change"), "{told}");
    assert!(
        told.contains("\nLeft out, since they are set for the whole server: "),
        "{told}"
    );
    for options in [&[][..], &[("text", TWO), ("file", "file")]] {
        let file = alice
            .person
            .hands_in("a.json", TWO.as_bytes())
            .unwrap()
            .to_string();
        let options: Vec<(&str, &str)> = options
            .iter()
            .map(|(name, value)| {
                (
                    *name,
                    if *name == "file" {
                        file.as_str()
                    } else {
                        *value
                    },
                )
            })
            .collect();
        let told = alice.is_told("import", &options).await;
        assert_eq!(told, "Give either a file or a text.");
    }
}

#[tokio::test]
async fn however_many_names_in_a_file_are_unknown_something_is_said() {
    let bot = TestBot::spawn().await;
    let alice = bot.keeper("alice");
    let unknown = (0..60).map(|n| (format!("{n:02}{}", "x".repeat(50)), json!(1)));
    let unknown: serde_json::Map<String, serde_json::Value> = unknown.collect();
    let file = json!({ "footnote_settings": 1, "settings": unknown }).to_string();
    let told = imports(&alice, file.as_bytes()).await.shown();
    assert_eq!(told, "Nothing was changed.\nAll of it is in the file.");
}

#[tokio::test]
async fn who_is_overtaken_changes_nothing() {
    let bot = TestBot::spawn().await;
    let (alice, bob) = (bot.keeper("alice"), bot.keeper("bob"));
    alice
        .is_told("domains allow", &[("domains", "docs.rs")])
        .await;
    let proposed = alice.types("reset", &[]).await;
    assert!(
        proposed
            .shown()
            .contains("only `docs.rs` → all (inherited)"),
        "{}",
        proposed.shown()
    );
    bob.is_told("domains allow", &[("domains", "rust-lang.org")])
        .await;
    let told = pressed(&alice, &proposed, "Apply").await;
    assert!(
        told.starts_with("Somebody else has changed these settings"),
        "{told}"
    );
    let told = bob
        .is_told("domains allow", &[("domains", "docs.rs")])
        .await;
    assert!(told.starts_with("Nothing changed"), "{told}");
}

#[tokio::test]
async fn two_who_type_at_once_both_have_their_way() {
    let bot = TestBot::spawn().await;
    let (alice, bob) = (bot.keeper("alice"), bot.keeper("bob"));
    let one = alice.is_told("domains allow", &[("domains", "docs.rs")]);
    let two = bob.is_told("domains allow", &[("domains", "rust-lang.org")]);
    tokio::join!(one, two);
    for host in ["docs.rs", "rust-lang.org"] {
        let told = alice.is_told("domains allow", &[("domains", host)]).await;
        assert!(told.starts_with("Nothing changed"), "{told}");
    }
}

#[tokio::test]
async fn a_field_or_everything_is_inherited_again() {
    let bot = TestBot::spawn().await;
    let alice = bot.keeper("alice");
    bot.sets(&bot.channel(), only(&["docs.rs"])).await;
    bot.sets(&bot.channel(), Value::Images(true)).await;
    let told = alice.is_told("reset", &[("field", "colour*`")]).await;
    assert!(told.starts_with("No setting is called “colour”."), "{told}");
    let proposed = alice.types("reset", &[("field", "images")]).await;
    let told = pressed(&alice, &proposed, "Apply").await;
    assert!(
        told.contains("**Pictures**") && !told.contains("**Domains**"),
        "{told}"
    );
    let proposed = alice.types("reset", &[]).await;
    let told = pressed(&alice, &proposed, "Apply").await;
    assert!(told.contains("only `docs.rs` → all (inherited)"), "{told}");
    assert!(
        alice
            .is_told("export", &[])
            .await
            .starts_with("Nothing is set")
    );
}

#[tokio::test]
async fn a_channel_is_set_as_another_one_is() {
    let bot = TestBot::spawn().await;
    let alice = bot.keeper("alice");
    let other = bot.discord.channel("other");
    bot.sets(&other, only(&["docs.rs"])).await;
    bot.sets(&bot.channel(), Value::Images(true)).await;
    let proposed = alice.types("copy", &[("from", "other")]).await;
    let told = pressed(&alice, &proposed, "Apply").await;
    assert!(
        told.contains("→ only `docs.rs`") && told.contains("**Pictures**"),
        "{told}"
    );
}

#[tokio::test]
async fn a_channel_is_set_as_its_server_is_and_what_is_copied_of_nothing_is_said() {
    let bot = TestBot::spawn().await;
    let alice = bot.manager("alice");
    bot.sets(&bot.channel(), Value::Images(true)).await;
    let from_server = [("from_level", "Server")];
    let told = alice.is_told("copy", &from_server).await;
    assert!(told.contains("\nNothing is set for"), "{told}");
    bot.sets_everywhere(only(&["docs.rs"])).await;
    let proposed = alice.types("copy", &from_server).await;
    assert!(!proposed.shown().contains("\nNothing is set for"));
    let told = pressed(&alice, &proposed, "Apply").await;
    assert!(told.starts_with("**Saved"), "{told}");
    let exported = alice.types("export", &[]).await;
    let reply = exported.interaction.reply().unwrap();
    assert_eq!(reply["attachments"].as_array().unwrap().len(), 1);
    let told = alice.is_told("copy", &[]).await;
    assert!(told.starts_with("Fill in at least one option"), "{told}");
}

#[tokio::test]
async fn what_was_proposed_is_forgotten_with_the_process() {
    let mut bot = TestBot::spawn().await;
    let alice = bot.keeper("alice");
    let proposed = alice.types("import", &[("text", TWO)]).await;
    bot.stop().await;
    bot.start().await;
    let told = pressed(&alice, &proposed, "Apply").await;
    assert!(told.starts_with("This is no longer open."), "{told}");
    assert!(
        alice
            .is_told("export", &[])
            .await
            .starts_with("Nothing is set")
    );
}
