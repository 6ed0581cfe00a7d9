//! Bank accounts and payment cards.

/// Lengths of IBANs (SWIFT's IBAN registry), Europe and those often met with.
const LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NL", 18),
    ("NO", 15),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("SA", 24),
    ("SC", 31),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
];

/// Accounts of manuals, which banks and standards print as examples.
const EXAMPLES: &[&str] = &[
    "DE89370400440532013000",
    "GB82WEST12345698765432",
    "GB29NWBK60161331926819",
    "FR1420041010050500013M02606",
    "NL91ABNA0417164300",
    "BE68539007547034",
    "CH9300762011623852957",
    "AT611904300234573201",
    "ES9121000418450200051332",
    "IT60X0542811101000000123456",
    "PL61109010140000071219812874",
];

/// Card numbers that payment providers hand out for tests.
const TEST_CARDS: &[&str] = &[
    "4242424242424242",
    "4111111111111111",
    "4012888888881881",
    "4000056655665556",
    "5555555555554444",
    "5105105105105100",
    "5200828282828210",
    "2223003122003222",
    "378282246310005",
    "371449635398431",
    "6011111111111117",
    "6011000990139424",
    "3056930009020004",
    "30569309025904",
    "38520000023237",
    "3566002020360505",
    "3530111333300000",
    "4222222222222",
    "4000000000000002",
];

/// Whether `text` (upper case, without separators) is a valid IBAN
/// (ISO 13616: length by country, ISO 7064 mod 97-10).
pub fn is_iban(text: &[u8]) -> bool {
    let country = text.get(..2).and_then(|country| std::str::from_utf8(country).ok());
    let length =
        country.and_then(|country| LENGTHS.iter().find(|(code, _)| *code == country)).map(|(_, length)| *length);
    let digits = text.get(2..4).is_some_and(|check| check.iter().all(u8::is_ascii_digit));
    if length != Some(text.len()) || !digits {
        return false;
    }
    let (head, tail) = text.split_at_checked(4).unwrap_or((text, &[]));
    let remainder = tail.iter().chain(head).try_fold(0u32, |remainder, byte| match byte {
        b'0'..=b'9' => Some((remainder * 10 + u32::from(byte - b'0')) % 97),
        b'A'..=b'Z' => Some((remainder * 100 + u32::from(byte - b'A') + 10) % 97),
        _ => None,
    });
    remainder == Some(1)
}

/// Whether an IBAN is one of the printed examples.
pub fn is_example_iban(text: &[u8]) -> bool {
    EXAMPLES.iter().any(|example| example.as_bytes() == text)
}

/// Whether `text` (digits only) is a valid payment card: a range of an issuer,
/// the right length, and Luhn's checksum.
pub fn is_card(text: &[u8]) -> bool {
    let number =
        |length: usize| text.get(..length).and_then(|start| std::str::from_utf8(start).ok()?.parse::<u32>().ok());
    let (Some(one), Some(two), Some(three), Some(four)) = (number(1), number(2), number(3), number(4)) else {
        return false;
    };
    let issued = match text.len() {
        13 => one == 4,
        14 => matches!(two, 36 | 38 | 39) || (300..=305).contains(&three),
        15 => matches!(two, 34 | 37),
        16 => {
            one == 4
                || (51..=55).contains(&two)
                || (2221..=2720).contains(&four)
                || four == 6011
                || two == 65
                || (644..=649).contains(&three)
                || (3528..=3589).contains(&four)
                || two == 62
                || matches!(three, 300..=305)
        }
        19 => one == 4 || two == 62,
        _ => false,
    };
    issued && text.iter().all(u8::is_ascii_digit) && luhn(text)
}

/// Whether a card number is one for tests.
pub fn is_test_card(text: &[u8]) -> bool {
    TEST_CARDS.iter().any(|card| card.as_bytes() == text)
}

/// Luhn's checksum over decimal digits.
pub fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            if index % 2 == 0 {
                digit
            } else if digit > 4 {
                digit * 2 - 9
            } else {
                digit * 2
            }
        })
        .sum();
    sum.is_multiple_of(10)
}
