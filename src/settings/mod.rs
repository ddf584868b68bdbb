//! What the operator can set: plain data, one file a concern. Reads files and variables once; never writes any.
//!
//! Three layers, the later winning key by key: `config/default.toml` (embedded), the operator's file, the environment.

pub mod agent;
pub mod answers;
pub mod conversations;
pub mod discord;
pub mod display;
pub mod engine;
pub mod environment;
pub mod error;
pub mod jobs;
pub mod load;
pub mod log;
pub mod research;
pub mod review;
pub mod search;
pub mod server;
pub mod storage;
pub mod web;
pub mod writer;

use std::path::PathBuf;

use engine::AnswersWith;
use serde::Deserialize;

/// Every setting, after the layers are merged.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `data_dir`, `FOOTNOTE_DATA_DIR`: where the store and the index live.
    pub data_dir: PathBuf,
    /// What the store is.
    pub storage: storage::StorageSettings,
    /// How to reach Discord.
    pub discord: discord::DiscordSettings,
    /// Where answers come from.
    pub answers: answers::AnswerSettings,
    /// How questions are researched.
    pub research: research::ResearchSettings,
    /// How Footnote behaves in a conversation.
    pub conversations: conversations::ConversationSettings,
    /// How answers look.
    pub display: display::DisplaySettings,
    /// What the search behind an answer is limited to.
    pub search: search::SearchSettings,
    /// What the built-in server answers from.
    pub engine: engine::EngineSettings,
    /// The web beside the documents.
    pub web: web::WebSettings,
    /// The service it can answer through instead.
    pub agent: agent::AgentSettings,
    /// The language model that writes answers from documents.
    pub writer: writer::WriterSettings,
    /// How `footnote serve` listens.
    pub server: server::ServeSettings,
    /// What is logged, and how.
    pub log: log::LogSettings,
}

impl Settings {
    /// What the built-in server answers with.
    pub fn answers_with(&self) -> AnswersWith {
        match self.engine.answers_with {
            AnswersWith::Auto if self.agent.key().is_some() => AnswersWith::Agent,
            AnswersWith::Auto => AnswersWith::Documents,
            chosen => chosen,
        }
    }
}
