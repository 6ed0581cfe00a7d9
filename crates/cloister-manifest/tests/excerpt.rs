//! A broken line may be that of a Secret: its excerpt shows where it breaks, and no value.
#![allow(clippy::expect_used, reason = "a test")]

use cloister_manifest::{Interner, parse};
use cloister_model::Origin;

#[test]
fn the_excerpt_of_a_broken_line_shows_no_value() {
    for line in ["password: hunter2: x", "password: \"hunter2", "  hunter2: - hunter2: [", "owner: hunter2: hunter2"] {
        let text = format!("kind: Secret\n{line}\n");
        let parsed = parse(&text, &Origin::File("broken.yaml".into()), 1, &mut Interner::default());
        let diagnostic = parsed.diagnostics.first().expect("the document is broken");
        let excerpt = diagnostic.excerpt.as_deref().unwrap_or("");
        let value = excerpt.split_once(": ").map_or(excerpt, |(_, value)| value);
        assert!(!value.contains("hunter2"), "{excerpt}");
    }
}
