//! ETags: who has the answer already is told so, before it is made.

use http::header;

use crate::http::{Answer, Ask};
use crate::who::secret;

/// The answer, unless who asks has it. What is said depends on the assessment and on the address alone.
pub fn answer(ask: &Ask<'_>, digest: &str, make: impl FnOnce() -> Answer) -> Answer {
    let address = secret::hash("address", &format!("{}?{}", ask.path, ask.query.with("", "")));
    let short: String = address.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{digest}-{short}\"");
    let known = ask.headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let has = known.flat_map(|value| value.split(',')).any(|one| {
        let one = one.trim();
        one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag
    });
    if has { Answer::new(304, "application/json", "").tagged(&tag) } else { make().tagged(&tag) }
}
