//! What a program says when it panics, where personal data passes.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test that runs itself as a program")]

use std::process::{Command, Output};

use cloister_model::place_of_panic;

/// Says which fault a child of this test has to have.
const FAULT: &str = "CLOISTER_TEST_FAULT";
/// Nobody has this number.
const PLANTED: &str = "planted-Quendelmoor-12.03.1871";

fn child(fault: &str) -> Output {
    let program = std::env::current_exe().unwrap();
    Command::new(program).args(["a_fault", "--exact", "--nocapture"]).env(FAULT, fault).output().unwrap()
}

/// Does nothing in a plain run; in a child it panics with a value in its message.
#[test]
#[allow(clippy::string_slice, reason = "the fault that is provoked")]
fn a_fault() {
    let Ok(fault) = std::env::var(FAULT) else { return };
    if !fault.ends_with("bare") {
        std::panic::set_hook(Box::new(|info| eprintln!("error: {}", place_of_panic(info))));
    }
    let umlaut = format!("{PLANTED}ä");
    match fault.split('-').next().unwrap_or_default() {
        "slice" => drop(umlaut[..umlaut.len() - 1].to_owned()),
        "number" => drop(umlaut.parse::<u8>().map_err(|_| umlaut.clone()).unwrap()),
        _ => panic!("{umlaut}"),
    }
}

#[test]
fn a_panic_is_told_by_its_place_and_quotes_nothing() {
    for fault in ["slice", "number", "plain"] {
        // That it would be quoted otherwise is what makes this a test.
        let bare = String::from_utf8(child(&format!("{fault}-bare")).stderr).unwrap();
        assert!(bare.contains(PLANTED), "{fault}: {bare}");
        let told = String::from_utf8(child(fault).stderr).unwrap();
        assert!(told.contains("this program has a fault, at ") && told.contains("fault.rs:"), "{fault}: {told}");
        assert!(!told.contains("Quendelmoor"), "{fault}: {told}");
    }
}
