//! Whom to tell: nobody but the own record (33(5)), the authority (33(1)), the data subjects (34(1)).
//!
//! A breach is notified unless it is unlikely to result in a risk; data subjects are told where a high risk is likely. Risk
//! is what the data could do to people, and how likely that is (recital 75 and 76; Guidelines 9/2022, IV.B), looked at for
//! confidentiality, integrity and availability apart: the worst of them counts. [`risk`] has the rule, and why.

mod harm;
mod likelihood;
pub mod risk;

use serde::Serialize;

pub use harm::Harm;
pub use likelihood::Likelihood;
pub use risk::Risk;

use crate::facts::{Facts, MeasureStatus, Role};
use crate::vocabulary::words;

/// A sentence, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The sentence.
    pub text: String,
    /// Articles and guidelines.
    pub sources: Vec<&'static str>,
}

impl Reason {
    pub(crate) fn new(text: impl Into<String>, sources: &[&'static str]) -> Reason {
        Reason { text: text.into(), sources: sources.to_vec() }
    }
}

words! {
    /// Why data subjects need not be told in spite of a high risk, Art. 34(3).
    Exemption {
        Unintelligible = "unintelligible": "34(3)(a): measures made the data unintelligible",
        Averted = "averted": "34(3)(b): what was done since then makes a high risk unlikely",
        Disproportionate = "disproportionate": "34(3)(c): it takes disproportionate effort; a public communication takes its place",
    }
}

/// Whether something is to be done, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Whether.
    pub yes: bool,
    /// Sentences.
    pub why: Vec<Reason>,
}

/// Whom to tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decisions {
    /// The risk.
    pub risk: Risk,
    /// How it was judged.
    pub reasoning: Vec<Reason>,
    /// The own record, which is always kept.
    pub record: Answer,
    /// The authority; for a processor, the controller.
    pub notify: Answer,
    /// The data subjects, each of them.
    pub communicate: Answer,
    /// What of Art. 34(3) speaks against telling them.
    pub exemption: Option<Exemption>,
    /// What is not known yet and could change the answer: the field, and the question.
    pub open: Vec<(&'static str, &'static str)>,
}

/// Decides.
pub fn decide(facts: &Facts) -> Decisions {
    let (risk, reasoning) = risk::of(facts);
    let (communicate, exemption) = communicate(facts, risk);
    let record = Answer {
        yes: true,
        why: vec![Reason::new(
            "Every breach is documented: its facts, its effects, and what was done.",
            &["Art. 33(5)"],
        )],
    };
    Decisions { risk, reasoning, record, notify: notify(facts, risk), communicate, exemption, open: open(facts) }
}

fn notify(facts: &Facts, risk: Risk) -> Answer {
    if facts.role == Role::Processor {
        let text = "A processor tells the controller of every breach without undue delay, whatever the risk; the controller decides on the rest.";
        return Answer { yes: true, why: vec![Reason::new(text, &["Art. 33(2)", "Guidelines 9/2022, II.A.4"])] };
    }
    let (yes, text) = match risk {
        Risk::Unlikely => {
            (false, "A risk to people is unlikely: the authority need not be notified. The reason is kept on record.")
        }
        Risk::Likely => (true, "A risk to people is likely: the authority is notified."),
        Risk::High => (true, "A high risk to people is likely: the authority is notified."),
    };
    Answer { yes, why: vec![Reason::new(text, &["Art. 33(1)", "recital 85"])] }
}

fn communicate(facts: &Facts, risk: Risk) -> (Answer, Option<Exemption>) {
    let no = |text: &str, sources: &[&'static str]| Answer { yes: false, why: vec![Reason::new(text, sources)] };
    if facts.role == Role::Processor {
        return (no("Data subjects are told by the controller.", &["Art. 34(1)"]), None);
    }
    if risk != Risk::High {
        let unread = crate::severity::is_unintelligible(facts) && facts.confidentiality.is_some();
        let text = if unread {
            "The data is unintelligible to whoever has it, and no high risk comes from elsewhere: data subjects need not be told."
        } else {
            "A high risk is not likely: data subjects need not be told. Telling them all the same can be good practice."
        };
        let sources: &[&str] = if unread { &["Art. 34(1)", "Art. 34(3)(a)"] } else { &["Art. 34(1)"] };
        return (no(text, sources), unread.then_some(Exemption::Unintelligible));
    }
    let averting =
        facts.measures.iter().find(|one| one.status == MeasureStatus::Taken && !one.ends_high_risk.is_empty());
    if let Some(measure) = averting {
        let text = format!(
            "A high risk is no longer likely since this was done: {}. {}",
            trimmed(&measure.what),
            measure.ends_high_risk
        );
        return (no(&text, &["Art. 34(3)(b)"]), Some(Exemption::Averted));
    }
    let reason = &facts.communication.disproportionate;
    if !reason.is_empty() {
        let text = format!(
            "Telling each of them takes disproportionate effort: {reason} Data subjects are told in public instead."
        );
        return (no(&text, &["Art. 34(3)(c)"]), Some(Exemption::Disproportionate));
    }
    let text = "A high risk is likely: data subjects are told without undue delay, in clear and plain language.";
    (Answer { yes: true, why: vec![Reason::new(text, &["Art. 34(1)", "Art. 34(2)", "recital 86"])] }, None)
}

fn trimmed(text: &str) -> &str {
    text.trim_end_matches('.')
}

/// What is not known.
fn open(facts: &Facts) -> Vec<(&'static str, &'static str)> {
    let lost = facts.confidentiality.as_ref();
    let all = [
        (
            facts.nature().is_empty(),
            "spec.confidentiality, integrity, availability",
            "What happened to the data: disclosed, altered, lost?",
        ),
        (facts.affected.data_categories.is_empty(), "spec.affected.dataCategories", "Which data is it?"),
        (facts.affected.people.is_none(), "spec.affected.people", "About how many people are affected?"),
        (facts.cause.is_none(), "spec.cause", "How did it come to it, and did somebody mean it?"),
        (lost.is_some_and(|lost| lost.access.is_none()), "spec.confidentiality.access", "Did somebody have the data?"),
        (
            lost.is_some_and(|lost| lost.recipients.is_none()),
            "spec.confidentiality.recipients",
            "Who had it, or could have had it?",
        ),
        (
            facts.availability.as_ref().is_some_and(|lost| lost.recovery.is_none()),
            "spec.availability.recovery",
            "Is the data there again?",
        ),
        (
            facts.integrity.as_ref().is_some_and(|lost| lost.recovery.is_none()),
            "spec.integrity.recovery",
            "Is the data right again?",
        ),
    ];
    all.into_iter().filter(|(open, ..)| *open).map(|(_, field, question)| (field, question)).collect()
}
