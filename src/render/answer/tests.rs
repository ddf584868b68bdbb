//! Whole answers, as the messages that show them.

use std::time::Duration;

use super::super::File;
use super::super::body::GAP;
use super::*;
use crate::clock::Moment;
use crate::conversation::answer::{Answer, Image, Source, Usage};
use crate::conversation::failure::Failure;
use crate::conversation::language::Language;
use crate::conversation::question::{
    Belongs, NewQuestion, Origin, Person, Place, QuestionText, Quote, Task,
};
use crate::conversation::rules::{Density, Format};
use crate::ids::{ConversationId, GuildId, PersonId, QuestionId};
use crate::render::detour::{Detour, led};
use crate::render::sentences::Permission;
use crate::search::Filters;

/// A question that others see by themselves, or one that they do not.
pub(in crate::render) fn question(seen: bool) -> Question {
    Question {
        id: QuestionId(7),
        conversation: ConversationId(1),
        attempt: 0,
        opened_at: Moment(0),
        asked: NewQuestion {
            text: QuestionText::parse("What is the *capital*,\n@everyone?").unwrap(),
            task: Task::Answer,
            quote: None,
            asker: Person {
                id: PersonId(1),
                name: "Alice".to_owned(),
            },
            seen,
            place: Place {
                guild: Some(GuildId(2)),
                channel: ChannelId(3),
                present: true,
            },
            event: 4,
            origin: Origin::Past,
            belongs: Belongs::New,
            wish: crate::search::wish::Wish::default(),
            language: Language::English,
            asked_at: Moment(0),
        },
    }
}

/// A source of which nothing else is known.
pub(in crate::render) fn source(number: u32, title: &str, url: &str) -> Source {
    Source {
        number,
        title: title.to_owned(),
        url: url.to_owned(),
        date: None,
        last_updated: None,
        snippet: String::new(),
    }
}

fn answer(text: &str) -> Answer {
    let sources = vec![
        source(1, "France [official]", "https://france.example/capital"),
        source(2, "Seine", "https://river.example/"),
    ];
    Answer {
        text: text.to_owned(),
        sources,
        model: "sonar".to_owned(),
        finish: Finish::Complete,
        usage: Usage::default(),
        related: Vec::new(),
        images: Vec::new(),
        filters: Filters::default(),
        took: Duration::ZERO,
    }
}

fn shown(outcome_: &Outcome) -> String {
    outcome(&question(true), outcome_, Display::default())
        .iter()
        .map(Message::content)
        .collect::<Vec<_>>()
        .join("\n=====\n")
}

fn drafted(text: &str) -> Draft {
    Draft {
        text: text.to_owned(),
        sources: answer("").sources,
        filters: crate::search::Filters::default(),
    }
}

#[test]
fn an_answer_is_its_text_with_links_and_the_list_of_what_it_cites() {
    insta::assert_snapshot!(shown(&Outcome::Answered(answer("Paris is the capital.[1]"))), @r"
    Paris is the capital. [1](<https://france.example/capital>)

    **Sources**
    `1` [France (official)](<https://france.example/capital>) · france.example
    -# 1 source · sonar
    ");
}

#[test]
fn a_question_that_others_do_not_see_stands_above_its_answer() {
    let told = |asked: &Question| {
        outcome(
            asked,
            &Outcome::Answered(answer("Paris.")),
            Display::default(),
        )[0]
        .content()
        .lines()
        .take(2)
        .collect::<Vec<_>>()
        .join("\n")
        .replace(GAP, "")
    };
    let mut asked = question(false);
    insta::assert_snapshot!(told(&asked), @r"
    -# **Alice** asked: What is the \*capital\*, @everyone?
    Paris.
    ");
    asked.asked.quote = Some(Quote {
        author: "Bob".to_owned(),
        text: "Lyon is the capital.".to_owned(),
        channel: ChannelId(3),
        message: MessageId(9),
    });
    insta::assert_snapshot!(told(&asked), @r"
    -# **Alice** asked about [a message](<https://discord.com/channels/2/3/9>): What is the \*capital\*, @everyone?
    Paris.
    ");
    asked.asked.task = Task::Check;
    insta::assert_snapshot!(told(&asked), @r"
    -# **Alice** asked to check [a message](<https://discord.com/channels/2/3/9>)
    Paris.
    ");
    assert_eq!(told(&question(true)), "Paris.\n-# No sources cited · sonar");
    let growing = growing(
        &question(false),
        &drafted("Paris it is. And"),
        Display::default(),
    )
    .unwrap();
    assert!(growing.content().contains("asked: "));
    assert_eq!(growing.content().lines().count(), 3);
}

#[test]
fn who_asked_and_what_stands_there_as_it_was_written() {
    let shown = |name: &str, text: &str| {
        let mut asked = question(false);
        asked.asked.asker.name = name.to_owned();
        asked.asked.text = QuestionText::parse(text).unwrap();
        let outcome = Outcome::Answered(answer("Yes."));
        let messages = self::outcome(&asked, &outcome, Display::default());
        let heading = messages[0].content().lines().next().unwrap().to_owned();
        let searching = searching(&asked, &[text.to_owned()]).content().to_owned();
        let announced = announcement(&asked, ChannelId(1), MessageId(2), Duration::ZERO);
        (heading, searching, announced.content().to_owned())
    };
    let (heading, searching, _) = shown("A", "What is 2*3? Is 5<6 in C#?");
    assert_eq!(heading, r"-# **A** asked: What is 2\*3? Is 5<6 in C#?");
    assert_eq!(searching, r"-# Searching: What is 2\*3? Is 5<6 in C#?");
    let (heading, _, announced) = shown("_x_", "What does __init__ do?");
    assert_eq!(heading, r"-# **\_x\_** asked: What does \_\_init\_\_ do?");
    assert!(announced.starts_with(r"-# \_x\_: ["), "{announced}");
    let (heading, _, announced) = shown("🙂", "🙂");
    assert_eq!(heading, "-# **🙂** asked: 🙂");
    assert!(announced.starts_with("-# 🙂: ["), "{announced}");
    let (heading, _, announced) = shown("\u{200b}", "\u{200b}");
    assert_eq!(heading, "-# **?** asked: ?");
    assert!(announced.starts_with("-# ?: ["), "{announced}");
    let (heading, searching, announced) = shown(
        "https:*//evil.example",
        "See hhttps://ttps://evil.example/y",
    );
    for line in [heading, searching, announced.replace("(<https://", "")] {
        assert!(!line.contains("://"), "{line}");
    }
}

#[test]
fn a_note_leaves_room_for_what_leads_a_message() {
    for length in 1_700..1_900 {
        let answered = Outcome::Answered(Answer {
            sources: Vec::new(),
            ..answer(&"a".repeat(length))
        });
        for language in Language::ALL {
            let mut asked = question(true);
            asked.asked.language = language;
            let edited = edited(&asked, &answered, Display::default());
            let channel = ChannelId(u64::MAX);
            let lacks = Detour::Lacks(channel, Permission::SendMessagesInThreads);
            for message in &edited {
                let led = led(language, &asked.asked, lacks, message, true);
                assert!(led.content().chars().count() <= MESSAGE_LIMIT, "{length}");
            }
        }
    }
}

#[test]
fn a_link_to_exactly_a_source_cites_it() {
    let text = "See [France](https://france.example/capital) and https://river.example/x.";
    insta::assert_snapshot!(shown(&Outcome::Answered(answer(text))), @r"
    See [France](<https://france.example/capital>) and <https://river.example/x>.

    **Sources**
    `1` [France (official)](<https://france.example/capital>) · france.example
    -# 1 source · sonar
    ");
}

#[test]
fn an_answer_that_cites_nothing_says_so() {
    insta::assert_snapshot!(shown(&Outcome::Answered(answer("Paris."))), @r"
    Paris.
    -# No sources cited · sonar
    ");
}

#[test]
fn an_empty_answer_is_a_sentence() {
    insta::assert_snapshot!(shown(&Outcome::Answered(answer(" \n"))), @r"
    The answer service sent an empty answer. Please ask again, perhaps in other words.
    -# sonar
    ");
}

#[test]
fn an_answer_cut_by_the_service_says_so() {
    let cut = Answer {
        finish: Finish::Length,
        ..answer("Paris is the[1]")
    };
    insta::assert_snapshot!(shown(&Outcome::Answered(cut)), @r"
    Paris is the [1](<https://france.example/capital>)

    **Sources**
    `1` [France (official)](<https://france.example/capital>) · france.example
    -# The service ended the answer at its length limit.
    -# 1 source · sonar
    ");
}

#[test]
fn what_had_come_before_a_failure_stays_with_the_reason() {
    let failed = Outcome::Failed {
        failure: Failure::BrokeOff,
        draft: drafted("Paris is the capital.[1] It lies on the Sei"),
    };
    insta::assert_snapshot!(shown(&failed), @r"
    Paris is the capital. [1](<https://france.example/capital>)

    **Sources**
    `1` [France (official)](<https://france.example/capital>) · france.example

    The answer broke off before it was complete. Please ask again.
    ");
    insta::assert_snapshot!(shown(&Outcome::failed(Failure::Unavailable)), @"The answer service cannot be reached right now. Please ask again in a few minutes.");
}

#[test]
fn a_growing_answer_shows_whole_sentences_only() {
    let check = |text: &str, expected: Option<&str>| {
        let shown = growing(&question(true), &drafted(text), Display::default());
        let expected = expected.map(|text| format!("{text}\n-# Writing…"));
        assert_eq!(
            shown.as_ref().map(Message::content),
            expected.as_deref(),
            "{text}"
        );
    };
    check("Pari", None);
    check("Paris. [", None);
    check(
        "Paris. [1] It",
        Some("Paris. [1](<https://france.example/capital>)"),
    );
    check(
        "One.\n```rust\nlet a = 1;\nlet b",
        Some("One.\n```rust\nlet a = 1;\n```"),
    );
    check("[9] ", None);
    check("<think>\nSo. It is.\n\nParis. Hm", None);
}

#[test]
fn a_growing_answer_shows_its_first_part_where_the_whole_one_will_have_it() {
    let text = "A sentence that says something of note.[1]\n\n".repeat(100);
    let asked = question(true);
    let growing = growing(&asked, &drafted(&text), Display::default()).unwrap();
    let whole = outcome(
        &asked,
        &Outcome::Answered(answer(&text)),
        Display::default(),
    );
    let text = growing.content().strip_suffix("\n-# Writing…").unwrap();
    assert!(whole[0].content().starts_with(text));
    assert!(text.chars().count() > 1_500);
}

#[test]
fn a_message_that_loses_its_file_says_so() {
    let words = words(Language::English);
    let with_file = |text: String| Message {
        file: Some(Box::new(File {
            name: "rest.md".to_owned(),
            text: "More.".to_owned(),
        })),
        ..Message::new(text)
    };
    let announced = with_file(format!("Tea.\n{}", words.rest_attached));
    let told = without_file(&question(true), &announced);
    assert_eq!(told.file(), None);
    assert_eq!(told.content(), format!("Tea.\n{}", words.rest_not_attached));
    let told = without_file(&question(true), &with_file("Tea.".to_owned()));
    assert_eq!(told.content(), format!("Tea.\n{}", words.rest_not_attached));
    let plain = Message::new("Tea.".to_owned());
    assert_eq!(without_file(&question(true), &plain), plain);
}

#[test]
fn what_no_message_holds_is_attached_with_its_sources_as_footnotes() {
    let text: Vec<String> = (0..400)
        .map(|n| format!("Fact w{n} says something of note.[{}]", n % 2 + 1))
        .collect();
    let parts = outcome(
        &question(true),
        &Outcome::Answered(answer(&text.join("\n\n"))),
        Display::default(),
    );
    assert_eq!(parts.len(), PARTS_AT_MOST);
    let file = parts[4].file().unwrap();
    assert_eq!(file.name, "rest-of-the-answer.md");
    let said = parts[4]
        .content()
        .contains("-# The rest of the answer is in the attached file.");
    assert!(said, "{}", parts[4].content());
    assert!(parts[..4].iter().all(|part| part.file().is_none()));
    let all: String = parts
        .iter()
        .map(Message::content)
        .chain([file.text.as_str()])
        .collect();
    for n in 0..400 {
        assert_eq!(all.matches(&format!("w{n} ")).count(), 1, "{n}");
    }
    let last: Vec<&str> = file.text.lines().rev().take(4).collect();
    assert_eq!(
        last,
        [
            "[^2]: Seine, <https://river.example/>",
            "[^1]: France [official], <https://france.example/capital>",
            "",
            "Fact w399 says something of note. [^2]",
        ]
    );
}

#[test]
fn in_embeds_a_part_holds_twice_as_much_and_the_footer_is_their_own() {
    let display = Display {
        format: Format::Embed,
        ..Display::default()
    };
    let text = "A sentence that says something of note.[1]\n\n".repeat(80);
    let long = Outcome::Answered(Answer {
        images: vec![Image {
            url: "https://france.example/map.png".to_owned(),
            origin: String::new(),
            title: Some("Map".to_owned()),
        }],
        ..answer(&text)
    });
    let parts = outcome(&question(false), &long, display);
    assert_eq!(parts.len(), 2);
    assert_eq!(
        parts[0].content(),
        "-# **Alice** asked: What is the \\*capital\\*, @\u{200b}everyone?"
    );
    assert_eq!(parts[1].content(), "");
    let embeds = parts[1].embeds();
    assert_eq!(
        (embeds[0].footer.as_str(), embeds.len()),
        ("1 source · sonar", 2)
    );
    assert!(embeds[0].description.ends_with("· france.example"));
    assert_eq!(embeds[1].picture.as_ref().unwrap().title, "Map");
    let growing = growing(&question(true), &drafted(&text), display).unwrap();
    assert!(growing.embeds()[0].description.ends_with("\n-# Writing…"));
}

#[test]
fn compact_answers_leave_their_list_and_most_of_the_footer_to_the_button() {
    let display = Display {
        density: Density::Compact,
        ..Display::default()
    };
    let whole = outcome(
        &question(true),
        &Outcome::Answered(answer("Paris.[1][7]")),
        display,
    );
    insta::assert_snapshot!(whole[0].content(), @r"
    Paris. [1](<https://france.example/capital>)
    -# 1 source · 1 number without a source removed
    ");
}

#[test]
fn an_edit_is_noted_before_the_footer_and_moves_nothing_else() {
    let answered = Outcome::Answered(answer("Paris.[1]"));
    let edited = edited(&question(true), &answered, Display::default());
    insta::assert_snapshot!(edited[0].content(), @r"
    Paris. [1](<https://france.example/capital>)

    **Sources**
    `1` [France (official)](<https://france.example/capital>) · france.example
    -# The question was edited after it was answered.
    -# 1 source · sonar
    ");
}

#[test]
fn strange_answers_are_shown_too() {
    let check = |text: &str, expected: &str| {
        let shown = shown(&Outcome::Answered(answer(text)));
        let shown = shown.split("\n\n**Sources**").next().unwrap();
        assert_eq!(shown, expected, "{text}");
    };
    check("[1]", "[1](<https://france.example/capital>)");
    check(
        "[7][8]",
        "The answer service sent an empty answer. Please ask again, perhaps in other words.\n-# sonar · 2 numbers without a source removed",
    );
    check(
        "```rust\nlet a;",
        "```rust\nlet a;\n```\n-# No sources cited · sonar",
    );
    let table = shown(&Outcome::Answered(answer(
        "| a | b |\n|---|---|\n| 1 | 2[1] |",
    )));
    let below = "\n```\n1 [1](<https://france.example/capital>)\n\n**Sources**";
    assert!(
        table.starts_with("```\n") && table.contains(below),
        "{table}"
    );
}
