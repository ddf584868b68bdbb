//! Who is let in. Must not tell by its speed how much of a key was right.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use subtle::{ConditionallySelectable, ConstantTimeEq};

/// The place of the key that the request shows among `keys`, or `None` when it shows none of them.
pub(crate) fn shown_key(keys: &[SecretString], headers: &HeaderMap) -> Option<usize> {
    place(keys, shown(headers)?)
}

fn shown(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

fn place(keys: &[SecretString], shown: &str) -> Option<usize> {
    // All keys are compared, whichever fits.
    let same = |key: &SecretString| key.expose_secret().as_bytes().ct_eq(shown.as_bytes());
    let found = keys
        .iter()
        .zip(0_u64..)
        .fold(u64::MAX, |found, (key, place)| {
            u64::conditional_select(&found, &place, same(key))
        });
    usize::try_from(found)
        .ok()
        .filter(|place| *place < keys.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(keys: &[&str], header: Option<&str>, expected: Option<usize>) {
        let keys: Vec<SecretString> = keys.iter().map(|key| (*key).into()).collect();
        let headers = header.map(|value| (AUTHORIZATION, value.parse().unwrap()));
        assert_eq!(
            shown_key(&keys, &headers.into_iter().collect()),
            expected,
            "{header:?}"
        );
    }

    #[test]
    fn one_of_the_keys_opens() {
        check(&[], None, None);
        check(&[], Some("Bearer anything"), None);
        check(&["a", "b"], Some("Bearer b"), Some(1));
        check(&["a", "b"], Some("bearer a"), Some(0));
        check(&["a", "b"], Some("Bearer c"), None);
        check(&["a"], Some("Bearer ab"), None);
        check(&["a"], Some("Basic a"), None);
        check(&["a"], Some("a"), None);
        check(&["a"], Some("Bearer "), None);
        check(&["a"], None, None);
    }
}
