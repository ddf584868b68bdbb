//! An answer that a language model writes, as events: its text and who wrote it, or the excerpts that stand in for it. Must never
//! end in silence.

use std::sync::Arc;

use async_stream::stream;
use axum::http::StatusCode;
use futures_util::stream::{Stream, StreamExt};
use serde_json::Value;
use sonar::FinishReason;
use tokio::time::Instant;

use super::bill::Bill;
use crate::Failure;
use crate::engines::corpus::write::{deltas, escaped};
use crate::engines::writer::schema::Schema;
use crate::engines::writer::{Editor, Ending, Trouble, Unfilled, Used, Why, Writer, Written};
use crate::engines::{Done, Event};

/// Text that only has to be sent, and why it ends.
pub(super) type Ready = (Vec<String>, FinishReason);

/// A text that a model is to write.
#[derive(Debug)]
pub(super) struct Commission {
    pub(super) writer: Writer,
    /// What the endpoint is asked.
    pub(super) body: Value,
    /// What makes an answer of what it writes; not of JSON.
    pub(super) editor: Editor,
    /// How many passages it is given.
    pub(super) passages: usize,
    /// The schema that the text is to fit, if it is to fit one.
    pub(super) schema: Option<Value>,
    /// What stands in when there is no text; none when there are no passages, or none fit the schema.
    pub(super) excerpts: Option<Ready>,
    /// Whether they are fewer than the passages.
    pub(super) fewer: bool,
    /// When the text must have ended, whatever the settings allow.
    pub(super) latest: Instant,
    pub(super) bill: Bill,
}

impl Commission {
    /// The text, then the end.
    pub(super) fn events(mut self) -> impl Stream<Item = Event> {
        stream! {
            match self.schema.take() {
                Some(schema) => {
                    let filled = self.filled(schema).await;
                    match filled {
                        Ok(done) => for event in done {
                            yield event;
                        },
                        Err(failure) => yield Event::Failed(failure),
                    }
                }
                None => {
                    let mut text = std::pin::pin!(self.prose());
                    while let Some(event) = text.next().await {
                        yield event;
                    }
                }
            }
        }
    }

    fn prose(self) -> impl Stream<Item = Event> {
        let Self {
            writer,
            body,
            editor,
            passages,
            excerpts,
            fewer,
            latest,
            mut bill,
            ..
        } = self;
        stream! {
            let last = latest.min(writer.deadline());
            let mut written = std::pin::pin!(writer.write(body, editor, last));
            while let Some(next) = written.next().await {
                let ending = match next {
                    Written::Text(text) => {
                        bill.add(&text);
                        yield Event::Delta(text);
                        continue;
                    }
                    Written::End(ending) => ending,
                };
                let Some((texts, finish)) = closing(&ending, writer.model(), passages, excerpts, fewer) else {
                    yield Event::Failed(failed(ending.trouble.as_ref()));
                    return;
                };
                for text in texts {
                    bill.add(&text);
                    yield Event::Delta(text);
                }
                yield Event::Done(Box::new(Done { finish, usage: bill.usage(ending.used) }));
                return;
            }
        }
    }

    async fn filled(self, schema: Value) -> Result<Vec<Event>, Failure> {
        // The request was checked: its schema can be read. Its expressions take time to prepare.
        let read = tokio::task::spawn_blocking(move || Schema::read(&schema).ok());
        let schema = read.await.ok().flatten().ok_or_else(|| failed(None))?;
        let Self {
            writer,
            body,
            passages,
            excerpts,
            latest,
            bill,
            ..
        } = self;
        let last = latest.min(writer.deadline());
        let filled = writer.fill(body, &Arc::new(schema), passages, last).await;
        let (texts, finish, used) = match (filled, excerpts) {
            (Ok((json, used)), _) => (pieces(&json), FinishReason::Stop, used),
            (Err(Unfilled { why, used }), excerpts) => match (why, excerpts) {
                (Why::Trouble(_), Some((texts, finish))) => (texts, finish, used),
                (Why::Trouble(trouble), None) => return Err(failed(Some(&trouble))),
                (Why::Misfit, _) => {
                    return Err(misfit(
                        "was asked twice, and neither reply fits the json_schema.",
                    ));
                }
                (Why::CutOff, _) => {
                    return Err(misfit(
                        "came to the end of its tokens before its reply fitted the json_schema; raise max_tokens.",
                    ));
                }
            },
        };
        Ok(sent(texts, finish, bill, used))
    }
}

/// The events of a text that is there.
pub(super) fn sent(
    texts: Vec<String>,
    finish: FinishReason,
    mut bill: Bill,
    used: Option<Used>,
) -> Vec<Event> {
    for text in &texts {
        bill.add(text);
    }
    let done = Done {
        finish,
        usage: bill.usage(used),
    };
    let deltas = texts.into_iter().map(Event::Delta);
    deltas.chain([Event::Done(Box::new(done))]).collect()
}

/// What comes behind a text: who wrote it, or what stands in for the rest. `None` when nothing can.
fn closing(
    ending: &Ending,
    model: &str,
    passages: usize,
    excerpts: Option<Ready>,
    fewer: bool,
) -> Option<Ready> {
    let Some(trouble) = &ending.trouble else {
        return Some((
            vec![signature(ending, model, passages)],
            ending.finish.clone(),
        ));
    };
    let gap = if ending.begun { "\n\n" } else { "" };
    let what = match (ending.begun, trouble) {
        (true, _) => "The language model broke off here",
        (false, Trouble::TooSlow) => "The language model did not answer in time",
        (false, _) => "The language model did not answer",
    };
    let last = match ending.begun {
        true => signature(ending, model, passages),
        false => String::new(),
    };
    match excerpts {
        Some((mut texts, finish)) => {
            let some = fewer || finish == FinishReason::Length;
            let these = if some {
                "some of the excerpts"
            } else {
                "the excerpts"
            };
            if ending.begun {
                let text = texts.concat();
                let quoted = text
                    .rsplit_once(EXCERPTS)
                    .map_or(&*text, |(quoted, _)| quoted);
                texts = deltas(quoted.trim_end());
                texts.push(last);
            }
            texts.insert(
                0,
                format!("{gap}*{what}; these are {these} it was given.*\n\n"),
            );
            Some((texts, finish))
        }
        None if ending.begun => Some((vec![format!("{gap}*{what}.*"), last], FinishReason::Stop)),
        None => None,
    }
}

/// How the last line of excerpts begins, which says that no model wrote them.
const EXCERPTS: &str = "\n\n*Excerpts from ";

/// The last line of what a model wrote.
fn signature(ending: &Ending, model: &str, passages: usize) -> String {
    let model = escaped(model);
    let sources = match passages {
        1 => "1 source".to_owned(),
        count => format!("{count} sources"),
    };
    if passages == 0 {
        format!("\n\n*Written by {model} without sources.*")
    } else if ending.cites {
        format!("\n\n*Written by {model} from {sources}.*")
    } else {
        let cited = match passages {
            1 => "did not cite the source it was given".to_owned(),
            _ => format!("cited none of the {sources} it was given"),
        };
        let what = match ending.trouble {
            Some(_) => "nothing it wrote",
            None => "nothing here",
        };
        format!("\n\n*Written by {model}, which {cited}: {what} is confirmed.*")
    }
}

/// Why there is no answer, where no excerpts can stand in.
fn failed(trouble: Option<&Trouble>) -> Failure {
    match trouble {
        Some(Trouble::TooSlow) => Failure::new(
            StatusCode::GATEWAY_TIMEOUT,
            "model_failed",
            "The language model did not answer in time.",
        ),
        _ => Failure::new(
            StatusCode::BAD_GATEWAY,
            "model_failed",
            "The language model did not answer.",
        ),
    }
}

fn misfit(why: &str) -> Failure {
    Failure::new(
        StatusCode::BAD_GATEWAY,
        "model_failed",
        format!("response_format: the language model {why}"),
    )
}

/// JSON in pieces; an address of a document without a public one is a piece of its own, which the server turns into a link.
fn pieces(json: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = json;
    while let Some(at) = rest.find("\"local:/") {
        let (before, address) = rest.split_at(at);
        let inside = address.get(1..).unwrap_or_default();
        let end = inside.find('"').map_or(address.len(), |end| end + 2);
        let (address, after) = address.split_at(end);
        pieces.extend(deltas(before));
        pieces.push(address.to_owned());
        rest = after;
    }
    pieces.extend(deltas(rest));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ending(trouble: Option<Trouble>, begun: bool, cites: bool) -> Ending {
        Ending {
            trouble,
            finish: FinishReason::Stop,
            used: None,
            begun,
            cites,
        }
    }

    fn closed(ending: &Ending, passages: usize, excerpts: bool) -> Option<String> {
        let excerpts = excerpts.then(|| {
            (
                vec!["> Hot. [1]\n\n*Excerpts from 1 source, no language model.*".to_owned()],
                FinishReason::Stop,
            )
        });
        closing(ending, "qwen_2*5", passages, excerpts, false).map(|(texts, _)| texts.concat())
    }

    #[test]
    fn the_last_line_says_who_wrote_and_from_what() {
        let told = |passages, cites| closed(&ending(None, true, cites), passages, true).unwrap();
        insta::assert_snapshot!(told(5, true).trim(), @r"*Written by qwen_2\*5 from 5 sources.*");
        insta::assert_snapshot!(told(1, true).trim(), @r"*Written by qwen_2\*5 from 1 source.*");
        insta::assert_snapshot!(told(5, false).trim(), @r"*Written by qwen_2\*5, which cited none of the 5 sources it was given: nothing here is confirmed.*");
        insta::assert_snapshot!(told(0, false).trim(), @r"*Written by qwen_2\*5 without sources.*");
    }

    #[test]
    fn what_a_model_does_not_say_the_excerpts_do() {
        let told =
            |trouble, begun, excerpts| closed(&ending(Some(trouble), begun, false), 5, excerpts);
        insta::assert_snapshot!(told(Trouble::TooSlow, false, true).unwrap(), @r"
        *The language model did not answer in time; these are the excerpts it was given.*

        > Hot. [1]

        *Excerpts from 1 source, no language model.*
        ");
        insta::assert_snapshot!(told(Trouble::Empty, false, true).unwrap().lines().next().unwrap(), @"*The language model did not answer; these are the excerpts it was given.*");
        insta::assert_snapshot!(told(Trouble::BrokeOff, true, true).unwrap(), @r"


        *The language model broke off here; these are the excerpts it was given.*

        > Hot. [1]

        *Written by qwen_2\*5, which cited none of the 5 sources it was given: nothing it wrote is confirmed.*
        ");
        insta::assert_snapshot!(told(Trouble::BrokeOff, true, false).unwrap().trim(), @r"
        *The language model broke off here.*

        *Written by qwen_2\*5, which cited none of the 5 sources it was given: nothing it wrote is confirmed.*
        ");
        let excerpts = (vec!["> Hot. [1]".to_owned()], FinishReason::Stop);
        let (some, _) = closing(
            &ending(Some(Trouble::TooSlow), false, false),
            "m",
            5,
            Some(excerpts),
            true,
        )
        .unwrap();
        assert!(
            some.concat()
                .contains("these are some of the excerpts it was given")
        );
        assert_eq!(told(Trouble::Empty, false, false), None);
    }

    #[test]
    fn addresses_without_a_public_one_are_pieces_of_their_own() {
        let json = r#"{"a":"x y","urls":["local:/a.md#b","https://c.example/"]}"#;
        let pieces = pieces(json);
        assert_eq!(pieces.concat(), json);
        assert!(
            pieces.contains(&"\"local:/a.md#b\"".to_owned()),
            "{pieces:?}"
        );
    }
}
