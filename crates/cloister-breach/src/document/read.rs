//! Reading, strictly: every fault with its place, its cause and its way out, and no value of the document repeated.

use cloister_manifest::{Interner, parse_trees};
use cloister_model::Node;
use cloister_register::Period;

use super::{API_VERSION, Breach, KIND};
use crate::fault::{Fault, Unreadable};

/// Where the form is written down.
const SCHEMA: &str = "docs/schema/breach.v1alpha1.json says what it may hold";

impl Breach {
    /// Reads one document, YAML or JSON.
    pub fn read(text: &str) -> Result<Breach, Unreadable> {
        let breach: Breach = serde_saphyr::from_str(text).map_err(|error| {
            let at = error.location().map(|at| (at.line(), at.column()));
            let told = error.without_snippet().to_string();
            let cause = without_values(told.lines().next().unwrap_or_default());
            Unreadable { at, cause, help: SCHEMA.to_owned(), more: Vec::new() }
        })?;
        let mut faults = breach.faults().into_iter();
        let Some(first) = faults.next() else { return Ok(breach) };
        let at = place(text, &first.path);
        Err(Unreadable { at, cause: first.to_string(), help: first.help, more: faults.collect() })
    }

    /// What its form allows and its meaning does not.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.api_version != API_VERSION {
            faults.push(Fault::new("apiVersion", "this version is unknown", format!("write {API_VERSION}")));
        }
        if self.kind != KIND {
            faults.push(Fault::new("kind", "this is another kind of document", format!("write kind: {KIND}")));
        }
        if self.metadata.name.trim().is_empty() {
            faults.push(Fault::new("metadata.name", "a breach without a number", "give it one, such as 2026-001"));
        }
        self.spec.severity.faults(&mut faults);
        periods(self, &mut faults);
        times(self, &mut faults);
        let nobody = self.history.iter().position(|entry| entry.who.trim().is_empty());
        faults.extend(
            nobody.map(|index| Fault::new(format!("history[{index}].who"), "nobody took this step", "say who")),
        );
        faults.extend(self.state().err());
        faults
    }
}

fn periods(breach: &Breach, faults: &mut Vec<Fault>) {
    let missing = breach.spec.availability.as_ref().and_then(|lost| lost.duration.as_deref());
    for (path, text) in [("spec.keepFor", breach.spec.keep_for.as_deref()), ("spec.availability.duration", missing)] {
        if text.is_some_and(|text| Period::parse(text).is_none()) {
            faults.push(Fault::new(path, "this is no period", "write it as ISO 8601 does: PT4H, P2D, P5Y"));
        }
    }
}

/// What ends before it begins, or was known before it was there.
fn times(breach: &Breach, faults: &mut Vec<Fault>) {
    let occurred = breach.spec.occurred.as_ref();
    let (from, to) = (occurred.and_then(|it| it.from), occurred.and_then(|it| it.to));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        faults.push(Fault::new("spec.occurred.to", "it ends before it begins", "the end is the later of the two"));
    }
    let aware = breach.state().ok().and_then(|state| state.clock).map(|clock| clock.aware);
    if from.zip(aware).is_some_and(|(from, aware)| aware < from) {
        let help = "when it happened is spec.occurred, when it became known is the step become-aware";
        faults.push(Fault::new("spec.occurred.from", "it was known before it happened", help));
    }
}

/// An error of the parser may repeat what somebody wrote, which may name people.
fn without_values(cause: &str) -> String {
    let expected = cause.split_once("expected ").map(|(_, expected)| expected);
    match expected {
        Some(expected) if cause.contains("invalid ") => format!("something else stands here: expected {expected}"),
        Some(expected) if cause.contains("unknown variant") => format!("this word is unknown: expected {expected}"),
        _ if cause.is_empty() => "it cannot be read".to_owned(),
        _ => cause.to_owned(),
    }
}

/// Line and column of a field; of what holds it, where it is missing.
fn place(text: &str, path: &str) -> Option<(u64, u64)> {
    let (trees, _) = parse_trees(text, "", &mut Interner::default());
    let mut node: &Node = trees.first()?;
    for step in path.split(['.', '[', ']']).filter(|step| !step.is_empty()) {
        let Some(next) = node.step(step) else { break };
        node = next;
    }
    (node.mark.line > 0).then(|| (u64::from(node.mark.line), u64::from(node.mark.column)))
}
