//! The work around the code: `cargo xtask tools` builds the programs that the tests run against.

use anyhow::Result;

fn main() -> Result<()> {
    let built = cloister_tools::build()?;
    println!("{built} tools built; they are below {}", cloister_tools::cache()?.join("bin").display());
    Ok(())
}
