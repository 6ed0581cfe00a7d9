//! The United Kingdom.

use super::numbers::{Thousand, digits, is_short_date, letter, number, weighted};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "gb-driving-licence",
        title: "a British driving licence",
        category: Category::IdentityDocument,
        country: "GB",
        lengths: &[16],
        shapes: &[Shape::of("@????######??#@@")],
        valid: |text| driving_licence(text).is_some_and(|valid| valid),
        words: &["drivinglicence", "driverlicense", "driverslicense", "driverlicence", "drivernumber", "dvla"],
        proof: Proof::Word,
    },
    Rule {
        kind: "gb-nhs-number",
        title: "an NHS number",
        category: Category::Health,
        country: "GB",
        lengths: &[10],
        shapes: &[Shape::of("##########")],
        valid: nhs,
        words: &["nhs"],
        proof: Proof::Word,
    },
    Rule {
        kind: "gb-national-insurance",
        title: "a National Insurance number",
        category: Category::SocialSecurityNumber,
        country: "GB",
        lengths: &[9],
        shapes: &[Shape::of("@@######@").starting("ABCEGHJKLMNOPRSTWXYZ")],
        valid: national_insurance,
        words: &["nino", "nationalinsurance", "ninumber"],
        proof: Proof::Word,
    },
    Rule {
        kind: "gb-tax-reference",
        title: "a British tax reference",
        category: Category::TaxIdentifier,
        country: "GB",
        lengths: &[10],
        shapes: &[Shape::of("##########").starting("123456789")],
        valid: tax_reference,
        words: &["utr", "taxpayerreference", "taxreference"],
        proof: Proof::Word,
    },
    Rule {
        kind: "gb-pupil-number",
        title: "a British unique pupil number",
        category: Category::Education,
        country: "GB",
        lengths: &[13],
        shapes: &[Shape::of("@###########?").starting("ABCDEFGHJKLMNPQRTUVWXYZ")],
        valid: |text| pupil(text).is_some_and(|valid| valid),
        words: &["upn", "uniquepupil", "pupilnumber"],
        proof: Proof::Word,
    },
];

/// NHS number (NHS Data Dictionary): weights 10 to 1, mod 11.
fn nhs(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|all| weighted(&all, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))
}

/// National Insurance number (HMRC, NIM39110): letters that are given, six digits, A to D; no check.
fn national_insurance(text: &[u8]) -> bool {
    let [first, second, middle @ .., last] = text else { return false };
    let never = matches!(&[*first, *second], b"BG" | b"GB" | b"KN" | b"NK" | b"NT" | b"TN" | b"ZZ");
    let given = |byte: &u8| byte.is_ascii_uppercase() && !b"DFIQUV".contains(byte);
    given(first)
        && given(second)
        && *second != b'O'
        && !never
        && digits::<6>(middle).is_some()
        && (b'A'..=b'D').contains(last)
}

/// Unique taxpayer reference (HMRC, SA validation): the first digit is the check of the others.
fn tax_reference(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|[check, rest @ ..]| {
        let found = letter(b"21987654321", u64::from(weighted(&rest, &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11));
        found.map(|byte| u32::from(byte - b'0')) == Some(check)
    })
}

/// Numbers of local authorities that give pupil numbers.
#[rustfmt::skip]
const AUTHORITIES: Thousand = Thousand::of(&[
    201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211, 212, 213, 301, 302, 303, 304, 305, 306, 307, 308, 309, 310,
    311, 312, 313, 314, 315, 316, 317, 318, 319, 320, 330, 331, 332, 333, 334, 335, 336, 340, 341, 342, 343, 344, 350,
    351, 352, 353, 354, 355, 356, 357, 358, 359, 370, 371, 372, 373, 380, 381, 382, 383, 384, 390, 391, 392, 393, 394,
    420, 800, 801, 802, 803, 805, 806, 807, 808, 810, 811, 812, 813, 815, 816, 821, 822, 823, 825, 826, 830, 831, 835,
    836, 837, 840, 841, 845, 846, 850, 851, 852, 855, 856, 857, 860, 861, 865, 866, 867, 868, 869, 870, 871, 872, 873,
    874, 876, 877, 878, 879, 880, 881, 882, 883, 884, 885, 886, 887, 888, 889, 890, 891, 892, 893, 894, 895, 896, 908,
    909, 916, 919, 921, 925, 926, 928, 929, 931, 933, 935, 936, 937, 938,
]);

/// UPN (Department for Education, Unique pupil numbers): check letter mod 23, authority, school and year, serial; a
/// letter ends a temporary one.
fn pupil(text: &[u8]) -> Option<bool> {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRTUVWXYZ";
    let [check, middle @ .., last] = text else { return None };
    let all = digits::<11>(middle)?;
    let end = match last {
        b'0'..=b'9' => u32::from(last - b'0'),
        letter => u32::try_from(LETTERS.iter().position(|known| known == letter)?).ok()?,
    };
    let sum = weighted(&all, &[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) + 13 * end;
    let authority = number(all.get(..3)?);
    Some(AUTHORITIES.has(authority) && letter(LETTERS, u64::from(sum % 23)) == Some(*check))
}

/// Driver number (DVLA, INF1D): five of the surname with 9 for what is missing, decade, month (raised by 50 for women),
/// day, year, initials with 9, a digit, two letters that DVLA's computer checks.
fn driving_licence(text: &[u8]) -> Option<bool> {
    let (surname, rest) = text.split_at_checked(5)?;
    let [y1, m1, m2, d1, d2, y2, i1, i2, _, c1, c2] = rest else { return None };
    let [y1, m1, m2, d1, d2, y2] = digits::<6>(&[*y1, *m1, *m2, *d1, *d2, *y2])?;
    let month = (m1 * 10 + m2) % 50;
    let nines = surname.iter().skip_while(|byte| byte.is_ascii_uppercase()).all(|byte| *byte == b'9');
    let initial = |byte: &u8| byte.is_ascii_uppercase() || *byte == b'9';
    let letters = surname.first().is_some_and(u8::is_ascii_uppercase) && initial(i1) && initial(i2);
    let dated = is_short_date(y1 * 10 + y2, month, d1 * 10 + d2);
    let ends = c1.is_ascii_uppercase() && c2.is_ascii_uppercase() && rest.get(8).is_some_and(u8::is_ascii_digit);
    Some(nines && letters && dated && ends)
}
