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

    /// Whether it is known that an answer costs nothing: the built-in server makes it of documents and the web, and no key is paid for
    /// what writes.
    pub fn answers_are_free(&self) -> bool {
        let writes_for_money = self.writer.endpoint().is_some() && self.writer.api_key.is_some();
        self.answers.base_url.is_none()
            && self.answers_with() == AnswersWith::Documents
            && !writes_for_money
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_asks_nobody_for_money_is_free() {
        let free = |change: fn(&mut Settings)| {
            let mut settings = Settings::defaults().unwrap();
            change(&mut settings);
            settings.answers_are_free()
        };
        let writes = |settings: &mut Settings| {
            settings.writer.url = Some("http://127.0.0.1:11434/v1".to_owned());
            settings.writer.model = Some("llama3.2".to_owned());
        };
        assert!(free(|_| ()));
        assert!(free(writes), "it takes no key");
        assert!(!free(|settings| {
            settings.writer.url = Some("https://models.example/v1".to_owned());
            settings.writer.model = Some("large".to_owned());
            settings.writer.api_key = Some("key".into());
        }));
        assert!(!free(|settings| settings.agent.api_key = Some("key".into())));
        assert!(!free(|settings| {
            settings.answers.base_url = Some("http://127.0.0.1:8765".to_owned());
        }));
    }
}
