//! Where citations of documents lead that have no public address. Must be pure.

use std::net::SocketAddr;

use crate::engines::{Event, LOCAL};
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
    let named = match &mut event {
        Event::Sources(sources) => sources,
        Event::Search(search) => &mut search.results,
        _ => return event,
    };
    if let Some(documents_at) = documents_at {
        for source in named {
            if let Some(path) = source.url.strip_prefix(LOCAL) {
                source.url = format!("{documents_at}{path}");
            }
        }
    }
    event
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
