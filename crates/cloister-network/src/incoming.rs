//! Who reaches some few workloads: asked of rows, so that those who are kept out cost little.

use std::sync::Arc;

use foldhash::HashMap;

use crate::classes::Match;
use crate::endpoints::Endpoint;
use crate::network::Network;
use crate::policy::Direction;
use crate::ports::PortSet;
use crate::rows::{Rows, Verdicts};
use crate::verdict::Verdict;

/// What both sides say by each family, and by which of them a connection is possible.
type Sides = ([u32; 2], [u32; 2], [Match; 2]);

/// What the policies of each workload say of all others.
#[derive(Debug)]
pub struct Incoming<'n, 'a> {
    network: &'n Network<'a>,
    ingress: Rows,
    egress: Rows,
    verdicts: Verdicts,
    /// Most pairs are alike.
    both: HashMap<Sides, Arc<PortSet>>,
}

impl<'a> Network<'a> {
    /// Prepares the question of who reaches which workload.
    pub fn incoming(&self) -> Incoming<'_, 'a> {
        let mut verdicts = Verdicts::default();
        let ingress = self.rows(Direction::Ingress, &mut verdicts);
        let egress = self.rows(Direction::Egress, &mut verdicts);
        Incoming { network: self, ingress, egress, verdicts, both: HashMap::default() }
    }
}

impl Incoming<'_, '_> {
    /// The classes of workloads that reach an endpoint for certain, each with the ports that are open to it, in order.
    pub fn callers(&mut self, destination: usize) -> Vec<(usize, Arc<PortSet>)> {
        let Some(to) = self.network.class_of(destination) else { return Vec::new() };
        let classes = 0..self.network.class_count();
        classes.filter_map(|from| self.open(from, to).map(|ports| (from, ports))).collect()
    }

    fn open(&mut self, from: usize, to: usize) -> Option<Arc<PortSet>> {
        let into = self.ingress.said(to, from)?;
        let is_open = |it: &u32| self.verdicts.get(*it).is_some_and(|it| !it.is_closed());
        if !into.iter().any(is_open) {
            return None;
        }
        let (source, destination) = (self.network.classes.get(from)?, self.network.classes.get(to)?);
        self.network.endpoint(*source.members.first()?).and_then(Endpoint::workload)?;
        let out = self.egress.said(from, to)?;
        let (network, verdicts) = (self.network, &self.verdicts);
        let sides = (out, into, network.families(source, destination));
        let join = || {
            let verdict = |number: u32| verdicts.get(number).map_or_else(Verdict::closed, |it| (**it).clone());
            let ([out4, out6], [into4, into6]) = (out.map(verdict), into.map(verdict));
            Arc::new(network.joined(source, destination, out4.and(&into4), || out6.and(&into6)).allowed())
        };
        if !network.apart(source, destination) {
            return Some(self.both.entry(sides).or_insert_with(join).clone()).filter(|open| !open.is_empty());
        }
        None
    }
}
