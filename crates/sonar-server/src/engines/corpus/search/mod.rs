//! From a question to what is found: reads the question, orders passages, chooses what is quoted. Reads no document and
//! writes no answer.
//!
//! `question` reads what is asked and `aliases` knows other words for it; `candidates` are the sections worth a close look,
//! `rank` orders them, `find` decides what is said and `excerpt` what is quoted; `sub_questions` is what research asks further.
//! The numbers they go by stand in `weights`.

pub(crate) mod aliases;
pub(crate) mod filters;
pub(crate) mod find;
pub(crate) mod found;
pub(crate) mod question;
pub(crate) mod sub_questions;

mod candidates;
mod excerpt;
mod rank;
mod weights;
