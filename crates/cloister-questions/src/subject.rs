//! Who is asked about.

use cloister_rbac::{Identity, Policy};

/// A subject as it is written by people: a user, `group:NAME` or `serviceaccount:NAMESPACE:NAME`.
pub fn identity(subject: &str, groups: &[String]) -> Identity {
    if let Some(group) = subject.strip_prefix("group:") {
        // Whoever is in a group is nobody in particular, but known.
        return Identity::authenticated("", groups.iter().cloned().chain([group.to_owned()]));
    }
    let account = subject.strip_prefix("serviceaccount:").or_else(|| subject.strip_prefix("sa:"));
    match account.and_then(|account| account.split_once(':')) {
        Some((namespace, name)) => {
            Identity::authenticated(format!("system:serviceaccount:{namespace}:{name}"), groups.iter().cloned())
        }
        None => Identity::authenticated(subject, groups.iter().cloned()),
    }
}

/// Groups that authentication adds.
const ADDED: [&str; 3] = ["system:authenticated", "system:unauthenticated", "system:serviceaccounts"];

/// Says so of a name that no binding gives anything to: perhaps it is mistyped, and "no" would be taken for an answer.
pub fn unknown(identity: &Identity, policy: &Policy<'_>) -> Option<String> {
    let is_own = |group: &&String| !ADDED.contains(&group.as_str()) && !group.starts_with("system:serviceaccounts:");
    let own: Vec<&str> =
        [&identity.user].into_iter().chain(identity.groups.iter().filter(is_own)).map(String::as_str).collect();
    let subjects = || policy.bindings().iter().flat_map(|binding| &binding.subjects).map(|subject| subject.full_name());
    if own.iter().all(|name| name.is_empty()) || subjects().any(|name| own.contains(&name.as_str())) {
        return None;
    }
    let who = own.iter().find(|name| !name.is_empty())?;
    let last = who.rsplit(':').next().unwrap_or_default();
    let meant = subjects().find(|name| name.rsplit([':', '/']).next() == Some(last));
    let meant = meant.map(|name| format!("; perhaps {name} is meant")).unwrap_or_default();
    Some(format!("no binding names {who}: the answer is that for anybody{meant}"))
}

#[cfg(test)]
mod tests {
    use super::unknown;
    use cloister_inventory::{Inputs, Inventory};
    use cloister_rbac::{Identity, Policy};

    #[test]
    fn only_names_that_no_binding_has_are_told() {
        let inventory = Inventory::new(Vec::new(), Inputs { files: true, ..Inputs::default() });
        let policy = Policy::new(&inventory);
        let told = |user: &str, groups: &[&str]| {
            unknown(&Identity::authenticated(user, groups.iter().map(|&group| group.to_owned())), &policy)
        };
        assert_eq!(told("ann", &[]).as_deref(), Some("no binding names ann: the answer is that for anybody"));
        let meant = told("kube-system:namespace-controller", &[]);
        assert!(meant.is_some_and(|note| {
            note.ends_with("perhaps system:serviceaccount:kube-system:namespace-controller is meant")
        }));
        assert_eq!(told("system:serviceaccount:kube-system:namespace-controller", &[]), None);
        assert_eq!(told("ann", &["system:masters"]), None);
        assert_eq!(told("", &["system:authenticated"]), None);
    }
}
