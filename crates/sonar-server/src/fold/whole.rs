//! The JSON reply. Must read the same events as the stream does.

use sonar::ChatCompletion;

use super::{Answer, Head};
use crate::Failure;
use crate::engines::{Done, Event};

/// An answer that is read as a whole.
#[derive(Debug)]
pub(crate) struct Whole(Answer);

impl Whole {
    pub(crate) fn new(head: Head) -> Self {
        Self(Answer::new(head))
    }

    /// Takes an event; the last one gives the reply.
    pub(crate) fn take(&mut self, event: Event) -> Option<Result<ChatCompletion, Failure>> {
        match event {
            Event::Upstream(upstream) => self.0.head.answered_by(upstream),
            Event::Searching(_) | Event::Search(_) | Event::Fetch(_) => {}
            Event::Sources(sources) => self.0.sources = sources,
            Event::MoreSources(more) => self.0.sources.append(more),
            Event::Delta(text) => self.0.add(&text),
            Event::Done(done) => return Some(Ok(self.reply(*done))),
            Event::Failed(failure) => return Some(Err(failure)),
        }
        None
    }

    fn reply(&self, done: Done) -> ChatCompletion {
        let mut reply = self.0.finished("chat.completion", done);
        if !self.0.head.dialect.delta {
            for choice in &mut reply.choices {
                choice.delta = None;
            }
        }
        reply
    }
}
