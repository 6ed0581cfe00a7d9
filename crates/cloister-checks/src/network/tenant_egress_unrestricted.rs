//! # What it does
//! Finds namespaces in which a workload with personal data (declared in the
//! register, or recognised as a store) may send to everywhere: no policy holds
//! its egress, or one opens it again.
//!
//! # Why it matters
//! Whoever takes the workload over carries the personal data away, to third
//! countries too, and nothing stands in the way.
//!
//! # What to do
//! Deny egress by default in the namespace, then allow name resolution and each
//! destination that the purpose needs.
//!
//! # References
//! GDPR Art. 5(1)(f), 25(2), 32(1)(b).

use cloister_inventory::Pod;
use cloister_model::Severity;

use super::isolation::{Home, Isolation, KINDS};
use super::policies::{self, Direction};
use crate::namespaces::judged;
use crate::{Check, Context, Run};

pub(crate) const CHECK: Check = Check {
    name: "tenant-egress-unrestricted",
    title: "personal data may leave the namespace for anywhere",
    severity: Severity::High,
    needs: &[],
    run: Run::Inventory(KINDS, |findings| {
        let context = findings.context();
        let inventory = context.inventory;
        let isolation = Isolation::of(inventory);
        for namespace in judged(inventory) {
            let pods = inventory.pods_in(namespace.name).filter(|pod| holds_personal_data(context, pod));
            let pods: Vec<Pod<'_>> = pods.collect();
            if pods.is_empty() {
                continue;
            }
            let home = Home::of(inventory, namespace.name);
            let free =
                pods.iter().find_map(|pod| Some((pod, free(context, isolation.isolates(&home, pod, EGRESS), pod)?)));
            if findings.examine(free.is_some())
                && let Some((pod, why)) = free
            {
                let finding = findings.report(namespace.subject()).message(format!(
                    "{} \"{}\" holds personal data and may send it from namespace {} to anywhere{}",
                    pod.resource.kind,
                    pod.resource.name,
                    namespace.name,
                    why.words()
                ));
                // Policies add up: one more closes nothing that another opens.
                if let Free::NotIsolated = why {
                    finding.fix(super::default_deny::fix(&isolation, &home, EGRESS));
                }
            }
        }
    }),
};

fn holds_personal_data(context: &Context<'_>, pod: &Pod<'_>) -> bool {
    let register = context.register;
    !register.stores_of(pod.resource).is_empty()
        || !register.activities_of(pod.resource).is_empty()
        || register.recognised(pod.resource).is_some()
}

const EGRESS: Direction = Direction::Egress;

/// Why nothing keeps a pod's traffic in.
enum Free<'a> {
    HostNetwork,
    NotIsolated,
    /// Let out again by a rule for everything of the policy of this name.
    Reopened(&'a str),
}

impl Free<'_> {
    fn words(&self) -> String {
        match self {
            Free::HostNetwork => ": no policy holds on the network of the host".to_owned(),
            Free::NotIsolated => String::new(),
            Free::Reopened(policy) => format!(": the policy \"{policy}\" lets everything out"),
        }
    }
}

fn free<'a>(context: &Context<'a>, isolated: bool, pod: &Pod<'a>) -> Option<Free<'a>> {
    if policies::on_host_network(pod) {
        return Some(Free::HostNetwork);
    }
    if !isolated {
        return Some(Free::NotIsolated);
    }
    let mut own = context.inventory.of_kind_in("NetworkPolicy", pod.namespace());
    own.find(|policy| policies::selects(policy, pod) && policies::allows_everything(policy, EGRESS))
        .map(|policy| Free::Reopened(&policy.name))
}
