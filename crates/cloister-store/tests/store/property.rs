//! Random sequences of calls: SQLite, PostgreSQL and the model give the same answers.

use std::time::Duration;

use cloister_model::Severity;
use cloister_store::{
    ChangeFilter, Cursor, Detection, DetectionFilter, DocumentFilter, Draft, FindingFilter, Item, Judged, Keep, Kind,
    Limits, OnlyIf, Page, Paging, Receipt, Result, Run, RunFilter, Seen, Session, Since, State, Status, StatusFilter,
    Store, TokenHash,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use crate::made::{at, postgres, server, sqlite};
use crate::model::{Model, fold};

#[derive(Clone, Debug)]
enum Call {
    /// A run, and whether stores are told it by what changed; the model never is.
    Record(Run, bool),
    ForgetSource(String),
    Run(String),
    Runs(RunFilter, u32),
    Findings(FindingFilter, u32),
    Changes(ChangeFilter, u32),
    StatusChanges(StatusFilter, u32),
    Remember(String, Vec<String>, i64, i64),
    Remembered(String, Vec<String>, i64),
    Keep(Vec<Detection>),
    Detections(DetectionFilter, u32),
    Erase(String),
    Put(Draft, Over, i64),
    Remove(Kind, String, Over),
    Documents(DocumentFilter, u32),
    Begin(Session),
    Session(u8, i64),
    Use(u8, i64),
    End(u8),
    EndAll(String),
    AllOf(String, i64),
    Push(String, Vec<Item>, Limits, i64, i64),
    Take(String, u32, i64, u64),
    Done(String, Vec<usize>),
    GiveBack(String, Vec<usize>),
    SetAside(String, usize),
    Settle(String, u64, bool),
    Aside(String, u32),
    Acquire(String, String, i64, u64),
    Release(String, String),
    Sweep(Keep, u32),
}

/// Over which version something is put.
#[derive(Clone, Copy, Debug)]
enum Over {
    Nothing,
    Present,
    Old,
}

fn words(words: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    select(words).prop_map(str::to_owned)
}

fn time() -> impl Strategy<Value = i64> + Clone {
    0..12_i64
}

fn severity() -> impl Strategy<Value = Severity> + Clone {
    select(&Severity::ALL[..])
}

/// Names of several alphabets and cases, which languages order otherwise than bytes do.
const IDS: &[&str] = &["a", "B", "c", "Ä", "ä", "z-1", "z_1", "猫"];
const SOURCES: &[&str] = &["prod", "Prod", "test"];
const NAMESPACES: &[&str] = &["clinic", "shop"];

fn seen() -> impl Strategy<Value = Seen> {
    let parts = (words(IDS), words(&["x", "y"]), severity(), of(words(NAMESPACES)), 0..4_u32, any::<bool>());
    parts.prop_map(|(id, check, severity, namespace, rank, accepted)| Seen {
        id,
        check,
        severity,
        namespace,
        resource: "Pod/a".to_owned(),
        rank,
        accepted,
    })
}

fn run() -> impl Strategy<Value = Run> {
    let judged = (words(&["gdpr", "pss"]), words(&["32(1)", "5"]), select(&Status::ALL[..]));
    let judged = judged.prop_map(|(framework, requirement, status)| Judged { framework, requirement, status });
    let parts = (0..40_u8, words(SOURCES), time(), vec(seen(), 0..7), vec(judged, 0..4));
    parts.prop_map(|(id, source, time, findings, requirements)| Run {
        id: format!("run-{id}"),
        source,
        at: at(time),
        body: vec![id; usize::from(id)],
        findings,
        requirements,
        since: None,
        only: OnlyIf::default(),
    })
}

fn detection() -> impl Strategy<Value = Detection> {
    let parts = (words(IDS), words(SOURCES), severity(), time(), of(words(NAMESPACES)), any::<bool>());
    parts.prop_map(|(id, source, severity, time, namespace, suspects_breach)| Detection {
        id,
        source,
        rule: "exec".to_owned(),
        severity,
        at: at(time),
        namespace,
        suspects_breach,
        body: vec![1; usize::try_from(time).unwrap()],
    })
}

fn draft() -> impl Strategy<Value = Draft> {
    let parts = (kind(), words(IDS), words(&["open", "closed"]), of(words(NAMESPACES)), of(time()));
    parts.prop_map(|(kind, id, state, namespace, due)| {
        let body = state.clone().into_bytes();
        Draft { kind, id, state, namespace, due: due.map(at), body }
    })
}

fn kind() -> impl Strategy<Value = Kind> {
    select(&[Kind::Breach, Kind::Alert][..])
}

fn over() -> impl Strategy<Value = Over> {
    select(&[Over::Nothing, Over::Present, Over::Present, Over::Old][..])
}

fn history() -> impl Strategy<Value = Call> {
    let some = || of(words(SOURCES));
    let namespaces = || of(vec(words(NAMESPACES), 0..2));
    let state = select(&[State::Open, State::Accepted, State::Present, State::Resolved, State::Any][..]);
    prop_oneof![
        6 => (run(), any::<bool>()).prop_map(|(run, by_change)| Call::Record(run, by_change)),
        1 => words(SOURCES).prop_map(Call::ForgetSource),
        1 => (0..40_u8).prop_map(|id| Call::Run(format!("run-{id}"))),
        1 => (some(), of(time()), of(time()), 1..4_u32).prop_map(|(source, from, until, most)| {
            Call::Runs(RunFilter { source, from: from.map(at), until: until.map(at) }, most)
        }),
        3 => (some(), namespaces(), of(words(&["x", "y"])), of(severity()), state, 1..4_u32).prop_map(
            |(source, namespaces, check, severity, state, most)| {
                Call::Findings(FindingFilter { source, namespaces, check, severity, state }, most)
            }
        ),
        1 => (some(), of(words(IDS)), of(time()), 1..4_u32).prop_map(|(source, finding, from, most)| {
            Call::Changes(ChangeFilter { source, finding, from: from.map(at), until: None }, most)
        }),
        1 => (some(), of(words(&["gdpr", "pss"])), of(time()), 1..4_u32).prop_map(|(source, framework, until, most)| {
            Call::StatusChanges(
                StatusFilter { source, framework, requirement: None, from: None, until: until.map(at) },
                most,
            )
        }),
        1 => (of(time()), of(time()), of(time()), of(time()), 1..4_u32).prop_map(|(one, two, three, four, most)| {
            let keep = Keep {
                bodies: one.map(at),
                runs: two.map(at),
                resolved: three.map(at),
                changes: four.map(at),
                detections: one.map(at),
                expired: two.map(at),
            };
            Call::Sweep(keep, most)
        }),
    ]
}

fn happenings() -> impl Strategy<Value = Call> {
    let ids = || vec(words(IDS), 0..4);
    let scope = || words(&["audit", "sensor"]);
    let filter = (of(words(SOURCES)), of(vec(words(NAMESPACES), 0..2)), of(severity()), of(any::<bool>()), of(time()));
    prop_oneof![
        (scope(), ids(), time(), time()).prop_map(|(scope, ids, now, until)| Call::Remember(scope, ids, now, until)),
        (scope(), ids(), time()).prop_map(|(scope, ids, now)| Call::Remembered(scope, ids, now)),
        vec(detection(), 0..4).prop_map(Call::Keep),
        (filter, 1..4_u32).prop_map(|((source, namespaces, severity, suspects_breach, from), most)| {
            let (rule, from, until) = (None, from.map(at), None);
            Call::Detections(DetectionFilter { source, namespaces, rule, severity, suspects_breach, from, until }, most)
        }),
        words(IDS).prop_map(Call::Erase),
        (draft(), over(), time()).prop_map(|(draft, over, now)| Call::Put(draft, over, now)),
        (kind(), words(IDS), over()).prop_map(|(kind, id, over)| Call::Remove(kind, id, over)),
        (kind(), of(words(&["open"])), of(time()), 1..4_u32).prop_map(|(kind, state, due, most)| {
            Call::Documents(DocumentFilter { kind, state, namespaces: None, due_before: due.map(at) }, most)
        }),
    ]
}

fn work() -> impl Strategy<Value = Call> {
    let queue = || words(&["audit", "sensor"]);
    let item = (words(IDS), 0..30_usize).prop_map(|(id, bytes)| Item { id, body: vec![7; bytes] });
    let limits = (3..9_u64, 20..90_u64).prop_map(|(items, bytes)| Limits { items, bytes });
    let places = || vec(0..40_usize, 1..3);
    let session = (0..3_u8, words(&["erika", "max"]), time(), time()).prop_map(|(token, who, now, until)| Session {
        token: TokenHash([token; 32]),
        who,
        created: at(now),
        used: at(now),
        until: at(until),
        body: vec![token],
    });
    let name = || words(&["alerts", "sweeps"]);
    let holder = || words(&["hub-0", "hub-1"]);
    prop_oneof![
        4 => (queue(), vec(item, 0..4), limits, time(), time())
            .prop_map(|(queue, items, limits, now, until)| Call::Push(queue, items, limits, now, until)),
        4 => (queue(), 0..4_u32, time(), 0..6_u64).prop_map(|(queue, most, now, long)| Call::Take(queue, most, now, long)),
        2 => (queue(), places()).prop_map(|(queue, which)| Call::Done(queue, which)),
        1 => (queue(), places()).prop_map(|(queue, which)| Call::GiveBack(queue, which)),
        1 => (queue(), 0..40_usize).prop_map(|(queue, which)| Call::SetAside(queue, which)),
        1 => (queue(), 0..20_u64, any::<bool>()).prop_map(|(queue, number, again)| Call::Settle(queue, number, again)),
        1 => (queue(), 1..3_u32).prop_map(|(queue, most)| Call::Aside(queue, most)),
        2 => (name(), holder(), time(), 0..6_u64).prop_map(|(name, who, now, long)| Call::Acquire(name, who, now, long)),
        1 => (name(), holder()).prop_map(|(name, who)| Call::Release(name, who)),
        1 => session.prop_map(Call::Begin),
        1 => (0..3_u8, time()).prop_map(|(token, now)| Call::Session(token, now)),
        1 => (0..3_u8, time()).prop_map(|(token, now)| Call::Use(token, now)),
        1 => (0..3_u8).prop_map(Call::End),
        1 => words(&["erika", "max"]).prop_map(Call::EndAll),
        2 => (words(&["erika", "max"]), time()).prop_map(|(who, now)| Call::AllOf(who, now)),
    ]
}

/// What a list says, page by page.
fn paged<T: std::fmt::Debug>(most: u32, list: impl Fn(&Paging) -> Result<Page<T>>) -> String {
    let (mut text, mut page) = (String::new(), Paging::first(most));
    loop {
        let answer = list(&page);
        text += &format!("{answer:?}\n");
        match answer.ok().and_then(|answer| answer.next) {
            Some(next) => page = page.next(next),
            None => return text,
        }
    }
}

/// Receipts that were given so far, the last first.
fn receipts(given: &[Receipt], which: &[usize]) -> Vec<Receipt> {
    which.iter().filter_map(|place| given.iter().rev().nth(*place).copied()).collect()
}

fn version(store: &dyn Store, kind: Kind, id: &str, over: Over) -> u64 {
    match over {
        Over::Nothing => 0,
        Over::Present => store.document(kind, id).unwrap().map_or(0, |one| one.version),
        Over::Old => store.document(kind, id).unwrap().map_or(1, |one| one.version.saturating_sub(1)),
    }
}

fn answer(store: &dyn Store, call: &Call, given: &mut Vec<Receipt>) -> String {
    let micros = Duration::from_micros;
    match call.clone() {
        Call::Record(run, _) => {
            let recorded = store.record(&run);
            format!("{recorded:?} {:?} {:?}", store.statuses(&run.source), store.sources())
        }
        Call::ForgetSource(name) => format!("{:?}", store.forget_source(&name)),
        Call::Run(id) => format!("{:?} {:?}", store.run(&id), store.body(&id)),
        Call::Runs(filter, most) => paged(most, |page| store.runs(&filter, page)),
        Call::Findings(filter, most) => paged(most, |page| store.findings(&filter, page)),
        Call::Changes(filter, most) => paged(most, |page| store.changes(&filter, page)),
        Call::StatusChanges(filter, most) => paged(most, |page| store.status_changes(&filter, page)),
        Call::Remember(scope, ids, now, until) => format!("{:?}", store.remember(&scope, &ids, at(now), at(until))),
        Call::Remembered(scope, ids, now) => format!("{:?}", store.remembered(&scope, &ids, at(now))),
        Call::Keep(detections) => format!("{:?}", store.keep_detections(&detections)),
        Call::Detections(filter, most) => paged(most, |page| store.detections(&filter, page)),
        Call::Erase(id) => format!("{:?} {:?}", store.erase_detection(&id), store.detection(&id)),
        Call::Put(draft, over, now) => {
            let over = version(store, draft.kind, &draft.id, over);
            format!("{:?}", store.put(&draft, over, at(now)))
        }
        Call::Remove(kind, id, over) => format!("{:?}", store.remove(kind, &id, version(store, kind, &id, over))),
        Call::Documents(filter, most) => paged(most, |page| store.documents(&filter, page)),
        Call::Begin(session) => format!("{:?}", store.begin_session(&session)),
        Call::Session(token, now) => {
            let session = store.session(&TokenHash([token; 32]), at(now));
            format!("{:?}", session.map(|one| one.map(|one| (one.who, one.created, one.used, one.until, one.body))))
        }
        Call::Use(token, now) => format!("{:?}", store.use_session(&TokenHash([token; 32]), at(now))),
        Call::End(token) => format!("{:?}", store.end_session(&TokenHash([token; 32]))),
        Call::AllOf(who, now) => {
            let all = store.sessions_of(&who, at(now)).unwrap();
            format!("{:?}", all.iter().map(|one| (one.token.0, one.created, one.used, &one.body)).collect::<Vec<_>>())
        }
        Call::EndAll(who) => format!("{:?}", store.end_sessions_of(&who)),
        Call::Push(queue, items, limits, now, until) => {
            let pushed = store.push(&queue, &items, limits, at(now), at(until));
            format!("{pushed:?} {:?}", store.queue_size(&queue))
        }
        Call::Take(queue, most, now, long) => {
            let taken = store.take(&queue, most, at(now), micros(long));
            given.extend(taken.iter().flatten().map(|one| one.receipt));
            format!("{taken:?}")
        }
        Call::Done(queue, which) => {
            format!("{:?} {:?}", store.done(&queue, &receipts(given, &which)), store.queue_size(&queue))
        }
        Call::GiveBack(queue, which) => format!("{:?}", store.give_back(&queue, &receipts(given, &which))),
        Call::SetAside(queue, which) => {
            let set = receipts(given, &[which]).first().map(|one| store.set_aside(&queue, *one, "it breaks"));
            format!("{set:?} {:?}", store.queue_size(&queue))
        }
        Call::Settle(queue, number, again) => {
            format!("{:?} {:?}", store.settle(&queue, number, again), store.queue_size(&queue))
        }
        Call::Aside(queue, most) => paged(most, |page| store.aside(&queue, page)),
        Call::Acquire(name, who, now, long) => {
            format!("{:?} {:?}", store.acquire(&name, &who, at(now), micros(long)), store.lease(&name))
        }
        Call::Release(name, who) => format!("{:?} {:?}", store.release(&name, &who), store.lease(&name)),
        Call::Sweep(keep, most) => format!("{:?}", store.sweep(&keep, most)),
    }
}

/// The same run, told by what changed since the one before it; as it is, where there is none.
fn by_change(model: &dyn Store, run: &Run) -> Run {
    let Some(last) = model.sources().unwrap().into_iter().find(|source| source.name == run.source) else {
        return run.clone();
    };
    let filter = FindingFilter { source: Some(run.source.clone()), state: State::Present, ..FindingFilter::default() };
    let before = model.findings(&filter, &Paging::first(100)).unwrap().items;
    let now = fold(run);
    let is_as_before = |id: &String, seen: &Seen| before.iter().any(|one| one.seen.id == *id && one.seen == *seen);
    let gone = before.iter().filter(|one| now.get(&one.seen.id) != Some(&one.seen));
    let open = |severity| now.values().filter(|one| !one.accepted && one.severity == severity).count() as u64;
    let since = Since {
        run: last.last.id,
        gone: gone.map(|one| one.seen.id.clone()).collect(),
        open: Severity::ALL.map(open),
        accepted: now.values().filter(|one| one.accepted).count() as u64,
    };
    let others = run.findings.iter().filter(|one| now.get(&one.id).is_some_and(|seen| !is_as_before(&one.id, seen)));
    Run { findings: others.cloned().collect(), since: Some(since), ..run.clone() }
}

/// Plays the calls to all three, each new or emptied.
fn agree(calls: &[Call], postgres: &dyn Store, empty: &mut postgres::Client) {
    empty.batch_execute(EMPTY).unwrap();
    let (sqlite, _folder) = sqlite();
    let model = Model::default();
    let (mut first, mut second, mut third) = (Vec::new(), Vec::new(), Vec::new());
    for call in calls {
        let told = match call {
            Call::Record(run, true) => &Call::Record(by_change(&model, run), true),
            call => call,
        };
        let expected = answer(&model, call, &mut first);
        let call = told;
        assert_eq!(answer(&sqlite, call, &mut second), expected, "SQLite at {call:?}");
        assert_eq!(answer(postgres, call, &mut third), expected, "PostgreSQL at {call:?}");
    }
    for store in [&sqlite as &dyn Store, postgres] {
        cloister_store::Retention::examine(store).unwrap();
    }
}

const EMPTY: &str = "TRUNCATE sources, runs, bodies, findings, finding_changes, statuses, status_changes, events, \
                     detections, documents, sessions, queues, queue, leases; UPDATE counters SET value = 0";

fn check(calls: impl Strategy<Value = Vec<Call>>, cases: u32) {
    let url = server().database();
    let store = cloister_store::Postgres::open(crate::made::address(&url)).unwrap();
    let client = std::cell::RefCell::new(postgres::Client::connect(&url, postgres::NoTls).unwrap());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 400,
        ..ProptestConfig::default()
    });
    runner
        .run(&calls, |calls| {
            agree(&calls, &store, &mut client.borrow_mut());
            Ok(())
        })
        .unwrap();
}

#[test]
fn histories_are_told_alike() {
    check(vec(history(), 1..25), 60);
}

#[test]
fn happenings_are_told_alike() {
    check(vec(happenings(), 1..25), 60);
}

#[test]
fn work_is_handed_out_alike() {
    check(vec(work(), 1..30), 80);
}

#[test]
fn cursors_of_others_are_refused() {
    let ((sqlite, _folder), postgres, model) = (sqlite(), postgres(), Model::default());
    for store in [&sqlite as &dyn Store, &postgres, &model] {
        for text in ["", "x", "1.x", "1.9.a", "-1", "1.1", "99999999999999999999", "1.1.é"] {
            let page = Paging { most: 1, after: Some(Cursor(text.to_owned())) };
            assert!(store.findings(&FindingFilter::default(), &page).is_err(), "{text}");
            let page = Paging { most: 1, after: Some(Cursor(text.replace("99999999999999999999", "1x"))) };
            assert!(store.runs(&RunFilter::default(), &page).is_err(), "{text}");
        }
    }
}
