//! An API server's answers: large JSON lists straight into trees, without places.

use std::sync::Arc;

use cloister_model::{Entry, Mark, Node, Origin, Resource, Value};
use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};

use crate::{Interner, Parsed, object};

/// One page of a list.
#[derive(Debug)]
pub struct JsonObjects {
    /// The objects.
    pub resources: Vec<Resource>,
    /// The token of the next page, if there is one.
    pub next: Option<String>,
}

/// Metadata that the API adds and nobody wrote.
const ADDED_BY_THE_API: [&str; 5] = ["managedFields", "resourceVersion", "generation", "selfLink", "creationTimestamp"];
/// The annotation that repeats the whole object.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Reads one page of a list answer of `kind`.
pub fn list_from_json(
    json: &[u8],
    api_version: &str,
    kind: &str,
    origin: &Origin,
    interner: &mut Interner,
) -> Result<JsonObjects, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let list = if kind == "Secret" { Part::SecretList } else { Part::List };
    let root = Tree { interner: &mut *interner, part: list }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    let next = root.str_at("metadata/continue").filter(|token| !token.is_empty()).map(str::to_owned);
    let (api_version, kind) = (interner.get(api_version), interner.get(kind));
    let Value::Map(entries) = root.value else { return Err(serde_json::Error::custom("the answer is no list")) };
    let items = entries.into_iter().find(|entry| &*entry.key == "items").map(|entry| entry.node.value);
    let items = if let Some(Value::List(items)) = items { items } else { Box::default() };
    let resources = items
        .into_iter()
        .map(|item| object::resource(item, api_version.clone(), kind.clone(), origin, interner))
        .collect();
    Ok(JsonObjects { resources, next })
}

/// Reads objects that nobody wrote by hand: a list of them or one, whose values have no places.
pub fn objects_from_json(json: &[u8], origin: &Origin, interner: &mut Interner) -> Result<Parsed, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let root = Tree { interner: &mut *interner, part: Part::Content }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    let mut parsed = Parsed::default();
    object::collect(root, origin, interner, &mut parsed);
    Ok(parsed)
}

/// Which part of the answer a value is: what the API adds is known by its place,
/// so that a ConfigMap may well have a key "generation".
#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// The answer itself.
    List,
    /// An answer of Secrets.
    SecretList,
    /// Its `items`.
    Items,
    /// The items of a list of Secrets.
    Secrets,
    /// One object.
    Object,
    /// `metadata` of an object.
    Metadata,
    /// `annotations` of that.
    Annotations,
    /// What the user wrote.
    Content,
    /// One Secret.
    Secret,
    /// `data` of a Secret: its keys are kept, its values are not.
    SecretData,
    /// A certificate in `data` of a Secret, which everybody may see.
    SecretCertificate,
}

impl Part {
    /// The part under `key`; `None` for what is left out.
    fn under(self, key: &str) -> Option<Part> {
        match (self, key) {
            (Part::List, "items") => Some(Part::Items),
            (Part::SecretList, "items") => Some(Part::Secrets),
            (Part::Object | Part::Secret, "metadata") => Some(Part::Metadata),
            (Part::Metadata, key) if ADDED_BY_THE_API.contains(&key) => None,
            (Part::Metadata, "annotations") => Some(Part::Annotations),
            (Part::Annotations, LAST_APPLIED) => None,
            (Part::Secret, "data" | "stringData") => Some(Part::SecretData),
            (Part::SecretData, "tls.crt" | "ca.crt") => Some(Part::SecretCertificate),
            (Part::SecretData, _) => Some(Part::SecretData),
            _ => Some(Part::Content),
        }
    }
}

struct Tree<'a> {
    interner: &'a mut Interner,
    part: Part,
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self).map(Node::unplaced)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    #[allow(clippy::cast_precision_loss, reason = "beyond 64 bits only the magnitude matters")]
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or(Value::Float(value as f64), Value::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(match self.part {
            Part::SecretData => self.interner.get(""),
            // Whatever else was put there, a key most of all, is dropped.
            Part::SecretCertificate => self.interner.get(&cloister_certificate::public_part(value).unwrap_or_default()),
            _ => self.interner.get(value),
        }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        let part = match self.part {
            Part::Items => Part::Object,
            Part::Secrets => Part::Secret,
            _ => Part::Content,
        };
        while let Some(item) = access.next_element_seed(Tree { interner: &mut *self.interner, part })? {
            items.push(item);
        }
        Ok(Value::List(items.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = access.next_key_seed(Key { interner: &mut *self.interner })? {
            let Some(part) = self.part.under(&key) else {
                access.next_value::<serde::de::IgnoredAny>()?;
                continue;
            };
            let node = access.next_value_seed(Tree { interner: &mut *self.interner, part })?;
            entries.push(Entry { key, mark: Mark::NONE, node });
        }
        Ok(Value::Map(entries.into()))
    }
}

struct Key<'a> {
    interner: &'a mut Interner,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Arc<str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Arc<str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Arc<str>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E>(self, value: &str) -> Result<Arc<str>, E> {
        Ok(self.interner.get(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str, kind: &str) -> JsonObjects {
        list_from_json(json.as_bytes(), "v1", kind, &Origin::Cluster("test".into()), &mut Interner::default()).unwrap()
    }

    #[test]
    fn the_values_of_secrets_are_never_kept() {
        let page = read(
            r#"{"items":[{"metadata":{"name":"s"},"type":"Opaque","data":{"password":"aHVudGVyMg=="}}]}"#,
            "Secret",
        );
        let secret = &page.resources[0].root;
        assert_eq!(secret.str_at("data/password"), Some(""));
        assert_eq!(secret.str_at("type"), Some("Opaque"));
    }

    #[test]
    fn certificates_of_secrets_are_kept_and_keys_beside_them_are_not() {
        use base64::Engine;
        use base64::engine::general_purpose::STANDARD;
        let der = STANDARD.encode(include_bytes!("../../cloister-certificate/tests/good.der"));
        let certificate = format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n");
        let key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0c2VjcmV0\n-----END PRIVATE KEY-----\n";
        let [both, only] = [format!("{certificate}{key}"), key.to_owned()].map(|text| STANDARD.encode(text));
        let json = format!(
            r#"{{"items":[{{"metadata":{{"name":"s"}},"data":{{"tls.crt":"{both}","ca.crt":"{only}","tls.key":"{only}","x":{{"tls.crt":"{both}"}}}}}}]}}"#
        );
        let page = read(&json, "Secret");
        let data = page.resources[0].root.at("data").unwrap();
        let kept = STANDARD.decode(data.str_at("tls.crt").unwrap()).unwrap();
        assert_eq!(String::from_utf8(kept).unwrap(), certificate);
        assert_eq!([data.str_at("ca.crt"), data.str_at("tls.key")], [Some(""), Some("")]);
    }

    #[test]
    fn what_the_api_adds_is_left_out_by_its_place() {
        let json = r#"{"metadata":{"continue":"t"},"items":[{"metadata":{"name":"c","generation":2,
            "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}},"data":{"generation":"kept"}}]}"#;
        let page = read(json, "ConfigMap");
        let config_map = &page.resources[0].root;
        assert_eq!(page.next.as_deref(), Some("t"));
        assert!(config_map.at("metadata/generation").is_none());
        assert!(config_map.entries_at("metadata/annotations").is_empty());
        assert_eq!(config_map.str_at("data/generation"), Some("kept"));
    }
}
