//! Inheritance, over every scope and every field, against an oracle that says it the other way round: it walks from the place itself outwards,
//! field by field, where the code lays level upon level.

use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::search::generator;
use crate::search::operator::Operator;

/// What is set at each of the levels, the nearest first; some are not on the way to the place.
fn place() -> impl Strategy<Value = Vec<(Level, Settings)>> {
    let nearest_first = Level::IN_DISCORD.into_iter().rev();
    let each = nearest_first.map(|level| {
        let settings = option::of(generator::settings());
        settings.prop_map(move |settings| Some((level, settings?)))
    });
    each.collect::<Vec<_>>()
        .prop_map(|levels| levels.into_iter().flatten().collect())
}

/// Every value that a field has on the way outwards, the nearest first, and where.
fn outwards(operator: &Operator, place: &[(Level, Settings)], field: Field) -> Vec<(Value, Level)> {
    let mut found = Vec::new();
    for (level, settings) in place {
        if let Some(value) = settings.get(field) {
            found.push((value, *level));
        }
    }
    found.push((operator.defaults.get(field), Level::Operator));
    found
}

/// A place in which nothing but this is set.
fn alone(level: Level, value: Value) -> (Level, Settings) {
    let mut settings = Settings::default();
    settings.set(value);
    (level, settings)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn of_every_field_the_nearest_value_is_in_force(place in place()) {
        let operator = generator::operator();
        let from_the_farthest: Vec<(Level, &Settings)> =
            place.iter().rev().map(|(level, settings)| (*level, settings)).collect();
        let in_force = InForce::of(&operator.defaults, from_the_farthest.iter().copied());
        for field in Field::ALL {
            let mut expected = outwards(&operator, &place, field).into_iter();
            let (value, from) = expected.next().unwrap();
            prop_assert_eq!(&in_force.values.get(field), &value, "{:?}", field);
            prop_assert_eq!(in_force.from(field), from, "{:?}", field);
            let shown = origin(&operator.defaults, &from_the_farthest, field);
            let without = expected.next();
            prop_assert_eq!(shown, Origin { value, from, without }, "{:?}", field);
        }
    }
}

proptest! {
    /// The same once more, cell by cell: one field at one level, and another value of it at one that is farther.
    #[test]
    fn each_field_is_inherited_by_itself(
        pairs in Field::ALL.map(|field| (generator::value(field), generator::value(field))).to_vec(),
    ) {
        let operator = generator::operator();
        for (nearer, farther) in pairs {
            let field = nearer.field();
            for (place, level) in Level::IN_DISCORD.into_iter().enumerate() {
                let near = alone(level, nearer.clone());
                for above in Level::IN_DISCORD.into_iter().take(place) {
                    let far = alone(above, farther.clone());
                    let levels = [(far.0, &far.1), (near.0, &near.1)];
                    let in_force = InForce::of(&operator.defaults, levels);
                    prop_assert_eq!(in_force.values.get(field), nearer.clone());
                    prop_assert_eq!(in_force.from(field), level);
                    let shown = origin(&operator.defaults, &levels, field);
                    prop_assert_eq!(shown.without, Some((farther.clone(), above)));
                    for other in Field::ALL.into_iter().filter(|other| *other != field) {
                        prop_assert_eq!(in_force.values.get(other), operator.defaults.get(other));
                        prop_assert_eq!(in_force.from(other), Level::Operator);
                    }
                }
            }
        }
    }
}
