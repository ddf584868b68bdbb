//! Reads typed fields out of a request body and notes what is wrong with them. Knows no route and no object.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::refusal::Problems;
use crate::snowflake::Snowflake;

/// One JSON object of a request, and where it stands in it.
pub(crate) struct Form<'a> {
    fields: &'a Map<String, Value>,
    at: String,
}

impl<'a> Form<'a> {
    /// The whole body, or one value inside of it; notes a problem when it is not an object.
    pub(crate) fn read(value: &'a Value, at: &str, problems: &mut Problems) -> Option<Self> {
        let Some(fields) = value.as_object() else {
            problems.add(
                at,
                "DICT_TYPE_CONVERT",
                "Only dictionaries may be used in a DictType",
            );
            return None;
        };
        Some(Self {
            fields,
            at: at.to_owned(),
        })
    }

    /// The dotted path of a field.
    pub(crate) fn path(&self, name: &str) -> String {
        if self.at.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.at)
        }
    }

    /// Whether the field was sent, `null` included.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// A field as sent; `null` counts as absent.
    pub(crate) fn value(&self, name: &str) -> Option<&'a Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    /// A text, trimmed, of at most `most` code points.
    pub(crate) fn text(&self, name: &str, most: usize, problems: &mut Problems) -> Option<String> {
        let text = match self.value(name)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            other => {
                let message = format!("Could not interpret \"{other}\" as string.");
                problems.add(&self.path(name), "STRING_TYPE_CONVERT", message);
                return None;
            }
        };
        if text.chars().count() > most {
            problems.too_long(&self.path(name), most);
        }
        Some(text)
    }

    /// A text that must be there and have between `least` and `most` code points.
    pub(crate) fn needed_text(
        &self,
        name: &str,
        (least, most): (usize, usize),
        problems: &mut Problems,
    ) -> String {
        let Some(text) = self.text(name, usize::MAX, problems) else {
            if self.value(name).is_none() {
                problems.required(&self.path(name));
            }
            return String::new();
        };
        let length = text.chars().count();
        if length == 0 && least > 0 {
            problems.required(&self.path(name));
        } else if length < least || length > most {
            problems.bad_length(&self.path(name), least, most);
        }
        text
    }

    /// A list of at most `most` values, of which no more are given however many were sent.
    pub(crate) fn list(
        &self,
        name: &str,
        most: usize,
        problems: &mut Problems,
    ) -> Option<&'a [Value]> {
        let Some(list) = self.value(name)?.as_array() else {
            problems.add(
                &self.path(name),
                "LIST_TYPE_CONVERT",
                "Only iterables may be used in a ListType",
            );
            return None;
        };
        if list.len() > most {
            problems.too_long(&self.path(name), most);
        }
        Some(list.get(..most).unwrap_or(list))
    }

    /// A list of so many values, of which no more are given however many were sent.
    pub(crate) fn list_of(
        &self,
        name: &str,
        (least, most): (usize, usize),
        problems: &mut Problems,
    ) -> Option<&'a [Value]> {
        let list = self.list(name, usize::MAX, problems)?;
        if !(least..=most).contains(&list.len()) {
            problems.bad_length(&self.path(name), least, most);
        }
        Some(list.get(..most).unwrap_or(list))
    }

    /// A list of at most `most` ids.
    pub(crate) fn ids(
        &self,
        name: &str,
        most: usize,
        problems: &mut Problems,
    ) -> Option<Vec<Snowflake>> {
        let sent = self.list(name, most, problems)?;
        let mut ids = Vec::new();
        for (index, value) in sent.iter().enumerate() {
            let number = value
                .as_u64()
                .or_else(|| value.as_str().and_then(|text| text.parse().ok()));
            match number {
                Some(number) => ids.push(Snowflake::from(number)),
                None => problems.add(
                    &self.path(&format!("{name}.{index}")),
                    "NUMBER_TYPE_COERCE",
                    format!("Value {value} is not snowflake."),
                ),
            }
        }
        Some(ids)
    }

    pub(crate) fn flag(&self, name: &str, problems: &mut Problems) -> Option<bool> {
        let value = self.value(name)?;
        if value.as_bool().is_none() {
            problems.add(
                &self.path(name),
                "BOOLEAN_TYPE_CONVERT",
                "Must be either true or false.",
            );
        }
        value.as_bool()
    }

    pub(crate) fn number(&self, name: &str, problems: &mut Problems) -> Option<u64> {
        let value = self.value(name)?;
        let number = value.as_u64();
        if number.is_none() {
            let message = format!("Value {value} is not int.");
            problems.add(&self.path(name), "NUMBER_TYPE_COERCE", message);
        }
        number
    }

    /// A number that may come as text, as ids and permissions do.
    pub(crate) fn large_number(&self, name: &str, problems: &mut Problems) -> Option<u64> {
        let value = self.value(name)?;
        match value.as_str().map(str::parse) {
            Some(Ok(number)) => Some(number),
            _ => self.number(name, problems),
        }
    }

    /// A number within these bounds.
    pub(crate) fn number_in(
        &self,
        name: &str,
        bounds: RangeInclusive<u64>,
        problems: &mut Problems,
    ) -> Option<u64> {
        let number = self.number(name, problems)?;
        let (least, most) = bounds.into_inner();
        if number < least {
            let message = format!("int value should be greater than or equal to {least}.");
            problems.add(&self.path(name), "NUMBER_TYPE_MIN", message);
        } else if number > most {
            let message = format!("int value should be less than or equal to {most}.");
            problems.add(&self.path(name), "NUMBER_TYPE_MAX", message);
        }
        Some(number)
    }

    pub(crate) fn id(&self, name: &str, problems: &mut Problems) -> Option<Snowflake> {
        self.large_number(name, problems).map(Snowflake::from)
    }

    /// A link with one of these schemes; an empty one passes, as one that was not sent.
    pub(crate) fn check_link(
        &self,
        name: &str,
        most: usize,
        schemes: &[&str],
        problems: &mut Problems,
    ) {
        let text = self.text(name, most, problems);
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return;
        };
        match url::Url::parse(&text) {
            Ok(link) if schemes.contains(&link.scheme()) => {}
            Ok(link) => {
                let message = format!(
                    "Scheme \"{}\" is not supported. Scheme must be one of {schemes:?}.",
                    link.scheme()
                );
                problems.add(&self.path(name), "URL_TYPE_INVALID_SCHEME", message);
            }
            Err(_) => problems.add(
                &self.path(name),
                "URL_TYPE_INVALID_URL",
                "Not a well formed URL.",
            ),
        }
    }
}
