//! Numbers as people read them.

use cloister_model::numbers::thousands;

/// `1 entry`, `2,000 entries`.
pub fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}
