//! What is set is held to whatever the service sends: what is outside is not shown, not linked, and said to be left out.

use footnote_bot::conversation::answer::Source;
use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::search::domains::{Domains, Hosts};
use footnote_bot::search::fields::Value;
use footnote_bot::search::freshness::{Dates, Freshness, Span};
use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use crate::harness::messages::buttons;
use crate::harness::service::{Script, done, pieces};
use crate::harness::{Asked, TestBot, content};

const GOOD: &str = "https://docs.example.org/tea";
const EVIL: &str = "https://evil.example/tea";

/// Cites and names pages outside of what is allowed, in every form that Discord would link.
const TEXT: &str = "Tea is black.[1] Tea is green.[2] See https://evil.example/a, [here](https://evil.example/b), \
<https://evil.example/c> or https://docs.example.org/more.";

fn only(domain: &str) -> Value {
    Value::Domains(Domains::Only(Hosts::of([domain]).unwrap()))
}

/// That sources must be published after this day.
fn after(day: &str) -> Value {
    let published = Span {
        after: day.parse().ok(),
        before: None,
    };
    let dates = Dates::of(published, Span::default()).unwrap();
    Value::Freshness(Freshness::Dates(dates))
}

/// The same events, in which the source at an address is of a day; none for one that is not told.
fn dated(events: &[String], address: &str, day: Option<&str>) -> Vec<String> {
    let dated = events.iter().map(|event| {
        let mut event: Json = serde_json::from_str(event.trim_start_matches("data: ")).unwrap();
        for result in event["search_results"].as_array_mut().unwrap() {
            if result["url"] == address {
                result["date"] = json!(day);
            }
        }
        format!("data: {event}\n\n")
    });
    dated.collect()
}

/// Everything that a message shows and links, as Discord has it.
fn everything(asked: &Asked) -> String {
    asked.interaction.reply().unwrap().to_string()
}

async fn kept(bot: &TestBot, asked: &Asked) -> (Vec<Source>, u32) {
    match bot.outcome(asked.interaction.id()).await {
        Some(Outcome::Answered(answer)) => (answer.sources, answer.filters.left_out),
        Some(Outcome::Failed { draft, .. }) => (draft.sources, draft.filters.left_out),
        None => panic!("no outcome"),
    }
}

#[tokio::test]
async fn a_source_from_elsewhere_is_gone_with_its_marker_its_picture_and_every_link_to_it() {
    let bot = TestBot::spawn_with(|settings| settings.display.images = true).await;
    bot.sets(&bot.channel(), only("example.org")).await;
    bot.service.next(Script::images(
        TEXT,
        &[EVIL, GOOD],
        &[
            ("https://pictures.example/1.png", EVIL),
            ("https://pictures.example/2.png", GOOD),
        ],
    ));
    let alice = bot.person("alice");
    let asked = alice.asks(&bot, "Tea?").await;
    assert_snapshot!(asked.shown(), @r"
    Tea is black. Tea is green. [2](<https://docs.example.org/tea>) See (an address that is not shown), here (evil.example), (an address that is not shown) or <https://docs.example.org/more>.

    **Sources**
    `2` [Page at docs.example.org/tea](<https://docs.example.org/tea>) · docs.example.org
    -# 1 source · sonar · example.org · ? s · $0.0051 · 1 number without a source removed · 1 source outside the filters left out
    ");
    let shown = everything(&asked);
    assert!(!shown.contains("evil.example/"), "{shown}");
    assert!(
        !shown.contains("/1.png") && shown.contains("/2.png"),
        "{shown}"
    );
    let (sources, left_out) = kept(&bot, &asked).await;
    assert_eq!((sources.len(), left_out), (1, 1));
    let pressed = alice.presses(&asked.message(), "Sources").await;
    let told = pressed.until(|text| text.contains("**Cited")).await;
    assert!(told.contains("`2` ") && !told.contains("evil"), "{told}");
}

#[tokio::test]
async fn what_one_could_ask_next_is_not_shown_where_that_is_set_off_though_the_service_tells_it() {
    let bot = TestBot::spawn_with(|settings| settings.answers.related_questions = true).await;
    bot.sets(&bot.channel(), Value::Related(false)).await;
    let script = || Script::related("Tea.[1]", &[GOOD], &["And milk?"]);
    bot.service.next(script());
    let asked = bot.person("alice").asks(&bot, "Tea?").await;
    assert!(!everything(&asked).contains("And milk?"));
    bot.sets(&bot.channel(), Value::Related(true)).await;
    bot.service.next(script());
    let asked = bot.person("alice").asks(&bot, "Tea?").await;
    assert!(everything(&asked).contains("And milk?"));
}

#[tokio::test]
async fn an_answer_that_is_stopped_shows_nothing_from_elsewhere_and_says_its_limits() {
    let bot = TestBot::spawn().await;
    bot.sets(&bot.channel(), only("example.org")).await;
    let text = format!("{TEXT} Then ");
    bot.service
        .next(Script::Stalls(pieces(&text, &[EVIL, GOOD])));
    let alice = bot.person("alice");
    let asked = alice.begins_to_ask("Tea?").await;
    let growing = asked.until(|text| text.contains("/more>")).await;
    assert!(!growing.contains("evil.example/"), "{growing}");
    alice.presses(&asked.message(), "Stop").await;
    bot.settled().await;
    assert_snapshot!(asked.shown(), @r"
    Tea is black. Tea is green. [2](<https://docs.example.org/tea>) See (an address that is not shown), here (evil.example), (an address that is not shown) or <https://docs.example.org/more>.

    **Sources**
    `2` [Page at docs.example.org/tea](<https://docs.example.org/tea>) · docs.example.org
    -# Stopped before it was complete.
    -# example.org · 1 number without a source removed · 1 source outside the filters left out
    ");
    assert_eq!(kept(&bot, &asked).await.1, 1);
}

#[tokio::test]
async fn a_source_whose_date_is_told_late_is_taken_out_again() {
    let bot = TestBot::spawn().await;
    bot.sets(&bot.channel(), after("2020-01-01")).await;
    let urls = [EVIL, GOOD];
    let text = "Tea is black.[1] Tea is green.[2] ";
    let begins = dated(&pieces(text, &urls), EVIL, None);
    let ends = dated(&[done(&urls)], EVIL, Some("2019-12-31"));
    bot.service.next(Script::Paused(begins, ends));
    let asked = bot.person("alice").begins_to_ask("Tea?").await;
    let growing = asked.until(|text| text.contains("[2](")).await;
    assert!(
        growing.contains("[1](<https://evil.example/tea>)"),
        "{growing}"
    );
    bot.service.go_on();
    bot.settled().await;
    assert_snapshot!(asked.shown(), @r"
    Tea is black. Tea is green. [2](<https://docs.example.org/tea>)

    **Sources**
    `2` [Page at docs.example.org/tea](<https://docs.example.org/tea>) · docs.example.org
    -# 1 source · sonar · published after 2020-01-01 · ? s · $0.0051 · 1 number without a source removed · 1 source outside the filters left out
    ");
}

#[tokio::test]
async fn a_page_that_is_left_out_for_its_date_is_not_linked_by_the_text_either() {
    let bot = TestBot::spawn().await;
    bot.sets(&bot.channel(), after("2020-01-01")).await;
    let text = "Tea.[2] See https://evil.example/tea or https://evil.example/other.";
    let urls = [EVIL, GOOD];
    let begins = dated(&pieces(text, &urls), EVIL, Some("2019-12-31"));
    let ends = dated(&[done(&urls)], EVIL, Some("2019-12-31"));
    bot.service.next(Script::Paused(begins, ends));
    let asked = bot.person("alice").begins_to_ask("Tea?").await;
    bot.service.go_on();
    bot.settled().await;
    let shown = everything(&asked);
    assert!(!shown.contains("evil.example/tea"), "{shown}");
    assert!(shown.contains("<https://evil.example/other>"), "{shown}");
}

#[tokio::test]
async fn what_is_set_on_a_channel_counts_from_its_very_next_answer_and_nowhere_else() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let (channel, other) = (bot.channel(), bot.discord.channel("other"));
    let thread = alice.opens_thread("tea");
    let mut told = Vec::new();
    let places = [&channel, &thread, &other];
    for place in places {
        bot.will_answer("Green.[2]", &[EVIL, GOOD]);
        alice.at(place).asks(&bot, "Tea?").await;
    }
    bot.sets(&channel, only("example.org")).await;
    for place in places {
        bot.will_answer("Black.[1] Green.[2]", &[EVIL, GOOD]);
        let asked = alice.at(place).asks(&bot, "Tea?").await;
        let request = bot.service.asked().pop().unwrap();
        let shown = asked.shown();
        let footer = shown.lines().last().unwrap_or_default();
        told.push(format!("{} {footer}", request["search_domain_filter"]));
        assert_eq!(shown.contains("evil.example"), place.id() == other.id());
        assert!(buttons(&asked.interaction.reply().unwrap()).contains(&"Sources".to_owned()));
    }
    let asked = bot.service.asked();
    let before: Vec<&Json> = asked
        .iter()
        .map(|request| &request["search_domain_filter"])
        .take(3)
        .collect();
    assert_eq!(before, [&json!(null); 3]);
    assert_snapshot!(told.join("\n"), @r#"
    ["example.org"] -# 1 source · sonar · example.org · ? s · $0.0051 · 1 number without a source removed · 1 source outside the filters left out
    ["example.org"] -# 1 source · sonar · example.org · ? s · $0.0051 · 1 number without a source removed · 1 source outside the filters left out
    null -# 2 sources · sonar · ? s · $0.0051
    "#);
}

#[tokio::test]
async fn an_answer_is_written_anew_within_what_is_set_by_then() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    bot.will_answer("Black.[1]", &[EVIL]);
    let asked = alice.asks(&bot, "Tea?").await;
    assert!(asked.shown().contains("evil.example"));
    bot.sets(&bot.channel(), only("example.org")).await;
    bot.will_answer("Black.[1] Green.[2]", &[EVIL, GOOD]);
    alice.presses(&asked.message(), "Regenerate").await;
    bot.answered_in_all(2).await;
    let shown = content(&asked.interaction.reply().unwrap());
    assert!(!shown.contains("evil.example"), "{shown}");
    assert!(
        shown.contains("1 source outside the filters left out"),
        "{shown}"
    );
}
