//! How things are called in every report.

use std::fmt::Write as _;
use std::sync::Arc;

use cloister_assessment::{AssessedFramework, AssessedRequirement, Assessment, Gap, RequirementRef};
use cloister_model::{Diagnostic, Location, PersonalData, ResourceRef, Severity};

/// `1 file`, `2 files`.
pub fn count(number: usize, one: &str) -> String {
    count_of(number, one, &format!("{one}s"))
}

/// `1 chart or overlay`, `2 charts and overlays`.
pub fn count_of(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {many}", thousands(number)) }
}

/// `20,000`.
pub fn thousands(number: usize) -> String {
    cloister_model::numbers::thousands(number)
}

/// `StatefulSet clinic/patients-db`.
pub fn resource(reference: &ResourceRef) -> String {
    match &reference.namespace {
        Some(namespace) => format!("{} {namespace}/{}", reference.kind, reference.name),
        None => format!("{} {}", reference.kind, reference.name),
    }
}

/// `k8s/database.yaml:12:3`; the file alone when no line of it is certain.
pub fn place(location: &Location) -> String {
    path(&location.file, location.line, location.column)
}

/// `line 12 as rendered`, for templates.
pub fn rendered(location: &Location) -> Option<String> {
    location.rendered.map(|rendered| format!("line {}:{} as rendered", rendered.line, rendered.column))
}

/// The place of a diagnostic; empty when it has none.
pub(crate) fn source(diagnostic: &Diagnostic) -> String {
    path(&diagnostic.file, diagnostic.line, diagnostic.column)
}

fn path(file: &str, line: Option<u32>, column: Option<u32>) -> String {
    let mut text = if file == "-" { "standard input".to_owned() } else { file.to_owned() };
    if let Some(line) = line {
        let _ = write!(text, ":{line}");
        if let Some(column) = column {
            let _ = write!(text, ":{column}");
        }
    }
    text
}

/// The level of personal data, for people.
pub fn personal_data(level: PersonalData) -> &'static str {
    match level {
        PersonalData::None => "no personal data known",
        PersonalData::Ordinary => "personal data",
        PersonalData::LargeScale => "personal data on a large scale",
        PersonalData::Children => "children's data",
        PersonalData::Special => "special categories",
    }
}

/// `3 critical, 11 high`, worst first; what is nought is left out.
pub(crate) fn severities(open: impl Fn(Severity) -> usize) -> String {
    let parts: Vec<String> = Severity::ALL
        .into_iter()
        .rev()
        .filter_map(|severity| {
            let number = open(severity);
            (number > 0).then(|| format!("{} {}", thousands(number), severity.as_str()))
        })
        .collect();
    parts.join(", ")
}

/// The framework that leads the report: the GDPR, otherwise the first asked for.
pub(crate) fn leading(assessment: &Assessment) -> Option<&AssessedFramework> {
    let frameworks = &assessment.frameworks;
    frameworks.iter().find(|framework| &*framework.name == "gdpr").or_else(|| frameworks.first())
}

/// The requirements of one framework, in its order.
pub(crate) fn of_framework<'a>(
    assessment: &'a Assessment,
    name: &'a str,
) -> impl Iterator<Item = &'a AssessedRequirement> {
    assessment.requirements.iter().filter(move |requirement| &*requirement.framework == name)
}

/// Ids of the leading framework, or of the first that is there, with its name.
pub(crate) fn requirement_ids<'a>(
    requirements: &'a [RequirementRef],
    leading: &str,
) -> (Option<&'a str>, Vec<&'a str>) {
    let ids = |name: &str| -> Vec<&'a str> {
        requirements.iter().filter(|one| &*one.framework == name).map(|one| &*one.id).collect()
    };
    let own = ids(leading);
    if !own.is_empty() {
        return (None, own);
    }
    match requirements.first() {
        Some(first) => (Some(&first.framework), ids(&first.framework)),
        None => (None, Vec::new()),
    }
}

/// What input gaps ask for, most often first: `node facts`, `traffic`.
pub fn needs(gaps: &[Gap]) -> Vec<String> {
    let mut needs: Vec<(usize, &str)> = Vec::new();
    for gap in gaps {
        match needs.iter_mut().find(|(_, word)| *word == gap.needs) {
            Some((number, _)) => *number += 1,
            None => needs.push((1, &gap.needs)),
        }
    }
    needs.sort_by_key(|(number, word)| (std::cmp::Reverse(*number), *word));
    needs.into_iter().map(|(_, word)| word.replace('-', " ")).collect()
}

/// Groups `items` by `key`, in the order in which keys first come.
pub fn group_by<T, K: PartialEq + Eq + std::hash::Hash + Clone>(
    items: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> K,
) -> Vec<(K, Vec<T>)> {
    let mut groups: Vec<(K, Vec<T>)> = Vec::new();
    let mut at: std::collections::HashMap<K, usize> = std::collections::HashMap::new();
    for item in items {
        let name = key(&item);
        let index = *at.entry(name.clone()).or_insert(groups.len());
        match groups.get_mut(index) {
            Some((_, members)) => members.push(item),
            None => groups.push((name, vec![item])),
        }
    }
    groups
}

/// Requirement ids under their framework's name: `gdpr 5(1)(b) 25(2)`, `nsa pod-security`.
pub(crate) fn by_framework(requirements: &[RequirementRef]) -> Vec<String> {
    group_by(requirements, |one| one.framework.clone())
        .into_iter()
        .map(|(name, members): (Arc<str>, _)| {
            let ids: Vec<&str> = members.iter().map(|one| &*one.id).collect();
            format!("{name} {}", ids.join(" "))
        })
        .collect()
}

/// How the exit status came about: the code, and the reason in words.
pub(crate) fn exit(assessment: &Assessment) -> (u8, String) {
    let summary = &assessment.summary;
    let mut reasons = Vec::new();
    if summary.unreadable > 0 {
        reasons.push(format!("{} could not be read", count(summary.unreadable, "input")));
    }
    let threshold = &summary.fail_on;
    let by_severity = threshold.parse::<Severity>().is_ok();
    match summary.over_threshold {
        // Of what was not looked at, nothing can be said.
        0 if assessment.subject.resources == 0 && !reasons.is_empty() => {}
        0 if threshold == "never" => reasons.push("findings never fail (--fail-on never)".to_owned()),
        0 if by_severity => reasons.push(format!("no open finding at or over \"{threshold}\"")),
        0 => reasons.push(format!("nothing open speaks against {threshold}")),
        number if by_severity => {
            reasons.push(format!("{} at or over \"{threshold}\"", count(number, "open finding")));
        }
        number => reasons.push(format!("{} of {threshold} not satisfied", count(number, "requirement"))),
    }
    (summary.exit_code(), reasons.join("; "))
}
