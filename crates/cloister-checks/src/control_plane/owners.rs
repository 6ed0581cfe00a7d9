//! Which API servers read a configuration.

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
