//! Who asks: told apart by key, or without keys by network. Must not trust what a visitor says about itself.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// One who asks, as far as the server can tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Visitor {
    /// The holder of a key, by its place among the server's keys.
    Key(usize),
    /// Where it comes from: an IPv4 address, or the first 64 bits of an IPv6 address.
    Network(IpAddr),
}

impl Visitor {
    /// The visitor at the other end who showed the key at this place, or none.
    pub(crate) fn new(key: Option<usize>, peer: Peer) -> Self {
        key.map_or_else(|| Self::Network(network(peer.0.ip())), Self::Key)
    }
}

/// One line of IPv6 is given 2^64 addresses; it is one visitor all the same.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: &str, key: Option<usize>) -> Visitor {
        Visitor::new(key, Peer(address.parse().unwrap()))
    }

    #[test]
    fn a_key_is_one_visitor_wherever_it_is_used() {
        assert_eq!(
            from("127.0.0.1:1", Some(0)),
            from("[2001:db8::1]:2", Some(0))
        );
        assert_ne!(from("127.0.0.1:1", Some(0)), from("127.0.0.1:1", Some(1)));
    }

    #[test]
    fn without_a_key_a_network_is_one_visitor() {
        let check = |one, other, same: bool| {
            assert_eq!(from(one, None) == from(other, None), same, "{one} {other}")
        };
        check("192.0.2.1:1", "192.0.2.1:2", true);
        check("192.0.2.1:1", "192.0.2.2:1", false);
        check("192.0.2.1:1", "[::ffff:192.0.2.1]:1", true);
        check("[2001:db8::1]:1", "[2001:db8::2]:1", true);
        check("[2001:db8::1]:1", "[2001:db8:0:1::1]:1", false);
    }
}
