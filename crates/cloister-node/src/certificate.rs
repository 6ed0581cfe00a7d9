//! Certificates in facts, as the type that they were written from: one judge serves facts, Secrets and the wire.

use cloister_certificate::{Certificate, Key};
use cloister_model::Node;
use jiff::Timestamp;

/// A certificate; `None` where nothing says until when it is valid. What else is missing is empty.
pub(crate) fn certificate(node: &Node) -> Option<Certificate> {
    let word = |key: &str| node.str_at(key).unwrap_or_default().to_owned();
    let list = |key: &str| node.strs_at(key).map(str::to_owned).collect::<Vec<String>>();
    let at = |key: &str| node.str_at(key).and_then(|text| text.parse::<Timestamp>().ok());
    Some(Certificate {
        subject: word("subject"),
        issuer: word("issuer"),
        common_name: node.str_at("commonName").map(str::to_owned),
        organizations: list("organizations"),
        names: list("names").into_iter().map(Into::into).collect(),
        not_before: at("notBefore").unwrap_or(Timestamp::MIN),
        not_after: at("notAfter")?,
        key: word("key").parse().unwrap_or(Key::Other(String::new())),
        signature: word("signature"),
        authority: node.bool_at("authority") == Some(true),
        self_signed: node.bool_at("selfSigned") == Some(true),
        usages: list("usages"),
        extended_usages: list("extendedUsages"),
        serial: word("serial"),
        fingerprint: word("fingerprint"),
    })
}

#[cfg(test)]
mod tests {
    use cloister_certificate::{Certificate, Key, Name};
    use cloister_manifest::{Interner, parse_trees};

    #[test]
    fn what_is_written_is_read_again() {
        let certificate = Certificate {
            subject: "CN=admin,O=system:masters".into(),
            issuer: "CN=kubernetes".into(),
            common_name: Some("admin".into()),
            organizations: vec!["system:masters".into()],
            names: vec![Name::Dns("shop.example".into()), Name::Ip([192, 0, 2, 1].into())],
            not_before: jiff::Timestamp::UNIX_EPOCH,
            not_after: jiff::Timestamp::constant(2_000_000_000, 0),
            key: Key::Ec("P-192".into()),
            signature: "ecdsa-with-SHA1".into(),
            authority: true,
            self_signed: true,
            usages: vec!["digitalSignature".into()],
            extended_usages: vec!["clientAuth".into()],
            serial: "0A".into(),
            fingerprint: "ab".into(),
        };
        let text = serde_json::to_string(&certificate).expect("it is data");
        let (trees, _) = parse_trees(&text, "facts", &mut Interner::default());
        assert_eq!(trees.first().and_then(super::certificate), Some(certificate.clone()));
        let (trees, _) = parse_trees("subject: CN=a", "facts", &mut Interner::default());
        assert!(trees.first().and_then(super::certificate).is_none(), "it has no end");
    }
}
