//! What people read about the settings that admins make in Discord: what the fields are called, what they are set to, and why something is
//! refused.

pub mod changed;

pub mod command_texts;

pub mod deed;

pub mod exported;

mod fields;

mod invalid;

pub mod log;

pub mod names;

pub mod panel;

pub mod show;

mod told;

mod values;

mod words;

pub use self::deed::Deed;
pub use self::fields::{field_help, field_name, level_name};
pub use self::invalid::{Refused, invalid, not_granted};
pub use self::told::without_file;
pub(super) use self::values::{changed, depth_name, mode_name, published};
pub use self::values::{choice_text, value_short, value_text};
