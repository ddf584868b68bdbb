//! Types, required fields, choices and ranges, told all together. Must know the kinds of shape, not the fields.

use serde_json::{Map, Value};

use super::size::{MOST_VALUES, too_many_values};
use crate::Failure;

/// Most faults told at once, so that a hostile body cannot make a reply of any length.
const TOLD: usize = 20;

/// What a value must look like.
pub(super) enum Shape {
    Text,
    Bool,
    Object,
    /// A whole number within bounds.
    Whole(i64, i64),
    /// A number within bounds.
    Number(f64, f64),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// Two lower-case letters.
    Language,
    /// A code or a name.
    LanguageName,
    /// Two letters.
    Country,
    /// A list of at most so many of one shape.
    List(&'static Shape, usize),
    /// A list of at least one of one shape.
    NonEmpty(&'static Shape),
    /// An object with these fields, and any others.
    Fields(&'static [Field]),
    /// Whatever this function finds no fault with.
    Judged(fn(&Value, &str, &mut Faults)),
}

/// A field of an object. One that is not required may be null.
pub(super) struct Field {
    name: &'static str,
    shape: Shape,
    required: bool,
}

pub(super) const fn may(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        shape,
        required: false,
    }
}

pub(super) const fn must(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        shape,
        required: true,
    }
}

/// The faults found so far, each with its place.
#[derive(Default)]
pub(super) struct Faults(Vec<String>);

impl Faults {
    pub(super) fn add(&mut self, place: &str, fault: impl AsRef<str>) {
        if self.0.len() < TOLD {
            self.0.push(format!("{place}: {}", fault.as_ref()));
        }
    }
}

/// The fields of a body of this shape, in which every known field has its right one.
pub(super) fn read(body: &[u8], shape: &Shape) -> Result<Map<String, Value>, Failure> {
    if body.trim_ascii().is_empty() {
        return Err(refusal(&["At body: Field required".to_owned()]));
    }
    if too_many_values(body) {
        let fault = format!("At body: Input should hold at most {MOST_VALUES} values");
        return Err(refusal(&[fault]));
    }
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return Err(refusal(&["At body: Invalid JSON".to_owned()]));
    };
    let mut faults = Faults::default();
    judge(&body, shape, "At body", &mut faults);
    match body {
        Value::Object(fields) if faults.0.is_empty() => Ok(fields),
        _ => Err(refusal(&faults.0)),
    }
}

/// The protocol tells faults as a JSON list inside the message.
fn refusal(faults: &[String]) -> Failure {
    Failure::bad_request("bad_request", Value::from(faults).to_string())
}

/// Adds what is wrong with `value` at `place`.
pub(super) fn judge(value: &Value, shape: &Shape, place: &str, faults: &mut Faults) {
    match shape {
        Shape::Text => expect(value.is_string(), "string", place, faults),
        Shape::Bool => expect(value.is_boolean(), "boolean", place, faults),
        Shape::Object => expect(value.is_object(), "object", place, faults),
        Shape::Whole(least, most) => judge_whole(value, *least, *most, place, faults),
        Shape::Number(least, most) => judge_number(value, *least, *most, place, faults),
        Shape::OneOf(choices) => judge_choice(value, choices, place, faults),
        Shape::Language => judge_language(value, place, faults),
        Shape::LanguageName => judge_language_name(value, place, faults),
        Shape::Country => judge_country(value, place, faults),
        Shape::List(of, most) => judge_list(value, of, 0..=*most, place, faults),
        Shape::NonEmpty(of) => judge_list(value, of, 1..=usize::MAX, place, faults),
        Shape::Fields(fields) => judge_fields(value, fields, place, faults),
        Shape::Judged(by) => by(value, place, faults),
    }
}

fn expect(good: bool, what: &str, place: &str, faults: &mut Faults) {
    if !good {
        faults.add(place, format!("Input should be a valid {what}"));
    }
}

fn judge_whole(value: &Value, least: i64, most: i64, place: &str, faults: &mut Faults) {
    match value.as_i64() {
        Some(number) if number < least => below(least, place, faults),
        Some(number) if number > most => above(most, place, faults),
        Some(_) => {}
        None if value.is_u64() => above(most, place, faults),
        None => expect(false, "integer", place, faults),
    }
}

fn judge_number(value: &Value, least: f64, most: f64, place: &str, faults: &mut Faults) {
    match value.as_f64() {
        Some(number) if number < least => below(least, place, faults),
        Some(number) if number > most => above(most, place, faults),
        Some(_) => {}
        None => expect(false, "number", place, faults),
    }
}

fn below(least: impl std::fmt::Display, place: &str, faults: &mut Faults) {
    faults.add(
        place,
        format!("Input should be greater than or equal to {least}"),
    );
}

fn above(most: impl std::fmt::Display, place: &str, faults: &mut Faults) {
    faults.add(
        place,
        format!("Input should be less than or equal to {most}"),
    );
}

fn judge_choice(value: &Value, choices: &[&str], place: &str, faults: &mut Faults) {
    let good = value.as_str().is_some_and(|text| choices.contains(&text));
    if !good {
        faults.add(place, format!("Input should be {}", either(choices)));
    }
}

/// `'a', 'b' or 'c'`
fn either(choices: &[&str]) -> String {
    let quoted: Vec<String> = choices.iter().map(|choice| format!("'{choice}'")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

fn judge_language(value: &Value, place: &str, faults: &mut Faults) {
    let code = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_lowercase());
    if !value.as_str().is_some_and(code) {
        faults.add(place, "Input should be an ISO 639-1 code in lower case");
    }
}

fn judge_language_name(value: &Value, place: &str, faults: &mut Faults) {
    if !value.as_str().is_some_and(sonar::names_a_language) {
        faults.add(place, "Input should be a language, by its code or its name");
    }
}

fn judge_country(value: &Value, place: &str, faults: &mut Faults) {
    let code = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !value.as_str().is_some_and(code) {
        faults.add(place, "Input should be an ISO 3166-1 alpha-2 code");
    }
}

fn judge_list(
    value: &Value,
    of: &Shape,
    length: std::ops::RangeInclusive<usize>,
    place: &str,
    faults: &mut Faults,
) {
    let Value::Array(items) = value else {
        return expect(false, "list", place, faults);
    };
    for (bound, outside) in [
        (("least", length.start()), items.len() < *length.start()),
        (("most", length.end()), items.len() > *length.end()),
    ] {
        if outside {
            let (word, number) = bound;
            let (s, count) = (if *number == 1 { "" } else { "s" }, items.len());
            faults.add(
                place,
                format!(
                    "List should have at {word} {number} item{s} after validation, not {count}"
                ),
            );
        }
    }
    for (index, item) in items.iter().enumerate() {
        judge(item, of, &format!("{place} -> {index}"), faults);
    }
}

pub(super) fn judge_fields(value: &Value, fields: &[Field], place: &str, faults: &mut Faults) {
    let Value::Object(object) = value else {
        return expect(false, "object", place, faults);
    };
    for field in fields {
        let place = format!("{place} -> {}", field.name);
        match object.get(field.name) {
            None if field.required => faults.add(&place, "Field required"),
            None => {}
            Some(Value::Null) if !field.required => {}
            Some(value) => judge(value, &field.shape, &place, faults),
        }
    }
}
