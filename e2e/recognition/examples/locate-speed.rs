//! `locate-speed [MB]`: how fast structures are walked, beside the engine on the same text, in the same run.

#![allow(clippy::disallowed_methods, reason = "a program: arguments and the clock are its business")]

use std::time::Instant;

use cloister_detect::Stream;
use cloister_detect::locate::{Format, Locator};
use cloister_dice::Dice;
use cloister_recognition::{Form, LANGUAGES, document};

const PIECE: usize = 64 * 1024;

fn main() {
    let mega = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(20);
    println!("| form | walked, MB/s | engine, MB/s | times |\n| --- | ---: | ---: | ---: |");
    let forms = [
        (Form::Json, Format::Json),
        (Form::JsonLines, Format::JsonLines),
        (Form::Csv, Format::Csv(b',')),
        (Form::Xml, Format::Xml),
        (Form::Sql, Format::Sql),
        (Form::Yaml, Format::Yaml),
    ];
    for (form, format) in forms {
        let text = text(form, mega * 1_000_000);
        let walked = speed(&text, || {
            let mut locator = Locator::new(format);
            text.as_bytes().chunks(PIECE).for_each(|piece| locator.advance(piece));
            usize::try_from(locator.line()).unwrap_or(0)
        });
        let searched = speed(&text, || {
            let mut stream = Stream::default();
            text.as_bytes().chunks(PIECE).map(|piece| stream.push(piece).len()).sum()
        });
        println!("| {} | {walked:.0} | {searched:.0} | {:.1} |", form.name(), walked / searched);
    }
}

/// Documents of this form, one behind the other.
fn text(form: Form, bytes: usize) -> String {
    let mut dice = Dice::new(7);
    let mut text = String::with_capacity(bytes + 65_536);
    while text.len() < bytes {
        let Some(language) = LANGUAGES.get(dice.below(LANGUAGES.len())) else { continue };
        text.push_str(&document(form, language, &mut dice).text);
    }
    text
}

/// The fastest of three.
fn speed(text: &str, mut work: impl FnMut() -> usize) -> f64 {
    let times = (0..3).map(|_| {
        let start = Instant::now();
        std::hint::black_box(work());
        start.elapsed().as_secs_f64()
    });
    let mega = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX)) / 1e6;
    mega / times.fold(f64::MAX, f64::min)
}
