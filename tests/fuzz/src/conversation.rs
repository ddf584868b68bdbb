//! What rendering knows of the domain.

#[path = "../../../src/conversation/answer.rs"]
pub mod answer;
#[path = "../../../src/conversation/controls.rs"]
pub mod controls;
#[path = "../../../src/conversation/failure.rs"]
pub mod failure;
#[path = "../../../src/conversation/in_flight.rs"]
pub mod in_flight;
#[path = "../../../src/conversation/language.rs"]
pub mod language;
#[path = "../../../src/conversation/outcome.rs"]
pub mod outcome;
#[path = "../../../src/conversation/passages.rs"]
pub mod passages;
#[path = "../../../src/conversation/question.rs"]
pub mod question;
#[path = "../../../src/conversation/rules.rs"]
pub mod rules;
