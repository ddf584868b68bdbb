//! Finds what somebody may have meant by a name that there is not. Changes nothing in its place.

/// How alike two names are at least, from 0 to 1, for one to be taken for the other.
const ALIKE: f64 = 0.6;

/// The name that is most like this one, if any is alike; upper and lower case are the same.
pub(super) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = plain(name);
    let scored = names.map(|one| {
        let alike = strsim::normalized_damerau_levenshtein(&name, &plain(one));
        (alike, one)
    });
    let best = scored.max_by(|(one, _), (other, _)| one.total_cmp(other))?;
    Some(best.1).filter(|_| best.0 >= ALIKE)
}

/// A name as it is compared; what the parameters of a path are called does not matter.
fn plain(name: &str) -> String {
    let parts = name.split('/').map(|part| {
        if part.starts_with('{') {
            "{}".to_owned()
        } else {
            part.to_ascii_lowercase()
        }
    });
    parts.collect::<Vec<String>>().join("/")
}

/// The end of a sentence about a name that there is not.
pub(super) fn did_you_mean(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_seen_through_and_a_stranger_is_not() {
        let names = ["MESSAGE_CREATE", "MESSAGE_DELETE", "/users/{user}"];
        for (name, near) in [
            ("message_create", Some("MESSAGE_CREATE")),
            ("MESAGE_CRAETE", Some("MESSAGE_CREATE")),
            ("MESSAGE_DELETED", Some("MESSAGE_DELETE")),
            ("/user/{id}", Some("/users/{user}")),
            ("PING", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, names.into_iter()), near, "{name}");
        }
    }
}
