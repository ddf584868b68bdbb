//! The answers of the gallery, one file each: read, made an outcome to render, and made what a service would stream. Judges nothing.
//!
//! A file begins with what is to be known beside the text, as TOML between two lines `+++`; the rest is the text as a model wrote it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use footnote_bot::clock::Moment;
use footnote_bot::conversation::answer::{Answer, Draft, Finish, Image, Source, Usage};
use footnote_bot::conversation::failure::Failure;
use footnote_bot::conversation::language::Language;
use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::conversation::question::{
    Belongs, NewQuestion, Origin, Person, Place, Question, QuestionText, Task,
};
use footnote_bot::conversation::rules::{Density, Display, Format};
use footnote_bot::ids::{ChannelId, ConversationId, GuildId, MessageId, PersonId, QuestionId};
use footnote_bot::search::Filters;
use serde::Deserialize;
use serde_json::{Value, json};

/// The folder of the gallery.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gallery")
}

/// One answer of the gallery.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// What its file is called, without the ending.
    pub(crate) name: String,
    /// What stands above the text.
    pub(crate) beside: Beside,
    /// The text as a model wrote it.
    pub(crate) text: String,
}

/// What a file says beside the text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Beside {
    /// What was asked.
    pub(crate) question: String,
    /// The results of the search, in the order of their numbers.
    pub(crate) sources: Vec<Result>,
    /// The language around the answer.
    pub(crate) language: String,
    /// Whether it is shown compact.
    pub(crate) compact: bool,
    /// Whether it is shown in embeds.
    pub(crate) embed: bool,
    /// Whether others do not see what was asked, so that it has to stand above the answer.
    pub(crate) unseen: bool,
    /// Whether the question was edited since.
    pub(crate) edited: bool,
    /// Whether the answer broke off.
    pub(crate) broken: bool,
    /// Whether the service ended it at its length limit.
    pub(crate) cut: bool,
    /// Whether `\u{…}` in the text, the titles and the snippets stands for a character that nobody would see in a file.
    pub(crate) escapes: bool,
    /// Questions that one could ask next.
    pub(crate) related: Vec<String>,
    /// Pictures that the service found.
    pub(crate) images: Vec<Picture>,
    /// What the search was limited to.
    pub(crate) filters: Filters,
    /// What it cost, in US dollars.
    pub(crate) cost: Option<f64>,
    /// How many seconds it took.
    pub(crate) seconds: f64,
}

/// A result of a search.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Result {
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) date: Option<String>,
    pub(crate) snippet: String,
}

/// A picture that a service found.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Picture {
    pub(crate) url: String,
    pub(crate) origin: String,
    pub(crate) title: Option<String>,
}

/// The whole gallery, in the order of the names.
pub(crate) fn pieces() -> Vec<Piece> {
    let files = std::fs::read_dir(folder().join("answers")).expect("the answers are here");
    let mut pieces: Vec<Piece> = files
        .map(|file| Piece::read(&file.expect("a file").path()))
        .collect();
    pieces.sort_by(|one, other| one.name.cmp(&other.name));
    pieces
}

impl Piece {
    fn read(path: &Path) -> Self {
        let file = std::fs::read_to_string(path).expect("a readable file");
        let name = path.file_stem().expect("a name").to_string_lossy();
        let rest = file.strip_prefix("+++\n");
        let (beside, text) = rest
            .and_then(|rest| rest.split_once("+++\n"))
            .unwrap_or_else(|| panic!("{name} does not begin with TOML between two lines `+++`"));
        let mut beside: Beside =
            toml::from_str(beside).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut text = text.strip_suffix('\n').unwrap_or(text).to_owned();
        if beside.escapes {
            text = unescaped(&text);
            for source in &mut beside.sources {
                source.title = unescaped(&source.title);
                source.snippet = unescaped(&source.snippet);
            }
        }
        Self {
            name: name.into_owned(),
            beside,
            text,
        }
    }

    /// The language around it.
    pub(crate) fn language(&self) -> Language {
        Language::of_locale(&self.beside.language).unwrap_or_default()
    }

    /// How it is to look.
    pub(crate) fn display(&self) -> Display {
        Display {
            density: if self.beside.compact {
                Density::Compact
            } else {
                Density::Full
            },
            format: if self.beside.embed {
                Format::Embed
            } else {
                Format::Plain
            },
            announced_after: None,
        }
    }

    /// What was asked, as the bot records it.
    pub(crate) fn question(&self) -> Question {
        Question {
            id: QuestionId(1),
            conversation: ConversationId(1),
            attempt: 0,
            opened_at: Moment(0),
            asked: NewQuestion {
                text: QuestionText::parse(&self.beside.question)
                    .unwrap_or_else(|error| panic!("{}: {error:?}", self.name)),
                task: Task::Answer,
                quote: None,
                asker: Person {
                    id: PersonId(5),
                    name: "Alice".to_owned(),
                },
                seen: !self.beside.unseen,
                place: Place {
                    guild: Some(GuildId(2)),
                    channel: ChannelId(3),
                    present: true,
                },
                event: 4,
                origin: Origin::Message(MessageId(4)),
                belongs: Belongs::New,
                wish: footnote_bot::search::wish::Wish::default(),
                language: self.language(),
                asked_at: Moment(0),
            },
        }
    }

    /// How the question ended, as the bot keeps it.
    pub(crate) fn outcome(&self) -> Outcome {
        let (text, sources) = (self.text.clone(), self.sources());
        if self.beside.broken {
            return Outcome::Failed {
                failure: Failure::BrokeOff,
                draft: Draft {
                    text,
                    sources,
                    filters: Filters::default(),
                },
            };
        }
        let images = self.beside.images.iter();
        Outcome::Answered(Answer {
            text,
            sources,
            model: "sonar-pro".to_owned(),
            finish: if self.beside.cut {
                Finish::Length
            } else {
                Finish::Complete
            },
            usage: Usage {
                prompt_tokens: 20,
                completion_tokens: 300,
                cost_usd: self.beside.cost,
            },
            related: self.beside.related.clone(),
            images: images
                .map(|image| Image {
                    url: image.url.clone(),
                    origin: image.origin.clone(),
                    title: image.title.clone(),
                })
                .collect(),
            filters: self.beside.filters.clone(),
            took: Duration::from_secs_f64(self.beside.seconds),
        })
    }

    /// The sources that the service names.
    pub(crate) fn sources(&self) -> Vec<Source> {
        let numbered = (1..).zip(&self.beside.sources);
        numbered
            .map(|(number, result)| Source {
                number,
                title: result.title.clone(),
                url: result.url.clone(),
                date: result.date.clone(),
                last_updated: None,
                snippet: result.snippet.clone(),
            })
            .collect()
    }

    /// What a service would stream, as server-sent events; an answer that breaks off has no end.
    pub(crate) fn events(&self) -> Vec<String> {
        let characters: Vec<char> = self.text.chars().collect();
        // Cut without regard to words, as a service does.
        let mut events: Vec<String> = characters
            .chunks(61)
            .map(|piece| self.event("chat.completion.chunk", &piece.iter().collect::<String>()))
            .collect();
        if !self.beside.broken {
            events.push(self.event("chat.completion.done", ""));
            events.push("data: [DONE]\n\n".to_owned());
        }
        events
    }

    fn event(&self, object: &str, piece: &str) -> String {
        let beside = &self.beside;
        let urls: Vec<&str> = beside.sources.iter().map(|one| one.url.as_str()).collect();
        let results = beside.sources.iter().map(|one| {
            json!({ "title": one.title, "url": one.url, "date": one.date, "snippet": one.snippet })
        });
        let is_end = object.ends_with("done");
        let finish = if !is_end {
            Value::Null
        } else if beside.cut {
            json!("length")
        } else {
            json!("stop")
        };
        let message = json!({ "role": "assistant", "content": piece });
        let mut chunk = json!({
            "id": "x", "model": "sonar-pro", "created": 1, "object": object, "citations": urls,
            "search_results": results.collect::<Vec<_>>(),
            "usage": { "prompt_tokens": 20, "completion_tokens": 300, "total_tokens": 320 },
            "choices": [{ "index": 0, "delta": message, "message": message, "finish_reason": finish }],
        });
        if let Some(cost) = beside.cost {
            chunk["usage"]["cost"] = json!({
                "input_tokens_cost": 0.0, "output_tokens_cost": 0.0, "total_cost": cost,
            });
        }
        if is_end {
            chunk["related_questions"] = json!(beside.related);
            let images = beside.images.iter().map(|image| {
                json!({ "image_url": image.url, "origin_url": image.origin, "title": image.title, "width": 640, "height": 480 })
            });
            chunk["images"] = images.collect();
        }
        format!("data: {chunk}\n\n")
    }
}

/// A text with the characters that its escapes name.
fn unescaped(text: &str) -> String {
    let mut pieces = text.split("\\u{");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_once('}').expect("an escape that ends");
        let code = u32::from_str_radix(code, 16).expect("a code point in hexadecimal");
        out.push(char::from_u32(code).expect("a character"));
        out.push_str(rest);
    }
    out
}

/// A text with an escape for each character that nobody would see.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let is_unseen = (c.is_control() && c != '\n')
            || matches!(u32::from(c), 0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xe0000..=0xe007f);
        if is_unseen {
            out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}
