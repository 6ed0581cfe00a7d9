//! Documents of any state, whose numbers have a form and no check that could be asked: only behind their word.

use super::shape::Shape;
use super::{Proof, Rule};
use crate::detection::Category;

pub const RULES: &[Rule] = &[
    Rule {
        kind: "passport",
        title: "a passport",
        category: Category::IdentityDocument,
        country: "",
        lengths: &[8, 9],
        shapes: &[Shape::of("????????"), Shape::of("?????????")],
        // ICAO 9303 part 4, 4.2.2: up to nine letters and digits, the check stands in the MRZ.
        valid: |text| matches!(text.len(), 8 | 9) && has_digits(text, 5),
        words: &[
            "passport",
            "passeport",
            "reisepass",
            "paspoort",
            "pasaporte",
            "passaporto",
            "passaporte",
            "paszport",
            "cestovnipas",
            "cestovnypas",
            "pasaport",
            "putovnica",
            "potnilist",
            "utlevel",
            "passinumero",
            "passnummer",
            "pasonumeris",
            "pasesnumurs",
            "passinumber",
            "diavatirio",
        ],
        proof: Proof::Word,
    },
    Rule {
        kind: "driving-licence",
        title: "a driving licence",
        category: Category::IdentityDocument,
        country: "",
        lengths: &[8, 9, 10, 11, 12, 13, 14, 15, 16],
        shapes: &[
            Shape::of("????????"),
            Shape::of("?????????"),
            Shape::of("??????????"),
            Shape::of("???????????"),
            Shape::of("????????????"),
            Shape::of("?????????????"),
            Shape::of("??????????????"),
            Shape::of("???????????????"),
            Shape::of("????????????????"),
        ],
        // Directive 2006/126/EC, annex I, field 5 leaves the number to each state.
        valid: |text| (8..=16).contains(&text.len()) && has_digits(text, 5),
        words: &[
            "drivinglicence",
            "drivinglicense",
            "driverlicense",
            "driverslicense",
            "driverlicence",
            "permisdeconduire",
            "permisconduire",
            "permisodeconducir",
            "carnetdeconducir",
            "patentediguida",
            "patenteguida",
            "rijbewijs",
            "prawojazdy",
            "korkort",
            "forerkort",
            "kortekort",
            "ajokortti",
            "vezetoiengedely",
            "cartadeconducao",
            "ridicskyprukaz",
            "vodickypreukaz",
            "vozackadozvola",
            "vozniskodovoljenje",
            "permisdeconducere",
            "juhiluba",
            "vairuotojopazymejim",
            "vaditajaaplieciba",
            "adeiaodigisis",
        ],
        proof: Proof::Word,
    },
];

fn has_digits(text: &[u8], least: usize) -> bool {
    text.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && text.iter().filter(|byte| byte.is_ascii_digit()).count() >= least
}
