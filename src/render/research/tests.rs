//! Researches, as their readers see them.

use std::fmt::Write;
use std::time::Duration;

use super::super::answer::tests::{question, source};
use super::*;
use crate::conversation::answer::{Answer, Finish, Usage};
use crate::conversation::controls::Deed;
use crate::conversation::language::Language;
use crate::conversation::question::QuestionText;
use crate::conversation::rules::{Density, Format};
use crate::ids::PersonId;
use crate::render::MESSAGE_LIMIT;
use crate::render::answer::without_file;
use crate::render::detour::{Detour, led};
use crate::render::sentences::Refusal;
use crate::research::desk::Full;
use crate::research::estimate::Cost;
use crate::research::record::Paid;
use crate::search::Filters;

const ESTIMATE: Estimate = Estimate {
    seconds: 180,
    at_most_seconds: 600,
    cost: Some(Cost {
        usd: 0.5,
        at_most_usd: 1.5,
    }),
};

const FREE: Estimate = Estimate {
    cost: Some(Cost {
        usd: 0.0,
        at_most_usd: 0.0,
    }),
    ..ESTIMATE
};

const UNKNOWN: Estimate = Estimate {
    cost: None,
    ..ESTIMATE
};

const STANDINGS: [Standing; 8] = [
    Standing::Unconfirmed,
    Standing::InLine(1),
    Standing::InLine(3),
    Standing::Submitting,
    Standing::Busy(Moment(1_700_000_060_999)),
    running(20, true),
    running(125, true),
    running(60, false),
];

const PAID: [Paid; 5] = [
    Paid::Nothing,
    Paid::Exactly(0.41),
    Paid::Unsaid,
    Paid::Perhaps,
    Paid::StillRunning,
];

const fn running(seconds: u64, begun: bool) -> Standing {
    Standing::Running {
        since: Moment(1_700_000_000_000),
        seconds,
        begun,
    }
}

fn asked_in(language: Language) -> Question {
    let mut question = question(true);
    question.asked.language = language;
    question
}

fn report(estimate: Estimate, paid: Paid) -> Report {
    Report { estimate, paid }
}

fn answered(text: &str) -> Answer {
    Answer {
        text: text.to_owned(),
        sources: vec![
            source(1, "Tea", "https://tea.example/"),
            source(2, "Cups", "https://cups.example/"),
        ],
        model: "sonar-deep-research".to_owned(),
        finish: Finish::Complete,
        usage: Usage::default(),
        related: vec!["And coffee?".to_owned()],
        images: Vec::new(),
        filters: Filters::default(),
        took: Duration::from_secs(252),
    }
}

fn long() -> String {
    let facts = (0..200).map(|n| format!("Fact w{n} says something of note.[1]"));
    facts.collect::<Vec<_>>().join("\n\n")
}

/// A message with its buttons; what does not break and what keeps names from pinging are shown.
fn seen(message: &Message) -> String {
    let buttons: Vec<String> = message
        .buttons()
        .iter()
        .map(|button| format!("[{}]", button.label))
        .collect();
    let text = message.content().replace('\u{a0}', "⍽");
    let buttons = buttons.join(" ");
    let file = message.file().map(|file| format!("\n<{}>", file.name));
    format!("{text}\n{buttons}{}", file.unwrap_or_default())
        .trim_end()
        .to_owned()
}

fn deeds(message: &Message) -> Vec<Deed> {
    let buttons = message.buttons().iter();
    buttons.map(|button| button.control.deed).collect()
}

/// Compares with the file that a person read.
fn told_like(name: &str, told: &str) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, told);
    });
}

fn every_standing(language: Language) -> String {
    let asked = asked_in(language);
    let messages = STANDINGS.map(|stands| seen(&standing(&asked, &ESTIMATE, stands)));
    messages.join("\n\n")
}

#[test]
fn where_a_research_stands_is_told_with_what_is_expected() {
    told_like("standings_english", &every_standing(Language::English));
    told_like("standings_german", &every_standing(Language::German));
    let asked = asked_in(Language::English);
    let free = standing(&asked, &FREE, Standing::InLine(2));
    insta::assert_snapshot!(seen(&free), @r"
    -# In line for deep research: place 2
    -# Expected: about 3 to 10 minutes
    [Cancel]
    ");
    let unknown = standing(&asked, &UNKNOWN, Standing::Unconfirmed);
    insta::assert_snapshot!(seen(&unknown), @r"
    **Deep research:** nothing has been asked yet, and nothing is paid before **Begin** is pressed.
    -# Expected: about 3 to 10 minutes · nobody knows what it costs here
    -# One in ten takes longer or costs more. If nobody presses **Begin** within 15 minutes, nothing is researched.
    [Begin] [Cancel]
    ");
}

#[test]
fn a_research_can_be_cancelled_wherever_it_stands_and_begun_where_it_waits_for_that() {
    for language in Language::ALL {
        for stands in STANDINGS {
            let message = standing(&asked_in(language), &ESTIMATE, stands);
            let expected: &[Deed] = match stands {
                Standing::Unconfirmed => &[Deed::Begin, Deed::Cancel],
                _ => &[Deed::Cancel],
            };
            assert_eq!(deeds(&message), expected);
            assert_eq!(message.pinged(), None);
        }
    }
}

#[test]
fn a_question_that_others_do_not_see_stands_above_its_progress() {
    let message = standing(&question(false), &ESTIMATE, Standing::Submitting);
    let first = message.content().lines().next().unwrap();
    assert!(first.starts_with("-# **Alice** asked: "), "{first}");
}

fn every_failure(language: Language, estimate: Estimate) -> String {
    let asked = asked_in(language);
    let mut out = String::new();
    for failure in [
        Failure::Cancelled,
        Failure::Unconfirmed,
        Failure::GivenUp,
        Failure::Lost,
        Failure::Unavailable,
    ] {
        for paid in PAID {
            let name = failure.name();
            let outcome_ = Outcome::failed(failure.clone());
            let shown = outcome(
                &asked,
                &outcome_,
                &report(estimate, paid),
                Display::default(),
            );
            assert_eq!(shown.len(), 1);
            let _written = write!(out, "({name}, {paid:?})\n{}\n\n", seen(&shown[0]));
        }
    }
    out
}

#[test]
fn a_failure_tells_its_reason_and_what_it_cost() {
    told_like(
        "failures_english",
        &every_failure(Language::English, ESTIMATE),
    );
    told_like(
        "failures_german",
        &every_failure(Language::German, ESTIMATE),
    );
    // Nothing is known of what it might cost, or it costs nothing.
    told_like(
        "failures_of_unknown_cost",
        &every_failure(Language::English, UNKNOWN),
    );
    let free = every_failure(Language::English, FREE);
    assert!(!free.contains("paid.") && !free.contains("bills"), "{free}");
    assert_eq!(free.matches("It cost $0.41.").count(), 5, "{free}");
}

#[test]
fn every_failure_offers_to_try_again_and_pings_who_waits_for_it() {
    for (failure, pings) in [
        (Failure::Cancelled, false),
        (Failure::Unconfirmed, false),
        (Failure::GivenUp, true),
        (Failure::Lost, true),
        (Failure::RateLimited { retry_after: None }, true),
        (Failure::Internal, true),
    ] {
        for language in Language::ALL {
            let outcome_ = Outcome::failed(failure.clone());
            let asked = asked_in(language);
            let told = report(ESTIMATE, Paid::Unsaid);
            let shown = outcome(&asked, &outcome_, &told, Display::default());
            assert!(deeds(&shown[0]).contains(&Deed::Regenerate));
            assert_eq!(shown[0].pinged(), pings.then_some(PersonId(1)));
            assert_eq!(shown[0].content().contains("<@"), pings);
        }
    }
}

#[test]
fn an_answer_pings_its_asker_and_ends_with_its_time_and_cost() {
    let shown = |display, estimate, paid| {
        let outcome_ = Outcome::Answered(answered("Tea is green.[1]"));
        let asked = asked_in(Language::English);
        let shown = outcome(&asked, &outcome_, &report(estimate, paid), display);
        assert_eq!(shown.len(), 1);
        assert!(shown[0].menu().is_some());
        seen(&shown[0])
    };
    let display = Display::default();
    let compact = Display {
        density: Density::Compact,
        ..display
    };
    insta::assert_snapshot!(shown(display, ESTIMATE, Paid::Exactly(0.41)), @r"
    <@1>
    Tea is green. [1](<https://tea.example/>)

    **Sources**
    `1` [Tea](<https://tea.example/>) · tea.example
    -# 1 source · sonar-deep-research · researched in 4 min 12 s · $0.41
    [Sources] [Follow up] [Regenerate] [Delete]
    ");
    insta::assert_snapshot!(shown(compact, ESTIMATE, Paid::Exactly(0.41)), @r"
    <@1>
    Tea is green. [1](<https://tea.example/>)
    -# 1 source · researched in 4 min 12 s · $0.41
    [Sources] [Follow up] [Regenerate] [Delete]
    ");
    insta::assert_snapshot!(shown(compact, ESTIMATE, Paid::Unsaid), @r"
    <@1>
    Tea is green. [1](<https://tea.example/>)
    -# The service did not say what it cost.
    -# It was expected to cost about $0.50, up to $1.50; one in ten costs more.
    -# 1 source · researched in 4 min 12 s
    [Sources] [Follow up] [Regenerate] [Delete]
    ");
    insta::assert_snapshot!(shown(compact, FREE, Paid::Unsaid), @r"
    <@1>
    Tea is green. [1](<https://tea.example/>)
    -# 1 source · researched in 4 min 12 s
    [Sources] [Follow up] [Regenerate] [Delete]
    ");
    // What is no amount is not told as one.
    let unsaid = shown(compact, ESTIMATE, Paid::Unsaid);
    for usd in [f64::NAN, f64::INFINITY, -1.0, 1e9] {
        assert_eq!(shown(compact, ESTIMATE, Paid::Exactly(usd)), unsaid);
    }
}

#[test]
fn of_an_answer_in_several_messages_the_whole_is_attached_with_every_source() {
    for (format, parts) in [(Format::Plain, 5), (Format::Embed, 4)] {
        let display = Display {
            format,
            ..Display::default()
        };
        let asked = question(false);
        let outcome_ = Outcome::Answered(answered(&long()));
        let shown = outcome(&asked, &outcome_, &report(ESTIMATE, Paid::Unsaid), display);
        assert_eq!(shown.len(), parts, "{format:?}");
        let (last, others) = shown.split_last().unwrap();
        assert!(others.iter().all(|message| message.file().is_none()));
        assert!(
            others
                .iter()
                .skip(1)
                .all(|message| message.pinged().is_none())
        );
        assert!(others.iter().all(|message| message.buttons().is_empty()));
        assert!(
            others[0]
                .content()
                .starts_with("<@1>\n-# **Alice** asked: ")
        );
        let file = last.file().unwrap();
        assert_eq!(file.name, "the-whole-answer.md");
        for n in 0..200 {
            assert_eq!(file.text.matches(&format!("w{n} ")).count(), 1, "{n}");
        }
        let first = file.text.lines().next().unwrap();
        assert!(first.starts_with("# What is the"), "{first}");
        let end = "\n[^1]: Tea, <https://tea.example/>\n\n**Also found**\n\n- Cups, <https://cups.example/>\n";
        assert!(file.text.ends_with(end), "{}", file.text);
        let words = words(Language::English);
        let said = |message: &Message, text: &str| {
            let embeds = message.embeds().iter();
            let mut texts = embeds.map(|embed| embed.description.as_str());
            message.content().contains(text) || texts.any(|shown| shown.contains(text))
        };
        assert!(said(last, words.whole_attached));
        let without = without_file(&asked, last);
        assert!(without.file().is_none() && said(&without, words.whole_not_attached));
        assert!(!said(&without, words.whole_attached));
    }
}

#[test]
fn what_led_astray_still_begins_with_whom_it_pings() {
    let outcome_ = Outcome::Answered(answered("Tea is green."));
    let mut asked = asked_in(Language::English);
    asked.asked.text = QuestionText::parse("What is green?").unwrap();
    let told = report(ESTIMATE, Paid::Exactly(0.41));
    let shown = outcome(&asked, &outcome_, &told, Display::default());
    let led = led(
        Language::English,
        &asked.asked,
        Detour::Gone,
        &shown[0],
        true,
    );
    assert_eq!(led.pinged(), Some(PersonId(1)));
    insta::assert_snapshot!(led.content(), @r"
    <@1>
    -# The place where you asked is gone.
    -# **Alice** asked: What is green?
    Tea is green.
    -# No sources cited · sonar-deep-research · researched in 4 min 12 s · $0.41
    ");
}

#[test]
fn an_edit_is_noted_and_leaves_the_rest_as_it_was() {
    let outcome_ = Outcome::Answered(answered("Tea is green."));
    let asked = asked_in(Language::English);
    let told = report(ESTIMATE, Paid::Exactly(0.41));
    let edited = edited(&asked, &outcome_, &told, Display::default());
    insta::assert_snapshot!(seen(&edited[0]), @r"
    <@1>
    Tea is green.
    -# The question was edited after it was answered.
    -# No sources cited · sonar-deep-research · researched in 4 min 12 s · $0.41
    [Sources] [Follow up] [Answer the edited question] [Delete]
    ");
}

#[test]
fn what_showed_the_progress_leads_to_the_outcome() {
    let there = Some((ChannelId(8), MessageId(9)));
    let shown = |outcome_: &Outcome, there| {
        let told = report(ESTIMATE, Paid::StillRunning);
        seen(&over(&asked_in(Language::English), there, outcome_, &told))
    };
    let answered = Outcome::Answered(answered(&long()));
    insta::assert_snapshot!(shown(&answered, there), @"-# Deep research: [the answer is complete](<https://discord.com/channels/2/8/9>)");
    insta::assert_snapshot!(shown(&answered, None), @"-# Deep research: the answer is complete");
    let lost = Outcome::failed(Failure::Lost);
    insta::assert_snapshot!(shown(&lost, there), @"-# Deep research: [there is no answer](<https://discord.com/channels/2/8/9>)");
    let cancelled = Outcome::failed(Failure::Cancelled);
    insta::assert_snapshot!(shown(&cancelled, there), @"-# Deep research: [it was cancelled](<https://discord.com/channels/2/8/9>)");
    insta::assert_snapshot!(shown(&cancelled, None), @r"
    The research was cancelled.
    The service has no way to stop it: it works on, and bills what that costs.
    It was expected to cost about $0.50, up to $1.50; one in ten costs more.
    [Try again] [Delete]
    ");
}

#[test]
fn a_refusal_says_why_nothing_is_researched() {
    let told: Vec<String> = [
        Refusal::NoResearch,
        Refusal::ResearchFull(Full::Server(20)),
        Refusal::ResearchFull(Full::Person(1)),
        Refusal::ResearchOver,
    ]
    .into_iter()
    .map(|refusal| refusal.message(Language::English).content().to_owned())
    .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    Nothing can be researched here: whoever runs this bot has chosen no model for deep research.
    20 researches are open here already, and there may be no more. Please ask again when one has ended.
    You have a research open here already. Please wait for it to end, then ask again.
    There is nothing left to begin or to cancel: this research has begun or ended already.
    ");
}

#[test]
fn whatever_is_said_of_time_and_money_fits_into_a_message_with_its_heading() {
    let greatest = Estimate {
        seconds: 1,
        at_most_seconds: u64::MAX,
        cost: Some(Cost {
            usd: 0.01,
            at_most_usd: 999_999.99,
        }),
    };
    for language in Language::ALL {
        let mut asked = question(false);
        asked.asked.language = language;
        asked.asked.asker.name = "*".repeat(99);
        for stands in STANDINGS.into_iter().chain([running(u64::MAX, true)]) {
            let message = standing(&asked, &greatest, stands);
            assert!(message.content().chars().count() < MESSAGE_LIMIT / 2);
        }
    }
}
