//! Turns the one stream of events into what a client reads: a JSON reply or pieces of a stream. Must not await anything.

mod pieces;
mod whole;

pub(crate) use pieces::Pieces;
pub(crate) use whole::Whole;

use sonar::{ChatCompletion, ChatRequest, Choice, FinishReason, Message, StreamMode, Usage};

use crate::Dialect;
use crate::engines::{Done, Sources, Upstream};
use crate::media::wants_images;
use crate::usage::Estimate;

/// What every reply to one request says about itself, and how it is to be told.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// Id of the answer.
    pub(crate) id: String,
    /// Seconds since 1970.
    pub(crate) created: i64,
    model: String,
    concise: bool,
    images: bool,
    related: bool,
    dialect: Dialect,
    estimate: Estimate,
}

impl Head {
    /// The head of the answer to a request, begun at `created`. It holds nothing of the conversation, which may be long.
    pub(crate) fn new(id: String, created: i64, request: &ChatRequest, dialect: Dialect) -> Self {
        Self {
            id,
            created,
            model: request.model.clone(),
            concise: request.stream_mode == Some(StreamMode::Concise),
            images: wants_images(request),
            related: request.return_related_questions == Some(true),
            dialect,
            estimate: Estimate::new(request),
        }
    }

    /// An answer keeps the id that the service behind this one gave it.
    fn answered_by(&mut self, upstream: Upstream) {
        if let Some(id) = upstream.id {
            self.id = id;
        }
    }
}

/// The answer so far.
#[derive(Debug)]
struct Answer {
    head: Head,
    sources: Sources,
    text: String,
}

impl Answer {
    fn new(head: Head) -> Self {
        Self {
            head,
            sources: Sources::default(),
            text: String::new(),
        }
    }

    fn add(&mut self, text: &str) {
        self.text.push_str(text);
        self.head.estimate.add(text);
    }

    /// A reply or a piece with nothing in it but what all of them carry.
    fn bare(&self, object: &str, choice: Choice) -> ChatCompletion {
        ChatCompletion {
            id: self.head.id.clone(),
            model: self.head.model.clone(),
            created: self.head.created,
            object: object.to_owned(),
            choices: vec![choice],
            ..ChatCompletion::default()
        }
    }

    fn citations(&self) -> Vec<String> {
        let results = self.sources.results.iter();
        results.map(|source| source.url.clone()).collect()
    }

    /// The piece with everything that was found: sources, and what else was asked for.
    fn with_findings(&self, piece: ChatCompletion) -> ChatCompletion {
        let Sources {
            results,
            images,
            related,
        } = &self.sources;
        ChatCompletion {
            citations: Some(self.citations()),
            search_results: Some(results.clone()),
            images: self.head.images.then(|| images.clone()),
            related_questions: self.head.related.then(|| related.clone()),
            ..piece
        }
    }

    /// What was used so far.
    fn usage(&self) -> Usage {
        self.told(self.head.estimate.usage())
    }

    fn told(&self, usage: Usage) -> Usage {
        Usage {
            cost: usage.cost.filter(|_| self.head.dialect.cost),
            ..usage
        }
    }

    /// The complete answer; all of its text stands in the message and none in the delta.
    fn finished(&self, object: &str, done: Done) -> ChatCompletion {
        self.with_findings(ChatCompletion {
            usage: Some(self.told(done.usage)),
            ..self.bare(object, choice(&self.text, "", Some(done.finish)))
        })
    }
}

/// A choice with both `message` and `delta`: some clients need the one, some the other.
fn choice(message: &str, delta: &str, finish_reason: Option<FinishReason>) -> Choice {
    Choice {
        message: Some(Message::assistant(message)),
        delta: Some(Message::assistant(delta)),
        finish_reason,
        ..Choice::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::{Event, Fetch, Search};
    use proptest::prelude::*;
    use sonar::{ChatChunk, Image, Role, SearchResult};

    fn source() -> impl Strategy<Value = SearchResult> {
        ("[a-z]{1,6}", prop::option::of("2026-0[1-9]-11")).prop_map(|(name, date)| SearchResult {
            title: name.to_uppercase(),
            url: format!("https://{name}.example/"),
            date,
            ..SearchResult::default()
        })
    }

    /// The events of an answer that cites only what it names.
    fn events() -> impl Strategy<Value = Vec<Event>> {
        let text = prop::collection::vec(
            ("[a-zé🙂 \n\"\\\\]{0,9}", any::<u8>(), any::<bool>()),
            0..12,
        );
        let sources = prop::collection::vec(source(), 0..6);
        let late = prop::collection::vec(source(), 0..3);
        (0_usize..3, sources, text, late).prop_map(|(searches, sources, text, late)| {
            let count = sources.len();
            let deltas = text
                .into_iter()
                .map(|(words, number, cites)| match cites && count > 0 {
                    true => format!("{words} [{}]", usize::from(number) % count + 1),
                    false => words,
                });
            let deltas: Vec<String> = deltas.collect();
            let mut estimate = Estimate::new(&ChatRequest::default());
            estimate.add(&deltas.concat());
            let done = Done {
                finish: FinishReason::Stop,
                usage: estimate.usage(),
            };
            let search = Search {
                keywords: vec!["why".to_owned()],
                results: sources.clone(),
            };
            let image = Image {
                image_url: "https://a.example/a.png".to_owned(),
                ..Image::default()
            };
            let sources = Sources {
                results: sources,
                images: vec![image],
                related: vec!["And then?".to_owned()],
            };
            let begun = Event::Searching(search.keywords.clone());
            let mut steps = vec![Event::Search(search); searches];
            if searches == 2 {
                steps.insert(0, begun);
            }
            if searches > 1 {
                let pages = sources.results.clone();
                steps.push(Event::Fetch(Fetch { pages }));
            }
            // Late sources come between two pieces of text, one by one.
            let late = late.into_iter().map(|source| {
                Event::MoreSources(Sources {
                    results: vec![source],
                    ..Sources::default()
                })
            });
            let upstream = Upstream {
                id: Some("run-1".to_owned()),
                headers: Vec::new(),
            };
            let mut text: Vec<Event> = deltas.into_iter().map(Event::Delta).collect();
            for (at, late) in late.enumerate() {
                text.insert((2 * at).min(text.len()), late);
            }
            [Event::Upstream(upstream)]
                .into_iter()
                .chain(steps)
                .chain([Event::Sources(sources)])
                .chain(text)
                .chain([Event::Done(Box::new(done))])
                .collect()
        })
    }

    fn head(mode: Option<StreamMode>, extras: bool) -> Head {
        let request = ChatRequest {
            stream_mode: mode,
            return_related_questions: Some(extras),
            return_images: Some(extras),
            ..ChatRequest::new("sonar", vec![Message::user("Why?")])
        };
        Head::new("local-1".to_owned(), 7, &request, Dialect::default())
    }

    fn whole(events: &[Event], extras: bool) -> ChatCompletion {
        let mut whole = Whole::new(head(None, extras));
        let reply = events.iter().find_map(|event| whole.take(event.clone()));
        reply.unwrap().unwrap()
    }

    fn pieces(events: &[Event], mode: Option<StreamMode>, extras: bool) -> Vec<ChatChunk> {
        let mut pieces = Pieces::new(head(mode, extras));
        events
            .iter()
            .flat_map(|event| pieces.take(event.clone()).unwrap())
            .collect()
    }

    /// Numbers of the markers in a text.
    fn markers(text: &str) -> Vec<usize> {
        let inside = text.split('[').skip(1);
        inside
            .filter_map(|rest| rest.split_once(']')?.0.parse().ok())
            .collect()
    }

    fn cites_only_what_it_names(piece: &ChatCompletion) -> Result<(), TestCaseError> {
        let named: Vec<String> = piece
            .sources()
            .iter()
            .map(|source| source.url.clone())
            .collect();
        prop_assert_eq!(piece.citations.as_ref().unwrap(), &named);
        for number in markers(&piece.text()) {
            prop_assert!((1..=named.len()).contains(&number));
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn the_sources_are_the_citations_and_every_marker_has_one(events in events()) {
            cites_only_what_it_names(&whole(&events, false))?;
            for mode in [None, Some(StreamMode::Concise)] {
                let pieces = pieces(&events, mode, false);
                cites_only_what_it_names(pieces.last().unwrap())?;
                for piece in pieces.iter().filter(|piece| piece.citations.is_some() && piece.search_results.is_some()) {
                    cites_only_what_it_names(piece)?;
                }
            }
        }

        #[test]
        fn however_it_is_read_the_answer_is_the_same(events in events(), extras: bool) {
            let whole = whole(&events, extras);
            for mode in [None, Some(StreamMode::Full), Some(StreamMode::Concise)] {
                let pieces = pieces(&events, mode.clone(), extras);
                let added: String = pieces.iter().map(|piece| piece.added_text().into_owned()).collect();
                prop_assert_eq!(&added, &whole.text().into_owned());

                let mut last = pieces.last().unwrap().clone();
                prop_assert_eq!(last.object.as_str(), "chat.completion.done");
                prop_assert_eq!(last.added_text(), "");
                last.object.clone_from(&whole.object);
                if let Some(message) = &mut last.choices[0].message {
                    message.reasoning_steps = None;
                }
                prop_assert_eq!(&last, &whole);
            }
        }

        #[test]
        fn every_piece_can_be_read_by_the_strictest_client(events in events(), concise: bool) {
            let mode = if concise { StreamMode::Concise } else { StreamMode::Full };
            let pieces = pieces(&events, Some(mode), true);
            for (place, piece) in pieces.iter().enumerate() {
                prop_assert_eq!((piece.id.as_str(), piece.model.as_str(), piece.created), ("run-1", "sonar", 7));
                let choice = &piece.choices[0];
                for message in [&choice.message, &choice.delta] {
                    prop_assert_eq!(&message.as_ref().unwrap().role, &Role::Assistant);
                }
                prop_assert_eq!(choice.finish_reason.is_some(), place + 1 == pieces.len());
                if let Some(usage) = &piece.usage {
                    prop_assert!(usage.cost.is_some());
                    prop_assert_eq!(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
                }
            }
        }

        #[test]
        fn what_was_found_stands_in_the_first_piece_and_in_the_last(events in events(), extras: bool) {
            let pieces = pieces(&events, None, extras);
            let (first, last) = (&pieces[0], pieces.last().unwrap());
            for piece in [first, last] {
                prop_assert!(piece.citations.is_some() && piece.search_results.is_some());
                prop_assert_eq!((piece.images.is_some(), piece.related_questions.is_some()), (extras, extras));
            }
            prop_assert_eq!((&first.images, &first.related_questions), (&last.images, &last.related_questions));
            let all = last.citations.as_deref().unwrap();
            let mut known = first.citations.as_deref().unwrap();
            prop_assert_eq!(known.len(), first.search_results.as_ref().unwrap().len());
            // A number that was once told keeps its source.
            for piece in &pieces {
                let told = piece.citations.as_deref().unwrap();
                prop_assert!(told.starts_with(known) && all.starts_with(told));
                known = told;
            }
        }

        #[test]
        fn a_concise_stream_tells_its_steps_then_what_was_found_then_the_text(events in events(), extras: bool) {
            let searches = events.iter().filter(|event| matches!(event, Event::Search(_) | Event::Fetch(_))).count();
            let begun = events.iter().filter(|event| matches!(event, Event::Searching(_))).count();
            let texts = events.iter().filter(|event| matches!(event, Event::Delta(_))).count();
            let pieces = pieces(&events, Some(StreamMode::Concise), extras);
            let mut expected = vec!["chat.reasoning"; begun + searches];
            expected.push("chat.reasoning.done");
            expected.extend(vec!["chat.completion.chunk"; texts]);
            expected.push("chat.completion.done");
            let kinds: Vec<&str> = pieces.iter().map(|piece| piece.object.as_str()).collect();
            prop_assert_eq!(kinds, expected);

            let (last, before) = pieces.split_last().unwrap();
            for piece in before {
                let tells = piece.object == "chat.reasoning.done";
                prop_assert_eq!(piece.text(), "");
                prop_assert_eq!((piece.search_results.is_some(), piece.usage.is_some()), (tells, tells));
                prop_assert_eq!(piece.images.is_some(), tells && extras);
                prop_assert!(piece.citations.is_none() && piece.related_questions.is_none());
            }
            let steps = |piece: &ChatChunk| piece.choices[0].message.as_ref().unwrap().reasoning_steps.clone();
            prop_assert_eq!(steps(last).map(|steps| steps.len()), Some(searches));
            prop_assert_eq!(steps(&before[begun + searches]), steps(last));
        }

        #[test]
        fn a_full_piece_holds_all_that_came_before(events in events()) {
            let pieces = pieces(&events, None, false);
            let (mut so_far, mut tokens) = (String::new(), 0);
            for piece in &pieces {
                so_far.push_str(&piece.added_text());
                prop_assert_eq!(piece.text(), so_far.as_str());
                let usage = piece.usage.as_ref().unwrap();
                prop_assert!(usage.completion_tokens >= tokens && usage.cost.is_some());
                tokens = usage.completion_tokens;
            }
            let ends = pieces.iter().map(|piece| piece.is_last());
            prop_assert_eq!(ends.filter(|last| *last).count(), 1);
        }
    }
}
