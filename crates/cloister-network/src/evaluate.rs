//! One direction of one connection: what the policies that select a pod say of one peer.
//!
//! Sources: the API documentation of `networking.k8s.io/v1` and `policy.networking.k8s.io`; tiers are asked Admin →
//! NetworkPolicy → Baseline, and what none of them decides is open.

use cloister_inventory::Selector;

use crate::addresses::Family;
use crate::classes::{Class, Match, Profile, Sort};
use crate::endpoints::NamedPort;
use crate::network::Network;
use crate::policy::{Action, Direction, Peer, Peers, Rule, Tier};
use crate::ports::PortSet;
use crate::verdict::Verdict;

/// What one policy, or several of one priority, can make of each port. A port is in each of the sets that may be so.
struct Outcome {
    accept: PortSet,
    deny: PortSet,
    /// Left to the next tier.
    pass: PortSet,
    /// No rule speaks of it: the next policy is asked.
    through: PortSet,
}

/// One direction of a question.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'q, 'a> {
    pub(crate) direction: Direction,
    /// The pod whose policies are asked.
    pub(crate) pod: &'q Class<'a>,
    /// The other end.
    pub(crate) peer: &'q Class<'a>,
    pub(crate) family: Family,
}

impl<'q, 'a> Asked<'q, 'a> {
    /// Names of ports are those of the destination.
    pub(crate) fn named(&self) -> &'q [NamedPort<'a>] {
        match self.direction {
            Direction::Ingress => &self.pod.ports,
            Direction::Egress => &self.peer.ports,
        }
    }
}

impl<'a> Network<'a> {
    /// What may pass from one endpoint to another; nothing where there is no such endpoint.
    pub fn between(&self, source: usize, destination: usize) -> Verdict {
        let classes = self.class_of(source).zip(self.class_of(destination));
        let classes = classes.and_then(|(from, to)| self.classes.get(from).zip(self.classes.get(to)));
        classes.map_or_else(Verdict::closed, |(from, to)| self.between_classes(from, to))
    }

    pub(crate) fn between_classes(&self, from: &Class<'a>, to: &Class<'a>) -> Verdict {
        let egress = |family| self.side(Asked { direction: Direction::Egress, pod: from, peer: to, family });
        let ingress = |family| self.side(Asked { direction: Direction::Ingress, pod: to, peer: from, family });
        let by = |family| match (from.egress.is_empty(), to.ingress.is_empty()) {
            (true, _) => ingress(family),
            (false, true) => egress(family),
            (false, false) => egress(family).and(&ingress(family)),
        };
        let v4 = by(Family::V4);
        // Nothing but blocks of addresses tells families apart.
        let is_blind = self.pool.blocks.is_empty();
        self.joined(from, to, v4.clone(), || if is_blind { v4 } else { by(Family::V6) })
    }

    /// A connection uses a family of which both ends have an address.
    pub(crate) fn joined(
        &self,
        from: &Class<'a>,
        to: &Class<'a>,
        v4: Verdict,
        v6: impl FnOnce() -> Verdict,
    ) -> Verdict {
        if self.apart(from, to) {
            return Verdict::closed();
        }
        match self.families(from, to) {
            [Match::No, Match::No] => Verdict::closed(),
            [_, Match::No] => v4,
            [Match::No, _] => v6(),
            [Match::Yes, Match::Yes] => v4.or(&v6()),
            [one, other] => {
                let v6 = v6();
                match (one, other) {
                    (Match::Yes, Match::Yes) => v4.or(&v6),
                    (Match::Maybe, Match::Yes) => v6.either(&v4.or(&v6)),
                    (Match::Yes, _) => v4.either(&v4.or(&v6)),
                    // One of them at least, and perhaps both.
                    _ => v4.either(&v6),
                }
            }
        }
    }

    /// Whether a class has addresses of each family.
    pub(crate) fn families_of(&self, class: &Class<'a>) -> [Match; 2] {
        let whereabouts = self.whereabouts.get(class.whereabouts);
        Family::ALL.map(|family| whereabouts.map_or(Match::No, |whereabouts| whereabouts.has(family)))
    }

    /// Whether a connection by each family is possible.
    pub(crate) fn families(&self, from: &Class<'a>, to: &Class<'a>) -> [Match; 2] {
        let has = |class: &Class<'a>, family| {
            self.whereabouts.get(class.whereabouts).map_or(Match::No, |whereabouts| whereabouts.has(family))
        };
        // Where the other end is outside, this pod is asked about as one that has an address of that family.
        Family::ALL.map(|family| match (from.sort, to.sort) {
            (Sort::Outside(it), _) => {
                if it == family {
                    at_least_maybe(has(to, family))
                } else {
                    Match::No
                }
            }
            (_, Sort::Outside(it)) => {
                if it == family {
                    at_least_maybe(has(from, family))
                } else {
                    Match::No
                }
            }
            _ => has(from, family).min(has(to, family)),
        })
    }

    /// Pods in networks of their own do not meet.
    pub(crate) fn apart(&self, from: &Class<'a>, to: &Class<'a>) -> bool {
        from.is_pod() && to.is_pod() && from.network != to.network
    }

    /// What is in the way of one endpoint to another, whatever policies say; `None` where nothing is.
    pub(crate) fn impossible(&self, source: usize, destination: usize) -> Option<&'static str> {
        let class = |endpoint| self.classes.get(self.class_of(endpoint)?);
        let (from, to) = class(source).zip(class(destination))?;
        if self.apart(from, to) {
            Some("their namespaces have primary networks of their own, which do not meet")
        } else if self.families(from, to) == [Match::No; 2] {
            Some("they have no addresses of one family: one has IPv4 alone, the other IPv6")
        } else {
            None
        }
    }

    /// What the policies of one end say of the other.
    pub(crate) fn side(&self, asked: Asked<'_, 'a>) -> Verdict {
        let profile = asked.pod.profile(asked.direction);
        if profile.is_empty() {
            return Verdict::open();
        }
        let mut verdict = Verdict::open();
        if !profile.baseline.is_empty() {
            verdict = self.tier(&profile.baseline, asked, &verdict);
        }
        if !profile.network.is_empty() {
            verdict = self.network_policies(profile, asked, verdict);
        }
        if profile.admin.is_empty() { verdict } else { self.tier(&profile.admin, asked, &verdict) }
    }

    /// The policies of one tier, by priority: `after` is what the next tier says, of what is passed to it and of what no
    /// policy of this one decides. Policies of a cluster leave out pods on their node's network.
    fn tier(&self, groups: &[Vec<usize>], asked: Asked<'_, 'a>, after: &Verdict) -> Verdict {
        if asked.pod.sort == Sort::HostPod {
            return after.clone();
        }
        let mut verdict = after.clone();
        for group in groups.iter().rev() {
            let outcome = self.outcome(group, asked);
            let set = |own: &PortSet, passed: &PortSet, after: &PortSet| {
                own.union(&outcome.pass.intersection(passed)).union(&outcome.through.intersection(after))
            };
            verdict = Verdict {
                allow: set(&outcome.accept, &after.allow, &verdict.allow),
                deny: set(&outcome.deny, &after.deny, &verdict.deny),
            };
        }
        verdict
    }

    /// Policies of one priority: any of those that decide may be the first.
    fn outcome(&self, group: &[usize], asked: Asked<'_, 'a>) -> Outcome {
        let policies = group.iter().filter_map(|number| self.policies.get(*number));
        let outcomes = policies.map(|policy| {
            let rules = policy.rules(asked.direction).unwrap_or_default();
            self.first_match(rules, policy.tier, asked)
        });
        let join = |one: Outcome, other: Outcome| Outcome {
            accept: one.accept.union(&other.accept),
            deny: one.deny.union(&other.deny),
            pass: one.pass.union(&other.pass),
            through: one.through.intersection(&other.through),
        };
        outcomes.reduce(join).unwrap_or_else(Outcome::nothing)
    }

    /// The first rule that matches decides.
    fn first_match(&self, rules: &[Rule<'_>], tier: Tier, asked: Asked<'_, 'a>) -> Outcome {
        let mut outcome = Outcome::nothing();
        for rule in rules.iter().rev() {
            let matched = self.matches(rule, tier, asked.peer, asked.family);
            if matched == Match::No {
                continue;
            }
            let ports = rule.ports.at(asked.named());
            if matched == Match::Yes {
                outcome = outcome.without(&ports);
            }
            let set = match rule.action {
                Action::Accept => &mut outcome.accept,
                Action::Deny => &mut outcome.deny,
                Action::Pass => &mut outcome.pass,
            };
            *set = set.union(&ports);
        }
        outcome
    }

    /// A pod that some policy selects is isolated: what no rule of any of them allows is denied, whatever protocol
    /// their rules speak of.
    fn network_policies(&self, profile: &Profile, asked: Asked<'_, 'a>, baseline: Verdict) -> Verdict {
        let (mut sure, mut perhaps) = (PortSet::default(), PortSet::default());
        let policies = profile.network.iter().filter_map(|number| self.policies.get(*number));
        for rule in policies.filter_map(|policy| policy.rules(asked.direction)).flatten() {
            match self.matches(rule, Tier::Network, asked.peer, asked.family) {
                Match::No => continue,
                Match::Yes => sure = sure.union(&rule.ports.at(asked.named())),
                Match::Maybe => perhaps = perhaps.union(&rule.ports.at(asked.named())),
            }
        }
        let mut verdict = Verdict { allow: sure.union(&perhaps), deny: sure.complement() };
        // A node reaches its own pods, and for some plugins a pod on its network is the node.
        if asked.direction == Direction::Ingress && matches!(asked.peer.sort, Sort::HostPod | Sort::Node) {
            verdict.allow = PortSet::everything();
        }
        // Some plugins apply policies to pods on their node's network, and most do not.
        if asked.pod.sort == Sort::HostPod { verdict.either(&baseline) } else { verdict }
    }

    /// Whether a rule speaks of this peer.
    pub(crate) fn matches(&self, rule: &Rule<'_>, tier: Tier, peer: &Class<'a>, family: Family) -> Match {
        match &rule.peers {
            Peers::Everybody => Match::Yes,
            Peers::Any(peers) => peers.iter().map(|it| self.peer(it, tier, peer, family)).max().unwrap_or(Match::No),
        }
    }

    fn peer(&self, peer: &Peer<'_>, tier: Tier, class: &Class<'a>, family: Family) -> Match {
        match (peer, class.sort) {
            (Peer::Pods(atom), Sort::Pod) => class.selection(*atom),
            // Policies of a cluster never mean pods on their node's network; what a NetworkPolicy means is the
            // network plugin's choice.
            (Peer::Pods(atom), Sort::HostPod) if tier == Tier::Network && class.is_selected_by(*atom) => Match::Maybe,
            (Peer::Block(block), _) => {
                let whereabouts = self.whereabouts.get(class.whereabouts);
                let block = self.pool.blocks.get(*block);
                whereabouts.zip(block).map_or(Match::No, |(whereabouts, block)| whereabouts.matches(block, family))
            }
            (Peer::Nodes(selector), Sort::Node) => {
                certainly(class.node.is_some_and(|labels| Selector::Labels(selector).matches(labels)))
            }
            // Its address is that of a node, and nobody says of which.
            (Peer::Nodes(_), Sort::HostPod) => Match::Maybe,
            // Only a name server would tell.
            (Peer::DomainNames, Sort::Outside(_)) => Match::Maybe,
            _ => Match::No,
        }
    }
}

impl Outcome {
    fn nothing() -> Outcome {
        Outcome {
            accept: PortSet::default(),
            deny: PortSet::default(),
            pass: PortSet::default(),
            through: PortSet::everything(),
        }
    }

    fn without(&self, ports: &PortSet) -> Outcome {
        Outcome {
            accept: self.accept.difference(ports),
            deny: self.deny.difference(ports),
            pass: self.pass.difference(ports),
            through: self.through.difference(ports),
        }
    }
}

fn certainly(matches: bool) -> Match {
    if matches { Match::Yes } else { Match::No }
}

fn at_least_maybe(has: Match) -> Match {
    if has == Match::No { Match::No } else { Match::Yes }
}
