//! The order of messages: system first, then user and assistant in turns, a user last. Must not mend it.

use sonar::{Message, Role};

use crate::{Failure, OrderWording};

/// What is said of turns out of order, and of a last message that asks nothing.
const fn sentences(wording: OrderWording) -> [&'static str; 2] {
    match wording {
        OrderWording::New => [
            "After the (optional) system message(s), user or tool message(s) should alternate with assistant message(s).",
            "Last message must have role `user` or `tool`.",
        ],
        OrderWording::Old => [
            "After the (optional) system message(s), user and assistant roles should be alternating.",
            "Last message must have role `user`.",
        ],
    }
}

/// Refuses messages out of order: turns first, then the last one.
pub(super) fn check(messages: &[Message], wording: OrderWording) -> Result<(), Failure> {
    let [turns_wrong, last_wrong] = sentences(wording);
    let turns = messages
        .iter()
        .skip_while(|message| message.role == Role::System);
    let asks: Vec<Option<bool>> = turns.map(|message| message.role.asks()).collect();
    let in_turns = asks
        .iter()
        .enumerate()
        .all(|(place, asks)| *asks == Some(place % 2 == 0));
    if !in_turns {
        return Err(Failure::bad_request("invalid_message", turns_wrong));
    }
    match asks.last() {
        Some(Some(true)) => Ok(()),
        _ => Err(Failure::bad_request("invalid_message", last_wrong)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_roles(roles: &str, expected: Option<usize>) {
        let message = |letter| match letter {
            's' => Message::system("s"),
            'u' => Message::user("u"),
            'a' => Message::assistant("a"),
            _ => Message {
                role: Role::Tool,
                ..Message::default()
            },
        };
        let messages: Vec<_> = roles.chars().map(message).collect();
        for wording in [OrderWording::New, OrderWording::Old] {
            let told = check(&messages, wording)
                .err()
                .map(|failure| failure.message);
            let expected = expected.map(|sentence| sentences(wording)[sentence]);
            assert_eq!(told.as_deref(), expected, "{roles}");
        }
    }

    #[test]
    fn messages_take_turns_and_a_user_is_last() {
        for roles in ["u", "su", "ssu", "uau", "suau", "t", "uat"] {
            check_roles(roles, None);
        }
        for roles in ["suu", "sau", "usu", "uaau", "ut", "a", "aa", "uua", "us"] {
            check_roles(roles, Some(0));
        }
        for roles in ["ua", "sua", "s", "ss"] {
            check_roles(roles, Some(1));
        }
    }
}
