//! What users rely on: that words mean what the programs make of them.

use cloister_flags::{CommandLine, Effective, Fault, Instead, Outcome, Program, Since, Source, Value, Version, flags};

fn line(program: Program, version: &str, words: &[&str]) -> CommandLine {
    CommandLine::parse(program, Version::parse(version), words)
}

fn api(words: &[&str]) -> CommandLine {
    line(Program::ApiServer, "v1.37.2", words)
}

fn faults(line: &CommandLine) -> Vec<&Fault> {
    line.diagnostics().iter().map(|diagnostic| &diagnostic.fault).collect()
}

#[test]
fn the_last_word_counts_and_earlier_ones_are_told() {
    let line = api(&["--profiling=false", "--profiling"]);
    assert_eq!(line.effective("profiling").boolean(), Some(true));
    assert_eq!(line.effective("profiling").source(), Some(&Source::Words(vec![0, 1])));
    assert_eq!(faults(&line), [&Fault::Overridden { flag: "profiling", by: 1 }]);
}

#[test]
fn lists_add_up_and_replace_their_default() {
    let line = api(&["--authorization-mode=Node,RBAC", "--authorization_mode", "Webhook"]);
    assert_eq!(line.effective("authorization-mode").list().map(<[String]>::len), Some(3));
    let line = api(&["--service-account-issuer=https://a", "--service-account-issuer=https://b,c"]);
    assert_eq!(
        line.effective("service-account-issuer").list(),
        Some(&["https://a".to_owned(), "https://b,c".to_owned()][..])
    );
}

#[test]
fn a_switch_never_takes_the_next_word() {
    let line = api(&["--anonymous-auth", "false"]);
    assert_eq!(line.effective("anonymous-auth").boolean(), Some(true));
    assert!(matches!(line.outcome(), Outcome::Fails(it) if it.word == 1 && it.fault == Fault::Argument));
}

#[test]
fn a_value_may_look_like_a_flag() {
    let line = api(&["--etcd-cafile", "--profiling=false"]);
    assert_eq!(line.effective("etcd-cafile").text(), Some("--profiling=false"));
    assert!(!line.effective("profiling").is_set());
}

#[test]
fn shorthands_may_stand_together() {
    assert_eq!(api(&["-v4"]).effective("v").number(), Some(4));
    assert_eq!(api(&["-v=4"]).effective("v").number(), Some(4));
    let line = api(&["-hv", "4"]);
    assert_eq!((line.effective("v").number(), line.outcome()), (Some(4), Outcome::PrintsHelp));
}

#[test]
fn one_dash_is_not_two() {
    let line = api(&["-anonymous-auth=false"]);
    assert!(matches!(line.outcome(), Outcome::Fails(it) if it.fault == Fault::UnknownShorthand { letter: 'a' }));
    let line = self::line(Program::Etcd, "3.6.5", &["-client-cert-auth", "--auto-tls=true"]);
    assert_eq!(line.effective("client-cert-auth").boolean(), Some(true));
    assert_eq!(line.outcome(), Outcome::Starts);
}

#[test]
fn nothing_after_two_dashes_is_a_flag() {
    let line = api(&["--", "--profiling=false"]);
    assert_eq!(line.effective("profiling").boolean(), Some(true));
    assert!(matches!(line.outcome(), Outcome::Fails(it) if it.fault == Fault::Argument));
}

#[test]
fn values_that_cannot_be_read_stop_the_program_and_are_not_told() {
    for words in [["--profiling=yes"], ["--secure-port=6443x"], ["--request-timeout=60"], ["--bind-address=localhost"]]
    {
        let line = api(&words);
        let Outcome::Fails(diagnostic) = line.outcome() else { panic!("{words:?}") };
        let (_, value) = words[0].split_once('=').unwrap();
        assert!(!diagnostic.fault.to_string().contains(value), "{}", diagnostic.fault);
    }
    assert!(
        matches!(api(&["--secure-port"]).outcome(), Outcome::Fails(it) if it.fault == Fault::MissingValue { flag: "secure-port" })
    );
}

#[test]
fn a_removed_flag_tells_where_it_was() {
    let words = ["--pod-infra-container-image=pause"];
    let line = self::line(Program::Kubelet, "1.37", &words);
    let Outcome::Fails(diagnostic) = line.outcome() else { panic!("it starts") };
    let Fault::UnknownFlag { known, .. } = &diagnostic.fault else { panic!("{}", diagnostic.fault) };
    assert!(!known.is_empty());
    assert_eq!(self::line(Program::Kubelet, "1.30", &words).outcome(), Outcome::Starts);
    assert!(matches!(CommandLine::parse(Program::Kubelet, None, &words).outcome(), Outcome::Depends(_)));
}

#[test]
fn deprecated_flags_say_what_to_write() {
    let line = self::line(Program::Kubelet, "1.37", &["--read-only-port=0"]);
    let instead = Instead::ConfigurationFile;
    let Some(Fault::Deprecated { flag: "read-only-port", since: Since::Before(_), instead: told }) =
        faults(&line).first().copied()
    else {
        panic!("{:?}", line.diagnostics())
    };
    assert_eq!(*told, instead);
}

#[test]
fn defaults_are_those_of_the_version() {
    // The oldest difference that etcd's documentation tells, too.
    assert_eq!(line(Program::Etcd, "3.5.9", &[]).effective("snapshot-count").number(), Some(100_000));
    assert_eq!(line(Program::Etcd, "3.6.0", &[]).effective("snapshot-count").number(), Some(10_000));
    let open = CommandLine::parse(Program::Etcd, None, &[]).effective("snapshot-count");
    assert!(
        matches!(open, Effective::Depends(each) if each.first().is_some_and(|(_, value)| *value == Some(Value::Integer(100_000))))
    );
    assert_eq!(CommandLine::parse(Program::ApiServer, None, &[]).effective("profiling").boolean(), Some(true));
    assert_eq!(line(Program::ApiServer, "1.29", &[]).version(), None);
}

#[test]
fn gates_are_told_by_flag_by_stage_or_by_version() {
    let line = api(&["--feature-gates=ComponentFlagz=true", "--feature-gates=ComponentFlagz=false"]);
    assert_eq!(line.gate("ComponentFlagz").boolean(), Some(false));
    assert_eq!(line.gate("ComponentFlagz").word(), Some(1));
    let line = api(&["--feature-gates=AllAlpha=true,CoordinatedLeaderElection=false"]);
    assert_eq!(line.gate("CoordinatedLeaderElection").boolean(), Some(false));
    assert_eq!(api(&[]).gate("NoSuchGate"), Effective::Absent);
    for wrong in ["NoSuchGate=true", "ComponentFlagz=maybe", "ComponentFlagz", "other:ComponentFlagz=true"] {
        let flag = format!("--feature-gates={wrong}");
        assert!(matches!(api(&[&flag]).outcome(), Outcome::Fails(_)), "{wrong}");
    }
}

#[test]
fn the_environment_speaks_where_no_word_does() {
    let line = self::line(Program::Etcd, "3.6", &["--cert-file=a"]).with_environment([
        ("ETCD_CERT_FILE", "b"),
        ("ETCD_KEY_FILE", "c"),
        ("ETCD_TRUSTED_CA_FILE", ""),
        ("PATH", "/bin"),
    ]);
    assert_eq!(line.effective("cert-file").text(), Some("a"));
    assert_eq!(line.effective("key-file").text(), Some("c"));
    assert_eq!(line.effective("key-file").source(), Some(&Source::Environment("ETCD_KEY_FILE".to_owned())));
    assert_eq!(line.effective("trusted-ca-file").text(), Some(""));
    let other = api(&[]).with_environment([("ETCD_CERT_FILE", "b")]);
    assert_eq!(other.effective("etcd-certfile").text(), Some(""));
}

#[test]
fn no_address_keeps_the_one_that_is_set() {
    let line = self::line(Program::Kubelet, "1.37", &["--address="]);
    assert_eq!(line.effective("address").text(), Some("0.0.0.0"));
    assert_eq!(line.shown("address").as_deref(), Some(""));
}

#[test]
fn every_default_is_what_the_program_would_read() {
    for program in Program::ALL {
        for flag in flags(*program) {
            let versions = program.versions();
            for minor in versions.first..=versions.last {
                let version = Version { major: versions.major, minor, patch: None };
                let here = flag.spans.iter().filter(|span| span.versions.contain(version)).count();
                let effective = CommandLine::parse(*program, Some(version), &[]).effective(flag.name);
                assert_eq!(effective.value().is_some(), here == 1, "{} {version} {}", program.name(), flag.name);
            }
        }
    }
}
