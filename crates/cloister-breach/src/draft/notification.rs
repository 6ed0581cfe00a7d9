//! The notification of Art. 33(3); as a processor, the notice to the controller of Art. 33(2).

use cloister_paper::{Block, Paper};
use jiff::Timestamp;
use serde::Serialize;

use super::fields::{BLANK, Missing, about, categories, counted, field, listed, measures, or_blank, period, reached};
use crate::clock::{Clock, hours_and_minutes};
use crate::decision::decide;
use crate::document::Breach;
use crate::facts::{Contact, CrossBorder, Facts, MeasureStatus, Occurred, Organisation, Role};
use crate::fault::Fault;
use crate::machine::State;
use crate::severity::assess;
use crate::step::{Extent, Step, moment};

/// The notification, field by field.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// Our number.
    pub number: String,
    /// What we are.
    pub role: Role,
    /// Whom it is for.
    pub to: String,
    /// How much it tells, Art. 33(4): the phase that it would be if it were sent as it is.
    pub extent: Extent,
    /// File numbers that the authority gave to earlier ones.
    pub earlier: Vec<String>,
    /// Who we are.
    pub organisation: Option<Organisation>,
    /// Other countries and the lead authority.
    pub cross_border: Option<CrossBorder>,
    /// When it happened.
    pub occurred: Option<Occurred>,
    /// When we became aware, and when 72 hours are over.
    pub clock: Option<Clock>,
    /// How we became aware.
    pub how: String,
    /// Reasons for a delay, Art. 33(1); `None` where there is none.
    pub delay: Option<String>,
    /// Art. 33(3)(a): confidentiality, integrity, availability.
    pub nature: Vec<&'static str>,
    /// Art. 33(3)(a), in words.
    pub description: String,
    /// Art. 33(3)(a): categories of data subjects.
    pub data_subjects: Vec<String>,
    /// Art. 33(3)(a): about how many.
    pub people: Option<u64>,
    /// Art. 33(3)(a): categories of records.
    pub data_categories: Vec<String>,
    /// Art. 33(3)(a): about how many.
    pub records: Option<u64>,
    /// Categories of Art. 9 and 10 among them.
    pub special_categories: Vec<String>,
    /// Whether children are concerned.
    pub children: bool,
    /// Art. 33(3)(b).
    pub contact: Option<Contact>,
    /// Art. 33(3)(c).
    pub consequences: Vec<String>,
    /// The severity as we assess it.
    pub severity: String,
    /// Art. 33(3)(d): what was done.
    pub measures_taken: Vec<String>,
    /// Art. 33(3)(d): what will be done.
    pub measures_proposed: Vec<String>,
    /// Whether data subjects are told, and why not.
    pub data_subjects_told: String,
    /// What it lacks.
    pub missing: Vec<Missing>,
}

impl Notification {
    pub(super) fn new(breach: &Breach, now: Timestamp) -> Result<Notification, Fault> {
        let state = breach.state()?;
        let facts = &breach.spec;
        let affected = &facts.affected;
        let severity = assess(facts);
        let mut missing: Vec<Missing> = facts
            .missing()
            .into_iter()
            .map(|(field, what)| Missing { field: field.to_owned(), what: what.to_owned() })
            .collect();
        let delay = delay(breach, &state, now);
        if delay.as_deref() == Some(BLANK) {
            missing.push(Missing {
                field: "the step notify, delay".to_owned(),
                what: "Art. 33(1), reasons for the delay".to_owned(),
            });
        }
        Ok(Notification {
            number: breach.metadata.name.clone(),
            role: facts.role,
            to: to(facts),
            extent: extent(&state, missing.is_empty()),
            earlier: earlier(breach),
            organisation: facts.organisation.clone(),
            cross_border: facts.cross_border.clone(),
            occurred: facts.occurred.clone(),
            clock: state.clock,
            how: how(breach),
            delay,
            nature: facts.nature(),
            description: facts.description.clone(),
            data_subjects: affected.data_subjects.clone(),
            people: affected.people,
            data_categories: categories(facts),
            records: affected.records,
            special_categories: affected.sensitive().into_iter().map(|one| one.phrase()).collect(),
            children: affected.concerns_children(),
            contact: facts.contact.clone(),
            consequences: facts.consequences.clone(),
            severity: format!("{} (ENISA, {})", severity.level.phrase(), severity.score),
            measures_taken: measures(facts, MeasureStatus::Taken),
            measures_proposed: measures(facts, MeasureStatus::Proposed),
            data_subjects_told: told(facts, &state),
            missing,
        })
    }

    pub(super) fn paper(&self) -> Paper {
        let processor = self.role == Role::Processor;
        let (title, article) = if processor {
            ("Notice of a personal data breach to the controller", "Art. 33(2)")
        } else {
            ("Notification of a personal data breach", "Art. 33")
        };
        let mut paper = Paper::new(format!("{title} ({article} GDPR)"));
        paper.foot = format!("{} · draft, made with Cloister", self.number);
        self.notices(&mut paper);
        paper.blocks.push(Block::Fields(self.parties()));
        self.times(&mut paper);
        self.nature_of(&mut paper);
        paper.heading("Who knows more, Art. 33(3)(b)");
        paper.text(reached(self.contact.as_ref()));
        paper.heading("Likely consequences, Art. 33(3)(c)");
        listed_or_blank(&mut paper, &self.consequences);
        paper.text(format!("Severity as we assess it: {}.", self.severity));
        self.measures(&mut paper);
        paper.heading("Data subjects, Art. 34");
        paper.text(self.data_subjects_told.clone());
        paper
    }

    fn notices(&self, paper: &mut Paper) {
        if !self.missing.is_empty() {
            let lacks: Vec<&str> = self.missing.iter().map(|one| &*one.what).collect();
            let lacks = format!(
                "{} not known yet: {}. What is not known at once may be told in phases, without undue further delay, Art. 33(4).",
                counted(lacks.len(), "point is", "points are"),
                lacks.join("; ")
            );
            paper.blocks.push(Block::Notice(lacks));
        }
    }

    fn parties(&self) -> Vec<(String, String)> {
        let ours = self.organisation.as_ref();
        let name = ours.map(|ours| {
            [&*ours.name, &ours.address, &ours.country]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(", ")
        });
        let mut fields = vec![
            field("To", or_blank(&self.to)),
            field(
                if self.role == Role::Processor { "Processor" } else { "Controller" },
                or_blank(&name.unwrap_or_default()),
            ),
            field("Our number", self.number.clone()),
            field("Kind", format!("{}: {}", self.extent.as_str(), self.extent.meaning())),
        ];
        if !self.earlier.is_empty() {
            fields.push(field("Earlier notifications", self.earlier.join("; ")));
        }
        if let Some(cross) = &self.cross_border {
            fields.push(field("Other countries", listed(&cross.countries)));
            fields.push(field("Lead authority, Art. 56", or_blank(&cross.lead_authority)));
        }
        fields
    }

    fn times(&self, paper: &mut Paper) {
        paper.heading("When it happened, and when it became known");
        let occurred = self.occurred.as_ref();
        let aware = self.clock.map_or(BLANK.to_owned(), |clock| moment(clock.aware));
        let mut fields = vec![
            field("It happened", period(occurred.and_then(|it| it.from), occurred.and_then(|it| it.to))),
            field("We became aware", format!("{aware}. {}", self.how)),
        ];
        fields.extend(self.clock.map(|clock| field("72 hours after", moment(clock.due))));
        fields.extend(self.delay.as_ref().map(|delay| field("Reasons for the delay, Art. 33(1)", delay.clone())));
        paper.blocks.push(Block::Fields(fields));
    }

    fn nature_of(&self, paper: &mut Paper) {
        paper.heading("Nature of the breach, Art. 33(3)(a)");
        paper.text(or_blank(&self.description));
        let nature: Vec<String> = self.nature.iter().map(|word| (*word).to_owned()).collect();
        let mut fields = vec![
            field("Concerns", listed(&nature)),
            field("Categories of data subjects", listed(&self.data_subjects)),
            field("Number of data subjects", about(self.people)),
            field("Categories of data", listed(&self.data_categories)),
            field("Number of records", about(self.records)),
            field(
                "Special categories, Art. 9 and 10",
                if self.special_categories.is_empty() { "none".to_owned() } else { self.special_categories.join(", ") },
            ),
        ];
        if self.children {
            fields.push(field("Children", "are among those affected"));
        }
        paper.blocks.push(Block::Fields(fields));
    }

    fn measures(&self, paper: &mut Paper) {
        paper.heading("Measures, Art. 33(3)(d)");
        if self.measures_taken.is_empty() && self.measures_proposed.is_empty() {
            paper.text(BLANK);
        }
        for (title, measures) in [("Taken", &self.measures_taken), ("Proposed", &self.measures_proposed)] {
            if !measures.is_empty() {
                paper.blocks.push(Block::Subheading(title.to_owned()));
                paper.list(measures.iter().cloned());
            }
        }
    }
}

fn listed_or_blank(paper: &mut Paper, points: &[String]) {
    if points.is_empty() {
        paper.text(BLANK);
    }
    paper.list(points.iter().cloned());
}

fn to(facts: &Facts) -> String {
    if facts.role == Role::Processor {
        return facts.organisation.as_ref().map(|ours| ours.controller.clone()).unwrap_or_default();
    }
    let lead = facts.cross_border.as_ref().map(|cross| &cross.lead_authority).filter(|lead| !lead.is_empty());
    lead.unwrap_or(&facts.authority).clone()
}

/// What it would be if it were sent now.
fn extent(state: &State, complete: bool) -> Extent {
    match (complete, state.notified.is_empty()) {
        (true, _) => Extent::Complete,
        (false, true) => Extent::Initial,
        (false, false) => Extent::Supplement,
    }
}

fn earlier(breach: &Breach) -> Vec<String> {
    let told = |entry: &crate::step::Entry| match &entry.did {
        Step::Notify { extent, reference, .. } if reference.is_empty() => {
            Some(format!("{} ({})", moment(entry.at), extent.as_str()))
        }
        Step::Notify { extent, reference, .. } => {
            Some(format!("{} ({}, {reference})", moment(entry.at), extent.as_str()))
        }
        _ => None,
    };
    breach.history.iter().filter_map(told).collect()
}

fn how(breach: &Breach) -> String {
    let how = breach.history.iter().find_map(|entry| match &entry.did {
        Step::BecomeAware { reason, .. } => Some(reason.clone()),
        _ => None,
    });
    let processor = &breach.spec.suspicion.processor;
    let notice = if processor.is_empty() {
        String::new()
    } else {
        format!(" Our processor {processor} gave notice, Art. 33(2).")
    };
    format!("{}{notice}", how.unwrap_or_default())
}

/// The reasons as they were stated; a blank where they will have to be.
fn delay(breach: &Breach, state: &State, now: Timestamp) -> Option<String> {
    let stated = breach.history.iter().find_map(|entry| match &entry.did {
        Step::Notify { delay, .. } if !delay.is_empty() => Some(delay.clone()),
        _ => None,
    });
    let late = state.running().filter(|clock| clock.is_late(now));
    stated.or_else(|| late.map(|_| BLANK.to_owned()))
}

fn told(facts: &Facts, state: &State) -> String {
    if facts.role == Role::Processor {
        return "Whether they are told is for the controller to decide, Art. 34.".to_owned();
    }
    if let Some(at) = state.communicated {
        return format!("They were told at {}.", moment(at));
    }
    let decisions = decide(facts);
    let why: Vec<&str> = decisions.communicate.why.iter().map(|reason| &*reason.text).collect();
    match state.communicate {
        Some(true) => "They are to be told without undue delay.".to_owned(),
        Some(false) => format!("They are not told. {}", why.join(" ")),
        None => format!("Not decided yet. {}", why.join(" ")),
    }
}

/// How much time there is, in words; for who reads drafts before sending.
pub(crate) fn time_left(clock: &Clock, now: Timestamp) -> String {
    let left = clock.left(now);
    if left.is_negative() {
        format!("{} over", hours_and_minutes(left))
    } else {
        format!("{} left", hours_and_minutes(left))
    }
}
