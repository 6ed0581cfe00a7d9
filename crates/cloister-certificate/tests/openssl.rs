//! Certificates that openssl made, read and judged as openssl reads and judges them.
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::indexing_slicing)]

use std::path::Path;
use std::process::Command;

use cloister_certificate::{Bundle, Certificate, Fault, Host, Key, Weakness, public_part, read, read_base64};
use jiff::Timestamp;
use tempfile::TempDir;

fn openssl(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().expect("openssl runs");
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("openssl writes UTF-8")
}

/// A certificate that signs itself, made with further arguments of `openssl req`.
fn made(folder: &Path, arguments: &[&str]) -> Certificate {
    let mut all = vec!["req", "-x509", "-nodes", "-keyout", "key.pem", "-out", "own.pem", "-days", "30"];
    all.extend(arguments);
    openssl(folder, &all);
    only(&read_file(folder, "own.pem"))
}

fn read_file(folder: &Path, name: &str) -> Bundle {
    read(&std::fs::read(folder.join(name)).expect("written"))
}

fn only(bundle: &Bundle) -> Certificate {
    assert_eq!(bundle.problems, []);
    assert_eq!(bundle.certificates.len(), 1);
    bundle.certificates[0].clone()
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn keys_and_signatures_are_named_as_openssl_names_them() {
    let folder = folder();
    for (new_key, digest, key, signature, weaknesses) in [
        ("rsa:2048", "-sha256", "RSA 2048", "sha256WithRSAEncryption", &[][..]),
        ("rsa:3072", "-sha512", "RSA 3072", "sha512WithRSAEncryption", &[]),
        ("rsa:1024", "-sha256", "RSA 1024", "sha256WithRSAEncryption", &[Weakness::WeakKey]),
        ("rsa:2047", "-sha256", "RSA 2047", "sha256WithRSAEncryption", &[Weakness::WeakKey]),
        ("rsa:2048", "-sha1", "RSA 2048", "sha1WithRSAEncryption", &[Weakness::WeakSignature]),
        ("rsa:1024", "-md5", "RSA 1024", "md5WithRSAEncryption", &[Weakness::WeakKey, Weakness::WeakSignature]),
        ("ec:prime256v1", "-sha256", "EC P-256", "ecdsa-with-SHA256", &[]),
        ("ec:secp384r1", "-sha384", "EC P-384", "ecdsa-with-SHA384", &[]),
        ("ec:secp521r1", "-sha512", "EC P-521", "ecdsa-with-SHA512", &[]),
        ("ec:prime192v1", "-sha256", "EC P-192", "ecdsa-with-SHA256", &[Weakness::WeakKey]),
        ("ec:secp256k1", "-sha1", "EC secp256k1", "ecdsa-with-SHA1", &[Weakness::WeakSignature]),
        ("ed25519", "-sha256", "Ed25519", "ED25519", &[]),
        ("ed448", "-sha256", "Ed448", "ED448", &[]),
    ] {
        let curve = new_key.strip_prefix("ec:").map(|name| format!("ec_paramgen_curve:{name}"));
        let mut arguments = vec!["-subj", "/CN=shop", digest, "-addext", "basicConstraints=critical,CA:FALSE"];
        match &curve {
            Some(curve) => arguments.extend(["-newkey", "ec", "-pkeyopt", curve]),
            None => arguments.extend(["-newkey", new_key]),
        }
        let own = made(folder.path(), &arguments);
        assert_eq!((own.key.to_string().as_str(), own.signature.as_str()), (key, signature), "{new_key} {digest}");
        assert_eq!(own.weaknesses(own.not_before), weaknesses, "{new_key} {digest}");
        assert_eq!(key.parse::<Key>().expect("what is written can be read"), own.key);
    }
}

#[test]
fn dsa_and_pss_are_known() {
    let folder = folder();
    let path = folder.path();
    openssl(path, &["dsaparam", "-out", "dsa.params", "1024"]);
    let dsa = made(path, &["-newkey", "dsa:dsa.params", "-subj", "/CN=a", "-sha256"]);
    assert_eq!((dsa.key, dsa.signature.as_str()), (Key::Dsa(1024), "dsa_with_SHA256"));
    let pss = |digest| {
        let padding = ["-sigopt", "rsa_padding_mode:pss", "-addext", "basicConstraints=CA:FALSE"];
        made(path, &[&["-newkey", "rsa:2048", "-subj", "/CN=a", digest][..], &padding].concat())
    };
    assert_eq!(pss("-sha256").signature, "rsassaPss-sha256");
    let old = pss("-sha1");
    assert_eq!(old.signature, "rsassaPss-sha1");
    assert!(old.has_weak_signature());
}

#[test]
fn the_signature_of_a_root_is_not_relied_on() {
    let folder = folder();
    let root = made(folder.path(), &["-newkey", "rsa:2048", "-subj", "/CN=root", "-sha1"]);
    assert!(root.self_signed && root.authority);
    assert!(!root.has_weak_signature());
}

#[test]
fn names_are_written_as_openssl_writes_them() {
    let folder = folder();
    let subjects = [
        "/O=system:masters/CN=kubernetes-admin",
        "/C=DE/ST=Berlin/L=Berlin/O=Praxis, Nord/OU=a+b/CN=x",
        "/O=one/O=two/CN=#x",
        "/DC=org/DC=example/UID=17/CN= padded ",
        "/CN=Größe/O=a\\\"b<c>;d",
        "/serialNumber=7/GN=a/SN=b/CN=c=d",
        "/O=a+OU=b/CN=c",
    ];
    for subject in subjects {
        let own = made(folder.path(), &["-newkey", "ed25519", "-utf8", "-multivalue-rdn", "-subj", subject]);
        let options = ["-nameopt", "esc_2253,esc_ctrl,sname,dn_rev,sep_comma_plus,utf8"];
        let theirs =
            openssl(folder.path(), &[&["x509", "-in", "own.pem", "-noout", "-subject"][..], &options].concat());
        assert_eq!(theirs.trim_end_matches('\n').strip_prefix("subject="), Some(own.subject.as_str()), "{subject}");
        assert_eq!(own.issuer, own.subject);
    }
}

#[test]
fn groups_and_users_of_kubernetes_are_read() {
    let folder = folder();
    let own = made(folder.path(), &["-newkey", "ed25519", "-subj", "/O=system:masters/O=b/CN=a/CN=admin"]);
    assert_eq!(own.organizations, ["system:masters", "b"]);
    // client-go takes the one that crypto/x509 keeps: the last.
    assert_eq!(own.common_name.as_deref(), Some("admin"));
}

#[test]
fn serial_fingerprint_and_dates_are_openssls() {
    let folder = folder();
    let own = made(folder.path(), &["-newkey", "ed25519", "-subj", "/CN=a", "-set_serial", "0x00ab01"]);
    let theirs = |option: &str| openssl(folder.path(), &["x509", "-in", "own.pem", "-noout", option, "-sha256"]);
    assert_eq!(
        theirs("-fingerprint").trim().replace(':', "").to_lowercase(),
        format!("sha256 fingerprint={}", own.fingerprint)
    );
    assert!(own.serial.trim_start_matches('0').eq_ignore_ascii_case("ab01"), "{}", own.serial);
    let dates = openssl(folder.path(), &["x509", "-in", "own.pem", "-noout", "-enddate", "-dateopt", "iso_8601"]);
    let end: Timestamp = dates.trim().replace("notAfter=", "").replace(' ', "T").parse().expect("a date");
    assert_eq!(own.not_after, end);
    assert!(!own.is_expired(end) && own.is_expired(end + jiff::SignedDuration::from_secs(1)));
    assert!(own.is_early(own.not_before - jiff::SignedDuration::from_secs(1)) && !own.is_early(own.not_before));
}

#[test]
fn the_end_of_time_is_read() {
    let folder = folder();
    let path = folder.path();
    std::fs::write(path.join("db"), "").expect("written");
    std::fs::write(
        path.join("ca.cnf"),
        "[ca]\ndefault_ca=c\n[c]\ndatabase=db\nserial=no\nnew_certs_dir=.\npolicy=p\ndefault_md=sha256\nrand_serial=yes\n[p]\ncommonName=supplied\n",
    )
    .expect("written");
    made(path, &["-newkey", "ed25519", "-subj", "/CN=root"]);
    openssl(path, &["req", "-new", "-key", "key.pem", "-subj", "/CN=leaf", "-out", "leaf.csr"]);
    openssl(
        path,
        &[
            "ca",
            "-batch",
            "-config",
            "ca.cnf",
            "-in",
            "leaf.csr",
            "-out",
            "leaf.pem",
            "-cert",
            "own.pem",
            "-keyfile",
            "key.pem",
            "-startdate",
            "20200101000000Z",
            "-enddate",
            "99991231235959Z",
            "-notext",
        ],
    );
    let leaf = only(&read_file(path, "leaf.pem"));
    assert_eq!(leaf.not_after, Timestamp::MAX);
    assert_eq!(leaf.issuer, "CN=root");
    assert!(!leaf.self_signed);
}

/// openssl's own judgement, and ours.
#[test]
fn hosts_match_as_openssl_matches_them() {
    let folder = folder();
    let own = made(
        folder.path(),
        &[
            "-newkey",
            "ed25519",
            "-subj",
            "/CN=common.example",
            "-addext",
            "subjectAltName=DNS:shop.example,DNS:*.wild.example,DNS:UPPER.example,IP:10.0.0.1,IP:2001:db8::1,URI:spiffe://a/b,email:a@b.example",
        ],
    );
    let names: Vec<String> = own.names.iter().map(ToString::to_string).collect();
    let expected = ["shop.example", "*.wild.example", "UPPER.example", "10.0.0.1", "2001:db8::1", "spiffe://a/b"];
    assert_eq!(names, expected);
    for (host, ours) in [
        ("shop.example", true),
        ("SHOP.example", true),
        ("upper.example", true),
        ("x.shop.example", false),
        ("a.wild.example", true),
        ("a.b.wild.example", false),
        ("wild.example", false),
        ("common.example", false),
        ("other.example", false),
        ("10.0.0.1", true),
        ("10.0.0.2", false),
        ("2001:db8::1", true),
    ] {
        assert_eq!(own.matches(&Host::new(host)), ours, "{host}");
        let kind = if host.parse::<std::net::IpAddr>().is_ok() { "-checkip" } else { "-checkhost" };
        let theirs = openssl(folder.path(), &["x509", "-in", "own.pem", "-noout", kind, host]);
        assert_eq!(theirs.contains("does match"), ours, "{host}: {theirs}");
    }
    // What openssl is not asked: wildcards of an Ingress, brackets, a dot at the end.
    for (host, ours) in
        [("*.wild.example", true), ("*.example", false), ("[2001:db8::1]", true), ("shop.example.", true)]
    {
        assert_eq!(own.matches(&Host::new(host)), ours, "{host}");
    }
}

#[test]
fn usages_are_read() {
    let folder = folder();
    let own = made(
        folder.path(),
        &[
            "-newkey",
            "ed25519",
            "-subj",
            "/CN=a",
            "-addext",
            "keyUsage=digitalSignature,keyEncipherment",
            "-addext",
            "extendedKeyUsage=clientAuth,1.2.3.4",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ],
    );
    assert_eq!(own.usages, ["digitalSignature", "keyEncipherment"]);
    assert_eq!(own.extended_usages, ["clientAuth", "1.2.3.4"]);
    assert!(own.is_for_clients() && !own.is_for_servers() && !own.authority);
}

#[test]
fn chains_keys_and_noise_in_one_file() {
    let folder = folder();
    let path = folder.path();
    made(path, &["-newkey", "ed25519", "-subj", "/CN=one"]);
    let one = std::fs::read_to_string(path.join("own.pem")).expect("read");
    let key = std::fs::read_to_string(path.join("key.pem")).expect("read");
    made(path, &["-newkey", "rsa:2048", "-subj", "/CN=two"]);
    let two = std::fs::read_to_string(path.join("own.pem")).expect("read");
    openssl(path, &["req", "-new", "-key", "key.pem", "-subj", "/CN=c", "-out", "c.csr"]);
    let request = std::fs::read_to_string(path.join("c.csr")).expect("read");

    let bundle = read(format!("subject=one\r\n{}{key}{two}\n{request}", one.replace('\n', "\r\n")).as_bytes());
    let subjects: Vec<&str> = bundle.certificates.iter().map(|each| each.subject.as_str()).collect();
    assert_eq!(subjects, ["CN=one", "CN=two"]);
    let faults: Vec<&Fault> = bundle.problems.iter().map(|each| &each.fault).collect();
    assert_eq!(faults, [&Fault::PrivateKey, &Fault::Other("CERTIFICATE REQUEST".to_owned())]);
    let told = format!("{bundle:?}");
    let secret = key.lines().nth(1).expect("a key");
    assert!(!told.contains(secret), "a private key was kept");

    use base64::Engine;
    let wrapped = base64::engine::general_purpose::STANDARD.encode(&two);
    assert_eq!(only(&read_base64(&wrapped)).subject, "CN=two");

    let mixed = base64::engine::general_purpose::STANDARD.encode(format!("note\n{one}{key}{request}{two}"));
    let public = public_part(&mixed).expect("two certificates");
    assert_eq!(read_base64(&public).certificates, bundle.certificates);
    let text = base64::engine::general_purpose::STANDARD.decode(public).expect("base64");
    let text = String::from_utf8(text).expect("PEM");
    assert!(!text.contains(secret) && !text.contains("note") && !text.contains("REQUEST"), "{text}");
    assert_eq!(public_part(&base64::engine::general_purpose::STANDARD.encode(&key)), None);
    assert_eq!(public_part("not base64"), None);

    openssl(path, &["x509", "-in", "own.pem", "-outform", "DER", "-out", "own.der"]);
    let der = std::fs::read(path.join("own.der")).expect("read");
    assert_eq!(read(&[der.clone(), der.clone()].concat()).certificates.len(), 2);
    openssl(path, &["x509", "-in", "own.pem", "-trustout", "-out", "trusted.pem", "-addtrust", "serverAuth"]);
    assert_eq!(only(&read_file(path, "trusted.pem")).subject, "CN=two");
}

#[test]
fn what_is_malformed_is_named() {
    let folder = folder();
    made(folder.path(), &["-newkey", "ed25519", "-subj", "/CN=one"]);
    let good = std::fs::read_to_string(folder.path().join("own.pem")).expect("read");
    let told = |text: &str| {
        let bundle = read(text.as_bytes());
        assert_eq!(bundle.certificates, []);
        bundle.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(told(""), "no certificate: neither PEM nor DER");
    assert_eq!(told("hello"), "no certificate: neither PEM nor DER");
    assert_eq!(told(&good.replace("-----END CERTIFICATE-----", "")), "line 1: a block that does not end");
    assert_eq!(told(&good.replace("END CERTIFICATE", "END KEY")), "line 1: a block that ends as KEY");
    assert_eq!(told(&format!("\n{}", good.replacen("MII", "M*I", 1))), "line 2: a certificate whose base64 is broken");
    let block = |der: &[u8]| {
        use base64::Engine;
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
    };
    let der = {
        openssl(folder.path(), &["x509", "-in", "own.pem", "-outform", "DER", "-out", "own.der"]);
        std::fs::read(folder.path().join("own.der")).expect("read")
    };
    let long = der.len();
    assert_eq!(told(&block(&[])), "line 1: a malformed certificate: it is empty");
    let cut = format!("line 1: a malformed certificate: it says that it has {long} bytes, and 100 are there");
    assert_eq!(told(&block(&der[..100])), cut);
    let more = [&der[..], b"abc"].concat();
    assert_eq!(told(&block(&more)), "line 1: a malformed certificate: 3 more bytes follow its end");
    assert_eq!(
        told(&block(b"text")),
        "line 1: a malformed certificate: it does not begin as a certificate (a SEQUENCE)"
    );
    let mut date = der.clone();
    let at = date.windows(2).position(|pair| pair == [0x17, 13]).expect("a UTCTime");
    date[at + 4] = b'9';
    assert_eq!(told(&block(&date)), "line 1: a malformed certificate: its validity cannot be read");
}

#[test]
fn facts_survive_being_written() {
    let folder = folder();
    let own = made(
        folder.path(),
        &[
            "-newkey",
            "rsa:2048",
            "-subj",
            "/O=o/CN=a",
            "-addext",
            "subjectAltName=DNS:a.example,IP:::1,URI:spiffe://a/b",
        ],
    );
    let text = serde_json::to_string(&own).expect("written");
    assert_eq!(serde_json::from_str::<Certificate>(&text).expect("read"), own);
    assert!(
        text.contains(r#""key":"RSA 2048""#) && text.contains(r#""names":["a.example","::1","spiffe://a/b"]"#),
        "{text}"
    );
}
