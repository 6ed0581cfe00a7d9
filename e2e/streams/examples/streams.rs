//! The judge alone: `cargo run --release -p cloister-streams --example streams -- SEED COUNT`.

use anyhow::Result;

fn main() -> Result<()> {
    let mut given = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let (seed, count) = (given.next().unwrap_or(1), given.next().unwrap_or(10));
    let tally = cloister_streams::run(seed, usize::try_from(count)?)?;
    println!("{}", tally.page());
    anyhow::ensure!(tally.differences.is_empty(), "{} differences", tally.differences.len());
    Ok(())
}
