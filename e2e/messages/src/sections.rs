//! What the judge writes: a section for databases and brokers, and one for the web.

use anyhow::Result;

use crate::comparison::{Verdict, page};
use crate::scene::{SCENES, play};
use crate::web::{WEB, play_web};

/// What was found.
#[derive(Debug, Default)]
pub struct Sections {
    /// Their names, and what stands in them.
    pub texts: Vec<(&'static str, String)>,
    /// Nothing differs.
    pub agrees: bool,
}

/// One row: the name, who takes part, what came of it.
type Row = (&'static str, String, Verdict);

/// Plays all scenes, or those whose names hold one of the parts, with so many rows in each mode, and says what differs.
///
/// # Errors
/// A server or a client is missing or fails.
pub fn sections(seed: u64, count: usize, only: &str, today: &str) -> Result<Sections> {
    let asked = |name: &str| only.split(',').any(|part| name.contains(part));
    let mut sections = Sections { texts: Vec::new(), agrees: true };
    let mut stores = Vec::new();
    for scene in SCENES.iter().filter(|scene| asked(scene.name)) {
        stores.push((scene.name, scene.modes.join(", "), tell(scene.name, play(scene.name, seed, count)?)));
    }
    let title = format!("## What databases and brokers are told\n\n{count} rows in each mode (seed {seed}, {today}).");
    sections.add("messages", &title, "modes", &stores);
    let mut web = Vec::new();
    for scene in WEB.iter().filter(|scene| asked(scene.name)) {
        web.push((scene.name, scene.parts.to_owned(), tell(scene.name, play_web(scene.name)?)));
    }
    sections.add("messages-web", &format!("## What is said on the web\n\n{today}."), "who talks", &web);
    Ok(sections)
}

impl Sections {
    fn add(&mut self, name: &'static str, title: &str, parts: &str, rows: &[Row]) {
        if rows.is_empty() {
            return;
        }
        self.agrees &= rows.iter().all(|(.., verdict)| verdict.differences.is_empty());
        let rows: Vec<_> = rows.iter().map(|(name, parts, verdict)| (*name, parts.clone(), verdict)).collect();
        let how = "[What is compared](messages.md#how-that-is-judged).";
        self.texts.push((name, format!("{title} {how}\n\n{}", page(&rows, parts))));
    }
}

fn tell(name: &str, verdict: Verdict) -> Verdict {
    println!("{name}: {} messages", verdict.messages);
    verdict.differences.iter().for_each(|difference| println!("{name} differs: {difference}"));
    verdict
}
