//! What people read about the settings that admins make in Discord.

pub mod names;
