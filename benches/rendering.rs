//! What rendering takes: an answer of 9,000 characters with 33 facts and 100 markers, once, ten and a hundred times as long, whole and while it
//! grows. Prints figures; passes no verdict.
//!
//! `cargo bench --bench rendering`

use std::io::{self, Write};
use std::time::{Duration, Instant};

use footnote_bot::clock::Moment;
use footnote_bot::conversation::answer::{Answer, Draft, Finish, Source, Usage};
use footnote_bot::conversation::language::Language;
use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::conversation::question::{
    Belongs, NewQuestion, Origin, Person, Place, Question, QuestionText, Task,
};
use footnote_bot::conversation::rules::{Density, Display, Format};
use footnote_bot::ids::{ChannelId, ConversationId, GuildId, PersonId, QuestionId};
use footnote_bot::render::answer;
use footnote_bot::search::Filters;

/// How often each is timed; the median counts.
const TIMES: usize = 101;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let question = question()?;
    let mut out = io::stdout();
    for (name, format) in [("messages", Format::Plain), ("embeds", Format::Embed)] {
        let display = Display {
            density: Density::Full,
            format,
            announced_after: None,
        };
        for times in [1, 10, 100] {
            let text = text().repeat(times);
            let characters = text.chars().count();
            let draft = Draft {
                text: text.clone(),
                sources: sources(),
                filters: Filters::default(),
            };
            let outcome = Outcome::Answered(answered(text));
            let whole = median(|| answer::outcome(&question, &outcome, display).len());
            let growing =
                median(|| usize::from(answer::growing(&question, &draft, display).is_some()));
            writeln!(
                out,
                "{characters} characters as {name}: whole {} µs, while it grows {} µs",
                whole.as_micros(),
                growing.as_micros(),
            )?;
        }
    }
    Ok(())
}

/// The median of many runs.
fn median(mut run: impl FnMut() -> usize) -> Duration {
    let mut times: Vec<Duration> = (0..TIMES)
        .map(|_| {
            let started = Instant::now();
            std::hint::black_box(run());
            started.elapsed()
        })
        .collect();
    times.sort_unstable();
    times.get(TIMES / 2).copied().unwrap_or_default()
}

/// 33 facts in paragraphs, lists, a table and code, with 100 markers.
fn text() -> String {
    let mut text = String::new();
    let mut marker = 0;
    for fact in 1..=33 {
        let mut markers = String::new();
        for _ in 0..if fact == 33 { 4 } else { 3 } {
            marker += 1;
            markers.push_str(&format!("[{}]", marker % 12 + 1));
        }
        let said = format!(
            "FACT-{fact:02} says that **tea** was drunk in `place_{fact}` long before it was written about, and that who wrote it down had it from somebody else, as *letters* of that time show again and again; nobody doubts it today.{markers}"
        );
        match fact % 11 {
            0 => text.push_str(&format!(
                "## Part {}\n\n{said}\n\n```rust\nlet fact = facts[{fact}];\n```\n\n",
                fact / 11
            )),
            1..=4 => text.push_str(&format!("- {said}\n")),
            5 => text.push_str(&format!(
                "\n| Fact | Year |\n|---|---|\n| {fact} | 18{fact:02} |\n\n{said}\n\n"
            )),
            _ => text.push_str(&format!(
                "{said} It is told in many books, and by people who had it from their parents.\n\n"
            )),
        }
    }
    text
}

fn sources() -> Vec<Source> {
    let source = |number| Source {
        number,
        title: format!("A history of tea, volume {number}"),
        url: format!("https://tea{number}.example/history/of/tea?volume={number}"),
        date: Some("2026-01-02".to_owned()),
        last_updated: None,
        snippet: "What it says of tea.".to_owned(),
    };
    (1..=12).map(source).collect()
}

fn answered(text: String) -> Answer {
    Answer {
        text,
        sources: sources(),
        model: "sonar-pro".to_owned(),
        finish: Finish::Complete,
        usage: Usage::default(),
        related: Vec::new(),
        images: Vec::new(),
        filters: Filters::default(),
        took: Duration::from_millis(4_200),
    }
}

fn question() -> Result<Question, Box<dyn std::error::Error>> {
    let text = QuestionText::parse("Everything about tea?").map_err(|_| "no question")?;
    Ok(Question {
        id: QuestionId(1),
        conversation: ConversationId(1),
        attempt: 0,
        opened_at: Moment(0),
        asked: NewQuestion {
            text,
            task: Task::Answer,
            quote: None,
            asker: Person {
                id: PersonId(1),
                name: "Alice".to_owned(),
            },
            seen: true,
            place: Place {
                guild: Some(GuildId(2)),
                channel: ChannelId(3),
                present: true,
            },
            event: 4,
            origin: Origin::Past,
            belongs: Belongs::New,
            wish: footnote_bot::search::wish::Wish::default(),
            language: Language::English,
            asked_at: Moment(0),
        },
    })
}
