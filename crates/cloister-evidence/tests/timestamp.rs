//! Timestamps of RFC 3161: openssl is the authority, and judges what is kept.
#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests read and change files, run openssl and look at the clock"
)]

mod support;
#[path = "support/tsa.rs"]
mod tsa;

use std::fs;
use std::path::Path;

use cloister_evidence::folder::bundle::{Bundle, Export};
use cloister_evidence::folder::{Folder, Item, Reader, Snapshot, stamps};
use cloister_evidence::timestamp::{Authorities, NONCE, NoTimestamp, Request, Stamp, check};
use cloister_evidence::verify::{Outcome, Stamping, With, timestamps};
use cloister_evidence::{Kind, seal};
use jiff::{SignedDuration, Timestamp};
use support::{head, key, salt, sealer, signer};
use tsa::{STAMPING, Tsa};

const RSA: &str = "rsa:2048";
const P256: &str = "ec -pkeyopt ec_paramgen_curve:P-256";
const DATA: &[u8] = b"cloister.example/evidence\n12\nhash\n";

fn trusted(tsa: &Tsa) -> Authorities {
    Authorities::read(&fs::read(tsa.ca()).unwrap()).unwrap()
}

fn request(policy: Option<&str>) -> Request {
    Request::new(DATA, [0x9c; NONCE], policy).unwrap()
}

fn ask(tsa: &Tsa, request: &Request) -> Result<(Vec<u8>, Stamp), NoTimestamp> {
    let begun = Timestamp::now();
    let answer = tsa.answer(&request.write());
    request.answered(&answer, &trusted(tsa), (begun, Timestamp::now()))
}

/// What a token says, as its bytes.
fn info(tsa: &Tsa, token: &[u8]) -> Vec<u8> {
    fs::write(tsa.folder().join("token"), token).unwrap();
    let (done, said) = tsa::openssl(tsa.folder(), "cms -verify -noverify -inform DER -in token -out said");
    assert!(done, "{said}");
    fs::read(tsa.folder().join("said")).unwrap()
}

#[test]
fn a_timestamp_of_openssl_is_taken_and_every_bit_of_it_counts() {
    for kind in [RSA, P256] {
        let tsa = Tsa::new(kind);
        let (token, stamp) = ask(&tsa, &request(None)).unwrap();
        assert_eq!((stamp.by.as_str(), stamp.policy.as_str()), ("CN=tsa,O=Clinic", "1.2.3.4.1"));
        assert_eq!(stamp.accuracy, SignedDuration::from_millis(1500));
        assert_eq!(check(&token, DATA, &trusted(&tsa)).unwrap(), stamp);
        let (data, file) = (tsa.folder().join("data"), tsa.folder().join("file"));
        fs::write(&data, DATA).unwrap();
        fs::write(&file, &token).unwrap();
        assert!(tsa.verifies(&data, &file));
        let authorities = trusted(&tsa);
        for bit in 0..token.len() * 8 {
            let mut token = token.clone();
            token[bit / 8] ^= 1 << (bit % 8);
            assert!(check(&token, DATA, &authorities).is_err(), "{kind}: bit {bit}");
        }
        for cut in 0..token.len() {
            assert!(check(&token[..cut], DATA, &authorities).is_err(), "{kind}: {cut} bytes");
        }
        assert!(check(&[&token[..], &[0]].concat(), DATA, &authorities).is_err());
    }
}

#[test]
fn an_answer_must_be_to_what_was_asked() {
    let (tsa, other) = (Tsa::new(P256), Tsa::new(P256));
    let (token, stamp) = ask(&tsa, &request(None)).unwrap();
    assert_eq!(check(&token, b"something else", &trusted(&tsa)), Err(NoTimestamp::Imprint));
    assert_eq!(check(&token, DATA, &trusted(&other)), Err(NoTimestamp::Stranger));
    let answer = tsa.answer(&request(None).write());
    let now = Timestamp::now();
    let again = |request: &Request, at: Timestamp| request.answered(&answer, &trusted(&tsa), (at, at)).map(|_| ());
    assert_eq!(again(&request(None), now), Ok(()));
    assert_eq!(again(&Request::new(DATA, [7; NONCE], None).unwrap(), now), Err(NoTimestamp::Nonce));
    assert_eq!(again(&Request::new(b"x", [0x9c; NONCE], None).unwrap(), now), Err(NoTimestamp::Imprint));
    assert_eq!(again(&request(Some("1.2.3.4.5")), now), Err(NoTimestamp::Policy("1.2.3.4.1".to_owned())));
    for apart in [SignedDuration::from_mins(10), SignedDuration::from_mins(-10)] {
        assert!(matches!(again(&request(None), now + apart), Err(NoTimestamp::Clock { .. })), "{}", stamp.time);
    }
    assert_eq!(ask(&tsa, &request(Some("1.2.3.4.5"))).unwrap().1.policy, "1.2.3.4.5");
    let refused = ask(&tsa, &request(Some("1.2.3.4.9"))).unwrap_err();
    assert!(
        matches!(&refused, NoTimestamp::Refused(why) if why.contains("the policy is not known there")),
        "{refused}"
    );
    assert!(matches!(request(None).answered(b"<html>", &trusted(&tsa), (now, now)), Err(NoTimestamp::Form(_))));
    assert!(Request::new(DATA, [0; NONCE], Some("1.2.x")).is_err());
}

#[test]
fn a_certificate_must_be_for_this_and_valid_then() {
    let tsa = Tsa::new(P256);
    let (token, _) = ask(&tsa, &request(None)).unwrap();
    let info = info(&tsa, &token);
    let past = "-startdate 20200101000000Z -enddate 20210101000000Z";
    let future = "-startdate 20900101000000Z -enddate 20910101000000Z";
    for (name, extensions, dates) in [
        ("right", STAMPING, ""),
        ("none", "basicConstraints=CA:false", ""),
        ("loose", "extendedKeyUsage=timeStamping", ""),
        ("more", "extendedKeyUsage=critical,timeStamping,clientAuth", ""),
        ("other", "extendedKeyUsage=critical,clientAuth", ""),
        ("past", STAMPING, past),
        ("future", STAMPING, future),
        ("authority", "basicConstraints=critical,CA:true\nextendedKeyUsage=critical,timeStamping", ""),
    ] {
        tsa.certificate(name, ("between", P256), extensions, dates);
        let checked = check(&tsa.forged(&info, name, name), DATA, &trusted(&tsa)).map(|_| ());
        let expected = match name {
            "right" => Ok(()),
            "past" => Err(NoTimestamp::Chain("had expired when it signed".to_owned())),
            "future" => Err(NoTimestamp::Chain("was not valid yet when it signed".to_owned())),
            "authority" => {
                assert!(matches!(checked, Err(NoTimestamp::Chain(_))), "{checked:?}");
                continue;
            }
            _ => Err(NoTimestamp::Usage),
        };
        assert_eq!(checked, expected, "{name}");
    }
    // Below an authority that had expired, too.
    tsa.certificate("old", ("ca", P256), "basicConstraints=critical,CA:true", past);
    tsa.certificate("under", ("old", P256), STAMPING, "");
    let under = [fs::read(tsa.folder().join("old.pem")).unwrap()].concat();
    fs::write(tsa.folder().join("between.pem"), under).unwrap();
    let checked = check(&tsa.forged(&info, "under", "under"), DATA, &trusted(&tsa)).map(|_| ());
    assert!(matches!(checked, Err(NoTimestamp::Chain(_))), "{checked:?}");
}

#[test]
fn what_is_signed_is_what_is_said() {
    let tsa = Tsa::new(P256);
    let (token, stamp) = ask(&tsa, &request(None)).unwrap();
    let mut said = info(&tsa, &token);
    // Another content under the attributes of the first.
    let place = token.windows(said.len()).position(|part| part == said).unwrap();
    let year = said.windows(4).position(|part| part == &stamp.time.to_string().as_bytes()[..4]).unwrap();
    said[year + 3] ^= 1;
    let mut other = token.clone();
    other[place..place + said.len()].copy_from_slice(&said);
    assert_eq!(check(&other, DATA, &trusted(&tsa)), Err(NoTimestamp::Content));
    for wrong in [&b""[..], b"\x30\x00", &said[..said.len() - 1]] {
        let checked = check(&tsa.forged(wrong, "tsa", "tsa"), DATA, &trusted(&tsa));
        assert!(matches!(checked, Err(NoTimestamp::Form(_))), "{checked:?}");
    }
}

/// A log whose entries are recorded at this time, an hour after the other.
fn log(root: &Path, count: u64, first: Timestamp) -> Folder {
    let mut log = Folder::create(root, signer(), first).unwrap();
    add(&mut log, count, first);
    log
}

fn add(log: &mut Folder, count: u64, first: Timestamp) {
    for number in log.size()..log.size() + count {
        let payload = seal::keep(Kind::Assessment, &support::said(number), Some(&sealer().key(&salt(number))));
        let time = first + SignedDuration::from_hours(i64::try_from(number).unwrap());
        log.append(&[Item { kind: Kind::Assessment, time, salt: salt(number), payload: &payload }], time).unwrap();
    }
}

fn stamp(tsa: &Tsa, root: &Path) -> std::path::PathBuf {
    let text = head(root);
    let request = Request::new(text.as_bytes(), [3; NONCE], None).unwrap();
    let now = Timestamp::now();
    let (token, _) = request.answered(&tsa.answer(&request.write()), &trusted(tsa), (now, now)).unwrap();
    stamps::keep(root, &text, &token).unwrap()
}

fn checked(root: &Path, tsa: &Tsa, now: Timestamp) -> Outcome {
    let mut outcome = support::check(root, &[]);
    let head = outcome.head.clone().unwrap();
    let with = Stamping { key: &key(), authorities: &trusted(tsa), now };
    timestamps(&Reader::new(root), with, &head, &mut outcome);
    outcome
}

fn faults(root: &Path, tsa: &Tsa) -> String {
    checked(root, tsa, Timestamp::now())
        .faults
        .into_iter()
        .map(|found| found.place + " " + &found.what + "\n")
        .collect()
}

#[test]
fn a_log_says_by_when_it_was_there() {
    let (folder, tsa, other) = (tempfile::tempdir().unwrap(), Tsa::new(P256), Tsa::new(P256));
    let root = folder.path().join("log");
    let past = Timestamp::now() - SignedDuration::from_hours(400);
    let mut log = log(&root, 3, past);
    assert!(faults(&root, &tsa).contains("there is none here"));
    let file = stamp(&tsa, &root);
    assert!(tsa.verifies(&file.with_extension("head"), &file));
    add(&mut log, 300, past);
    stamp(&tsa, &root);
    assert_eq!(stamps::last(&root), 303);
    let outcome = checked(&root, &tsa, Timestamp::now());
    assert!(outcome.holds(), "{:?}", outcome.faults);
    let sizes: Vec<u64> = outcome.timestamps.iter().map(|seen| seen.size).collect();
    assert_eq!(sizes, [3, 303]);
    // Another authority may have been asked, too, but one of those that are trusted must have been.
    stamp(&other, &root);
    assert!(checked(&root, &tsa, Timestamp::now()).holds());
    assert!(faults(&root, &Tsa::new(P256)).contains("none of the 3 here is by an authority that is trusted"));
    // None is of a time that has not come.
    let before = checked(&root, &tsa, Timestamp::now() - SignedDuration::from_hours(1));
    assert!(before.faults.iter().any(|found| found.what.contains("has not come yet")), "{:?}", before.faults);
}

#[test]
fn what_is_kept_of_a_timestamp_is_checked() {
    let (folder, tsa) = (tempfile::tempdir().unwrap(), Tsa::new(P256));
    let root = folder.path().join("log");
    drop(log(&root, 3, Timestamp::now() - SignedDuration::from_hours(9)));
    let file = stamp(&tsa, &root);
    let token = fs::read(&file).unwrap();
    for (place, count) in [(0, 1), (token.len() / 2, 1), (token.len() - 1, 4)] {
        let mut changed = token.clone();
        changed[place] ^= count;
        fs::write(&file, changed).unwrap();
        assert!(faults(&root, &tsa).contains("it is not what was kept"));
    }
    fs::write(&file, &token).unwrap();
    let note = file.with_extension("head");
    let text = fs::read_to_string(&note).unwrap();
    fs::write(&note, text.replace("\n3\n", "\n4\n")).unwrap();
    assert!(faults(&root, &tsa).contains("it is not what was kept"));
    fs::remove_file(&note).unwrap();
    assert!(faults(&root, &tsa).contains(".head is not there"));
    fs::write(&note, &text).unwrap();
    // A head of another log, whose size and token fit their name.
    let other = folder.path().join("other");
    drop(log(&other, 2, Timestamp::now() - SignedDuration::from_hours(8)));
    let forked = stamp(&tsa, &other);
    for extension in ["tst", "head"] {
        let from = forked.with_extension(extension);
        fs::copy(&from, file.with_file_name(from.file_name().unwrap())).unwrap();
    }
    assert!(faults(&root, &tsa).contains("the log was forked"), "{}", faults(&root, &tsa));
}

#[test]
fn a_log_whose_clock_was_wrong_is_told() {
    let (folder, tsa) = (tempfile::tempdir().unwrap(), Tsa::new(P256));
    let root = folder.path().join("log");
    drop(log(&root, 3, Timestamp::now() + SignedDuration::from_hours(9)));
    stamp(&tsa, &root);
    assert!(faults(&root, &tsa).contains("entry 2 says that it was recorded at"), "{}", faults(&root, &tsa));
}

#[test]
fn a_bundle_has_the_timestamps_of_its_period() {
    let (folder, tsa) = (tempfile::tempdir().unwrap(), Tsa::new(P256));
    let (root, past) = (folder.path().join("log"), Timestamp::now() - SignedDuration::from_hours(400));
    let mut log = log(&root, 3, past);
    for count in [2, 295, 1] {
        stamp(&tsa, &root);
        add(&mut log, count, past);
    }
    let snapshot = Snapshot::take(&root, &key()).unwrap();
    // After the snapshot: of a head that is not the bundle's.
    add(&mut log, 1, past);
    stamp(&tsa, &root);
    let hour = |number: i64| past + SignedDuration::from_hours(number);
    let selection = snapshot.select(hour(3), hour(5)).unwrap();
    assert_eq!((selection.first, selection.end), (3, 5));
    let (signer, sealer, bundle) = (signer(), sealer(), folder.path().join("bundle"));
    let (log, signer, sealer, older, files) = (&snapshot, &signer, Some(&sealer), &[][..], Vec::new());
    let (framework, most) = ("gdpr", 1 << 30);
    Export { log, signer, sealer, framework, selection, older, files, most }
        .contents()
        .unwrap()
        .write(&bundle)
        .unwrap();
    let checked = |now| {
        let bundle = Bundle::open(&bundle).unwrap();
        let mut outcome = bundle.check(With { key: &key(), witnesses: &[], older: &[] }, |_, _, _| {}).outcome;
        let head = outcome.head.clone().unwrap();
        timestamps(&bundle, Stamping { key: &key(), authorities: &trusted(&tsa), now }, &head, &mut outcome);
        outcome
    };
    let outcome = checked(Timestamp::now());
    assert!(outcome.holds(), "{:?}", outcome.faults);
    assert_eq!(outcome.timestamps.iter().map(|seen| seen.size).collect::<Vec<_>>(), [5, 300]);
}

#[test]
fn nothing_that_an_authority_sends_panics() {
    let tsa = Tsa::new(P256);
    let (token, _) = ask(&tsa, &request(None)).unwrap();
    let (answer, authorities) = (tsa.answer(&request(None).write()), trusted(&tsa));
    let (mut seed, now) = (support::fresh_seed(), Timestamp::now());
    for _ in 0..3000 {
        for whole in [&token, &answer] {
            let mut bytes = whole.clone();
            for _ in 0..1 + support::dice(&mut seed) % 3 {
                let place = support::dice(&mut seed) as usize % bytes.len();
                let end = (place + support::dice(&mut seed) as usize % 4).min(bytes.len());
                let new =
                    (0..support::dice(&mut seed) % 4).map(|_| support::dice(&mut seed) as u8).collect::<Vec<u8>>();
                bytes.splice(place..end, new);
            }
            let _ = check(&bytes, DATA, &authorities);
            let _ = request(None).answered(&bytes, &authorities, (now, now));
        }
    }
}
