//! What the domain knows of the settings.

#[path = "../../../src/settings/conversations.rs"]
pub mod conversations;
#[path = "../../../src/settings/display.rs"]
pub mod display;
#[path = "../../../src/settings/search.rs"]
pub mod search;
