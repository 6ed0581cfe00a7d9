//! What others read in the same recordings, beside ours.

use crate::tshark::Counted;

/// What came of a scene.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Values that were planted or sent, each counted where it is told.
    pub values: usize,
    /// Messages that were read.
    pub messages: usize,
    /// Bytes that were said.
    pub bytes: usize,
    /// What tshark, or a reader of Python, says of the same.
    pub compared: Vec<Compared>,
    /// What differs.
    pub differences: Vec<String>,
}

/// What was compared.
#[derive(Debug)]
pub struct Compared {
    /// In words.
    pub what: &'static str,
    /// How much of it the other one reads.
    pub count: usize,
    /// How much is read otherwise for a reason, and the reason.
    pub excused: Option<(usize, &'static str)>,
}

/// Ours against theirs.
pub(crate) struct Comparison {
    pub(crate) what: &'static str,
    pub(crate) ours: Counted,
    pub(crate) theirs: Counted,
    pub(crate) excuse: Option<Excuse>,
    /// What is read otherwise and was led back to the same, and why.
    pub(crate) led_back: Option<(usize, &'static str)>,
}

/// Whether something may be read so often here and there.
type Holds = dyn Fn(&[u8], usize, usize) -> bool;

/// Why something may differ.
pub(crate) struct Excuse {
    pub(crate) reason: &'static str,
    /// Whether it holds.
    pub(crate) holds: Box<Holds>,
}

impl Comparison {
    pub(crate) fn new(what: &'static str, ours: Counted, theirs: Counted) -> Comparison {
        Comparison { what, ours, theirs, excuse: None, led_back: None }
    }

    pub(crate) fn unless(
        self,
        reason: &'static str,
        holds: impl Fn(&[u8], usize, usize) -> bool + 'static,
    ) -> Comparison {
        Comparison { excuse: Some(Excuse { reason, holds: Box::new(holds) }), ..self }
    }

    /// So much of theirs is written otherwise, and was put into our words.
    pub(crate) fn led_back(self, count: usize, reason: &'static str) -> Comparison {
        Comparison { led_back: Some((count, reason)), ..self }
    }

    /// Adds what was compared, and what differs.
    pub(crate) fn judge(self, verdict: &mut Verdict) {
        let Comparison { what, ours, theirs, excuse, led_back } = self;
        let (mut excused, mut differences) = (0, Vec::new());
        let all = ours.keys().chain(theirs.keys().filter(|key| !ours.contains_key(*key)));
        for key in all {
            let of = |counted: &Counted| counted.get(key).copied().unwrap_or_default();
            let (our, their) = (of(&ours), of(&theirs));
            if our == their {
                continue;
            }
            if excuse.as_ref().is_some_and(|excuse| (excuse.holds)(key, our, their)) {
                excused += our.abs_diff(their);
                continue;
            }
            let shown: String = String::from_utf8_lossy(key).chars().take(80).collect();
            let length = key.len();
            differences.push(format!("{what}: {shown:?} ({length} bytes) {our} times here, {their} times in tshark"));
        }
        if theirs.is_empty() {
            differences.push(format!("{what}: tshark reads nothing"));
        }
        let more = differences.len().saturating_sub(8);
        differences.truncate(8);
        if more > 0 {
            differences.push(format!("{what}: {more} more"));
        }
        verdict.differences.extend(differences);
        let count = theirs.values().sum();
        verdict.compared.push(Compared {
            what,
            count,
            excused: excuse.map(|excuse| (excused, excuse.reason)).or(led_back),
        });
    }
}

/// What was read, as tables: `rows` by name, each with what took part.
pub(crate) fn page(rows: &[(&str, String, &Verdict)], parts: &str) -> String {
    let mut page = format!("| protocol | {parts} | bytes | messages | values | differences |\n");
    page.push_str("| --- | --- | ---: | ---: | ---: | ---: |\n");
    for (name, part, Verdict { values, messages, bytes, differences, .. }) in rows {
        let differences = differences.len();
        page.push_str(&format!("| {name} | {part} | {bytes} | {messages} | {values} | {differences} |\n"));
    }
    page.push_str("\n| protocol | what another reads in the same recordings | how much | read otherwise | why |\n");
    page.push_str("| --- | --- | ---: | ---: | --- |\n");
    for (name, _, verdict) in rows {
        for Compared { what, count, excused } in &verdict.compared {
            let (otherwise, why) = excused.filter(|excused| excused.0 > 0).unwrap_or((0, ""));
            page.push_str(&format!("| {name} | {what} | {count} | {otherwise} | {why} |\n"));
        }
    }
    page
}
