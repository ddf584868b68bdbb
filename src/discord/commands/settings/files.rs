//! Fetches a file that somebody handed in, from where Discord keeps such files and from nowhere else.

use std::time::Duration;

use serenity::all::Attachment;
use url::{Host, Url};

use crate::search::export::{ImportFault, LARGEST};

/// Where Discord keeps files.
const HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];

/// How long a file may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a file was not fetched.
pub(super) enum NotFetched {
    /// It is too large, or no text.
    Fault(ImportFault),
    /// It is not where Discord keeps files, or cannot be had from there.
    Unavailable,
}

/// Fetches files.
pub(in crate::discord) struct Files {
    /// Follows no address that an answer names.
    http: reqwest::Client,
    /// Whether something on this machine stands in for Discord, and keeps the files then.
    stand_in: bool,
}

impl Files {
    pub(in crate::discord) fn new(http: reqwest::Client, stand_in: bool) -> Self {
        Self { http, stand_in }
    }

    /// The text of a file.
    ///
    /// # Errors
    ///
    /// See [`NotFetched`].
    pub(super) async fn fetch(&self, file: &Attachment) -> Result<String, NotFetched> {
        let size = usize::try_from(file.size).unwrap_or(usize::MAX);
        if size > LARGEST {
            return Err(NotFetched::Fault(ImportFault::TooLarge(size)));
        }
        let address = Url::parse(&file.url).ok();
        let Some(address) = address.filter(|address| may_be_at(address, self.stand_in)) else {
            tracing::warn!("a file was handed in that is not where Discord keeps files");
            return Err(NotFetched::Unavailable);
        };
        let fetching = tokio::time::timeout(PATIENCE, self.read(address)).await;
        fetching.unwrap_or_else(|_| {
            tracing::warn!("a file that was handed in did not come in time");
            Err(NotFetched::Unavailable)
        })
    }

    async fn read(&self, address: Url) -> Result<String, NotFetched> {
        // What the library says of a failure names the address, which lets whoever knows it read the file.
        let failed = |error: reqwest::Error| {
            let error = error.without_url();
            tracing::warn!(%error, "a file that was handed in could not be read");
            NotFetched::Unavailable
        };
        let response = self.http.get(address).send().await.map_err(failed)?;
        let mut response = response.error_for_status().map_err(failed)?;
        if !response.status().is_success() {
            tracing::warn!("a file that was handed in is said to be elsewhere");
            return Err(NotFetched::Unavailable);
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > LARGEST {
                return Err(NotFetched::Fault(ImportFault::TooLarge(bytes.len())));
            }
        }
        String::from_utf8(bytes).map_err(|error| NotFetched::Fault(not_a_text(&error)))
    }
}

/// Where in the bytes a text ends.
fn not_a_text(error: &std::string::FromUtf8Error) -> ImportFault {
    let valid = error.utf8_error().valid_up_to();
    let text = error.as_bytes().get(..valid).unwrap_or_default();
    let line = text.iter().filter(|byte| **byte == b'\n').count();
    let column = text.iter().rev().take_while(|byte| **byte != b'\n').count();
    ImportFault::NotJson {
        line: line + 1,
        column: column + 1,
    }
}

/// Whether files may be fetched from an address; `stand_in` is whether something on this machine stands in for Discord.
fn may_be_at(address: &Url, stand_in: bool) -> bool {
    let at_discord =
        address.scheme() == "https" && address.host_str().is_some_and(|host| HOSTS.contains(&host));
    let beside_us = match address.host() {
        Some(Host::Ipv4(host)) => host.is_loopback(),
        Some(Host::Ipv6(host)) => host.is_loopback(),
        _ => false,
    };
    at_discord || (stand_in && beside_us)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_fetched_from_discord_alone() {
        let may = |address: &str, stand_in| may_be_at(&Url::parse(address).unwrap(), stand_in);
        assert!(may(
            "https://cdn.discordapp.com/attachments/1/2/a.json",
            false
        ));
        assert!(may(
            "https://media.discordapp.net/attachments/1/2/a.json",
            false
        ));
        for elsewhere in [
            "http://cdn.discordapp.com/a.json",
            "https://cdn.discordapp.com.evil.example/a.json",
            "https://cdn.discordapp.com@evil.example/a.json",
            "https://evil.example/cdn.discordapp.com",
            "http://127.0.0.1/a.json",
            "file:///etc/passwd",
        ] {
            assert!(!may(elsewhere, false), "{elsewhere}");
        }
        assert!(may("http://127.0.0.1:8080/files/1", true));
        assert!(!may("http://10.0.0.1/files/1", true));
        assert!(!may("https://evil.example/a.json", true));
    }

    #[test]
    fn what_is_no_text_says_where() {
        let bytes = b"{\n\"a\": \xff".to_vec();
        let error = String::from_utf8(bytes).unwrap_err();
        assert_eq!(
            not_a_text(&error),
            ImportFault::NotJson { line: 2, column: 6 }
        );
    }
}
