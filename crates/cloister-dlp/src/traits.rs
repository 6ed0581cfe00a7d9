//! What the register says of activities and stores, kept apart from its documents: the wire outlives a reading.

use std::sync::Arc;

use cloister_inventory::Inventory;
use cloister_model::Resource;
use cloister_register::{DataCategory, Register};

/// A processing activity.
#[derive(Clone, Debug)]
pub struct Activity {
    /// Its name.
    pub name: Arc<str>,
    /// Numbers of the activities that it may share data with, itself among them.
    pub compatible: Vec<u32>,
    /// The data that it declares; `None` where it states none.
    pub categories: Option<Vec<DataCategory>>,
    /// Names of recipients and of their Processors.
    pub recipients: Vec<String>,
    /// Third countries with a safeguard.
    pub countries: Vec<String>,
}

/// A store of personal data.
#[derive(Clone, Debug)]
pub struct Store {
    /// Its name.
    pub name: Arc<str>,
    /// The data that it declares; `None` where it states none.
    pub categories: Option<Vec<DataCategory>>,
}

/// Every activity of a register, in its order.
pub(crate) fn activities(register: &Register<'_>) -> Vec<Activity> {
    let all = register.activities();
    let one = |activity: &cloister_register::ProcessingActivity<'_>| {
        let compatible = all.iter().zip(0..).filter(|(other, _)| activity.is_compatible_with(other));
        let recipients = activity.recipients().items();
        let named = recipients.iter().flat_map(|it| [it.name().value(), it.processor().value()]).flatten();
        let transfers = activity.transfers().items();
        let receiving = transfers.iter().filter_map(|it| it.recipient().value());
        let safe = transfers.iter().filter(|it| it.safeguard().is_stated());
        Activity {
            name: activity.name().into(),
            compatible: compatible.map(|(_, number)| number).collect(),
            categories: activity.data_categories().value(),
            recipients: named.chain(receiving).map(str::to_owned).collect(),
            countries: safe.filter_map(|it| Some(it.country().value()?.code().to_owned())).collect(),
        }
    };
    all.iter().map(one).collect()
}

/// Every store, in its order.
pub(crate) fn stores(register: &Register<'_>) -> Vec<Store> {
    let one = |store: &cloister_register::PersonalDataStore<'_>| Store {
        name: store.name().into(),
        categories: store.data_categories().value(),
    };
    register.stores().iter().map(one).collect()
}

/// Words of images that collect or keep logs.
const LOGS: [&str; 14] = [
    "fluentd",
    "fluent-bit",
    "fluentbit",
    "logstash",
    "filebeat",
    "promtail",
    "loki",
    "vector",
    "graylog",
    "rsyslog",
    "syslog-ng",
    "splunk",
    "alloy",
    "victorialogs",
];

/// Whether a workload collects or keeps logs, by its images.
pub(crate) fn keeps_logs(resource: &Resource) -> bool {
    let mut containers = Inventory::pods_of(resource).flat_map(|pod| pod.containers().collect::<Vec<_>>());
    containers.any(|container| {
        let image = container.image();
        let path = image.split(['@']).next().unwrap_or("");
        let name = path.rsplit('/').next().unwrap_or("").split(':').next().unwrap_or("");
        LOGS.iter().any(|word| name == *word || name.strip_prefix(word).is_some_and(|rest| rest.starts_with('-')))
    })
}
