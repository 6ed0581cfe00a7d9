//! What is made from what was known is what would be made from nothing.

use std::path::Path;
use std::sync::Arc;

use cloister_assessment::{Assessment, FailOn, Scan, Subject, assess};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::{Origin, Resource, Severity};
use cloister_register::Register;
use proptest::prelude::*;
use serde_json::Value;

use crate::keep::body;
use crate::read::{Changes, Report, Since};
use crate::{Snapshot, Supplement, supplement};

/// The clinic's resources.
pub fn clinic() -> Vec<Resource> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/clinic/k8s");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let origin = Origin::File(path.file_name().unwrap().to_string_lossy().into());
        parse(&std::fs::read_to_string(path).unwrap(), &origin, 1, &mut Interner::default()).resources
    };
    files.iter().flat_map(read).collect()
}

/// Assesses them after `before`; and once more as if nothing had been known.
fn both(resources: Vec<Resource>, before: Option<&Snapshot>) -> (Snapshot, Snapshot, Value) {
    let inventory = Inventory::new(resources, Inputs { files: true, ..Inputs::default() });
    let (register, _) = Register::from_inventory(&inventory);
    let frameworks: Vec<_> = cloister_frameworks::names().filter_map(cloister_frameworks::by_name).collect();
    let assessment: Assessment = assess(Scan {
        inventory: &inventory,
        register: &register,
        frameworks: &frameworks,
        subject: Subject::default(),
        diagnostics: Vec::new(),
        baseline: None,
        fail_on: FailOn::Severity(Severity::High),
        today: jiff::civil::date(2026, 11, 27),
        now: "2026-11-27T00:00:00Z".to_owned(),
        version: "0.1.0",
        profile: None,
        judged: None,
    });
    let more = |before: Option<&Supplement>| supplement(&inventory, &register, &assessment, before);
    let json = serde_json::to_vec(&assessment).unwrap();
    let known = (Report::of(&assessment, before), more(before.map(|before| &*before.more)));
    let fresh = (Report::read(&json).unwrap(), more(None));
    let snapshot =
        |before, (report, more): (Report, Supplement)| Snapshot::after(before, "clinic".into(), report, more.into());
    (snapshot(before, known), snapshot(None, fresh), serde_json::from_slice(&json).unwrap())
}

/// What is known of the clinic.
pub fn known() -> Snapshot {
    both(clinic(), None).0
}

fn says(snapshot: &Snapshot) -> Value {
    let more = &snapshot.more;
    let texts: Vec<_> =
        more.resources.iter().map(|one| (&one.resource, &one.location, &one.yaml, &one.numbers)).collect();
    let lines: Vec<_> = snapshot.report.findings.iter().map(|one| more.line(&one.id)).collect();
    let by_resource: Vec<_> = snapshot.resources.iter().collect();
    serde_json::json!([snapshot.report, snapshot.digest, texts, lines, by_resource])
}

#[test]
fn a_report_says_what_its_json_says() {
    let (made, read, json) = both(clinic(), None);
    assert!(made.report.findings.len() > 100);
    assert_eq!(says(&made), says(&read));
    let said = serde_json::to_value(&made.report).unwrap();
    for (name, value) in said.as_object().unwrap().iter().filter(|(name, _)| *name != "summary") {
        assert_eq!(*value, json[name], "{name}");
    }
}

#[test]
fn what_did_not_change_is_shared_and_what_changed_is_said_in_few_lines() {
    let before = both(clinic(), None).0;
    let mut resources = clinic();
    let at = resources.iter().position(|one| &*one.kind == "PodDisruptionBudget").unwrap();
    resources.remove(at);
    let (now, _, _) = both(resources, Some(&before));
    let all = &now.report.findings;
    let shared = all.iter().filter(|one| before.shared(&one.id).is_some_and(|known| Arc::ptr_eq(known, one))).count();
    assert!(shared > all.len() * 9 / 10 && now.digest != before.digest, "{shared} of {}", all.len());
    let texts = &now.more.resources;
    let shared = texts.iter().filter(|one| before.more.resources.iter().any(|known| Arc::ptr_eq(known, one))).count();
    assert_eq!(shared, texts.len(), "no text but that of what is gone is another");
    let changes = changes(&before, &now).unwrap();
    let (all, some) = (serde_json::to_vec(&now.report).unwrap(), serde_json::to_vec(&changes).unwrap());
    assert!(some.len() * 10 < all.len(), "{} of {}", some.len(), all.len());
}

#[test]
fn a_text_is_written_anew_where_a_value_alone_is_another() {
    let of = |replicas: u32| {
        let text =
            format!("apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a}}\nspec: {{replicas: {replicas}}}\n");
        parse(&text, &Origin::Cluster("live".into()), 1, &mut Interner::default()).resources
    };
    let before = both(of(1), None).0;
    let (now, fresh, _) = both(of(2), Some(&before));
    assert_eq!(says(&now), says(&fresh));
    assert!(now.more.resources[0].yaml.contains("replicas: 2"));
}

fn changes(before: &Snapshot, now: &Snapshot) -> Option<Changes> {
    let since = Since { entry: Some(7), digest: before.digest.clone() };
    Changes::between(&before.report, &now.report, since, &now.digest)
}

/// One step: resources that are left out, and one that is written otherwise.
fn step(left_out: &[usize], otherwise: usize) -> Vec<Resource> {
    let mut at = 0;
    let mut all = clinic();
    let length = all.len();
    if let Some(one) = all.get_mut(otherwise % (2 * length)) {
        // Its lines move, and its name stays.
        let text = format!(
            "# moved\n\napiVersion: {}\nkind: {}\nmetadata: {{name: \"{}\"}}\n",
            one.api_version, one.kind, one.name
        );
        let read = parse(&text, &one.origin, 1, &mut Interner::default());
        let namespace = one.namespace.clone();
        *one = Resource { namespace, ..read.resources.into_iter().next().unwrap() };
    }
    all.retain(|_| {
        at += 1;
        !left_out.iter().any(|out| out % length == at - 1)
    });
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_changes_is_assessed_as_if_nothing_had_been_known(
        steps in proptest::collection::vec((proptest::collection::vec(0_usize..200, 0..6), 0_usize..200), 1..4),
    ) {
        let mut before: Option<Snapshot> = None;
        let mut bodies: Vec<Vec<u8>> = Vec::new();
        for (left_out, otherwise) in &steps {
            let (now, fresh, _) = both(step(left_out, *otherwise), before.as_ref());
            prop_assert_eq!(says(&now), says(&fresh));
            let said = before.as_ref().and_then(|before| changes(before, &now));
            match said {
                Some(said) => bodies.insert(0, [b"C", &*serde_json::to_vec(&said).unwrap()].concat()),
                None => bodies = vec![serde_json::to_vec(&now.report).unwrap()],
            }
            // What is recorded leads to it, by whoever reads it.
            let read = Snapshot::new("clinic".into(), body::report(&bodies).unwrap(), Supplement::default());
            prop_assert_eq!(&read.digest, &now.digest);
            prop_assert_eq!(serde_json::to_value(&read.report).unwrap(), serde_json::to_value(&now.report).unwrap());
            before = Some(now);
        }
    }
}
