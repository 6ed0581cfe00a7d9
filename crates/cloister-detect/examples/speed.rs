//! speed
use std::time::Instant;
fn main() {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).unwrap();
        let mut best = f64::MAX; let mut n = 0;
        for _ in 0..5 {
            let t = Instant::now();
            let mut s = cloister_detect::Stream::default();
            n = 0;
            for c in bytes.chunks(65536) { n += s.push(c).len(); }
            n += s.finish().len();
            best = best.min(t.elapsed().as_secs_f64());
        }
        println!("{path}: {:.0} MB/s, {n} found", bytes.len() as f64 / best / 1e6);
    }
}
