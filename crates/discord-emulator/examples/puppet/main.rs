//! An emulator with a bot made of string: it shows every kind of message, and answers whatever is used, pressed, chosen, typed or filled in.

#![expect(
    clippy::print_stdout,
    reason = "the page's address is all that this program has to say"
)]

use std::time::Duration;

use discord_emulator::{Emulator, Settings};
use serde_json::{Value, json};
use tokio::time::MissedTickBehavior;

#[expect(dead_code, reason = "the tests need more of the bot than this")]
#[path = "../../tests/it/bot.rs"]
mod bot;
mod forms;
mod show;

use bot::{Gateway, Rest};

/// How long the bot takes for one bit of an answer.
const BIT: Duration = Duration::from_millis(700);
const HEARTBEAT: Duration = Duration::from_secs(10);
/// Messages in guilds and direct messages.
const INTENTS: u64 = 1 << 9 | 1 << 12;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let page_port = std::env::args().nth(1).map_or(Ok(0), |port| port.parse())?;
    let emulator = Emulator::start(Settings {
        page_port,
        ..Settings::default()
    })
    .await?;
    let rest = Rest::new(&emulator);
    let (mut gateway, _) = Gateway::identified(&emulator, INTENTS).await;
    let path = format!("/applications/{}/commands", rest.application);
    rest.call("PUT", &path, &forms::commands()).await;
    show::everything(&emulator, &rest, &mut gateway).await?;
    println!("{}", emulator.page_url());
    tokio::select! {
        () = answering(&rest, &mut gateway) => {}
        stopped = tokio::signal::ctrl_c() => stopped?,
    }
    emulator.close().await;
    Ok(())
}

/// Answers one event after the other, and keeps the heart beating.
async fn answering(rest: &Rest, gateway: &mut Gateway) {
    let mut heart = tokio::time::interval(HEARTBEAT);
    heart.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut presses = 0;
    loop {
        let payload = tokio::select! {
            payload = gateway.payload() => payload,
            _ = heart.tick() => {
                gateway.send(&json!({"op": 1, "d": gateway.last_seq})).await;
                continue;
            }
        };
        let d = &payload["d"];
        match payload["t"].as_str() {
            Some("INTERACTION_CREATE") => interaction(rest, d, &mut presses).await,
            Some("MESSAGE_CREATE") => written(rest, d).await,
            _ => {}
        }
    }
}

async fn interaction(rest: &Rest, interaction: &Value, presses: &mut u64) {
    match interaction["type"].as_u64() {
        Some(3) => component(rest, interaction, presses).await,
        Some(4) => {
            let typed = interaction["data"]["options"][0]["value"].as_str();
            let choices = forms::books(typed.unwrap_or_default());
            rest.responds(
                interaction,
                &json!({"type": 8, "data": {"choices": choices}}),
            )
            .await;
        }
        Some(5) => {
            let fields = filled_in(&interaction["data"]["components"]);
            let content = format!("Thank you. You wrote:\n{fields}");
            says(rest, interaction, &json!({"content": content})).await;
        }
        _ => command(rest, interaction, *presses).await,
    }
}

async fn command(rest: &Rest, interaction: &Value, presses: u64) {
    let data = &interaction["data"];
    match data["name"].as_str() {
        Some("ask") => answer(rest, interaction).await,
        Some("silence") => {}
        Some("panel") => says(rest, interaction, &forms::panel(presses)).await,
        Some("layout") => says(rest, interaction, &forms::layout()).await,
        Some("feedback") => opens(rest, interaction, &forms::feedback()).await,
        Some("survey") => opens(rest, interaction, &forms::survey()).await,
        Some(name) => {
            let content = format!("You used `{name}` with:\n```json\n{data:#}\n```");
            let content: String = content.chars().take(1_900).collect();
            says(
                rest,
                interaction,
                &json!({"content": content, "flags": 64, "allowed_mentions": {"parse": []}}),
            )
            .await;
        }
        None => {}
    }
}

async fn component(rest: &Rest, interaction: &Value, presses: &mut u64) {
    let data = &interaction["data"];
    match data["custom_id"].as_str() {
        Some("count") => {
            *presses += 1;
            let changed = json!({"type": 7, "data": forms::panel(*presses)});
            rest.responds(interaction, &changed).await;
        }
        Some("later") => {
            rest.responds(interaction, &json!({"type": 6})).await;
            tokio::time::sleep(BIT).await;
            rest.edits(interaction, &json!({"content": "That took a while."}))
                .await;
        }
        Some("form") => opens(rest, interaction, &forms::feedback()).await,
        Some("silent") => {}
        _ => {
            let content = match data["values"].as_array() {
                Some(values) => format!("You chose {}.", list(values)),
                None => "Only you read this.".to_owned(),
            };
            says(
                rest,
                interaction,
                &json!({"content": content, "flags": 64, "allowed_mentions": {"parse": []}}),
            )
            .await;
        }
    }
}

async fn says(rest: &Rest, interaction: &Value, data: &Value) {
    rest.responds(interaction, &json!({"type": 4, "data": data}))
        .await;
}

async fn opens(rest: &Rest, interaction: &Value, modal: &Value) {
    rest.responds(interaction, &json!({"type": 9, "data": modal}))
        .await;
}

/// "Thinking", then a text that grows.
async fn answer(rest: &Rest, interaction: &Value) {
    rest.defers(interaction).await;
    let text = "Use `sort_by_key`: it sorts by what a function gives for each element, and keeps equal ones in order. [1](<https://doc.rust-lang.org/std/primitive.slice.html>)";
    let mut shown = String::new();
    for bit in text
        .split_inclusive(' ')
        .collect::<Vec<_>>()
        .chunks(6)
        .map(<[&str]>::concat)
        .chain(["\n-# two sources, 0.1 s".to_owned()])
    {
        tokio::time::sleep(BIT).await;
        shown.push_str(&bit);
        rest.edits(interaction, &json!({"content": shown})).await;
    }
}

/// Answers whoever mentions the bot or writes to it directly, after typing for a while.
async fn written(rest: &Rest, message: &Value) {
    let is_bot = message["author"]["bot"] == true;
    let content = message["content"].as_str().unwrap_or_default();
    if is_bot || content.is_empty() {
        return;
    }
    let channel = message["channel_id"].as_str().unwrap_or_default();
    rest.call("POST", &format!("/channels/{channel}/typing"), &json!({}))
        .await;
    tokio::time::sleep(BIT).await;
    let reply = json!({"content": "I heard you.", "message_reference": {"message_id": message["id"]}, "allowed_mentions": {"parse": []}});
    rest.call("POST", &format!("/channels/{channel}/messages"), &reply)
        .await;
}

/// The fields of a form that was sent, one a line, however deep they stand.
fn filled_in(components: &Value) -> String {
    let mut lines = String::new();
    for one in components.as_array().into_iter().flatten() {
        lines += &filled_in(&one["components"]);
        if one["component"].is_object() {
            lines += &filled_in(&json!([one["component"]]));
        }
        if let Some(id) = one["custom_id"].as_str() {
            let value = match (&one["value"], one["values"].as_array()) {
                (Value::String(text), _) => text.clone(),
                (Value::Null, Some(values)) => list(values),
                (other, _) => other.to_string(),
            };
            lines += &format!("* {id}: {value}\n");
        }
    }
    lines
}

fn list(values: &[Value]) -> String {
    let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
    values.join(", ")
}
