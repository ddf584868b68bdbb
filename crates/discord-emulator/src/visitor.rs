//! Whether a request on the plain port comes from this machine under one of its own names. Looks at nothing but headers.

use axum::http::{HeaderMap, HeaderValue, header};

/// The name the emulator goes by; no other page's name can be pointed at it.
pub(crate) const DISCORD: &str = "discord.com";

/// Another page in the same browser must not reach this port by a name that it has pointed at loopback, nor send to it.
pub(crate) fn is_local(headers: &HeaderMap) -> bool {
    text(headers, &header::HOST).is_some_and(is_loopback) && has_own_origin(headers)
}

/// As [`is_local`], for what bots may also reach as `discord.com`.
pub(crate) fn is_bot(headers: &HeaderMap) -> bool {
    let host = text(headers, &header::HOST);
    host.is_some_and(|host| is_loopback(host) || without_port(host) == DISCORD)
        && has_own_origin(headers)
}

/// A browser names the page that sends. Only the emulator's own may: another server on this machine has another port.
fn has_own_origin(headers: &HeaderMap) -> bool {
    text(headers, &header::ORIGIN).is_none_or(|origin| {
        let sender = origin.strip_prefix("http://");
        sender.is_some() && sender == text(headers, &header::HOST)
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers
        .get(name)
        .map(|value: &HeaderValue| value.to_str().unwrap_or("?"))
}

/// Whether a host, with or without a port, is this machine.
fn is_loopback(host: &str) -> bool {
    matches!(without_port(host), "127.0.0.1" | "localhost" | "[::1]")
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_local() {
        for (host, local) in [
            ("127.0.0.1:80", true),
            ("localhost", true),
            ("[::1]:8080", true),
            ("127.0.0.1.example.org", false),
            ("example.org:80", false),
            ("localhost.example.org:1", false),
        ] {
            assert_eq!(is_loopback(host), local, "{host}");
        }
    }

    #[test]
    fn a_bot_may_say_discord_but_no_page_may() {
        let headers = |host: &'static str, origin: Option<&'static str>| {
            let mut headers =
                HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
            headers.extend(origin.map(|origin| (header::ORIGIN, HeaderValue::from_static(origin))));
            headers
        };
        assert!(is_bot(&headers("discord.com", None)));
        assert!(!is_local(&headers("discord.com", None)));
        assert!(!is_bot(&headers(
            "127.0.0.1:80",
            Some("http://example.org")
        )));
        assert!(is_bot(&headers(
            "127.0.0.1:80",
            Some("http://127.0.0.1:80")
        )));
        assert!(!is_bot(&headers(
            "127.0.0.1:80",
            Some("http://127.0.0.1:3000")
        )));
    }
}
