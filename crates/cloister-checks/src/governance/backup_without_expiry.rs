//! # What it does
//! Finds schedules of backups that say nothing of an end: Velero, CloudNativePG, K8up
//! and SnapScheduler, and CronJobs that dump a database and remove nothing, unless the
//! register states how long their backups are kept.
//!
//! # Why it matters
//! What was erased in the database lives on in every dump of it: storage limitation and
//! erasure reach the backups too (Art. 5(1)(e), 17).
//!
//! # What to do
//! Set the retention of the tool; let a dump job remove what is older than the period
//! that the register states.
//!
//! # References
//! GDPR Art. 5(1)(e), 17. Velero, "Schedule"; CloudNativePG, "Retention policies".

use cloister_inventory::{Container, Pod};
use cloister_model::{Node, Place, Resource, Severity};

use crate::{Check, Findings, Run};

const CNPG: &str = "Cluster.postgresql.cnpg.io";

/// Schedules with the field that ends what they keep.
const TOOLS: [(&str, &str, &str); 3] = [
    ("Schedule.velero.io", "spec/template/ttl", "ttl: 720h0m0s"),
    ("Schedule.k8up.io", "spec/prune", "prune:\n  schedule: \"@daily-random\"\n  retention:\n    keepDaily: 30"),
    ("SnapshotSchedule.snapscheduler.backube", "spec/retention", "retention:\n  expires: 720h"),
];

/// Programs that write a database out.
const DUMPS: [&str; 7] =
    ["pg_dump", "pg_dumpall", "pg_basebackup", "mysqldump", "mariadb-dump", "mongodump", "mariabackup"];

/// Words of a script that removes what is old, or hands it to what does.
const REMOVALS: [&str; 11] =
    ["-delete", "-mtime", "rm ", "rm -", "prune", "forget", "--keep", "retention", "retain", "expire", "lifecycle"];

fn schedules(schedule: &Resource, path: &'static str, fix: &str, findings: &mut Findings<'_>) {
    let place = Place::whole(schedule).at(path);
    if findings.examine(!place.missing.is_empty()) {
        findings
            .report(place)
            .message(format!("{} \"{}\" says nothing of when its backups end", schedule.kind, schedule.name))
            .fix(fix);
    }
}

fn dumps(pod: &Pod<'_>, findings: &mut Findings<'_>) {
    let Some(container) = pod.containers().find(|container| says(container, &DUMPS)) else { return };
    // Another container of the pod may clean up; a ConfigMap's script cannot be seen, and is no dump here.
    let removes = pod.containers().any(|container| says(&container, &REMOVALS));
    if findings.examine(!removes && !is_declared(pod, findings)) {
        findings
            .report(container.at("command"))
            .container(container.name())
            .message(format!(
                "{} \"{}\" dumps a database and removes no old dump",
                pod.resource.kind, pod.resource.name
            ))
            .fix("find /backup -name '*.dump' -mtime +30 -delete");
    }
}

fn says(container: &Container<'_>, words: &[&str]) -> bool {
    let env = container.env().map(|(name, _)| name.to_ascii_lowercase());
    let written = container.words().filter_map(Node::as_str).map(str::to_owned);
    written.chain(env).any(|text| words.iter().any(|word| text.contains(word)))
}

/// Whether the register states how long the backups of this workload are kept.
fn is_declared(pod: &Pod<'_>, findings: &Findings<'_>) -> bool {
    let (kind, name) = (&pod.resource.kind, &pod.resource.name);
    let full = format!("{kind}/{name}");
    let backups = findings.register().stores().iter().filter_map(|store| store.backup().value());
    backups
        .filter(|backup| backup.retention().is_stated())
        .any(|backup| backup.workloads().items().iter().any(|workload| *workload == &**name || *workload == full))
}

pub(crate) const CHECK: Check = Check {
    name: "backup-without-expiry",
    title: "backups are kept for ever",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(&["CronJob", "Job"], |findings| {
        let inventory = findings.inventory();
        for (kind, path, fix) in TOOLS {
            for schedule in inventory.of_kind(kind) {
                schedules(schedule, path, fix, findings);
            }
        }
        for cluster in inventory.of_kind(CNPG).filter(|cluster| cluster.root.at("spec/backup").is_some()) {
            schedules(cluster, "spec/backup/retentionPolicy", "retentionPolicy: 30d", findings);
        }
        for pod in inventory.pods().filter(|pod| ["CronJob", "Job"].contains(&&*pod.resource.kind)) {
            dumps(&pod, findings);
        }
    }),
};
