//! What a member wishes for one question, within what is in force: it may narrow the search, never widen it.

use serde::{Deserialize, Serialize};

use super::Recency;
use super::domains::{Domains, Hosts, is_within};
use super::fields::{Complete, Field, Value};
use super::filters::Filters;
use super::freshness::{Day, Freshness, Span, days};
use super::operator::Operator;
use super::people::Wishable;
use super::persona::Persona;
use super::service::{ContextSize, Depth, Dollars, HistoryBudget, Model};

/// What a member wishes for one question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wish {
    /// Sources from these domains alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domains: Option<Hosts>,
    /// Sources no older than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recency: Option<Recency>,
    /// An answer of this depth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depth: Option<Depth>,
    /// An answer that only they see.
    pub private: bool,
}

/// Why a wish is not granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotGranted {
    /// Members may not set this here.
    Closed(Wishable),
    /// This domain is not among those that are allowed here, which are these.
    NotAllowed {
        /// The domain.
        domain: String,
        /// Those that are.
        allowed: Vec<String>,
    },
    /// This domain is denied here.
    Denied(String),
    /// Sources may be no older than this here.
    Older(Recency),
    /// No day is left of the dates that are set here.
    NoDay,
    /// An answer may go no deeper than this here.
    Deeper(Depth),
    /// The model is set by name here, so that there are no depths.
    NamedModel,
    /// The operator names no model for this depth.
    NoModel(Depth),
    /// What is set here for this field, under another service, is nothing that the one that answers now does. No wish changes that.
    NotServed(Field),
}

/// Everything within which one question is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What the search is limited to.
    pub filters: Filters,
    /// How much is read.
    pub context_size: ContextSize,
    /// The model that is asked for.
    pub model: String,
    /// Whether pictures are asked for and shown.
    pub images: bool,
    /// Whether questions are asked for that one could ask next.
    pub related: bool,
    /// How the answer is to be written.
    pub persona: Persona,
    /// How much of what was said before is sent along.
    pub history: HistoryBudget,
    /// What a research may cost without its asker having to confirm it.
    pub confirm_above: Dollars,
}

impl Limits {
    /// Whether the question is researched, as a job of its own.
    pub fn is_research(&self) -> bool {
        self.filters.depth == Some(Depth::Research)
    }
}

impl Wish {
    /// Whether nothing is wished.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// What a question is answered within that was asked with this wish where these values are in force. `today` is the day in UTC.
    ///
    /// # Errors
    ///
    /// [`NotGranted`] names the first wish that would widen what is in force, or that members may not have; or what is set and the service
    /// does not do.
    pub fn within(
        &self,
        values: &Complete,
        operator: &Operator,
        today: Day,
    ) -> Result<Limits, NotGranted> {
        let researches = self.depth == Some(Depth::Research);
        let wished = [
            (self.domains.is_some(), Wishable::Domains),
            (self.recency.is_some(), Wishable::Recency),
            (self.depth.is_some() && !researches, Wishable::Depth),
            (researches, Wishable::Research),
            (self.private, Wishable::Private),
        ];
        let may = |wishable| match wishable {
            Wishable::Depth => {
                values.members.may(Wishable::Depth) || values.members.may(Wishable::Deeper)
            }
            // Where everything is researched it is no wish.
            Wishable::Research => {
                values.members.may(Wishable::Research)
                    || values.members.may(Wishable::Deeper)
                    || values.model.depth() == Some(Depth::Research)
            }
            other => values.members.may(other),
        };
        if let Some((_, closed)) = wished
            .into_iter()
            .find(|(is, wishable)| *is && !may(*wishable))
        {
            return Err(NotGranted::Closed(closed));
        }
        // The operator may have gone over to another service since. Left out silently, it would hold no more and nobody would know.
        let of_service = [
            Value::Mode(values.mode),
            Value::SourceLanguages(values.source_languages.clone()),
        ];
        if let Some(value) = of_service.iter().find(|value| !operator.serves(value)) {
            return Err(NotGranted::NotServed(value.field()));
        }
        let mut filters = Filters {
            languages: values.source_languages.as_slice().to_vec(),
            answer_language: values.answer_language.code(),
            country: values.country.code(),
            mode: values.mode,
            ..Filters::default()
        };
        self.narrow_domains(&values.domains, &mut filters)?;
        self.narrow_freshness(&values.freshness, today, &mut filters)?;
        let model = self.model(values, operator)?;
        filters.depth = model.depth().filter(|depth| *depth != Depth::Standard);
        // The operator may have lowered it since it was set.
        let most = operator.defaults.history;
        Ok(Limits {
            filters,
            context_size: values.context_size,
            model: operator.name_of(&model).to_owned(),
            images: values.images,
            related: values.related,
            persona: values.persona.clone(),
            confirm_above: values.confirm_above,
            history: HistoryBudget {
                turns: values.history.turns.min(most.turns),
                tokens: values.history.tokens.min(most.tokens),
            },
        })
    }

    fn narrow_domains(&self, domains: &Domains, filters: &mut Filters) -> Result<(), NotGranted> {
        let Some(wished) = &self.domains else {
            filters.allowed = domains.allowed().to_vec();
            filters.denied = domains.denied().to_vec();
            return Ok(());
        };
        for domain in wished.as_slice() {
            match domains {
                Domains::Only(allowed) if !holds_domain(allowed, domain) => {
                    return Err(NotGranted::NotAllowed {
                        domain: domain.clone(),
                        allowed: allowed.as_slice().to_vec(),
                    });
                }
                Domains::Without(denied) if holds_domain(denied, domain) => {
                    return Err(NotGranted::Denied(domain.clone()));
                }
                _ => {}
            }
        }
        filters.allowed = wished.as_slice().to_vec();
        // What is denied beside the wished domains is left out with everything beside them.
        let denied = domains.denied().iter();
        filters.denied = denied
            .filter(|denied| holds_domain(wished, denied))
            .cloned()
            .collect();
        Ok(())
    }

    fn narrow_freshness(
        &self,
        freshness: &Freshness,
        today: Day,
        filters: &mut Filters,
    ) -> Result<(), NotGranted> {
        match (freshness, self.recency) {
            (Freshness::Any, wished) => filters.recency = wished,
            (Freshness::Recency(set), None) => filters.recency = Some(*set),
            (Freshness::Recency(set), Some(wished)) => {
                if wished.is_older_than(*set) {
                    return Err(NotGranted::Older(*set));
                }
                filters.recency = Some(wished);
            }
            (Freshness::Dates(dates), wished) => {
                // The service takes no age beside dates, so the age becomes a date; an hour becomes a day, since dates know none.
                let wished = wished.map_or(Span::default(), |wished| Span {
                    after: Some(today.before(days(wished) + 1)),
                    before: None,
                });
                let published = dates.published().and(wished).ok_or(NotGranted::NoDay)?;
                filters.published = published;
                filters.updated = dates.updated();
            }
        }
        Ok(())
    }

    fn model(&self, values: &Complete, operator: &Operator) -> Result<Model, NotGranted> {
        let set = operator.instead_of(&values.model);
        let Some(wished) = self.depth else {
            return Ok(set);
        };
        // Whether something may be researched was judged by itself.
        let may_deeper = values.members.may(Wishable::Deeper) || wished == Depth::Research;
        match set {
            Model::Named(_) if !may_deeper => return Err(NotGranted::NamedModel),
            Model::Depth(set) if wished > set && !may_deeper => {
                return Err(NotGranted::Deeper(set));
            }
            _ => {}
        }
        let model = Model::Depth(wished);
        if operator.has(&model) {
            Ok(model)
        } else {
            Err(NotGranted::NoModel(wished))
        }
    }
}

/// Whether a whole domain lies in a list: it is one of them, or below one.
fn holds_domain(list: &Hosts, domain: &str) -> bool {
    let mut listed = list.as_slice().iter();
    // A top-level domain, `.gov`, lies in nothing but itself.
    listed.any(|listed| listed == domain || (!domain.starts_with('.') && is_within(domain, listed)))
}

#[cfg(test)]
mod tests;
