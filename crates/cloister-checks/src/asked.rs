//! What a judgement asked for beyond its own subject, as far as each of it can be told to have changed.

/// A set of things that a judgement may depend on. Its own subject is in no such set: it depends on that always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Asked(u64);

impl Asked {
    /// Nothing but the subject.
    pub(crate) const NOTHING: Asked = Asked(0);
    /// Something that nobody tells changes of: such a judgement is never taken again.
    pub(crate) const EVERYTHING: Asked = Asked(1);
    /// The day.
    pub(crate) const TODAY: Asked = Asked(1 << 1);
    /// What the organisation says of detections.
    pub(crate) const PROFILE: Asked = Asked(1 << 2);

    /// Both.
    pub(crate) fn and(self, other: Asked) -> Asked {
        Asked(self.0 | other.0)
    }

    /// Whether anything is in both.
    pub(crate) fn meets(self, other: Asked) -> bool {
        self.0 & other.0 != 0
    }
}
