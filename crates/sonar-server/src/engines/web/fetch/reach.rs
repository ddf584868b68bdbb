//! Where pages may be fetched from: the public internet, and nothing else. Must not open a connection.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::Refused;
use super::public::is_public;

/// Looks a name up. A port other than 0 in an answer goes before the one that the scheme means.
type Lookup = dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync;

/// Which addresses pages may be fetched from, and how names become addresses.
///
/// A page is connected to at the very addresses that were looked up and checked: there is no second look that could tell
/// another one.
#[derive(Clone)]
pub struct Reach {
    lookup: Arc<Lookup>,
    /// What counts as public beside the internet. Empty but for [`Reach::pretended`].
    pretended: Arc<[SocketAddr]>,
}

impl Reach {
    /// The public internet, as this machine's resolver knows it.
    #[must_use]
    pub fn internet() -> Self {
        let lookup = |name: String| {
            async move {
                tokio::net::lookup_host((name, 0))
                    .await
                    .map(Iterator::collect)
            }
            .boxed()
        };
        Self {
            lookup: Arc::new(lookup),
            pretended: Arc::new([]),
        }
    }

    /// For trying things without the internet: names that are looked up in `lookup` alone, and socket addresses that count
    /// as public ones. Every other rule stays as it is. No setting leads here; only code can ask for it.
    pub fn pretended(
        lookup: impl Fn(&str) -> Vec<SocketAddr> + Send + Sync + 'static,
        public: Vec<SocketAddr>,
    ) -> Self {
        let lookup = move |name: String| std::future::ready(Ok(lookup(&name))).boxed();
        Self {
            lookup: Arc::new(lookup),
            pretended: public.into(),
        }
    }

    /// Whether an address may be asked for at all: a web address on its usual port, without a user, and not one that names a
    /// machine by a number that is not public. The names are checked when they are looked up.
    ///
    /// # Errors
    ///
    /// The first rule that it breaks.
    pub(super) fn check(&self, address: &Url) -> Result<(), Refused> {
        if !matches!(address.scheme(), "http" | "https") {
            return Err(Refused::Scheme);
        }
        if !address.username().is_empty() || address.password().is_some() {
            return Err(Refused::User);
        }
        if !matches!(address.port_or_known_default(), Some(80 | 443)) {
            return Err(Refused::Port);
        }
        self.check_host(address)
    }

    /// Whether the host of an address, where it is a number, is on the public internet.
    ///
    /// # Errors
    ///
    /// [`Refused::NotPublic`], and [`Refused::Scheme`] for an address without a host.
    pub(super) fn check_host(&self, address: &Url) -> Result<(), Refused> {
        // Decimal, octal and hexadecimal numbers are addresses by now: parsing folded them.
        match address.host() {
            Some(Host::Domain(_)) => Ok(()),
            Some(Host::Ipv4(address)) => public_only(address.into()),
            Some(Host::Ipv6(address)) => public_only(address.into()),
            None => Err(Refused::Scheme),
        }
    }

    fn allows(&self, address: SocketAddr) -> bool {
        is_public(address.ip()) || self.pretended.contains(&address)
    }
}

fn public_only(address: IpAddr) -> Result<(), Refused> {
    match is_public(address) {
        true => Ok(()),
        false => Err(Refused::NotPublic),
    }
}

/// The HTTP client connects to what this returns. A name of which one address is not public has none.
impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.clone();
        let looking = (self.lookup)(name.as_str().to_owned());
        Box::pin(async move {
            let addresses = looking.await?;
            match addresses.iter().all(|address| reach.allows(*address)) {
                true => Ok(Box::new(addresses.into_iter()) as Addrs),
                false => Err(Refused::NotPublic.into()),
            }
        })
    }
}

impl std::fmt::Debug for Reach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reach")
            .field("pretended", &self.pretended)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str) -> Result<(), Refused> {
        Reach::internet().check(&Url::parse(address).unwrap())
    }

    #[test]
    fn only_web_addresses_on_their_ports_are_asked_for() {
        for address in [
            "http://tea.example/",
            "https://tea.example/a?b#c",
            "http://tea.example:80/",
            "http://tea.example:443/",
            "https://1.1.1.1/",
            "https://[2606:4700:4700::1111]/",
        ] {
            assert_eq!(check(address), Ok(()), "{address}");
        }
        for (address, why) in [
            ("ftp://tea.example/", Refused::Scheme),
            ("file:///etc/passwd", Refused::Scheme),
            ("data:text/html,hi", Refused::Scheme),
            ("gopher://tea.example:80/", Refused::Scheme),
            ("http://user@tea.example/", Refused::User),
            ("http://:secret@tea.example/", Refused::User),
            ("http://1.1.1.1@127.0.0.1/", Refused::User),
            ("http://tea.example:8080/", Refused::Port),
            ("http://tea.example:22/", Refused::Port),
            ("https://tea.example:0/", Refused::Port),
        ] {
            assert_eq!(check(address), Err(why), "{address}");
        }
    }

    #[test]
    fn a_number_names_a_machine_however_it_is_written() {
        for address in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0177.0.0.1/",
            "http://017700000001/",
            "http://0x7f.0.0.1/",
            "http://0x7f000001/",
            "http://0X7F.1/",
            "http://%31%32%37.0.0.1/",
            "http://１２７.0.0.1/",
            "http://127。0。0。1/",
            "http://127.0.0.1./",
            "http://0/",
            "http://2852039166/latest/meta-data/",
            "http://169.254.169.254/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "https://192.168.1.1/",
        ] {
            assert_eq!(check(address), Err(Refused::NotPublic), "{address}");
        }
    }

    #[tokio::test]
    async fn a_name_with_one_private_address_has_none() {
        let (public, private): (SocketAddr, SocketAddr) =
            ("1.1.1.1:0".parse().unwrap(), "10.0.0.1:0".parse().unwrap());
        for (addresses, expected) in [
            (vec![public], true),
            (vec![public, private], false),
            (vec![private, public], false),
            (vec![private], false),
        ] {
            let answers = addresses.clone();
            let reach = Reach::pretended(move |_| answers.clone(), Vec::new());
            let resolved = reach.resolve("tea.example".parse().unwrap()).await;
            assert_eq!(resolved.is_ok(), expected, "{addresses:?}");
        }
    }

    #[tokio::test]
    async fn what_is_pretended_is_one_socket_and_not_its_machine() {
        let page: SocketAddr = "127.0.0.1:4000".parse().unwrap();
        let reach = Reach::pretended(move |_| vec![page], vec![page]);
        assert!(reach.resolve("tea.example".parse().unwrap()).await.is_ok());
        let beside = Reach::pretended(|_| vec!["127.0.0.1:4001".parse().unwrap()], vec![page]);
        assert!(
            beside
                .resolve("tea.example".parse().unwrap())
                .await
                .is_err()
        );
        assert_eq!(
            reach.check(&Url::parse("http://127.0.0.1/").unwrap()),
            Err(Refused::NotPublic)
        );
    }
}
