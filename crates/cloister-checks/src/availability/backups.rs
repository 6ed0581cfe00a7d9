//! What counts as a backup, and of which store.

use cloister_inventory::{Inventory, Pod, Selector};
use cloister_model::Resource;
use cloister_register::{Engine, Register, Workload};

/// Programs that write a database out.
const PROGRAMS: [&str; 13] = [
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
    "mongodump",
    "restic",
    "velero",
];

/// Whether a CronJob or Job makes backups: by its name, labels, image or programs.
pub(crate) fn makes_backups(pod: &Pod<'_>) -> bool {
    let scheduled = matches!(&*pod.resource.kind, "CronJob" | "Job");
    let named = |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with("backup"));
    let labelled =
        || pod.resource.labels().iter().chain(pod.labels()).any(|label| label.node.as_str().is_some_and(named));
    let runs = |text: &str| {
        text.split(|c: char| c.is_whitespace() || matches!(c, '/' | '\'' | '"' | ';' | '|'))
            .any(|word| PROGRAMS.contains(&word))
    };
    let in_container = || {
        pod.containers()
            .any(|container| named(container.image()) || container.words().filter_map(|word| word.as_str()).any(runs))
    };
    scheduled && (named(&pod.resource.name) || labelled() || in_container())
}

/// Whether a store keeps what must come back: not a cache or a queue.
pub(crate) fn is_lasting(engine: Engine) -> bool {
    !matches!(
        engine,
        Engine::Redis | Engine::Valkey | Engine::Memcached | Engine::Kafka | Engine::Rabbitmq | Engine::Nats
    )
}

/// Whether anything in the input backs this workload up.
pub(crate) fn is_backed_up(workload: &Workload<'_>, register: &Register<'_>, inventory: &Inventory) -> bool {
    declared(workload, register)
        || by_job(workload, inventory)
        || by_operator(workload, inventory)
        || by_velero(workload, inventory)
        || by_snapshot(workload, inventory)
}

/// The register names the workloads that back a store up.
fn declared(workload: &Workload<'_>, register: &Register<'_>) -> bool {
    register.stores_of(workload.resource).iter().any(|store| {
        store.backup().value().is_some_and(|backup| backup.workloads().is_stated() || backup.reference().is_stated())
    })
}

/// A backup job that names the store, anywhere in its own lines.
fn by_job(workload: &Workload<'_>, inventory: &Inventory) -> bool {
    let name = &*workload.resource.name;
    inventory.pods().filter(makes_backups).any(|pod| {
        let same = pod.namespace() == workload.namespace();
        let names = pod.resource.name.contains(name)
            || pod.containers().any(|container| {
                let values = container.env().filter_map(|(_, entry)| entry.str_at("value"));
                values.chain(container.words().filter_map(|word| word.as_str())).any(|text| text.contains(name))
            });
        names && (same || pod.resource.name.contains(name))
    })
}

/// ScheduledBackup and its like of database operators.
fn by_operator(workload: &Workload<'_>, inventory: &Inventory) -> bool {
    const KINDS: [&str; 3] =
        ["ScheduledBackup.postgresql.cnpg.io", "PerconaPGBackup.pgv2.percona.com", "BackupSchedule.k8s.mariadb.com"];
    let spec = workload.resource.root.get("spec");
    let own = spec
        .is_some_and(|spec| spec.at("backup").or_else(|| spec.at("backups")).is_some_and(|backup| !backup.is_empty()));
    own || KINDS.iter().flat_map(|kind| inventory.of_kind(kind)).any(|schedule| {
        schedule.namespace_or_default() == workload.namespace()
            && schedule.root.str_at("spec/cluster/name") == Some(&*workload.resource.name)
    })
}

/// A Velero Schedule over the namespace; without a list it covers every one.
fn by_velero(workload: &Workload<'_>, inventory: &Inventory) -> bool {
    inventory.of_kind("Schedule.velero.io").any(|schedule| {
        let Some(template) = schedule.root.at("spec/template") else { return false };
        let listed = |list: &str| template.strs_at(list).any(|name| name == workload.namespace() || name == "*");
        let included = template.items_at("includedNamespaces").is_empty() || listed("includedNamespaces");
        let selected = template
            .get("labelSelector")
            .is_none_or(|selector| workload.pods.iter().any(|pod| Selector::Labels(selector).matches(pod.labels())));
        included && !listed("excludedNamespaces") && selected
    })
}

/// A snapshot of one of its claims.
fn by_snapshot(workload: &Workload<'_>, inventory: &Inventory) -> bool {
    let claims: Vec<String> = claims(workload.resource);
    inventory.of_kind("VolumeSnapshot").any(|snapshot| {
        snapshot.namespace_or_default() == workload.namespace()
            && snapshot
                .root
                .str_at("spec/source/persistentVolumeClaimName")
                .is_some_and(|claim| claims.iter().any(|prefix| claim.starts_with(prefix.as_str())))
    })
}

/// Names of its claims: those of pods, and what a StatefulSet's templates begin with.
fn claims(resource: &Resource) -> Vec<String> {
    let volumes = resource.root.items_at("spec/template/spec/volumes").iter();
    let named = volumes.filter_map(|volume| volume.str_at("persistentVolumeClaim/claimName")).map(str::to_owned);
    let templates = resource.root.items_at("spec/volumeClaimTemplates").iter();
    let made =
        templates.filter_map(|claim| claim.str_at("metadata/name")).map(|name| format!("{name}-{}-", resource.name));
    named.chain(made).collect()
}
