//! Which groups of the issuer's people are what in the hub: one a line, `GROUP ROLE [NAMESPACES]`, as in a file of tokens.

use crate::who::kubernetes::Granted;
use crate::who::role::Role;
use crate::who::scope::Scope;

/// The lines. Who is in none of their groups does not come in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping(Vec<Line>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    group: String,
    granted: Granted,
}

/// A line that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {cause}")]
pub struct BadMapping {
    /// Which, from 1.
    pub line: usize,
    /// Why.
    pub cause: &'static str,
}

/// More lines are not read.
const MOST: usize = 10_000;
const FORM: &str = "it is not GROUP ROLE [NAMESPACES]: a group with spaces stands in double quotes, namespaces have commas between, and no spaces";

impl Mapping {
    /// Reads them. Empty lines and lines that begin with `#` are left out.
    pub fn read(text: &str) -> Result<Mapping, BadMapping> {
        let mut all = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let bad = |cause| BadMapping { line: at + 1, cause };
            all.push(read_line(line).map_err(bad)?);
            if all.len() > MOST {
                return Err(bad("there are more than 10,000 lines"));
            }
        }
        if all.is_empty() {
            return Err(BadMapping { line: 1, cause: "there is no line, so nobody would come in" });
        }
        Ok(Mapping(all))
    }

    /// Those of the groups that stand here: of the others nothing is kept.
    pub fn known<'g>(&self, groups: impl IntoIterator<Item = &'g str>) -> Vec<String> {
        let is_here = |group: &&str| self.0.iter().any(|line| line.group == *group);
        let mut known: Vec<String> = groups.into_iter().filter(is_here).map(str::to_owned).collect();
        known.sort();
        known.dedup();
        known
    }

    /// What somebody of these groups is: the highest role, within the namespaces of the lines that give it.
    pub fn granted(&self, groups: &[String]) -> Option<Granted> {
        let theirs = || self.0.iter().filter(|line| groups.contains(&line.group)).map(|line| &line.granted);
        let role = theirs().map(|granted| granted.role).max_by_key(|role| height(*role))?;
        let scopes = theirs().filter(|granted| granted.role == role).map(|granted| granted.scope.clone());
        Some(Granted { role, scope: scopes.reduce(Scope::and)? })
    }
}

/// Each of these may what the one below it may.
fn height(role: Role) -> usize {
    [Role::Viewer, Role::Engineer, Role::Dpo, Role::Admin].iter().position(|one| *one == role).unwrap_or(0)
}

fn read_line(line: &str) -> Result<Line, &'static str> {
    let (group, rest) = match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').filter(|(_, rest)| rest.starts_with(char::is_whitespace)),
        None => line.split_once(char::is_whitespace),
    }
    .filter(|(group, _)| !group.is_empty() && !group.contains('"'))
    .ok_or(FORM)?;
    let mut words = rest.split_whitespace();
    let role = words.next().ok_or(FORM)?.parse().ok().filter(|role| !matches!(role, Role::Agent | Role::Collector));
    let role = role.ok_or("the role is none of viewer, engineer, dpo, admin")?;
    let scope = words.next().map_or(Ok(Scope::Whole), Scope::read)?;
    if words.next().is_some() {
        return Err(FORM);
    }
    if role == Role::Admin && !scope.is_whole() {
        return Err("administrators are not limited to namespaces: leave them out, or name another role");
    }
    Ok(Line { group: group.to_owned(), granted: Granted { role, scope } })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn granted(text: &str, groups: &[&str]) -> Option<(Role, String)> {
        let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
        Mapping::read(text).unwrap().granted(&groups).map(|granted| (granted.role, granted.scope.to_string()))
    }

    #[test]
    fn the_highest_role_counts_within_the_namespaces_that_it_is_given_for() {
        let text = "# people\nall viewer\n\nshop engineer shop\n\"Clinic IT\" engineer clinic/patients,ward\n/dpo dpo\nroot admin";
        assert_eq!(granted(text, &["all", "others"]), Some((Role::Viewer, String::new())));
        assert_eq!(granted(text, &["all", "shop"]), Some((Role::Engineer, "shop".to_owned())));
        assert_eq!(
            granted(text, &["Clinic IT", "shop"]),
            Some((Role::Engineer, "shop,ward,clinic/patients".to_owned()))
        );
        assert_eq!(granted(text, &["/dpo", "shop"]), Some((Role::Dpo, String::new())));
        assert_eq!(granted(text, &["root", "/dpo"]), Some((Role::Admin, String::new())));
        for nobody in [&[][..], &["others"], &["ALL"], &["Clinic"], &["al"], &[""]] {
            assert_eq!(granted(text, nobody), None, "{nobody:?}");
        }
        assert_eq!(granted("a viewer shop\na viewer", &["a"]), Some((Role::Viewer, String::new())));
    }

    #[test]
    fn lines_that_cannot_be_meant_are_refused() {
        for wrong in [
            "",
            "# nobody",
            "staff",
            "staff boss",
            "staff agent",
            "staff collector",
            "staff admin shop",
            "staff viewer *",
            "staff viewer shop, clinic",
            "Clinic IT viewer",
            "\"Clinic IT viewer",
            "\"Clinic IT\"viewer",
            "\"\" viewer",
            "a\"b viewer",
        ] {
            assert_eq!(Mapping::read(wrong).unwrap_err().line, 1, "{wrong}");
        }
        assert_eq!(Mapping::read("a viewer\nb boss").unwrap_err().line, 2);
    }

    const ROLES: [Role; 4] = [Role::Viewer, Role::Engineer, Role::Dpo, Role::Admin];

    fn lines() -> impl Strategy<Value = Vec<(usize, usize, Option<usize>)>> {
        prop::collection::vec((0..4_usize, 0..4_usize, prop::option::of(0..3_usize)), 1..8)
    }

    fn written(lines: &[(usize, usize, Option<usize>)]) -> String {
        let line = |(group, role, within): &(usize, usize, Option<usize>)| {
            let role = ROLES[*role];
            let within = within.filter(|_| role != Role::Admin).map_or(String::new(), |n| format!(" n{n}"));
            format!("g{group} {role}{within}\n")
        };
        lines.iter().map(line).collect()
    }

    proptest! {
        /// Whatever comes of several groups, each namespace of it is one that a line gives with that very role.
        #[test]
        fn nothing_is_given_that_no_line_gives(lines in lines(), groups in prop::collection::vec(0..6_usize, 0..4)) {
            let theirs: Vec<String> = groups.iter().map(|group| format!("g{group}")).collect();
            let mapping = Mapping::read(&written(&lines)).unwrap();
            let gives = |role: Role, within: Option<usize>| lines.iter().any(|(group, at, to)| {
                groups.contains(group) && ROLES[*at] == role && (role == Role::Admin || to.is_none() || *to == within)
            });
            match mapping.granted(&theirs) {
                None => prop_assert!(!lines.iter().any(|(group, ..)| groups.contains(group))),
                Some(granted) if granted.scope.is_whole() => prop_assert!(gives(granted.role, None)),
                Some(granted) => {
                    let seen = granted.scope.of("any").unwrap();
                    for n in 0..3 {
                        prop_assert_eq!(seen.has(&format!("n{n}")), gives(granted.role, Some(n)));
                    }
                }
            }
        }

        #[test]
        fn the_order_of_lines_and_groups_and_unknown_groups_change_nothing(
            lines in lines(), groups in prop::collection::vec(0..6_usize, 0..4)
        ) {
            let theirs: Vec<String> = groups.iter().map(|group| format!("g{group}")).collect();
            let mapping = Mapping::read(&written(&lines)).unwrap();
            let turned: Vec<_> = lines.iter().rev().copied().collect();
            let back: Vec<String> = theirs.iter().rev().cloned().collect();
            let granted = mapping.granted(&theirs);
            prop_assert_eq!(&Mapping::read(&written(&turned)).unwrap().granted(&back), &granted);
            prop_assert_eq!(mapping.granted(&mapping.known(theirs.iter().map(String::as_str))), granted);
        }

        #[test]
        fn no_text_breaks_it(text in "[ -~\n]{0,200}") {
            let _ = Mapping::read(&text);
        }
    }
}
