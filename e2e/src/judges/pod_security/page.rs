//! What a run came to, as text for people.

use std::fmt::Write as _;

use super::{CONTROLS, Level, Tally};

/// How many differing pods are shown in full.
const EXAMPLES: usize = 3;

/// The section of the document.
pub fn page(tally: &Tally) -> String {
    let mut text = String::from("## Pod Security admission\n\n");
    let date = crate::judges::report::today();
    let _ = writeln!(
        text,
        "{} generated pods (seed {}, {date}) went as dry runs to namespaces of a real API server ({}) that enforce each \
         level. A refusal counts for every control that it names; “found” are the pods on which a check of ours for \
         that control has a finding. Validation refused {} more pods before admission was asked.\n",
        tally.cases.len(),
        tally.seed,
        cloister_tools::KUBERNETES_VERSION,
        tally.invalid.len(),
    );
    for level in Level::ALL {
        let _ = writeln!(
            text,
            "{}: {} of {} admitted, {} judged differently.\n\n| control | refused | found | both |\n| --- | ---: | ---: | ---: |",
            level.name(),
            tally.admitted(level),
            tally.cases.len(),
            tally.disagreements(level).len(),
        );
        for control in CONTROLS.iter().filter(|control| !control.checks(level).is_empty()) {
            let (refused, found, both) = tally.by_control(level, control);
            let _ = writeln!(text, "| {} | {refused} | {found} | {both} |", control.reason);
        }
        let _ = writeln!(
            text,
            "\n{} of the refusals for hostPort are the API server's own making: to a pod in its node's network it gives a \
             hostPort for every port. Such a pod is found once, for its network.\n",
            tally.given_host_ports(level)
        );
    }
    text.push_str(
        "Of procMount the API server says nothing at baseline: its validation admits `Unmasked` in user namespaces \
         only, which baseline tolerates. There the standard's own pods judge.\n\n",
    );
    bugs(tally, &mut text);
    text
}

fn bugs(tally: &Tally, text: &mut String) {
    let missed = tally.unnoticed_bugs();
    let all: usize = CONTROLS.iter().flat_map(|control| Level::ALL.map(|level| control.checks(level).len())).sum();
    let _ = writeln!(
        text,
        "Of the standard's own {} pods {} are judged as it says. Each check was made blind in turn, at each level and \
         control: {} of {all} such bugs change a verdict, of a generated pod or of the standard's own.",
        tally.fixtures.len(),
        tally.fixtures.iter().filter(|fixture| fixture.agrees(None)).count(),
        all - missed.len(),
    );
    for missed in missed {
        let _ = writeln!(text, "- not noticed at {}: {} for {}", missed.level, missed.check, missed.control);
    }
}

/// The first pods on which both sides differ, in full; and why pods were invalid.
pub fn examples(tally: &Tally) -> Vec<String> {
    let mut examples = Vec::new();
    for level in Level::ALL {
        for (case, controls) in tally.disagreements(level).into_iter().take(EXAMPLES) {
            let (answers, found) = (&case.answers, &case.found);
            examples.push(format!(
                "differs at {} on {controls:?}\nAPI server: {answers:?}\nfound: {found:?}\n{}",
                level.name(),
                case.manifest
            ));
        }
    }
    examples.extend(tally.invalid_reasons().into_iter().take(10).map(|reason| format!("invalid: {reason}")));
    examples
}
