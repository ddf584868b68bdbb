//! What people read about the settings that admins make in Discord: what the fields are called, what they are set to, and why something is
//! refused.

mod fields;

mod invalid;

pub mod names;

mod values;

mod words;

pub use self::fields::{field_help, field_name, level_name};
pub use self::invalid::{Refused, invalid, not_granted};
pub use self::values::{choice_text, value_short, value_text};
