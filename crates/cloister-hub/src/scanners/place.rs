//! Results on what Cloister knows: by the object that a scanner names, else by the image that workloads run.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use cloister_inventory::Image;
use cloister_model::{PersonalData, ResourceRef, Severity};
use cloister_register::DataCategory;
use cloister_scanners::{Found, Kind, Part, Subject};

use super::kept::{Entry, Known};
use super::ties::Named;
use crate::Snapshot;

/// A result at a place.
#[derive(Clone, Debug)]
pub struct Row {
    part: u32,
    result: u32,
    /// The workload or other object; none where nobody can say.
    pub place: Option<Arc<ResourceRef>>,
    /// Whether that is in what was assessed.
    pub is_known: bool,
    /// The personal data there.
    pub level: PersonalData,
}

/// All results of a source, the most personal data at risk first, then the gravest.
#[derive(Debug)]
pub struct Placed {
    /// What is placed.
    pub known: Arc<Known>,
    /// Held by nothing here: the next assessment takes its place.
    snapshot: Weak<Snapshot>,
    /// The rows.
    pub rows: Vec<Row>,
    /// How many places of images that many workloads run were left out.
    pub left_out: usize,
}

/// So many rows are made, if not one for each result is more.
const MOST: usize = 300_000;

/// Which places of a result come in turn: its first, those with personal data, the rest.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    First,
    Personal,
    Rest,
}

impl Turn {
    /// Of places of which those with personal data come first.
    fn of(self, places: &[Row]) -> &[Row] {
        let (first, others) = places.split_at(places.len().min(1));
        let personal = others.partition_point(|row| row.level > PersonalData::None);
        let (personal, rest) = others.split_at(personal);
        match self {
            Turn::First => first,
            Turn::Personal => personal,
            Turn::Rest => rest,
        }
    }
}

impl Placed {
    /// Places all that is known.
    pub fn new(known: Arc<Known>, snapshot: &Arc<Snapshot>) -> Placed {
        let places = Places::of(snapshot);
        let of_part = |(at, entry): (u32, &Entry)| -> Vec<Vec<Row>> {
            entry.kept.part.subjects.iter().map(|one| places.of_subject(one, at)).collect()
        };
        let subjects: Vec<Vec<Vec<Row>>> = (0..).zip(&known.parts).map(of_part).collect();
        let (mut rows, mut left_out) = (Vec::new(), 0);
        for turn in [Turn::First, Turn::Personal, Turn::Rest] {
            for (entry, subjects) in known.parts.iter().zip(&subjects) {
                for (result, found) in (0..).zip(&entry.kept.part.results) {
                    let places = turn.of(subjects.get(found.subject as usize).map_or(&[][..], Vec::as_slice));
                    let room = if turn == Turn::First { 1 } else { MOST.saturating_sub(rows.len()) };
                    left_out += places.len().saturating_sub(room);
                    rows.extend(places.iter().take(room).map(|row| Row { result, ..row.clone() }));
                }
            }
        }
        let mut placed = Placed { known, snapshot: Arc::downgrade(snapshot), rows: Vec::new(), left_out };
        rows.sort_by_cached_key(|row| {
            // What nobody says how bad it is counts as little, and not as nothing.
            let severity = placed.found(row).and_then(|one| one.severity).map_or(1, Severity::weight);
            (std::cmp::Reverse(severity * row.level.weight()), row.place.clone(), row.part, row.result)
        });
        placed.rows = rows;
        placed
    }

    /// Whether it is what these come to.
    pub fn is_of(&self, known: &Arc<Known>, snapshot: &Arc<Snapshot>) -> bool {
        Arc::ptr_eq(&self.known, known) && std::ptr::eq(self.snapshot.as_ptr(), Arc::as_ptr(snapshot))
    }

    fn entry(&self, row: &Row) -> Option<&Entry> {
        self.known.parts.get(row.part as usize)
    }

    /// The part that a row is of.
    pub fn part(&self, row: &Row) -> Option<&Part> {
        self.entry(row).map(|entry| &entry.kept.part)
    }

    /// What was found.
    pub fn found(&self, row: &Row) -> Option<&Found> {
        self.part(row)?.results.get(row.result as usize)
    }

    /// Since when it is known.
    pub fn since(&self, row: &Row) -> Option<jiff::Timestamp> {
        self.entry(row)?.kept.since.get(row.result as usize).copied()
    }

    /// A name for a row, as long as its scanner says the same.
    pub fn name(&self, row: &Row) -> String {
        let place = row.place.as_deref().map_or_else(String::new, |one| {
            format!("{}/{}/{}", one.kind, one.namespace.as_deref().unwrap_or(""), one.name)
        });
        let (part, digest) = self.entry(row).map_or(("", ""), |entry| (&entry.key, &entry.digest));
        super::kept::hashed(format!("{part}/{digest}/{}/{place}", row.result).as_bytes())
    }

    /// Namespaces that results name.
    pub fn namespaces(&self) -> impl Iterator<Item = &Arc<str>> {
        let subjects = self.known.parts.iter().flat_map(|entry| &entry.kept.part.subjects);
        let objects = subjects.filter_map(|one| one.object.as_ref());
        objects.filter_map(|one| if &*one.kind == "Namespace" { Some(&one.name) } else { one.namespace.as_ref() })
    }
}

/// The articles of the GDPR that a result speaks of where there is personal data: security of processing (32(1)(b)), and, of
/// weaknesses that are known and still there, whether the measures are tested and kept up (32(1)(d)).
pub fn articles(kind: Kind, level: PersonalData) -> &'static [&'static str] {
    match (level, kind) {
        (PersonalData::None, _) | (_, Kind::Licence) => &[],
        (_, Kind::Vulnerability) => &["32(1)(b)", "32(1)(d)"],
        _ => &["32(1)(b)"],
    }
}

/// What can be a place.
struct Places<'s> {
    snapshot: &'s Snapshot,
    by_name: HashMap<(&'s str, &'s str, &'s str), &'s Arc<ResourceRef>>,
    by_image: HashMap<String, Vec<Used<'s>>>,
    by_digest: HashMap<String, Vec<&'s Arc<ResourceRef>>>,
    declared: HashMap<(&'s str, &'s str, &'s str), PersonalData>,
}

/// An image that a workload runs.
struct Used<'s> {
    tag: Option<String>,
    digest: Option<String>,
    by: &'s Arc<ResourceRef>,
}

impl<'s> Places<'s> {
    fn of(snapshot: &'s Snapshot) -> Places<'s> {
        let key = |one: &'s ResourceRef| (&*one.kind, one.namespace.as_deref().unwrap_or(""), &*one.name);
        let by_name = snapshot.resources.keys().map(|one| (key(one), one)).collect();
        let mut places = Places {
            snapshot,
            by_name,
            by_image: HashMap::new(),
            by_digest: HashMap::new(),
            declared: declared(snapshot),
        };
        for (workload, images) in &snapshot.more.ties.images {
            for image in images.iter().filter_map(|image| Image::parse(image).ok()) {
                if let Some(digest) = &image.digest {
                    places.by_digest.entry(digest.clone()).or_default().push(workload);
                }
                let used =
                    Used { tag: image.effective_tag().map(str::to_owned), digest: image.digest.clone(), by: workload };
                places.by_image.entry(image.name()).or_default().push(used);
            }
        }
        places
    }

    fn of_subject(&self, subject: &Subject, part: u32) -> Vec<Row> {
        let row = |place: Option<Arc<ResourceRef>>, is_known: bool| {
            let level = place.as_deref().map_or(PersonalData::None, |one| self.level(one));
            Row { part, result: 0, place, is_known, level }
        };
        if let Some(object) = &subject.object {
            let named: Named =
                (object.kind.clone(), object.namespace.clone().unwrap_or_else(|| "".into()), object.name.clone());
            for (kind, namespace, name) in [self.snapshot.more.ties.root(named.clone()), named] {
                if let Some(known) = self.by_name.get(&(&*kind, &*namespace, &*name)) {
                    return vec![row(Some((*known).clone()), true)];
                }
            }
            return vec![row(Some(Arc::new(object.clone())), false)];
        }
        let mut users = subject.image.as_ref().map(|image| self.users(image)).unwrap_or_default();
        users.sort_unstable();
        users.dedup();
        if users.is_empty() {
            return vec![row(None, false)];
        }
        let mut rows: Vec<Row> = users.into_iter().map(|one| row(Some(one.clone()), true)).collect();
        // If some must be left out, then those without personal data before others.
        rows.sort_by_key(|row| std::cmp::Reverse(row.level));
        rows
    }

    /// The workloads that run an image: the digest decides where both name one, else name and tag.
    fn users(&self, image: &cloister_scanners::Image) -> Vec<&'s Arc<ResourceRef>> {
        let mut users: Vec<&'s Arc<ResourceRef>> =
            image.digests.iter().filter_map(|digest| self.by_digest.get(digest)).flatten().copied().collect();
        for named in image.names.iter().filter_map(|name| Image::parse(name).ok()) {
            let known = self.by_image.get(&named.name()).map_or(&[][..], Vec::as_slice);
            let is_same = |used: &&Used<'_>| match (&used.digest, &named.digest) {
                (Some(used), Some(named)) => used == named,
                // The name was scanned, and came to another digest than what runs.
                (Some(used), None) if !image.digests.is_empty() => image.digests.contains(used),
                _ => used.tag.as_deref() == named.effective_tag() && used.tag.is_some(),
            };
            users.extend(known.iter().filter(is_same).map(|used| used.by));
        }
        users
    }

    /// As findings weigh it, or as the register declares it.
    fn level(&self, place: &ResourceRef) -> PersonalData {
        let key = (&*place.kind, place.namespace.as_deref().unwrap_or(""), &*place.name);
        let declared = self.declared.get(&key).copied().unwrap_or_default();
        let weighed = self.snapshot.of_resource(place).map(|one| one.exposure.level).max().unwrap_or_default();
        let within = match (&*place.kind, self.snapshot.namespaces.get(&place.name)) {
            ("Namespace", Some(tally)) => tally.level,
            _ => PersonalData::None,
        };
        declared.max(weighed).max(within)
    }
}

/// What the register says of workloads: that they have to do with personal data, and whether it is of special categories.
fn declared(snapshot: &Snapshot) -> HashMap<(&str, &str, &str), PersonalData> {
    let map = &snapshot.more.map;
    let sensitive = |word: &String| DataCategory::ALL.iter().any(|one| one.as_str() == word && one.is_sensitive());
    let stores = map.stores.iter().map(|one| (&one.workloads, &one.categories));
    let activities = map.activities.iter().map(|one| (&one.workloads, &one.categories));
    let mut declared = HashMap::new();
    for (workloads, categories) in stores.chain(activities) {
        let level = if categories.iter().any(sensitive) { PersonalData::Special } else { PersonalData::Ordinary };
        for (kind, namespace, name) in workloads {
            let known = declared.entry((&**kind, namespace.as_deref().unwrap_or(""), &**name)).or_default();
            *known = level.max(*known);
        }
    }
    declared
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use cloister_scanners::Format;
    use jiff::Timestamp;

    use super::super::kept::{KeptPart, Told};
    use super::*;
    use crate::read::Report;
    use crate::trials::report;
    use crate::{Snapshot, Supplement};

    /// An image that a thousand workloads run, with a thousand weaknesses.
    #[test]
    fn a_sidecar_with_many_weaknesses_does_not_fill_the_memory() {
        let mut more = Supplement::default();
        for at in 0..1000 {
            let name = if at == 999 { "orders".to_owned() } else { format!("w{at}") };
            let workload = ResourceRef {
                api_version: "apps/v1".into(),
                kind: "Deployment".into(),
                namespace: Some("shop".into()),
                name: name.into(),
            };
            more.ties.images.push((Arc::new(workload), vec!["mesh/proxy:1".into()]));
        }
        let weak = |at: usize| format!(r#"{{"VulnerabilityID":"CVE-{at}","PkgName":"p","Severity":"HIGH"}}"#);
        let all = (0..1000).map(weak).collect::<Vec<_>>().join(",");
        let text = format!(
            r#"{{"SchemaVersion":2,"ArtifactName":"mesh/proxy:1","ArtifactType":"container_image","Results":[{{"Target":"a (b)","Vulnerabilities":[{all}]}}]}}"#
        );
        let part =
            cloister_scanners::read(text.as_bytes(), cloister_scanners::Limits::default()).unwrap().parts.remove(0);
        let told = Told {
            scanner: part.scanner.clone(),
            version: String::new(),
            scope: part.scope.clone(),
            format: Format::Trivy,
            made: None,
            taken: Timestamp::UNIX_EPOCH,
            by: String::new(),
            digest: String::new(),
            results: 1000,
            passed: 0,
        };
        let kept = Arc::new(KeptPart { since: vec![Timestamp::UNIX_EPOCH; 1000], part });
        let index: BTreeMap<String, Told> = [("k".to_owned(), told)].into();
        let entry = Entry { key: "k".to_owned(), digest: String::new(), kept };
        let known = Arc::new(Known { version: 1, index, parts: vec![entry] });
        let assessed = Report::read(report::json().as_bytes()).unwrap();
        let snapshot = Arc::new(Snapshot::new("shop".into(), assessed, more));
        let placed = Placed::new(known, &snapshot);
        assert!(placed.rows.len() == MOST, "{}", placed.rows.len());
        assert_eq!(placed.rows.len() + placed.left_out, 1_000_000);
        let personal = placed.rows.iter().filter(|row| row.level > PersonalData::None).count();
        assert_eq!(personal, 1000, "what is left out has no personal data");
        assert_eq!(Arc::weak_count(&snapshot), 1);
        assert_eq!(Arc::strong_count(&snapshot), 1, "the next assessment is not kept from taking its place");
    }
}
