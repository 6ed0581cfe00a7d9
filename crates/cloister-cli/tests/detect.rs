//! What users rely on of `cloister detect`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs the program"
)]

mod support;

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use cloister_detect::document::Reported;
use cloister_detect::profile::Document;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use support::schema::{keeps_to, plain, published};
use support::{Ended, cloister, ended, folder};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Invented, and recognised wherever they stand.
const MAIL: &str = "jana.nova@clinic.eu";
const ACCOUNT: &str = "DE75512108001245126199";
const PATIENTS: &str =
    "id,surname,mail,diagnosis\n1,Reuter,jana.nova@clinic.eu,E11.9\n2,Vasseur,jan.novy@clinic.eu,J45.0\n";

fn reported() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Reported>();
    schema.insert("title".into(), "A detection: a line of cloister detect -o json".into());
    plain(schema.to_value())
}

fn profiles() -> Value {
    let settings = SchemaSettings::draft2020_12();
    let mut schema = settings.into_generator().into_root_schema_for::<Document>();
    schema.insert("title".into(), "A profile of detections".into());
    plain(schema.to_value())
}

fn detect(folder: &Path, arguments: &[&str]) -> Ended {
    let mut command = cloister();
    command.current_dir(folder).env_remove("XDG_STATE_HOME").stdin(Stdio::null());
    ended(command.arg("detect").args(arguments))
}

fn lines(ended: &Ended) -> Vec<Value> {
    ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Path and kind of each detection.
fn places(ended: &Ended) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    lines(ended).iter().map(|line| (text(&line["path"]), text(&line["kind"]))).collect()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn the_published_schemas_are_those_of_the_types() {
    let write = std::env::var_os("CLOISTER_GENERATE").is_some();
    published("detect.json", &reported(), write);
    published("detection-profile.v1alpha1.json", &profiles(), write);
}

#[test]
fn people_see_what_is_where() {
    let dir = folder(&[
        ("data/patients.csv", PATIENTS),
        (
            "data/notes/app.log",
            "2026-01-02 login user=jana.nova@clinic.eu\n2026-01-02 paid from DE75512108001245126199\n",
        ),
        ("data/plain.txt", "nothing to see\n"),
        ("data/manual.md", "write to jana.nova@example.org\n"),
    ]);
    let found = detect(dir.path(), &["data"]);
    assert_eq!(found.exit, 1, "{}", found.errors);
    assert_eq!(found.out, include_str!("snapshots/detect.txt"));
    assert!(found.out.lines().all(|line| line.chars().count() <= 80), "{}", found.out);
    assert_eq!(detect(dir.path(), &["data/plain.txt"]).exit, 0);
    assert_eq!(detect(dir.path(), &["data", "--fail-on", "never"]).exit, 0);
    assert_eq!(detect(dir.path(), &["data/notes", "--fail-on", "special"]).exit, 0);
    assert_eq!(detect(dir.path(), &["data/manual.md"]).exit, 0, "test data is no finding");
}

#[test]
fn machines_get_a_line_for_each_in_the_same_order_on_any_number_of_threads() {
    let files: Vec<(String, String)> = (0..40)
        .map(|number| (format!("f{number:02}.json"), format!("[{{\"a\": {{\"m\": \"{MAIL}\"}}}}, {number}]")))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let dir = folder(&files);
    let run = |threads: &str| {
        let mut command = cloister();
        command.current_dir(dir.path()).env("RAYON_NUM_THREADS", threads);
        ended(command.args(["detect", ".", "-o", "json"]))
    };
    let one = run("1");
    assert_eq!(one.out, run("4").out);
    let found = lines(&one);
    assert_eq!(found.len(), 40);
    keeps_to(&found[0], &reported());
    assert_eq!(found[7]["file"], "f07.json");
    assert_eq!(
        (&found[0]["path"], &found[0]["offset"], &found[0]["length"]),
        (&"/0/a/m".into(), &14.into(), &19.into())
    );
    assert_eq!((&found[0]["hash"], &found[0]["masked"]), (&Value::Null, &"j•••@•••".into()));
}

#[test]
fn no_value_is_shown_anywhere() {
    let keyed = format!("{{\"{MAIL}\": {{\"iban\": \"{ACCOUNT}\", \"n\": [\"{MAIL}\"]}}}}");
    let table = format!("{MAIL},{ACCOUNT}\n{MAIL},x,y\n");
    let yaml = format!("{MAIL}:\n  account: {ACCOUNT}\n");
    let zipped = zip(&[("a.json", keyed.as_bytes()), ("b.csv", table.as_bytes())]);
    let dir = folder(&[
        ("k.json", &keyed),
        ("t.csv", &table),
        ("y.yaml", &yaml),
        ("c.json", keyed.get(..keyed.len() - 4).unwrap()),
    ]);
    fs::write(dir.path().join("z.zip"), &zipped).unwrap();
    fs::write(dir.path().join("cut.zip"), &zipped[..zipped.len() - 30]).unwrap();
    let key = dir.path().join("keys.yaml");
    let made = detect(dir.path(), &["key", "create", "--file", key.to_str().unwrap()]);
    assert_eq!(made.exit, 0, "{}", made.errors);
    for arguments in [&["."][..], &[".", "-v"], &[".", "-o", "json"], &[".", "-o", "json", "--hash-key", "keys.yaml"]] {
        let found = detect(dir.path(), arguments);
        assert_eq!(found.exit, 2);
        for value in [MAIL, "jana", ACCOUNT, "1245126199"] {
            assert!(!found.out.contains(value) && !found.errors.contains(value), "{} {}", found.out, found.errors);
        }
    }
}

#[test]
fn archives_are_taken_out_and_nothing_is_written() {
    let inner = zip(&[("deep.csv", PATIENTS.as_bytes())]);
    let outer = zip(&[("inner.zip", &inner), ("log.gz", &gzip(MAIL.as_bytes())), ("../out.txt", MAIL.as_bytes())]);
    let dir = folder(&[]);
    fs::write(dir.path().join("a.zip"), outer).unwrap();
    fs::write(dir.path().join("b.zst"), zstd::encode_all(PATIENTS.as_bytes(), 1).unwrap()).unwrap();
    fs::write(dir.path().join("c.csv.gz"), [gzip(b"mail\n"), gzip(format!("{MAIL}\n").as_bytes())].concat()).unwrap();
    let found = detect(dir.path(), &[".", "-o", "json"]);
    let files: Vec<String> = lines(&found).iter().map(|line| line["file"].as_str().unwrap().to_owned()).collect();
    for file in ["a.zip!inner.zip!deep.csv", "a.zip!log.gz", "a.zip!../out.txt", "b.zst", "c.csv.gz"] {
        assert!(files.iter().any(|found| found == file), "{file}: {files:?} {}", found.errors);
    }
    assert!(
        found.errors.contains("a.zip!../out.txt: has a name that leads out of its archive\n  help: "),
        "{}",
        found.errors
    );
    assert_eq!(found.exit, 2);
    assert!(!dir.path().parent().unwrap().join("out.txt").exists());
}

#[test]
fn what_is_packed_too_often_or_too_well_is_left() {
    let dir = folder(&[]);
    let mut packed = PATIENTS.as_bytes().to_vec();
    for _ in 0..5 {
        packed = gzip(&packed);
    }
    fs::write(dir.path().join("deep.gz"), packed).unwrap();
    fs::write(dir.path().join("bomb.gz"), gzip(&vec![b' '; 8 << 20])).unwrap();
    let found = detect(dir.path(), &[".", "--expanded", "1M"]);
    assert!(found.errors.contains("bomb.gz: expands to more than 1 MiB, and was read so far"), "{}", found.errors);
    assert!(found.errors.contains("deep.gz: is packed more than 3 times"), "{}", found.errors);
    assert_eq!(found.exit, 2);
}

#[test]
fn bad_input_is_told_with_place_and_way_out_and_the_rest_is_read() {
    let good = format!("{{\"m\": \"{MAIL}\"}}");
    let cut_json = format!("[{{\"m\": \"{MAIL}\"}},\n{{\"m\": ");
    let dir =
        folder(&[("cut.json", &cut_json), ("good.json", &good), ("ragged.csv", "a,b\n1,2\n1,2,jana.nova@clinic.eu\n")]);
    fs::write(dir.path().join("latin.txt"), b"a\nM\xfcller jana.nova@clinic.eu\n").unwrap();
    let text = MAIL.repeat(3000);
    let packed = gzip(text.as_bytes());
    fs::write(dir.path().join("cut.gz"), &packed[..packed.len() / 2]).unwrap();
    fs::write(
        dir.path().join("bad.zst"),
        [&zstd::encode_all(text.as_bytes(), 1).unwrap()[..20], b"xxxxxxxxxxx"].concat(),
    )
    .unwrap();
    let whole = zip(&[("first.txt", MAIL.as_bytes()), ("second.txt", text.as_bytes())]);
    fs::write(dir.path().join("cut.zip"), &whole[..whole.len() - 40]).unwrap();
    fs::write(dir.path().join("picture.png"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    let found = detect(dir.path(), &[".", "-o", "json"]);
    assert_eq!(found.exit, 2);
    for told in [
        "cut.json:2: the JSON is cut short",
        "ragged.csv:3: this row has 3 cells, and the first row 2",
        "latin.txt:2: is not written in UTF-8 here",
        "cut.gz: ",
        "bad.zst: ",
        "cut.zip: is a broken zip",
    ] {
        assert!(found.errors.contains(told), "{told}: {}", found.errors);
    }
    assert_eq!(found.errors.matches("error: ").count(), found.errors.matches("  help: ").count(), "{}", found.errors);
    for file in ["cut.json", "good.json", "ragged.csv", "latin.txt", "cut.zip!first.txt"] {
        assert!(found.out.contains(&format!("\"file\":\"{file}\"")), "{file}: {} {}", found.out, found.errors);
    }
    let named = detect(dir.path(), &["picture.png"]);
    assert!(named.errors.contains("picture.png: is binary, not text") && named.exit == 2, "{}", named.errors);
    let folder = detect(dir.path(), &[".", "-v"]);
    assert!(folder.out.contains("1 file is binary and not looked into:\n   picture.png\n"), "{}", folder.out);
    let missing = detect(dir.path(), &["god.json"]);
    assert!(
        missing.errors.contains("god.json: no such file or folder\n  help: did you mean good.json?"),
        "{}",
        missing.errors
    );
    assert_eq!(missing.exit, 2);
}

#[test]
fn lying_sizes_in_a_zip_are_told() {
    let mut lying = zip(&[("a.txt", &b"a jana.nova@clinic.eu\n".repeat(50)), ("b.txt", MAIL.as_bytes())]);
    // The checksum and the sizes in the directory say something else than the data.
    let directory = lying.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    lying[directory + 16] ^= 0xff;
    lying[directory + 24] = 1;
    lying[directory + 25] = 0;
    let dir = folder(&[]);
    fs::write(dir.path().join("a.zip"), lying).unwrap();
    let found = detect(dir.path(), &[".", "-o", "json"]);
    assert_eq!(found.exit, 2, "{}", found.errors);
    assert!(found.errors.contains("a.zip!a.txt: "), "{}", found.errors);
    assert!(found.out.contains("a.zip!b.txt"), "{}", found.out);
}

#[test]
fn standard_input_and_utf_16_are_read() {
    let run = |bytes: &[u8]| {
        let mut command = cloister();
        command.args(["detect", "-", "-o", "json"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(bytes).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ended { exit: output.status.code().unwrap(), out: text(output.stdout), errors: text(output.stderr) }
    };
    let found = run(PATIENTS.as_bytes());
    assert!(
        places(&found).contains(&("mail".to_owned(), "email-address".to_owned())),
        "{} {}",
        found.out,
        found.errors
    );
    let text = format!("\u{feff}ä mail: {MAIL}\n");
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let found = lines(&run(&wide));
    assert_eq!((&found[0]["offset"], &found[0]["length"]), (&18.into(), &38.into()));
    assert_eq!(run(b"").exit, 0);
}

#[test]
fn keys_are_made_used_and_changed_and_never_shown() {
    let dir = folder(&[("m.txt", MAIL), ("n.txt", "Mail: JANA.NOVA@clinic.eu")]);
    let create = || detect(dir.path(), &["key", "create", "--file", "state/keys.yaml", "--retain", "30"]);
    assert!(create().out.contains("for new hashes"));
    let again = create();
    assert!(again.errors.contains("is there already\n  help: cloister detect key rotate"), "{}", again.errors);
    let file = dir.path().join("state/keys.yaml");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let hash = |arguments: &[&str]| {
        let found = detect(dir.path(), &[&[".", "-o", "json", "--hash-key", "state/keys.yaml"], arguments].concat());
        lines(&found)
    };
    let first = hash(&[]);
    assert_eq!(first[0]["hash"], first[1]["hash"]);
    let rotated = detect(dir.path(), &["key", "rotate", "--file", "state/keys.yaml"]);
    assert!(rotated.out.contains("for new hashes\n") && rotated.out.contains("for comparing\n"), "{}", rotated.out);
    let second = hash(&["--all-keys"]);
    assert_ne!(first[0]["hash"], second[0]["hash"]);
    assert_eq!(first[0]["hash"], second[0]["earlierHashes"][0]);
    let text = fs::read_to_string(&file).unwrap();
    let secrets: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("secret: ")).collect();
    assert_eq!(secrets.len(), 2, "{}", text.lines().count());
    for ended in [rotated, detect(dir.path(), &["key", "list", "--file", "state/keys.yaml"])] {
        assert!(
            secrets
                .iter()
                .all(|secret| !ended.out.contains(secret.trim_matches('"')) && !ended.errors.contains(secret))
        );
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let open = detect(dir.path(), &[".", "--hash-key", "state/keys.yaml"]);
    assert!(open.errors.contains("others may read or change it (mode 644)\n  help: chmod 600"), "{}", open.errors);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&file, text.replace("retainUntil: \"20", "retainUntil: \"19")).unwrap();
    let over = detect(dir.path(), &[".", "--hash-key", "state/keys.yaml"]);
    assert!(over.errors.contains("was to be kept until") && over.exit == 2, "{}", over.errors);
}

const PROFILE: &str = r#"apiVersion: cloister.dev/v1alpha1
kind: DetectionProfile
metadata: {name: clinic}
spec:
  thresholds:
    default: likely
    name: never
  allow:
    - reason: addresses of our own functions
      domains: [clinic.eu]
      files: ["docs/**"]
  rules:
    - name: known-patient
      title: a patient who is known by name
      of: [name, health]
  detectors:
    - name: member-number
      title: a member number
      category: health
      pattern: '\bM-(\d{8})\b'
      checksum: luhn
      context: [member, Mitglied]
      examples:
        matches: ["member M-12345674"]
        noMatches: ["M-12345678"]
"#;

#[test]
fn a_profile_says_what_counts() {
    let dir = folder(&[
        ("p.yaml", PROFILE),
        ("docs/a.txt", "ask jana.nova@clinic.eu\n"),
        (
            "people.json",
            "[{\"surname\": \"Reuter\"}, {\"surname\": \"Vasseur\", \"diagnosis\": \"E11.9\", \"memberNo\": \"M-12345674\"}]",
        ),
    ]);
    let found = detect(dir.path(), &["docs", "people.json", "--profile", "p.yaml", "-o", "json"]);
    let wanted = [("/1/diagnosis", "health"), ("/1", "known-patient"), ("/1/memberNo", "member-number")];
    assert_eq!(places(&found), wanted.map(|(path, kind)| (path.to_owned(), kind.to_owned())), "{}", found.out);
    assert_eq!(lines(&found)[2]["confidence"], "certain");
    assert_eq!(lines(&found)[1]["members"].as_array().unwrap().len(), 2);
    let text = detect(dir.path(), &["docs", "people.json", "--profile", "p.yaml"]);
    assert!(
        text.out.contains("a patient who is known by name") && text.out.contains(" 1 value allowed by the profile\n"),
        "{}",
        text.out
    );
}

#[test]
fn detectors_are_tried_on_their_examples() {
    let wrong = PROFILE.replace("noMatches: [\"M-12345678\"]", "noMatches: [\"M-12345674\"]");
    let dir = folder(&[("p.yaml", PROFILE), ("w.yaml", &wrong), ("x.yaml", &PROFILE.replace("luhn", "sum"))]);
    let good = detect(dir.path(), &["test", "p.yaml"]);
    assert_eq!(
        (good.exit, good.out.as_str()),
        (
            0,
            " member-number\n   ✓ match     \"member M-12345674\": found, certain\n   ✓ no match  \"M-12345678\": not found\n\n 1 detector, 2 examples: all as they must\n"
        )
    );
    let failed = detect(dir.path(), &["test", "w.yaml"]);
    assert!(
        failed.out.contains("   ✗ no match  \"M-12345674\": found, likely\n") && failed.exit == 1,
        "{}",
        failed.out
    );
    let unusable = detect(dir.path(), &["test", "x.yaml"]);
    assert!(
        unusable.errors.contains("x.yaml: spec.detectors[0].checksum: no check is called so\n  help: "),
        "{}",
        unusable.errors
    );
    assert_eq!(unusable.exit, 2);
}

#[test]
fn the_catalogue_is_listed() {
    let dir = folder(&[]);
    let kinds = detect(dir.path(), &["kinds"]);
    assert!(
        kinds.out.contains("\n  de-tax-number               a German tax identification number\n"),
        "{}",
        kinds.out
    );
    let json: Value = serde_json::from_str(&detect(dir.path(), &["kinds", "--json"]).out).unwrap();
    assert!(json.as_array().unwrap().len() > 90);
}

#[test]
fn a_profile_among_what_is_scanned_counts_there() {
    let pod = support::POD.replace(
        "      securityContext",
        "      env:\n        - {name: MEMBER, value: M-12345674}\n        - {name: CONTACT, value: jana.nova@clinic.eu}\n      securityContext",
    );
    let own = PROFILE.replace("      files: [\"docs/**\"]\n", "");
    let messages = |files: &[(&str, &str)]| {
        let dir = folder(files);
        let scanned = support::scan(dir.path(), &[]);
        let personal = scanned.findings().iter().filter(|finding| finding["check"] == "personal-data-in-environment");
        let messages: Vec<String> = personal.map(|finding| finding["message"].as_str().unwrap().to_owned()).collect();
        (messages.join("\n"), scanned.diagnostics().to_vec())
    };
    let (without, _) = messages(&[("pod.yaml", &pod)]);
    assert!(without.contains("an e-mail address") && !without.contains("a member number"), "{without}");
    let (with, told) = messages(&[("pod.yaml", &pod), ("profile.yaml", &own)]);
    assert!(with.contains("a member number") && !with.contains("an e-mail address"), "{with} {told:?}");
    let (_, told) = messages(&[("pod.yaml", &pod), ("profile.yaml", &own.replace("luhn", "sum"))]);
    let fault = told.iter().find(|one| one["file"].as_str().unwrap().ends_with("profile.yaml")).unwrap();
    assert_eq!((&fault["line"], &fault["level"]), (&20.into(), &"error".into()), "{told:?}");
}

/// Written by pyarrow: forty people in two groups of rows.
const PEOPLE: &[u8] = include_bytes!("../../cloister-parquet/tests/data/people.parquet");

#[test]
#[cfg(feature = "parquet")]
fn rows_of_parquet_are_told_by_their_columns() {
    let cut = PEOPLE.get(..PEOPLE.len() - 9).unwrap();
    let folder = folder(&[]);
    for (name, bytes) in
        [("people.parquet", PEOPLE), ("cut.parquet", cut), ("all.zip", &zip(&[("in/people.parquet", PEOPLE)]))]
    {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let whole = detect(folder.path(), &["people.parquet", "-o", "json"]);
    assert_eq!((whole.exit, whole.errors.as_str()), (1, ""));
    let count = |path: &str| places(&whole).iter().filter(|(own, _)| own == path).count();
    assert_eq!((count("iban"), count("surname"), count("birth_date"), count("mails")), (40, 40, 26, 60));
    let first = &lines(&whole)[0];
    assert_eq!((&first["line"], &first["file"]), (&1.into(), &"people.parquet".into()));
    let zipped = detect(folder.path(), &["all.zip", "-o", "json"]);
    assert_eq!(lines(&zipped).len(), lines(&whole).len());
    let cut = detect(folder.path(), &["cut.parquet"]);
    assert_eq!(cut.exit, 2);
    assert!(cut.errors.contains("is Parquet that cannot be read further"), "{}", cut.errors);
}

#[test]
#[cfg(not(feature = "parquet"))]
fn without_its_reader_parquet_is_named() {
    let folder = folder(&[]);
    fs::write(folder.path().join("people.parquet"), PEOPLE).unwrap();
    let named = detect(folder.path(), &["people.parquet"]);
    assert_eq!(named.exit, 2);
    assert!(named.errors.contains("--features parquet"), "{}", named.errors);
}

#[test]
fn mail_is_read_as_it_was_before_it_was_sent() {
    let mail = "From: Jana <info@clinic.eu>\nDate: x\nTo: y\nMIME-Version: 1.0\nContent-Type: text/plain\n\
        Content-Transfer-Encoding: base64\n\nSUJBTiBERTc1NTEyMTA4MDAxMjQ1MTI2MTk5Cg==\n";
    let folder = folder(&[("post.eml", mail), ("post", mail)]);
    for name in ["post.eml", "post"] {
        let told = detect(folder.path(), &[name, "-o", "json"]);
        assert_eq!(places(&told), [("line 8".to_owned(), "iban".to_owned())], "{}", told.out);
        assert_eq!(lines(&told)[0]["offset"], mail.find("ERTc1").unwrap() - 1);
    }
}
