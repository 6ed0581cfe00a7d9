//! Names of signature algorithms, and which hashes are broken.

use x509_parser::oid_registry::Oid;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::AlgorithmIdentifier;

/// Algorithms by their object identifiers (RFC 3279, 4055, 5758, 8410, 9881), as openssl names them.
const ALGORITHMS: &[(&str, &str)] = &[
    ("1.2.840.113549.1.1.2", "md2WithRSAEncryption"),
    ("1.2.840.113549.1.1.3", "md4WithRSAEncryption"),
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
    ("1.3.14.3.2.29", "sha1WithRSA"),
    ("1.2.840.113549.1.1.14", "sha224WithRSAEncryption"),
    ("1.2.840.113549.1.1.11", "sha256WithRSAEncryption"),
    ("1.2.840.113549.1.1.12", "sha384WithRSAEncryption"),
    ("1.2.840.113549.1.1.13", "sha512WithRSAEncryption"),
    ("1.2.840.10040.4.3", "dsaWithSHA1"),
    ("2.16.840.1.101.3.4.3.1", "dsa_with_SHA224"),
    ("2.16.840.1.101.3.4.3.2", "dsa_with_SHA256"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
    ("1.2.840.10045.4.3.1", "ecdsa-with-SHA224"),
    ("1.2.840.10045.4.3.2", "ecdsa-with-SHA256"),
    ("1.2.840.10045.4.3.3", "ecdsa-with-SHA384"),
    ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512"),
    ("1.3.101.112", "ED25519"),
    ("1.3.101.113", "ED448"),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
];

/// Hashes of RSASSA-PSS (RFC 4055 section 2.1); without parameters it is SHA-1.
const HASHES: &[(&str, &str)] = &[
    ("1.3.14.3.2.26", "sha1"),
    ("2.16.840.1.101.3.4.2.1", "sha256"),
    ("2.16.840.1.101.3.4.2.2", "sha384"),
    ("2.16.840.1.101.3.4.2.3", "sha512"),
    ("2.16.840.1.101.3.4.2.4", "sha224"),
];

const PSS: &str = "1.2.840.113549.1.1.10";

pub(crate) fn name(algorithm: &AlgorithmIdentifier<'_>) -> String {
    let id = algorithm.algorithm.to_id_string();
    if id == PSS {
        return format!("rsassaPss-{}", pss_hash(algorithm));
    }
    lookup(ALGORITHMS, &id)
}

fn pss_hash(algorithm: &AlgorithmIdentifier<'_>) -> String {
    let parameters = algorithm.parameters.as_ref().and_then(|any| RsaSsaPssParams::try_from(any).ok());
    let hash: Option<&Oid<'_>> = parameters.as_ref().map(|pss| pss.hash_algorithm_oid());
    hash.map_or_else(|| "sha1".to_owned(), |id| lookup(HASHES, &id.to_id_string()))
}

fn lookup(table: &[(&str, &str)], id: &str) -> String {
    table.iter().find(|(known, _)| *known == id).map_or(id, |(_, name)| name).to_owned()
}

/// Whether it hashes with MD2, MD4, MD5 or SHA-1, for which collisions are made (RFC 9155, NIST SP 800-131A).
pub(crate) fn is_weak(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["md2", "md4", "md5", "sha1"].iter().any(|hash| name.contains(hash))
}
