//! Numbers of devices and vehicles, which point to who uses them (recital 30).

use super::numbers::{Thousand, digits, is_luhn, letter, number};
use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "imei",
        title: "the number of a telephone (IMEI)",
        category: Category::DeviceData,
        country: "",
        lengths: &[15],
        shapes: &[Shape::of("###############")],
        // 3GPP TS 23.003, 6.2.1 and annex B.
        valid: |text| digits::<15>(text).is_some_and(|number| is_luhn(&number)),
        words: &["imei"],
        proof: Proof::Word,
    },
    Rule {
        kind: "imsi",
        title: "the number of a SIM card (IMSI)",
        category: Category::DeviceData,
        country: "",
        lengths: &[14, 15],
        shapes: &[Shape::of("##############"), Shape::of("###############")],
        valid: imsi,
        words: &["imsi"],
        proof: Proof::Word,
    },
    Rule {
        kind: "mac-address",
        title: "a MAC address",
        category: Category::DeviceData,
        country: "",
        lengths: &[12],
        shapes: &[Shape::of("????????????").starting("0123456789ABCDEF")],
        // IEEE 802, EUI-48: any twelve hexadecimal digits. Who made the device tells a list that grows every day.
        valid: |text| text.len() == 12 && text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F')),
        words: &["mac", "macaddress", "hwaddr", "ethernet", "bssid", "wlan"],
        proof: Proof::Word,
    },
    Rule {
        kind: "vehicle-number",
        title: "a vehicle identification number",
        category: Category::DeviceData,
        country: "",
        lengths: &[17],
        shapes: &[Shape::of("?????????????####")],
        valid: |text| vehicle(text).is_some_and(|valid| valid),
        words: &["vin", "fin", "fahrgestell", "chassis", "vehicleidentification", "telaio", "bastidor", "vehicleid"],
        proof: Proof::Word,
    },
];

/// Mobile country codes (ITU-T E.212, annex).
#[rustfmt::skip]
const COUNTRIES: Thousand = Thousand::of(&[
    1, 202, 204, 206, 208, 212, 213, 214, 216, 218, 219, 220, 221, 222, 226, 228, 230, 231, 232, 234, 235, 238, 240,
    242, 244, 246, 247, 248, 250, 255, 257, 259, 260, 262, 266, 268, 270, 272, 274, 276, 278, 280, 282, 283, 284,
    286, 288, 289, 290, 292, 293, 294, 295, 297, 302, 308, 310, 311, 312, 313, 314, 316, 330, 334, 338, 340, 342,
    344, 346, 348, 350, 352, 354, 356, 358, 360, 362, 363, 364, 365, 366, 368, 370, 372, 374, 376, 400, 401, 402,
    404, 405, 410, 412, 413, 414, 415, 416, 417, 418, 419, 420, 421, 422, 424, 425, 426, 427, 428, 429, 432, 434,
    436, 437, 438, 440, 441, 450, 452, 454, 455, 456, 457, 460, 466, 467, 470, 472, 502, 505, 510, 514, 515, 520,
    525, 528, 530, 536, 537, 539, 540, 541, 542, 543, 544, 545, 546, 547, 548, 549, 550, 551, 552, 553, 554, 555,
    602, 603, 604, 605, 606, 607, 608, 609, 610, 611, 612, 613, 614, 615, 616, 617, 618, 619, 620, 621, 622, 623,
    624, 625, 626, 627, 628, 629, 630, 631, 632, 633, 634, 635, 636, 637, 638, 639, 640, 641, 642, 643, 645, 646,
    647, 648, 649, 650, 651, 652, 653, 654, 655, 657, 658, 659, 702, 704, 706, 708, 710, 712, 714, 716, 722, 724,
    730, 732, 734, 736, 738, 740, 742, 744, 746, 748, 750, 901, 902, 991, 995, 999,
]);

/// IMSI (ITU-T E.212; 3GPP TS 23.003, 2.2): country, network, subscriber; no check.
fn imsi(text: &[u8]) -> bool {
    let country = text.get(..3).and_then(digits::<3>);
    matches!(text.len(), 14 | 15)
        && text.iter().all(u8::is_ascii_digit)
        && country.is_some_and(|country| COUNTRIES.has(number(&country)))
}

/// VIN (ISO 3779, 4.3): no I, O or Q, four digits at the end. Makers of North America (ISO 3780: 1 to 5) and of China
/// (L) put a check at the ninth place (49 CFR 565.15(c), GB 16735); others need not.
fn vehicle(text: &[u8]) -> Option<bool> {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let text: &[u8; 17] = text.try_into().ok()?;
    let sum =
        text.iter().zip(WEIGHTS).try_fold(0, |sum, (byte, weight)| Some(sum + transliterated(*byte)? * weight))?;
    let [maker, _, _, _, _, _, _, _, check, .., a, b, c, d] = text;
    let ends = [a, b, c, d].into_iter().all(u8::is_ascii_digit);
    let checked = letter(b"0123456789X", u64::from(sum % 11)) == Some(*check);
    Some(ends && (checked || !matches!(maker, b'1'..=b'5' | b'L')))
}

/// What a letter counts: its place in its row of nine (A, J and S first; S counts 2).
fn transliterated(byte: u8) -> Option<u32> {
    match byte {
        b'I' | b'O' | b'Q' => None,
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'A'..=b'H' => Some(u32::from(byte - b'A') + 1),
        b'J'..=b'R' => Some(u32::from(byte - b'J') + 1),
        b'S'..=b'Z' => Some(u32::from(byte - b'S') + 2),
        _ => None,
    }
}
