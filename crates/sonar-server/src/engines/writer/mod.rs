//! Has a language model write an answer from numbered passages. Must not search, and let nothing out that cites what is not there.
//!
//! `prompt` says what is asked, `client` asks it once and reads `ahead` of a slow reader, `editor` makes of the reply what readers get, sentence by sentence:
//! `thinking` goes, markers are mended, `sentences` are divided, a `tail` of sources goes, `support` looks each sentence up in
//! what it cites. `schema` checks replies in JSON,
//! once `expansion` has seen that the schema is no trap.

mod ahead;
mod client;
mod editor;
mod expansion;
pub(crate) mod prompt;
mod reach;
pub(crate) mod schema;
mod sentences;
mod settings;
mod support;
mod tail;
mod thinking;
mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_stream::stream;
use futures_util::stream::{Stream, StreamExt};
use serde_json::Value;
use sonar::FinishReason;
use tokio::time::Instant;

use client::Client;
use editor::Numbered;
use schema::{Schema, bare};
use thinking::Thinking;
use wire::Said;

use crate::markers::JsonMarkers;

pub(crate) use client::Trouble;
pub(crate) use editor::Editor;
pub(crate) use support::Lookup;
pub(crate) use wire::Used;

pub use client::Unusable;
pub use reach::{Reach, Unreached, reach};
pub use settings::WriterSettings;

/// A language model behind a chat endpoint. Clones share its turns.
#[derive(Clone, Debug)]
pub struct Writer {
    client: Client,
    model: Arc<str>,
    opens: Opens,
}

/// Whether the model has shown that its template begins a thought for it: an end came without a beginning. Nobody can take back what had
/// gone out by then, so later replies wait for such an end.
#[derive(Clone, Debug, Default)]
struct Opens(Arc<AtomicBool>);

impl Opens {
    /// What is known before a reply.
    fn expect(&self, thinking: &mut Thinking) {
        if self.0.load(Ordering::Relaxed) {
            thinking.awaits_an_end();
        }
    }

    /// Before the text of a piece is read: who sends thoughts in a field of their own leaves none in the text.
    fn hear(said: &Said, thinking: &mut Thinking) {
        if said.thought {
            thinking.awaits_nothing();
        }
    }

    /// Learns from what was read.
    fn learn(&self, thinking: &Thinking) {
        if thinking.had_no_beginning() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

/// What comes of a commission.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Written {
    /// The next piece of text.
    Text(String),
    /// The end; comes once, last.
    End(Ending),
}

/// How a text ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ending {
    /// What was in the way, if something was.
    pub(crate) trouble: Option<Trouble>,
    /// Why it ended, when nothing was.
    pub(crate) finish: FinishReason,
    /// What the endpoint says it used.
    pub(crate) used: Option<Used>,
    /// Whether any text came.
    pub(crate) begun: bool,
    /// Whether it cites a source.
    pub(crate) cites: bool,
}

impl Writer {
    /// A writer at the endpoint of the settings; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// See [`Unusable`].
    pub fn new(settings: &WriterSettings) -> Result<Self, Unusable> {
        Ok(Self {
            client: Client::new(settings)?,
            model: settings.model.as_str().into(),
            opens: Opens::default(),
        })
    }

    /// The name of the model.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Has a text written until then, and edited as it comes.
    pub(crate) fn write(
        &self,
        body: Value,
        mut editor: Editor,
        last: Instant,
    ) -> impl Stream<Item = Written> + use<> {
        let said = self.client.ask(body, last);
        let opens = self.opens.clone();
        opens.expect(editor.thinking());
        stream! {
            let mut said = std::pin::pin!(said);
            let (mut trouble, mut finish, mut used) = (None, FinishReason::Stop, None);
            while let Some(said) = said.next().await {
                let edited = said.and_then(|said| {
                    finish = said.finish.clone().unwrap_or(finish.clone());
                    used = said.used.or(used);
                    Opens::hear(&said, editor.thinking());
                    editor.push(&said.text).map_err(|_| Trouble::Endless)
                });
                opens.learn(editor.thinking());
                match edited {
                    Ok(texts) => for text in texts {
                        yield Written::Text(text);
                    },
                    Err(met) => {
                        trouble = Some(met);
                        break;
                    }
                }
            }
            let whole = trouble.is_none() && finish == FinishReason::Stop;
            for text in editor.finish(trouble.is_some(), whole) {
                yield Written::Text(text);
            }
            let trouble = trouble.or_else(|| (!editor.begun()).then_some(Trouble::Empty));
            told(trouble.as_ref());
            let (begun, cites) = (editor.begun(), editor.cites());
            yield Written::End(Ending { trouble, finish, used, begun, cites });
        }
    }

    /// When an answer that is begun now must have ended.
    pub(crate) fn deadline(&self) -> Instant {
        self.client.deadline()
    }

    /// Has JSON written that fits a schema, from so many passages; asks once more when it does not fit, unless it was cut off. What both
    /// used is added up, and both have until the same moment.
    ///
    /// # Errors
    ///
    /// See [`Unfilled`].
    pub(crate) async fn fill(
        &self,
        mut body: Value,
        schema: &Arc<Schema>,
        passages: usize,
        last: Instant,
    ) -> Result<(String, Option<Used>), Unfilled> {
        let mut used: Option<Used> = None;
        let mut why = Why::Misfit;
        for _ in 0..ATTEMPTS {
            let whole = match self.whole(body.clone(), last).await {
                Ok(whole) => whole,
                Err(trouble) => {
                    told(Some(&trouble));
                    why = Why::Trouble(trouble);
                    return Err(Unfilled { why, used });
                }
            };
            used = match (used, whole.used) {
                (Some(before), Some(more)) => Some(before.and(more)),
                (before, more) => more.or(before),
            };
            if let Some(json) = fitting(bare(&whole.text), schema, passages).await {
                return Ok((json, used));
            }
            if whole.finish == Some(FinishReason::Length) {
                why = Why::CutOff;
                break;
            }
            prompt::tell_misfit(&mut body, &whole.text);
        }
        tracing::warn!("the replies of the language model did not fit the schema of the request");
        Err(Unfilled { why, used })
    }

    /// All that the model says to a request, without its thoughts.
    async fn whole(&self, body: Value, last: Instant) -> Result<Whole, Trouble> {
        let mut said = std::pin::pin!(self.client.ask(body, last));
        let mut thinking = Thinking::default();
        self.opens.expect(&mut thinking);
        let mut whole = Whole::default();
        while let Some(said) = said.next().await {
            let said = said?;
            whole.used = said.used.or(whole.used);
            whole.finish = said.finish.clone().or(whole.finish);
            Opens::hear(&said, &mut thinking);
            whole.read(&thinking.push(&said.text));
        }
        self.opens.learn(&thinking);
        whole.read(&thinking.finish(true));
        Ok(whole)
    }
}

/// Why there is no JSON.
#[derive(Debug)]
pub(crate) struct Unfilled {
    pub(crate) why: Why,
    /// What the endpoint says was used all the same.
    pub(crate) used: Option<Used>,
}

/// What was in the way of JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The model did not answer.
    Trouble(Trouble),
    /// Neither reply fits.
    Misfit,
    /// The reply ended where the request's tokens do, and does not fit.
    CutOff,
}

/// A whole reply.
#[derive(Debug, Default)]
struct Whole {
    text: String,
    used: Option<Used>,
    finish: Option<FinishReason>,
}

impl Whole {
    fn read(&mut self, kept: &[String]) {
        for (at, text) in kept.iter().enumerate() {
            if at > 0 {
                self.text.clear();
            }
            self.text.push_str(text);
        }
    }
}

/// The JSON with its markers mended, or as it came where only that fits.
async fn fitting(json: &str, schema: &Arc<Schema>, passages: usize) -> Option<String> {
    let mended = mended(json, passages);
    if schema.fits(&mended).await {
        return Some(mended);
    }
    (mended != json && schema.fits(json).await).then(|| json.to_owned())
}

/// JSON with the markers in its strings mended.
fn mended(json: &str, passages: usize) -> String {
    let numbered = Numbered::up_to(passages);
    let mut markers = JsonMarkers::default();
    let mended = markers.push(json, &numbered);
    mended + &markers.finish(&numbered)
}

/// How often JSON is asked for: what does not fit is asked for once more.
const ATTEMPTS: usize = 2;

/// The log says what was in the way; nothing of the text.
fn told(trouble: Option<&Trouble>) {
    if let Some(trouble) = trouble {
        tracing::warn!(%trouble, "the language model wrote no whole answer");
    }
}
