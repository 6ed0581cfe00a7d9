//! The 148 pods whose verdict the Pod Security Standards themselves fix.

use cloister_e2e::judges::pod_security::{CONTROLS, Level, checks, fixtures};

#[test]
fn every_pod_of_the_standard_is_judged_as_the_standard_says() {
    let wrong: Vec<_> =
        fixtures(&checks().unwrap()).unwrap().into_iter().filter(|fixture| !fixture.agrees(None)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_loss_of_a_check_for_unmasked_proc_mounts_is_noticed() {
    // The one control of which the API server's validation leaves generated pods nothing to say at baseline.
    let fixtures = fixtures(&checks().unwrap()).unwrap();
    for level in Level::ALL {
        let noticed =
            fixtures.iter().any(|fixture| fixture.level == level && !fixture.agrees(Some("proc-mount-unmasked")));
        assert!(noticed, "{}", level.name());
    }
    assert_eq!(CONTROLS.len(), 17);
}
