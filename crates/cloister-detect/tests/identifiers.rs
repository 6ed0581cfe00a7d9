//! Numbers in texts: announced, alone, of specimens; and the checks by name.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use cloister_detect::{checksum, is_specimen, kinds, scan, scan_field};

fn found(text: &str) -> Vec<&'static str> {
    scan(text).iter().map(|one| one.kind).collect()
}

#[test]
fn numbers_are_found_behind_their_words() {
    assert_eq!(found("TAJ: 123 456 788"), ["hu-social-security"]);
    assert_eq!(found("TAJ: 123 456 789"), Vec::<&str>::new());
    assert_eq!(found("USt-IdNr. DE501874582"), ["de-vat"]);
    assert_eq!(found("NSS 043990400177"), ["es-social-security"]);
    assert_eq!(found("order 123456788, batch 043990400177"), Vec::<&str>::new());
}

#[test]
fn what_has_no_check_wants_its_own_word() {
    assert_eq!(found("veronumero 123456789012"), ["fi-tax-number"]);
    let told: Vec<_> = scan_field("tax_number", "123456789012").iter().map(|one| one.kind).collect();
    assert_eq!(told, Vec::<&str>::new());
}

#[test]
fn machine_readable_zones_are_found_by_their_checks_and_utopia_is_nowhere() {
    let zone = "L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    let all = scan(&format!("scanned: {zone} at gate 4"));
    assert_eq!((all.len(), all[0].kind, all[0].offset, all[0].length), (1, "mrz-passport", 9, 44));
    assert!(all[0].test_data);
    assert_eq!(found(&zone.replace("UTO7", "UTO8")), Vec::<&str>::new());
}

#[test]
fn checks_are_asked_by_name() {
    assert!(kinds().count() > 100 && kinds().all(|kind| checksum(kind.kind, b"") == Some(false)));
    assert_eq!(checksum("luhn", b"79927398713"), Some(true));
    assert_eq!(checksum("ip-address", b"2001:db8::1"), Some(true));
    assert!(is_specimen("ip-address", b"2001:db8::1") && !is_specimen("ip-address", b"9.9.9.9"));
    assert_eq!(checksum("no such check", b"1"), None);
}
