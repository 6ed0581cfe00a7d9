use proptest::prelude::*;

use super::fonts::{Fonts, Style};
use crate::{Block, Paper};

/// The languages of the Union, each with its own letters: the name of a month that has them, or a word.
const WORDS: [&str; 24] = [
    "здравен картон",
    "zdravotní údaje žluťoučký",
    "helbredsoplysninger æøå",
    "Gesundheitsdaten äöüß",
    "andmekaitse õäöüšž",
    "προστασία δεδομένων ϊΰ",
    "data protection",
    "protección ñ ¿qué?",
    "terveystiedot äö",
    "données à caractère, œuvre, où",
    "sonraí áéíóú",
    "zdravstveni podaci čćđšž",
    "egészségügyi adatok őű",
    "perché è così",
    "sveikatos duomenys ąčęėįšųūž",
    "veselības dati āčēģīķļņšūž",
    "dejta tas-saħħa ċġħż",
    "gezondheid één",
    "dane zdrowotne ąćęłńóśźż",
    "saúde, coração, ção",
    "date despre sănătate ăâîșț",
    "zdravotné údaje ľĺôŕť",
    "zdravstveni podatki čšž",
    "hälsouppgifter åäö",
];

fn paper(texts: &[&str]) -> Paper {
    let mut paper = Paper::new("A title");
    paper.foot = "a foot".to_owned();
    for text in texts {
        paper.heading("A heading");
        paper.text(*text);
        paper.list([(*text).to_owned(), "a point".to_owned()]);
        paper.blocks.push(Block::Notice((*text).to_owned()));
        paper.blocks.push(Block::Fields(vec![("A name".to_owned(), (*text).to_owned())]));
        paper.blocks.push(Block::Table {
            head: vec!["One".to_owned(), "Two".to_owned()],
            rows: vec![vec![(*text).to_owned(), "x".to_owned()]; 3],
        });
    }
    paper
}

#[test]
fn every_language_of_the_union_has_its_letters() {
    let fonts = Fonts::new().unwrap();
    for words in WORDS {
        for style in [Style::Regular, Style::Bold] {
            assert_eq!(fonts.known(words, style), *words);
        }
    }
    assert_eq!(fonts.known("日本\u{7}", Style::Regular), "???");
}

#[test]
fn it_is_tagged_and_the_same_every_time() {
    let once = paper(&WORDS).to_pdf().unwrap();
    assert_eq!(once, paper(&WORDS).to_pdf().unwrap());
    let has = |what: &[u8]| once.windows(what.len()).any(|window| window == what);
    assert!(once.starts_with(b"%PDF-1.") && has(b"/MarkInfo") && has(b"pdfuaid:part") && has(b"/Lang"));
    assert!(!has(b"/CreationDate"));
}

#[test]
fn a_cell_longer_than_a_page_goes_on_overleaf() {
    let long = "word ".repeat(3_000);
    assert!(paper(&[&long]).to_pdf().unwrap().len() > 1_000);
    assert!(paper(&["", " ", "\n\n"]).to_pdf().is_ok());
    assert!(paper(&[&"x".repeat(2_000)]).to_pdf().is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_text_becomes_a_page(text in "\\PC{0,200}", other in any::<String>()) {
        prop_assert!(paper(&[&text, &other]).to_pdf().is_ok());
    }
}
