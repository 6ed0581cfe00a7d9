//! What somebody may do by one policy and not by another.

use std::collections::{BTreeSet, HashMap};

use crate::right::{Rights, Who};
use crate::{Grant, Identity, MASTERS, Object, Policy, Right, Subject, SubjectKind, VERBS};

/// A right that only one of two policies gives, and its proof there.
#[derive(Clone, Debug)]
pub struct Change<'p, 'a> {
    /// Who has it, as its proof names them.
    pub subject: &'p Subject<'a>,
    /// The right. Its verb is `*` for every verb, or for every other where some of [`VERBS`] stay.
    pub right: Right<'a>,
    /// The verb `*` means all but the ordinary ones, which are told one by one.
    pub others: bool,
    /// What of it the other policy gives all the same.
    pub stays: Vec<Right<'a>>,
    /// The proof.
    pub grant: Grant<'p, 'a>,
}

/// Rights by kind, namespace and name of who has them.
type Index<'m, 'p, 'a> = HashMap<(SubjectKind, String, String), &'m Rights<'p, 'a>>;

/// The rights that `one` gives and `other` does not, whichever binding or role gives them. Who is in a group is not
/// known, so that its rights stand with the group; groups that a subject is surely in count for the subject.
pub fn only_in<'p, 'a: 'p>(one: &'p Policy<'a>, other: &'p Policy<'a>) -> Vec<Change<'p, 'a>> {
    let (ours, theirs) = (one.rights(), other.rights());
    let owned = |&(kind, namespace, name): &Who<'_>| (kind, namespace.to_owned(), name.to_owned());
    let theirs: Index<'_, '_, '_> = theirs.iter().map(|(who, rights)| (owned(who), rights)).collect();
    let mut changes = Vec::new();
    for (who, rights) in ours.iter().filter(|(who, _)| !is_almighty(who)) {
        let covering = covering(&theirs, who);
        for (right, grant) in rights.iter().filter(|(right, _)| !has(&covering, right)) {
            changes.extend(broken_down(right, *grant, &covering));
        }
    }
    changes
}

fn is_almighty((kind, _, name): &Who<'_>) -> bool {
    *kind == SubjectKind::Group && *name == MASTERS
}

/// What the other side gives a subject: by its own name, in whichever kind it is written, and by its groups.
fn covering<'m, 'p, 'a>(theirs: &Index<'m, 'p, 'a>, who: &Who<'a>) -> Vec<&'m Rights<'p, 'a>> {
    let &(kind, namespace, name) = who;
    let (identity, full) = match kind {
        SubjectKind::ServiceAccount => {
            let identity = Identity::account(namespace, name);
            let full = identity.user.clone();
            (identity, full)
        }
        SubjectKind::User => (Identity::authenticated(name, []), name.to_owned()),
        SubjectKind::Group => (Identity::authenticated("", [name.to_owned()]), String::new()),
    };
    let groups = identity.groups.iter().map(|group| (SubjectKind::Group, "", group.as_str()));
    let accounts = identity.accounts().map(|(namespace, name)| (SubjectKind::ServiceAccount, namespace, name));
    let user = Some((SubjectKind::User, "", full.as_str())).filter(|_| !full.is_empty());
    let keys: BTreeSet<Who<'_>> = groups.chain(accounts).chain(user).collect();
    let owned = |(kind, namespace, name): Who<'_>| (kind, namespace.to_owned(), name.to_owned());
    keys.into_iter().filter_map(|key| theirs.get(&owned(key)).copied()).collect()
}

fn has(all: &[&Rights<'_, '_>], right: &Right<'_>) -> bool {
    all.iter().any(|rights| rights.contains_key(right) || rights.keys().any(|other| other.covers(right)))
}

/// Of `*`, the verbs that stay are left out, and the others told one by one.
fn broken_down<'p, 'a>(right: &Right<'a>, grant: Grant<'p, 'a>, covering: &[&Rights<'_, 'a>]) -> Vec<Change<'p, 'a>> {
    let change = |right: Right<'a>, others| {
        let stays = staying(&right, covering);
        Change { subject: grant.subject, right, others, stays, grant }
    };
    let with = |verb| Right { verb, ..right.clone() };
    if right.verb != "*"
        || matches!(right.object, Object::Url(_))
        || !VERBS.iter().any(|verb| has(covering, &with(verb)))
    {
        return vec![change(right.clone(), false)];
    }
    let lost = VERBS.iter().map(|verb| with(verb)).filter(|right| !has(covering, right));
    lost.map(|right| change(right, false)).chain([change(with("*"), true)]).collect()
}

/// Narrower rights of the other side, each that no other of them covers.
fn staying<'a>(right: &Right<'_>, covering: &[&Rights<'_, 'a>]) -> Vec<Right<'a>> {
    let narrower = covering.iter().flat_map(|rights| rights.keys()).filter(|other| right.covers(other));
    let mut narrower: Vec<&Right<'a>> = narrower.collect();
    narrower.sort_unstable();
    narrower.dedup();
    let is_widest = |one: &&&Right<'a>| !narrower.iter().any(|other| *other != **one && other.covers(one));
    narrower.iter().filter(is_widest).map(|right| (*right).clone()).collect()
}
