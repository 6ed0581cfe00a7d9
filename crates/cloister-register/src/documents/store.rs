//! Stores of personal data.

use jiff::civil::Date;

use super::{Means, Retention, WorkloadSelector};
use crate::category::DataCategory;
use crate::macros::{document, object};
use crate::recognise::Engine;
use crate::view::Country;

document! { 'a;
    /// A place where personal data is kept.
    PersonalDataStore {
        /// Its name for people.
        title "title": &'a str,
        /// The workload that it is.
        selector "selector": WorkloadSelector<'a>,
        /// Where it is, when it is outside the cluster.
        external "external": ExternalStore<'a>,
        /// The software that it runs on.
        engine "engine": Engine,
        /// Whose data it holds.
        data_subjects "dataSubjects": Vec<&'a str>,
        /// Which data it holds.
        data_categories "dataCategories": Vec<DataCategory>,
        /// Whether it holds data of very many persons.
        large_scale "largeScale": bool,
        /// How long a record stays, Art. 5(1)(e).
        retention "retention": Retention<'a>,
        /// How a record is corrected, Art. 16.
        correction "correction": Means<'a>,
        /// How a record is erased, Art. 17.
        erasure "erasure": Means<'a>,
        /// How a person gets a copy, Art. 15 and 20.
        export "export": Means<'a>,
        /// How it is backed up, Art. 32(1)(c).
        backup "backup": Backup<'a>,
        /// When a person last looked at this entry.
        reviewed "reviewed": Date,
    }
}

object! { 'a;
    /// A store outside the cluster.
    ExternalStore {
        /// Host names under which workloads reach it.
        hosts "hosts": Vec<&'a str>,
        /// Its country.
        country "country": Country<'a>,
        /// The name of the Processor that runs it.
        processor "processor": &'a str,
    }
}

object! { 'a;
    /// A store's backups.
    Backup {
        /// The workloads that make them: NAME or Kind/NAME.
        workloads "workloads": Vec<&'a str>,
        /// How long a backup is kept.
        retention "retention": Retention<'a>,
        /// Whether backups are encrypted.
        encrypted "encrypted": bool,
        /// The procedure, and how a restore is tried.
        reference "reference": &'a str,
    }
}
