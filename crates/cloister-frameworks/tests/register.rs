//! What a requirement tells people to write is what the register reads.

use cloister_frameworks::builtin;
use cloister_register::documents::KINDS;
use cloister_register::spec::{ObjectSpec, Spec};

/// Whether `path`, such as `ProcessingActivity.transfers.safeguard`, is a field of the register.
fn is_field(path: &str) -> bool {
    let mut steps = path.split('.');
    let kind = steps.next().and_then(|kind| KINDS.iter().find(|(name, _)| *name == kind));
    let Some((_, kind)) = kind else { return false };
    let last = steps.try_fold(Some(*kind), |object, step| {
        let field = object?.fields.iter().find(|field| field.key == step)?;
        Some(object_of(&field.spec))
    });
    path.contains('.') && last.is_some()
}

/// The fields beneath a field, where it has any.
fn object_of(spec: &Spec) -> Option<&'static ObjectSpec> {
    match spec {
        Spec::Object(object) => Some(object),
        Spec::List(items) => object_of(items),
        _ => None,
    }
}

#[test]
fn every_register_field_exists() {
    let mut named = 0;
    for framework in builtin() {
        for requirement in &framework.requirements {
            for field in &requirement.register {
                assert!(is_field(field), "{} {} names {field}, which no document has", framework.name, requirement.id);
                named += 1;
            }
        }
    }
    assert!(named > 40, "only {named} fields are named");
    for wrong in ["ProcessingActivity", "Activity.purposes", "ProcessingActivity.porposes", "Organisation.country.x"] {
        assert!(!is_field(wrong), "{wrong} passes for a field");
    }
}
