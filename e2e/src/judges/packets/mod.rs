//! Packets: pods as network namespaces, policies as the nftables rules that a plain compiler of our own writes for them.
//! What the engine allows must connect, and what it denies must not.

#![allow(clippy::indexing_slicing, reason = "of JSON: a missing key reads as null")]

mod agent;
mod features;
mod generated;
mod lab;
mod objects;
mod page;
mod questions;
mod rules;
mod sctp;
mod trial;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::network::bugs::BUGS;
use super::network::clusters::{OUTSIDE, PORTS, Sort, cluster};
use super::{Dice, report};
use agent::Outcome;
pub use agent::serve;
use features::{FEATURES, features};
use lab::Lab;
use questions::{Question, Questions, engine};
use trial::{Ends, Protocol};

/// Clusters of a full run.
pub const FULL_COUNT: usize = 320;
/// Clusters from which on every feature must have occurred, and every bug must be noticed.
const ENOUGH: usize = 300;
/// Pods that a generated cluster has at most.
const PODS: usize = 7;
/// Every so many clusters, the engine is given each of the bugs.
const BUGS_EVERY: usize = 3;
/// Every so many clusters, the compiler is given one of them.
const COMPILER_EVERY: usize = 4;
/// Every so many clusters, policies are written for one, and tried.
const WRITTEN_EVERY: usize = 3;
/// How much of a cluster may connect, in percent: what is all open or all closed tells little.
const SHARE: std::ops::RangeInclusive<usize> = 30..=70;

/// What a run came to.
#[derive(Default)]
pub struct Tally {
    seed: u64,
    clusters: usize,
    /// Clusters that were too open or too closed, or in which the order of policies is not defined.
    passed_over: [usize; 2],
    /// By protocol: asked, and connected.
    protocols: BTreeMap<Protocol, [usize; 2]>,
    /// By what the ends are.
    kinds: BTreeMap<&'static str, [usize; 2]>,
    tried: usize,
    broken: usize,
    features: BTreeMap<&'static str, usize>,
    disagreements: Vec<String>,
    /// By bug: clusters in which the engine's answers notice it, in which the compiler had it, and in which packets
    /// noticed that.
    bugs: BTreeMap<&'static str, [usize; 3]>,
    /// Policies that were written.
    written: Written,
    seconds: u64,
}

/// Clusters whose policies were written by `cloister network generate`.
#[derive(Default)]
struct Written {
    clusters: usize,
    /// Those with ClusterNetworkPolicies.
    admin: usize,
    policies: usize,
    asked: usize,
    wanted: usize,
    /// What connects and is not wanted, or the other way round.
    disagreements: Vec<String>,
    /// Clusters without one of their policies: tried, and those in which packets noticed it.
    broken: [usize; 2],
}

impl Tally {
    fn asked(&self) -> [usize; 2] {
        self.protocols.values().fold([0; 2], |[a, b], [asked, connected]| [a + asked, b + connected])
    }

    fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        if let Some(first) = self.disagreements.first() {
            complaints
                .push(format!("{} clusters are answered otherwise; the first:\n{first}", self.disagreements.len()));
        }
        if let Some(first) = self.written.disagreements.first() {
            let count = self.written.disagreements.len();
            complaints
                .push(format!("{count} clusters' written policies let through something else; the first:\n{first}"));
        }
        if self.written.broken[0] > 0 && self.written.broken[1] == 0 {
            complaints.push("no packet notices that a written policy is missing".to_owned());
        }
        if self.broken > 0 {
            complaints.push(format!("{} connections had no outcome", self.broken));
        }
        if self.clusters >= ENOUGH {
            let missing = FEATURES.iter().filter(|feature| !self.features.contains_key(*feature));
            complaints.extend(missing.map(|feature| format!("no cluster has this: {feature}")));
            let missed = self.bugs.iter().filter(|(_, counts)| counts[0] == 0);
            complaints.extend(missed.map(|(bug, _)| format!("nothing notices that {bug}")));
        }
        complaints
    }
}

/// Runs the judge, says what it found, and writes its section.
///
/// # Errors
/// The laboratory cannot be made, or breaks; a document cannot be written.
pub fn run(seed: u64, count: usize, write: bool) -> Result<ExitCode> {
    println!("packets: seed {seed}");
    let tally = judge(seed, count)?;
    let page = page::page(&tally);
    println!("{page}");
    if write {
        report::write_section(&report::project().join("docs/conformance.md"), report::TITLE, "packets", &page)?;
    }
    let complaints = tally.complaints();
    complaints.iter().for_each(|complaint| println!("packets: {complaint}"));
    println!("packets: seed {seed}");
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The ports that are tried: those that policies name, and those beside them.
fn ports() -> Vec<u16> {
    let mut ports: Vec<u16> = PORTS.iter().flat_map(|port| [*port, port.saturating_add(1)]).collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}

/// The addresses of each namespace: those that a generated pod may have, and those outside.
fn places() -> Result<Vec<Vec<IpAddr>>> {
    let pod = |number: usize| [format!("10.0.0.{number}"), format!("10.0.1.{number}"), format!("fd00::{number:x}")];
    let outside = OUTSIDE.map(str::to_owned).to_vec();
    let texts = (1..=PODS).map(|number| pod(number).to_vec()).chain([outside]);
    texts.map(|list| list.iter().map(|text| text.parse().context("an address")).collect()).collect()
}

/// Makes `count` clusters from `seed` and tries every connection in each.
fn judge(seed: u64, count: usize) -> Result<Tally> {
    let start = Instant::now();
    let mut dice = Dice::new(seed);
    let mut tally = Tally { seed, bugs: BUGS.iter().map(|bug| (bug.0, [0; 3])).collect(), ..Tally::default() };
    let (places, ports) = (places()?, ports());
    let mut lab = Lab::create(&places, &ports)?;
    prove(&mut lab, &places, &ports)?;
    println!("packets: {} namespaces answer after {} ms", places.len(), start.elapsed().as_millis());
    for number in 0..count {
        let (objects, questions, said) = next_cluster(&mut dice, &ports, &mut tally)?;
        lab.set_rules(&rules::rules(&json!(objects).to_string(), number * 2)?)?;
        let measured = measure(&mut lab, &questions, &mut tally)?;
        tally.add(number, &objects, &questions.list, &said, &measured);
        if number % BUGS_EVERY == 0 {
            notice_bugs(&objects, &questions.list, &measured, &mut tally)?;
        }
        if number % COMPILER_EVERY == 0 {
            miscompile(&mut lab, number, &objects, &questions, &said, &mut tally)?;
        }
        if number % WRITTEN_EVERY == 0 {
            written(&mut lab, number, &mut dice, &ports, &mut tally)?;
        }
        if (number + 1) % 50 == 0 {
            println!("packets: {} of {count} clusters after {} s", number + 1, start.elapsed().as_secs());
        }
    }
    tally.seconds = start.elapsed().as_secs();
    Ok(tally)
}

/// Without rules everything must connect, and with rules that refuse everything nothing but what stays in its namespace:
/// else the laboratory could not tell.
fn prove(lab: &mut Lab, places: &[Vec<IpAddr>], ports: &[u16]) -> Result<()> {
    let mut ends = Vec::new();
    for (from, to) in places.iter().flatten().flat_map(|from| places.iter().flatten().map(move |to| (*from, *to))) {
        let port = ports.get(ends.len() / 3 % ports.len()).copied().unwrap_or(80);
        let all = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp];
        let alike = all.into_iter().filter(|_| from.is_ipv4() == to.is_ipv4());
        ends.extend(alike.map(|protocol| Ends { protocol, from, to, port }));
    }
    let refuse = "chain c { type filter hook forward priority filter; reject with icmpx admin-prohibited; }; ";
    for rules in ["", refuse] {
        lab.set_rules(&format!(
            "table inet cloister {{}}\ndelete table inet cloister\ntable inet cloister {{ {rules}}}\n"
        ))?;
        let outcomes = lab.try_all(&ends)?;
        for (ends, outcome) in ends.iter().zip(outcomes) {
            let stays = lab.place(ends.from) == lab.place(ends.to);
            let wanted = if rules.is_empty() || stays { Outcome::Connected } else { Outcome::Refused };
            ensure!(outcome == wanted, "the laboratory does not work: {ends:?} is {outcome:?}, not {wanted:?}");
        }
    }
    Ok(())
}

/// The next cluster that tells something, with what is asked of it and what the engine says.
fn next_cluster(
    dice: &mut Dice,
    ports: &[u16],
    tally: &mut Tally,
) -> Result<(Vec<Value>, Questions, Vec<Option<bool>>)> {
    loop {
        let mut objects = cluster(dice, Sort::Known);
        if dice.chance(20) {
            name_peer_of_the_future(&mut objects);
        }
        // No documentation says which of the two is asked first.
        let has = |test: &dyn Fn(&Value) -> bool| objects.iter().any(test);
        if has(&|it| it["kind"] == "BaselineAdminNetworkPolicy") && has(&|it| it["spec"]["tier"] == "Baseline") {
            tally.passed_over[1] += 1;
            continue;
        }
        let questions = Questions::of(&objects, ports, dice);
        let said = engine(&objects, &questions.list)?;
        let allowed = said.iter().filter(|said| **said == Some(true)).count();
        if SHARE.contains(&(allowed * 100 / said.len().max(1))) {
            return Ok((objects, questions, said));
        }
        tally.passed_over[0] += 1;
    }
}

/// Gives a rule that accepts one more peer, of a kind that this version of the API does not know: then it must accept
/// nothing, not even what it knows.
fn name_peer_of_the_future(objects: &mut [Value]) {
    let rules = objects.iter_mut().filter(|it| it["spec"]["subject"].is_object()).flat_map(|it| {
        let spec = it["spec"].as_object_mut().into_iter().flatten();
        spec.filter(|(field, _)| *field == "ingress" || *field == "egress")
            .filter_map(|(_, rules)| rules.as_array_mut())
    });
    let accepts = |rule: &&mut Value| rule["action"] == "Accept" || rule["action"] == "Allow";
    let mut lists = rules.flatten().filter(accepts).filter_map(|rule| {
        let field = if rule["from"].is_array() { "from" } else { "to" };
        rule.get_mut(field)?.as_array_mut()
    });
    if let Some(list) = lists.next() {
        list.push(json!({ "ofTheFuture": { "name": "x" } }));
    }
}

/// Tries everything, and what had no outcome once more. Says of each question whether it connects.
fn measure(lab: &mut Lab, questions: &Questions, tally: &mut Tally) -> Result<Vec<bool>> {
    let mut outcomes = lab.try_all(&questions.ends)?;
    let open: Vec<usize> = (0..outcomes.len()).filter(|at| outcomes[*at] == Outcome::Broken).collect();
    if !open.is_empty() {
        let again: Vec<Ends> = open.iter().filter_map(|at| questions.ends.get(*at)).copied().collect();
        for (at, outcome) in open.iter().zip(lab.try_all(&again)?) {
            outcomes[*at] = outcome;
        }
    }
    tally.tried += outcomes.len();
    tally.broken += outcomes.iter().filter(|outcome| **outcome == Outcome::Broken).count();
    let connects = |at: &usize| outcomes.get(*at) == Some(&Outcome::Connected);
    Ok(questions.list.iter().map(|question| question.tries.iter().any(connects)).collect())
}

impl Tally {
    fn add(&mut self, number: usize, objects: &[Value], asked: &[Question], said: &[Option<bool>], measured: &[bool]) {
        self.clusters += 1;
        for feature in features(objects) {
            *self.features.entry(feature).or_default() += 1;
        }
        for (question, measured) in asked.iter().zip(measured) {
            let is_v6 = |name: &str| name.contains(':');
            let kind = match (question.from.contains('/'), question.to.contains('/')) {
                (true, true) if question.from == question.to => "a pod to itself",
                (true, true) if question.tries.len() > 1 => "pod to pod, by both families",
                (true, true) => "pod to pod, by one family",
                (true, false) if is_v6(&question.to) => "pod to outside, IPv6",
                (true, false) => "pod to outside, IPv4",
                _ if is_v6(&question.from) => "outside to pod, IPv6",
                _ => "outside to pod, IPv4",
            };
            for counts in [self.protocols.entry(question.protocol).or_default(), self.kinds.entry(kind).or_default()] {
                counts[0] += 1;
                counts[1] += usize::from(*measured);
            }
        }
        if let Some(wrong) = difference(asked, said, measured) {
            self.disagreements.push(format!("cluster {number}: {wrong}\n{}", json!(objects)));
        }
    }
}

/// The first answer that is not what the packets say.
fn difference(asked: &[Question], said: &[Option<bool>], measured: &[bool]) -> Option<String> {
    let mut all = asked.iter().zip(said).zip(measured);
    all.find(|((_, said), measured)| **said != Some(**measured)).map(|((question, said), measured)| {
        let Question { from, to, protocol, port, .. } = question;
        let said = said.map_or("unknown", |said| if said { "allowed" } else { "denied" });
        format!(
            "{from} → {to} {protocol:?} {port}: {said}, but it {}",
            if *measured { "connects" } else { "does not connect" }
        )
    })
}

/// Puts each bug into what the engine reads: its answers must then differ from what the packets did.
fn notice_bugs(objects: &[Value], asked: &[Question], measured: &[bool], tally: &mut Tally) -> Result<()> {
    for (name, bug) in &BUGS {
        let changed = with(bug, objects);
        if changed != objects && difference(asked, &engine(&changed, asked)?, measured).is_some() {
            tally.bugs.entry(name).or_default()[0] += 1;
        }
    }
    Ok(())
}

fn with(bug: &fn(&mut Value), objects: &[Value]) -> Vec<Value> {
    let mut changed = objects.to_vec();
    changed.iter_mut().for_each(bug);
    changed
}

/// Has policies written for a cluster, and tries every connection; then once more without one of them.
fn written(lab: &mut Lab, number: usize, dice: &mut Dice, ports: &[u16], tally: &mut Tally) -> Result<()> {
    let it = generated::next(dice, ports)?;
    lab.set_rules(&rules::rules(&json!(it.objects).to_string(), number * 2)?)?;
    let measured = measure(lab, &it.questions, tally)?;
    let counts = &mut tally.written;
    counts.clusters += 1;
    counts.admin += usize::from(it.admin);
    counts.policies += it.policies;
    counts.asked += it.wanted.len();
    counts.wanted += it.wanted.iter().filter(|wanted| **wanted == Some(true)).count();
    if let Some(wrong) = difference(&it.questions.list, &it.wanted, &measured) {
        counts.disagreements.push(format!("cluster {number}: {wrong}\n{}", json!(it.objects)));
    }
    let mut objects = it.objects;
    if it.policies > 0 {
        objects.remove(objects.len() - 1 - dice.below(it.policies));
        lab.set_rules(&rules::rules(&json!(objects).to_string(), number * 2 + 1)?)?;
        let measured = measure(lab, &it.questions, tally)?;
        let noticed = difference(&it.questions.list, &it.wanted, &measured).is_some();
        tally.written.broken[0] += 1;
        tally.written.broken[1] += usize::from(noticed);
    }
    Ok(())
}

/// Gives the compiler one of the bugs that change this cluster's rules, and sends the packets again.
fn miscompile(
    lab: &mut Lab,
    number: usize,
    objects: &[Value],
    questions: &Questions,
    said: &[Option<bool>],
    tally: &mut Tally,
) -> Result<()> {
    let right = rules::rules(&json!(objects).to_string(), number * 2 + 1)?;
    let mut dice = Dice::new(tally.seed ^ number as u64);
    let first = dice.below(BUGS.len());
    for (name, bug) in BUGS.iter().cycle().skip(first).take(BUGS.len()) {
        // Some bugs make objects that have no form of the API.
        let Ok(wrong) = rules::rules(&json!(with(bug, objects)).to_string(), number * 2 + 1) else { continue };
        if wrong != right {
            lab.set_rules(&wrong)?;
            let measured = measure(lab, questions, tally)?;
            let counts = tally.bugs.entry(name).or_default();
            counts[1] += 1;
            counts[2] += usize::from(difference(&questions.list, said, &measured).is_some());
            return Ok(());
        }
    }
    Ok(())
}
