//! An emulator with a bot made of string: it shows every kind of message, and answers `/ask` bit by bit. For looking at the page.

#![expect(
    clippy::print_stdout,
    reason = "the page's address is all that this program has to say"
)]

use std::time::Duration;

use discord_emulator::{Emulator, Settings};
use serde_json::{Value, json};

#[expect(dead_code, reason = "the tests need more of the bot than this")]
#[path = "../tests/it/bot.rs"]
mod bot;

use bot::{Gateway, Rest};

const BIT: Duration = Duration::from_millis(700);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let page_port = std::env::args().nth(1).map_or(Ok(0), |port| port.parse())?;
    let emulator = Emulator::start(Settings {
        page_port,
        ..Settings::default()
    })
    .await?;
    let rest = Rest::new(&emulator);
    let (mut gateway, _) = Gateway::identified(&emulator, 0).await;
    register(&rest).await;
    show_everything(&emulator, &rest, &mut gateway).await?;
    println!("{}", emulator.page_url());
    let answering = async {
        loop {
            let interaction = gateway.event("INTERACTION_CREATE").await;
            answer(&rest, &interaction).await;
        }
    };
    tokio::select! {
        () = answering => {}
        () = heartbeats(&emulator) => {}
        stopped = tokio::signal::ctrl_c() => stopped?,
    }
    emulator.close().await;
    Ok(())
}

/// The bot's heart does not beat, so its time is over after a minute; this keeps the program there to be looked at.
async fn heartbeats(_emulator: &Emulator) {
    std::future::pending().await
}

async fn register(rest: &Rest) {
    let option = |name: &str, kind: u64, required: bool| json!({"type": kind, "name": name, "description": format!("The {name}"), "required": required});
    let mut mode = option("mode", 3, false);
    mode["choices"] =
        json!([{"name": "Quick", "value": "quick"}, {"name": "Deep", "value": "deep"}]);
    let set = json!({"type": 1, "name": "set", "description": "Set where answers come from", "options": [option("domains", 3, true)]});
    let commands = json!([
        {"name": "ask", "description": "Ask a question and get an answer with its sources", "options": [option("question", 3, true), mode, option("private", 5, false)]},
        {"name": "about", "description": "What this bot is"},
        {"name": "search", "description": "Search settings", "options": [set]},
    ]);
    rest.call(
        "PUT",
        &format!("/applications/{}/commands", rest.application),
        &commands,
    )
    .await;
}

async fn answer(rest: &Rest, interaction: &Value) {
    rest.defers(interaction).await;
    let text = "Use `sort_by_key`: it sorts by what a function gives for each element, and keeps equal ones in order. [1](<https://doc.rust-lang.org/std/primitive.slice.html>)";
    let mut shown = String::new();
    for word in text
        .split_inclusive(". ")
        .chain(["\n-# two sources, 0.1 s"])
    {
        tokio::time::sleep(BIT).await;
        shown.push_str(word);
        rest.edits(interaction, &json!({"content": shown})).await;
    }
}

/// One of each: Markdown, embeds, ephemeral, thinking, failed, edited.
async fn show_everything(
    emulator: &Emulator,
    rest: &Rest,
    gateway: &mut Gateway,
) -> Result<(), Box<dyn std::error::Error>> {
    let general = emulator.channel("general");
    emulator.channel("lounge");
    let (you, alice) = (emulator.person("you"), emulator.person("alice"));
    alice.says(
        &general,
        "Hello! Has anybody tried the **bot** yet? <b>no html</b> https://example.org/a_b_c.",
    )?;
    let markdown = "# Heading\n## Smaller\n-# subtext\n> a quote\n> of *two* lines\n- one\n  - inside\n- two\n1. first\n2. second\n```rust\nfn main() { let a = vec![3, 1, 2]; }\n```\n`code` **bold** *italic* __under__ ~~gone~~ ||secret|| snake_case_name\n[1](<https://doc.rust-lang.org/std>) [[2]](<https://example.org>) [https://evil.example](https://example.org)\n| a | b |\n|---|---|\n#### not a heading\n<@1100000000000000003> <#1100000000000000002> <t:1767225600:D> </ask:1>";
    rest.call(
        "POST",
        &format!("/channels/{}/messages", general.id()),
        &json!({"content": markdown, "allowed_mentions": {"parse": []}}),
    )
    .await;
    alice
        .uses(
            &general,
            "ask",
            &[("question", "How do I sort a vector by a key?")],
        )
        .await?;
    let interaction = gateway.event("INTERACTION_CREATE").await;
    rest.defers(&interaction).await;
    rest.edits(&interaction, &json!({"content": "Draft"})).await;
    let sources = json!({"title": "Sources", "color": 0x0b_6b_62, "description": "`1` [slice](<https://doc.rust-lang.org/std/primitive.slice.html>) – doc.rust-lang.org\n`2` [Vec](https://doc.rust-lang.org/std/vec/struct.Vec.html) – doc.rust-lang.org",
        "fields": [{"name": "Searched", "value": "12 pages", "inline": true}, {"name": "Took", "value": "0.1 s", "inline": true}], "footer": {"text": "from your documents"}});
    rest.edits(&interaction, &json!({"content": "Use `sort_by_key` or, for keys that are dear, `sort_by_cached_key`. [1](<https://doc.rust-lang.org/std/primitive.slice.html>) [2](<https://doc.rust-lang.org/std/vec/struct.Vec.html>)", "embeds": [sources]})).await;
    you.uses(
        &general,
        "ask",
        &[("question", "Only for me?"), ("private", "true")],
    )
    .await?;
    let interaction = gateway.event("INTERACTION_CREATE").await;
    rest.responds(
        &interaction,
        &json!({"type": 4, "data": {"content": "Yes, nobody else sees this.", "flags": 64}}),
    )
    .await;
    you.uses(&general, "about", &[]).await?;
    gateway.event("INTERACTION_CREATE").await;
    emulator.advance(Duration::from_secs(3));
    alice
        .uses(&general, "ask", &[("question", "Still thinking?")])
        .await?;
    let interaction = gateway.event("INTERACTION_CREATE").await;
    rest.defers(&interaction).await;
    Ok(())
}
