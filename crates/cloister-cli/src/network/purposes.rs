//! `cloister network purposes`: purpose limitation (Art. 5(1)(b)) as the network keeps it.

use std::collections::BTreeSet;
use std::process::ExitCode;

use clap::Args;
use cloister_inventory::Inventory;
use cloister_network::{Applied, Direction};
use cloister_purpose::document::{Document, Reached};
use cloister_purpose::{Crossing, Crossings, Store, crossings};
use cloister_register::{ProcessingActivity, Register};

use super::args::From;
use super::{Asked, explain};
use crate::output::print;
use crate::table::{Format, Table, indented};

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 none crosses, 1 some do, 2 something could not be read. Workloads without a \
                        purpose count as some.")]
pub struct Purposes {
    #[command(flatten)]
    pub from: From,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = Format::Text, value_name = "FORMAT", help_heading = "Result")]
    pub output: Format,
}

/// Where no register says what purposes there are.
const NO_REGISTER: &str = "No register in the input says which purposes there are: `cloister register init` drafts one. \
                           Until then, stores are those that are recognised, and no workload has a purpose.";

/// Tells who crosses.
pub fn run(question: &Purposes, asked: &Asked<'_>, inventory: &Inventory) -> anyhow::Result<ExitCode> {
    let (register, _) = Register::from_inventory(inventory);
    let found = crossings(asked.network, inventory, &register);
    let answer = Answer { found: &found, register: &register, asked };
    let text = match question.output {
        Format::Text => answer.text(),
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&answer.document())?),
        Format::Csv => answer.table().show(Format::Csv, asked.width),
        Format::Markdown => answer.table().show(Format::Markdown, asked.width),
    };
    print(&text)?;
    Ok(asked.exit(u8::from(!found.crossed.is_empty() || !found.purposeless.is_empty())))
}

/// All that is told.
struct Answer<'q, 'a> {
    found: &'q Crossings<'q, 'a>,
    register: &'q Register<'a>,
    asked: &'q Asked<'q>,
}

/// Why a connection passes.
struct Why {
    /// The rules that let it through, with their places.
    rules: Vec<String>,
    /// No policy selects the store on its way in.
    open: bool,
    /// No policy selects the workload on its way out.
    leaves: bool,
}

fn names(activities: &[&ProcessingActivity<'_>]) -> String {
    activities.iter().map(|it| it.name()).collect::<Vec<_>>().join(", ")
}

/// `billing (writing invoices; collecting payments)`.
fn activities(activities: &[&ProcessingActivity<'_>]) -> String {
    let one = |it: &&ProcessingActivity<'_>| match it.purposes().items().as_slice() {
        [] => format!("{} (no purpose stated)", it.name()),
        purposes => format!("{} ({})", it.name(), purposes.join("; ")),
    };
    activities.iter().map(one).collect::<Vec<_>>().join(", ")
}

impl<'q, 'a> Answer<'q, 'a> {
    fn name(&self, endpoint: usize) -> String {
        self.asked.network.endpoint(endpoint).map(|it| it.name()).unwrap_or_default()
    }

    fn store(&self, crossing: &Crossing<'_, '_>) -> Option<&'q Store<'q, 'a>> {
        self.found.stores.get(crossing.store)
    }

    fn why(&self, crossing: &Crossing<'_, '_>) -> Why {
        let mut why = Why { rules: Vec::new(), open: false, leaves: false };
        let Some(store) = self.store(crossing) else { return why };
        let Some(told) = self.asked.network.explain(crossing.source, store.endpoint, &crossing.ports) else {
            return why;
        };
        for side in [&told.ingress, &told.egress] {
            for step in side.steps.iter().filter(|step| step.certain) {
                match (step.applied, side.direction) {
                    (Applied::Accepts, _) => why.rules.push(explain::by(step, side.direction, self.asked)),
                    (Applied::Undecided, Direction::Ingress) => why.open = true,
                    (Applied::Undecided, Direction::Egress) => why.leaves = true,
                    _ => {}
                }
            }
        }
        why
    }

    fn because(&self, why: &Why) -> String {
        let open = match (why.open, why.leaves) {
            (true, true) => Some("no policy decides about it".to_owned()),
            (true, false) => Some("no policy guards the store".to_owned()),
            (false, true) if why.rules.is_empty() => Some("no policy limits the workload".to_owned()),
            _ => None,
        };
        let rules = (!why.rules.is_empty()).then(|| why.rules.join("; "));
        rules.into_iter().chain(open).collect::<Vec<_>>().join("; ")
    }

    /// What would close it.
    fn close(&self, crossing: &Crossing<'_, '_>, why: &Why) -> String {
        let Some(store) = self.store(crossing) else { return String::new() };
        let mine: BTreeSet<String> = store
            .activities
            .iter()
            .flat_map(|activity| self.register.workloads_of_activity(activity))
            .filter(|it| {
                self.asked
                    .network
                    .endpoint(store.endpoint)
                    .and_then(|it| it.workload())
                    .is_none_or(|own| !std::ptr::eq(own.resource, it.resource))
            })
            .map(|it| format!("{}/{}", it.namespace(), it.resource.name))
            .collect();
        let who = if mine.is_empty() {
            "only the workloads that use it".to_owned()
        } else {
            format!("only {}", mine.into_iter().collect::<Vec<_>>().join(", "))
        };
        if why.open {
            format!("a NetworkPolicy that selects {} and lets in {who}", self.name(store.endpoint))
        } else {
            format!("name in the rule {who}; or add the store to the activity, if its purpose needs it")
        }
    }

    fn text(&self) -> String {
        let width = self.asked.width;
        let mut text = String::new();
        if self.register.activities().is_empty() {
            text += &indented(NO_REGISTER, 0, 0, width);
            text.push('\n');
        }
        text += &indented(&self.sentence(), 0, 0, width);
        let parts = [("Of another purpose", &self.found.crossed), ("Without a purpose", &self.found.purposeless)];
        for (head, crossings) in parts.into_iter().filter(|(_, all)| !all.is_empty()) {
            text += &format!("\n{head}\n");
            for group in self.grouped(crossings) {
                text += &self.told(&group);
            }
        }
        text
    }

    /// Workloads of the same activities that reach one store for the same reason stand together.
    fn grouped<'c>(&self, crossings: &'c [Crossing<'q, 'a>]) -> Vec<(Vec<&'c Crossing<'q, 'a>>, Why)> {
        let mut groups: Vec<(Vec<&Crossing<'q, 'a>>, Why)> = Vec::new();
        for crossing in crossings {
            let why = self.why(crossing);
            let because = self.because(&why);
            let alike = groups.iter_mut().find(|(group, known)| {
                group.first().is_some_and(|it| {
                    it.store == crossing.store
                        && it.ports == crossing.ports
                        && names(&it.activities) == names(&crossing.activities)
                }) && self.because(known) == because
            });
            match alike {
                Some((group, _)) => group.push(crossing),
                None => groups.push((vec![crossing], why)),
            }
        }
        groups
    }

    fn told(&self, (group, why): &(Vec<&Crossing<'q, 'a>>, Why)) -> String {
        let width = self.asked.width;
        let Some((first, store)) = group.first().and_then(|first| Some((*first, self.store(first)?))) else {
            return String::new();
        };
        let who: Vec<String> = group.iter().map(|it| self.name(it.source)).collect();
        let head = format!("{} → {}, {}", who.join(", "), self.name(store.endpoint), first.ports);
        let mut lines = Vec::new();
        if !first.activities.is_empty() {
            lines.push(format!("activity: {}", activities(&first.activities)));
        }
        lines.push(format!("store: {}, {}", store.name, store.holds));
        if !store.activities.is_empty() {
            lines.push(format!("used by: {}", activities(&store.activities)));
        }
        lines.push(format!("because: {}", self.because(why)));
        lines.push(format!("to close: {}", self.close(first, why)));
        indented(&head, 2, 2, width) + &lines.iter().map(|line| indented(line, 4, 2, width)).collect::<String>()
    }

    fn sentence(&self) -> String {
        let count = |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
        let sources = |all: &[Crossing<'_, '_>]| all.iter().map(|it| it.source).collect::<BTreeSet<_>>().len();
        let stores = count(self.found.stores.len(), "store of personal data", "stores of personal data");
        let (crossed, bare) = (sources(&self.found.crossed), sources(&self.found.purposeless));
        if self.found.stores.is_empty() {
            return "No store of personal data is in the input.".to_owned();
        }
        if crossed + bare == 0 {
            return format!("No workload reaches data of another purpose: {stores} looked at.");
        }
        let verb = if crossed == 1 { "reaches" } else { "reach" };
        format!(
            "{} {verb} data of another purpose, {} without a purpose; {stores}.",
            count(crossed, "workload", "workloads"),
            bare
        )
    }

    fn table(&self) -> Table {
        let mut table = Table::new(&["workload", "activities", "store", "used by", "ports", "because", "to close"]);
        for crossing in self.found.crossed.iter().chain(&self.found.purposeless) {
            let Some(store) = self.store(crossing) else { continue };
            let why = self.why(crossing);
            table.row([
                self.name(crossing.source),
                activities(&crossing.activities),
                format!("{} ({})", store.name, self.name(store.endpoint)),
                activities(&store.activities),
                crossing.ports.to_string(),
                self.because(&why),
                self.close(crossing, &why),
            ]);
        }
        table
    }

    fn document(&self) -> Document {
        let one = |crossing: &Crossing<'_, '_>| {
            let (store, why) = (self.store(crossing)?, self.why(crossing));
            let close = self.close(crossing, &why);
            let names = [self.name(crossing.source), self.name(store.endpoint)];
            Some(Reached::of(crossing, store, names, (why.rules, why.open, close)))
        };
        Document {
            register: !self.register.activities().is_empty(),
            stores: self.found.stores.len(),
            crossed: self.found.crossed.iter().filter_map(one).collect(),
            without_purpose: self.found.purposeless.iter().filter_map(one).collect(),
        }
    }
}
