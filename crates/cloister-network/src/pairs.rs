//! Verdicts of pairs of classes, looked up in rows: of the pairs that one side closes, nothing is asked.

use foldhash::HashMap;

use crate::classes::{Class, Match};
use crate::lookup::KINDS;
use crate::mesh::Mesh;
use crate::narrowed::Narrowed;
use crate::network::Network;
use crate::rows::{Row, Rows, Verdicts};
use crate::verdict::Verdict;

/// Beyond so many destinations nobody reads them as one list.
const TOGETHER: usize = 100;

/// What the source's policies say by each family, what the destination's say, and which families are possible.
type Sides = ([u32; 2], [u32; 2], [Match; 2]);

/// Destinations of which the same is said of every source that no rule of its own mentions.
struct Group {
    kind: u8,
    /// Their classes, in order.
    classes: Vec<usize>,
}

/// Looks up what is said of pairs of classes.
pub(crate) struct Pairs<'n, 'a> {
    network: &'n Network<'a>,
    egress: &'n Rows,
    ingress: &'n Rows,
    /// What ingress rows say of each class that they except.
    exceptions: Vec<Vec<(usize, [u32; 2])>>,
    /// The groups of each ingress row.
    of_row: Vec<Vec<Group>>,
    /// Ingress rows that let in those of each kind whom their rules do not mention.
    open_to: [Vec<usize>; KINDS],
    closed: u32,
    pub(crate) verdicts: Verdicts,
    both: HashMap<Sides, u32>,
    mesh: Option<Narrowed<'n, 'a>>,
    /// Destinations whose policies in the mesh name a caller, by its number there.
    naming: Vec<Vec<usize>>,
    /// What the mesh leaves of verdicts.
    left: HashMap<[u32; 2], u32>,
    /// What is said of those like the source that was asked about last, where it is among them.
    itself: Option<u32>,
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
        let mut mesh = mesh.map(|mesh| Narrowed::new(mesh, &network.classes));
        let alike = mesh.as_mut().map(Narrowed::alike).unwrap_or_default();
        let naming = mesh.as_ref().map(Narrowed::naming).unwrap_or_default();
        let of_row = groups(network, ingress, &alike);
        let open_to = std::array::from_fn(|kind| {
            let kind = u8::try_from(kind).unwrap_or(u8::MAX);
            let is_open = |row: &Row| row.of_kind(kind).is_some_and(|said| said != [closed; 2]);
            ingress.rows.iter().enumerate().filter(|(_, row)| is_open(row)).map(|(number, _)| number).collect()
        });
        let (both, left) = (HashMap::default(), HashMap::default());
        let itself = None;
        Pairs {
            network,
            egress,
            ingress,
            exceptions,
            of_row,
            open_to,
            closed,
            verdicts,
            both,
            mesh,
            naming,
            left,
            itself,
        }
    }

    /// The destinations of one source, by verdict. Where they are many, those of all sources alike are made the same: a
    /// single workload stands among them too, though its connection with itself is not meant, and what names the source in
    /// the mesh stands apart.
    pub(crate) fn of(&mut self, source: usize) -> Vec<(u32, Vec<usize>)> {
        let mut found: Vec<((u32, bool), Vec<usize>)> = Vec::new();
        let mut at: HashMap<(u32, bool), usize> = HashMap::default();
        let mut open = self.open(source);
        if let Some(number) = self.itself.filter(|_| open.len() > TOGETHER) {
            let at = open.partition_point(|(destination, _)| *destination < source);
            open.insert(at, (source, number));
        }
        let mesh = self.network.classes.get(source).map_or(0, |from| from.mesh);
        let naming = self.naming.get(mesh).filter(|_| open.len() > TOGETHER).map_or(&[][..], Vec::as_slice);
        for (destination, number) in open {
            let next = found.len();
            let key = (number, !naming.is_empty() && naming.binary_search(&destination).is_ok());
            let at = *at.entry(key).or_insert(next);
            if at == next {
                found.push((key, Vec::new()));
            }
            found.get_mut(at).into_iter().for_each(|(_, list)| list.push(destination));
        }
        found.sort_unstable_by_key(|(key, _)| *key);
        found.into_iter().map(|((number, _), list)| (number, list)).collect()
    }

    /// The classes of which something is open to a source, or may be, in order, with the verdict.
    pub(crate) fn open(&mut self, source: usize) -> Vec<(usize, u32)> {
        self.itself = None;
        let Some(mut asked) = self.asked(source) else { return Vec::new() };
        let of_row = std::mem::take(&mut self.of_row);
        let letting = self.letting(source, asked.kind).into_iter();
        let groups = letting.filter_map(|(row, into)| Some(of_row.get(row)?.iter().map(move |group| (group, into))));
        let groups: Vec<(&Group, [u32; 2])> = groups.flatten().collect();
        let mut found = Vec::new();
        let naming = std::mem::take(&mut self.naming);
        let named_by = naming.get(asked.from.mesh).map_or(&[][..], Vec::as_slice);
        self.add_usual(&mut asked, &groups, named_by, &mut found);
        self.add_naming(&mut asked, named_by, &mut found);
        self.naming = naming;
        self.add_excepted(&mut asked, &groups, &mut found);
        self.of_row = of_row;
        found.sort_unstable();
        found
    }

    /// What the source's policies say of those that they do not mention is the same for a whole group, but for those of
    /// them that name the source.
    fn add_usual(
        &mut self,
        asked: &mut Source<'n, 'a>,
        groups: &[(&Group, [u32; 2])],
        named_by: &[usize],
        found: &mut Vec<(usize, u32)>,
    ) {
        let names = |class: usize| !named_by.is_empty() && named_by.binary_search(&class).is_ok();
        for (group, into) in groups {
            let out = asked.row.of_kind(group.kind).filter(|out| *out != [self.closed; 2]);
            let first = group.classes.iter().find(|class| !asked.is_alone(**class) && !names(**class));
            let Some((out, first)) = out.zip(first) else { continue };
            let number = self.between(asked, *first, (out, *into));
            let own = asked.number;
            let is_among = asked.is_alone(own) && !names(own) && group.classes.binary_search(&own).is_ok();
            if is_among && number != self.closed && asked.row.exception(own).is_none() {
                self.itself = Some(number);
            }
            let open = group.classes.iter().copied().filter(|_| number != self.closed);
            let usual = open.filter(|class| asked.row.exception(*class).is_none() && !asked.is_alone(*class));
            found.extend(usual.filter(|class| !names(*class)).map(|class| (class, number)));
        }
    }

    /// Those whose policies in the mesh name the source, and that its own policies do not mention.
    fn add_naming(&mut self, asked: &mut Source<'n, 'a>, named_by: &[usize], found: &mut Vec<(usize, u32)>) {
        for destination in named_by.iter().copied().filter(|it| asked.row.exception(*it).is_none()) {
            let kind = self.ingress.kinds.get(destination).copied();
            let out = kind.and_then(|kind| asked.row.of_kind(kind));
            let into = self.incoming(asked.number, asked.kind, destination);
            let said = out.zip(into).filter(|(out, into)| ![*out, *into].contains(&[self.closed; 2]));
            said.into_iter().for_each(|said| self.add(asked, destination, said, found));
        }
    }

    /// Those that they mention are asked one by one: all of them, or those that let the source in, whichever are fewer.
    fn add_excepted(
        &mut self,
        asked: &mut Source<'n, 'a>,
        groups: &[(&Group, [u32; 2])],
        found: &mut Vec<(usize, u32)>,
    ) {
        let (row, closed) = (asked.row, [self.closed; 2]);
        if row.exceptions.len() <= groups.iter().map(|(group, _)| group.classes.len()).sum() {
            for (destination, out) in row.exceptions.iter().filter(|(_, out)| *out != closed) {
                let destination = usize::try_from(*destination).unwrap_or(usize::MAX);
                let into = self.incoming(asked.number, asked.kind, destination);
                into.into_iter().for_each(|into| self.add(asked, destination, (*out, into), found));
            }
            return;
        }
        for (destination, into) in
            groups.iter().flat_map(|(group, into)| group.classes.iter().map(move |it| (*it, *into)))
        {
            let out = row.exception(destination).filter(|out| *out != closed);
            out.into_iter().for_each(|out| self.add(asked, destination, (out, into), found));
        }
    }

    fn asked(&self, source: usize) -> Option<Source<'n, 'a>> {
        let from = self.network.classes.get(source)?;
        let kind = self.ingress.kinds.get(source).copied()?;
        Some(Source { number: source, from, kind, row: self.egress.row(source)?, last: None })
    }

    fn add(&mut self, asked: &mut Source<'n, 'a>, destination: usize, said: Said, found: &mut Vec<(usize, u32)>) {
        // Of the source alone nothing is asked: a mesh would answer it for others, too.
        let number = if asked.is_alone(destination) { self.closed } else { self.between(asked, destination, said) };
        if number != self.closed {
            found.push((destination, number));
        }
    }

    /// What passes where both ends say so.
    fn between(&mut self, asked: &mut Source<'n, 'a>, destination: usize, (out, into): Said) -> u32 {
        let Some(to) = self.network.classes.get(destination).filter(|to| meet(asked.from, to)) else {
            return self.closed;
        };
        let sides = (out, into, self.network.families(asked.from, to));
        let number = match asked.last {
            Some((before, number)) if before == sides => number,
            _ => self.both(sides, asked.from, to),
        };
        asked.last = Some((sides, number));
        self.narrowed(number, asked.number, asked.from, to)
    }

    /// What a destination's policies say of a source.
    fn incoming(&self, source: usize, kind: u8, destination: usize) -> Option<[u32; 2]> {
        self.said_by(source, kind, *self.ingress.of.get(destination)?)
    }

    /// What an ingress row says of a source.
    fn said_by(&self, source: usize, kind: u8, row: usize) -> Option<[u32; 2]> {
        let exceptions = self.exceptions.get(source)?;
        let exception = exceptions.binary_search_by_key(&row, |(row, _)| *row);
        let said = exception.ok().and_then(|at| exceptions.get(at)).map(|(_, said)| *said);
        said.or_else(|| self.ingress.rows.get(row)?.of_kind(kind))
    }

    /// Ingress rows that do not close a source out, with what they say of it.
    fn letting(&self, source: usize, kind: u8) -> Vec<(usize, [u32; 2])> {
        let excepted = self.exceptions.get(source).into_iter().flatten().map(|(row, _)| *row);
        let open = self.open_to.get(usize::from(kind)).into_iter().flatten().copied();
        let mut rows: Vec<usize> = excepted.chain(open).collect();
        rows.sort_unstable();
        rows.dedup();
        let said = |row: usize| Some((row, self.said_by(source, kind, row)?));
        rows.into_iter().filter_map(said).filter(|(_, said)| *said != [self.closed; 2]).collect()
    }

    /// What a mesh leaves of a verdict.
    fn narrowed(&mut self, number: u32, source: usize, from: &Class<'a>, to: &Class<'a>) -> u32 {
        let Some(mesh) = self.mesh.as_mut().filter(|_| number != self.closed) else { return number };
        let Some(said) = mesh.between(source, from, to) else { return number };
        if let Some(left) = self.left.get(&[number, said]) {
            return *left;
        }
        let decided = mesh.get(said).filter(|decided| !decided.is_empty());
        let left = match decided.zip(self.verdicts.get(number)).map(|(decided, verdict)| decided.narrow(verdict)) {
            None => number,
            Some(left) if left.is_closed() => self.closed,
            Some(left) => self.verdicts.number(left),
        };
        self.left.insert([number, said], left);
        left
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

/// What the policies of either end say by each family: out of the source, and into the destination.
type Said = ([u32; 2], [u32; 2]);

/// A source that is asked about.
struct Source<'n, 'a> {
    number: usize,
    from: &'n Class<'a>,
    kind: u8,
    row: &'n Row,
    /// What was decided last: the next is often the same.
    last: Option<(Sides, u32)>,
}

impl Source<'_, '_> {
    /// Whether a destination is the source itself, which is a single workload.
    fn is_alone(&self, destination: usize) -> bool {
        self.number == destination && self.from.members.len() < 2
    }
}

/// The classes of each ingress row, by all that else decides; `alike` says which numbers in a mesh are the same to those
/// whom nobody names.
fn groups(network: &Network<'_>, ingress: &Rows, alike: &[usize]) -> Vec<Vec<Group>> {
    let mut of_row: Vec<Vec<Group>> = ingress.rows.iter().map(|_| Vec::new()).collect();
    let mut known = HashMap::default();
    for (number, ((class, row), kind)) in network.classes.iter().zip(&ingress.of).zip(&ingress.kinds).enumerate() {
        let Some(groups) = of_row.get_mut(*row) else { continue };
        let mesh = alike.get(class.mesh).copied().unwrap_or(0);
        let at = known.entry((*row, *kind, class.sort, class.whereabouts, class.network, mesh));
        let at = *at.or_insert(groups.len());
        if at == groups.len() {
            groups.push(Group { kind: *kind, classes: Vec::new() });
        }
        groups.get_mut(at).into_iter().for_each(|group| group.classes.push(number));
    }
    of_row
}

/// Policies are about pods: what passes between others is nobody's question here.
fn meet(from: &Class<'_>, to: &Class<'_>) -> bool {
    match (from.is_pod(), to.is_pod()) {
        (true, true) => from.network == to.network,
        (one, other) => one || other,
    }
}
