//! Checking proofs (RFC 9162, sections 2.1.3.2 and 2.1.4.2), with nothing but hashes.

use crate::Hash;

/// A proof does not show what it claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Disproved {
    /// The entry's number, or the older tree, is beyond the tree.
    #[error("the tree has no so many entries")]
    Beyond,
    /// There are more hashes, or fewer, than the way up has.
    #[error("the proof has the wrong length")]
    Length,
    /// The entry, the tree or the proof is not what it was.
    #[error("the hashes do not lead to that of the tree")]
    Other,
}

/// Checks that the entry with this hash and number is in the tree of `size` entries with this root.
pub fn verify_inclusion(leaf: Hash, index: u64, size: u64, path: &[Hash], root: Hash) -> Result<(), Disproved> {
    if index >= size {
        return Err(Disproved::Beyond);
    }
    let mut way = Way { index, last: size - 1 };
    let mut hash = leaf;
    for beside in path {
        hash = if way.turns_right()? { Hash::node(*beside, hash) } else { Hash::node(hash, *beside) };
        way.up();
    }
    way.ended()?;
    if hash == root { Ok(()) } else { Err(Disproved::Other) }
}

/// Checks that the tree of `size` entries with this root begins with the older one.
pub fn verify_consistency(
    (older, older_root): (u64, Hash),
    (size, root): (u64, Hash),
    path: &[Hash],
) -> Result<(), Disproved> {
    if older > size {
        return Err(Disproved::Beyond);
    }
    if older == size || older == 0 {
        let expected = if older == size { root } else { Hash::empty() };
        return match path {
            [] if older_root == expected => Ok(()),
            [] => Err(Disproved::Other),
            _ => Err(Disproved::Length),
        };
    }
    let mut way = Way { index: older - 1, last: size - 1 };
    while way.index & 1 == 1 {
        way.shift();
    }
    // A whole older tree is a node of the newer one, and its hash is known.
    let (start, rest) = if older.is_power_of_two() {
        (older_root, path)
    } else {
        path.split_first().map(|(one, rest)| (*one, rest)).ok_or(Disproved::Length)?
    };
    let (mut before, mut after) = (start, start);
    for beside in rest {
        if way.turns_right()? {
            before = Hash::node(*beside, before);
            after = Hash::node(*beside, after);
        } else {
            after = Hash::node(after, *beside);
        }
        way.up();
    }
    way.ended()?;
    if before == older_root && after == root { Ok(()) } else { Err(Disproved::Other) }
}

/// A way from an entry up to the root, and where the level's last node stands.
struct Way {
    index: u64,
    last: u64,
}

impl Way {
    /// Whether what stands beside is to the left. A last node that has no right neighbour goes up until it has a left one.
    fn turns_right(&mut self) -> Result<bool, Disproved> {
        if self.last == 0 {
            return Err(Disproved::Length);
        }
        if self.index != self.last {
            return Ok(self.index & 1 == 1);
        }
        while self.index & 1 == 0 && self.index != 0 {
            self.shift();
        }
        Ok(true)
    }

    fn up(&mut self) {
        self.shift();
    }

    fn shift(&mut self) {
        self.index >>= 1;
        self.last >>= 1;
    }

    fn ended(&self) -> Result<(), Disproved> {
        if self.last == 0 { Ok(()) } else { Err(Disproved::Length) }
    }
}
