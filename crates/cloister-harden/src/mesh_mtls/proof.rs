//! The proof: what was written is read and evaluated together with all else of the input.

use cloister_inventory::Inventory;
use cloister_manifest::{Interner, parse};
use cloister_model::{Origin, Resource};
use cloister_network::{Caller, Endpoint, Membership, Mesh, Mode, Network, Options, PortSet, Protocol};

use super::callers::Plain;
use super::istio::{Plan, members};
use super::policies::{self, KIND};
use super::{Plaintext, stores};
use crate::Step;

/// More failures than these say nothing new.
const MOST: usize = 12;

/// What evaluating it showed.
#[derive(Debug, Default)]
pub struct Proof {
    /// In sentences.
    pub shown: Vec<String>,
    /// What is not as it should be: nothing is written then.
    pub failures: Vec<String>,
}

impl Proof {
    /// Whether nothing speaks against it.
    pub fn holds(&self) -> bool {
        self.failures.is_empty()
    }
}

type Before<'n, 'a> = (&'n Network<'a>, &'n Mesh<'n, 'a>, &'a Inventory);

pub(super) fn prove<'a>(
    plan: &Plan<'a>,
    before: Before<'_, 'a>,
    calls: &[Plain],
    steps: &[Step],
    plain: Plaintext<'_>,
) -> Proof {
    let mut proof = Proof::default();
    let text: String = steps.iter().skip(1).map(|step| step.text.as_str()).collect();
    let parsed = parse(&text, &Origin::File("mesh.yaml".into()), 1, &mut Interner::default());
    proof.failures.extend(parsed.diagnostics.iter().map(|it| it.message.clone()));
    let written = parsed.resources.len();
    let is_gone = |it: &&Resource| {
        let rule = plan.rules().iter().any(|rule| std::ptr::eq(*rule, *it));
        let policy = of_kind(it) && (policies::is_weak(it) || plan.is_replaced(it));
        rule || policy
    };
    let kept = before.2.resources().iter().filter(|it| !is_gone(it)).cloned();
    let after = Inventory::new(kept.chain(parsed.resources).collect(), before.2.inputs().clone());
    let network = Network::new(&after, &Options { mesh: true, ..Options::default() });
    let Some(mesh) = Mesh::of(&network, &after) else { return proof };
    modes(plan, &network, &mesh, &mut proof);
    let kept = nobody_lost(before, (&network, &mesh), calls, &mut proof);
    proof.failures.truncate(MOST);
    let (was, is) = (in_the_clear(before.0, before.1), in_the_clear(&network, &mesh));
    let open = plan.exceptions().iter().map(|it| it.ports.len().max(1)).sum();
    proof.shown.push(format!(
        "with {} every port of {} in the mesh is STRICT, but for {}",
        count(written, "policy", "policies"),
        count(members(&network, &mesh).len(), "workload", "workloads"),
        count(open, "exception", "exceptions")
    ));
    proof.shown.push(format!("pairs of workloads that can speak plaintext to a member: {was} before, {is} after"));
    proof
        .shown
        .push(format!("{} in the clear that the input declares: all still come through", count(kept, "call", "calls")));
    let (was, is) = (stores(before.2, plain), stores(&after, plain));
    if was != is {
        let words = |it: [usize; 3]| format!("{} plaintext, {} unknown, {} encrypted", it[0], it[1], it[2]);
        proof.shown.push(format!("to stores of personal data: {} before; {} after", words(was), words(is)));
    }
    proof
}

fn of_kind(resource: &Resource) -> bool {
    KIND.split_once('.').is_some_and(|(kind, group)| &*resource.kind == kind && resource.group() == group)
}

/// Every member is STRICT on every port that is not excepted, and nothing is disputed.
fn modes<'n, 'a>(plan: &Plan<'_>, network: &'n Network<'a>, mesh: &Mesh<'n, 'a>, proof: &mut Proof) {
    for member in members(network, mesh) {
        let name = member.workload;
        if plan.stays_open(name.namespace) {
            continue;
        }
        let Some(mutual) = mesh.mutual_tls(member.endpoint) else { continue };
        let own = plan.exceptions().iter().find(|it| it.selects(name.namespace, &policies::labels(name)));
        let whole = own.is_some_and(|it| !it.whole.is_empty());
        if mutual.disputed {
            proof.failures.push(format!("{name}: several policies of one level apply, and the oldest counts"));
        }
        if mutual.mode != Mode::Strict && !whole {
            proof.failures.push(format!("{name} would be {}", mutual.mode.as_str()));
        }
        for (port, mode) in mutual.ports.iter().filter(|(_, mode)| *mode != Mode::Strict) {
            if !whole && own.is_none_or(|it| !it.ports.contains_key(port)) {
                proof.failures.push(format!("{name} would be {} on port {port}", mode.as_str()));
            }
        }
    }
}

/// What comes through in the clear today still does. Returns how many calls were asked.
fn nobody_lost(
    before: Before<'_, '_>,
    (network, mesh): (&Network<'_>, &Mesh<'_, '_>),
    calls: &[Plain],
    proof: &mut Proof,
) -> usize {
    let mut asked = 0;
    for call in calls {
        // Policies of the mesh change nothing about who is there, nor in which order.
        let same = before.0.endpoint(call.to).map(Endpoint::name) == network.endpoint(call.to).map(Endpoint::name);
        let open = call.ports.difference(&before.1.between(call.caller, call.to).closed_ports());
        let lost = open.intersection(&mesh.between(call.caller, call.to).closed_ports());
        asked += usize::from(!open.is_empty());
        if !lost.is_empty() || !same {
            let name = network.endpoint(call.to).map(Endpoint::name).unwrap_or_default();
            proof.failures.push(format!("{name} would refuse {lost}: {}", call.says));
        }
    }
    asked
}

/// Pairs of workloads of which the first can open a connection in the clear to the second, which is in the mesh.
fn in_the_clear(network: &Network<'_>, mesh: &Mesh<'_, '_>) -> usize {
    let tcp = PortSet::all_of(Protocol::Tcp);
    let first = |class: usize| network.members(class).first().copied();
    let is_pod = |it: usize| network.endpoint(it).is_some_and(|it| it.workload().is_some());
    let mut pairs = 0usize;
    for to in 0..network.class_count() {
        let Some(destination) = first(to).filter(|it| is_pod(*it) && mesh.mutual_tls(*it).is_some()) else { continue };
        for from in 0..network.class_count() {
            let others = || network.members(from).iter().find(|it| **it != destination);
            let Some(source) = others().copied().filter(|it| is_pod(*it)) else { continue };
            let narrowing = mesh.between(Caller::Endpoint(source), destination);
            let plain = match mesh.membership(source) {
                Membership::None => tcp.difference(&narrowing.closed_ports()),
                _ => narrowing.in_clear.difference(&narrowing.closed_ports()),
            };
            if !plain.intersection(&network.between(source, destination).allowed()).is_empty() {
                let same = usize::from(from == to);
                pairs += network.members(from).len().saturating_sub(same) * network.members(to).len();
            }
        }
    }
    pairs
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
