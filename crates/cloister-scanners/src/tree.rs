//! JSON as a tree that cannot grow beyond what was allowed. Fields that are of no use here, among them all that quote what was
//! scanned, are passed over while reading.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(Box<str>),
    /// A list.
    List(Vec<Node>),
    /// Fields in their order.
    Map(Vec<(Box<str>, Node)>),
}

impl Node {
    /// A field; the last of its name counts.
    pub fn get(&self, name: &str) -> Option<&Node> {
        match self {
            Node::Map(fields) => fields.iter().rev().find(|(key, _)| &**key == name).map(|(_, node)| node),
            _ => None,
        }
    }
}

/// What is never looked at: quotes of files and secrets, long texts, what is told in other words, too.
const PASSED_OVER: &[&str] = &[
    // Trivy
    "CVSS",
    "Code",
    "CweIDs",
    "DataSource",
    "Description",
    "ImageConfig",
    "Layer",
    "Layers",
    "Match",
    "Packages",
    "PkgIdentifier",
    "References",
    "Traces",
    "VendorSeverity",
    // Grype
    "advisories",
    "cpes",
    "cvss",
    "epss",
    "layers",
    "licenses",
    "manifest",
    "matchDetails",
    "relatedVulnerabilities",
    "upstreams",
    "urls",
    // SARIF
    "artifacts",
    "codeFlows",
    "contextRegion",
    "fixes",
    "fullDescription",
    "graphs",
    "help",
    "relatedLocations",
    "snippet",
    "stacks",
    "taxonomies",
    "threadFlowLocations",
    "webRequests",
    "webResponses",
];

/// How many more values may come, and whether that was too few.
pub struct Budget(Cell<usize>);

impl Budget {
    /// So many.
    pub fn new(values: usize) -> Budget {
        Budget(Cell::new(values))
    }

    /// Whether all of it is used up.
    pub fn is_spent(&self) -> bool {
        self.0.get() == 0
    }

    fn take<E: Error>(&self) -> Result<(), E> {
        match self.0.get().checked_sub(1) {
            Some(left) if left > 0 => self.0.set(left),
            _ => {
                self.0.set(0);
                return Err(E::custom("too many values"));
            }
        }
        Ok(())
    }
}

/// Reads bytes as a tree of so many values at the most.
pub fn read(bytes: &[u8], budget: &Budget) -> Result<Node, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let node = budget.deserialize(&mut reader)?;
    reader.end()?;
    Ok(node)
}

impl<'de> DeserializeSeed<'de> for &Budget {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Node, D::Error> {
        self.take()?;
        reader.deserialize_any(self)
    }
}

#[expect(clippy::cast_precision_loss, reason = "lines and seconds are far smaller")]
impl<'de> Visitor<'de> for &Budget {
    type Value = Node;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut all = Vec::new();
        while let Some(node) = list.next_element_seed(self)? {
            all.push(node);
        }
        all.shrink_to_fit();
        Ok(Node::List(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut all = Vec::new();
        while let Some(key) = map.next_key::<Box<str>>()? {
            if PASSED_OVER.contains(&&*key) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            all.push((key, map.next_value_seed(self)?));
        }
        all.shrink_to_fit();
        Ok(Node::Map(all))
    }
}
