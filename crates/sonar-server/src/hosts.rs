//! By which names a server without keys may be asked. Must be pure.
//!
//! A web page can give its own name the address of this machine after it was loaded (DNS rebinding), and then reads what the
//! server says as if it were its own. The name that the browser sends in `Host` gives it away.

use std::net::{IpAddr, SocketAddr};

use axum::http::uri::Authority;
use url::Url;

use crate::{DocumentLinks, ServerSettings};

/// Ends of names that exist in private networks alone: nobody can own one on the internet. Services of a Kubernetes cluster
/// end in `.svc`.
const PRIVATE: [&str; 6] = [".local", ".internal", ".lan", ".home", ".home.arpa", ".svc"];

/// The names and addresses that a server answers to.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    bound: IpAddr,
    /// In lower case.
    listed: Vec<String>,
}

impl Hosts {
    /// Those of a server that listens at `bound`; `None` where every name is fine: a key is what protects it, or its operator
    /// says so.
    pub(crate) fn of(settings: &ServerSettings, bound: SocketAddr) -> Option<Self> {
        let any = settings.hosts.iter().any(|host| host == "*");
        if any || !settings.keys.is_empty() {
            return None;
        }
        let public = match &settings.document_links {
            DocumentLinks::At(address) => Url::parse(address).ok(),
            _ => None,
        };
        let public = public.as_ref().and_then(Url::host_str);
        let listed = settings.hosts.iter().map(String::as_str).chain(public);
        Some(Self {
            bound: bound.ip().to_canonical(),
            listed: listed.map(plain).collect(),
        })
    }

    /// Whether the server answers to what a request's `Host` says.
    pub(crate) fn knows(&self, host: &str) -> bool {
        let Ok(authority) = host.parse::<Authority>() else {
            return false;
        };
        let host = plain(authority.host());
        if self.listed.contains(&host) {
            return true;
        }
        match host.parse::<IpAddr>() {
            Ok(address) => self.knows_address(address.to_canonical()),
            Err(_) => self.knows_name(&host),
        }
    }

    /// Whoever listens for others is asked by whichever of the machine's addresses they see; no page has an address for its name.
    fn knows_address(&self, address: IpAddr) -> bool {
        address.is_loopback() || address == self.bound || !self.bound.is_loopback()
    }

    /// `localhost`; and, where others may ask, a name of their network: `nas`, `nas.local`, a container's name.
    fn knows_name(&self, name: &str) -> bool {
        let own = name == "localhost" || name.ends_with(".localhost");
        let private = !name.contains('.') || PRIVATE.iter().any(|end| name.ends_with(end));
        own || (private && !name.is_empty() && !self.bound.is_loopback())
    }
}

/// In lower case, without the brackets of an address and without the dot that a name may end in.
fn plain(host: &str) -> String {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(bound: &str, listed: &[&str]) -> Option<Hosts> {
        let settings = ServerSettings {
            hosts: listed.iter().map(|host| (*host).to_owned()).collect(),
            ..ServerSettings::default()
        };
        Hosts::of(&settings, bound.parse().unwrap())
    }

    fn check(bound: &str, known: &[&str], unknown: &[&str]) {
        let hosts = hosts(bound, &["Answers.example", "192.0.2.9"]).unwrap();
        for (those, expected) in [(known, true), (unknown, false)] {
            for host in those {
                assert_eq!(hosts.knows(host), expected, "{host} at {bound}");
            }
        }
    }

    #[test]
    fn a_server_of_this_machine_answers_to_this_machines_names_and_to_listed_ones() {
        check(
            "127.0.0.1:8765",
            &[
                "127.0.0.1:8765",
                "127.0.0.1",
                "127.0.1.1:8765",
                "localhost",
                "LocalHost.:8765",
                "docs.localhost:8765",
                "[::1]:8765",
                "[::ffff:127.0.0.1]:8765",
                "answers.example",
                "answers.example:443",
                "192.0.2.9",
            ],
            &[
                "evil.example:8765",
                "answers.example.evil.example",
                "notanswers.example",
                "localhost.evil.example",
                "notlocalhost",
                "127.0.0.1.evil.example",
                "192.0.2.1:8765",
                "0.0.0.0:8765",
                "nas",
                "nas.local",
                "a b",
                "",
            ],
        );
    }

    #[test]
    fn a_server_for_others_answers_to_addresses_and_to_names_of_private_networks() {
        for bound in ["0.0.0.0:8765", "[::]:8765", "192.168.1.5:8765"] {
            check(
                bound,
                &[
                    "localhost:8765",
                    "192.168.1.5:8765",
                    "[fd00::5]:8765",
                    "footnote:8765",
                    "nas.local",
                    "host.docker.internal:8765",
                    "nas.home.arpa",
                    "footnote.ns.svc:8765",
                    "footnote.ns.svc.cluster.local",
                    "answers.example",
                ],
                &[
                    "evil.example:8765",
                    "local.evil.example",
                    "footnote.ns.svc.evil.example",
                    "1.2.3",
                    ".",
                ],
            );
        }
    }

    #[test]
    fn keys_a_star_and_a_public_address_open_names() {
        assert!(hosts("127.0.0.1:1", &["*"]).is_none());
        let keyed = ServerSettings {
            keys: vec!["key".into()],
            ..ServerSettings::default()
        };
        assert!(Hosts::of(&keyed, keyed.bind).is_none());
        let public = ServerSettings {
            document_links: DocumentLinks::At("https://Docs.example/x/".to_owned()),
            ..ServerSettings::default()
        };
        let public = Hosts::of(&public, public.bind).unwrap();
        assert!(public.knows("docs.example") && !public.knows("other.example"));
    }
}
