//! The bot's token, and what becomes of it when it is reset. Ends no session.

use super::World;

/// Shaped like a bot token (its first part is the application's id in Base64), and valid nowhere else.
const FIRST: &str = "MTEwMDAwMDAwMDAwMDAwMDAwMA.Emul8r.not-a-real-token-works-only-in-the-emulator";

/// A token, as the portal shows it.
pub(super) struct BotToken {
    text: String,
    resets: u32,
}

impl Default for BotToken {
    fn default() -> Self {
        Self {
            text: FIRST.to_owned(),
            resets: 0,
        }
    }
}

impl World {
    /// The token that bots have to use now, without "Bot ".
    pub(crate) fn bot_token(&self) -> &str {
        &self.bot_token.text
    }

    /// Puts a new token in the place of the old one, which is void from now on.
    pub(crate) fn reset_bot_token(&mut self) -> String {
        self.bot_token.resets += 1;
        self.bot_token.text = format!("{FIRST}-{}", self.bot_token.resets + 1);
        self.bot_token.text.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reset_gives_a_token_that_never_was() {
        let mut world = World::new();
        let first = world.bot_token().to_owned();
        let second = world.reset_bot_token();
        let third = world.reset_bot_token();
        assert_eq!(world.bot_token(), third);
        assert!(first != second && second != third && third != first);
        world.start_afresh();
        assert_eq!(world.bot_token(), first);
    }
}
