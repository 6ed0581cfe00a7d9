//! Numbers of the value added tax of the 27 member states and of Northern Ireland (Directive 2006/112/EC, Art. 214 and
//! 215: the country's code first, and EL for Greece). Sole traders have them too, and some hold a personal number.

mod north;
mod south;
mod west;

use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    vat("at-vat", "an Austrian VAT number", "AT", &[11], &[Shape::of("ATU########")], west::austrian),
    vat(
        "be-vat",
        "a Belgian VAT number",
        "BE",
        &[11, 12],
        &[Shape::of("BE#########"), Shape::of("BE##########")],
        west::belgian,
    ),
    vat(
        "bg-vat",
        "a Bulgarian VAT number",
        "BG",
        &[11, 12],
        &[Shape::of("BG#########"), Shape::of("BG##########")],
        south::bulgarian,
    ),
    vat("cy-vat", "a Cypriot VAT number", "CY", &[11], &[Shape::of("CY########@")], south::cypriot),
    vat(
        "cz-vat",
        "a Czech VAT number",
        "CZ",
        &[10, 11, 12],
        &[Shape::of("CZ########"), Shape::of("CZ#########"), Shape::of("CZ##########")],
        north::czech,
    ),
    vat("de-vat", "a German VAT number", "DE", &[11], &[Shape::of("DE#########")], west::german),
    vat("dk-vat", "a Danish VAT number", "DK", &[10], &[Shape::of("DK########")], north::danish),
    vat("ee-vat", "an Estonian VAT number", "EE", &[11], &[Shape::of("EE#########")], north::estonian),
    vat(
        "gr-vat",
        "a Greek VAT number",
        "GR",
        &[11],
        &[Shape::of("EL#########"), Shape::of("GR#########")],
        south::greek,
    ),
    vat("es-vat", "a Spanish VAT number", "ES", &[11], &[Shape::of("ES?#######?")], south::spanish),
    vat("fi-vat", "a Finnish VAT number", "FI", &[10], &[Shape::of("FI########")], north::finnish),
    vat("fr-vat", "a French VAT number", "FR", &[13], &[Shape::of("FR??#########")], west::french),
    vat("hr-vat", "a Croatian VAT number", "HR", &[13], &[Shape::of("HR###########")], south::croatian),
    vat("hu-vat", "a Hungarian VAT number", "HU", &[10], &[Shape::of("HU########")], north::hungarian),
    vat(
        "ie-vat",
        "an Irish VAT number",
        "IE",
        &[10, 11],
        &[Shape::of("IE#?#####@"), Shape::of("IE#?#####@@")],
        west::irish,
    ),
    vat("it-vat", "an Italian VAT number", "IT", &[13], &[Shape::of("IT###########")], south::italian),
    vat(
        "lt-vat",
        "a Lithuanian VAT number",
        "LT",
        &[11, 14],
        &[Shape::of("LT#########"), Shape::of("LT############")],
        north::lithuanian,
    ),
    vat("lu-vat", "a Luxembourg VAT number", "LU", &[10], &[Shape::of("LU########")], west::luxembourgish),
    vat("lv-vat", "a Latvian VAT number", "LV", &[13], &[Shape::of("LV###########")], north::latvian),
    vat("mt-vat", "a Maltese VAT number", "MT", &[10], &[Shape::of("MT########")], south::maltese),
    vat("nl-vat", "a Dutch VAT number", "NL", &[14], &[Shape::of("NL#########B##")], west::dutch),
    vat("pl-vat", "a Polish VAT number", "PL", &[12], &[Shape::of("PL##########")], north::polish),
    vat("pt-vat", "a Portuguese VAT number", "PT", &[11], &[Shape::of("PT#########")], south::portuguese),
    vat(
        "ro-vat",
        "a Romanian VAT number",
        "RO",
        &[4, 5, 6, 7, 8, 9, 10, 11, 12, 15],
        &[
            Shape::of("RO##"),
            Shape::of("RO###"),
            Shape::of("RO####"),
            Shape::of("RO#####"),
            Shape::of("RO######"),
            Shape::of("RO#######"),
            Shape::of("RO########"),
            Shape::of("RO#########"),
            Shape::of("RO##########"),
            Shape::of("RO#############"),
        ],
        south::romanian,
    ),
    vat("se-vat", "a Swedish VAT number", "SE", &[14], &[Shape::of("SE##########01")], north::swedish),
    vat("si-vat", "a Slovenian VAT number", "SI", &[10], &[Shape::of("SI########")], south::slovenian),
    vat("sk-vat", "a Slovak VAT number", "SK", &[12], &[Shape::of("SK##########")], north::slovak),
    vat(
        "xi-vat",
        "a VAT number of Northern Ireland",
        "GB",
        &[7, 11, 13, 14],
        &[Shape::of("XI@@###"), Shape::of("XI#########"), Shape::of("XI@@#########"), Shape::of("XI############")],
        west::northern_irish,
    ),
];

const fn vat(
    kind: &'static str,
    title: &'static str,
    country: &'static str,
    lengths: &'static [usize],
    shapes: &'static [Shape],
    valid: fn(&[u8]) -> bool,
) -> Rule {
    let category = Category::TaxIdentifier;
    Rule { kind, title, category, country, lengths, shapes, valid, words: WORDS, proof: Proof::Word }
}

/// What the number is called in the languages of the Union.
const WORDS: &[&str] = &[
    "vat",
    "vatid",
    "vatin",
    "vatnumber",
    "vatregistration",
    "ustid",
    "ustidnr",
    "umsatzsteuer",
    "mwst",
    "tva",
    "btw",
    "iva",
    "nif",
    "partitaiva",
    "piva",
    "moms",
    "alv",
    "kmkr",
    "pvn",
    "pvm",
    "nip",
    "dic",
    "icdph",
    "dph",
    "ddv",
    "pdv",
    "afa",
    "adoszam",
    "afm",
    "fpa",
    "dds",
    "vies",
];

/// What stands behind the code of the country.
fn behind<'a>(text: &'a [u8], country: &[u8]) -> Option<&'a [u8]> {
    text.strip_prefix(country)
}
