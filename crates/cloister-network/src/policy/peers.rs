//! Selectors, CIDRs and ports, as all kinds of policies write them.

use cloister_model::{Node, Resource};

use super::Compiler;
use crate::addresses::AddressSet;
use crate::ports::{PortSet, Protocol};
use crate::selectors::fault;

/// What stands after every refusal.
pub(crate) const REFUSED: &str = "the API server refuses it, so that it counts for nothing here; the rest is computed";

impl<'a> Compiler<'a, '_> {
    /// A selector that the API takes; tells what is wrong otherwise.
    pub(crate) fn selector(&mut self, resource: &Resource, node: &'a Node) -> Option<&'a Node> {
        match fault(node) {
            None => Some(node),
            Some(fault) => {
                self.problems.refused(resource, node, fault, REFUSED);
                None
            }
        }
    }

    /// The addresses of a CIDR.
    pub(crate) fn cidr(&mut self, resource: &Resource, node: &Node) -> Option<AddressSet> {
        let Some(text) = node.as_str() else {
            self.problems.refused(resource, node, "a CIDR must be text", REFUSED);
            return None;
        };
        match AddressSet::parse_cidr(text) {
            Ok(addresses) => Some(addresses),
            Err(bad) => {
                self.problems.refused(resource, node, format!("\"{text}\" {}", bad.as_str()), REFUSED);
                None
            }
        }
    }

    /// A number from 1 to 65535.
    pub(crate) fn port_number(&mut self, resource: &Resource, node: &Node) -> Option<u16> {
        let number = node.as_int().and_then(|number| u16::try_from(number).ok()).filter(|number| *number > 0);
        if number.is_none() {
            let written = node.scalar().map_or_else(|| "this".to_owned(), |written| format!("\"{written}\""));
            self.problems.refused(resource, node, format!("{written} is no port from 1 to 65535"), REFUSED);
        }
        number
    }

    /// TCP, UDP or SCTP; TCP where none is written.
    pub(crate) fn protocol(&mut self, resource: &Resource, node: Option<&Node>) -> Option<Protocol> {
        let Some(node) = node else { return Some(Protocol::Tcp) };
        let protocol = node.as_str().and_then(Protocol::parse);
        if protocol.is_none() {
            let written = node.scalar().unwrap_or_default();
            let message = format!("\"{written}\" is no protocol of policies");
            let known = "write TCP, UDP or SCTP; this entry counts for nothing here, and the rest is computed";
            self.problems.refused(resource, node, message, known);
        }
        protocol
    }

    /// From one port to another, both written.
    pub(crate) fn port_range(
        &mut self,
        resource: &Resource,
        protocol: Protocol,
        [first, last]: [&Node; 2],
    ) -> Option<PortSet> {
        let (first, end) = (self.port_number(resource, first), self.port_number(resource, last));
        let (first, end) = first.zip(end)?;
        if end < first {
            self.problems.refused(resource, last, format!("the range ends at {end}, below its start {first}"), REFUSED);
            return None;
        }
        Some(PortSet::range(protocol, first, end))
    }
}

/// A name of a port (`IsValidPortName`): at most 15 of a-z, 0-9 and single dashes, with a letter.
pub(crate) fn is_port_name(name: &str) -> bool {
    name.len() <= 15
        && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
        && name.bytes().any(|it| it.is_ascii_lowercase())
        && !name.contains("--")
        && !name.starts_with('-')
        && !name.ends_with('-')
}
