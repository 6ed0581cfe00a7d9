//! What a judgement asked for beyond its own subject, as far as each of it can be told to have changed.

/// A set of things that a judgement may depend on. Its own subject is in no such set: it depends on that always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Asked(u64);

/// Kinds whose changes are told apart: what asks for resources of another depends on everything.
pub(crate) const KINDS: [&str; 17] = [
    "ClusterRole",
    "ClusterRoleBinding",
    "Deployment",
    "HorizontalPodAutoscaler",
    "LimitRange",
    "PersistentVolumeClaim",
    "PodDisruptionBudget",
    "ResourceQuota",
    "Role",
    "RoleBinding",
    "Rollout.argoproj.io",
    "RuntimeClass",
    "ScaledObject.keda.sh",
    "Secret",
    "Service",
    "ServiceAccount",
    "StatefulSet",
];

/// How many bits come before those of kinds.
const FIRST: usize = 5;

impl Asked {
    /// Nothing but the subject.
    pub(crate) const NOTHING: Asked = Asked(0);
    /// Something that nobody tells changes of: such a judgement is never taken again.
    pub(crate) const EVERYTHING: Asked = Asked(1);
    /// The day.
    pub(crate) const TODAY: Asked = Asked(1 << 1);
    /// What the organisation says of detections.
    pub(crate) const PROFILE: Asked = Asked(1 << 2);
    /// Which sources there are, and what could not be read of them.
    pub(crate) const INPUTS: Asked = Asked(1 << 3);
    /// The documents of the record of processing.
    pub(crate) const REGISTER: Asked = Asked(1 << 4);

    /// All resources of a kind.
    pub(crate) fn all_of(kind: &str) -> Asked {
        let place = KINDS.iter().position(|known| *known == kind);
        place.map_or(Asked::EVERYTHING, |place| Asked(1 << (FIRST + place)))
    }

    /// The resources of a kind in the subject's own namespace.
    pub(crate) fn near_of(kind: &str) -> Asked {
        let place = KINDS.iter().position(|known| *known == kind);
        place.map_or(Asked::EVERYTHING, |place| Asked(1 << (FIRST + KINDS.len() + place)))
    }

    /// Both.
    pub(crate) fn and(self, other: Asked) -> Asked {
        Asked(self.0 | other.0)
    }

    /// Whether anything is in both.
    pub(crate) fn meets(self, other: Asked) -> bool {
        self.0 & other.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, KINDS};

    #[test]
    fn each_thing_has_a_place_of_its_own() {
        let mut all = vec![Asked::EVERYTHING, Asked::TODAY, Asked::PROFILE, Asked::INPUTS, Asked::REGISTER];
        all.extend(KINDS.iter().flat_map(|kind| [Asked::all_of(kind), Asked::near_of(kind)]));
        for (at, one) in all.iter().enumerate() {
            assert!(one.meets(*one) && all.iter().skip(at + 1).all(|other| !one.meets(*other)), "{at}");
        }
        assert_eq!(Asked::near_of("Unheard"), Asked::EVERYTHING);
    }
}
