//! What is drawn grows with what is bound, not with how often it comes together.

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;

use crate::escalation::{Closure, Vertex};
use crate::{Policy, ServerRules, ToldBy};

const ROLE: &str = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: all}\n\
                    rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]\n";

/// A binding of that role to Ann: in a namespace, or everywhere.
fn binding(number: usize, namespace: Option<&str>) -> String {
    let (kind, place) = match namespace {
        Some(namespace) => ("RoleBinding", format!(", namespace: {namespace}")),
        None => ("ClusterRoleBinding", String::new()),
    };
    format!(
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: b{number}{place}}}\n\
         roleRef: {{kind: ClusterRole, name: all}}\nsubjects: [{{kind: User, name: ann}}]\n"
    )
}

/// How often rights came together, and in how many steps Ann is cluster-admin.
fn drawn(bindings: impl Iterator<Item = String>) -> (usize, Option<u32>) {
    let text = ROLE.to_owned() + &bindings.collect::<String>();
    let resources = parse(&text, &Origin::File("roles.yaml".into()), 1, &mut Interner::default()).resources;
    let inventory = Inventory::new(resources, Inputs { files: true, ..Inputs::default() });
    let policy = Policy::new(&inventory);
    let closure = Closure::new(&policy, &inventory, ServerRules::of_version((1, 37), ToldBy::User), &[]);
    (closure.sketch.rights.len(), closure.steps_to_admin(&Vertex::user("ann")))
}

#[test]
fn the_same_role_by_many_bindings_comes_together_once() {
    let of = |count: usize| drawn((0..count).map(|number| binding(number, None)));
    assert_eq!(of(10), of(1));
}

#[test]
fn a_role_in_many_namespaces_comes_together_in_each() {
    let of = |count: usize| drawn((0..count).map(|number| binding(number, Some(&format!("n{number}"))))).0;
    let (some, more, most) = (of(10), of(20), of(30));
    assert_eq!(most - more, more - some);
}
