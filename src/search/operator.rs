//! What the operator decides: what holds where nothing is set in Discord, and what cannot be set there.

use std::collections::BTreeSet;

use super::fields::{Complete, Value};
use super::service::{Depth, Mode, Model};

// The fuzzing of answers is built without the settings as a whole.
#[cfg(not(fuzzing))]
mod from_settings;

/// What the operator decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// What holds where nothing is set in Discord. Its history is also the most that can be set there.
    pub defaults: Complete,
    /// The model of the usual depth.
    standard: String,
    quick: Option<String>,
    thorough: Option<String>,
    research: Option<String>,
    /// The models that can be set by their names.
    offered: BTreeSet<String>,
    /// Whether the service searches elsewhere than on the web. Of a service of somebody else's it is taken for granted.
    searches_by_mode: bool,
    /// Whether it limits sources to languages.
    limits_languages: bool,
}

impl Operator {
    /// The model for a depth; none where the operator names none.
    pub fn model_of(&self, depth: Depth) -> Option<&str> {
        match depth {
            Depth::Quick => self.quick.as_deref(),
            Depth::Standard => Some(&self.standard),
            Depth::Thorough => self.thorough.as_deref(),
            Depth::Research => self.research.as_deref(),
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
