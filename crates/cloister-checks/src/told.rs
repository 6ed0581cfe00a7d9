//! What a check found, held in little: what thousands of findings repeat is held once.

use std::sync::Arc;

use cloister_model::{Finding, Location, Resource, ResourceRef, Severity};

use crate::Check;
use crate::once::Once;

/// A finding without what its check and its subject say anyhow.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// Where it is another than the subject.
    resource: Option<Box<Option<ResourceRef>>>,
    severity: Severity,
    container: Option<Arc<str>>,
    location: Option<Box<Location>>,
    pointer: Arc<str>,
    written: usize,
    /// Where it is another than the check's title.
    message: Option<Arc<str>>,
    fix: Option<Arc<str>>,
}

impl Told {
    /// Of a finding of `check` on `subject`, or of one over everything.
    pub(crate) fn of(finding: &Finding, check: &Check, subject: Option<&ResourceRef>, once: &Once) -> Told {
        let is_of_subject = finding.resource.as_ref() == subject;
        Told {
            resource: (!is_of_subject).then(|| Box::new(finding.resource.clone())),
            severity: finding.severity,
            container: finding.container.as_deref().map(|name| once.text(name)),
            location: finding.location.clone().map(Box::new),
            pointer: once.text(&finding.pointer),
            written: finding.written,
            message: (finding.message != check.title).then(|| once.text(&finding.message)),
            fix: finding.fix.as_deref().map(|fix| once.text(fix)),
        }
    }

    /// The finding that it was made of.
    pub(crate) fn finding(&self, check: &Check, name: &Arc<str>, subject: Option<&Resource>) -> Finding {
        let resource = self.resource.as_deref().cloned();
        Finding {
            check: name.clone(),
            severity: self.severity,
            resource: resource.unwrap_or_else(|| subject.map(Resource::reference)),
            container: self.container.clone(),
            location: self.location.as_deref().cloned(),
            pointer: self.pointer.as_ref().to_owned(),
            written: self.written,
            message: self.message.as_deref().unwrap_or(check.title).to_owned(),
            fix: self.fix.as_deref().map(str::to_owned),
        }
    }
}
