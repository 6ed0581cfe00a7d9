//! Recognises stores that nobody declared: by image, port, variables and
//! volumes of their pods, or by the resource that an operator makes them from.

mod engine;
mod image;

pub use engine::{Engine, MADE_BY_OPERATORS, MARKS, Marks};

use cloister_inventory::{Container, Inventory, Pod};
use cloister_model::{Node, Place, Resource};

use crate::workload::Workload;

/// A store, and how it was recognised.
#[derive(Clone, Debug)]
pub struct Recognised<'a> {
    /// The software.
    pub engine: Engine,
    /// How it was recognised, after "recognised as a … store by ".
    pub because: String,
    /// What showed it.
    pub place: Place<'a>,
}

/// The store that a workload is, if it is one.
pub fn store<'a>(workload: &Workload<'a>) -> Option<Recognised<'a>> {
    made_by_operator(workload.resource).or_else(|| workload.pods.iter().find_map(pod))
}

/// The store that a pod is. Jobs are clients of stores, and so are init
/// containers: they end, and a store does not.
pub fn pod<'a>(pod: &Pod<'a>) -> Option<Recognised<'a>> {
    if matches!(&*pod.resource.kind, "Job" | "CronJob") {
        return None;
    }
    let mut lasting = pod.containers().filter(Container::is_lasting);
    lasting.find_map(|container| container_store(&container))
}

/// The store that an operator is asked for by `resource`.
pub fn made_by_operator(resource: &Resource) -> Option<Recognised<'_>> {
    let (_, engine) = MADE_BY_OPERATORS.iter().find(|(kind, _)| is_of(resource, kind))?;
    Some(Recognised { engine: *engine, because: format!("its kind {}", resource.kind), place: Place::whole(resource) })
}

/// The resources of the inventory with which operators are asked for a database.
pub fn made_by_operators(inventory: &Inventory) -> impl Iterator<Item = &Resource> {
    MADE_BY_OPERATORS.iter().flat_map(|(kind, _)| inventory.of_kind(kind))
}

fn is_of(resource: &Resource, kind: &str) -> bool {
    kind.split_once('.').is_some_and(|(kind, group)| *resource.kind == *kind && resource.group() == group)
}

fn container_store<'a>(container: &Container<'a>) -> Option<Recognised<'a>> {
    if runs_client(container) {
        return None;
    }
    let name = image::Name::of(container.image());
    if let Some(marks) = by_image(&name) {
        return Some(Recognised { engine: marks.engine, because: "its image".into(), place: container.at("image") });
    }
    if name.is_tool {
        return None;
    }
    let signs = Signs::of(container);
    MARKS.iter().find_map(|marks| by_other_marks(container, &signs, marks))
}

/// The engine whose image's name fits best; of equals, the first.
fn by_image(name: &image::Name<'_>) -> Option<&'static Marks> {
    let fitting = MARKS.iter().filter_map(|marks| Some((name.fit(marks.images)?, marks)));
    fitting.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, marks)| marks)
}

/// What a container shows besides its image, read once for all engines.
struct Signs<'a> {
    ports: Vec<(i64, &'a Node)>,
    variables: Vec<(&'a str, &'a Node)>,
    folders: Vec<(&'a str, &'a Node)>,
}

impl<'a> Signs<'a> {
    fn of(container: &Container<'a>) -> Signs<'a> {
        let list = |key: &str| container.node.items_at(key).iter();
        Signs {
            ports: list("ports").filter_map(|port| Some((port.int_at("containerPort")?, port))).collect(),
            variables: container.env().collect(),
            folders: list("volumeMounts").filter_map(|mount| Some((mount.str_at("mountPath")?, mount))).collect(),
        }
    }
}

/// Two marks besides the image, of which one alone would prove little: clients
/// know a store's variables, and proxies its port.
fn by_other_marks<'a>(container: &Container<'a>, signs: &Signs<'a>, marks: &Marks) -> Option<Recognised<'a>> {
    let within = |path: &str| marks.folders.iter().any(|folder| path_within(path, folder));
    let folder = signs.folders.iter().find(|(path, _)| within(path)).map(|(_, node)| *node);
    let port = signs.ports.iter().find(|(port, _)| marks.ports.contains(port)).map(|(_, node)| *node);
    let variable = signs.variables.iter().find(|(name, _)| marks.variables.contains(name)).map(|(_, node)| *node);
    let shown: Vec<_> = [("a volume in its data folder", folder), ("its port", port), ("its variables", variable)]
        .into_iter()
        .filter_map(|(mark, node)| Some((mark, node?)))
        .collect();
    let (_, first) = *shown.first().filter(|_| shown.len() >= 2)?;
    let because = shown.iter().map(|(mark, _)| *mark).collect::<Vec<_>>().join(" and ");
    Some(Recognised { engine: marks.engine, because, place: container.place(first) })
}

fn path_within(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Programs that stand in a database's image and are not the database.
const CLIENTS: [&str; 15] = [
    "psql",
    "pg_dump",
    "pg_dumpall",
    "pg_isready",
    "pg_basebackup",
    "mysql",
    "mysqldump",
    "mariadb",
    "mariadb-dump",
    "mongosh",
    "mongodump",
    "redis-cli",
    "valkey-cli",
    "redis-sentinel",
    "sleep",
];

fn runs_client(container: &Container<'_>) -> bool {
    let first = container.node.items_at("command").first().and_then(|word| word.as_str());
    first.is_some_and(|path| CLIENTS.contains(&path.rsplit('/').next().unwrap_or(path)))
}
