//! What is measured is what is tested: cuts change nothing on the inputs of the benchmark.

#![allow(clippy::unwrap_used, reason = "tests")]

use cloister_detect::{Detection, Stream};
use cloister_dice::Dice;
use cloister_recognition::inputs::Input;

fn read<'a>(mut stream: Stream, pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Detection> {
    let mut found: Vec<Detection> = pieces.flat_map(|piece| stream.push(piece)).collect();
    found.extend(stream.finish());
    found
}

const ALL: fn() -> Stream = Stream::default;
const NUMBERS: fn() -> Stream = Stream::of_numbers;

#[test]
fn cuts_change_nothing_on_the_inputs_of_the_benchmark() {
    let seed = Dice::fresh_seed();
    println!("seed {seed}");
    let mut dice = Dice::new(seed);
    for (input, new) in Input::ALL.into_iter().flat_map(|input| [(input, ALL), (input, NUMBERS)]) {
        let text = input.make(&mut dice, 150_000);
        let bytes = text.as_bytes();
        let whole = read(new(), std::iter::once(bytes));
        assert_eq!(input == Input::Mixed, !whole.is_empty(), "seed {seed}: {}", input.name());
        for size in [1, 7, 64, 1021, 64 << 10] {
            assert!(read(new(), bytes.chunks(size)) == whole, "seed {seed}: {} in pieces of {size}", input.name());
        }
        let mut rest = bytes;
        let pieces = std::iter::from_fn(|| {
            let (piece, after) = rest.split_at_checked(1 + dice.below(4000)).unwrap_or((rest, &[]));
            rest = after;
            (!piece.is_empty()).then_some(piece)
        });
        assert!(read(new(), pieces) == whole, "seed {seed}: {} in pieces of any size", input.name());
    }
}
