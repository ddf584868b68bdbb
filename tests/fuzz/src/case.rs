//! Makes a question and its outcome of any bytes. Judges nothing.

use std::time::Duration;

use crate::clock::Moment;
use crate::conversation::answer::{Answer, Draft, Finish, Image, Source, Usage};
use crate::conversation::failure::Failure;
use crate::conversation::language::Language;
use crate::conversation::outcome::Outcome;
use crate::conversation::question::{
    Belongs, NewQuestion, Origin, Person, Place, Question, QuestionText, Task,
};
use crate::conversation::rules::{Density, Display, Format};
use crate::ids::{ChannelId, ConversationId, GuildId, MessageId, PersonId, QuestionId};
use crate::search::{Filters, Recency};

/// What is rendered.
pub(crate) struct Case {
    pub(crate) question: Question,
    pub(crate) outcome: Outcome,
    pub(crate) draft: Draft,
    pub(crate) display: Display,
    pub(crate) sources: Vec<Source>,
}

impl Case {
    /// The first byte says how it is shown, the second how often the text is said; up to a zero comes a title, which is a name, a related
    /// question and a domain as well, up to another an address, and the rest is the text. Without zeros all of it is.
    pub(crate) fn read(data: &[u8]) -> Option<Self> {
        let (&[shown, often], rest) = data.split_first_chunk()?;
        let rest = String::from_utf8_lossy(rest);
        let mut pieces = rest.splitn(3, '\0');
        let (title, address, text) = match (pieces.next(), pieces.next(), pieces.next()) {
            (Some(title), Some(address), Some(text)) => (title, address, text),
            _ => ("A title", "https://fourth.example/d", &*rest),
        };
        // Long enough for parts and for a file, and mostly short.
        let text = text.repeat(match often {
            0..=250 => 1,
            _ => usize::from(often - 249),
        });
        let sources: Vec<Source> = [
            ("First [official]", "https://first.example/a_(b)"),
            (title, "https://second.example/b?c=d#e"),
            ("The same once more", "https://first.example/a_(b)"),
            ("Fourth", address),
            (title, "javascript:alert(1)"),
        ]
        .into_iter()
        .zip(1..)
        .map(|((title, url), number)| Source {
            number,
            title: title.to_owned(),
            url: url.to_owned(),
            date: Some("2026-11-01".to_owned()),
            last_updated: None,
            snippet: text.chars().take(200).collect(),
        })
        .collect();
        let has = |bit: u8| shown & (1 << bit) != 0;
        let display = Display {
            density: if has(0) {
                Density::Compact
            } else {
                Density::Full
            },
            format: if has(1) { Format::Embed } else { Format::Plain },
            announced_after: None,
        };
        let draft = Draft {
            text: text.clone(),
            sources: sources.clone(),
            filters: Filters::default(),
        };
        let outcome = if has(2) {
            Outcome::Failed {
                failure: Failure::BrokeOff,
                draft: draft.clone(),
            }
        } else {
            Outcome::Answered(answer(title, address, text, &sources, has(3)))
        };
        Some(Self {
            question: question(title, has(4), has(5)),
            outcome,
            draft,
            display,
            sources,
        })
    }
}

fn answer(title: &str, address: &str, text: String, sources: &[Source], cut: bool) -> Answer {
    Answer {
        text,
        sources: sources.to_vec(),
        model: title.to_owned(),
        finish: if cut {
            Finish::Length
        } else {
            Finish::Complete
        },
        usage: Usage {
            cost_usd: Some(0.012),
            ..Usage::default()
        },
        related: vec![title.to_owned()],
        images: vec![Image {
            url: address.to_owned(),
            origin: address.to_owned(),
            title: Some(title.to_owned()),
        }],
        filters: Filters {
            allowed: vec![title.to_owned()],
            denied: Vec::new(),
            recency: Some(Recency::Week),
            ..Filters::default()
        },
        took: Duration::from_millis(4_200),
    }
}

fn question(name: &str, seen: bool, japanese: bool) -> Question {
    let text = QuestionText::parse(name).or_else(|_| QuestionText::parse("Why?"));
    Question {
        id: QuestionId(1),
        conversation: ConversationId(1),
        attempt: 0,
        opened_at: Moment(0),
        asked: NewQuestion {
            text: text.expect("a question"),
            task: Task::Answer,
            quote: None,
            asker: Person {
                id: PersonId(5),
                name: name.to_owned(),
            },
            seen,
            place: Place {
                guild: Some(GuildId(2)),
                channel: ChannelId(3),
                present: true,
            },
            event: 4,
            origin: Origin::Message(MessageId(4)),
            belongs: Belongs::New,
            wish: crate::search::wish::Wish::default(),
            language: if japanese {
                Language::Japanese
            } else {
                Language::English
            },
            asked_at: Moment(0),
        },
    }
}
