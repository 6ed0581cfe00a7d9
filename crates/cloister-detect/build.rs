//! Folds the words of all languages into one table, which is then part of the program: a scan makes nothing of them, and
//! holds nothing but the pages that it looks at.
#![allow(clippy::disallowed_methods, reason = "reads the words, and writes the table where cargo says")]

#[path = "src/concept.rs"]
mod concept;
#[path = "src/fold.rs"]
mod fold;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use concept::Concept;
use fold::words;

/// A folded word and what it speaks of, with a bit for each language.
type Table = BTreeMap<(String, Concept), u32>;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=data/words");
    println!("cargo::rerun-if-changed=src/concept.rs");
    println!("cargo::rerun-if-changed=src/fold.rs");
    let mut paths =
        fs::read_dir("data/words")?.map(|it| Ok(it?.path())).collect::<Result<Vec<PathBuf>, Box<dyn Error>>>()?;
    paths.sort();
    let mut table = Table::new();
    let mut codes = Vec::new();
    for (bit, path) in paths.iter().enumerate() {
        let code = path.file_stem().and_then(|it| it.to_str()).ok_or("a file of words is called after its language")?;
        // A word of English counts in every language, for programmers everywhere use it.
        let bits = if code == "en" { u32::MAX } else { 1 << bit };
        gather(code, bits, &fs::read_to_string(path)?, &mut table)?;
        codes.push(code);
    }
    let target = env::var_os("OUT_DIR").ok_or("cargo tells where to write")?;
    fs::write(PathBuf::from(target).join("words.rs"), written(&codes, &table)?)?;
    Ok(())
}

/// The words of one language: a line for each concept, its key before a tab, then phrases.
fn gather(code: &str, bits: u32, text: &str, table: &mut Table) -> Result<(), Box<dyn Error>> {
    let keys: Vec<&str> = text.lines().filter_map(|line| Some(line.split_once('\t')?.0)).collect();
    if keys.len() != Concept::KEYS.len() || Concept::KEYS.iter().any(|key| !keys.contains(key)) {
        return Err(format!("data/words/{code}.tsv: one line for each concept, and no other").into());
    }
    for (key, phrases) in text.lines().filter_map(|line| line.split_once('\t')) {
        let concept = Concept::of_key(key).ok_or("a concept that is not known")?;
        for word in phrases.split('|').flat_map(|phrase| spellings(code, phrase)) {
            if word.is_empty() {
                return Err(format!("data/words/{code}.tsv: an empty phrase for {key}").into());
            }
            *table.entry((word, concept)).or_default() |= bits;
        }
    }
    Ok(())
}

/// A phrase as it is folded; and, where umlauts are often written as two letters, also so.
fn spellings(code: &str, phrase: &str) -> Vec<String> {
    let mut spellings = vec![words(phrase).concat()];
    if matches!(code, "de" | "da" | "no" | "sv" | "fi" | "is") {
        let pairs = [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("æ", "ae"), ("ø", "oe"), ("å", "aa")];
        let spelt = pairs.iter().fold(phrase.to_lowercase(), |text, (letter, two)| text.replace(letter, two));
        spellings.push(words(&spelt).concat());
    }
    spellings
}

fn written(codes: &[&str], table: &Table) -> Result<String, Box<dyn Error>> {
    let mut text =
        format!("/// Codes of the languages, in the order of their bits.\nconst LANGUAGES: &[&str] = &{codes:?};\n");
    let letters: String = table.keys().map(|(word, _)| word.as_str()).collect();
    writeln!(text, "/// All words, one behind the other.\nstatic LETTERS: &str = {letters:?};")?;
    writeln!(text, "/// All words, in order.\nstatic ENTRIES: [Entry; {}] = [", table.len())?;
    let mut start = 0;
    for ((word, concept), bits) in table {
        let length = u8::try_from(word.len())?;
        writeln!(
            text,
            "Entry {{ start: {start}, length: {length}, concept: Concept::{concept:?}, languages: Languages({bits}) }},"
        )?;
        start += word.len();
    }
    text.push_str("];\n");
    Ok(text)
}
