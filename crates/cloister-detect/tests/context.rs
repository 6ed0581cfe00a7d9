//! What stands beside a value and says what it is: labels, elements, encoded names, words.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use cloister_detect::{Confidence, mask, scan};

/// Kinds with the texts that were detected, at default thresholds.
fn found(text: &str) -> Vec<(&'static str, &str)> {
    let likely = |one: &cloister_detect::Detection| one.confidence > Confidence::Possible;
    scan(text)
        .iter()
        .filter(|one| likely(one))
        .map(|one| (one.kind, text.get(one.offset..one.end()).unwrap()))
        .collect()
}

#[test]
fn labels_of_several_words_and_of_any_script_name_their_values() {
    for (text, expected) in [
        ("Etnisk oprindelse: roma", ("ethnic-origin", "roma")),
        ("Mot de passe : hunter22x", ("password", "hunter22x")),
        ("Nom de famille ........ Moreau", ("name", "Moreau")),
        ("\"Dat. nar.\":\t\"2. 3. 1984\"", ("date-of-birth", "2. 3. 1984")),
        ("{\"date of birth\": \"1984-03-02\"}", ("date-of-birth", "1984-03-02")),
        ("{\"původ\": \"x\", \"etnický_původ\":\"romský\"}", ("ethnic-origin", "romský")),
        ("Ημερομηνία γέννησης: 02/03/1984", ("date-of-birth", "02/03/1984")),
        ("Thank you. Etnický původ: romský. More follows.", ("ethnic-origin", "romský")),
        ("Hauptdiagnose = J28.0 Matricule: 1", ("health", "J28.0")),
    ] {
        assert_eq!(found(text), [expected], "{text}");
    }
    for text in ["see the section on family names: it is long", "fn family(name: &str) -> Name", "a::b: c"] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn elements_and_attributes_name_their_values() {
    assert_eq!(
        found("<p birthDate=\"1984-03-02\"><família>x</família><family-name>Moreau</family-name></p>"),
        [("date-of-birth", "1984-03-02"), ("name", "Moreau")]
    );
    assert_eq!(found("if a.name>Moreau { x<y> }"), []);
}

#[test]
fn encoded_names_and_values_are_read_and_their_places_are_those_of_the_text() {
    let text = "GET /x?page=2&rodn%C3%A9%C4%8C%C3%ADslo=960425%2F2394&m=jana.novakova%40clinic-mail.eu&name=Jana+Nov%C3%A1kov%C3%A1 HTTP";
    assert_eq!(
        found(text),
        [
            ("cz-birth-number", "960425%2F2394"),
            ("email-address", "jana.novakova%40clinic-mail.eu"),
            ("name", "Jana+Nov%C3%A1kov%C3%A1"),
        ]
    );
    assert_eq!(found("full_name=Jana+Novakova&tel=021+651+9966")[0], ("name", "Jana+Novakova"));
    // Nothing is decoded twice.
    assert_eq!(found(&format!("a=%2540{}", "%25".repeat(5000))), []);
}

#[test]
fn dates_are_those_of_births_behind_their_words_alone() {
    for (text, date) in [
        ("born on 12 March 1980 in Paris", "12 March 1980"),
        ("geb. 12. März 1980, wohnhaft", "12. März 1980"),
        ("narozená 2. 3. 1984.", "2. 3. 1984"),
        ("née le 02/03/1984", "02/03/1984"),
    ] {
        assert_eq!(found(text), [("date-of-birth", date)], "{text}");
    }
    for text in ["12 March 1980", "\"birthday\":null,\"created\":\"1984-03-02\"", "born 1980-03-02-17"] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn telephone_numbers_without_a_zero_need_their_word_right_before_them() {
    assert_eq!(found("Telefon: 512 345 678"), [("phone-number", "512 345 678")]);
    assert_eq!(found("<phone>512345678</phone>"), [("phone-number", "512345678")]);
    assert_eq!(found("{\"phone\":null,\"job\":512345678}"), []);
    assert_eq!(found("phone 1: 512345678"), []);
}

#[test]
fn things_of_persons_are_known_by_their_fields() {
    assert_eq!(
        found("{\"bic\":\"COBADEFFXXX\",\"lat\":52.520008,\"zoom\":13.404954,\"licensePlate\":\"B-MW 1234\"}"),
        [("bic", "COBADEFFXXX"), ("position", "52.520008"), ("vehicle-plate", "B-MW 1234")]
    );
    assert_eq!(found("lat: 52.5"), []);
}

#[test]
fn addresses_of_machines_are_personal_where_something_says_so() {
    assert_eq!(found("client_ip=93.184.216.34 upstream=93.184.216.35"), [("ip-address", "93.184.216.34")]);
    assert_eq!(found("hwaddr 00:1b:44:11:3a:b7 at 12:41:03.074Z"), [("mac-address", "00:1b:44:11:3a:b7")]);
    let quiet = "to 93.184.216.34, 2a00:1450:4001:829::200e, 10.0.0.1, 10.1.2.3.4, 12:30:41:22, 93.184.216.0/24";
    assert_eq!(scan(quiet).iter().map(|one| one.kind).collect::<Vec<_>>(), ["ip-address"; 2]);
    assert_eq!(mask(quiet), quiet);
}

#[test]
fn greetings_and_closings_have_names() {
    for (text, name) in [
        ("Sehr geehrte Frau Dr. Müller,\nvielen Dank", "Müller"),
        ("Sehr geehrter Herr von der Leyen,", "von der Leyen"),
        ("> Dear Ms O'Connor, thank you", "O'Connor"),
        ("Dear Dr. Jane Smith:\n", "Jane Smith"),
        ("Chère Madame Lefèvre,\r\n", "Lefèvre"),
        ("Gentile dott.ssa Rossi,", "Rossi"),
        ("Tisztelt Kovács János úr!", "Kovács János"),
        ("Godātais Bērziņa kungs,", "Bērziņa"),
        ("Szanowna Pani Kowalska,", "Kowalska"),
        ("Αγαπητή κυρία Παπαδοπούλου,", "Παπαδοπούλου"),
        ("Уважаеми г-н Петров,", "Петров"),
        ("A Sheáin Uí Bhriain, a chara,", "Sheáin Uí Bhriain"),
        ("Hallo Lena,\n", "Lena"),
        ("Hola, María García:\n", "María García"),
        ("{\"text\": \"Dear Mr Walsh,\\nthe report\"}", "Walsh"),
        ("see you.\n\nBest regards,\n\nLaura Byrne\n", "Laura Byrne"),
        ("Mit freundlichen Grüßen\n  Dr. Reuter\nKlinik", "Reuter"),
        ("{\"text\": \"ok\\n\\nCordialement,\\nJean Moreau\\n\"}", "Jean Moreau"),
    ] {
        assert_eq!(found(text), [("name", name)], "{text}");
    }
    for text in [
        "Sehr geehrte Damen und Herren,",
        "Dear Customer,",
        "Dear Sir or Madam,",
        "Dear Mr President,",
        "Hello World!",
        "Hello Kitty",
        "Monsieur le Président,",
        "Cher Monsieur le Directeur,",
        "Dear Hiring Manager,\n",
        "Hi there,\n",
        "Best regards,\nThe Support Team\n",
        "Thanks\nMore Text Follows Here\n",
        "// Dear Ms Smith is no line that begins so",
        "Kind regards of 3\nMax\n",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn escapes_are_read_and_their_places_are_those_of_the_text() {
    for (text, expected) in [
        (r#"{"surname": "Dup\u00e9r\u00e9"}"#, &[("name", r"Dup\u00e9r\u00e9")][..]),
        (r#"{"Stra\u00dfe": "Am M\u00fchlbach 3, Wien"}"#, &[("postal-address", r"Am M\u00fchlbach 3, Wien")]),
        (r#"{"born": 1, "birthDate": "02\/03\/1984"}"#, &[("date-of-birth", r"02\/03\/1984")]),
        (r#"{"mail": "jana\u0040clinic-mail.eu"}"#, &[("email-address", r"jana\u0040clinic-mail.eu")]),
        (
            r#"{"\u0424\u0430\u043c\u0438\u043b\u0438\u044f": "\u041f\u0435\u0442\u0440\u043e\u0432"}"#,
            &[("name", r"\u041f\u0435\u0442\u0440\u043e\u0432")],
        ),
        ("<surname>Dup&eacute;r&#233;</surname>", &[("name", "Dup&eacute;r&#233;")]),
        ("<tel>+49&nbsp;30&nbsp;5551&nbsp;4423</tel>", &[("phone-number", "+49&nbsp;30&nbsp;5551&nbsp;4423")]),
        ("<p>Ch&egrave;re Madame Dup&#xe9;r&#xe9;,</p>", &[("name", "Dup&#xe9;r&#xe9;")]),
        ("<a surname='O&apos;Connor'>", &[("name", "O&apos;Connor")]),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
    // An escaped backslash, signs of the structure, and halves of pairs hide nothing.
    for text in
        [r#"{"surname": "a\\u00e9"}"#, r#"{"x": "\ud83d"}"#, r#"{"n": "1\u0022, \u0022surname\u0022: \u0022Dupont"}"#]
    {
        assert_eq!(found(text), [], "{text}");
    }
    // A pair is one letter, and the places behind it are right.
    let text = r#"{"x": "\ud835\udc00", "surname": "Dup\u00e9"}"#;
    assert_eq!(found(text), [("name", r"Dup\u00e9")]);
}

/// What is announced for a value does not depend on which values behind it were looked at first.
#[test]
fn words_are_found_again_after_a_look_ahead() {
    let text = "phone 419442447662B1MJH644A010180-123AFRlan640438168661 +49 30 5551 4423wezm id412034";
    assert!(scan(text).iter().any(|one| one.kind == "phone-number" && one.confidence == Confidence::Certain));
}
