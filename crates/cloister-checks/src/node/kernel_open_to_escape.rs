//! # What it does
//! Finds nodes whose kernel lets a container write past its memory by the old way of mounting (CVE-2022-0185): those of
//! upstream from 5.1 on and before 5.4.173, 5.10.93, 5.15.16 and 5.16.2, and Ubuntu's for Azure 5.4 before 1067 (of 1067
//! itself sources differ, and nothing is said). Where nobody without rights may make a user namespace, the way is closed to most containers, and it is not found.
//! Distributions mend their kernels under numbers of their own: of those that are not known here, nothing is said.
//!
//! # Why it matters
//! From one container with personal data, or without any, an intruder becomes root on the node and reads all of it.
//!
//! # What to do
//! Install the distribution's present kernel and start the node again.
//!
//! # References
//! CVE-2022-0185; kernel.org, change logs of 5.4.173, 5.10.93, 5.15.16 and 5.16.2; Azure/AKS issue 2749. GDPR Art. 32(1)(b).

use cloister_model::{Place, Resource, Severity};
use cloister_node::Facts;

use crate::{Check, Findings, Lacking, Need, Run};

/// From the first of each, it is there; from the second on, it is mended.
const UPSTREAM: [([u32; 3], [u32; 3]); 4] =
    [([5, 1, 0], [5, 4, 173]), ([5, 5, 0], [5, 10, 93]), ([5, 11, 0], [5, 15, 16]), ([5, 16, 0], [5, 16, 2])];
/// Ubuntu's kernel for Azure: version, ending, the build before which all are open, and the one from which on all are
/// mended. Of what lies between sources differ.
const OF_DISTRIBUTIONS: [([u32; 3], &str, [u32; 2]); 1] = [([5, 4, 0], "-azure", [1067, 1068])];

/// Whether a release has the fault; none where its number does not say.
fn is_open(release: &str) -> Option<bool> {
    let end = release.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(release.len());
    let (number, rest) = release.split_at(end);
    let mut parts = number.split('.').map(|part| part.parse::<u32>().ok());
    let version = [parts.next()??, parts.next()??, parts.next().flatten().unwrap_or(0)];
    for (own, ending, [open, mended]) in OF_DISTRIBUTIONS {
        let build = rest.strip_prefix('-').and_then(|rest| rest.strip_suffix(ending)?.parse::<u32>().ok());
        if let Some(build) = build.filter(|_| version == own) {
            return if build < open { Some(true) } else { (build >= mended).then_some(false) };
        }
    }
    // What begins anew at every zero counts its corrections behind it, in a way of its own.
    let own_numbers = (version[2] == 0 && rest.starts_with('-')) || rest.contains(".el");
    let open = UPSTREAM.iter().any(|(from, mended)| (*from..*mended).contains(&version));
    if version >= [5, 17, 0] {
        Some(false)
    } else if own_numbers {
        None
    } else {
        Some(open)
    }
}

/// Whether somebody without rights may not make a user namespace.
fn is_closed(facts: &Facts<'_>) -> bool {
    ["kernel.unprivileged_userns_clone", "user.max_user_namespaces"]
        .iter()
        .any(|name| facts.kernel(name).is_some_and(|(value, _)| value == "0"))
}

fn judge<'a>(resource: &'a Resource, findings: &mut Findings<'a>) {
    const RELEASE: &str = "host/kernel";
    let own = Facts::of(resource);
    let path = if own.is_some() { RELEASE } else { "status/nodeInfo/kernelVersion" };
    let facts = own.or_else(|| findings.inventory().node_facts().find(|facts| facts.name() == &*resource.name));
    let twice = own.is_none() && facts.is_some_and(|facts| facts.resource.root.str_at(RELEASE).is_some());
    let release = resource.root.str_at(path).filter(|release| !release.is_empty() && !twice);
    let Some(release) = release else { return findings.not_applicable() };
    match is_open(release) {
        None => {
            findings.not_applicable();
            findings.lacks(
                Lacking::Input(Need::NodeFacts),
                format!("whether the kernel {release} of {} is mended, its number does not say", resource.name),
                "look for CVE-2022-0185 in the distribution's notices",
            );
        }
        Some(true) if !facts.is_some_and(|facts| is_closed(&facts)) => {
            let message = format!("the kernel {release} is open to CVE-2022-0185");
            findings.report(Place::whole(resource).at(path)).message(message);
        }
        Some(_) => {}
    }
}

pub(crate) const CHECK: Check = Check {
    name: "kernel-open-to-escape",
    title: "the kernel of a node has a known way out of containers",
    severity: Severity::High,
    needs: &[Need::KindOrFacts("Node")],
    run: Run::Resource(&["NodeFacts.cloister.dev", "Node"], judge),
};

#[cfg(test)]
mod tests {
    use super::is_open;

    #[test]
    fn releases_are_told_by_upstreams_numbers_or_known_builds() {
        for (release, open) in [
            ("4.19.0", Some(false)),
            ("5.0.21", Some(false)),
            ("5.1.0", Some(true)),
            ("5.4.172", Some(true)),
            ("5.4.173", Some(false)),
            ("5.10.92-flatcar", Some(true)),
            ("5.10.93", Some(false)),
            ("5.15.16+", Some(false)),
            ("5.16.1-arch1-1", Some(true)),
            ("5.16.2", Some(false)),
            ("6.8.0-31-generic", Some(false)),
            ("5.13.0-39-generic", None),
            ("5.10.0-10-amd64", None),
            ("5.4.0-1059-azure", Some(true)),
            ("5.4.0-1066-azure", Some(true)),
            ("5.4.0-1067-azure", None),
            ("5.4.0-1068-azure", Some(false)),
            ("nonsense", None),
            ("", None),
            ("5", None),
            ("99999999999.1.1", None),
        ] {
            assert_eq!(is_open(release), open, "{release}");
        }
    }
}
