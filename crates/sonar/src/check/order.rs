//! The order of messages: system first, then user and assistant in turns, a user last. Must not mend it: the normaliser does.

use crate::{Invalid, Message, Role};

/// Refuses messages out of order.
pub(super) fn check(messages: &[Message]) -> Result<(), Invalid> {
    if messages.is_empty() {
        return Err(Invalid::new("messages", "must have at least one message"));
    }
    let turns = messages
        .iter()
        .enumerate()
        .skip_while(|(_, message)| message.role == Role::System);
    let mut asks_next = true;
    for (place, message) in turns {
        if message.role.asks() != Some(asks_next) {
            return Err(out_of_turn(place, &message.role));
        }
        asks_next = !asks_next;
    }
    if asks_next {
        return Err(Invalid::new(
            format!("messages.{}.role", messages.len() - 1),
            "must be user (or tool): the last message is the one that is answered",
        ));
    }
    Ok(())
}

fn out_of_turn(place: usize, role: &Role) -> Invalid {
    let why = match role.asks() {
        Some(_) => {
            "is out of turn: user (or tool) and assistant messages must alternate, a user's first"
        }
        None if *role == Role::System => "is out of place: system messages must come first",
        None => "must be system, user, assistant or tool",
    };
    Invalid::new(format!("messages.{place}.role"), why)
}
