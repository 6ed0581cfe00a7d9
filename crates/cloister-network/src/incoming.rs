//! Who reaches some few workloads: asked of the rows of what comes in, so that those who are kept out cost nothing.

use crate::network::Network;
use crate::policy::Direction;
use crate::ports::PortSet;
use crate::rows::{Rows, Verdicts};

/// What the policies of each workload say of all others.
#[derive(Debug)]
pub struct Incoming<'n, 'a> {
    network: &'n Network<'a>,
    rows: Rows,
    verdicts: Verdicts,
}

impl<'a> Network<'a> {
    /// Prepares the question of who reaches which workload.
    pub fn incoming(&self) -> Incoming<'_, 'a> {
        let mut verdicts = Verdicts::default();
        let rows = self.rows(Direction::Ingress, &mut verdicts);
        Incoming { network: self, rows, verdicts }
    }
}

impl Incoming<'_, '_> {
    /// The classes of workloads that reach an endpoint for certain, each with the ports that are open to it, in order.
    pub fn callers(&self, destination: usize) -> Vec<(usize, PortSet)> {
        let row = self.network.class_of(destination).and_then(|class| self.rows.rows.get(*self.rows.of.get(class)?));
        let Some(row) = row else { return Vec::new() };
        let is_open = |said: &[u32; 2]| said.iter().any(|it| self.verdicts.get(*it).is_some_and(|it| !it.is_closed()));
        let exceptions = row.exceptions.iter().filter_map(|(class, said)| Some((usize::try_from(*class).ok()?, said)));
        if !is_open(&row.ordinary) {
            return exceptions
                .filter(|(_, said)| is_open(said))
                .filter_map(|(it, _)| self.open(it, destination))
                .collect();
        }
        let mut closed: Vec<usize> = exceptions.filter(|(_, said)| !is_open(said)).map(|(class, _)| class).collect();
        closed.sort_unstable();
        let others = (0..self.network.class_count()).filter(|class| closed.binary_search(class).is_err());
        others.filter_map(|class| self.open(class, destination)).collect()
    }

    fn open(&self, class: usize, destination: usize) -> Option<(usize, PortSet)> {
        let first = *self.network.members(class).first()?;
        self.network.endpoint(first)?.workload()?;
        let open = self.network.between(first, destination).allowed();
        (!open.is_empty()).then_some((class, open))
    }
}
