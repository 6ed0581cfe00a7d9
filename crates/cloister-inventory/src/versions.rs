//! Versions that no API server has ever served: the document is read as what it is nearest to, and that is told.

use cloister_model::{Diagnostic, Origin, Resource};

/// Kubernetes' own groups, and the newest of their stable versions. Source: Kubernetes 1.37, `pkg/apis`.
const NEWEST: [(&str, u32); 20] = [
    ("", 1),
    ("admissionregistration.k8s.io", 1),
    ("apiextensions.k8s.io", 1),
    ("apiregistration.k8s.io", 1),
    ("apps", 1),
    ("authentication.k8s.io", 1),
    ("authorization.k8s.io", 1),
    ("autoscaling", 2),
    ("batch", 1),
    ("certificates.k8s.io", 1),
    ("coordination.k8s.io", 1),
    ("discovery.k8s.io", 1),
    ("events.k8s.io", 1),
    ("flowcontrol.apiserver.k8s.io", 1),
    ("networking.k8s.io", 1),
    ("node.k8s.io", 1),
    ("policy", 1),
    ("rbac.authorization.k8s.io", 1),
    ("scheduling.k8s.io", 1),
    ("storage.k8s.io", 1),
];

/// What is told of a resource of one of these groups in a version that there is not. Which of the versions before a
/// stable one are still served, a check tells.
pub(crate) fn diagnostic(resource: &Resource) -> Option<Diagnostic> {
    if matches!(resource.origin, Origin::Cluster(_)) {
        return None;
    }
    let group = resource.group();
    let (_, newest) = NEWEST.iter().find(|(known, _)| *known == group)?;
    let version = resource.api_version.rsplit('/').next().unwrap_or_default();
    let known = match number(version) {
        Some((number, true)) => (1..=*newest).contains(&number),
        Some((_, false)) => true,
        None => false,
    };
    if known {
        return None;
    }
    let instead = if group.is_empty() { format!("v{newest}") } else { format!("{group}/v{newest}") };
    let node = resource.root.at("apiVersion").unwrap_or(&resource.root);
    let location = resource.locate(node.mark)?;
    let message = format!(
        "{} \"{}\": there is no apiVersion {}, and an API server refuses it",
        resource.kind, resource.name, resource.api_version
    );
    let help = format!("it was read as if it were {instead}: write that, or the version that is meant");
    let mut diagnostic = Diagnostic::warning(location.file, message).help(help);
    diagnostic.line = location.line;
    diagnostic.column = location.column;
    Some(diagnostic)
}

/// The number of `v1`, `v2beta1`, and whether it is a stable version.
fn number(version: &str) -> Option<(u32, bool)> {
    let rest = version.strip_prefix('v')?;
    let (number, rest) = rest.split_at_checked(rest.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(rest.len()))?;
    let before = rest.strip_prefix("alpha").or_else(|| rest.strip_prefix("beta"));
    let is_whole = rest.is_empty() || before.is_some_and(|rest| rest.parse::<u32>().is_ok());
    number.parse().ok().filter(|_| is_whole).map(|number| (number, rest.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::{NEWEST, number};

    #[test]
    fn versions_are_read_as_kubernetes_writes_them() {
        for (version, expected) in [
            ("v1", Some((1, true))),
            ("v99", Some((99, true))),
            ("v2beta2", Some((2, false))),
            ("v1alpha1", Some((1, false))),
            ("1", None),
            ("V1", None),
            ("v1beta", None),
            ("v1gamma1", None),
            ("v", None),
            ("", None),
        ] {
            assert_eq!(number(version), expected, "{version}");
        }
        assert!(NEWEST.is_sorted());
    }
}
