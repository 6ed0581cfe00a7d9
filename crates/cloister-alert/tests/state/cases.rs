//! What people rely on, one by one.

use super::*;

fn observe(world: &mut World, alert: Alert) {
    let now = at(world.now);
    world.state.observe(&world.config.tree, alert, now).unwrap();
    world.step();
}

#[test]
fn a_group_waits_for_its_company_and_is_told_once() {
    let mut world = World::new(false);
    observe(&mut world, alert("one"));
    world.pass(WAIT - 1);
    observe(&mut world, alert("two"));
    assert!(world.log.is_empty());
    world.pass(1);
    assert_eq!(world.log.len(), 1);
    assert_eq!(names(&world.log[0].1.firing).len(), 2);
    world.pass(REPEAT - 1);
    assert_eq!(world.log.len(), 1);
    world.pass(1);
    assert!(world.log.len() == 2 && world.log[1].1.repeated);
}

#[test]
fn what_happens_does_not_wait_for_what_was_found() {
    let mut world = World::new(false);
    world.config = config("[{name: all, webhook: {url: 'https://a.example', secret: {env: A}}}]", "{receiver: all}");
    let found = |name: &str| Alert { origin: Origin::Finding, ..alert(name) };
    observe(&mut world, found("one"));
    world.pass(1);
    assert_eq!(world.log.len(), 1);
    world.pass(10);
    observe(&mut world, alert("entered"));
    world.pass(1);
    assert_eq!(world.log.len(), 2, "somebody in a database is told at once");
    observe(&mut world, alert("entered too"));
    world.pass(8);
    assert_eq!(world.log.len(), 2, "a flood comes together");
    world.pass(2);
    assert_eq!(names(&world.log[2].1.firing).len(), 3);
    observe(&mut world, found("two"));
    world.pass(299);
    assert_eq!(world.log.len(), 3);
    world.pass(1);
    assert_eq!(world.log.len(), 4);
}

#[test]
fn the_worst_comes_first_and_of_equal_ones_the_newest() {
    let mut world = World::new(false);
    let all =
        [("a", Severity::Low, 3), ("b", Severity::High, 1), ("c", Severity::Critical, 0), ("d", Severity::High, 2)];
    for (name, severity, second) in all {
        let title = "one".to_owned();
        observe(&mut world, Alert { severity, starts_at: at(second), name: title, ..alert(name) });
    }
    world.pass(WAIT);
    let message = world.log.iter().find(|(_, message)| message.receiver == "all").unwrap();
    let order: Vec<&str> = message.1.firing.iter().map(|said| said.alert.fingerprint.as_str()).collect();
    assert_eq!(order, ["c", "d", "b", "a"]);
}

#[test]
fn what_is_over_before_it_was_told_is_told_all_the_same() {
    let mut world = World::new(false);
    observe(&mut world, Alert { ends_at: Some(at(3)), ..alert("short") });
    world.pass(WAIT);
    let message = &world.log[0].1;
    assert!(message.firing.is_empty() && message.resolved[0].resolved_at == Some(at(3)));
}

#[test]
fn what_gets_worse_is_told_again_although_it_was_acknowledged() {
    let mut world = World::new(false);
    observe(&mut world, Alert { severity: Severity::Low, ..alert("one") });
    world.pass(WAIT);
    world.act(&Act::Pass { seconds: 1 });
    let by = Acknowledged { by: "ada".to_owned(), at: at(world.now), note: String::new() };
    world.state.acknowledge("one", by).unwrap();
    world.pass(3 * REPEAT);
    assert_eq!(world.log.len(), 1);
    observe(&mut world, alert("one"));
    world.pass(WAIT);
    assert!(world.log.len() == 2 && !world.log[1].1.repeated && world.log[1].1.firing[0].acknowledged.is_none());
}

#[test]
fn a_receiver_that_does_not_answer_hears_how_it_stands_when_it_does() {
    let mut world = World::new(false);
    world.broken = true;
    observe(&mut world, alert("one"));
    world.pass(10_000);
    let end = Some(at(world.now));
    observe(&mut world, Alert { ends_at: end, ..alert("one") });
    world.broken = false;
    world.pass(300);
    assert_eq!(world.log.len(), 1);
    assert!(world.log[0].1.firing.is_empty() && world.log[0].1.resolved.len() == 1);
}

#[test]
fn what_got_worse_and_better_before_it_could_be_told_is_no_repetition() {
    let mut world = World::new(false);
    let of = |severity: Severity| Alert { severity, ..alert("one") };
    observe(&mut world, of(Severity::Medium));
    world.pass(310);
    observe(&mut world, of(Severity::High));
    world.broken = true;
    world.pass(60);
    observe(&mut world, of(Severity::Low));
    world.broken = false;
    let before = world.log.len();
    world.pass(3 * INTERVAL);
    assert_eq!(world.log.len(), before, "nothing is new, and it is too early to say the same again");
    world.pass(REPEAT);
    assert!(world.log.len() == before + 1 && world.log[before].1.repeated);
}

#[test]
fn no_more_is_taken_than_there_is_room_for_and_what_is_known_still_changes() {
    let config = config(RECEIVERS, "{receiver: all}");
    let mut state = State::default();
    let observe =
        |state: &mut State, name: &str, ends_at| state.observe(&config.tree, Alert { ends_at, ..alert(name) }, at(0));
    for number in 0..MOST {
        observe(&mut state, &number.to_string(), None).unwrap();
    }
    assert_eq!(observe(&mut state, "one more", None), Err(Refused::Full));
    observe(&mut state, "7", Some(at(0))).unwrap();
    assert!(!state.known("7").unwrap().is_firing() && state.known("one more").is_none());
}

#[test]
fn a_clock_that_is_set_back_delays_nothing_for_long() {
    let mut world = World::new(false);
    world.now = 1_000_000;
    observe(&mut world, alert("one"));
    world.pass(WAIT);
    world.now = 0;
    world.step();
    observe(&mut world, alert("two"));
    world.pass(INTERVAL + WAIT);
    assert_eq!(world.log.len(), 2);
}

#[test]
fn a_new_receiver_hears_of_what_is_open_and_an_old_one_nothing_twice() {
    let mut world = World::new(false);
    observe(&mut world, alert("one"));
    world.pass(WAIT);
    let new = "{receiver: worst, groupWait: 10s, groupInterval: 60s, repeatInterval: 300s, routes: [\
               {receiver: all, groupBy: [severity], continue: true}, {receiver: worst}]}";
    world.config = config(RECEIVERS, new);
    world.state.adopt(&world.config.tree, at(world.now));
    world.pass(REPEAT - WAIT);
    let told: Vec<&str> = world.log.iter().map(|(_, message)| message.receiver.as_str()).collect();
    assert_eq!(told, ["all", "worst"]);
    world.pass(WAIT);
    assert!(world.log[2].1.receiver == "all" && world.log[2].1.repeated);
}

#[test]
fn who_knows_that_it_is_over_is_not_told_once_more_when_the_configuration_is_read_again() {
    let mut world = World::new(false);
    observe(&mut world, Alert { severity: Severity::Critical, ..alert("one") });
    world.pass(51);
    observe(&mut world, alert("two"));
    let end = Some(at(world.now));
    world.pass(30);
    observe(&mut world, Alert { severity: Severity::Critical, ends_at: end, ..alert("one") });
    world.pass(30);
    world.act(&Act::Restart);
    world.pass(INTERVAL);
    let over =
        |receiver: &str| world.log.iter().filter(|(_, it)| it.receiver == receiver && !it.resolved.is_empty()).count();
    assert_eq!((over("worst"), over("all")), (1, 1));
}

#[test]
fn late_word_of_what_is_over_begins_nothing() {
    let mut world = World::new(false);
    observe(&mut world, alert("one"));
    world.pass(WAIT);
    let end = Some(at(world.now));
    observe(&mut world, Alert { ends_at: end, ..alert("one") });
    observe(&mut world, alert("one"));
    world.pass(10 * REPEAT);
    assert_eq!(world.log.len(), 2);
    assert!(!world.state.known("one").unwrap().is_firing());
    let by = Acknowledged { by: "ada".to_owned(), at: at(0), note: String::new() };
    assert_eq!(world.state.acknowledge("one", by.clone()), Err(Refused::Over));
    assert_eq!(world.state.acknowledge("two", by), Err(Refused::Unknown));
}

#[test]
fn a_silence_has_an_end_a_reason_and_an_owner() {
    let matching = Match { names: vec!["a".to_owned()], ..Match::default() };
    let good = Silence {
        matching,
        starts_at: at(0),
        ends_at: at(60),
        reason: "maintenance".to_owned(),
        owner: "ada".to_owned(),
    };
    let mut state = State::default();
    state.silence("good", good.clone(), at(0)).unwrap();
    let month = Timestamp::from_second(at(0).as_second() + 32 * 86_400).unwrap();
    for bad in [
        Silence { reason: " ".to_owned(), ..good.clone() },
        Silence { owner: String::new(), ..good.clone() },
        Silence { ends_at: at(0), ..good.clone() },
        Silence { ends_at: month, ..good.clone() },
        Silence { matching: Match::default(), ..good.clone() },
        Silence {
            starts_at: at(86_400),
            ends_at: Timestamp::from_second(at(86_400).as_second() + 32 * 86_400).unwrap(),
            ..good.clone()
        },
    ] {
        assert!(state.silence("bad", bad, at(0)).is_err());
    }
    let covers = |second: i64| good.covers(&Alert { name: "a".to_owned(), ..alert("one") }, at(second));
    assert_eq!(
        [-1, 0, 59, 60].map(covers),
        [false, true, true, false],
        "it begins with its first moment, and ends with its last"
    );
    assert_eq!(state.silences().count(), 1);
    assert!(state.unsilence("good") && !state.unsilence("good"));
}
