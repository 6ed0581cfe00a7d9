//! Addresses, as Go's package `net` reads and prints them.

use std::net::IpAddr;

/// `net.ParseIP`.
pub(crate) fn parse(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}

/// The same with zeros before the parts of an IPv4 address, which older Go allowed (`k8s.io/utils/net`).
pub(crate) fn parse_sloppy(text: &str) -> Option<IpAddr> {
    let plain = |part: &str| {
        let digits = part.trim_start_matches('0');
        if digits.is_empty() && !part.is_empty() { "0".to_owned() } else { digits.to_owned() }
    };
    let is_old = !text.contains(':') && text.contains('.');
    if is_old { text.split('.').map(plain).collect::<Vec<_>>().join(".").parse().ok() } else { parse(text) }
}

/// `IP.String`.
pub(crate) fn show(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            address.to_ipv4_mapped().map_or_else(|| address.to_string(), |mapped| mapped.to_string())
        }
    }
}

/// `net.SplitHostPort`: the host without its brackets, and the port.
pub(crate) fn split_port(text: &str) -> Option<(&str, &str)> {
    let (host, port) = text.rsplit_once(':')?;
    if let Some(inner) = host.strip_prefix('[') {
        let inner = inner.strip_suffix(']')?;
        return (!inner.contains(['[', ']']) && !port.contains(['[', ']'])).then_some((inner, port));
    }
    (!host.contains([':', '[', ']']) && !port.contains(['[', ']'])).then_some((host, port))
}
