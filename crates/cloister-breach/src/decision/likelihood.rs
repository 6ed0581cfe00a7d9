//! How likely it is that disclosed data is used against people.

use super::Reason;
use crate::facts::{Access, Assurance, Facts, Recipients};
use crate::severity::{MANY_RECIPIENTS, is_unintelligible};
use crate::vocabulary::words;

words! {
    /// A likelihood.
    Likelihood {
        Excluded = "excluded": "nobody has, or can read, the data",
        Remote = "remote": "whoever has the data is relied on and has given it up",
        Possible = "possible": "whoever has the data got it by mistake",
        Probable = "probable": "the data is with somebody who means harm, or with nobody knows whom",
    }
}

/// The likelihood of harm by disclosure, and why; nothing where confidentiality is not concerned.
pub(super) fn of(facts: &Facts) -> Option<(Likelihood, Reason)> {
    let lost = facts.confidentiality.as_ref()?;
    if is_unintelligible(facts) {
        let text = "The data is unintelligible, and what would make it readable is safe.";
        return Some((
            Likelihood::Excluded,
            Reason::new(text, &["Art. 34(3)(a)", "Guidelines 9/2022, II.D", "Guidelines 01/2021, cases 6 and 10"]),
        ));
    }
    let access = lost.access.unwrap_or(Access::Possible);
    if access == Access::Excluded && !lost.evidence.trim().is_empty() {
        let text = format!("Nobody had the data: {}", lost.evidence);
        return Some((Likelihood::Excluded, Reason::new(text, &["Guidelines 01/2021, case 1"])));
    }
    let without = if access == Access::Excluded {
        "That nobody had the data is said without evidence (spec.confidentiality.evidence), so it does not count. "
    } else {
        ""
    };
    let (likelihood, text, sources) = by_recipients(facts);
    Some((likelihood, Reason::new(format!("{without}{text}"), sources)))
}

fn by_recipients(facts: &Facts) -> (Likelihood, &'static str, &'static [&'static str]) {
    let lost = facts.confidentiality.as_ref();
    let assurance = lost.and_then(|lost| lost.assurance).unwrap_or(Assurance::None);
    let many = lost.and_then(|lost| lost.number).is_some_and(|number| number > MANY_RECIPIENTS);
    match lost.and_then(|lost| lost.recipients) {
        _ if facts.is_malicious() => (
            Likelihood::Probable,
            "The data came, or may have come, to somebody who acts with intent; misuse is probable.",
            &["Guidelines 9/2022, IV.B", "Guidelines 01/2021, cases 5 and 8"],
        ),
        None | Some(Recipients::Unknown) => (
            Likelihood::Probable,
            "Nobody knows who has the data; misuse cannot be prevented.",
            &["Guidelines 9/2022, IV.B"],
        ),
        _ if assurance == Assurance::Refused => {
            (Likelihood::Probable, "Whoever has the data does not give it up.", &["Guidelines 9/2022, IV.B"])
        }
        _ if many => (
            Likelihood::Probable,
            "So many have the data that nobody can make sure what they do with it.",
            &["Guidelines 01/2021, case 14"],
        ),
        Some(Recipients::Trusted) if assurance == Assurance::Confirmed => (
            Likelihood::Remote,
            "Whoever has received the data is relied on, and has confirmed to have given it up.",
            &["Guidelines 9/2022, IV.B", "Guidelines 01/2021, case 9"],
        ),
        Some(Recipients::Trusted | Recipients::Known) => (
            Likelihood::Possible,
            "The data came to few by mistake; what they do with it cannot be made sure.",
            &["Guidelines 01/2021, cases 13, 15 and 16"],
        ),
    }
}
