//! Lines inside a literal block have places; those of other strings have not.
#![allow(clippy::indexing_slicing, clippy::expect_used, reason = "a test")]

use cloister_manifest::{Interner, parse};
use cloister_model::{Location, Origin, Place};

const TEXT: &str = "# a comment
kind: ConfigMap
apiVersion: v1
metadata: {name: a}
data:
  one: |

    first

      third
  two: |- # kept
    only
  three: >
    folded
    text
  four: \"a\\nb\"
  five:
    |2+
        indented
  six: &six |
    anchored
";

fn at(key: &str, line: usize, column: usize) -> (Option<u32>, Option<u32>) {
    let parsed = parse(TEXT, &Origin::File("a.yaml".into()), 11, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let place = Place::whole(&parsed.resources[0]).at("data").at(key).line(line, column);
    let location: Location = place.location().expect("the file is known");
    (location.line, location.column)
}

#[test]
fn a_line_of_a_literal_block_is_a_line_of_the_file() {
    assert_eq!(at("one", 1, 0), (Some(18), Some(5)));
    assert_eq!(at("one", 3, 2), (Some(20), Some(7)));
    assert_eq!(at("two", 0, 1), (Some(22), Some(6)));
    assert_eq!(at("five", 0, 4), (Some(29), Some(9)));
}

#[test]
fn other_strings_are_pointed_at_as_a_whole() {
    assert_eq!(at("three", 1, 1), at("three", 0, 0));
    assert_eq!(at("four", 1, 0), (Some(26), Some(9)));
    assert_eq!(at("six", 0, 3), (Some(30), Some(8)));
}
