//! A request as it came in: its path, query, token and body, read but not judged by any route.

use axum::{
    body::{Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, header},
};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::multipart::{self, Parts};
use crate::world::{refusal::Refusal, uploads::Upload};

/// Discord accepts requests up to this size.
const MOST_BYTES: usize = 25 * 1024 * 1024;

/// One request.
pub(crate) struct Arrival {
    pub(crate) method: String,
    /// The path as sent, still encoded.
    pub(crate) raw_path: String,
    /// The parts of the path behind `/api/v10`, decoded.
    pub(crate) segments: Vec<String>,
    pub(crate) query: String,
    pub(crate) content_type: Option<String>,
    pub(crate) user_agent: Option<String>,
    authorization: Option<String>,
    /// `None` when it was too large or broke off.
    pub(crate) body: Option<Bytes>,
    /// A multipart body taken apart, or why it could not be.
    parts: Option<Result<Parts, Refusal>>,
}

impl Arrival {
    pub(crate) async fn read(request: Request) -> Self {
        let (parts, body) = request.into_parts();
        let raw_path = parts.uri.path().to_owned();
        let content_type = text(&parts.headers, &header::CONTENT_TYPE);
        let body = to_bytes(body, MOST_BYTES).await.ok();
        let taken_apart = match (&content_type, &body) {
            (Some(kind), Some(body)) if multipart::is_multipart(kind) => {
                Some(multipart::read(kind, body.clone()).await)
            }
            _ => None,
        };
        Self {
            method: parts.method.as_str().to_owned(),
            segments: segments(&raw_path),
            raw_path,
            query: parts.uri.query().unwrap_or_default().to_owned(),
            content_type,
            user_agent: text(&parts.headers, &header::USER_AGENT),
            authorization: text(&parts.headers, &header::AUTHORIZATION),
            body,
            parts: taken_apart,
        }
    }

    /// The decoded path without its prefix, as faults and routes see it.
    pub(crate) fn path(&self) -> String {
        format!("/{}", self.segments.join("/"))
    }

    /// The bot token it was sent with, whether or not it is valid.
    pub(crate) fn bot_token(&self) -> Option<&str> {
        self.authorization.as_deref()?.strip_prefix("Bot ")
    }

    pub(crate) fn query_pairs(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_bytes())
            .into_owned()
            .collect()
    }

    /// The files beside the body.
    pub(crate) fn files(&self) -> &[Upload] {
        match &self.parts {
            Some(Ok(parts)) => &parts.files,
            _ => &[],
        }
    }

    /// The body as JSON; an absent one is an empty object.
    ///
    /// # Errors
    ///
    /// Refuses a body that is too large, is not JSON, or does not say that it is.
    pub(crate) fn json(&self) -> Result<Value, Refusal> {
        let body = self.body.as_ref().ok_or(Refusal::TooLarge)?;
        if body.is_empty() {
            return Ok(json!({}));
        }
        let kind = self.content_type.as_deref().unwrap_or_default();
        if let Some(parts) = &self.parts {
            return parts
                .as_ref()
                .map(|parts| parts.body.clone())
                .map_err(Clone::clone);
        }
        if !kind.starts_with("application/json") {
            return Err(Refusal::WrongContentType);
        }
        serde_json::from_slice(body).map_err(|_| Refusal::BrokenJson)
    }
}

fn text(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn segments(raw_path: &str) -> Vec<String> {
    let mut segments: Vec<String> = raw_path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(decoded)
        .collect();
    if segments.first().is_some_and(|first| first == "api") {
        segments.remove(0);
        let is_version = |part: &String| {
            part.strip_prefix('v')
                .is_some_and(|rest| rest.parse::<u8>().is_ok())
        };
        if segments.first().is_some_and(is_version) {
            segments.remove(0);
        }
    }
    segments
}

/// Undoes percent-encoding; what is not valid stays as it is. What should have been encoded and was not is read as Latin-1.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escaped = (*first == b'%')
            .then(|| tail.split_first_chunk::<2>())
            .flatten();
        match escaped.and_then(|([high, low], after)| Some((hex(*high)? << 4 | hex(*low)?, after)))
        {
            Some((byte, after)) => {
                bytes.push(byte);
                rest = after;
            }
            None => {
                bytes.extend(char::from(*first).to_string().bytes());
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_prefix_leads_to_the_same_route() {
        for path in [
            "/api/v10/webhooks/1/t/messages/@original",
            "/api/webhooks/1/t/messages/%40original",
            "/webhooks/1/t//messages/%40original",
        ] {
            assert_eq!(
                segments(path),
                ["webhooks", "1", "t", "messages", "@original"],
                "{path}"
            );
        }
    }

    #[test]
    fn only_what_is_encoded_is_read_as_unicode() {
        assert_eq!(decoded("%F0%9F%91%8D"), "👍");
        assert_eq!(decoded("👍"), "ð\u{9f}\u{91}\u{8d}");
    }

    proptest! {
        #[test]
        fn no_path_is_too_odd_to_decode(path in "[%a-f0-9/é]*") {
            segments(&path);
        }
    }
}
