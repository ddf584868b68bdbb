//! An answer that a language model writes, as events: its text and who wrote it, or the excerpts that stand in for it. Must never
//! end in silence.

use std::sync::Arc;

use async_stream::stream;
use axum::http::StatusCode;
use futures_util::stream::{Stream, StreamExt};
use serde_json::Value;
use sonar::FinishReason;

use super::bill::Bill;
use crate::Failure;
use crate::engines::corpus::write::{deltas, escaped};
use crate::engines::writer::schema::Schema;
use crate::engines::writer::{Editor, Ending, Trouble, Used, Writer, Written};
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
    pub(super) schema: Option<Schema>,
    /// What stands in when there is no text; none when there are no passages, or none fit the schema.
    pub(super) excerpts: Option<Ready>,
    pub(super) bill: Bill,
}

impl Commission {
    /// The text, then the end.
    pub(super) fn events(mut self) -> impl Stream<Item = Event> {
        stream! {
            match self.schema.take() {
                Some(schema) => {
                    let filled = self.filled(Arc::new(schema)).await;
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
            mut bill,
            ..
        } = self;
        stream! {
            let mut written = std::pin::pin!(writer.write(body, editor));
            while let Some(next) = written.next().await {
                let ending = match next {
                    Written::Text(text) => {
                        bill.add(&text);
                        yield Event::Delta(text);
                        continue;
                    }
                    Written::End(ending) => ending,
                };
                let Some((texts, finish)) = closing(&ending, writer.model(), passages, excerpts) else {
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

    async fn filled(self, schema: Arc<Schema>) -> Result<Vec<Event>, Failure> {
        let Self {
            writer,
            body,
            passages,
            excerpts,
            bill,
            ..
        } = self;
        let (texts, finish, used) = match (writer.fill(body, &schema, passages).await, excerpts) {
            (Ok((json, used)), _) => (pieces(&json), FinishReason::Stop, used),
            (Err(_), Some((texts, finish))) => (texts, finish, None),
            (Err(Some(trouble)), None) => return Err(failed(Some(&trouble))),
            (Err(None), None) => return Err(misfit()),
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
    match excerpts {
        Some((mut texts, finish)) => {
            texts.insert(
                0,
                format!("{gap}*{what}; these are the excerpts it was given.*\n\n"),
            );
            Some((texts, finish))
        }
        None if ending.begun => Some((vec![format!("{gap}*{what}.*")], FinishReason::Stop)),
        None => None,
    }
}

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
        format!("\n\n*Written by {model}, which {cited}: nothing here is confirmed.*")
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

fn misfit() -> Failure {
    Failure::new(
        StatusCode::BAD_GATEWAY,
        "model_failed",
        "response_format: the language model was asked twice, and neither reply fits the json_schema.",
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
        let excerpts = excerpts.then(|| (vec!["> Hot. [1]".to_owned()], FinishReason::Stop));
        closing(ending, "qwen_2*5", passages, excerpts).map(|(texts, _)| texts.concat())
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
        ");
        insta::assert_snapshot!(told(Trouble::Empty, false, true).unwrap().lines().next().unwrap(), @"*The language model did not answer; these are the excerpts it was given.*");
        insta::assert_snapshot!(told(Trouble::BrokeOff, true, true).unwrap(), @r"


        *The language model broke off here; these are the excerpts it was given.*

        > Hot. [1]
        ");
        insta::assert_snapshot!(told(Trouble::BrokeOff, true, false).unwrap().trim(), @"*The language model broke off here.*");
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
