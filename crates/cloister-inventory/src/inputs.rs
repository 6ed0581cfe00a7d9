//! What was looked at, so that what was not never counts as passed.

use std::sync::Arc;

/// Which sources the inventory was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Files, charts or overlays were read.
    pub files: bool,
    /// A live cluster was listed.
    pub cluster: bool,
    /// What the API server of a live cluster says that it is, such as `v1.37.2`.
    pub server_version: Option<String>,
    /// Kinds that could not be read, with the reason.
    pub unread: Vec<Unread>,
}

/// A kind that could not be listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// The kind, such as `Secret`.
    pub kind: Arc<str>,
    /// Why, and the permission that is missing, such as
    /// `forbidden: grant the verb list on secrets`.
    pub reason: String,
}

/// How the reason begins where a right is lacking; what to list follows.
const FORBIDDEN: &str = "forbidden: grant the verb list on ";

impl Unread {
    /// A kind that may not be listed, by its plural and group: `deployments.apps`.
    pub fn forbidden(kind: &str, plural: &str) -> Unread {
        Unread { kind: kind.into(), reason: format!("{FORBIDDEN}{plural}") }
    }

    /// Whether it is of a kind, which names its group where several have such a kind: `Gateway.networking.istio.io`.
    pub fn is(&self, kind: &str) -> bool {
        let (kind, group) = kind.split_once('.').unwrap_or((kind, ""));
        let told =
            self.reason.strip_prefix(FORBIDDEN).map(|plural| plural.split_once('.').map_or("", |(_, group)| group));
        *self.kind == *kind && (group.is_empty() || told.is_none_or(|told| told == group))
    }

    /// The plurals that [`Unread::reasons`] asks rights for.
    pub fn lacking(reasons: &str) -> impl Iterator<Item = &str> {
        reasons.split("; ").filter_map(|one| one.strip_prefix(FORBIDDEN)).flat_map(|names| names.split(", "))
    }

    /// The reasons of several, those rights that are lacking as one.
    pub fn reasons(unread: &[&Unread]) -> String {
        let right = |unread: &&Unread| unread.reason.strip_prefix(FORBIDDEN).map(str::to_owned);
        let rights: Vec<String> = unread.iter().filter_map(right).collect();
        let lacking = (!rights.is_empty()).then(|| format!("{FORBIDDEN}{}", rights.join(", ")));
        let others = unread.iter().filter(|unread| right(unread).is_none()).map(|unread| unread.reason.clone());
        let mut reasons: Vec<String> = lacking.into_iter().chain(others).collect();
        reasons.dedup();
        reasons.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::Unread;

    #[test]
    fn all_rights_that_are_lacking_are_named_at_once() {
        let left_out = || Unread { kind: "Node".into(), reason: "left out".into() };
        let all = [Unread::forbidden("Pod", "pods"), left_out(), Unread::forbidden("Job", "jobs.batch"), left_out()];
        let told = Unread::reasons(&all.each_ref());
        assert_eq!(told, "forbidden: grant the verb list on pods, jobs.batch; left out");
        assert_eq!(Unread::lacking(&told).collect::<Vec<_>>(), ["pods", "jobs.batch"]);
        assert_eq!(Unread::reasons(&[&all[0]]), "forbidden: grant the verb list on pods");
    }

    #[test]
    fn a_kind_of_several_groups_is_told_apart() {
        let istio = Unread::forbidden("Gateway", "gateways.networking.istio.io");
        assert!(istio.is("Gateway.networking.istio.io") && istio.is("Gateway"));
        assert!(!istio.is("Gateway.example.org") && !istio.is("VirtualService.networking.istio.io"));
        let left_out = Unread { kind: "Gateway".into(), reason: "left out by --namespace".into() };
        assert!(left_out.is("Gateway.networking.istio.io"), "it is left out, whatever its group");
    }
}
