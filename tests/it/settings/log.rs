//! `/settings log`: who changed what, page by page.

use footnote_bot::search::fields::Value;
use footnote_bot::search::persona::{Instruction, Persona};

use super::commands::only;
use crate::harness::pressing::buttons;
use crate::harness::{Asked, TestBot};

/// The changes that a page tells of, by the turns that each was set to.
fn turns(page: &str) -> Vec<u32> {
    let numbers = page.lines().filter_map(|line| line.split(" → ").nth(1));
    let first = numbers.filter_map(|after| after.split(' ').next());
    first.filter_map(|number| number.parse().ok()).collect()
}

fn buttons_of(page: &Asked) -> Vec<String> {
    buttons(&page.message().json().unwrap())
}

#[tokio::test]
async fn changes_are_told_whole_the_newest_first_page_by_page() {
    let bot = TestBot::spawn_with(|settings| settings.conversations.history_turns = 50).await;
    let alice = bot.keeper("alice");
    for number in 1..=25 {
        let number = number.to_string();
        alice
            .is_told("history", &[("turns", &number), ("tokens", "1000")])
            .await;
    }
    let log = alice.types("log", &[]).await;
    let first = log.shown();
    let place = format!("Channel <#{}>", bot.channel().id());
    assert!(
        first.starts_with(&format!("**Changes of {place}**\n<t:")),
        "{first}"
    );
    let mention = alice.mention();
    assert!(
        first.contains(&format!(":R> {mention} changed {place}\n**History**: ")),
        "{first}"
    );
    assert_eq!(turns(&first), (16..=25).rev().collect::<Vec<_>>());
    assert_eq!(buttons_of(&log), ["Older"]);
    let page = log.message();
    alice
        .presses(&page, "Older")
        .await
        .until(|text| *text != first)
        .await;
    assert_eq!(turns(&page.reads()), (6..=15).rev().collect::<Vec<_>>());
    let second = page.reads();
    alice
        .presses(&page, "Older")
        .await
        .until(|text| *text != second)
        .await;
    assert_eq!(turns(&page.reads()), (1..=5).rev().collect::<Vec<_>>());
    assert_eq!(buttons(&page.json().unwrap()), ["Newest"]);
    alice
        .presses(&page, "Newest")
        .await
        .until(|text| *text == first)
        .await;
}

#[tokio::test]
async fn pages_go_on_after_a_restart() {
    let mut bot = TestBot::spawn_with(|settings| settings.conversations.history_turns = 50).await;
    let alice = bot.keeper("alice");
    for number in 1..=12 {
        alice
            .is_told("history", &[("turns", &number.to_string())])
            .await;
    }
    let log = alice.types("log", &[]).await;
    bot.stop().await;
    bot.start().await;
    let older = alice.presses(&log.message(), "Older").await;
    let shown = older.until(|text| turns(text).len() == 2).await;
    assert_eq!(turns(&shown), [2, 1]);
}

#[tokio::test]
async fn a_page_holds_fewer_changes_where_they_are_long() {
    let bot = TestBot::spawn().await;
    let alice = bot.keeper("alice");
    for number in 0..5 {
        let text = format!("{number}{}", "x".repeat(499));
        let instruction = Instruction::parse(&text).unwrap();
        let persona = Value::Persona(Persona::Instruction(instruction));
        bot.sets(&bot.channel(), persona).await;
    }
    let log = alice.types("log", &[]).await;
    let told = log.shown();
    assert_eq!(
        told.matches("<t:").count(),
        1,
        "old and new, and there is no room for another"
    );
    assert!(told.chars().count() > 1_000 && told.matches(&"x".repeat(499)).count() == 2);
    assert_eq!(buttons_of(&log), ["Older"]);
}

#[tokio::test]
async fn a_change_that_no_message_holds_goes_as_a_file() {
    let bot = TestBot::spawn().await;
    let alice = bot.keeper("alice");
    let label = "a".repeat(61);
    let hosts: Vec<String> = (0..20)
        .map(|n| format!("h{n:02}.{label}.{label}.{label}.example"))
        .collect();
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    bot.sets(&bot.channel(), only(&hosts)).await;
    let log = alice.types("log", &[]).await;
    assert!(
        log.shown().ends_with("All of it is in the file."),
        "{}",
        log.shown()
    );
    let reply = log.interaction.reply().unwrap();
    assert_eq!(reply["attachments"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_log_of_the_server_is_of_all_of_it_and_that_of_a_channel_its_own() {
    let bot = TestBot::spawn().await;
    let alice = bot.manager("alice");
    let other = bot.discord.channel("other");
    alice.is_told("recency", &[("age", "1")]).await;
    alice.at(&other).is_told("recency", &[("age", "2")]).await;
    let log = async |options: &[(&str, &str)]| {
        let told = alice.is_told("log", options).await;
        told.matches("<t:").count()
    };
    assert_eq!(log(&[]).await, 1);
    assert_eq!(log(&[("where", "other")]).await, 1);
    assert_eq!(log(&[("level", "Server")]).await, 2);
    assert_eq!(log(&[("where", "other"), ("level", "Server")]).await, 2);
    let nothing = bot.discord.channel("quiet");
    let told = alice.at(&nothing).is_told("log", &[]).await;
    assert!(told.ends_with("\nNothing was changed."), "{told}");
}
