//! What the operator decides: what holds where nothing is set in Discord, and what cannot be set there.

use std::collections::BTreeSet;

use super::domains::{Domains, Hosts};
use super::fields::{Audit, Complete, Value};
use super::freshness::Freshness;
use super::languages::{AnswerLanguage, Country, SourceLanguages};
use super::people::{Access, Members, Setters};
use super::persona::Persona;
use super::service::{ContextSize, Depth, HistoryBudget, Mode, Model};
#[cfg(not(fuzzing))]
use crate::settings::Settings;
#[cfg(not(fuzzing))]
use crate::settings::engine::AnswersWith;

/// What the operator decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// What holds where nothing is set in Discord. Its history is also the most that can be set there.
    pub defaults: Complete,
    /// The model of the usual depth.
    standard: String,
    quick: Option<String>,
    thorough: Option<String>,
    /// The models that can be set by their names.
    offered: BTreeSet<String>,
    /// Whether the service searches elsewhere than on the web. Of a service of somebody else's it is taken for granted.
    searches_by_mode: bool,
    /// Whether it limits sources to languages.
    limits_languages: bool,
}

#[cfg(not(fuzzing))]
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
            offered: answers.offered_models.iter().cloned().collect(),
            searches_by_mode: answers.base_url.is_some(),
            limits_languages: answers.base_url.is_some()
                || settings.answers_with() == AnswersWith::Documents,
        }
    }
}

impl Operator {
    /// The model for a depth; none where the operator names none.
    pub fn model_of(&self, depth: Depth) -> Option<&str> {
        match depth {
            Depth::Quick => self.quick.as_deref(),
            Depth::Standard => Some(&self.standard),
            Depth::Thorough => self.thorough.as_deref(),
        }
    }

    /// The depths that have a model, from the least.
    pub fn depths(&self) -> impl Iterator<Item = Depth> {
        let depths = Depth::ALL.into_iter();
        depths.filter(|depth| self.model_of(*depth).is_some())
    }

    /// The models that can be set by their names.
    pub fn offered(&self) -> impl Iterator<Item = &str> {
        self.offered.iter().map(String::as_str)
    }

    /// Whether the service does what a value of this field asks of it. Only of the built-in server it is known that it does not.
    pub fn serves(&self, value: &Value) -> bool {
        match value {
            Value::Mode(mode) => *mode == Mode::Web || self.searches_by_mode,
            Value::SourceLanguages(languages) => {
                languages.as_slice().is_empty() || self.limits_languages
            }
            _ => true,
        }
    }

    /// Whether a model can be had.
    pub fn has(&self, model: &Model) -> bool {
        match model {
            Model::Depth(depth) => self.model_of(*depth).is_some(),
            Model::Named(name) => self.offered.contains(name),
        }
    }

    /// The model that is asked for where this one is set: itself, or the usual one where it cannot be had any more.
    pub fn instead_of(&self, model: &Model) -> Model {
        if self.has(model) {
            model.clone()
        } else {
            Model::default()
        }
    }

    /// The name by which the service is asked for a model. One that cannot be had any more is the usual one.
    pub fn name_of<'a>(&'a self, model: &'a Model) -> &'a str {
        match model {
            Model::Named(name) if self.offered.contains(name) => name,
            Model::Named(_) => &self.standard,
            Model::Depth(depth) => self.model_of(*depth).unwrap_or(&self.standard),
        }
    }
}
