//! Who is let in. Must not tell by its speed how much of a key was right.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use subtle::{Choice, ConstantTimeEq};

/// Whether the request shows one of the keys. With no keys, everybody is let in.
pub(crate) fn lets_in(keys: &[SecretString], headers: &HeaderMap) -> bool {
    keys.is_empty() || shown(headers).is_some_and(|shown| is_one_of(keys, shown))
}

fn shown(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

fn is_one_of(keys: &[SecretString], shown: &str) -> bool {
    let same = |key: &SecretString| key.expose_secret().as_bytes().ct_eq(shown.as_bytes());
    keys.iter()
        .fold(Choice::from(0), |any, key| any | same(key))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(keys: &[&str], header: Option<&str>, expected: bool) {
        let keys: Vec<SecretString> = keys.iter().map(|key| (*key).into()).collect();
        let headers = header.map(|value| (AUTHORIZATION, value.parse().unwrap()));
        assert_eq!(
            lets_in(&keys, &headers.into_iter().collect()),
            expected,
            "{header:?}"
        );
    }

    #[test]
    fn one_of_the_keys_opens() {
        check(&[], None, true);
        check(&[], Some("Bearer anything"), true);
        check(&["a", "b"], Some("Bearer b"), true);
        check(&["a", "b"], Some("bearer a"), true);
        check(&["a", "b"], Some("Bearer c"), false);
        check(&["a"], Some("Bearer ab"), false);
        check(&["a"], Some("Basic a"), false);
        check(&["a"], Some("a"), false);
        check(&["a"], Some("Bearer "), false);
        check(&["a"], None, false);
    }
}
