//! Verdicts of pairs of classes, looked up in rows: of the pairs that one side closes, nothing is asked.

use foldhash::HashMap;

use crate::classes::{Class, Match};
use crate::lookup::KINDS;
use crate::mesh::{Decided, Mesh};
use crate::network::Network;
use crate::rows::{Row, Rows, Verdicts};
use crate::verdict::Verdict;

/// What the source's policies say by each family, what the destination's say, and which families are possible.
type Sides = ([u32; 2], [u32; 2], [Match; 2]);

/// Looks up what is said of pairs of classes.
pub(crate) struct Pairs<'n, 'a> {
    network: &'n Network<'a>,
    egress: &'n Rows,
    ingress: &'n Rows,
    /// What ingress rows say of each class that they except.
    exceptions: Vec<Vec<(usize, [u32; 2])>>,
    /// The classes of each ingress row.
    of_row: Vec<Vec<usize>>,
    /// Classes of each kind.
    of_kind: [Vec<usize>; KINDS],
    /// Classes that let in those of each kind whom their rules do not mention.
    open_to: [Vec<usize>; KINDS],
    closed: u32,
    pub(crate) verdicts: Verdicts,
    both: HashMap<Sides, u32>,
    mesh: Option<&'n Mesh<'n, 'a>>,
    /// What the mesh closes between callers and destinations that it does not tell apart.
    decided: HashMap<[usize; 4], Decided>,
}

impl<'n, 'a> Pairs<'n, 'a> {
    pub(crate) fn new(
        network: &'n Network<'a>,
        egress: &'n Rows,
        ingress: &'n Rows,
        closed: u32,
        verdicts: Verdicts,
        mesh: Option<&'n Mesh<'n, 'a>>,
    ) -> Pairs<'n, 'a> {
        let mut exceptions = vec![Vec::new(); network.classes.len()];
        for (number, row) in ingress.rows.iter().enumerate() {
            for (class, said) in &row.exceptions {
                let of_class = usize::try_from(*class).ok().and_then(|class| exceptions.get_mut(class));
                of_class.into_iter().for_each(|list: &mut Vec<_>| list.push((number, *said)));
            }
        }
        let mut of_row = vec![Vec::new(); ingress.rows.len()];
        for (class, row) in ingress.of.iter().enumerate() {
            of_row.get_mut(*row).into_iter().for_each(|list: &mut Vec<_>| list.push(class));
        }
        let kinds = |kind: usize| u8::try_from(kind).unwrap_or(u8::MAX);
        let of_kind = std::array::from_fn(|kind| {
            let all = ingress.kinds.iter().enumerate();
            all.filter(|(_, own)| **own == kinds(kind)).map(|(class, _)| class).collect()
        });
        let open_to = std::array::from_fn(|kind| {
            let is_open = |row: &usize| {
                let said = ingress.rows.get(*row).and_then(|row| row.of_kind(kinds(kind)));
                said.is_some_and(|said| said != [closed; 2])
            };
            (0..ingress.of.len()).filter(|class| ingress.of.get(*class).is_some_and(is_open)).collect()
        });
        let (both, decided) = (HashMap::default(), HashMap::default());
        Pairs { network, egress, ingress, exceptions, of_row, of_kind, open_to, closed, verdicts, both, mesh, decided }
    }

    /// The destinations of one source, by verdict.
    pub(crate) fn of(&mut self, source: usize) -> Vec<(u32, Vec<usize>)> {
        let mut found: Vec<(u32, Vec<usize>)> = Vec::new();
        let mut at: HashMap<u32, usize> = HashMap::default();
        for (destination, number) in self.open(source) {
            let next = found.len();
            let at = *at.entry(number).or_insert(next);
            if at == next {
                found.push((number, Vec::new()));
            }
            found.get_mut(at).into_iter().for_each(|(_, list)| list.push(destination));
        }
        found.sort_unstable_by_key(|(number, _)| *number);
        found
    }

    /// The classes of which something is open to a source, or may be, in order, with the verdict.
    pub(crate) fn open(&mut self, source: usize) -> Vec<(usize, u32)> {
        let network = self.network;
        let (Some(from), Some(kind), Some(row)) =
            (network.classes.get(source), self.ingress.kinds.get(source).copied(), self.egress.row(source))
        else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let mut last: Option<(Sides, u32)> = None;
        for destination in self.candidates(source, kind, row) {
            let Some(to) = network.classes.get(destination) else { continue };
            let alone = source == destination && to.members.len() < 2;
            if alone || !meet(from, to) {
                continue;
            }
            let out = self.egress.kinds.get(destination).and_then(|kind| row.said(destination, *kind));
            let Some((out, into)) = out.zip(self.incoming(source, kind, destination)) else { continue };
            let sides = (out, into, network.families(from, to));
            let number = match last {
                Some((before, number)) if before == sides => number,
                _ => self.both(sides, from, to),
            };
            last = Some((sides, number));
            let number = self.narrowed(number, source, from, to);
            if number != self.closed {
                found.push((destination, number));
            }
        }
        found
    }

    /// What a destination's policies say of a source.
    fn incoming(&self, source: usize, kind: u8, destination: usize) -> Option<[u32; 2]> {
        let row = self.ingress.of.get(destination)?;
        let exceptions = self.exceptions.get(source)?;
        let exception = exceptions.binary_search_by_key(row, |(row, _)| *row);
        let said = exception.ok().and_then(|at| exceptions.get(at)).map(|(_, said)| *said);
        said.or_else(|| self.ingress.rows.get(*row)?.of_kind(kind))
    }

    /// Destinations that a source may reach, in order: those that its own policies do not close, or those whose
    /// policies do not close it out, whichever are fewer.
    fn candidates(&self, source: usize, kind: u8, row: &Row) -> Vec<usize> {
        let is_open = |said: &[u32; 2]| *said != [self.closed; 2];
        let kinds = (0u8..).zip(&self.of_kind).filter(|(kind, _)| row.of_kind(*kind).is_some_and(|it| is_open(&it)));
        let kinds: Vec<&Vec<usize>> = kinds.map(|(_, classes)| classes).collect();
        let excepted = row.exceptions.iter().filter(|(_, said)| is_open(said));
        let excepted: Vec<usize> = excepted.filter_map(|(class, _)| usize::try_from(*class).ok()).collect();
        let outgoing = kinds.iter().map(|it| it.len()).sum::<usize>().saturating_add(excepted.len());
        let letting = self.exceptions.get(source).into_iter().flatten().filter(|(_, said)| is_open(said));
        let letting: Vec<&Vec<usize>> = letting.filter_map(|(row, _)| self.of_row.get(*row)).collect();
        let open: &[usize] = self.open_to.get(usize::from(kind)).map_or(&[], Vec::as_slice);
        let incoming = letting.iter().map(|it| it.len()).sum::<usize>().saturating_add(open.len());
        let mut all: Vec<usize> = match outgoing <= incoming {
            true => kinds.into_iter().flatten().copied().chain(excepted).collect(),
            false => letting.into_iter().flatten().copied().chain(open.iter().copied()).collect(),
        };
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What a mesh leaves of a verdict.
    fn narrowed(&mut self, number: u32, source: usize, from: &Class<'a>, to: &Class<'a>) -> u32 {
        let Some(mesh) = self.mesh.filter(|_| to.mesh > 0 && number != self.closed) else { return number };
        let caller = if from.is_pod() { [from.mesh, from.whereabouts, 0] } else { [0, 0, source.saturating_add(1)] };
        let [who, whereabouts, outside] = caller;
        let decided = self.decided.entry([who, whereabouts, outside, to.mesh]);
        let decided = decided.or_insert_with(|| mesh.between_classes(from, to));
        let Some(verdict) = self.verdicts.get(number).filter(|_| !decided.is_empty()) else { return number };
        let left = decided.narrow(verdict);
        if left.is_closed() { self.closed } else { self.verdicts.number(left) }
    }

    fn both(&mut self, sides: Sides, from: &Class<'a>, to: &Class<'a>) -> u32 {
        if let Some(number) = self.both.get(&sides) {
            return *number;
        }
        let (out, into, _) = sides;
        let verdict = |number: u32| self.verdicts.get(number).map_or_else(Verdict::closed, |it| (**it).clone());
        let ([out4, out6], [into4, into6]) = (out.map(verdict), into.map(verdict));
        let verdict = self.network.joined(from, to, out4.and(&into4), || out6.and(&into6));
        // Closed is closed, whatever else may be told of it.
        let number = if verdict.is_closed() { self.closed } else { self.verdicts.number(verdict) };
        self.both.insert(sides, number);
        number
    }
}

/// Policies are about pods: what passes between others is nobody's question here.
fn meet(from: &Class<'_>, to: &Class<'_>) -> bool {
    match (from.is_pod(), to.is_pod()) {
        (true, true) => from.network == to.network,
        (one, other) => one || other,
    }
}
