//! The controls of the Pod Security Standards: what the API server calls them, and which checks of ours stand for them.

use std::collections::BTreeSet;

use cloister_frameworks::by_name;

/// A level that a namespace can enforce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Known ways to escalate are closed.
    Baseline,
    /// Current hardening practice is required.
    Restricted,
}

impl Level {
    /// Both, the milder first.
    pub const ALL: [Self; 2] = [Self::Baseline, Self::Restricted];

    /// The value of the namespace label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }

    /// The checks of the framework that stands for it: a pod is admitted when none of them has a finding.
    pub fn checks(self) -> BTreeSet<&'static str> {
        let name = match self {
            Self::Baseline => "pss-baseline",
            Self::Restricted => "pss-restricted",
        };
        let requirements = by_name(name).into_iter().flat_map(|framework| &framework.requirements);
        requirements.flat_map(|requirement| &requirement.checks).map(|check| &**check).collect()
    }
}

/// A control as the API server reports it.
#[derive(Debug)]
pub struct Control {
    /// How a refusal starts to name it.
    pub reason: &'static str,
    /// The checks that stand for it at baseline.
    pub baseline: &'static [&'static str],
    /// The checks that stand for it at restricted.
    pub restricted: &'static [&'static str],
}

impl Control {
    /// The checks that stand for it at this level.
    pub fn checks(&self, level: Level) -> &'static [&'static str] {
        match level {
            Level::Baseline => self.baseline,
            Level::Restricted => self.restricted,
        }
    }
}

/// A control that both levels have, with the same checks.
const fn both(reason: &'static str, checks: &'static [&'static str]) -> Control {
    Control { reason, baseline: checks, restricted: checks }
}

/// A control that only restricted has.
const fn restricted(reason: &'static str, checks: &'static [&'static str]) -> Control {
    Control { reason, baseline: &[], restricted: checks }
}

/// A control that restricted replaces by a stricter one.
const fn baseline(reason: &'static str, checks: &'static [&'static str]) -> Control {
    Control { reason, baseline: checks, restricted: &[] }
}

/// Every control of v1.37.
pub const CONTROLS: &[Control] = &[
    both("hostProcess", &["windows-host-process"]),
    both("host namespaces", &["host-pid", "host-ipc", "host-network"]),
    both("privileged", &["privileged-container"]),
    baseline("non-default capabilities", &["capability-beyond-baseline"]),
    restricted("unrestricted capabilities", &["capabilities-not-dropped"]),
    baseline("hostPath volumes", &["host-path-volume"]),
    restricted("restricted volume types", &["volume-type-not-allowed"]),
    both("hostPort", &["host-port"]),
    both("probe or lifecycle host", &["host-probe"]),
    both("forbidden AppArmor profile", &["apparmor-profile-disabled"]),
    both("seLinuxOptions", &["selinux-options-custom"]),
    Control {
        reason: "procMount",
        baseline: &["proc-mount-unmasked"],
        restricted: &["proc-mount-unmasked", "proc-mount-unmasked-in-user-namespace"],
    },
    Control {
        reason: "seccompProfile",
        baseline: &["seccomp-unconfined"],
        restricted: &["seccomp-unconfined", "seccomp-profile-missing"],
    },
    both("forbidden sysctls", &["unsafe-sysctl"]),
    restricted("allowPrivilegeEscalation != false", &["privilege-escalation-allowed"]),
    restricted("runAsNonRoot != true", &["may-run-as-root"]),
    restricted("runAsUser=0", &["runs-as-root-user"]),
];

/// The controls that a refusal names; an empty set when it is not one of Pod Security admission.
///
/// The message reads `… violates PodSecurity "LEVEL:VERSION": REASON (DETAIL), REASON (DETAIL)`; details quote what
/// the pod says, so only the words outside parentheses and quotes count.
pub fn named_in(message: &str) -> BTreeSet<&'static str> {
    let Some((_, violations)) = message.split_once("violates PodSecurity ") else { return BTreeSet::new() };
    let mut words = String::new();
    let (mut depth, mut quoted) = (0_usize, false);
    for character in violations.chars() {
        match character {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            _ if depth == 0 && !quoted => words.push(character),
            _ => {}
        }
    }
    let words: Vec<&str> = words.trim_start_matches(':').split(',').map(str::trim).collect();
    let named = CONTROLS.iter().filter(|control| words.iter().any(|word| word.starts_with(control.reason)));
    named.map(|control| control.reason).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_its_controls_and_not_what_it_quotes() {
        let message = r#"pods "hostPort" is forbidden: violates PodSecurity "restricted:latest": privileged (container "a, hostPort (x)" must not set securityContext.privileged=true), forbidden AppArmor profiles (pod), runAsNonRoot != true (pod)"#;
        let expected = BTreeSet::from(["privileged", "forbidden AppArmor profile", "runAsNonRoot != true"]);
        assert_eq!(named_in(message), expected);
    }

    #[test]
    fn another_refusal_names_none() {
        assert!(named_in("pods \"a\" is forbidden: exceeded quota").is_empty());
    }
}
