//! What the operator decides, read from the settings.

use super::Operator;
use crate::search::domains::{Domains, Hosts};
use crate::search::fields::{Audit, Complete};
use crate::search::freshness::Freshness;
use crate::search::languages::{AnswerLanguage, Country, SourceLanguages};
use crate::search::people::{Access, Members, Setters};
use crate::search::persona::Persona;
use crate::search::service::{ContextSize, Dollars, HistoryBudget, Mode, Model};
use crate::settings::Settings;
use crate::settings::engine::AnswersWith;

impl Operator {
    /// What the settings say. Entries of lists that are no domain are left out; `footnote run` does not start with any.
    pub fn of(settings: &Settings) -> Self {
        let answers = &settings.answers;
        let hosts = |entries: &[String]| {
            let valid = entries.iter().filter(|entry| Hosts::of([entry]).is_ok());
            Hosts::of(valid).ok()
        };
        let allowed = hosts(&settings.search.allowed_domains).map(Domains::Only);
        let denied = hosts(&settings.search.denied_domains).map(Domains::Without);
        let recency = settings.search.recency;
        Self {
            defaults: Complete {
                domains: allowed.or(denied).unwrap_or_default(),
                freshness: recency.map_or(Freshness::Any, Freshness::Recency),
                source_languages: SourceLanguages::default(),
                answer_language: AnswerLanguage::default(),
                country: Country::default(),
                mode: Mode::default(),
                context_size: ContextSize::default(),
                model: Model::default(),
                // `footnote run` does not start with any other amount.
                confirm_above: Dollars::of_usd(settings.research.confirm_above_usd)
                    .unwrap_or_default(),
                images: settings.display.images,
                related: answers.related_questions,
                persona: Persona::default(),
                history: HistoryBudget {
                    turns: settings.conversations.history_turns,
                    tokens: u32::try_from(settings.conversations.history_tokens)
                        .unwrap_or(u32::MAX),
                },
                threads: settings.conversations.threads,
                access: Access::default(),
                members: Members::default(),
                setters: Setters::default(),
                audit: Audit::default(),
                presets: Vec::new(),
            },
            standard: answers.model.clone(),
            quick: answers.quick_model.clone(),
            thorough: answers.thorough_model.clone(),
            research: Some(settings.research.model.clone()).filter(|model| !model.is_empty()),
            offered: answers.offered_models.iter().cloned().collect(),
            searches_by_mode: answers.base_url.is_some(),
            limits_languages: answers.base_url.is_some()
                || settings.answers_with() == AnswersWith::Documents,
        }
    }
}
