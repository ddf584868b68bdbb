//! The fields of the settings: one list, from which everything that treats all of them alike is made.

use serde::{Deserialize, Serialize};

use super::domains::Domains;
use super::freshness::Freshness;
use super::languages::{AnswerLanguage, Country, SourceLanguages};
use super::people::{Access, Members, Setters};
use super::persona::Persona;
use super::presets::OwnPreset;
use super::service::{ContextSize, Dollars, HistoryBudget, Mode, Model};
use crate::ids::ChannelId;
pub use crate::settings::conversations::Threads;

/// Where changes are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audit {
    /// Nowhere.
    #[default]
    Off,
    /// In this channel.
    Channel(ChannelId),
}

/// Makes the list of fields into the types that have a place for each.
macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident, $key:ident, $of:ty;)*) => {
        /// A field of the settings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field {
            $($(#[$doc])* $field,)*
        }

        impl Field {
            /// Every field, in the order in which they are shown.
            pub const ALL: [Self; [$(stringify!($field)),*].len()] = [$(Self::$field),*];

            /// Its name in files and logs. Never changes.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$field => stringify!($key),)*
                }
            }
        }

        /// What a field is set to.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Value {
            $($(#[$doc])* $field($of),)*
        }

        impl Value {
            /// Of which field.
            pub fn field(&self) -> Field {
                match self {
                    $(Self::$field(_) => Field::$field,)*
                }
            }
        }

        /// What is set in one scope. A field that is not set is inherited.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Settings {
            $(
                $(#[$doc])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $key: Option<$of>,
            )*
        }

        impl Settings {
            /// What a field is set to.
            pub fn get(&self, field: Field) -> Option<Value> {
                match field {
                    $(Field::$field => self.$key.clone().map(Value::$field),)*
                }
            }

            /// Sets a field.
            pub fn set(&mut self, value: Value) {
                match value {
                    $(Value::$field(value) => self.$key = Some(value),)*
                }
            }

            /// Lets a field be inherited.
            pub fn inherit(&mut self, field: Field) {
                match field {
                    $(Field::$field => self.$key = None,)*
                }
            }
        }

        /// A value for every field.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Complete {
            $($(#[$doc])* pub $key: $of,)*
        }

        impl Complete {
            /// The value of a field.
            pub fn get(&self, field: Field) -> Value {
                match field {
                    $(Field::$field => Value::$field(self.$key.clone()),)*
                }
            }

            /// Takes what is set there over.
            pub(super) fn take(&mut self, settings: &Settings) {
                $(if let Some(value) = &settings.$key {
                    self.$key.clone_from(value);
                })*
            }
        }
    };
}

fields! {
    /// From which domains sources may be.
    Domains, domains, Domains;
    /// How fresh they must be.
    Freshness, freshness, Freshness;
    /// The languages that they may be in.
    SourceLanguages, source_languages, SourceLanguages;
    /// The language of answers.
    AnswerLanguage, answer_language, AnswerLanguage;
    /// The country that is searched from.
    Country, country, Country;
    /// Where is searched.
    Mode, mode, Mode;
    /// How much is read for an answer.
    ContextSize, context_size, ContextSize;
    /// Which model answers.
    Model, model, Model;
    /// What a research may cost without its asker having to confirm it first.
    ConfirmAbove, confirm_above, Dollars;
    /// Whether pictures are asked for and shown.
    Images, images, bool;
    /// Whether questions are asked for that one could ask next.
    Related, related, bool;
    /// How answers are to be written.
    Persona, persona, Persona;
    /// How much of what was said before is sent along.
    History, history, HistoryBudget;
    /// When a thread is opened.
    Threads, threads, Threads;
    /// Who may ask.
    Access, access, Access;
    /// What members may set for one question.
    Members, members, Members;
    /// Whose holders may change settings; set for the server alone.
    Setters, setters, Setters;
    /// Where changes are told; set for the server alone.
    Audit, audit, Audit;
    /// The server's own lists of domains; set for the server alone.
    Presets, presets, Vec<OwnPreset>;
}

impl Field {
    /// Whether it is set for the server as a whole, and nowhere below it.
    pub fn is_of_server(self) -> bool {
        matches!(self, Self::Setters | Self::Audit | Self::Presets)
    }

    /// Whether it decides who decides, so that only those who manage the server may set it.
    pub fn is_of_managers(self) -> bool {
        matches!(self, Self::Setters | Self::Audit)
    }

    /// The field of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

impl Settings {
    /// The fields that are set.
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        Field::ALL
            .into_iter()
            .filter(|field| self.get(*field).is_some())
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.fields().next().is_none()
    }

    /// The fields in which these differ from others.
    pub fn differences(&self, other: &Self) -> Vec<Field> {
        let differ = |field: &Field| self.get(*field) != other.get(*field);
        Field::ALL.into_iter().filter(differ).collect()
    }

    /// Only these fields of it.
    #[must_use]
    pub fn only(&self, fields: &[Field]) -> Self {
        let mut part = Self::default();
        for value in fields.iter().filter_map(|field| self.get(*field)) {
            part.set(value);
        }
        part
    }
}
