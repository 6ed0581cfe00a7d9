//! Providers and their keys.

use cloister_model::Node;
use jiff::civil::Date;

use super::age::{self, Since};

/// One provider of an entry.
#[derive(Debug)]
pub struct Provider<'a> {
    /// The item of `providers`.
    pub node: &'a Node,
    /// What encrypts.
    pub kind: Kind<'a>,
    /// Its keys, where they stand in the configuration: the first one writes.
    pub keys: Vec<Key<'a>>,
}

/// What a provider encrypts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A plug-in that has the key elsewhere.
    Kms {
        /// Of the protocol: `v1` where nothing is written.
        version: &'a str,
        /// Of the plug-in.
        name: &'a str,
    },
    /// AES-GCM with a random nonce.
    AesGcm,
    /// AES-CBC with PKCS#7 padding.
    AesCbc,
    /// XSalsa20 and Poly1305.
    Secretbox,
    /// Nothing.
    Identity,
    /// None of these, or several at once: the server refuses it.
    Unknown,
}

/// A key, of which nothing is read but its length.
#[derive(Debug)]
pub struct Key<'a> {
    /// The item of `keys`.
    pub node: &'a Node,
    /// Stored in front of each value.
    pub name: &'a str,
    /// The mask in the place of the key.
    pub masked: Option<&'a str>,
}

/// The fields of a provider, in the order in which the server looks for them.
pub(super) const FIELDS: [&str; 5] = ["kms", "aesgcm", "aescbc", "secretbox", "identity"];

impl<'a> Provider<'a> {
    pub(super) fn of(node: &'a Node) -> Provider<'a> {
        let mut named = FIELDS.iter().filter_map(|field| Some((*field, node.get(field)?)));
        let (kind, body) = match (named.next(), named.next()) {
            (Some((field, body)), None) => (Kind::of(field, body), Some(body)),
            _ => (Kind::Unknown, None),
        };
        let keys = body.map_or(&[][..], |body| body.items_at("keys"));
        Provider { node, kind, keys: keys.iter().map(Key::of).collect() }
    }
}

impl<'a> Kind<'a> {
    fn of(field: &str, body: &'a Node) -> Kind<'a> {
        let word = |key| body.str_at(key).filter(|word: &&str| !word.is_empty());
        match field {
            "kms" => Kind::Kms { version: word("apiVersion").unwrap_or("v1"), name: word("name").unwrap_or("") },
            "aesgcm" => Kind::AesGcm,
            "aescbc" => Kind::AesCbc,
            "secretbox" => Kind::Secretbox,
            _ => Kind::Identity,
        }
    }

    /// The word of the configuration.
    pub fn field(self) -> &'static str {
        match self {
            Kind::Kms { .. } => "kms",
            Kind::AesGcm => "aesgcm",
            Kind::AesCbc => "aescbc",
            Kind::Secretbox => "secretbox",
            Kind::Identity => "identity",
            Kind::Unknown => "no provider",
        }
    }
}

impl<'a> Key<'a> {
    fn of(node: &'a Node) -> Key<'a> {
        Key { node, name: node.str_at("name").unwrap_or(""), masked: node.str_at("secret") }
    }

    /// How many bytes the key had, where it was base64.
    pub fn length(&self) -> Option<usize> {
        let (_, rest) = self.masked?.split_once('(')?;
        rest.strip_suffix(" bytes)")?.parse().ok()
    }

    /// The day that its name tells: names with a date are the only thing in the file that shows a key's age.
    pub fn made(&self) -> Option<Date> {
        age::date_in(self.name)
    }

    /// A day on which the key was there already: the earlier of what its name tells and of the file's last change.
    pub fn since(&self, file_changed: Option<Date>) -> Option<Since> {
        Since::earliest(self.made(), file_changed)
    }
}
