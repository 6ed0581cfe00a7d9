//! What a data file takes over from elsewhere: `extends` and `through`.

use std::collections::HashSet;
use std::sync::Arc;

use cloister_model::{Diagnostic, Mark};

use crate::source::by_source;
use crate::{Framework, Requirement};

/// Takes over the base's requirements, proves ids unique, and resolves `through`.
pub(crate) fn complete(
    file: &str,
    mut framework: Framework,
    base: Option<Arc<str>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Framework> {
    report_doubles(file, &framework, diagnostics);
    if let Some(base) = base {
        framework.requirements = extend(file, &framework, &base, diagnostics)?;
    }
    framework.requirements = resolve(file, framework.requirements, diagnostics);
    Some(framework)
}

fn report_doubles(file: &str, framework: &Framework, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen = HashSet::new();
    for requirement in &framework.requirements {
        for id in std::iter::once(&requirement.id).chain(&requirement.aliases) {
            if !seen.insert(id) {
                diagnostics.push(error(file, requirement.mark, format!("the id \"{id}\" is used twice")));
            }
        }
    }
}

/// The base's requirements in their order, each replaced by ours of the same id, then the rest of ours.
fn extend(
    file: &str,
    framework: &Framework,
    base: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<Requirement>> {
    let found = if base == &*framework.name { None } else { by_source(base) };
    let Some(found) = found else {
        let message = format!("there is no framework \"{base}\" to extend");
        diagnostics.push(Diagnostic::error(file, message).help("`cloister list frameworks` shows all names"));
        return None;
    };
    let own = |id: &str| framework.requirements.iter().find(|requirement| &*requirement.id == id);
    let taken = found.requirements.iter().map(|requirement| own(&requirement.id).unwrap_or(requirement));
    let added = framework
        .requirements
        .iter()
        .filter(|requirement| !found.requirements.iter().any(|inherited| inherited.id == requirement.id));
    Some(taken.chain(added).cloned().collect())
}

/// Adds the checks, parts and register fields of the requirements that each one is answered through.
fn resolve(file: &str, written: Vec<Requirement>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Requirement> {
    let mut resolved = written.clone();
    for requirement in &mut resolved {
        for (id, mark) in requirement.through.clone().iter().zip(requirement.through_marks.clone()) {
            match written.iter().find(|other| other.id == *id) {
                Some(other) if other.through.is_empty() => take_over(requirement, other),
                Some(_) => diagnostics.push(error(
                    file,
                    mark,
                    format!(
                        "requirement {} is answered through {id}, which is answered through others itself",
                        requirement.id
                    ),
                )),
                None => diagnostics.push(error(
                    file,
                    mark,
                    format!("requirement {} is answered through \"{id}\", which does not exist", requirement.id),
                )),
            }
        }
    }
    resolved
}

fn take_over(requirement: &mut Requirement, other: &Requirement) {
    for (check, mark) in other.checks.iter().zip(&other.check_marks) {
        if !requirement.checks.contains(check) {
            requirement.checks.push(check.clone());
            requirement.check_marks.push(*mark);
        }
    }
    for field in &other.register {
        if !requirement.register.contains(field) {
            requirement.register.push(field.clone());
        }
    }
    for part in &other.parts {
        if !requirement.parts.contains(part) {
            requirement.parts.push(part.clone());
        }
    }
}

fn error(file: &str, mark: Mark, message: String) -> Diagnostic {
    Diagnostic::error(file, message).at(mark.line, mark.column)
}
