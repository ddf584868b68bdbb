//! `/settings show`: of every field what is in force in a place, where that comes from, and what would be in force without it.

use super::super::Message;
use super::super::words::fill;
use super::told::{level_text, many, place_text, told};
use super::words::words;
use super::{field_name, value_text};
use crate::conversation::language::Language;
use crate::conversation::place_settings::Levels;
use crate::search::fields::{Field, Value};
use crate::search::in_force::Origin;
use crate::search::operator::Operator;

/// What is in force at the end of a way, whole: in as many messages as it takes.
pub fn settings(levels: &Levels, operator: &Operator, language: Language) -> Vec<Message> {
    let place = levels.path.here();
    let head = fill(
        told(language).settings_of,
        &[("place", &place_text(&place, language))],
    );
    let entry = |field| {
        let origin = levels.origin(operator, field);
        let is_here = origin.from == place.level;
        entry(field, &origin, is_here, operator, language)
    };
    many(&head, &Field::ALL.map(entry), language)
}

fn entry(
    field: Field,
    origin: &Origin,
    is_here: bool,
    operator: &Operator,
    language: Language,
) -> String {
    let told = told(language);
    let value = value_text(&origin.value, language);
    let level = level_text(origin.from, language);
    let mut notes = vec![if is_here {
        told.set_here.to_owned()
    } else {
        fill(told.from, &[("level", level)])
    }];
    if let Some((without, from)) = &origin.without {
        let (without, level) = (value_text(without, language), level_text(*from, language));
        notes.push(fill(told.without, &[("value", &without), ("level", level)]));
    }
    if let Value::Model(model) = &origin.value
        && !operator.has(model)
    {
        notes.push(told.not_offered.to_owned());
    }
    if !operator.serves(&origin.value) {
        notes.push(words(language).unserved.to_owned());
    }
    let name = field_name(field, language);
    format!("**{name}**: {value}\n-# {}", notes.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::ports::KeptSettings;
    use crate::ids::{ChangeId, GuildId};
    use crate::search::fields::Settings;
    use crate::search::generator;
    use crate::search::scope::Path;
    use crate::search::service::Mode;

    #[test]
    fn what_the_service_does_not_do_is_said_beside_it() {
        let path = Path::server(GuildId(1));
        let mut set = Settings::default();
        set.set(Value::Mode(Mode::Academic));
        let kept = KeptSettings {
            scope: path.here(),
            settings: set,
            revision: ChangeId(1),
        };
        let levels = Levels::of(path, vec![kept]);
        let says = |operator: &Operator| {
            let shown = settings(&levels, operator, Language::English);
            let shown = shown.iter().filter(|shown| shown.content().contains("⚠"));
            shown.count()
        };
        assert_eq!(says(&generator::built_in_operator()), 1);
        assert_eq!(says(&generator::operator()), 0);
    }
}
