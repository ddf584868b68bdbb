//! The choices a bot offers while somebody types an option. Shows none of them.

use serde_json::Value;

use super::{form::Form, refusal::Problems, refusal::Refusal};

/// A bot offers at most this many.
const MOST_CHOICES: usize = 25;
const NAME: usize = 100;
const VALUE: usize = 100;

/// Reads the field `data` of a callback of type 8, for an option of this type (3 text, 4 whole number, 10 number).
pub(crate) fn read_choices(data: &Value, option: u64) -> Result<Vec<Value>, Refusal> {
    let mut problems = Problems::default();
    let Some(form) = Form::read(data, "data", &mut problems) else {
        return Err(Refusal::Form(problems));
    };
    let choices = form.list("choices", MOST_CHOICES, &mut problems);
    if choices.is_none() && form.value("choices").is_none() {
        problems.required(&form.path("choices"));
    }
    for (index, value) in choices.unwrap_or_default().iter().enumerate() {
        let at = form.path(&format!("choices.{index}"));
        if let Some(choice) = Form::read(value, &at, &mut problems) {
            check_choice(&choice, option, &mut problems);
        }
    }
    problems.unless_any(choices.unwrap_or_default().to_vec())
}

fn check_choice(choice: &Form<'_>, option: u64, problems: &mut Problems) {
    choice.needed_text("name", (1, NAME), problems);
    let at = choice.path("value");
    match (choice.value("value"), option) {
        (None, _) => problems.required(&at),
        (Some(Value::String(text)), 3) if text.chars().count() > VALUE => {
            problems.too_long(&at, VALUE);
        }
        (Some(Value::String(_)), 3) => {}
        (Some(value), 4) if value.is_i64() || value.is_u64() => {}
        (Some(value), 10) if value.is_number() => {}
        (Some(value), _) => {
            let message = format!("The value {value} is not of the option's type.");
            problems.add(&at, "BASE_TYPE_CHOICES", message);
        }
    }
}

/// The type of the option that is being typed, in the data of an interaction; 3 when there is none.
pub(crate) fn focused_type(data: &Value) -> u64 {
    fn find(options: &Value) -> Option<u64> {
        let mut options = options.as_array()?.iter();
        options.find_map(|option| {
            if option["focused"] == true {
                option["type"].as_u64()
            } else {
                find(&option["options"])
            }
        })
    }
    find(&data["options"]).unwrap_or(3)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_accepted(choices: &Value, option: u64) -> bool {
        read_choices(&json!({"choices": choices}), option).is_ok()
    }

    #[test]
    fn each_limit_is_accepted_and_one_beyond_is_refused() {
        let choice = |name: usize, value: usize| json!({"name": "n".repeat(name), "value": "v".repeat(value)});
        assert!(is_accepted(&json!([choice(100, 100), choice(1, 0)]), 3));
        for wrong in [choice(101, 1), choice(0, 1), choice(1, 101)] {
            assert!(!is_accepted(&json!([wrong]), 3), "{wrong}");
        }
        assert!(is_accepted(&json!(vec![choice(1, 1); 25]), 3));
        assert!(!is_accepted(&json!(vec![choice(1, 1); 26]), 3));
        assert!(is_accepted(&json!([]), 3));
        assert!(!is_accepted(&Value::Null, 3));
    }

    #[test]
    fn values_are_of_the_options_type() {
        let choice = |value: Value| json!([{"name": "n", "value": value}]);
        assert!(is_accepted(&choice(json!(1)), 4));
        assert!(is_accepted(&choice(json!(1.5)), 10));
        for (value, option) in [
            (json!("1"), 4),
            (json!(1.5), 4),
            (json!(1), 3),
            (json!("x"), 10),
        ] {
            assert!(
                !is_accepted(&choice(value.clone()), option),
                "{value} for {option}"
            );
        }
    }
}
