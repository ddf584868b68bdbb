//! An id as those who steer the emulator write it: a string, as Discord has it, or a number. Looks nothing up.

use serde::{Deserialize, Deserializer, de::Error};

/// An id, as a string or a number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Id(pub(crate) u64);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Raw {
            Number(u64),
            Text(String),
        }
        match Raw::deserialize(deserializer)? {
            Raw::Number(id) => Ok(Self(id)),
            Raw::Text(text) => text
                .parse()
                .map(Self)
                .map_err(|_| D::Error::custom(format!("\"{text}\" is not an id"))),
        }
    }
}

/// An id that may be left out.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    let id = Option::<Id>::deserialize(deserializer)?;
    Ok(id.map(|Id(id)| id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_id_is_a_string_or_a_number() {
        for (written, id) in [
            (json!("42"), Some(42)),
            (json!(42), Some(42)),
            (json!(null), None),
        ] {
            assert_eq!(optional(written).unwrap(), id);
        }
        for no_id in [json!("x"), json!(-1), json!([])] {
            assert!(optional(no_id.clone()).is_err(), "{no_id}");
        }
    }
}
