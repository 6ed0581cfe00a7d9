//! What makes backups: CronJobs that dump, and the resources of backup programs.

use cloister_inventory::{Container, Inventory, Pod, Selector, matches_kind};
use cloister_model::{Node, Place, Resource, Value};
use foldhash::{HashMap, HashSet};

/// Kinds of backup programs: the kind, where its schedule stands, and the
/// switch that pauses it.
const PROGRAMS: [Program; 9] = [
    Program { kind: "Schedule.velero.io", schedule: Some("spec/schedule"), switch: Some("spec/paused") },
    Program {
        kind: "ScheduledBackup.postgresql.cnpg.io",
        schedule: Some("spec/schedule"),
        switch: Some("spec/suspend"),
    },
    Program { kind: "Schedule.k8up.io", schedule: Some("spec/backup/schedule"), switch: None },
    Program { kind: "Schedule.backup.appuio.ch", schedule: Some("spec/backup/schedule"), switch: None },
    Program {
        kind: "BackupConfiguration.stash.appscode.com",
        schedule: Some("spec/schedule"),
        switch: Some("spec/paused"),
    },
    Program {
        kind: "ReplicationSource.volsync.backube",
        schedule: Some("spec/trigger/schedule"),
        switch: Some("spec/paused"),
    },
    Program { kind: "RecurringJob.longhorn.io", schedule: Some("spec/cron"), switch: None },
    Program {
        kind: "Backup.k8s.mariadb.com",
        schedule: Some("spec/schedule/cron"),
        switch: Some("spec/schedule/suspend"),
    },
    Program { kind: "Policy.config.kio.kasten.io", schedule: None, switch: Some("spec/paused") },
];

#[derive(Debug)]
struct Program {
    kind: &'static str,
    schedule: Option<&'static str>,
    switch: Option<&'static str>,
}

/// Kinds to name for a check over backups.
pub(crate) const KINDS: &[&str] = &[
    "CronJob",
    "Schedule.velero.io",
    "ScheduledBackup.postgresql.cnpg.io",
    "Schedule.k8up.io",
    "Schedule.backup.appuio.ch",
    "BackupConfiguration.stash.appscode.com",
    "ReplicationSource.volsync.backube",
    "RecurringJob.longhorn.io",
    "Backup.k8s.mariadb.com",
    "Policy.config.kio.kasten.io",
];

/// Something that makes backups again and again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BackupPlan<'a> {
    /// The CronJob, the Schedule …
    pub(crate) resource: &'a Resource,
    schedule: Option<&'static str>,
    switch: Option<&'static str>,
}

/// The backup plan that a resource is, if it is one.
pub(crate) fn plan(resource: &Resource) -> Option<BackupPlan<'_>> {
    if &*resource.kind == "CronJob" {
        return makes_backups(resource).then_some(BackupPlan {
            resource,
            schedule: Some("spec/schedule"),
            switch: Some("spec/suspend"),
        });
    }
    let program = PROGRAMS.iter().find(|program| matches_kind(resource, program.kind))?;
    Some(BackupPlan { resource, schedule: program.schedule, switch: program.switch })
}

impl<'a> BackupPlan<'a> {
    /// Where the schedule is written, if it is.
    pub(crate) fn schedule(&self) -> Option<Place<'a>> {
        let place = Place::whole(self.resource).at(self.schedule?);
        place.missing.is_empty().then_some(place)
    }

    /// Where it is paused, if it is.
    pub(crate) fn paused(&self) -> Option<Place<'a>> {
        let place = Place::whole(self.resource).at(self.switch?);
        (place.missing.is_empty() && place.node.as_bool() == Some(true)).then_some(place)
    }
}

/// Programs that write a copy of a database, of files or of a volume.
const TOOLS: [&str; 27] = [
    "pg_dump",
    "pg_dumpall",
    "pg_basebackup",
    "pgbackrest",
    "wal-g",
    "barman",
    "mysqldump",
    "mariadb-dump",
    "mariabackup",
    "xtrabackup",
    "mydumper",
    "mysqlsh",
    "mongodump",
    "redis-cli",
    "redis-dump",
    "influxd",
    "influx",
    "cqlsh",
    "restic",
    "kopia",
    "borg",
    "borgmatic",
    "duplicity",
    "duplicati",
    "rclone",
    "etcdctl",
    "neo4j-admin",
];

/// Tools that do many other things; these words must stand beside them.
const BESIDE: [(&str, &[&str]); 5] = [
    ("redis-cli", &["--rdb", "BGSAVE", "SAVE"]),
    ("etcdctl", &["snapshot"]),
    ("influx", &["backup"]),
    ("influxd", &["backup"]),
    ("cqlsh", &["COPY"]),
];

/// Words in a name that mean a copy is made, and those that mean something else is done to copies.
const MAKES: [&str; 4] = ["backup", "backups", "dump", "snapshot"];
const HANDLES: [&str; 10] =
    ["restore", "prune", "cleanup", "clean", "delete", "verify", "check", "test", "rotate", "purge"];

fn makes_backups(cron_job: &Resource) -> bool {
    let words = || cron_job.name.split(['-', '_', '.']);
    if words().any(|word| HANDLES.contains(&word)) {
        return false;
    }
    words().any(|word| MAKES.contains(&word)) || Inventory::pods_of(cron_job).any(|pod| runs_tool(&pod))
}

/// Whether a container of the pod runs one of the tools.
pub(crate) fn runs_tool(pod: &Pod<'_>) -> bool {
    pod.containers().any(|container| {
        let image = container.image().rsplit('/').next().unwrap_or("");
        let image = image.split([':', '@']).next().unwrap_or("");
        let by_image = image.split(['-', '_', '.']).any(|word| MAKES.contains(&word))
            || TOOLS.iter().any(|tool| image == *tool && !BESIDE.iter().any(|(beside, _)| beside == tool));
        by_image || text_of(&container).is_some_and(|text| mentions_tool(&text))
    })
}

fn text_of(container: &Container<'_>) -> Option<String> {
    let words: Vec<&str> = container.words().filter_map(|word| word.as_str()).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn mentions_tool(text: &str) -> bool {
    let has = |wanted: &str| {
        text.split(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | '-'))).any(|word| word == wanted)
    };
    TOOLS.iter().any(|tool| {
        has(tool)
            && BESIDE
                .iter()
                .find(|(beside, _)| beside == tool)
                .is_none_or(|(_, words)| words.iter().any(|word| has(word)))
    })
}

/// All plans, found by where what they copy may lie: thousands of stores ask.
pub(crate) struct Plans<'a> {
    pub(crate) all: Vec<BackupPlan<'a>>,
    /// Of programs that copy from any namespace.
    anywhere: Vec<BackupPlan<'a>>,
    /// By their own namespace.
    beside: HashMap<&'a str, Vec<BackupPlan<'a>>>,
    /// CronJobs by the words of their pods: who copies from another namespace names it in the address.
    naming: HashMap<&'a str, Vec<BackupPlan<'a>>>,
}

impl<'a> Plans<'a> {
    pub(crate) fn new(plans: impl Iterator<Item = BackupPlan<'a>>) -> Plans<'a> {
        let mut of = Plans {
            all: plans.collect(),
            anywhere: Vec::new(),
            beside: HashMap::default(),
            naming: HashMap::default(),
        };
        for plan in &of.all {
            match &*plan.resource.kind {
                "CronJob" => {
                    let mut named = HashSet::default();
                    Inventory::pods_of(plan.resource).for_each(|pod| words(pod.spec, &mut named));
                    named.into_iter().for_each(|word| of.naming.entry(word).or_default().push(*plan));
                }
                "Schedule" if plan.resource.group() == "velero.io" => of.anywhere.push(*plan),
                "RecurringJob" | "Policy" => of.anywhere.push(*plan),
                _ => {}
            }
            of.beside.entry(plan.resource.namespace_or_default()).or_default().push(*plan);
        }
        of
    }

    /// Whether one of them copies what this pod keeps.
    pub(crate) fn cover(&self, inventory: &Inventory, store: &Pod<'_>) -> bool {
        let namespace = store.namespace();
        let near = [self.beside.get(namespace), Some(&self.anywhere), self.naming.get(namespace)];
        near.into_iter().flatten().flatten().any(|plan| covers(inventory, plan, store))
    }
}

/// What [`mentions`] takes for words, of every text below.
fn words<'a>(node: &'a Node, found: &mut HashSet<&'a str>) {
    match &node.value {
        Value::Text(text) => found.extend(text.split(|letter| !is_of_word(letter))),
        Value::List(items) => items.iter().for_each(|item| words(item, found)),
        Value::Map(entries) => entries.iter().for_each(|entry| words(&entry.node, found)),
        _ => {}
    }
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '-'
}

/// Whether the plan copies what this pod keeps in its volumes or tells its clients.
fn covers(inventory: &Inventory, plan: &BackupPlan<'_>, store: &Pod<'_>) -> bool {
    let resource = plan.resource;
    match &*resource.kind {
        "CronJob" => cron_job_covers(inventory, resource, store),
        "Schedule" if resource.group() == "velero.io" => velero_covers(resource, store),
        "ReplicationSource" => {
            let claim = resource.root.str_at("spec/sourcePVC");
            resource.namespace_or_default() == store.namespace()
                && claims(store).iter().any(|own| Some(own.as_str()) == claim)
        }
        // Of the whole cluster, by rules that only their program evaluates.
        "RecurringJob" | "Policy" => true,
        _ => resource.namespace_or_default() == store.namespace(),
    }
}

/// Named in the CronJob's pod, by its own name, that of a Service before it or
/// of its claim; or the only store in the CronJob's namespace.
fn cron_job_covers(inventory: &Inventory, cron_job: &Resource, store: &Pod<'_>) -> bool {
    let mut names: Vec<String> = vec![store.resource.name.to_string()];
    names.extend(claims(store));
    let services = inventory.services_of(store);
    names.extend(services.map(|service| service.name.to_string()));
    let same_namespace = cron_job.namespace_or_default() == store.namespace();
    let named = Inventory::pods_of(cron_job).any(|pod| names.iter().any(|name| mentions(pod.spec, name)));
    let called = names.iter().any(|name| cron_job.name.contains(name.as_str()));
    if same_namespace {
        return named || called || is_only_store(inventory, store);
    }
    // From elsewhere, the namespace is part of the address.
    Inventory::pods_of(cron_job)
        .any(|pod| names.iter().any(|name| mentions(pod.spec, &format!("{name}.{}", store.namespace()))))
}

fn is_only_store(inventory: &Inventory, store: &Pod<'_>) -> bool {
    let stores = inventory.pods_in(store.namespace()).filter(|pod| cloister_register::recognise::pod(pod).is_some());
    stores.count() <= 1
}

/// Whether a text anywhere below holds the name as a word of its own.
fn mentions(node: &Node, name: &str) -> bool {
    match &node.value {
        Value::Text(text) => text.match_indices(name).any(|(at, _)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at + name.len()..).and_then(|after| after.chars().next());
            !before.is_some_and(is_of_word) && !after.is_some_and(is_of_word)
        }),
        Value::List(items) => items.iter().any(|item| mentions(item, name)),
        Value::Map(entries) => entries.iter().any(|entry| mentions(&entry.node, name)),
        _ => false,
    }
}

/// Claims that the pod mounts, those of a StatefulSet by the name of its template.
pub(crate) fn claims(pod: &Pod<'_>) -> Vec<String> {
    let mounted = pod.volumes().iter().filter_map(|volume| volume.str_at("persistentVolumeClaim/claimName"));
    let templates = pod.resource.root.items_at("spec/volumeClaimTemplates").iter();
    let made = templates.filter_map(|template| template.str_at("metadata/name"));
    mounted.map(str::to_owned).chain(made.map(|name| format!("{name}-{}-0", pod.resource.name))).collect()
}

/// Whether the plan copies the database that an operator makes from `made`.
pub(crate) fn covers_made(plan: &BackupPlan<'_>, made: &Resource) -> bool {
    let resource = plan.resource;
    let here = resource.namespace_or_default() == made.namespace_or_default();
    match &*resource.kind {
        // The operator's Services begin with the name.
        "CronJob" => {
            Inventory::pods_of(resource).any(|pod| holds(pod.spec, &made.name)) || resource.name.contains(&*made.name)
        }
        "Schedule" if resource.group() == "velero.io" => velero_takes(resource, made.namespace_or_default()),
        "RecurringJob" | "Policy" => true,
        _ => here && resource.root.str_at("spec/cluster/name").is_none_or(|name| name == &*made.name),
    }
}

/// Whether a text anywhere below holds `name`.
fn holds(node: &Node, name: &str) -> bool {
    match &node.value {
        Value::Text(text) => text.contains(name),
        Value::List(items) => items.iter().any(|item| holds(item, name)),
        Value::Map(entries) => entries.iter().any(|entry| holds(&entry.node, name)),
        _ => false,
    }
}

fn velero_covers(schedule: &Resource, store: &Pod<'_>) -> bool {
    let selector = schedule.root.at("spec/template/labelSelector");
    velero_takes(schedule, store.namespace())
        && selector.is_none_or(|node| Selector::Labels(node).matches(store.labels()))
}

fn velero_takes(schedule: &Resource, namespace: &str) -> bool {
    let listed =
        |path: &str| -> Vec<&str> { schedule.root.items_at(path).iter().filter_map(|item| item.as_str()).collect() };
    let included = listed("spec/template/includedNamespaces");
    let excluded = listed("spec/template/excludedNamespaces");
    let here = |names: &[&str]| names.contains(&"*") || names.contains(&namespace);
    (included.is_empty() || here(&included)) && !here(&excluded)
}
