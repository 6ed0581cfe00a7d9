//! Bank accounts and payment cards: structures, ranges, and the numbers of manuals.

use crate::identifiers::numbers::{digits, mod_97, number, weighted};
use crate::identifiers::shape::{Look, Shape};

/// The structure of the accounts of one country.
struct Account {
    country: [u8; 2],
    shape: Shape,
}

/// `bban` as the registry writes it: how many of which, `n` digits, `a` letters, `c` either.
const fn account(country: &str, bban: &str) -> Account {
    let mut shape = Shape::of(country).followed_by("##");
    let mut count = 0;
    let mut rest = bban.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        if byte.is_ascii_digit() {
            count = count * 10 + (*byte - b'0');
        } else {
            while count > 0 {
                shape = shape.followed_by(match *byte {
                    b'n' => "#",
                    b'a' => "@",
                    _ => "?",
                });
                count -= 1;
            }
        }
        rest = tail;
    }
    let country = match country.as_bytes() {
        [first, second] => [*first, *second],
        _ => [0, 0],
    };
    Account { country, shape }
}

/// SWIFT's IBAN registry (ISO 13616-2), release 101, in order.
#[rustfmt::skip]
const ACCOUNTS: &[Account] = &[
    account("AD", "8n12c"),
    account("AE", "19n"),
    account("AL", "8n16c"),
    account("AT", "16n"),
    account("AZ", "4a20c"),
    account("BA", "16n"),
    account("BE", "12n"),
    account("BG", "4a6n8c"),
    account("BH", "4a14c"),
    account("BI", "23n"),
    account("BR", "23n1a1c"),
    account("BY", "4c4n16c"),
    account("CH", "5n12c"),
    account("CR", "18n"),
    account("CY", "8n16c"),
    account("CZ", "20n"),
    account("DE", "18n"),
    account("DJ", "23n"),
    account("DK", "14n"),
    account("DO", "4c20n"),
    account("EE", "16n"),
    account("EG", "25n"),
    account("ES", "20n"),
    account("FI", "14n"),
    account("FK", "2a12n"),
    account("FO", "14n"),
    account("FR", "10n11c2n"),
    account("GB", "4a14n"),
    account("GE", "2a16n"),
    account("GI", "4a15c"),
    account("GL", "14n"),
    account("GR", "7n16c"),
    account("GT", "24c"),
    account("HN", "4a20n"),
    account("HR", "17n"),
    account("HU", "24n"),
    account("IE", "4a14n"),
    account("IL", "19n"),
    account("IQ", "4a15n"),
    account("IS", "22n"),
    account("IT", "1a10n12c"),
    account("JO", "4a4n18c"),
    account("KW", "4a22c"),
    account("KZ", "3n13c"),
    account("LB", "4n20c"),
    account("LC", "4a24c"),
    account("LI", "5n12c"),
    account("LT", "16n"),
    account("LU", "3n13c"),
    account("LV", "4a13c"),
    account("LY", "21n"),
    account("MC", "10n11c2n"),
    account("MD", "20c"),
    account("ME", "18n"),
    account("MK", "3n10c2n"),
    account("MN", "16n"),
    account("MR", "23n"),
    account("MT", "4a5n18c"),
    account("MU", "4a19n3a"),
    account("NI", "4a20n"),
    account("NL", "4a10n"),
    account("NO", "11n"),
    account("OM", "3n16c"),
    account("PK", "4a16c"),
    account("PL", "24n"),
    account("PS", "4a21c"),
    account("PT", "21n"),
    account("QA", "4a21c"),
    account("RO", "4a16c"),
    account("RS", "18n"),
    account("RU", "14n15c"),
    account("SA", "2n18c"),
    account("SC", "4a20n3a"),
    account("SD", "14n"),
    account("SE", "20n"),
    account("SI", "15n"),
    account("SK", "20n"),
    account("SM", "1a10n12c"),
    account("SO", "19n"),
    account("ST", "21n"),
    account("SV", "4a20n"),
    account("TL", "19n"),
    account("TN", "20n"),
    account("TR", "6n16c"),
    account("UA", "6n19c"),
    account("VA", "18n"),
    account("VG", "4a16n"),
    account("XK", "16n"),
    account("YE", "4a4n18c"),
];

/// Whether `text` (upper case, without separators) is a valid IBAN: the structure of its country (ISO 13616-1),
/// ISO 7064 mod 97-10, and the national check where there is one for all banks of the country.
pub fn is_iban(text: &[u8]) -> bool {
    let Some((country, rest)) = text.split_first_chunk::<2>() else { return false };
    let found = ACCOUNTS.binary_search_by(|account| account.country.cmp(country));
    let account = found.ok().and_then(|index| ACCOUNTS.get(index));
    if !account.is_some_and(|account| account.shape.fits(&Look::of(text))) {
        return false;
    }
    let (check, bban) = rest.split_at_checked(2).unwrap_or((rest, &[]));
    let turned = bban.iter().chain(country).chain(check).copied();
    mod_97(turned) == Some(1) && national(country, bban)
}

/// Checks within the account number: of Belgium and Montenegro mod 97, of Spain (Código Cuenta Cliente) and Norway
/// (Bits, kontonummer) mod 11.
fn national(country: &[u8; 2], bban: &[u8]) -> bool {
    match country {
        b"BE" => digits::<12>(bban).is_some_and(|all| {
            let (body, check) = all.split_at_checked(10).unwrap_or((&all, &[]));
            let rest = number(body) % 97;
            number(check) == if rest == 0 { 97 } else { rest }
        }),
        b"ME" => mod_97(bban.iter().copied()) == Some(1),
        b"NO" => norwegian(bban),
        b"ES" => digits::<20>(bban).is_some_and(|all| {
            let [b0, b1, b2, b3, o0, o1, o2, o3, c1, c2, account @ ..] = all;
            spanish(&[0, 0, b0, b1, b2, b3, o0, o1, o2, o3]) == c1 && spanish(&account) == c2
        }),
        _ => true,
    }
}

fn spanish(digits: &[u32; 10]) -> u32 {
    let rest = weighted(digits, &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512]) % 11;
    if rest < 2 { rest } else { 11 - rest }
}

/// Accounts of the former post bank (0000 first) have the check of Luhn over the other seven.
fn norwegian(bban: &[u8]) -> bool {
    if let [b'0', b'0', b'0', b'0', post @ ..] = bban {
        return luhn(post);
    }
    let Some(all @ [.., check]) = digits::<11>(bban) else { return false };
    weighted(&all, &[6, 7, 8, 9, 4, 5, 6, 7, 8, 9]) % 11 == check
}

/// Accounts of the registry and of manuals of banks, in order.
#[rustfmt::skip]
pub const EXAMPLES: &[&str] = &[
    "AD1200012030200359100100",
    "AE070331234567890123456",
    "AL47212110090000000235698741",
    "AT483200000012345864",
    "AT611904300234573201",
    "AZ21NABZ00000000137010001944",
    "BA391290079401028494",
    "BE68539007547034",
    "BE71096123456769",
    "BG80BNBG96611020345678",
    "BH67BMAG00001299123456",
    "BR1800360305000010009795493C1",
    "BR9700360305000010009795493P1",
    "BY13NBRB3600900000002Z00AB00",
    "CH5604835012345678009",
    "CH9300762011623852957",
    "CR05015202001026284066",
    "CY17002001280000001200527600",
    "CZ6508000000192000145399",
    "CZ9455000000001011038930",
    "DE02500105170137075030",
    "DE12500105170648489890",
    "DE75512108001245126199",
    "DE89370400440532013000",
    "DE91100000000123456789",
    "DK5000400440116243",
    "DO28BAGR00000001212453611324",
    "EE382200221020145685",
    "EG380019000500000000263180002",
    "ES7921000813610123456789",
    "ES9121000418450200051332",
    "FI1410093000123458",
    "FI2112345600000785",
    "FO6264600001631634",
    "FR1420041010050500013M02606",
    "FR7630001007941234567890185",
    "FR7630006000011234567890189",
    "GB29NWBK60161331926819",
    "GB33BUKB20201555555555",
    "GB82WEST12345698765432",
    "GE29NB0000000101904917",
    "GI75NWBK000000007099453",
    "GL8964710001000206",
    "GR1601101250000000012300695",
    "GT82TRAJ01020000001210029690",
    "HR1210010051863000160",
    "HU42117730161111101800000000",
    "IE29AIBK93115212345678",
    "IE64IRCE92050112345678",
    "IL620108000000099999999",
    "IQ98NBIQ850123456789012",
    "IS140159260076545510730339",
    "IT60X0542811101000000123456",
    "JO94CBJO0010000000000131000302",
    "KW81CBKU0000000000001234560101",
    "KZ86125KZT5004100100",
    "LB62099900000001001901229114",
    "LC55HEMM000100010012001200023015",
    "LI21088100002324013AA",
    "LT121000011101001000",
    "LU120010001234567891",
    "LU280019400644750000",
    "LV80BANK0000435195001",
    "MC5811222000010123456789030",
    "MD24AG000225100013104168",
    "ME25505000012345678951",
    "MK07250120000058984",
    "MR1300020001010000123456753",
    "MT84MALT011000012345MTLCAST001S",
    "MU17BOMM0101101030300200000MUR",
    "NL02ABNA0123456789",
    "NL91ABNA0417164300",
    "NO9386011117947",
    "PK36SCBL0000001123456702",
    "PL61109010140000071219812874",
    "PS92PALS000000000400123456702",
    "PT50000201231234567890154",
    "PT50002700000001234567833",
    "QA58DOHB00001234567890ABCDEFG",
    "RO49AAAA1B31007593840000",
    "RS35260005601001611379",
    "SA0380000000608010167519",
    "SC18SSCB11010000000000001497USD",
    "SE4550000000058398257466",
    "SE7280000810340009783242",
    "SI56191000000123438",
    "SI56263300012039086",
    "SK3112000000198742637541",
    "SM86U0322509800000000270100",
    "ST23000100010051845310146",
    "SV62CENR00000000000000700025",
    "TL380080012345678910157",
    "TN5910006035183598478831",
    "TR330006100519786457841326",
    "UA213223130000026007233566001",
    "VA59001123000012345678",
    "VG96VPVG0000012345678901",
    "XK051212012345678906",
];

/// Card numbers that payment providers hand out for tests, in order.
#[rustfmt::skip]
pub const TEST_CARDS: &[&str] = &[
    "2200000000000004",
    "2222400070000005",
    "2222405343248877",
    "2222410740360010",
    "2222420000001113",
    "2223003122003222",
    "3056930009020004",
    "30569309025904",
    "3530111333300000",
    "3566002020360505",
    "3569990010095841",
    "36227206271667",
    "36700102000000",
    "370000000000002",
    "371449635398431",
    "374245455400126",
    "378282246310005",
    "378734493671000",
    "38520000023237",
    "4000000000000002",
    "4000000760000002",
    "4000002500000003",
    "4000056655665556",
    "4000060000000006",
    "4000180000000002",
    "4000620000000007",
    "4001590000000001",
    "4012888888881881",
    "4111111111111111",
    "4166676667666746",
    "4222222222222",
    "4242424242424242",
    "4263982640269299",
    "4293189100000008",
    "4444333322221111",
    "4462030000000000",
    "4539791001730106",
    "4646464646464644",
    "4911830000000",
    "4917484589897107",
    "4917610000000000",
    "4977949494949497",
    "4988080000000000",
    "4988438843884305",
    "5019717010103742",
    "5100060000000002",
    "5105105105105100",
    "5136333333333335",
    "5200000000000007",
    "5200828282828210",
    "5413330089600119",
    "5425233430109903",
    "5454545454545454",
    "5454609899026213",
    "5555341244441115",
    "5555444433331111",
    "5555555555554444",
    "5577000055770004",
    "5585558555855583",
    "6011000990139424",
    "6011111111111117",
    "6011601160116611",
    "6011981111111113",
    "6062826786276634",
    "6200000000000005",
    "6200000000000047",
    "6205500000000000004",
    "6250941006528599",
    "6304000000000000",
    "6304939304310009610",
    "6445644564456445",
    "6759649826438453",
    "6771798021000008",
    "6771830000000000006",
    "6799990100000000019",
];

/// Whether an IBAN is one of the printed examples.
pub fn is_example_iban(text: &[u8]) -> bool {
    listed(EXAMPLES, text)
}

/// Whether a card number is one for tests.
pub fn is_test_card(text: &[u8]) -> bool {
    listed(TEST_CARDS, text)
}

/// Whether a list, which is in order, holds `text`.
pub fn listed(list: &[&str], text: &[u8]) -> bool {
    list.binary_search_by(|one| one.as_bytes().cmp(text)).is_ok()
}

/// Whether `text` (digits only) is a valid payment card (ISO/IEC 7812-1): a range of an issuer, a length that it
/// gives, and Luhn's check.
pub fn is_card(text: &[u8]) -> bool {
    let Some(prefix) = text.get(..6).and_then(digits::<6>) else { return false };
    let lengths = u32::try_from(number(&prefix)).map_or(0, issued);
    lengths >> text.len().min(31) & 1 == 1 && text.iter().all(u8::is_ascii_digit) && luhn(text)
}

const fn lengths(from: u32, to: u32) -> u32 {
    (1 << (to + 1)) - (1 << from)
}

/// The lengths (as bits) that are given in the range of six digits: what issuers publish of theirs.
fn issued(prefix: u32) -> u32 {
    match prefix {
        // Mir.
        220_000..=220_499 => lengths(16, 19),
        // Mastercard.
        222_100..=272_099 | 510_000..=559_999 => lengths(16, 16),
        // Diners Club.
        300_000..=305_999 | 309_500..=309_599 | 360_000..=369_999 | 380_000..=399_999 => lengths(14, 19),
        // American Express.
        340_000..=349_999 | 370_000..=379_999 => lengths(15, 15),
        // JCB.
        352_800..=358_999 => lengths(16, 19),
        // Visa.
        400_000..=499_999 => lengths(13, 13) | lengths(16, 16) | lengths(19, 19),
        // Dankort.
        501_900..=501_999 => lengths(16, 16),
        // Maestro, as it is given most.
        501_800..=501_899 | 502_000..=502_099 | 503_800..=503_899 | 589_300..=589_399 | 630_400..=630_499 => {
            lengths(12, 19)
        }
        675_900..=675_999 | 676_100..=676_399 => lengths(12, 19),
        // Discover.
        601_100..=601_199 | 644_000..=659_999 => lengths(16, 19),
        // UnionPay.
        620_000..=629_999 => lengths(16, 19),
        // RuPay, and the other ranges that Maestro shares.
        500_000..=509_999 | 560_000..=619_999 | 630_000..=639_999 | 670_000..=679_999 | 810_000..=829_999 => {
            lengths(16, 19)
        }
        // Troy.
        979_200..=979_299 => lengths(16, 16),
        _ => 0,
    }
}

/// Luhn's checksum over decimal digits.
pub fn luhn(digits: &[u8]) -> bool {
    // Twice a digit, its two digits added.
    const DOUBLED: [u8; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let counted = digits.iter().rev().enumerate().try_fold(0u32, |sum, (index, byte)| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        let value = if index % 2 == 0 { digit } else { *DOUBLED.get(usize::from(digit))? };
        Some(sum + u32::from(value))
    });
    !digits.is_empty() && counted.is_some_and(|sum| sum.is_multiple_of(10))
}

#[cfg(test)]
mod tests {
    use super::{ACCOUNTS, EXAMPLES, TEST_CARDS, is_card, is_example_iban, is_iban, is_test_card};

    #[test]
    fn tables_are_in_order_and_examples_are_valid() {
        assert!(ACCOUNTS.is_sorted_by(|a, b| a.country < b.country));
        assert!(EXAMPLES.is_sorted() && TEST_CARDS.is_sorted());
        let wrong: Vec<&&str> = EXAMPLES
            .iter()
            .filter(|text| !is_iban(text.as_bytes()) || !is_example_iban(text.as_bytes()))
            .chain(TEST_CARDS.iter().filter(|text| !is_card(text.as_bytes()) || !is_test_card(text.as_bytes())))
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
