//! Modes and owners of a node's files.

use std::rc::Rc;

use cloister_model::Resource;
use cloister_node::{Facts, File, Role, Unread};

use crate::shared::Shared;
use crate::{Findings, Lacking, Need};

/// What checks of nodes look at.
pub(super) const FACTS: &[&str] = &["NodeFacts.cloister.dev"];

/// Judges each file of a role that is there; a node without any says nothing.
pub(super) fn each<'a>(
    resource: &'a Resource,
    findings: &mut Findings<'a>,
    role: Role,
    judge: impl Fn(&File<'a>, &mut Findings<'a>),
) {
    let files: Vec<File<'a>> = Facts::of(resource).into_iter().flat_map(|facts| facts.files_of(role)).collect();
    lost(resource, findings, |unread| unread.is(role) && !unread.is_there());
    if files.is_empty() {
        return findings.not_applicable();
    }
    findings.within(None, &Rc::new(Shared::of(&resource.root)));
    files.iter().for_each(|file| judge(file, findings));
}

/// A file may give no more than `most`.
pub(super) fn mode<'a>(resource: &'a Resource, findings: &mut Findings<'a>, role: Role, most: u32) {
    each(resource, findings, role, |file, findings| {
        let Some(mode) = file.mode().filter(|mode| mode & !most != 0) else { return };
        let path = file.path();
        let finding = findings.report(file.at("mode"));
        finding.message(format!("{path} has the mode {mode:04o}, which is more than {most:04o}"));
        finding.fix(format!("chmod {most:o} {path}"));
    });
}

/// A file must belong to root and root's group.
pub(super) fn owner<'a>(resource: &'a Resource, findings: &mut Findings<'a>, role: Role) {
    each(resource, findings, role, |file, findings| of_root(file, findings));
}

/// The same of files of several roles.
pub(super) fn owners<'a>(resource: &'a Resource, findings: &mut Findings<'a>, roles: &[Role]) {
    let files: Vec<File<'a>> = Facts::of(resource).into_iter().flat_map(|facts| facts.files()).collect();
    let wanted: Vec<&File<'a>> = files.iter().filter(|file| roles.iter().any(|role| file.is(*role))).collect();
    lost(resource, findings, |unread| roles.iter().any(|role| unread.is(*role)) && !unread.is_there());
    if wanted.is_empty() {
        return findings.not_applicable();
    }
    wanted.into_iter().for_each(|file| of_root(file, findings));
}

/// Where something was lost that the check would have looked at, what it did not find proves nothing.
pub(crate) fn lost<'a>(resource: &'a Resource, findings: &mut Findings<'a>, is: impl Fn(&Unread<'a>) -> bool) {
    let mut all = Facts::of(resource).into_iter().flat_map(|facts| facts.unread());
    if let Some(unread) = all.find(is) {
        findings.lacks(Lacking::Input(Need::NodeFacts), unread.says(), Unread::ANSWER);
    }
}

fn of_root<'a>(file: &File<'a>, findings: &mut Findings<'a>) {
    let (user, group) = (file.is_root("owner", "uid"), file.is_root("group", "gid"));
    if (user && group) || file.uid().is_none() {
        return;
    }
    let (path, owners) = (file.path(), file.owners());
    let finding = findings.report(file.at(if user { "gid" } else { "uid" }));
    finding.message(format!("{path} belongs to {owners}"));
    finding.fix(format!("chown root:root {path}"));
}
