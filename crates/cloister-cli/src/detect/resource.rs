//! Profiles among what is scanned: documents like the register's.

use cloister_detect::profile::{API_VERSION, Fault, KIND, Profile, Spec};
use cloister_dlp::profile_spec;
use cloister_inventory::Inventory;
use cloister_model::{Diagnostic, Place, Resource};

/// The kind with its group, as the inventory asks for it.
const NAME: &str = "DetectionProfile.cloister.dev";

/// What the profiles of the input say together; what cannot be used is told.
pub fn profile(inventory: &Inventory, diagnostics: &mut Vec<Diagnostic>) -> Option<Profile> {
    let mut whole: Option<Spec> = None;
    for resource in inventory.of_kind(NAME).filter(|resource| *resource.api_version == *API_VERSION) {
        let spec = resource.root.get("spec").map_or_else(|| Ok(Spec::default()), |node| profile_spec(node, &[]));
        match spec.map_err(|fault| vec![fault]).and_then(|spec| Profile::new(&spec).map(|_| spec)) {
            Ok(spec) => join(whole.get_or_insert_default(), spec),
            Err(faults) => diagnostics.extend(faults.iter().map(|fault| told(resource, fault))),
        }
    }
    Profile::new(&whole?).ok()
}

fn join(whole: &mut Spec, one: Spec) {
    whole.thresholds.extend(one.thresholds);
    whole.allow.extend(one.allow);
    whole.rules.extend(one.rules);
    whole.detectors.extend(one.detectors);
}

fn told(resource: &Resource, fault: &Fault) -> Diagnostic {
    let path = format!("spec/{}", fault.path.replace(['[', '.'], "/").replace(']', ""));
    let location = Place::whole(resource).at(path.trim_end_matches('/')).location();
    let file = location.as_ref().map_or_else(|| KIND.into(), |location| location.file.clone());
    let cause = if fault.path.is_empty() { fault.cause.clone() } else { format!("spec.{fault}") };
    let diagnostic = Diagnostic::error(file, format!("{KIND}: {cause}")).help(fault.help.clone());
    match location.and_then(|location| location.line.zip(location.column)) {
        Some((line, column)) => diagnostic.at(line, column),
        None => diagnostic,
    }
}
