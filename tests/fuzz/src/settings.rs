//! What the domain knows of the settings.

#[path = "../../../src/settings/answers.rs"]
pub mod answers;
#[path = "../../../src/settings/conversations.rs"]
pub mod conversations;
#[path = "../../../src/settings/display.rs"]
pub mod display;
#[path = "../../../src/settings/research.rs"]
pub mod research;
#[path = "../../../src/settings/search.rs"]
pub mod search;
