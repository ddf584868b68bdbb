//! What is in force in a place: of each field the nearest value.

use super::fields::{Complete, Field, Settings, Value};
use super::scope::Level;

/// What is in force in a place, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// The value of every field.
    pub values: Complete,
    /// Which are set where in Discord, from the farthest; every level at most once.
    set: Vec<(Level, Vec<Field>)>,
}

/// One field, as it is shown to those who set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// What is in force.
    pub value: Value,
    /// Where it is set.
    pub from: Level,
    /// What would be in force without that, and where it is set; none for what the operator set.
    pub without: Option<(Value, Level)>,
}

impl InForce {
    /// What is in force by what the operator set and what is set at each level, from the farthest.
    pub fn of<'a>(
        operator: &Complete,
        levels: impl IntoIterator<Item = (Level, &'a Settings)>,
    ) -> Self {
        let mut values = operator.clone();
        let mut set = Vec::new();
        for (level, settings) in levels {
            values.take(settings);
            let fields: Vec<Field> = settings.fields().collect();
            if !fields.is_empty() {
                set.push((level, fields));
            }
        }
        Self { values, set }
    }

    /// Where a field is set that is in force.
    pub fn from(&self, field: Field) -> Level {
        let mut nearest = self.set.iter().rev();
        nearest
            .find(|(_, fields)| fields.contains(&field))
            .map_or(Level::Operator, |(level, _)| *level)
    }
}

/// A field with where it comes from, by what the operator set and what is set at each level, from the farthest.
pub fn origin(operator: &Complete, levels: &[(Level, &Settings)], field: Field) -> Origin {
    let set = levels.iter().rev();
    let mut nearest = set.filter_map(|(level, settings)| Some((settings.get(field)?, *level)));
    match nearest.next() {
        None => Origin {
            value: operator.get(field),
            from: Level::Operator,
            without: None,
        },
        Some((value, from)) => Origin {
            value,
            from,
            without: Some(
                nearest
                    .next()
                    .unwrap_or_else(|| (operator.get(field), Level::Operator)),
            ),
        },
    }
}

#[cfg(test)]
mod tests;
