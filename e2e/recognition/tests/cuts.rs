//! Documents of every form and language, as a network would bring them: in pieces.

use cloister_detect::{Detection, Stream, scan};
use cloister_dice::Dice;
use cloister_recognition::{Form, LANGUAGES, document};

/// What a stream shows whose pieces have up to `most` bytes.
fn streamed(text: &str, most: usize, dice: &mut Dice) -> Vec<Detection> {
    let mut stream = Stream::default();
    let mut found = Vec::new();
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let (piece, after) = rest.split_at_checked(1 + dice.below(most)).unwrap_or((rest, &[]));
        found.extend(stream.push(piece));
        rest = after;
    }
    found.extend(stream.finish());
    found
}

#[test]
fn a_document_shows_the_same_in_whatever_pieces_it_comes() {
    let mut dice = Dice::new(20_261_126);
    for language in LANGUAGES {
        for form in Form::ALL {
            let text = document(form, language, &mut dice).text;
            let whole = scan(&text);
            for most in [1, 7, 60, 900] {
                assert_eq!(streamed(&text, most, &mut dice), whole, "{} {form:?} {most}", language.code);
            }
        }
    }
}
