//! The names of resources: `secrets`, `deployments.apps`, `*.apps`, `*.` (the core group) and `*.*`.

use std::fmt;

/// A resource and its group; either may be `*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupResource<'a> {
    /// Empty for the core group.
    pub group: &'a str,
    /// The plural.
    pub resource: &'a str,
}

impl<'a> GroupResource<'a> {
    /// `*.*`.
    pub const EVERYTHING: GroupResource<'static> = GroupResource { group: "*", resource: "*" };
    /// Secrets.
    pub const SECRETS: GroupResource<'static> = GroupResource { group: "", resource: "secrets" };
    /// ConfigMaps.
    pub const CONFIG_MAPS: GroupResource<'static> = GroupResource { group: "", resource: "configmaps" };

    /// Source: `schema.ParseGroupResource`.
    pub fn parse(text: &'a str) -> GroupResource<'a> {
        let (resource, group) = text.split_once('.').unwrap_or((text, ""));
        GroupResource { group, resource }
    }
}

impl fmt::Display for GroupResource<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.resource, self.group) {
            ("*", "") => formatter.write_str("*."),
            (resource, "") => formatter.write_str(resource),
            (resource, group) => write!(formatter, "{resource}.{group}"),
        }
    }
}
