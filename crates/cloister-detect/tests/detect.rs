//! What is recognised, what is not, and that values never show.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use cloister_detect::{Category, Confidence, Detection, mask, scan, scan_field};
use proptest::prelude::*;

/// Kinds that are worth a finding.
fn kinds(found: &[Detection]) -> Vec<&'static str> {
    found.iter().filter(|one| one.confidence > Confidence::Possible).map(|one| one.kind).collect()
}

#[test]
fn credentials_are_known_by_their_form() {
    let key = format!("AKIA{}", "Q3EXVZ7TRW2KPLMB");
    assert_eq!(kinds(&scan(&format!("key {key} here"))), ["aws-access-key"]);
    assert_eq!(kinds(&scan(&format!("ghp_{}", "a1B2".repeat(9)))), ["github-token"]);
    assert_eq!(kinds(&scan("postgres://api:heron-5527@db:5432/x")), ["url-password"]);
    assert_eq!(kinds(&scan("reader:finch-221@tcp(db:3306)/x")), ["url-password"]);
    assert_eq!(kinds(&scan("postgres://api:api@db/x")), ["known-password"]);
    assert_eq!(kinds(&scan("Authorization: Basic dXNlcjpwYXNzd29yZA==")), ["authorization-header"]);
}

#[test]
fn a_private_key_is_one_detection_over_its_lines() {
    let text = "a\n-----BEGIN PRIVATE KEY-----\nMIIBVgIBADAN\nBgkqhkiG9w0B\n-----END PRIVATE KEY-----\nb\n";
    let found = scan(text);
    assert_eq!(kinds(&found), ["private-key"]);
    assert_eq!(mask(text), "a\n•••\nb\n");
}

#[test]
fn a_name_tells_what_its_value_is() {
    for (name, value) in [
        ("DB_PASSWORD", "hunter2"),
        ("spring.datasource.password", "heron-willow"),
        ("pwd", "hi"),
        ("dbPassword", "Sommer2024"),
        ("api_key", "k3jd82jx91ls"),
        ("CLIENT_SECRET", "q8Zp4LxV0nT2"),
        ("PGPASSWORD", "thrush-11"),
    ] {
        assert_eq!(scan_field(name, value).len(), 1, "{name}");
    }
    for (name, value) in [
        ("PASSWORD_FILE", "/run/secrets/x"),
        ("DB_PASSWORD", "$(PASSWORD)"),
        ("DB_PASSWORD", "${PASSWORD}"),
        ("DB_PASSWORD", "<password>"),
        ("DB_PASSWORD", "/etc/secret"),
        ("TOKEN_TTL", "3600s"),
        ("MAX_TOKENS", "4096"),
        ("secretName", "api-keys-v2-1234"),
        ("token_url", "https://idp.example/token1"),
        ("publicKey", "c3Nobi1yc2ExMjM0"),
        ("METALLB_ML_SECRET_KEY_PATH", "/etc/ml_secret_key"),
        ("aws_secret", "my/secret/file/path"),
        ("PASSWORD", "true"),
        ("ALLOW_EMPTY_PASSWORD", "yes"),
        ("monkey", "banana12345"),
        ("DB_URL", "AKIA"),
        ("Password", "Password"),
        ("PASSWORD_MIN_LENGTH", "12"),
        ("DB_PASSWORD", "vault:secret/db#password"),
        ("password", "$password"),
        ("password", "\\K.+"),
        ("cookie_secret", "get_value(\"cookie_secret_12\")"),
        ("ETCD_AUTH_TOKEN", "jwt,priv-key=/opt/etcd/jwt-token.pem,sign-method=RS256"),
        ("pluginServerSecret", "cloudnative-pg-plugin-barman-cloud-server-crt"),
    ] {
        assert_eq!(kinds(&scan_field(name, value)), Vec::<&str>::new(), "{name}={value}");
    }
    assert_eq!(kinds(&scan_field("DB_PASSWORD", "changeme")), ["known-password"]);
}

#[test]
fn configuration_files_are_read_line_by_line() {
    assert_eq!(kinds(&scan("spring.datasource.password=heron-5\nserver.port=8080\n")), ["password"]);
    assert_eq!(kinds(&scan("{\"user\": \"api\", \"password\": \"heron-5\", \"port\": 1}")), ["password"]);
    assert_eq!(kinds(&scan("jdbc:mysql://db/x?user=api&password=heron-5&useSSL=true")), ["password"]);
    assert_eq!(kinds(&scan("  password: heron-5 # the old one")), ["password"]);
    let text = "password: \"heron-5\"\nport: 80\n";
    assert_eq!(mask(text), "password: \"•••\"\nport: 80\n");
}

#[test]
fn people_are_known_by_their_addresses() {
    let one = |text: &str| scan(text).into_iter().find(|one| one.category == Category::EmailAddress);
    assert!(!one("to jana.novakova@clinic-mail.eu").unwrap().test_data);
    assert!(one("to jana.novakova@example.org").unwrap().test_data);
    assert_eq!(one("support@clinic-mail.eu").unwrap().confidence, Confidence::Possible);
    assert_eq!(one("you@example.com").unwrap().confidence, Confidence::Possible);
    for text in [
        "git@github.com:a/b.git",
        "icon@2x.png",
        "postgres://u:p@db.prod.eu/x",
        "a@b",
        "x@db.ns.svc.cluster.local",
        "app@sha256:abc",
    ] {
        assert_eq!(one(text), None, "{text}");
    }
    assert_eq!(kinds(&scan("call +49 30 5551 4423 now")), ["phone-number"]);
    assert!(scan("+49 30 23125 014")[0].test_data);
    assert_eq!(kinds(&scan("phone: 030 5551 4423")), ["phone-number"]);
    assert_eq!(kinds(&scan("version 1.2.3+20240101123456 and 030 5551 4423")), Vec::<&str>::new());
}

#[test]
fn numbers_need_their_checksum_and_mostly_a_word() {
    assert_eq!(kinds(&scan("DE02 1203 0000 0000 2020 51")), ["iban"]);
    assert_eq!(kinds(&scan("DE03 1203 0000 0000 2020 51")), Vec::<&str>::new());
    assert!(scan("DE89370400440532013000")[0].test_data);
    assert!(scan("card 4242 4242 4242 4242")[0].test_data);
    assert_eq!(kinds(&scan("4532015112830366")), Vec::<&str>::new(), "no word, no groups");
    assert_eq!(kinds(&scan_field("cardNumber", "4532015112830366")), ["payment-card"]);
    // The same digits, alone and announced.
    assert_eq!(kinds(&scan("13 digits 86095742719")), Vec::<&str>::new());
    assert_eq!(kinds(&scan_field("steuer_id", "86095742719")), ["de-tax-number"]);
    assert_eq!(kinds(&scan("Steuer-ID: 86 095 742 719")), ["de-tax-number"]);
    assert_eq!(kinds(&scan_field("steuer_id", "86095742718")), Vec::<&str>::new());
}

#[test]
fn fields_of_people_are_known_by_name() {
    assert_eq!(kinds(&scan_field("dateOfBirth", "1984-03-02")), ["date-of-birth"]);
    assert_eq!(kinds(&scan_field("patient_name", "Jana Nováková")), ["name"]);
    let found = scan("diagnosis: E11.9");
    assert!(found.iter().all(|one| one.category.is_special()) && !found.is_empty());
    assert_eq!(kinds(&scan_field("SERVICE_NAME", "Patients")), Vec::<&str>::new());
    assert_eq!(kinds(&scan_field("ICD_SERVICE_PORT", "8080")), Vec::<&str>::new());
}

/// Pieces that detectors look for, so that random texts come near them.
fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            Just("password=".to_owned()),
            Just("postgres://u:".to_owned()),
            Just("@".to_owned()),
            Just("+49 ".to_owned()),
            Just("DE02 1203 0000 0000 2020 51".to_owned()),
            Just("jana.nova@clinic.eu".to_owned()),
            Just("\n".to_owned()),
            Just("-----BEGIN RSA PRIVATE KEY-----\n".to_owned()),
            Just("steuer id ".to_owned()),
            Just("\"".to_owned()),
            Just("icd E11.9 ".to_owned()),
            "[a-z0-9ä€=:;& ]{0,12}",
            "\\PC{0,8}",
            "[0-9 .+-]{0,20}",
        ],
        0..24,
    )
    .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn detections_lie_in_the_text_in_order_and_show_nothing(text in pieces()) {
        let mut end = 0;
        for one in scan(&text) {
            prop_assert!(one.offset >= end);
            end = one.end();
            let value = text.get(one.offset..end);
            prop_assert!(value.is_some_and(|value| !value.is_empty() && !one.masked.contains(value)), "{one:?}");
        }
    }

    #[test]
    fn what_was_detected_is_gone_after_masking(text in pieces()) {
        let masked = mask(&text);
        for one in scan(&text).iter().filter(|one| one.length > 12) {
            let value = text.get(one.offset..one.end()).unwrap();
            prop_assert!(text.matches(value).count() > 1 || !masked.contains(value));
        }
    }

    #[test]
    fn lines_are_judged_for_themselves(first in pieces(), second in pieces()) {
        // Private keys and tables reach over lines.
        let alone = |text: String| text.replace("PRIVATE", "PUBLIC").replace(';', ":");
        let (first, second) = (alone(first), alone(second));
        let both = format!("{first}\n{second}");
        let shifted = scan(&second).into_iter().map(|one| (one.kind, one.offset + first.len() + 1, one.length));
        let apart: Vec<_> = scan(&first).into_iter().map(|one| (one.kind, one.offset, one.length)).chain(shifted).collect();
        let together: Vec<_> = scan(&both).into_iter().map(|one| (one.kind, one.offset, one.length)).collect();
        prop_assert_eq!(together, apart);
    }
}

#[test]
fn templates_of_fingers_and_faces_are_known_by_their_first_bytes() {
    // The heads of ISO/IEC 19794-2 (two versions), -4, -5 and -6, and invented bytes behind them.
    for head in ["Rk1SACAyMAA", "Rk1SADAzMAA", "RklSADAxMAA", "RkFDADAxMAA", "SUlSADAxMAA"] {
        let text = format!("accepted {head}AAE8AAABPAFiAMUAxQ0BAwAAAAA=== in 4 ms");
        let found = scan(&text);
        let told: Vec<_> = found.iter().map(|it| (it.kind, it.category, it.offset)).collect();
        assert_eq!(told, [("biometric", Category::Biometric, 9)], "{text}");
        assert!(scan(&format!("{head} alone, x{head}AAE8AAABPAFiAMUAxQ0BAwAAAAA")).is_empty());
    }
}
