//! A question that is researched: from the command to the answer, and every other way to ask for one.

use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::ids::ChannelId;
use footnote_bot::search::fields::Value;
use footnote_bot::search::service::{Depth, Model};
use footnote_bot::settings::conversations::Threads;
use serde_json::json;

use super::{Library, done, plain, reads};
use crate::harness::content;
use crate::harness::messages::until_gone;
use crate::harness::research_service::{Work, asks};

/// A bot that opens a thread on the answers it researched.
async fn opening() -> Library {
    Library::opens_with(|settings| settings.conversations.threads = Threads::Always).await
}

#[tokio::test]
async fn a_research_is_shown_as_it_runs_and_answered_in_a_thread_by_a_message_that_pings_its_asker()
{
    let library = opening().await;
    let alice = library.person("alice");
    let asked = alice.has_researched("Why is the sky blue?").await;
    library.taken_on(1).await;
    let running = asked.until(|text| text.contains("Researching")).await;
    assert!(
        running.contains("Expected: about 3 to 10 minutes · about $0.50, up to $1.50"),
        "{running}"
    );
    library
        .researches()
        .completes(0, "So it is.[1]", &["https://example.org/so"], Some(0.41));
    library.until_over(asked.interaction.id()).await;

    let thread = asked.thread().unwrap();
    let inside = alice.at(&thread);
    let answer = inside.until_seen("So it is. [1]").await;
    let text = content(&answer.json().unwrap());
    assert!(text.starts_with(&alice.mention()), "{text}");
    assert!(text.contains("researched in"), "{text}");
    assert!(text.contains("$0.41"), "{text}");
    assert_eq!(library.pinged_by(&answer), [alice.person.id()]);
    let link = format!("/{}/{}", thread.id(), answer.id());
    assert!(asked.shown().contains(&link), "{}", asked.shown());
    assert_eq!(library.pinged_by(&asked.message()), [0_u64; 0]);
    assert_eq!(library.researches().paid(), 1);
    let home = ChannelId(thread.id());
    assert!(library.store().living_in(home).await.unwrap().is_some());

    // One can go on talking there, and what was researched is known.
    library.will_answer("Because of that.", &[]);
    inside.asks(&library, "And the sunset?").await;
    let sent = library.service.asked()[0]["messages"].to_string();
    assert!(sent.contains("So it is."), "{sent}");
}

#[tokio::test]
async fn a_long_answer_comes_in_order_with_all_of_it_in_a_file() {
    let library = Library::opens().await;
    let alice = library.person("alice");
    let asked = alice.has_researched("Everything?").await;
    library.taken_on(1).await;
    let paragraphs: Vec<String> = (1..=40)
        .map(|number| format!("Paragraph {number}. {}", "Words of note.[1] ".repeat(12)))
        .collect();
    let text = paragraphs.join("\n\n");
    library
        .researches()
        .completes(0, &text, &["https://example.org/so"], Some(0.41));
    library.until_over(asked.interaction.id()).await;

    let parts = library
        .outcome_in(&alice.channel, asked.interaction.id())
        .await;
    assert!(parts.len() > 1, "one message holds it");
    let ids: Vec<u64> = parts.iter().map(|part| part.id()).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    let pinged: Vec<usize> = parts
        .iter()
        .map(|part| library.pinged_by(part).len())
        .collect();
    assert_eq!(pinged[0], 1);
    assert_eq!(pinged.iter().sum::<usize>(), 1, "{pinged:?}");
    let last = parts.last().unwrap().json().unwrap();
    let file = last["attachments"][0]["filename"].as_str().unwrap();
    assert!(file.ends_with(".md"), "{file}");
    let size = last["attachments"][0]["size"].as_u64().unwrap();
    assert!(size as usize > text.len() / 2, "{size}");
}

#[tokio::test]
async fn every_way_to_ask_leads_to_a_research_where_that_depth_is_wished_for_or_set() {
    let library = Library::opens().await;
    library.researches().at_once(done("So it is."));
    let alice = library.person("alice");
    let wished = alice
        .begins_to_ask_with("By a wish?", &[("depth", "research")])
        .await;
    library.until_over(wished.interaction.id()).await;

    library
        .sets_everywhere(Value::Model(Model::Depth(Depth::Research)))
        .await;
    let asked = alice.begins_to_ask("By what is set?").await;
    library.until_over(asked.interaction.id()).await;
    let mentioned = alice.mentions_bot("By a mention?");
    library.question_of(&mentioned).await;
    library.until_over(mentioned.id()).await;

    let book = library.researches().book();
    let asked_for: Vec<&str> = book
        .taken
        .iter()
        .map(|taken| asks(&taken.request))
        .collect();
    assert_eq!(
        asked_for,
        ["By a wish?", "By what is set?", "By a mention?"]
    );
    assert!(library.service.asked().is_empty(), "none was asked at once");
    for taken in &book.taken {
        assert_eq!(taken.request["model"], "sonar-deep-research");
    }
    // The mention was replied to with the progress, and that by the answer.
    let replies = library.replies_to(&mentioned);
    assert_eq!(replies.len(), 1, "{replies:#?}");
    assert!(content(&replies[0]).contains("Deep research: ["));
    let last = alice.last();
    assert!(content(&last).contains("So it is."), "{last}");
    let replied_to = &last["message_reference"]["message_id"];
    assert_eq!(replied_to, &replies[0]["id"]);
}

#[tokio::test]
async fn what_is_wished_for_a_research_limits_its_search() {
    let library = Library::opens().await;
    let alice = library.person("alice");
    let wishes = [
        ("domains", "example.org"),
        ("recency", "at most a month old"),
    ];
    let asked = alice.has_researched_with("Tea?", &wishes).await;
    library.taken_on(1).await;
    let request = library.researches().book().taken[0].request.clone();
    assert_eq!(request["search_domain_filter"], json!(["example.org"]));
    assert_eq!(request["search_recency_filter"], "month");
    library
        .researches()
        .completes(0, "Tea.[1]", &["https://example.org/tea"], Some(0.41));
    library.until_over(asked.interaction.id()).await;
    // The page is older than a month, so that it is no source.
    let answer = alice.until_seen("Tea.").await;
    assert!(answer.reads().contains("example.org"), "{}", answer.reads());
}

#[tokio::test]
async fn where_the_operator_has_no_model_nothing_is_researched() {
    let library = Library::opens_with(|settings| settings.research.model.clear()).await;
    let asked = library.person("alice").has_researched("Tea?").await;
    assert!(
        reads(&asked.interaction).starts_with("Nothing can be researched here"),
        "{}",
        asked.shown()
    );
    let question = library.store().asked_by(asked.interaction.id()).await;
    assert_eq!(question.unwrap(), None);
}

#[tokio::test]
async fn more_than_may_be_open_is_refused_and_not_recorded() {
    let library = Library::opens_with(|settings| settings.research.open_per_person = 1).await;
    let (alice, bob) = (library.person("alice"), library.person("bob"));
    alice.has_researched("Tea?").await;
    let refused = alice.has_researched("Coffee?").await;
    assert!(
        reads(&refused.interaction).starts_with("You have a research open here already."),
        "{}",
        refused.shown()
    );
    // What is one person's is not another's.
    bob.has_researched("Milk?").await;
    library.taken_on(2).await;
    assert_eq!(library.researches().paid(), 2);
}

#[tokio::test]
async fn a_failure_pings_its_asker_says_what_it_cost_and_can_be_tried_again() {
    let library = Library::opens().await;
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    library.taken_on(1).await;
    library.researches().comes_to(0, Work::Failed);
    library.until_over(asked.interaction.id()).await;
    let failure = alice.until_seen("gave it up").await;
    assert_eq!(library.pinged_by(&failure), [alice.person.id()]);
    let text = failure.reads();
    assert!(
        text.contains("The service did not say what it cost."),
        "{text}"
    );

    let progress = asked.message();
    alice.presses(&failure, "Try again").await;
    library.taken_on(2).await;
    // The message that was pressed shows the new progress; the old one leads nowhere any more.
    let again = alice.until_seen("Researching").await;
    assert_eq!(again.id(), failure.id());
    until_gone(&progress).await;
    library
        .researches()
        .completes(1, "So it is.[1]", &["https://example.org/so"], Some(0.41));
    library.until_over(asked.interaction.id()).await;
    let book = library.researches().book();
    assert_ne!(book.taken[0].key, book.taken[1].key);
    let answers = alice.sees();
    let answers: Vec<String> = answers.iter().map(content).collect();
    assert_eq!(answers.len(), 2, "{answers:?}");
    assert!(
        plain(&answers[0]).contains("Deep research: ["),
        "{answers:?}"
    );
    assert!(answers[1].contains("So it is. [1]"), "{answers:?}");
    let outcome = library.outcome(asked.interaction.id()).await;
    assert!(matches!(outcome, Some(Outcome::Answered(_))));
}

#[tokio::test]
async fn an_answer_that_was_researched_is_regenerated_as_a_research() {
    let library = Library::opens().await;
    let alice = library.person("alice");
    let asked = library.researches_for(&alice, "Tea?").await;
    let answer = alice.until_seen("So it is. [1]").await;
    alice.presses(&answer, "Regenerate").await;
    library.taken_on(2).await;
    library
        .researches()
        .completes(1, "Still so.[1]", &["https://example.org/so"], Some(0.41));
    library.until_over(asked.interaction.id()).await;
    alice.until_seen("Still so. [1]").await;
    let seen: Vec<String> = alice.sees().iter().map(content).collect();
    assert!(
        seen.iter().all(|text| !text.contains("So it is.")),
        "{seen:?}"
    );
    assert!(library.service.asked().is_empty());
}

#[tokio::test]
async fn the_same_event_twice_is_one_research() {
    let library = Library::opens().await;
    let alice = library.person("alice");
    library.discord.tolerates_rejections();
    let twice = discord_emulator::EventFault::new(
        "INTERACTION_CREATE",
        1,
        discord_emulator::EventAction::Double,
    );
    library.discord.event_fault(twice).unwrap();
    let asked = library.researches_for(&alice, "Tea?").await;
    alice.until_seen("So it is. [1]").await;
    assert_eq!(library.researches().paid(), 1);
    let parts = library
        .outcome_in(&alice.channel, asked.interaction.id())
        .await;
    assert_eq!(parts.len(), 1);
}
