//! Turns any history into one the protocol accepts. Must be pure, and lose nothing that a person said.

use crate::check::messages as check;
use crate::markers::unlinked;
use crate::{Content, Invalid, Message, Part, Role, strip_thinking};

/// The history as the protocol wants it: one system message first, then user and assistant in turns, a user's message last.
///
/// * All system messages are joined at the start, with an empty line between them. So are those of the role `developer`, which
///   is what other protocols call it. Any other role the protocol does not have speaks as the user.
/// * Assistant messages lose their thinking (see [`strip_thinking`]) and the links that were put on their markers; `[1]` stays.
/// * Messages without text and without parts go.
/// * Neighbours of one side are joined, with an empty line between them: what was asked twice, or was never answered, is asked
///   once. A tool's message beside a user's becomes part of it.
/// * What stands before the first user's message and after the last one goes, if it is the assistant's.
///
/// What the history holds is not judged beyond that, and nothing is shortened. Doing it twice is doing it once.
///
/// ```
/// use sonar::{Message, normalise};
///
/// let history = normalise([
///     Message::assistant("Hello! How can I help?"),
///     Message::user("What is Rust?"),
///     Message::user("And who makes it?"),
/// ])?;
/// assert_eq!(history, [Message::user("What is Rust?\n\nAnd who makes it?")]);
/// # Ok::<(), sonar::Invalid>(())
/// ```
///
/// # Errors
///
/// [`Invalid`] when no user's message is left, and when a part of a message is none that the protocol has: see
/// [`crate::ChatRequest::check`], which accepts whatever comes out.
pub fn normalise(history: impl IntoIterator<Item = Message>) -> Result<Vec<Message>, Invalid> {
    let mut system = Vec::new();
    let mut turns: Vec<Message> = Vec::new();
    for message in history {
        match side(&message.role) {
            Side::System => system.push(message.content),
            Side::Turn { asks } => {
                let message = cleaned(message, asks);
                if !is_empty(&message.content) {
                    add(&mut turns, message);
                }
            }
        }
    }
    if turns.last().is_some_and(answers) {
        turns.pop();
    }
    if turns.first().is_some_and(answers) {
        turns.remove(0);
    }
    if turns.is_empty() {
        return Err(Invalid::new(
            "messages",
            "hold nothing to ask: no message of a user has any text",
        ));
    }
    turns.splice(0..0, system_message(&system));
    check(&turns)?;
    Ok(turns)
}

enum Side {
    System,
    Turn { asks: bool },
}

fn side(role: &Role) -> Side {
    match role {
        Role::System => Side::System,
        Role::Other(name) if name == "developer" => Side::System,
        other => Side::Turn {
            asks: other.asks().unwrap_or(true),
        },
    }
}

fn answers(message: &Message) -> bool {
    message.role == Role::Assistant
}

fn system_message(contents: &[Content]) -> Option<Message> {
    let texts: Vec<_> = contents.iter().map(Content::text).collect();
    let texts: Vec<&str> = texts
        .iter()
        .map(AsRef::as_ref)
        .filter(|text| !text.trim().is_empty())
        .collect();
    (!texts.is_empty()).then(|| Message::system(texts.join("\n\n")))
}

fn cleaned(mut message: Message, asks: bool) -> Message {
    if !asks {
        message.content = clean_content(message.content);
    } else if message.role != Role::Tool {
        message.role = Role::User;
    }
    message
}

fn clean_content(content: Content) -> Content {
    let clean = |text: &str| unlinked(&strip_thinking(text)).into_owned();
    match content {
        Content::Text(text) => Content::Text(clean(&text)),
        Content::Parts(mut parts) => {
            for part in &mut parts {
                if let Part::Text { text } = part {
                    *text = clean(text);
                }
            }
            Content::Parts(parts)
        }
        Content::Null => Content::Null,
    }
}

fn is_empty(content: &Content) -> bool {
    match content {
        Content::Text(text) => text.trim().is_empty(),
        Content::Parts(parts) => parts
            .iter()
            .all(|part| matches!(part, Part::Text { text } if text.trim().is_empty())),
        Content::Null => true,
    }
}

/// Adds a turn, to the one before if both are of one side.
fn add(turns: &mut Vec<Message>, next: Message) {
    match turns.pop() {
        Some(last) if answers(&last) == answers(&next) => turns.push(joined(last, next)),
        last => turns.extend(last.into_iter().chain([next])),
    }
}

fn joined(last: Message, next: Message) -> Message {
    let role = if last.role == next.role {
        last.role
    } else {
        Role::User
    };
    let content = match (last.content, next.content) {
        (Content::Text(last), Content::Text(next)) => Content::Text(format!("{last}\n\n{next}")),
        (last, next) => Content::Parts(parts(last).chain(parts(next)).collect()),
    };
    let asks = role != Role::Assistant;
    let joined = Message {
        role,
        content,
        ..Message::default()
    };
    // Each text may hold one end of what is a block of thinking now.
    cleaned(joined, asks)
}

fn parts(content: Content) -> impl Iterator<Item = Part> {
    match content {
        Content::Text(text) => vec![Part::Text { text }],
        Content::Parts(parts) => parts,
        Content::Null => Vec::new(),
    }
    .into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ChatRequest, DomainLimit, MediaUrl};
    use proptest::prelude::*;
    use serde_json::json;

    /// A history written as `u"a" a"b"`, one letter for each role.
    fn history(turns: &[(char, &str)]) -> Vec<Message> {
        let message = |(letter, text): &(char, &str)| Message {
            role: match letter {
                's' => Role::System,
                'a' => Role::Assistant,
                't' => Role::Tool,
                'd' => Role::Other("developer".to_owned()),
                'x' => Role::Other("narrator".to_owned()),
                _ => Role::User,
            },
            content: (*text).into(),
            ..Message::default()
        };
        turns.iter().map(message).collect()
    }

    fn check(before: &[(char, &str)], after: &[(char, &str)]) {
        assert_eq!(normalise(history(before)), Ok(history(after)), "{before:?}");
    }

    #[test]
    fn every_history_finds_its_order() {
        check(&[('u', "a"), ('u', "b")], &[('u', "a\n\nb")]);
        check(&[('a', "hello"), ('u', "q")], &[('u', "q")]);
        check(&[('u', "q1"), ('a', ""), ('u', "q2")], &[('u', "q1\n\nq2")]);
        check(
            &[('s', "x"), ('u', "q"), ('s', "y"), ('a', "r"), ('u', "q2")],
            &[('s', "x\n\ny"), ('u', "q"), ('a', "r"), ('u', "q2")],
        );
        check(&[('u', "q"), ('a', "r")], &[('u', "q")]);
        check(
            &[('u', "q"), ('a', "r"), ('a', "s"), ('u', "q2")],
            &[('u', "q"), ('a', "r\n\ns"), ('u', "q2")],
        );
        check(
            &[('u', "q"), ('a', "r"), ('t', "result"), ('u', "and?")],
            &[('u', "q"), ('a', "r"), ('u', "result\n\nand?")],
        );
        check(
            &[('d', "be brief"), ('x', "once")],
            &[('s', "be brief"), ('u', "once")],
        );
        check(&[('s', " "), ('u', "q")], &[('u', "q")]);
    }

    #[test]
    fn earlier_answers_lose_their_thinking_and_their_links() {
        check(
            &[
                ('u', "q"),
                ('a', "<think>hm</think>So. [[1]](<https://a.example>)"),
                ('u', "why?"),
            ],
            &[('u', "q"), ('a', "So. [1]"), ('u', "why?")],
        );
        check(
            &[('u', "q"), ('a', "<think>cut"), ('u', "why?")],
            &[('u', "q\n\nwhy?")],
        );
        let people_may_say_anything = "<think>me too</think> [1](https://a.example)";
        check(
            &[('u', people_may_say_anything)],
            &[('u', people_may_say_anything)],
        );
    }

    #[test]
    fn parts_are_joined_and_kept() {
        let picture = Part::ImageUrl {
            image_url: MediaUrl::Plain("https://a.example/x.png".to_owned()),
        };
        let with_picture = Message {
            role: Role::User,
            content: Content::Parts(vec![picture.clone()]),
            ..Message::default()
        };
        let text = Part::Text {
            text: "What is this?".to_owned(),
        };
        assert_eq!(
            normalise([Message::user("What is this?"), with_picture]).unwrap()[0].content,
            Content::Parts(vec![text, picture])
        );
    }

    #[test]
    fn nothing_to_ask_is_told() {
        for turns in [
            &[][..],
            &[('s', "x")],
            &[('a', "hello")],
            &[('u', " "), ('a', "?")],
        ] {
            let invalid = normalise(history(turns)).unwrap_err();
            assert_eq!(
                invalid.to_string(),
                "`messages` hold nothing to ask: no message of a user has any text"
            );
        }
    }

    #[test]
    fn a_part_that_the_protocol_does_not_have_is_told_and_not_dropped() {
        let message: Message =
            serde_json::from_value(json!({ "role": "user", "content": [{ "type": "smell" }] }))
                .unwrap();
        assert_eq!(
            normalise([message]).unwrap_err().field,
            "messages.0.content.0.type"
        );
    }

    fn text() -> impl Strategy<Value = String> {
        let word = prop_oneof![
            "[a-zä🙂 \n]{0,6}",
            Just("<think>".to_owned()),
            Just("</think>".to_owned()),
            Just("[[1]](<https://a.example>)".to_owned()),
            Just("[1](https://a.example)".to_owned()),
        ];
        prop::collection::vec(word, 0..5).prop_map(|words| words.concat())
    }

    fn part() -> impl Strategy<Value = Part> {
        prop_oneof![
            text().prop_map(|text| Part::Text { text }),
            Just(Part::ImageUrl {
                image_url: MediaUrl::Plain("https://a.example/x.png".to_owned())
            }),
        ]
    }

    fn message() -> impl Strategy<Value = Message> {
        let role = prop_oneof![
            Just(Role::System),
            Just(Role::User),
            Just(Role::Assistant),
            Just(Role::Tool),
            "[a-z]{0,9}".prop_map(Role::from),
            Just(Role::Other("developer".to_owned())),
        ];
        let content = prop_oneof![
            4 => text().prop_map(Content::Text),
            1 => prop::collection::vec(part(), 0..3).prop_map(Content::Parts),
            1 => Just(Content::Null),
        ];
        (role, content, proptest::option::of("[a-z]{3}")).prop_map(|(role, content, call)| {
            Message {
                role,
                content,
                tool_call_id: call,
                ..Message::default()
            }
        })
    }

    /// The first message of the asking side that says something.
    fn asks_something(history: &[Message]) -> bool {
        history.iter().any(|message| {
            matches!(side(&message.role), Side::Turn { asks: true }) && !is_empty(&message.content)
        })
    }

    proptest! {
        #[test]
        fn whatever_goes_in_what_comes_out_is_accepted(history in prop::collection::vec(message(), 0..12)) {
            match normalise(history.clone()) {
                Ok(messages) => {
                    let request = ChatRequest::new("sonar", messages.clone());
                    prop_assert_eq!(request.check(DomainLimit::default()), Ok(()));
                    prop_assert!(messages.iter().all(|message| !is_empty(&message.content)));
                    prop_assert_eq!(normalise(messages.clone()), Ok(messages));
                }
                Err(invalid) => {
                    prop_assert_eq!(invalid.field, "messages");
                    prop_assert!(!asks_something(&history));
                }
            }
        }

        #[test]
        fn nothing_that_a_person_said_is_lost(history in prop::collection::vec(message(), 0..12)) {
            let Ok(messages) = normalise(history.clone()) else {
                return Ok(());
            };
            let said: Vec<String> = messages.iter().map(|message| message.content.text().into_owned()).collect();
            for message in history.iter().filter(|message| message.role == Role::User) {
                let text = message.content.text().into_owned();
                let text = if text.trim().is_empty() { String::new() } else { text };
                for line in text.lines() {
                    prop_assert!(said.iter().any(|said| said.contains(line)), "{:?} is lost", line);
                }
            }
        }
    }
}
