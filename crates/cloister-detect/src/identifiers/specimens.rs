//! Numbers of specimens, manuals and tests: valid, and of nobody.

use crate::finance::{is_example_iban, is_test_card};

/// Whether a number of this kind was made for tests and documentation.
pub fn is_specimen(kind: &str, text: &[u8]) -> bool {
    match kind {
        "iban" => is_example_iban(text),
        "payment-card" => is_test_card(text),
        // ICAO 9303: Utopia is the state of specimens, and D<< with this birth date the one of the German specimen.
        "mrz-passport" | "mrz-card" | "mrz-small-card" => {
            ["UTO", "6408125F", "8308126F"].iter().any(|it| holds(text, it))
        }
        // NHS Digital keeps 999 for tests; GSMA (TS.06) what starts with 00; ITU-T E.212 keeps 001 for test networks
        // and 999 for private ones; RFC 9542 a block of MAC addresses for documentation.
        "gb-nhs-number" => text.starts_with(b"999"),
        "imei" => text.starts_with(b"00"),
        "imsi" => text.starts_with(b"001") || text.starts_with(b"999"),
        "ip-address" => is_documentation(text),
        "mac-address" => text.starts_with(b"00005E0053") || text.starts_with(b"01005E9010") || uniform(text),
        // DVV gives 900 to 999 to nobody for good.
        "fi-identity-code" => matches!(text, [.., b'9', _, _, _]) || listed(kind, text),
        // Rijksdienst voor Identiteitsgegevens: tests start with 9990.
        "nl-citizen-number" => text.starts_with(b"9990") || listed(kind, text),
        _ => listed(kind, text),
    }
}

/// Blocks for documentation (RFC 5737, RFC 3849 and RFC 9637).
fn is_documentation(text: &[u8]) -> bool {
    let address = std::str::from_utf8(text).ok().and_then(|text| text.parse::<std::net::IpAddr>().ok());
    match address {
        Some(std::net::IpAddr::V4(address)) => address.is_documentation(),
        Some(std::net::IpAddr::V6(address)) => match address.segments() {
            [0x2001, 0x0db8, ..] => true,
            [0x3fff, second, ..] => second < 0x1000,
            _ => false,
        },
        None => false,
    }
}

fn uniform(text: &[u8]) -> bool {
    text.first().is_some_and(|first| text.iter().all(|byte| byte == first))
}

fn holds(text: &[u8], part: &str) -> bool {
    text.windows(part.len()).any(|window| window == part.as_bytes())
}

fn listed(kind: &str, text: &[u8]) -> bool {
    SPECIMENS.iter().any(|(of, numbers)| *of == kind && numbers.iter().any(|number| number.as_bytes() == text))
}

/// What offices print on specimens of their cards and in their manuals.
pub const SPECIMENS: &[(&str, &[&str])] = &[
    ("at-social-security", &["1237010180"]),
    ("be-national-number", &["85073003328"]),
    ("ch-social-security", &["7561234567897", "7569217076985"]),
    ("de-driving-licence", &["B072RRE2I55"]),
    ("de-health-insurance", &["A123456780"]),
    (
        "de-identity-card",
        &[
            "L01X00T47",
            "L01X00T471",
            "LZ6311T47",
            "LZ6311T475",
            "C01X00T47",
            "C01X00T478",
            "C01X0006H",
            "C01X0006H1",
            "1220001518",
        ],
    ),
    ("de-pension-number", &["15070649C103", "65180539W001"]),
    ("de-tax-number", &["86095742719", "47036892816", "65929970489", "57549285017", "25768131411"]),
    ("ee-identity-code", &["38001085718", "47101010033", "60001019906"]),
    ("es-dni", &["00000000T", "99999999R", "12345678Z"]),
    ("es-nie", &["X0000000T", "X1234567L", "Z1234567R", "Y1234567X"]),
    ("fi-identity-code", &["131052308T"]),
    ("fr-social-security", &["269054958815780"]),
    ("gb-driving-licence", &["MORGA753116SM9IJ", "MORGA657054SM9IJ", "JONES061102W97YT"]),
    ("hr-oib", &["12345678903"]),
    ("ie-pps-number", &["1234567T", "1234567FA"]),
    ("is-kennitala", &["0101302989"]),
    ("it-fiscal-code", &["RSSMRA85T10A562S", "RSSMRA80A01H501U", "MRTMTT25D09F205Z"]),
    ("nl-citizen-number", &["111222333", "123456782", "999999990"]),
    ("nl-identity-document", &["SPECI2014", "SPECI2021"]),
    ("no-birth-number", &["01010750160"]),
    ("pl-pesel", &["44051401359", "44051401458", "02070803628"]),
    ("pt-citizen-card", &["000000000ZZ4"]),
    ("pt-tax-number", &["123456789", "999999990"]),
    ("ro-cnp", &["1800101221144"]),
    ("se-personal-number", &["8112189876", "198112189876", "1212121212", "191212121212"]),
    ("si-emso", &["0101006500006"]),
    ("si-tax-number", &["12345679"]),
    ("vehicle-number", &["1M8GDM9AXKP042788", "11111111111111111", "1HGCM82633A004352"]),
];
