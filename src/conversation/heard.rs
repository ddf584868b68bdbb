//! Whether a message is a question, and what it asks. Pure: everything that is known about it is given.

use super::home::Conversation;
use super::question::Belongs;
use super::rules::Group;
use crate::ids::{MessageId, PersonId, QuestionId};

/// What is known about a message that was written.
#[derive(Clone, Debug)]
pub struct Heard<'a> {
    /// Which it is.
    pub message: MessageId,
    /// Who wrote it.
    pub author: PersonId,
    /// What they are.
    pub speaker: Speaker,
    /// What it says, without the mention of the bot.
    pub text: &'a str,
    /// Whether Discord lets the bot read what it says.
    pub readable: bool,
    /// Whether its text mentions the bot.
    pub mentions_us: bool,
    /// Whether its text mentions anybody else.
    pub mentions_others: bool,
    /// What it replies to.
    pub replied: Replied,
    /// Where it was written.
    pub spot: Spot<'a>,
    /// Who is answered without a mention once a second person has written in a thread.
    pub group: Group,
}

/// What an author is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// A person, or a bot or webhook that the operator lets be heard.
    Heard,
    /// The bot itself, another bot, or Discord.
    Unheard,
}

/// What a message replies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replied {
    /// Nothing.
    Nothing,
    /// An answer of the bot's.
    Answer(QuestionId),
    /// Another message of the bot's.
    Ours,
    /// Somebody's message; the question that it is, if it is one.
    Theirs {
        /// Who wrote it.
        author: PersonId,
        /// The question that it brought.
        question: Option<QuestionId>,
    },
    /// A message that is gone.
    Gone,
}

/// Where a message was written.
#[derive(Clone, Copy, Debug)]
pub enum Spot<'a> {
    /// In a direct conversation with the bot.
    Direct,
    /// Where a conversation lives.
    Home(&'a Conversation),
    /// In any other channel, thread or post of a server.
    Elsewhere,
}

/// What a message is to the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing.
    Ignore,
    /// A question.
    Take {
        /// Which conversation it belongs to. `New` where only the kind of the channel tells whether it begins one there.
        belongs: Belongs,
        /// Whether it is about the message that it replies to.
        about_replied: bool,
    },
    /// It addresses the bot and asks nothing: what would they like to know?
    Ask,
    /// It answers the bot, which may not read it: how can it be made readable?
    Unreadable,
}

impl Heard<'_> {
    /// Whether it is a question.
    pub fn decide(&self) -> Decision {
        if self.speaker == Speaker::Unheard {
            return Decision::Ignore;
        }
        if !self.addresses_us() && !self.is_said_freely() {
            return Decision::Ignore;
        }
        if !self.readable {
            return Decision::Unreadable;
        }
        let asks = !self.text.trim().is_empty();
        if asks || self.mentions_us && matches!(self.replied, Replied::Theirs { .. }) {
            return Decision::Take {
                belongs: self.belongs(),
                about_replied: self.is_about_replied(asks),
            };
        }
        if self.mentions_us || matches!(self.spot, Spot::Direct) {
            Decision::Ask
        } else {
            Decision::Ignore
        }
    }

    /// Whether with this somebody joins the one who began the conversation that lives here.
    pub fn joins(&self) -> bool {
        matches!(self.spot, Spot::Home(conversation)
            if self.speaker == Speaker::Heard && self.author != conversation.starter && !conversation.others_joined)
    }

    /// Whether it is said to the bot in so many words. In a direct conversation there is nobody else.
    pub fn addresses_us(&self) -> bool {
        self.mentions_us
            || matches!(self.replied, Replied::Answer(_) | Replied::Ours) && !self.mentions_others
            || matches!(self.spot, Spot::Direct)
    }

    /// Whether it is said where the bot answers what is said to nobody.
    fn is_said_freely(&self) -> bool {
        let Spot::Home(conversation) = self.spot else {
            return false;
        };
        let to_others = self.mentions_others
            || match self.replied {
                Replied::Theirs { author, .. } => author != self.author,
                Replied::Gone => true,
                Replied::Nothing | Replied::Answer(_) | Replied::Ours => false,
            };
        // Nobody is told that what they did not say to the bot cannot be read.
        // What was written before the conversation began can be heard after it did: Discord tells of things in no order.
        if to_others || !self.readable || self.message.0 <= conversation.first_event {
            return false;
        }
        let is_starter = self.author == conversation.starter;
        let alone = is_starter && !conversation.others_joined;
        alone
            || match self.group {
                Group::Everyone => true,
                Group::Asker => is_starter,
                Group::Mention => false,
            }
    }

    fn belongs(&self) -> Belongs {
        match (self.replied, self.spot) {
            (Replied::Answer(question), _)
            | (
                Replied::Theirs {
                    question: Some(question),
                    ..
                },
                _,
            ) => Belongs::After(question),
            (_, Spot::Direct | Spot::Home(_)) => Belongs::Here,
            (_, Spot::Elsewhere) => Belongs::New,
        }
    }

    /// A question that is replied to is part of the past already; with nothing said about it, it is asked once more.
    fn is_about_replied(&self, asks: bool) -> bool {
        match self.replied {
            Replied::Theirs { question, .. } => question.is_none() || !asks,
            Replied::Nothing | Replied::Answer(_) | Replied::Ours | Replied::Gone => false,
        }
    }
}

/// A person who is mentioned, and what they are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mentioned<'a> {
    /// Who.
    pub id: PersonId,
    /// What they are called.
    pub name: &'a str,
}

/// A text as it reads without the mentions of the bot, with the others by their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// The text.
    pub text: String,
    /// Whether it mentions the bot.
    pub mentions_us: bool,
    /// Whether it mentions anybody else: a person or a role.
    pub mentions_others: bool,
}

impl Spoken {
    /// Reads a text as Discord writes it. Whom it does not name in `mentioned`, it does not mention: in code a mention is only text.
    pub fn read(text: &str, us: PersonId, mentioned: &[Mentioned<'_>]) -> Self {
        let mut spoken = Self {
            text: String::with_capacity(text.len()),
            mentions_us: false,
            mentions_others: false,
        };
        let mut rest = text;
        while let Some((before, from)) = rest.find("<@").and_then(|at| rest.split_at_checked(at)) {
            spoken.text.push_str(before);
            rest = spoken.read_mention(from, us, mentioned);
        }
        spoken.text.push_str(rest);
        // "@Footnote, why?" leaves its comma behind.
        spoken.text = spoken
            .text
            .trim_start_matches([' ', ',', ':'])
            .trim()
            .to_owned();
        spoken
    }

    /// Reads what begins with `<@`; what is left behind it.
    fn read_mention<'t>(
        &mut self,
        from: &'t str,
        us: PersonId,
        mentioned: &[Mentioned<'_>],
    ) -> &'t str {
        let (mark, after) = from.split_at_checked(2).unwrap_or((from, ""));
        let Some((inside, behind)) = after.split_once('>') else {
            self.text.push_str(mark);
            return after;
        };
        if let Some(role) = inside.strip_prefix('&') {
            self.mentions_others |= role.parse::<u64>().is_ok();
        }
        let id = inside.trim_start_matches('!').parse().map(PersonId);
        let known = id
            .ok()
            .and_then(|id| mentioned.iter().find(|person| person.id == id));
        match known {
            Some(person) if person.id == us => {
                self.mentions_us = true;
                let joined = self.text.is_empty() || self.text.ends_with(char::is_whitespace);
                if joined {
                    behind.trim_start_matches(' ')
                } else {
                    behind
                }
            }
            Some(person) => {
                self.mentions_others = true;
                self.text.push('@');
                self.text.push_str(person.name);
                behind
            }
            None => {
                self.text.push_str(mark);
                after
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ChannelId, ConversationId};
    use proptest::prelude::*;

    const US: PersonId = PersonId(1);
    const ALICE: PersonId = PersonId(2);
    const BOB: PersonId = PersonId(3);
    const QUESTION: QuestionId = QuestionId(7);

    fn conversation(others_joined: bool) -> Conversation {
        Conversation {
            id: ConversationId(1),
            guild: None,
            began_in: ChannelId(1),
            home: Some(ChannelId(1)),
            starter: ALICE,
            first_event: 10,
            others_joined,
            told: false,
        }
    }

    fn said<'a>(author: PersonId, text: &'a str, spot: Spot<'a>) -> Heard<'a> {
        Heard {
            message: MessageId(11),
            author,
            speaker: Speaker::Heard,
            text,
            readable: true,
            mentions_us: false,
            mentions_others: false,
            replied: Replied::Nothing,
            spot,
            group: Group::Mention,
        }
    }

    fn taken(belongs: Belongs, about_replied: bool) -> Decision {
        Decision::Take {
            belongs,
            about_replied,
        }
    }

    #[test]
    fn a_channel_is_answered_by_mention_and_reply_only() {
        let said = said(ALICE, "why?", Spot::Elsewhere);
        assert_eq!(said.decide(), Decision::Ignore);
        let mention = Heard {
            mentions_us: true,
            ..said.clone()
        };
        assert_eq!(mention.decide(), taken(Belongs::New, false));
        let reply = Heard {
            replied: Replied::Answer(QUESTION),
            ..said
        };
        assert_eq!(reply.decide(), taken(Belongs::After(QUESTION), false));
    }

    #[test]
    fn a_reply_to_somebody_takes_their_message_along_when_the_bot_is_mentioned() {
        let theirs = |question| Heard {
            replied: Replied::Theirs {
                author: BOB,
                question,
            },
            ..said(ALICE, "is it true?", Spot::Elsewhere)
        };
        assert_eq!(theirs(None).decide(), Decision::Ignore);
        let mention = |question, text| Heard {
            mentions_us: true,
            text,
            ..theirs(question)
        };
        assert_eq!(
            mention(None, "is it true?").decide(),
            taken(Belongs::New, true)
        );
        assert_eq!(mention(None, "").decide(), taken(Belongs::New, true));
        assert_eq!(
            mention(Some(QUESTION), "and now?").decide(),
            taken(Belongs::After(QUESTION), false)
        );
        assert_eq!(
            mention(Some(QUESTION), "").decide(),
            taken(Belongs::After(QUESTION), true)
        );
    }

    #[test]
    fn a_mention_without_anything_is_asked_what_it_wants() {
        let bare = Heard {
            mentions_us: true,
            ..said(ALICE, "", Spot::Elsewhere)
        };
        assert_eq!(bare.decide(), Decision::Ask);
        assert_eq!(said(ALICE, "", Spot::Direct).decide(), Decision::Ask);
        let sticker = Heard {
            replied: Replied::Answer(QUESTION),
            ..said(ALICE, "", Spot::Elsewhere)
        };
        assert_eq!(sticker.decide(), Decision::Ignore);
    }

    #[test]
    fn what_was_written_before_a_conversation_began_was_not_said_in_it() {
        let home = conversation(false);
        let before = Heard {
            message: MessageId(9),
            ..said(ALICE, "hm", Spot::Home(&home))
        };
        assert_eq!(before.decide(), Decision::Ignore);
        let mentioned = Heard {
            mentions_us: true,
            ..before
        };
        assert_ne!(mentioned.decide(), Decision::Ignore);
    }

    #[test]
    fn where_a_conversation_lives_its_starter_speaks_freely_until_somebody_joins() {
        let (alone, group) = (conversation(false), conversation(true));
        let says = |author, conversation, rule| Heard {
            group: rule,
            ..said(author, "and then?", Spot::Home(conversation))
        };
        let here = taken(Belongs::Here, false);
        for rule in [Group::Everyone, Group::Asker, Group::Mention] {
            assert_eq!(says(ALICE, &alone, rule).decide(), here);
            assert!(!says(ALICE, &alone, rule).joins());
            assert!(says(BOB, &alone, rule).joins());
            assert!(!says(BOB, &group, rule).joins());
        }
        for (author, rule, expected) in [
            (ALICE, Group::Everyone, here),
            (BOB, Group::Everyone, here),
            (ALICE, Group::Asker, here),
            (BOB, Group::Asker, Decision::Ignore),
            (ALICE, Group::Mention, Decision::Ignore),
            (BOB, Group::Mention, Decision::Ignore),
        ] {
            assert_eq!(
                says(author, &group, rule).decide(),
                expected,
                "{author} {rule:?}"
            );
        }
    }

    #[test]
    fn what_is_said_to_somebody_else_is_not_for_the_bot() {
        let alone = conversation(false);
        let to_bob = Heard {
            mentions_others: true,
            ..said(ALICE, "@Bob look", Spot::Home(&alone))
        };
        assert_eq!(to_bob.decide(), Decision::Ignore);
        let reply = |author| Heard {
            replied: Replied::Theirs {
                author,
                question: None,
            },
            ..said(ALICE, "thanks", Spot::Home(&alone))
        };
        assert_eq!(reply(BOB).decide(), Decision::Ignore);
        assert_eq!(reply(ALICE).decide(), taken(Belongs::Here, true));
        let about_answer = Heard {
            mentions_others: true,
            replied: Replied::Answer(QUESTION),
            ..said(ALICE, "@Bob do you believe this?", Spot::Elsewhere)
        };
        assert_eq!(about_answer.decide(), Decision::Ignore);
    }

    #[test]
    fn what_cannot_be_read_is_told_to_who_answers_the_bot_and_to_nobody_else() {
        let alone = conversation(false);
        let unread = Heard {
            readable: false,
            ..said(ALICE, "", Spot::Home(&alone))
        };
        assert_eq!(unread.decide(), Decision::Ignore);
        let reply = Heard {
            replied: Replied::Answer(QUESTION),
            ..unread
        };
        assert_eq!(reply.decide(), Decision::Unreadable);
    }

    #[test]
    fn a_text_is_read_without_the_bot_and_with_names() {
        let mentioned = [
            Mentioned {
                id: US,
                name: "Footnote",
            },
            Mentioned {
                id: BOB,
                name: "Bob",
            },
        ];
        let read = |text: &str| Spoken::read(text, US, &mentioned);
        for (text, expected, us, others) in [
            ("<@1> why?", "why?", true, false),
            ("<@!1>, why?", "why?", true, false),
            ("why, <@1>", "why,", true, false),
            ("so <@1> why?", "so why?", true, false),
            ("<@1>", "", true, false),
            ("<@3> why?", "@Bob why?", false, true),
            ("<@1> is <@3> right?", "is @Bob right?", true, true),
            ("<@&5> why?", "<@&5> why?", false, true),
            ("`<@9>` why?", "`<@9>` why?", false, false),
            ("a <@ b", "a <@ b", false, false),
            ("a <@> b", "a <@> b", false, false),
        ] {
            let spoken = read(text);
            assert_eq!(spoken.text, expected, "{text}");
            assert_eq!(
                (spoken.mentions_us, spoken.mentions_others),
                (us, others),
                "{text}"
            );
        }
        assert!(!Spoken::read("`<@1>`", US, &[]).mentions_us);
    }

    fn replies() -> impl Strategy<Value = Replied> {
        prop_oneof![
            Just(Replied::Nothing),
            Just(Replied::Answer(QUESTION)),
            Just(Replied::Ours),
            Just(Replied::Gone),
            Just(Replied::Theirs {
                author: BOB,
                question: None
            }),
            Just(Replied::Theirs {
                author: ALICE,
                question: Some(QUESTION)
            }),
        ]
    }

    fn rules() -> impl Strategy<Value = Group> {
        prop_oneof![
            Just(Group::Everyone),
            Just(Group::Asker),
            Just(Group::Mention)
        ]
    }

    proptest! {
        #[test]
        fn nothing_of_whom_the_bot_does_not_hear_is_ever_taken(
            text in ".{0,20}", readable: bool, mentions_us: bool, mentions_others: bool, replied in replies(), rule in rules(),
            place in 0_usize..4,
        ) {
            let (alone, group) = (conversation(false), conversation(true));
            let spot = [Spot::Direct, Spot::Elsewhere, Spot::Home(&alone), Spot::Home(&group)][place];
            let heard = Heard { message: MessageId(11), author: ALICE, speaker: Speaker::Unheard, text: &text, readable, mentions_us, mentions_others, replied, spot, group: rule };
            prop_assert_eq!(heard.decide(), Decision::Ignore);
            prop_assert!(!heard.joins());
        }

        #[test]
        fn nothing_without_any_way_to_the_bot_is_ever_taken(
            text in ".{0,20}", readable: bool, mentions_others: bool, rule in rules(), author in 2_u64..5,
            replied in replies().prop_filter("a way to us", |replied| !matches!(replied, Replied::Answer(_) | Replied::Ours)),
        ) {
            let heard = Heard {
                message: MessageId(11),
                author: PersonId(author), speaker: Speaker::Heard, text: &text, readable, mentions_us: false, mentions_others, replied,
                spot: Spot::Elsewhere, group: rule,
            };
            prop_assert_eq!(heard.decide(), Decision::Ignore);
        }

        #[test]
        fn what_is_taken_can_be_read_and_says_something(
            text in "( |why)?", readable: bool, mentions_us: bool, mentions_others: bool, replied in replies(), rule in rules(), author in 2_u64..5,
            place in 0_usize..4,
        ) {
            let (alone, group) = (conversation(false), conversation(true));
            let spot = [Spot::Direct, Spot::Elsewhere, Spot::Home(&alone), Spot::Home(&group)][place];
            let heard = Heard { message: MessageId(11), author: PersonId(author), speaker: Speaker::Heard, text: &text, readable, mentions_us, mentions_others, replied, spot, group: rule };
            if let Decision::Take { about_replied, .. } = heard.decide() {
                prop_assert!(readable && (about_replied || !text.trim().is_empty()));
            }
        }

        #[test]
        fn every_text_can_be_read(text in "(<@!?|[0-9]|>|&| |.){0,30}") {
            let mentioned = [Mentioned { id: US, name: "Footnote" }];
            let spoken = Spoken::read(&text, US, &mentioned);
            prop_assert!(spoken.text.chars().count() <= text.chars().count());
        }
    }
}
