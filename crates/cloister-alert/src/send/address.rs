//! Where a receiver may be. An address in a configuration must not lead to what only this machine or this network can reach
//! (a cloud's metadata, a kubelet, a database on loopback) unless somebody says so. A name is looked up once, and connected
//! to is what was looked at.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use super::failure::Failure;

/// Addresses of one name that are looked at.
const MOST: usize = 16;

/// Why an address is none of a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inward {
    /// This machine.
    Loopback,
    /// This link, where clouds keep their metadata.
    LinkLocal,
    /// A private network.
    Private,
    /// No single host, or none at all.
    NoHost,
}

impl fmt::Display for Inward {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Inward::Loopback => "this machine itself",
            Inward::LinkLocal => "the link itself, where clouds keep their metadata",
            Inward::Private => "a private network",
            Inward::NoHost => "no host",
        })
    }
}

/// What lets connections out.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    allowed: Vec<(IpAddr, u8)>,
}

impl Guard {
    /// With networks that are allowed; what is none is left out (the configuration was checked).
    pub fn new<'a>(networks: impl IntoIterator<Item = &'a String>) -> Guard {
        Guard { allowed: networks.into_iter().filter_map(|text| crate::config::network(text)).collect() }
    }

    /// Whether this address is in a network that is allowed.
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed.iter().any(|(network, bits)| within(address, network.to_canonical(), *bits))
    }

    /// Whether it may be connected to.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, host: &str, address: IpAddr, encrypted: bool) -> Result<(), Failure> {
        if self.allows(address) {
            return Ok(());
        }
        if let Some(inward) = inward(address) {
            let cause = format!("{host} leads to {address}, which is {inward}");
            return Err(Failure::lasting(cause, "if it is meant, add its network to spec.allowNetworks"));
        }
        if encrypted {
            return Ok(());
        }
        let cause = format!("{host} would be told without encryption");
        Err(Failure::lasting(cause, "use TLS, or add its network to spec.allowNetworks if nobody else is in it"))
    }
}

fn within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let (one, other, width) = match (address, network) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (u128::from(one.to_bits()), u128::from(other.to_bits()), 32),
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits(), other.to_bits(), 128),
        _ => return false,
    };
    let rest = width - u32::from(bits).min(width);
    (one ^ other).checked_shr(rest).unwrap_or(0) == 0
}

/// Why an address is none of a receiver, if it is none. Addresses that stand for others are those.
pub fn inward(address: IpAddr) -> Option<Inward> {
    match address {
        IpAddr::V4(address) => inward_4(address),
        IpAddr::V6(address) => match embedded(address) {
            Some(inner) => inward_4(inner),
            None => inward_6(address),
        },
    }
}

fn inward_4(address: Ipv4Addr) -> Option<Inward> {
    match address.octets() {
        [127, ..] => Some(Inward::Loopback),
        [169, 254, ..] => Some(Inward::LinkLocal),
        // Shared (RFC 6598), where a cloud keeps metadata, too; IETF protocols; benchmarks.
        [100, 64..=127, ..] | [192, 0, 0, _] | [198, 18 | 19, ..] => Some(Inward::Private),
        [0, ..] | [224..=255, ..] => Some(Inward::NoHost),
        _ if address.is_private() => Some(Inward::Private),
        // What clouds answer at beside their metadata: no host of anybody else.
        [168, 63, 129, 16] => Some(Inward::LinkLocal),
        _ => None,
    }
}

fn inward_6(address: Ipv6Addr) -> Option<Inward> {
    let first = address.segments().first().copied().unwrap_or_default();
    match first {
        _ if address.is_loopback() => Some(Inward::Loopback),
        _ if address.is_unspecified() || first >= 0xff00 => Some(Inward::NoHost),
        0xfe80..=0xfebf => Some(Inward::LinkLocal),
        0xfec0..=0xfeff | 0xfc00..=0xfdff => Some(Inward::Private),
        // Only 2000::/3 is given out.
        0x2000..=0x3fff => None,
        _ => Some(Inward::NoHost),
    }
}

/// The IPv4 address for which an IPv6 one stands: mapped, compatible, NAT64, 6to4, Teredo.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let low = Ipv4Addr::from_bits(u32::try_from(address.to_bits() & 0xffff_ffff).unwrap_or_default());
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] | [0x64, 0xff9b, 1, ..] => Some(low),
        [0, 0, 0, 0, 0, 0, high, _] if high != 0 => Some(low),
        [0x2002, one, two, ..] => Some(Ipv4Addr::from_bits(u32::from(one) << 16 | u32::from(two))),
        [0x2001, 0, ..] => Some(Ipv4Addr::from_bits(!low.to_bits())),
        _ => None,
    }
}

/// Looks a name up, for so long, and lets nothing through that the guard stops: not even beside others, since who answers for
/// a name chooses which one is taken.
///
/// # Errors
/// There is no such host, or it may not be connected to.
pub fn resolve(
    guard: &Guard,
    host: &str,
    port: u16,
    encrypted: bool,
    patience: Duration,
) -> Result<Vec<SocketAddr>, Failure> {
    let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let (sender, receiver) = sync_channel(1);
    let asked = bare.clone();
    // The system's resolver cannot be stopped: who takes too long is left behind.
    let started = std::thread::Builder::new().name("resolve".to_owned()).spawn(move || {
        let found = (asked.as_str(), port).to_socket_addrs().map(|all| all.take(MOST).collect::<Vec<SocketAddr>>());
        let _ = sender.send(found);
    });
    let help = "check the name, and the resolver of this machine";
    started.map_err(|_| Failure::passing("no thread can be started", "give the program room for more"))?;
    match receiver.recv_timeout(patience) {
        Err(_) => Err(Failure::passing(format!("{bare} is not found in time"), help)),
        Ok(Err(_)) => Err(Failure::passing(format!("there is no host {bare}"), help)),
        Ok(Ok(found)) if found.is_empty() => Err(Failure::passing(format!("{bare} has no address"), help)),
        Ok(Ok(found)) => {
            found.iter().try_for_each(|address| guard.check(&bare, address.ip(), encrypted))?;
            Ok(found)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{Guard, Inward, inward, resolve};

    #[test]
    fn what_only_this_network_reaches_is_inward_in_every_form() {
        for (address, why) in [
            ("127.0.0.1", Inward::Loopback),
            ("127.9.9.9", Inward::Loopback),
            ("169.254.169.254", Inward::LinkLocal),
            ("10.0.0.1", Inward::Private),
            ("172.31.255.255", Inward::Private),
            ("192.168.1.1", Inward::Private),
            ("100.100.100.200", Inward::Private),
            ("0.0.0.0", Inward::NoHost),
            ("255.255.255.255", Inward::NoHost),
            ("224.0.0.1", Inward::NoHost),
            ("168.63.129.16", Inward::LinkLocal),
            ("::1", Inward::Loopback),
            ("::", Inward::NoHost),
            ("fd00:ec2::254", Inward::Private),
            ("fe80::1", Inward::LinkLocal),
            ("ff02::1", Inward::NoHost),
            ("::ffff:127.0.0.1", Inward::Loopback),
            ("::127.0.0.1", Inward::Loopback),
            ("64:ff9b::a9fe:a9fe", Inward::LinkLocal),
            ("2002:7f00:1::", Inward::Loopback),
            ("2001:0:0:0:0:0:80ff:fffe", Inward::Loopback),
            ("4000::1", Inward::NoHost),
        ] {
            assert_eq!(inward(address.parse().unwrap()), Some(why), "{address}");
        }
        for address in ["1.1.1.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::101:101", "100.128.0.1"] {
            assert_eq!(inward(address.parse().unwrap()), None, "{address}");
        }
    }

    #[test]
    fn a_network_lets_its_own_addresses_through_and_plain_text_into_itself_alone() {
        let guard = Guard::new(&["10.96.0.0/12".to_owned(), "::1/128".to_owned(), "0.0.0.0/32".to_owned()]);
        let check = |address: &str, encrypted| guard.check("host", address.parse().unwrap(), encrypted).is_ok();
        assert!(check("10.96.0.1", false) && check("10.111.255.255", true) && check("::ffff:10.100.0.1", false));
        assert!(!check("10.112.0.0", true) && !check("10.95.255.255", true) && check("::1", false));
        assert!(check("1.1.1.1", true) && !check("1.1.1.1", false));
        let all = Guard::new(&["0.0.0.0/0".to_owned()]);
        assert!(all.allows("1.2.3.4".parse().unwrap()) && !all.allows("::1".parse().unwrap()));
    }

    #[test]
    fn names_of_this_machine_are_refused() {
        for host in ["localhost", "127.1", "[::1]", "0"] {
            let failure = resolve(&Guard::default(), host, 80, true, Duration::from_secs(5)).unwrap_err();
            assert!(!failure.cause.is_empty() && !failure.help.is_empty(), "{host}");
        }
    }

    proptest! {
        #[test]
        fn no_address_breaks_it(bits in any::<u128>(), network in any::<u128>(), width in 0_u8..=128) {
            let (address, network) = (std::net::Ipv6Addr::from_bits(bits), std::net::Ipv6Addr::from_bits(network));
            let guard = Guard::new(&[format!("{network}/{width}")]);
            let _ = (inward(address.into()), guard.allows(address.into()));
        }
    }
}
