//! Any bytes as Parquet: no panic leaves the reader, what it gives is lines of JSON, and no more of them than the bytes can
//! stand for. Seeds are files that PyArrow wrote.
#![no_main]

use std::io::Read;
use std::sync::Once;

use libfuzzer_sys::fuzz_target;

/// Rows take more than they are read for.
const ENOUGH: u64 = 4 << 20;

static QUIET: Once = Once::new();

fuzz_target!(|bytes: &[u8]| {
    // The reader catches panics of the library under it, which must not end the run; those that it lets out do.
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    let Ok(rows) = cloister_parquet::of_bytes(bytes.to_vec()) else { return };
    let mut text = Vec::new();
    let _ = rows.take(ENOUGH).read_to_end(&mut text);
    let text = String::from_utf8_lossy(&text);
    if let Some((whole, _)) = text.rsplit_once('\n') {
        assert!(whole.lines().all(|line| line.starts_with('{') && line.ends_with('}')), "a row that is no object");
    }
});
