//! Which addresses are on the public internet. Must be pure, and say no where it is not sure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 networks that are not the public internet, each with the length of its prefix, from IANA's registry of special
/// addresses.
const NOT_PUBLIC_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),       // this network
    (Ipv4Addr::new(10, 0, 0, 0), 8),      // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),   // shared by a provider's customers
    (Ipv4Addr::new(127, 0, 0, 0), 8),     // loopback
    (Ipv4Addr::new(169, 254, 0, 0), 16),  // link-local, and the metadata of clouds
    (Ipv4Addr::new(172, 16, 0, 0), 12),   // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),    // protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),    // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24),  // relays of 6to4
    (Ipv4Addr::new(192, 168, 0, 0), 16),  // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),   // measuring networks
    (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),  // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),     // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),     // reserved, and broadcast
];

/// The one IPv6 network that is handed out for the public internet. All else is loopback, unique-local, link-local, multicast,
/// an IPv4 address in other clothes (`::ffff:0:0/96`, `64:ff9b::/96`), or reserved.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What of it is not the public internet.
const NOT_PUBLIC_V6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments, and Teredo, which carries IPv4 addresses
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4, which carries IPv4 addresses
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

/// Whether an address is one of the public internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !NOT_PUBLIC_V4.iter().any(|(network, prefix)| {
            address.to_bits() >> (32 - prefix) == network.to_bits() >> (32 - prefix)
        }),
        IpAddr::V6(address) => {
            let within = |(network, prefix): &(Ipv6Addr, u32)| {
                address.to_bits() >> (128 - prefix) == network.to_bits() >> (128 - prefix)
            };
            within(&GLOBAL_V6) && !NOT_PUBLIC_V6.iter().any(within)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same rules, written as networks are and read here bit by bit.
    const NETWORKS: &[&str] = &[
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/3",
        "4000::/2",
        "8000::/1",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    ];

    fn bits(address: IpAddr) -> String {
        match address {
            IpAddr::V4(address) => format!("{:032b}", address.to_bits()),
            IpAddr::V6(address) => format!("{:0128b}", address.to_bits()),
        }
    }

    fn prefix(network: &str) -> String {
        let (address, length) = network.split_once('/').unwrap();
        bits(address.parse().unwrap())
            .chars()
            .take(length.parse().unwrap())
            .collect()
    }

    fn is_special(address: IpAddr) -> bool {
        let same_family = |network: &&&str| network.contains(':') == address.is_ipv6();
        let mut networks = NETWORKS.iter().filter(same_family);
        networks.any(|network| bits(address).starts_with(&prefix(network)))
    }

    #[test]
    fn nothing_at_home_is_public() {
        for address in [
            "127.0.0.1",
            "127.255.255.254",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "100.127.255.255",
            "169.254.169.254",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "192.0.2.7",
            "198.51.100.7",
            "203.0.113.7",
            "198.18.0.1",
            "198.19.255.255",
            "192.0.0.192",
            "192.88.99.1",
            "::",
            "::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:808:808::1",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "100::1",
            "5f00::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn the_internet_is_public() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2a00:1450::1",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Any address, and any address of a special network, is judged as the bits of the networks say.
        #[test]
        fn every_address_is_judged_by_its_network(
            v4 in any::<u32>(),
            v6 in any::<u128>(),
            network in prop::sample::select(NETWORKS),
        ) {
            for address in [IpAddr::V4(Ipv4Addr::from_bits(v4)), IpAddr::V6(Ipv6Addr::from_bits(v6))] {
                prop_assert_eq!(is_public(address), !is_special(address), "{}", address);
            }
            let prefix = prefix(network);
            let rest = bits(IpAddr::V6(Ipv6Addr::from_bits(v6)));
            let whole = if network.contains(':') { 128 } else { 32 };
            let inside: String = prefix.chars().chain(rest.chars()).take(whole).collect();
            let inside: IpAddr = match whole {
                32 => Ipv4Addr::from_bits(u32::from_str_radix(&inside, 2).unwrap()).into(),
                _ => Ipv6Addr::from_bits(u128::from_str_radix(&inside, 2).unwrap()).into(),
            };
            prop_assert!(!is_public(inside), "{} of {}", inside, network);
        }

        /// An IPv4 address does not become public by being written as one of IPv6.
        #[test]
        fn no_disguise_helps(v4 in any::<u32>()) {
            let low = u128::from(v4);
            for high in [0, 0xffff << 32, 0x0064_ff9b << 96, 0x0064_ff9b_0001 << 80, 0x2002 << 112 | low << 80, 0x2001 << 112] {
                let disguised = Ipv6Addr::from_bits(high | low);
                prop_assert!(!is_public(disguised.into()), "{}", disguised);
            }
        }
    }
}
