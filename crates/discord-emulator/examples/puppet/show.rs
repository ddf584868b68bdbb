//! One message of each kind, for whoever looks at the page: Markdown, embeds, replies, buttons, "thinking", failures.

use std::time::Duration;

use discord_emulator::Emulator;
use serde_json::{Value, json};

use crate::{
    bot::{Gateway, Rest},
    forms,
};

/// What Discord renders, and what it does not.
const MARKDOWN: &str = "# Heading\n## Smaller\n### Smallest\n#### no heading\n-# subtext\n> a quote\n> of *two* lines\n- one\n  - inside\n- two\n1. first\n2. second\n\
    ```rust\nfn main() { let a = vec![3, 1, 2]; }\n```\n`code` **bold** *italic* __under__ ~~gone~~ ||secret|| snake_case_name\n\
    [1](<https://doc.rust-lang.org/std>) [[2]](<https://example.org>) [https://evil.example](https://example.org) [🙂](https://example.org)\n\
    | a | b |\n|---|---|\n---\n$x^2$ <b>no html</b> ![no image](https://example.org/a.png)\n\
    <@1100000000000000003> <#1100000000000000002> <@&1100000000000000004> <t:1767225600:D> </ask:1> @everyone";

pub(crate) async fn everything(
    emulator: &Emulator,
    rest: &Rest,
    gateway: &mut Gateway,
) -> Result<(), Box<dyn std::error::Error>> {
    let general = emulator.channel("general");
    emulator.channel("lounge");
    emulator.furnish();
    let (you, alice) = (emulator.person("you"), emulator.person("alice"));
    let channel = general.id();
    alice.says(
        &general,
        "Hello! Has anybody tried the **bot** yet? https://example.org/a_b_c.",
    )?;
    alice.says(&general, "It is said to know its sources.")?;
    posts(rest, channel, &json!({"content": MARKDOWN})).await;
    alice
        .uses(
            &general,
            "ask",
            &[("question", "How do I sort a vector by a key?")],
        )
        .await?;
    let asked = gateway.event("INTERACTION_CREATE").await;
    rest.defers(&asked).await;
    rest.edits(&asked, &json!({"content": "Draft"})).await;
    rest.edits(&asked, &answered()).await;
    posts(rest, channel, &json!({"embeds": [embed()]})).await;
    posts(rest, channel, &forms::panel(0)).await;
    posts(rest, channel, &forms::layout()).await;
    you.uses(
        &general,
        "ask",
        &[("question", "Only for me?"), ("private", "true")],
    )
    .await?;
    let asked = gateway.event("INTERACTION_CREATE").await;
    rest.responds(
        &asked,
        &json!({"type": 4, "data": {"content": "Yes, nobody else sees this.", "flags": 64}}),
    )
    .await;
    you.uses(&general, "about", &[]).await?;
    gateway.event("INTERACTION_CREATE").await;
    emulator.advance(Duration::from_secs(3));
    alice
        .uses(&general, "ask", &[("question", "Still thinking?")])
        .await?;
    let asked = gateway.event("INTERACTION_CREATE").await;
    rest.defers(&asked).await;
    Ok(())
}

async fn posts(rest: &Rest, channel: u64, message: &Value) {
    let mut message = message.clone();
    message["allowed_mentions"] = json!({"parse": []});
    rest.call("POST", &format!("/channels/{channel}/messages"), &message)
        .await;
}

fn answered() -> Value {
    let sources = json!({"title": "Sources", "color": 0x0b_6b_62, "description": "`1` [slice](<https://doc.rust-lang.org/std/primitive.slice.html>) – doc.rust-lang.org\n`2` [Vec](https://doc.rust-lang.org/std/vec/struct.Vec.html) – doc.rust-lang.org",
        "fields": [{"name": "Searched", "value": "12 pages", "inline": true}, {"name": "Took", "value": "0.1 s", "inline": true}], "footer": {"text": "from your documents"}});
    json!({"content": "Use `sort_by_key` or, for keys that are dear, `sort_by_cached_key`. [1](<https://doc.rust-lang.org/std/primitive.slice.html>) [2](<https://doc.rust-lang.org/std/vec/struct.Vec.html>)", "embeds": [sources]})
}

/// An embed with all of its parts.
fn embed() -> Value {
    json!({"author": {"name": "The author", "url": "https://example.org/author"}, "title": "Every part of an embed", "url": "https://example.org/title",
        "description": "A description with **Markdown** and a [link](https://example.org).", "color": 0xb0_5a_1e,
        "fields": [{"name": "One", "value": "of three", "inline": true}, {"name": "Two", "value": "of three", "inline": true}, {"name": "Three", "value": "of three", "inline": true},
            {"name": "A field of its own", "value": "that takes the whole width"}],
        "thumbnail": {"url": "https://example.org/thumbnail.png"}, "image": {"url": "https://example.org/image.png"},
        "footer": {"text": "The footer"}, "timestamp": "2026-01-01T00:00:00.000Z"})
}
