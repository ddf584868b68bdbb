//! The key: sent in one header, cut out of everything else. Must never be shown.

use std::borrow::Cow;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// The key of a service, if it has one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Key(Option<SecretString>);

impl Key {
    /// The key, unless it is empty or cannot stand in a header.
    pub(crate) fn new(key: SecretString) -> Option<Self> {
        let text = key.expose_secret();
        let fits = !text.trim().is_empty() && HeaderValue::from_str(text).is_ok();
        fits.then_some(Self(Some(key)))
    }

    /// The call with the key in its header.
    pub(crate) fn sign(&self, call: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.0 {
            Some(key) => call.bearer_auth(key.expose_secret()),
            None => call,
        }
    }

    /// The text of a body without the key. Services have been seen to repeat the key they refuse.
    pub(crate) fn cut_from<'a>(&self, body: &'a [u8]) -> Cow<'a, str> {
        let text = String::from_utf8_lossy(body);
        match &self.0 {
            Some(key) if text.contains(key.expose_secret()) => {
                Cow::Owned(text.replace(key.expose_secret(), "[key]"))
            }
            _ => text,
        }
    }
}
