//! What a mesh leaves of the verdicts of pairs of classes: asked once for callers that a destination does not tell apart.

use foldhash::HashMap;

use crate::classes::Class;
use crate::mesh::{Callers, Decided, Mesh, Told};

/// Who calls whom, as far as the destination tells callers apart.
type Key = [usize; 4];

/// What a mesh closes, by caller and destination.
pub(crate) struct Narrowed<'n, 'a> {
    mesh: &'n Mesh<'n, 'a>,
    classes: &'n [Class<'a>],
    callers: Callers<'n, 'a>,
    /// A class of each number in the mesh.
    of_number: Vec<Option<usize>>,
    /// Whom destinations tell apart, by their number in the mesh.
    told: Vec<Told>,
    decided: HashMap<Key, u32>,
    all: Vec<Decided>,
    numbers: HashMap<Decided, u32>,
}

impl<'n, 'a> Narrowed<'n, 'a> {
    pub(crate) fn new(mesh: &'n Mesh<'n, 'a>, classes: &'n [Class<'a>]) -> Narrowed<'n, 'a> {
        let callers = Callers::of(mesh, classes);
        let mut of_number = vec![None; callers.count()];
        for (number, class) in classes.iter().enumerate().filter(|(_, class)| class.mesh > 0) {
            of_number.get_mut(class.mesh).into_iter().for_each(|slot| *slot = slot.or(Some(number)));
        }
        let first = |class: &Option<usize>| class.and_then(|it| classes.get(it)?.members.first().copied());
        let told = of_number.iter().map(|class| first(class).map_or_else(Told::default, |it| callers.told_by(it)));
        let told = told.collect();
        let (decided, all, numbers) = (HashMap::default(), Vec::new(), HashMap::default());
        Narrowed { mesh, classes, callers, of_number, told, decided, all, numbers }
    }

    /// The number of what the mesh closes between two classes; `None` where it has no say.
    pub(crate) fn between(&mut self, source: usize, from: &Class<'a>, to: &Class<'a>) -> Option<u32> {
        let told = self.told.get(to.mesh).filter(|_| to.mesh > 0)?;
        let [who, place, kind] = caller(&self.callers, told, source, from);
        let key = [who, place, kind, to.mesh];
        if let Some(number) = self.decided.get(&key) {
            return Some(*number);
        }
        let decided = self.mesh.between_classes(from, to);
        let number = self.number(decided);
        self.decided.insert(key, number);
        Some(number)
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Decided> {
        usize::try_from(number).ok().and_then(|number| self.all.get(number))
    }

    fn number(&mut self, decided: Decided) -> u32 {
        let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(decided.clone()).or_insert(next);
        if number == next {
            self.all.push(decided);
        }
        number
    }

    /// A number for each number in the mesh, the same for destinations to which unnamed callers are the same.
    pub(crate) fn alike(&mut self) -> Vec<usize> {
        let mut known: HashMap<Vec<(usize, u32)>, usize> = HashMap::default();
        let count = self.callers.count();
        let mut alike = |number: usize| self.usual(number).map_or(0, |usual| *known.entry(usual).or_insert(number));
        (0..count).map(&mut alike).collect()
    }

    /// What is said of callers that a destination does not name: of those that are not in the mesh, and of each kind of
    /// member. What hangs on more is a destination's own.
    fn usual(&mut self, number: usize) -> Option<Vec<(usize, u32)>> {
        let classes = self.classes;
        let class = self.of_number.get(number).copied()??;
        let to = classes.get(class)?;
        let told = self.told.get(number)?;
        if told.addresses || told.everybody {
            return Some(vec![(usize::MAX, u32::try_from(number).unwrap_or(u32::MAX))]);
        }
        let stranger = classes.iter().position(|class| class.mesh == 0);
        let members =
            self.callers.unnamed(told, number).into_iter().filter_map(|it| self.of_number.get(it).copied()?);
        let callers: Vec<usize> = stranger.into_iter().chain(members).collect();
        let said = |caller: usize| {
            let from = classes.get(caller)?;
            Some((self.callers.membership(from.mesh) as usize, self.between(caller, from, to)?))
        };
        Some(callers.into_iter().filter_map(said).collect())
    }

    /// The classes of destinations that name callers of each number, in order.
    pub(crate) fn naming(&self) -> Vec<Vec<usize>> {
        let mut naming = vec![Vec::new(); self.callers.count()];
        for (number, class) in self.classes.iter().enumerate().filter(|(_, class)| class.mesh > 0) {
            let named = self.told.get(class.mesh).into_iter().flat_map(Told::named);
            for caller in named {
                naming.get_mut(*caller).into_iter().for_each(|list: &mut Vec<usize>| list.push(number));
            }
        }
        naming
    }
}

/// A caller as far as a destination tells it from others.
fn caller(callers: &Callers<'_, '_>, told: &Told, source: usize, from: &Class<'_>) -> [usize; 3] {
    let place = match (told.addresses, from.is_pod()) {
        (false, _) => [0, 0],
        (true, true) => [from.whereabouts, 1],
        (true, false) => [source, 2],
    };
    let [place, kind] = place;
    let is_told = from.mesh > 0 && told.names(from.mesh);
    let who = if is_told { from.mesh } else { 0 };
    // Unnamed, it is a member of its kind or none.
    let membership = if is_told { 0 } else { callers.membership(from.mesh) as usize };
    [who, place, kind * 8 + membership]
}
