//! A server of the Sonar protocol. Answers from documents; must not know of Discord or of the bot.

pub mod engines;
