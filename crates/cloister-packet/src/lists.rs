//! Things by number, each in one of a few lists in the order in which they were put there.

const NONE: u32 = u32::MAX;

struct Node<T> {
    value: T,
    before: u32,
    after: u32,
    /// How often the place was used.
    turn: u32,
    list: u8,
}

enum Place<T> {
    Used(Node<T>),
    Free { next: u32, turn: u32 },
}

#[derive(Clone, Copy)]
struct Ends {
    first: u32,
    last: u32,
    length: usize,
}

/// Things by number, in `N` lists. What is taken out leaves its number to the next.
pub(crate) struct Lists<T, const N: usize> {
    places: Vec<Place<T>>,
    free: u32,
    lists: [Ends; N],
}

impl<T, const N: usize> Lists<T, N> {
    pub(crate) fn new() -> Lists<T, N> {
        Lists { places: Vec::new(), free: NONE, lists: [Ends { first: NONE, last: NONE, length: 0 }; N] }
    }

    /// Puts `value` at the end of `list`.
    pub(crate) fn add(&mut self, list: u8, value: T) -> u32 {
        let number = if self.free == NONE { u32::try_from(self.places.len()).unwrap_or(NONE) } else { self.free };
        match self.places.get_mut(number as usize) {
            Some(place) => {
                let turn = if let Place::Free { next, turn } = place {
                    self.free = *next;
                    turn.wrapping_add(1)
                } else {
                    0
                };
                *place = Place::Used(Node { value, before: NONE, after: NONE, turn, list });
            }
            None => self.places.push(Place::Used(Node { value, before: NONE, after: NONE, turn: 0, list })),
        }
        self.link(number, list);
        number
    }

    /// Takes it out.
    pub(crate) fn remove(&mut self, number: u32) -> Option<T> {
        self.unlink(number)?;
        let place = self.places.get_mut(number as usize)?;
        let turn = if let Place::Used(node) = place { node.turn } else { 0 };
        let old = std::mem::replace(place, Place::Free { next: self.free, turn });
        self.free = number;
        match old {
            Place::Used(node) => Some(node.value),
            Place::Free { .. } => None,
        }
    }

    /// Puts it at the end of `list`.
    pub(crate) fn requeue(&mut self, number: u32, list: u8) {
        if self.unlink(number).is_some() {
            self.link(number, list);
        }
    }

    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        self.node(number).map(|node| &node.value)
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.node_mut(number).map(|node| &mut node.value)
    }

    /// How often its place was used before.
    pub(crate) fn turn(&self, number: u32) -> u32 {
        self.node(number).map_or(0, |node| node.turn)
    }

    /// The first of a list: it is there for longest.
    pub(crate) fn first(&self, list: u8) -> Option<u32> {
        self.lists.get(usize::from(list)).map(|ends| ends.first).filter(|first| *first != NONE)
    }

    pub(crate) fn length(&self, list: u8) -> usize {
        self.lists.get(usize::from(list)).map_or(0, |ends| ends.length)
    }

    fn node(&self, number: u32) -> Option<&Node<T>> {
        match self.places.get(number as usize)? {
            Place::Used(node) => Some(node),
            Place::Free { .. } => None,
        }
    }

    fn node_mut(&mut self, number: u32) -> Option<&mut Node<T>> {
        match self.places.get_mut(number as usize)? {
            Place::Used(node) => Some(node),
            Place::Free { .. } => None,
        }
    }

    fn link(&mut self, number: u32, list: u8) {
        let Some(ends) = self.lists.get_mut(usize::from(list)) else { return };
        let last = ends.last;
        ends.last = number;
        ends.length += 1;
        if last == NONE {
            ends.first = number;
        }
        if let Some(node) = self.node_mut(last) {
            node.after = number;
        }
        if let Some(node) = self.node_mut(number) {
            (node.before, node.after, node.list) = (last, NONE, list);
        }
    }

    fn unlink(&mut self, number: u32) -> Option<()> {
        let node = self.node(number)?;
        let (before, after, list) = (node.before, node.after, node.list);
        if let Some(node) = self.node_mut(before) {
            node.after = after;
        }
        if let Some(node) = self.node_mut(after) {
            node.before = before;
        }
        let ends = self.lists.get_mut(usize::from(list))?;
        ends.length -= 1;
        if ends.first == number {
            ends.first = after;
        }
        if ends.last == number {
            ends.last = before;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::Lists;

    fn listed(lists: &mut Lists<char, 2>, list: u8) -> String {
        let mut found = String::new();
        while let Some(number) = lists.first(list) {
            found.extend(lists.remove(number));
        }
        found
    }

    #[test]
    fn lists_keep_their_order_and_numbers_are_used_again() {
        let mut lists = Lists::<char, 2>::new();
        let numbers: Vec<u32> = "abcd".chars().map(|letter| lists.add(0, letter)).collect();
        lists.requeue(numbers[0], 0);
        lists.requeue(numbers[2], 1);
        assert_eq!(lists.remove(numbers[3]), Some('d'));
        assert_eq!(lists.remove(numbers[3]), None);
        let again = lists.add(0, 'e');
        assert_eq!((again, lists.turn(again), lists.turn(numbers[0])), (numbers[3], 1, 0));
        assert_eq!((lists.length(0), lists.length(1)), (3, 1));
        assert_eq!(listed(&mut lists, 0), "bae");
        assert_eq!(listed(&mut lists, 1), "c");
        assert_eq!(lists.length(0), 0);
    }
}
