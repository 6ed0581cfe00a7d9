//! Some users at a time: enough to be quick, few enough to be small.

use cloister_audit::{Use, User, Users};
use cloister_privilege::{Limits, Master, Seen, Subject, Who, least, manifest, replay};
use cloister_rbac::Policy;
use rayon::prelude::*;

use super::args::Format;
use super::{json, text};
use crate::question::say;

/// Users whose roles are read and asked at once.
const SIZE: usize = 200;

/// What every part needs.
pub struct Work<'w, 'p, 'a> {
    pub users: &'w Users<'w>,
    pub is_meant: &'w (dyn Fn(&Who) -> bool + Sync),
    pub born: &'w Policy<'w>,
    pub present: Option<&'p Policy<'a>>,
    pub limits: Limits,
    /// Of each output the format, and the columns of text.
    pub formats: Vec<(Format, usize)>,
}

/// What some users came to.
#[derive(Debug)]
pub struct Part<'p, 'a> {
    pub subjects: usize,
    pub masters: Vec<(Who, Master)>,
    pub seen: Option<Seen<'p, 'a>>,
    pub counted: usize,
    pub refused: Vec<String>,
    /// For each output what to write, with the word that names its file; each subject by itself.
    pub texts: Vec<Vec<(String, String)>>,
}

/// Goes through all users on all threads, and hands out the parts in their order.
pub fn each<'p, 'a: 'p>(
    work: &Work<'_, 'p, 'a>,
    mut take: impl FnMut(Part<'p, 'a>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut users: Vec<(Who, &User<'_>)> = work.users.users.iter().map(|user| (Who::of(user.name), user)).collect();
    users.sort_by(|one, other| one.0.cmp(&other.0));
    // No more is made than is written: a part for each thread.
    for users in users.chunks(SIZE * rayon::current_num_threads()) {
        let parts: Vec<Part<'p, 'a>> = users.par_chunks(SIZE).map(|users| part(users, work)).collect();
        parts.into_iter().try_for_each(&mut take)?;
    }
    Ok(())
}

fn part<'p, 'a>(users: &[(Who, &User<'_>)], work: &Work<'_, 'p, 'a>) -> Part<'p, 'a> {
    let uses: Vec<(&Who, Vec<Use>)> = users.iter().map(|(who, user)| (who, work.users.uses(user))).collect();
    let (mut subjects, mut masters) = (Vec::new(), Vec::new());
    for (who, uses) in uses.iter().filter(|(who, _)| (work.is_meant)(who)) {
        let (subject, master) = least(who, uses, work.born, work.limits);
        subjects.extend(subject);
        masters.extend(master.map(|master| (Who::clone(who), master)));
    }
    let manifests: Vec<String> = subjects.iter().map(manifest).collect();
    // Each binding names one subject: what is asked of all together is asked of each alone.
    let refused = replay(&manifests.concat(), subjects.iter().flat_map(|subject| &subject.uses).copied());
    Part {
        subjects: subjects.len(),
        seen: work.present.map(|present| seen(present, &uses, &subjects, &masters)),
        masters,
        counted: subjects.iter().map(|subject| subject.uses.len()).sum(),
        refused: refused.iter().map(|used| say(&used.action)).collect(),
        texts: work.formats.iter().map(|format| texts(*format, &subjects, &manifests, work.present)).collect(),
    }
}

fn seen<'p, 'a>(
    present: &'p Policy<'a>,
    uses: &[(&Who, Vec<Use>)],
    subjects: &[Subject<'_>],
    masters: &[(Who, Master)],
) -> Seen<'p, 'a> {
    let mut seen = Seen::new(present);
    uses.iter().for_each(|(_, uses)| seen.uses(uses));
    masters.iter().for_each(|(who, master)| seen.master(who, master));
    subjects.iter().for_each(|subject| seen.subject(subject));
    seen
}

fn texts(
    (format, width): (Format, usize),
    subjects: &[Subject<'_>],
    manifests: &[String],
    present: Option<&Policy<'_>>,
) -> Vec<(String, String)> {
    let texts = subjects.iter().zip(manifests).filter_map(|(subject, manifest)| match format {
        Format::Text => Some((String::new(), text::entry(subject, present, width))),
        Format::Json => Some((String::new(), json::entry(subject, manifest, present))),
        Format::Yaml if subject.roles.is_empty() => None,
        Format::Yaml => Some((subject.who.role_name().replacen("least:", "", 1), manifest.clone())),
    });
    texts.collect()
}
