//! # What it does
//! Finds bindings to a Role or ClusterRole that is not there.
//!
//! # Why it matters
//! Whoever may create a role of that name decides what the bound subjects may do; and
//! whoever reads the binding is misled.
//!
//! # What to do
//! Delete the binding, or correct the name: a binding's role cannot be changed, so make
//! it anew.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Role Based Access Control Good Practices", periodic
//! review.

use cloister_model::{Place, Resource, Severity};

use super::bindings::{BINDINGS, RoleRef, role_ref};
use super::rules::is_builtin;
use crate::sight::Seen;
use crate::{Check, Run};

/// Whether the input would show the role: a cluster shows all of them, files
/// that hold some of the same kind and place are taken to hold the others.
fn is_known(inventory: &Seen<'_>, binding: &Resource, role: RoleRef<'_>) -> bool {
    match role.kind {
        "ClusterRole" => inventory.has_kind("ClusterRole"),
        "Role" => {
            inventory.inputs().cluster || inventory.of_kind_in("Role", binding.namespace_or_default()).next().is_some()
        }
        _ => false,
    }
}

fn exists(inventory: &Seen<'_>, binding: &Resource, role: RoleRef<'_>) -> bool {
    if role.kind == "Role" {
        return inventory.get("Role", binding.namespace_or_default(), role.name).is_some();
    }
    let shipped = cloister_rbac::is_born_with("ClusterRole", role.name) || role.name.starts_with("system:");
    (shipped && !inventory.inputs().cluster) || inventory.of_kind("ClusterRole").any(|other| &*other.name == role.name)
}

pub(crate) const CHECK: Check = Check {
    name: "binding-without-role",
    title: "a binding names a role that does not exist",
    severity: Severity::Low,
    needs: &[],
    run: Run::Inventory(&["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"], |findings| {
        let inventory = findings.seen();
        for binding in BINDINGS.iter().flat_map(|kind| inventory.of_kind(kind)).filter(|binding| !is_builtin(binding)) {
            let Some(role) = role_ref(binding).filter(|role| is_known(&inventory, binding, *role)) else { continue };
            if findings.examine(!exists(&inventory, binding, role)) {
                findings.report(Place::whole(binding).at("roleRef/name")).message(format!(
                    "{} \"{}\" gives {} \"{}\", which does not exist",
                    binding.kind, binding.name, role.kind, role.name
                ));
            }
        }
    }),
};
