//! What only looks like personal data: near misses.

use cloister_dice::Dice;

use crate::language::Language;
use crate::numbers::fill;

/// Class, the key of its labels in the files of languages, what programmers call it, what it looks like.
type Near = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

/// All classes.
#[rustfmt::skip]
pub const NEAR: &[Near] = &[
    ("order-number", "order", &["order id", "order number", "order no"], &["##########", "###########", "45-########", "#########", "AB########"]),
    ("invoice-number", "invoice", &["invoice no", "invoice number", "document number"], &["20########", "###########", "RE-2024-#####", "#############"]),
    ("tracking-number", "tracking", &["tracking number", "shipment id", "parcel"], &["00340###############", "1Z###@#@##########", "############", "RR#########DE"]),
    ("serial-number", "article", &["serial number", "sku", "article no", "part number"], &["SN##########", "##########", "#########@", "A-####-######"]),
    ("price", "price", &["amount", "total", "price cents"], &["1#.###,## €", "####.##", "########", "EUR ### ###.##"]),
    ("uuid", "", &["request id", "trace id", "uuid"], &["<hex8>-<hex4>-4<hex3>-a<hex3>-<hex12>"]),
    ("hash", "", &["sha256", "digest", "etag"], &["<hex64>", "<hex40>", "sha256:<hex64>"]),
    ("timestamp", "", &["created at", "timestamp", "updated", "ts"], &["17########", "17###########", "2024-0%-1%T0#:3#:4#.###Z", "20240%1%0#3#4#", "20250%2%"]),
    ("version", "", &["version", "build", "release"], &["1.#.#+202401010#3#", "v#.##.###", "2024.0%.1%.####", "10.0.#####.####"]),
    ("isbn", "", &["isbn", "book"], &["978-3-##-######-#", "978##########"]),
    ("ean", "article", &["ean", "gtin", "barcode"], &["40###########", "590##########"]),
    ("phone-like", "", &["session id", "batch", "job id", "offset"], &["0##########", "00##########", "0##-#######", "49##########"]),
    ("ip-like", "", &["build id", "checksum", "port range"], &["10.##.##.#", "#####-#####", "####:####:####"]),
];

/// A text of this class.
pub fn text(class: &str, dice: &mut Dice) -> String {
    let shapes = NEAR.iter().find(|(own, ..)| *own == class).map_or(&[][..], |(.., shapes)| *shapes);
    let shape = dice.pick(shapes);
    let mut parts = shape.split("<hex");
    let mut text = fill(parts.next().unwrap_or(""), dice);
    for part in parts {
        let (count, rest) = part.split_once('>').unwrap_or((part, ""));
        text.extend((0..count.parse().unwrap_or(0)).map(|_| dice.pick(&HEX)));
        text.push_str(&fill(rest, dice));
    }
    text
}

const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];

/// What a document calls it: by people (empty where they have no word), by programmers.
pub fn called(class: &str, language: &Language, dice: &mut Dice) -> (&'static str, &'static [&'static str]) {
    let Some((_, labels, keys, _)) = NEAR.iter().find(|(own, ..)| *own == class) else { return ("", &[]) };
    (if labels.is_empty() { "" } else { language.label(labels, dice) }, keys)
}
