//! What readers can do with an answer, and who may. Plain values; a control works as long as its question is kept.

use crate::ids::{PersonId, QuestionId, QuoteId};

/// Something a reader can do with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// See where it comes from.
    Sources,
    /// Turn to this page of where it comes from, counted from 0.
    Page(u16),
    /// Ask on from here.
    FollowUp,
    /// Ask one of the related questions.
    Related,
    /// Have it answered once more, in place; also where an answer failed.
    Regenerate,
    /// Have the question answered as it was edited, in place.
    AnswerEdited,
    /// Take it away.
    Delete,
    /// End it while it is being written; what is there stays.
    Stop,
    /// Say that its research may cost what it is thought to cost.
    Begin,
    /// Cancel its research.
    Cancel,
}

/// The name that stands for turning to a page; the page follows the question.
const PAGE: &str = "page";

/// Every other deed with the name that stands for it in Discord's messages. Never changes for a deed: old messages bear it.
const NAMES: [(Deed, &str); 9] = [
    (Deed::Sources, "sources"),
    (Deed::FollowUp, "follow"),
    (Deed::Related, "related"),
    (Deed::Regenerate, "again"),
    (Deed::AnswerEdited, "edited"),
    (Deed::Delete, "delete"),
    (Deed::Stop, "stop"),
    (Deed::Begin, "begin"),
    (Deed::Cancel, "cancel"),
];

/// A deed and the question whose answer it is done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Control {
    /// What is done.
    pub deed: Deed,
    /// With the answer to what.
    pub question: QuestionId,
}

/// Who wants to do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Who.
    pub id: PersonId,
    /// Whether they keep order in the place: they may delete other people's messages.
    pub moderates: bool,
}

impl Control {
    /// The name under which Discord hands it back, at most 100 characters.
    pub fn name(self) -> String {
        if let Deed::Page(page) = self.deed {
            return format!("{PAGE}:{}:{page}", self.question);
        }
        let deed = NAMES
            .iter()
            .find_map(|(deed, name)| (*deed == self.deed).then_some(*name));
        format!("{}:{}", deed.unwrap_or_default(), self.question)
    }

    /// The control that [`Control::name`] names.
    pub fn named(name: &str) -> Option<Self> {
        let (deed, rest) = name.split_once(':')?;
        let (deed, question) = if deed == PAGE {
            let (question, page) = rest.split_once(':')?;
            (Deed::Page(page.parse().ok()?), question)
        } else {
            let mut known = NAMES.iter();
            (known.find(|(_, name)| *name == deed)?.0, rest)
        };
        Some(Self {
            deed,
            question: QuestionId(question.parse().ok()?),
        })
    }
}

/// What a form that somebody fills in is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The answer to this question.
    Answer(QuestionId),
    /// This message of somebody's.
    Message(QuoteId),
}

/// A form that somebody writes a question in, with what its coming back does not tell again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuestionForm {
    /// What the question is about.
    pub about: About,
    /// Whether the bot itself is where the form was opened.
    pub present: bool,
}

impl QuestionForm {
    /// The name under which Discord hands it back, at most 100 characters.
    pub fn name(self) -> String {
        let place = if self.present { "here" } else { "away" };
        match self.about {
            About::Answer(question) => format!("follow:{question}:{place}"),
            About::Message(quote) => format!("about:{quote}:{place}"),
        }
    }

    /// The form that [`QuestionForm::name`] names.
    pub fn named(name: &str) -> Option<Self> {
        let (kind, rest) = name.split_once(':')?;
        let (id, place) = rest.split_once(':')?;
        let id = id.parse().ok()?;
        Some(Self {
            about: match kind {
                "follow" => About::Answer(QuestionId(id)),
                "about" => About::Message(QuoteId(id)),
                _ => return None,
            },
            present: match place {
                "here" => true,
                "away" => false,
                _ => return None,
            },
        })
    }
}

impl Deed {
    /// Whether `reader` may do this with an answer that `asker` asked for: looking and asking on are everyone's, what changes the answer
    /// is the asker's and the moderators'.
    pub fn is_open_to(self, reader: Reader, asker: PersonId) -> bool {
        match self {
            Self::Sources | Self::Page(_) | Self::FollowUp | Self::Related => true,
            Self::Regenerate | Self::AnswerEdited | Self::Delete | Self::Stop | Self::Cancel => {
                reader.moderates || reader.id == asker
            }
            // Nobody agrees to a cost in the name of somebody else.
            Self::Begin => reader.id == asker,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deeds() -> impl Iterator<Item = Deed> {
        let others = NAMES.into_iter().map(|(deed, _)| deed);
        others.chain([Deed::Page(0), Deed::Page(u16::MAX)])
    }

    #[test]
    fn every_control_is_known_by_its_name() {
        for deed in deeds() {
            let control = Control {
                deed,
                question: QuestionId(i64::MAX),
            };
            assert_eq!(Control::named(&control.name()), Some(control));
            assert!(control.name().len() <= 100);
        }
        for name in [
            "",
            "stop",
            "stop:",
            "stop:x",
            "go:1",
            "stop:1:2",
            "page:1",
            "page:1:",
            "page:1:-1",
        ] {
            assert_eq!(Control::named(name), None, "{name}");
        }
    }

    #[test]
    fn every_form_is_known_by_its_name() {
        for about in [
            About::Answer(QuestionId(i64::MAX)),
            About::Message(QuoteId(i64::MAX)),
        ] {
            for present in [true, false] {
                let form = QuestionForm { about, present };
                assert_eq!(QuestionForm::named(&form.name()), Some(form));
                assert!(form.name().len() <= 100);
            }
        }
        for name in [
            "",
            "follow",
            "follow:1",
            "follow:1:there",
            "about:x:here",
            "stop:1:here",
        ] {
            assert_eq!(QuestionForm::named(name), None, "{name}");
        }
    }

    #[test]
    fn only_the_asker_and_moderators_change_an_answer() {
        let reader = |id, moderates| Reader {
            id: PersonId(id),
            moderates,
        };
        for deed in deeds() {
            let everyones = matches!(
                deed,
                Deed::Sources | Deed::Page(_) | Deed::FollowUp | Deed::Related
            );
            assert!(deed.is_open_to(reader(1, false), PersonId(1)));
            assert_eq!(
                deed.is_open_to(reader(2, true), PersonId(1)),
                deed != Deed::Begin
            );
            assert_eq!(
                deed.is_open_to(reader(2, false), PersonId(1)),
                everyones,
                "{deed:?}"
            );
        }
    }
}
