//! # What it does
//! Finds stores (declared in the register, or recognised; not caches and queues)
//! that nothing backs up: no CronJob that dumps them, no schedule of
//! Velero, CloudNativePG or another program, no volume snapshot, no backup program
//! beside them, none named in the register.
//!
//! # Why it matters
//! Art. 32(1)(c) asks for the ability to restore personal data in time; without a
//! copy there is none.
//!
//! # What to do
//! Back the store up each day, keep a copy outside the cluster, and try to restore it.
//!
//! # References
//! GDPR Art. 5(1)(f), 32(1)(c).

use cloister_inventory::{Inventory, Pod};
use cloister_model::{Place, Resource, Severity};
use cloister_register::Engine;

use crate::backups::{self, KINDS, Plans};
use crate::system::is_system_pod;
use crate::{Check, Context, Run};

pub(crate) const CHECK: Check = Check {
    name: "store-without-backup",
    title: "nothing backs this store up",
    severity: Severity::High,
    needs: &[],
    run: Run::Inventory(
        &[
            "CronJob",
            "Schedule.velero.io",
            "ScheduledBackup.postgresql.cnpg.io",
            "VolumeSnapshot",
            "Deployment",
            "StatefulSet",
            "DaemonSet",
            "Pod",
        ],
        |findings| {
            let context = findings.context();
            let inventory = context.inventory;
            let plans = KINDS.iter().flat_map(|kind| inventory.of_kind(kind)).filter_map(backups::plan);
            let plans = Plans::new(plans.filter(|plan| plan.paused().is_none()));
            for pod in inventory.pods().filter(|pod| keeps_data(context, pod)) {
                let covered = plans.cover(inventory, &pod)
                    || is_snapshotted(inventory, &pod)
                    || backups::runs_tool(&pod)
                    || is_declared(context, pod.resource);
                if findings.examine(!covered) {
                    findings
                        .report(Place::whole(pod.resource))
                        .message(format!("nothing backs up {} \"{}\"", pod.resource.kind, pod.resource.name));
                }
            }
            for resource in cloister_register::recognise::made_by_operators(inventory) {
                let covered = plans.all.iter().any(|plan| backups::covers_made(plan, resource))
                    || backs_itself_up(resource)
                    || is_declared(context, resource);
                if findings.examine(!covered) {
                    findings
                        .report(Place::whole(resource))
                        .message(format!("nothing backs up {} \"{}\"", resource.kind, resource.name));
                }
            }
        },
    ),
};

/// A declared store, or a recognised one that keeps its data in a volume: not
/// caches and queues, whose content comes back by itself, nor routers and
/// coordinators, which hold none.
fn keeps_data(context: &Context<'_>, pod: &Pod<'_>) -> bool {
    let passing = |engine| {
        matches!(
            engine,
            Engine::Redis | Engine::Valkey | Engine::Memcached | Engine::Kafka | Engine::Rabbitmq | Engine::Nats
        )
    };
    let ends = matches!(&*pod.resource.kind, "Job" | "CronJob");
    if is_system_pod(pod) || ends {
        return false;
    }
    let recognised = context.register.recognised(pod.resource);
    if recognised.is_some_and(|recognised| passing(recognised.engine)) {
        return false;
    }
    let lasts = !backups::claims(pod).is_empty() || pod.volumes().iter().any(|volume| volume.get("hostPath").is_some());
    !context.register.stores_of(pod.resource).is_empty() || (recognised.is_some() && lasts)
}

/// The register says what backs the store up.
fn is_declared(context: &Context<'_>, workload: &Resource) -> bool {
    context.register.stores_of(workload).iter().any(|store| store.backup().is_stated())
}

fn is_snapshotted(inventory: &Inventory, store: &Pod<'_>) -> bool {
    let claims = backups::claims(store);
    inventory.of_kind_in("VolumeSnapshot", store.namespace()).any(|snapshot| {
        let source = snapshot.root.str_at("spec/source/persistentVolumeClaimName");
        source.is_some_and(|source| claims.iter().any(|claim| claim == source))
    })
}

/// Fields by which operators' resources ask for backups.
fn backs_itself_up(resource: &Resource) -> bool {
    ["spec/backup/schedule", "spec/backups/pgbackrest/repos", "spec/backupSchedules", "spec/configurations/backups"]
        .iter()
        .any(|path| resource.root.at(path).is_some_and(|node| !node.is_empty()))
}
