//! What `cargo xtask judge messages` writes, printed: `cargo run -p cloister-messages --example sections -- SEED COUNT [ONLY]`.

use std::process::ExitCode;

use cloister_messages::sections;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, otherwise: u64| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let count = usize::try_from(number(1, 200)).unwrap_or(200);
    let only = arguments.get(2).map_or("", String::as_str);
    match sections(number(0, 7), count, only, "today") {
        Ok(sections) => {
            sections.texts.iter().for_each(|(name, text)| println!("\n== {name}\n{text}"));
            if sections.agrees { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
