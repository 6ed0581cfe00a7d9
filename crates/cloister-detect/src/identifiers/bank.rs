//! Bank accounts, banks and payment cards.

use super::numbers::place;
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;
use crate::finance::{is_card, is_iban};

pub const RULES: &[Rule] = &[
    Rule {
        kind: "iban",
        title: "a bank account (IBAN)",
        category: Category::BankDetails,
        country: "",
        lengths: &[15, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33],
        shapes: &[
            iban("???????????"),
            iban("????????????"),
            iban("??????????????"),
            iban("???????????????"),
            iban("????????????????"),
            iban("?????????????????"),
            iban("??????????????????"),
            iban("???????????????????"),
            iban("????????????????????"),
            iban("?????????????????????"),
            iban("??????????????????????"),
            iban("???????????????????????"),
            iban("????????????????????????"),
            iban("?????????????????????????"),
            iban("??????????????????????????"),
            iban("???????????????????????????"),
            iban("????????????????????????????"),
            iban("?????????????????????????????"),
        ],
        valid: is_iban,
        words: &["iban", "account", "konto", "bank"],
        proof: Proof::Nothing,
    },
    Rule {
        kind: "bic",
        title: "the code of a bank (BIC)",
        category: Category::BankDetails,
        country: "",
        lengths: &[8, 11],
        shapes: &[Shape::of("@@@@@@??"), Shape::of("@@@@@@?????")],
        valid: is_code_of_bank,
        words: &["bic", "swift", "swiftcode"],
        proof: Proof::Word,
    },
    Rule {
        kind: "payment-card",
        title: "a payment card number",
        category: Category::PaymentCard,
        country: "",
        lengths: &[12, 13, 14, 15, 16, 17, 18, 19],
        shapes: &[
            card("############"),
            card("#############"),
            card("##############"),
            card("###############"),
            card("################"),
            card("#################"),
            card("##################"),
            card("###################"),
        ],
        valid: is_card,
        words: &["card", "creditcard", "visa", "mastercard", "amex", "kreditkarte", "cardnumber", "ccnumber"],
        proof: Proof::WordOrGroups,
    },
];

const fn iban(account: &str) -> Shape {
    Shape::of("@@##").followed_by(account)
}

const fn card(digits: &str) -> Shape {
    Shape::of(digits).starting("23456789")
}

/// Countries and territories of ISO 3166-1, and Kosovo.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO \
    FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE \
    JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO \
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW \
    PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM \
    TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

const KNOWN: [u32; 26] = known();

const fn known() -> [u32; 26] {
    let mut known = [0u32; 26];
    let mut rest = COUNTRIES.as_bytes();
    while let [first, second, tail @ ..] = rest {
        if let Some((_, [row, ..])) = known.split_at_mut_checked((*first - b'A') as usize) {
            *row |= 1 << (*second - b'A');
        }
        rest = match tail {
            [_, tail @ ..] => tail,
            [] => &[],
        };
    }
    known
}

/// BIC (ISO 9362): four letters, the country, two of the place, three of the branch; no check.
pub fn is_code_of_bank(text: &[u8]) -> bool {
    let [a, b, c, d, c1, c2, rest @ ..] = text else { return false };
    let country = place(*c1).zip(place(*c2)).is_some_and(|(first, second)| {
        let row = usize::try_from(first).ok().and_then(|index| KNOWN.get(index));
        row.is_some_and(|row| row >> second & 1 == 1)
    });
    matches!(rest.len(), 2 | 5)
        && [a, b, c, d].into_iter().all(u8::is_ascii_uppercase)
        && country
        && rest.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
