//! Decisions about findings, and statements about what no machine sees.

use jiff::civil::Date;

use super::WorkloadSelector;
use crate::macros::{document, object};

document! { 'a;
    /// A finding that somebody accepts, until a day.
    Exception {
        /// The check's name.
        check "check": &'a str,
        /// The resource that the finding is about.
        resource_ref "resource": ExceptedResource<'a>,
        /// The workloads that the finding is about, instead of one resource.
        selector "selector": WorkloadSelector<'a>,
        /// The container, where only one is meant.
        container "container": &'a str,
        /// Why it is accepted.
        reason "reason": &'a str,
        /// Who has accepted it.
        owner "owner": &'a str,
        /// The last day on which it holds.
        expires "expires": Date,
        /// The decision's document.
        reference "reference": &'a str,
    }
}

object! { 'a;
    /// The resource of an exception.
    ExceptedResource {
        /// Its apiVersion; any, where absent.
        api_version "apiVersion": &'a str,
        /// Its kind.
        kind "kind": &'a str,
        /// Its namespace; any, where absent.
        namespace "namespace": &'a str,
        /// Its name.
        name "name": &'a str,
    }
}

document! { 'a;
    /// A person's statement that a requirement is met.
    Attestation {
        /// Which requirement.
        requirement "requirement": RequirementRef<'a>,
        /// What is stated.
        statement "statement": &'a str,
        /// Who states it.
        author "author": &'a str,
        /// When.
        date "date": Date,
        /// Where the evidence is found.
        evidence "evidence": &'a str,
        /// The last day on which it holds.
        expires "expires": Date,
    }
}

object! { 'a;
    /// A requirement of a framework.
    RequirementRef {
        /// The framework, such as `gdpr`.
        framework "framework": &'a str,
        /// The requirement's id, such as `28(3)`.
        id "id": &'a str,
    }
}
