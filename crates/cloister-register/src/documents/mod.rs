//! The kinds of the register, one file each.

mod activity;
mod common;
mod dlp;
mod exception;
mod organisation;
mod processor;
mod selector;
mod store;

pub use activity::{
    CompatibleActivity, ImpactAssessment, JointController, LawfulBasis, ProcessingActivity, Recipient,
    SpecialCategoryCondition, Transfer,
};
pub use common::{Contact, Means, Proof, Retention};
pub use dlp::{
    BulkBaseline, CategoryThreshold, Certainty, DataTogether, DetectorExamples, Direction, DlpAction, DlpException,
    DlpPolicy, KnownValue, Leak, LearntBaseline, NamespaceSelector, Nearness, OwnDetector, Unsearchable, WireDetection,
    WireProtocol,
};
pub use exception::{Attestation, ExceptedResource, Exception, RequirementRef};
pub use organisation::{Organisation, Region, SupervisoryAuthority};
pub use processor::{Agreement, Processor, ProcessorTransfer, SubProcessor};
pub use selector::{Expression, Operator, WorkloadSelector};
pub use store::{Backup, ExternalStore, PersonalDataStore};

use crate::spec::ObjectSpec;
use crate::view::{Shape, View};

/// The group and version of every document.
pub const API_VERSION: &str = "cloister.dev/v1alpha1";

/// The group alone.
pub const GROUP: &str = "cloister.dev";

/// The `spec` of a kind.
pub trait Document<'a>: Shape<'a> {
    /// Its kind.
    const KIND: &'static str;

    /// What this mapping says, also where it says nothing.
    fn of(view: View<'a>) -> Self;
}

/// Every kind with what may stand in its `spec`.
pub const KINDS: [(&str, &ObjectSpec); 7] = [
    (Organisation::KIND, &Organisation::OBJECT),
    (ProcessingActivity::KIND, &ProcessingActivity::OBJECT),
    (PersonalDataStore::KIND, &PersonalDataStore::OBJECT),
    (Processor::KIND, &Processor::OBJECT),
    (Exception::KIND, &Exception::OBJECT),
    (Attestation::KIND, &Attestation::OBJECT),
    (DlpPolicy::KIND, &DlpPolicy::OBJECT),
];
