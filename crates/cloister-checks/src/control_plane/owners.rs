//! Which API servers read a configuration, and which configuration a program reads.

use cloister_inventory::Inventory;
use cloister_model::{Origin, Resource};

use super::components::Home;
use super::flags::{API_SERVER, Flags, each};

/// The API servers that `configuration` belongs to: of those whose `flag` names a file, the ones of the same facts of a
/// node; of manifests, those that name a file of this name, then those in the same folder. Where neither
/// tells them apart, all that name one.
pub(super) fn servers<'a>(inventory: &'a Inventory, configuration: &Resource, flag: &str) -> Vec<Flags<'a>> {
    let mut servers: Vec<Flags<'a>> = each(inventory, API_SERVER).filter(|server| server.is_set(flag)).collect();
    let here = |server: &Flags<'_>| origin(server) == Some(&configuration.origin);
    let same_name = |server: &Flags<'_>| {
        let named = server.value(flag).unwrap_or_default();
        path(&configuration.origin).is_some_and(|own| name(own) == name(&named))
    };
    let same_folder = |server: &Flags<'_>| {
        let folders = (origin(server).and_then(path).map(folder), path(&configuration.origin).map(folder));
        matches!(folders, (Some(one), Some(other)) if one == other)
    };
    let rules: [&dyn Fn(&Flags<'_>) -> bool; 3] = [&here, &same_name, &same_folder];
    for rule in rules {
        if servers.iter().any(rule) {
            servers.retain(|server| rule(server));
        }
    }
    servers
}

/// The configuration of a kind that the `flag` of a program names: in facts, that of its own node; else one in a file of
/// this name, or in the same folder.
pub(super) fn configuration<'a>(
    inventory: &'a Inventory,
    program: &Flags<'a>,
    kind: &'a str,
    flag: &str,
) -> Option<&'a Resource> {
    let named = program.value(flag)?;
    let own = origin(program)?;
    let same_name = |it: &&Resource| path(&it.origin).is_some_and(|path| name(path) == name(&named));
    let same_folder = |it: &&Resource| path(&it.origin).map(folder) == path(own).map(folder);
    let (here, elsewhere): (Vec<_>, Vec<_>) = inventory.of_kind(kind).partition(|it| it.origin == *own);
    // Unfolded from facts, its name ends in its path. A container may name another one.
    let by_path = here.iter().find(|it| it.name.ends_with(&format!(":{named}"))).or(here.first());
    by_path.copied().or_else(|| {
        let of_files = || {
            elsewhere
                .iter()
                .copied()
                .filter(|it| !inventory.node_facts().any(|facts| facts.resource.origin == it.origin))
        };
        of_files().find(same_name).or_else(|| of_files().find(same_folder))
    })
}

fn origin<'a>(server: &Flags<'a>) -> Option<&'a Origin> {
    Some(match server.home {
        Home::Container(container) => &container.pod.resource.origin,
        Home::Process(process) => &process.resource().origin,
    })
}

fn path(origin: &Origin) -> Option<&str> {
    if let Origin::File(path) = origin { Some(path) } else { None }
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
