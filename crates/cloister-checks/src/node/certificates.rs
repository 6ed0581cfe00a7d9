//! The certificates in a node's files.

use cloister_certificate::Certificate;
use cloister_model::Resource;
use cloister_node::{Facts, File, Role};

use super::files::lost;
use crate::Findings;

/// Files that may hold certificates.
const HOLD: [Role; 4] = [Role::PkiFolder, Role::PkiCertificate, Role::KubeletClientCa, Role::KubeletCertificate];

/// Judges each; a node without any says nothing.
pub(super) fn each<'a>(
    resource: &'a Resource,
    findings: &mut Findings<'a>,
    judge: impl Fn(&File<'a>, &Certificate, &mut Findings<'a>),
) {
    let files: Vec<File<'a>> = Facts::of(resource).into_iter().flat_map(|facts| facts.files()).collect();
    let mut seen = false;
    for file in &files {
        for certificate in file.certificates() {
            seen = true;
            judge(file, &certificate, findings);
        }
    }
    lost(resource, findings, |unread| HOLD.iter().chain(&Role::KUBECONFIGS).any(|role| unread.is(*role)));
    if !seen {
        findings.not_applicable();
    }
}
