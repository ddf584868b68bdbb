//! What readers can do with an answer, and who may. Plain values; a control works as long as its question is kept.

use crate::ids::{PersonId, QuestionId};

/// Something a reader can do with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// See where it comes from.
    Sources,
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
}

/// Every deed with the name that stands for it in Discord's messages. Never changes for a deed: old messages bear it.
const NAMES: [(Deed, &str); 7] = [
    (Deed::Sources, "sources"),
    (Deed::FollowUp, "follow"),
    (Deed::Related, "related"),
    (Deed::Regenerate, "again"),
    (Deed::AnswerEdited, "edited"),
    (Deed::Delete, "delete"),
    (Deed::Stop, "stop"),
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
        let deed = NAMES
            .iter()
            .find_map(|(deed, name)| (*deed == self.deed).then_some(*name));
        format!("{}:{}", deed.unwrap_or_default(), self.question)
    }

    /// The control that [`Control::name`] names.
    pub fn named(name: &str) -> Option<Self> {
        let (deed, question) = name.split_once(':')?;
        let deed = NAMES
            .iter()
            .find_map(|(known, name)| (*name == deed).then_some(*known))?;
        Some(Self {
            deed,
            question: QuestionId(question.parse().ok()?),
        })
    }
}

impl Deed {
    /// Whether `reader` may do this with an answer that `asker` asked for: looking and asking on are everyone's, what changes the answer
    /// is the asker's and the moderators'.
    pub fn is_open_to(self, reader: Reader, asker: PersonId) -> bool {
        match self {
            Self::Sources | Self::FollowUp | Self::Related => true,
            Self::Regenerate | Self::AnswerEdited | Self::Delete | Self::Stop => {
                reader.moderates || reader.id == asker
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_control_is_known_by_its_name() {
        for (deed, _) in NAMES {
            let control = Control {
                deed,
                question: QuestionId(i64::MAX),
            };
            assert_eq!(Control::named(&control.name()), Some(control));
            assert!(control.name().len() <= 100);
        }
        for name in ["", "stop", "stop:", "stop:x", "go:1", "stop:1:2"] {
            assert_eq!(Control::named(name), None, "{name}");
        }
    }

    #[test]
    fn only_the_asker_and_moderators_change_an_answer() {
        let reader = |id, moderates| Reader {
            id: PersonId(id),
            moderates,
        };
        for (deed, _) in NAMES {
            let everyones = matches!(deed, Deed::Sources | Deed::FollowUp | Deed::Related);
            assert!(deed.is_open_to(reader(1, false), PersonId(1)));
            assert!(deed.is_open_to(reader(2, true), PersonId(1)));
            assert_eq!(
                deed.is_open_to(reader(2, false), PersonId(1)),
                everyones,
                "{deed:?}"
            );
        }
    }
}
