//! Where citations of documents lead that have no public address. Must be pure.

use std::net::SocketAddr;

use crate::engines::{Event, Fetch, LOCAL, Search};
use crate::{DocumentLinks, ServerSettings};

/// Where links to documents without a public address begin; none when there are to be no links. With keys, there are
/// none: a reader who follows a link has no key.
pub(crate) fn address(settings: &ServerSettings, bound: SocketAddr) -> Option<String> {
    let open = settings.keys.is_empty();
    match &settings.document_links {
        DocumentLinks::Here if open => Some(format!("http://{bound}/documents/")),
        DocumentLinks::At(address) if open => {
            Some(format!("{}/documents/", address.trim_end_matches('/')))
        }
        _ => None,
    }
}

/// The event with sources that can be followed.
pub(crate) fn linked(mut event: Event, documents_at: Option<&str>) -> Event {
    if let Some(documents_at) = documents_at {
        for address in addresses(&mut event) {
            if let Some(path) = address.strip_prefix(LOCAL) {
                *address = format!("{documents_at}{path}");
            } else if let Some(path) = address.strip_prefix(QUOTED_LOCAL)
                && address.ends_with('"')
            {
                *address = format!("\"{documents_at}{path}");
            }
        }
    }
    event
}

/// How an address begins that is a piece of a reply in JSON.
const QUOTED_LOCAL: &str = "\"local:/";

/// Everything in an event that can be the address of a source. A reply in JSON names sources within its text; there each
/// address is a [`Event::Delta`] of its own, in quotes, as no piece of prose is: those end with white space.
fn addresses(event: &mut Event) -> Vec<&mut String> {
    match event {
        Event::Sources(sources) | Event::MoreSources(sources) => {
            let results = sources.results.iter_mut().map(|source| &mut source.url);
            let images = sources.images.iter_mut().map(|image| &mut image.origin_url);
            results.chain(images).collect()
        }
        Event::Search(Search { results, .. }) | Event::Fetch(Fetch { pages: results }) => {
            results.iter_mut().map(|source| &mut source.url).collect()
        }
        Event::Delta(text) if text.starts_with(QUOTED_LOCAL) => vec![text],
        Event::Upstream(_)
        | Event::Searching(_)
        | Event::Delta(_)
        | Event::Done(_)
        | Event::Failed(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_where_the_operator_says_and_nowhere_when_keys_are_asked_for() {
        let bound = SocketAddr::from(([127, 0, 0, 1], 80));
        let at = |document_links, keys| {
            address(
                &ServerSettings {
                    document_links,
                    keys,
                    ..ServerSettings::default()
                },
                bound,
            )
        };
        assert_eq!(
            at(DocumentLinks::Here, vec![]).as_deref(),
            Some("http://127.0.0.1:80/documents/")
        );
        assert_eq!(
            at(
                DocumentLinks::At("https://docs.example/x/".to_owned()),
                vec![]
            )
            .as_deref(),
            Some("https://docs.example/x/documents/")
        );
        assert_eq!(at(DocumentLinks::Nowhere, vec![]), None);
        assert_eq!(at(DocumentLinks::Here, vec!["key".into()]), None);
    }
}
