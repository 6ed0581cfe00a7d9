//! Alerts before receivers that others wrote.
#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests run programs"
)]

#[path = "../../../crates/cloister-alert/tests/support/mod.rs"]
mod alerts;
#[path = "../../../crates/cloister-alert/tests/support/server.rs"]
mod server;

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use alerts::{alert, message};
use cloister_alert::send::{Answer, Failure, Patience, Sink};
use cloister_alert::{Alert, Config, Message, State};
use cloister_e2e_alerts::{PATIENCE, Server, free_port, get, run, until};
use cloister_model::Severity;
use jiff::{SignedDuration, Timestamp};
use nix::unistd::User;
use serde_json::Value;
use server::{Request, answer, endpoint};

fn told(config: &Config, message: &Message) -> Result<Answer, Failure> {
    Sink::new(config.receiver(&message.receiver).unwrap(), config, Patience::default()).send(message)
}

/// An Alertmanager that tells an endpoint of ours at once.
fn alertmanager(folder: &Path, hook: &str) -> (Server, u16) {
    let port = free_port().unwrap();
    let configuration = format!(
        "route:\n  receiver: hook\n  group_by: [namespace]\n  group_wait: 1s\n  group_interval: 1s\n  repeat_interval: 1h\n\
         receivers:\n- name: hook\n  webhook_configs:\n  - url: http://{hook}/\n    send_resolved: true\n"
    );
    fs::write(folder.join("alertmanager.yml"), configuration).unwrap();
    let mut command = Command::new("prometheus-alertmanager");
    command.current_dir(folder).args(["--config.file=alertmanager.yml", "--storage.path=alertmanager"]);
    command.args([&format!("--web.listen-address=127.0.0.1:{port}"), "--cluster.listen-address="]);
    (Server::start(command, port, &folder.join("alertmanager.log")).unwrap(), port)
}

fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

#[test]
fn an_alertmanager_takes_groups_and_resolves_what_we_tell_it() {
    let folder = tempfile::tempdir().unwrap();
    let (hook, requests) = endpoint(&[&answer("200 OK", "")]);
    let (_server, port) = alertmanager(folder.path(), &hook);
    let receivers = format!("[{{name: team, alertmanager: {{url: 'http://127.0.0.1:{port}'}}}}]");
    let config = alerts::config(&receivers, "{receiver: team, groupWait: 0s, groupInterval: 1s}");
    let (mut state, now) = (State::default(), Timestamp::now());
    let both = ["one", "two"].map(|name| Alert { starts_at: now, name: format!("rule-{name}"), ..alert(name) });
    let mut step = |ends_at: Option<Timestamp>, now: Timestamp| {
        for alert in &both {
            state.observe(&config.tree, Alert { ends_at, ..alert.clone() }, now).unwrap();
        }
        let messages = state.step(&config.tree, now);
        assert_eq!(messages.len(), 1);
        assert!(told(&config, &messages[0]).unwrap().said.starts_with("200"));
        state.delivered(&messages[0].id, now);
    };
    step(None, now);
    let first = body(&requests.recv_timeout(PATIENCE).unwrap());
    assert_eq!((&first["status"], &first["groupLabels"]["namespace"]), (&"firing".into(), &"clinic".into()));
    assert_eq!(first["alerts"].as_array().unwrap().len(), 2, "they are told together");
    let kept: Value = serde_json::from_str(&get(port, "/api/v2/alerts").unwrap()).unwrap();
    let labels = &kept[0]["labels"];
    assert!(
        labels["severity"] == "high" && labels["article"] == "32(1)(b)" && labels["category"] == "health",
        "{kept}"
    );
    assert_eq!(kept[0]["annotations"]["who"], "ada@clinic.example");

    let later = now + SignedDuration::from_secs(2);
    step(Some(now + SignedDuration::from_secs(1)), later);
    let over =
        until("resolved message", || requests.try_iter().map(|it| body(&it)).find(|it| it["status"] == "resolved"));
    assert_eq!(over.unwrap()["alerts"].as_array().unwrap().len(), 2);
}

#[test]
fn prometheus_takes_the_rules_and_tells_an_alertmanager_until_it_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let (hook, requests) = endpoint(&[&answer("200 OK", "")]);
    let (_alertmanager, alertmanager) = alertmanager(folder.path(), &hook);
    let metrics = |faults: u32| {
        answer(
            "200 OK",
            &format!("cloister_hub_build_info{{version=\"1\"}} 1\ncloister_hub_evidence_faults {faults}\n"),
        )
        .replace("Content-Length", "Content-Type: text/plain; version=0.0.4\r\nContent-Length")
    };
    let mut answers = vec![metrics(1); 8];
    answers.push(metrics(0));
    let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
    let (hub, _scrapes) = endpoint(&answers);
    let port = free_port().unwrap();
    fs::write(folder.path().join("rules.yaml"), cloister_monitoring::rules_yaml()).unwrap();
    let configuration = format!(
        "global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: [rules.yaml]\n\
         alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{alertmanager}']}}]}}]}}\n\
         scrape_configs: [{{job_name: cloister-hub, static_configs: [{{targets: ['{hub}']}}]}}]\n"
    );
    fs::write(folder.path().join("prometheus.yml"), configuration).unwrap();
    let mut command = Command::new("prometheus");
    command.current_dir(folder.path()).args(["--config.file=prometheus.yml", "--storage.tsdb.path=data"]);
    command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
    let _prometheus = Server::start(command, port, &folder.path().join("prometheus.log")).unwrap();
    for status in ["firing", "resolved"] {
        let told = until(status, || {
            let mut all = requests.try_iter().map(|it| body(&it));
            all.find(|it| it["status"] == status && it["alerts"][0]["labels"]["alertname"] == "CloisterEvidenceBroken")
        });
        let told = told.unwrap();
        assert_eq!(told["alerts"][0]["labels"]["app"], "cloister");
        assert_eq!(told["alerts"][0]["annotations"]["articles"], "5(2), 32(1)(b)");
    }
}

#[test]
fn promtool_finds_rules_tests_and_dashboards_sound() {
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/monitoring");
    let said = run(Command::new("promtool").current_dir(&deploy).args(["check", "rules", "rules.yaml"])).unwrap();
    let count = cloister_monitoring::alerting().len() + cloister_monitoring::recording().len();
    assert!(said.contains(&format!("{count} rules found")), "{said}");
    run(Command::new("promtool").current_dir(&deploy).args(["test", "rules", "rules.test.yaml"])).unwrap();
    // What the dashboard asks is asked as rules, which promtool reads.
    let panels = cloister_monitoring::dashboard().rows.iter().flat_map(|row| row.iter());
    let rules =
        panels.enumerate().map(|(number, panel)| format!("  - record: panel:{number}\n    expr: '{}'\n", panel.expr));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("panels.yaml");
    fs::write(&file, format!("groups:\n- name: panels\n  rules:\n{}", rules.collect::<String>())).unwrap();
    run(Command::new("promtool").args(["check", "rules"]).arg(&file)).unwrap();
}

const USER: &str = "Debian-exim";

/// An Exim with a certificate of an authority of its own: ports with STARTTLS and with TLS at once.
fn exim(folder: &Path) -> (Server, u16, u16) {
    for arguments in [
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=ca",
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr -subj /CN=localhost \
         -addext subjectAltName=DNS:localhost",
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -copy_extensions copy -out server.crt",
    ] {
        run(Command::new("openssl").current_dir(folder).args(arguments.split_whitespace())).unwrap();
    }
    let (starttls, implicit) = (free_port().unwrap(), free_port().unwrap());
    let root = folder.display();
    let is = |name: &str, secret: &str| {
        format!("${{if and{{{{eq{{{name}}}{{cloister}}}}{{eq{{{secret}}}{{a password}}}}}}}}")
    };
    let configuration = format!(
        "primary_hostname = server.example\nspool_directory = {root}\nlog_file_path = {root}/%slog\npid_file_path = {root}/pid\n\
         exim_user = {USER}\nexim_group = {USER}\nkeep_environment =\nhost_lookup =\nlocal_interfaces = 127.0.0.1\n\
         daemon_smtp_ports = {starttls} : {implicit}\ntls_on_connect_ports = {implicit}\ntls_advertise_hosts = *\n\
         tls_certificate = {root}/server.crt\ntls_privatekey = {root}/server.key\n\
         auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}\nacl_smtp_rcpt = to\nacl_smtp_data = accept\n\
         begin acl\nto:\n deny !authenticated = *\n deny local_parts = nobody\n accept\n\
         begin authenticators\n\
         plain:\n driver = plaintext\n public_name = PLAIN\n server_prompts = :\n server_condition = {}\n\
         server_set_id = $auth2\n\
         begin routers\nall:\n driver = accept\n transport = file\n\
         begin transports\nfile:\n driver = appendfile\n file = {root}/mail/$message_exim_id\n user = {USER}\n",
        is("$auth2", "$auth3")
    );
    fs::create_dir(folder.join("mail")).unwrap();
    fs::write(folder.join("conf"), configuration).unwrap();
    let user = User::from_name(USER).unwrap().unwrap_or_else(|| panic!("install exim4-daemon-light"));
    let give = |path: &Path| chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw())).unwrap();
    fs::read_dir(folder).unwrap().for_each(|entry| give(&entry.unwrap().path()));
    give(folder);
    let mut command = Command::new("/usr/sbin/exim4");
    command.uid(user.uid.as_raw()).gid(user.gid.as_raw()).current_dir(folder).env("HOME", folder);
    command.arg("-C").arg(folder.join("conf")).arg("-bdf");
    (Server::start(command, starttls, &folder.join("log")).unwrap(), starttls, implicit)
}

/// What Python's reader of mail makes of a file.
fn read_mail(file: &Path) -> Value {
    const READER: &str = "import email, email.policy, json, sys\n\
        it = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)\n\
        parts = {part.get_content_type(): part.get_content() for part in it.walk() if not part.is_multipart()}\n\
        defects = [str(one) for part in it.walk() for one in part.defects]\n\
        print(json.dumps({'headers': dict(it.items()), 'parts': parts, 'defects': defects}))\n";
    serde_json::from_str(&run(Command::new("python3").args(["-c", READER]).arg(file)).unwrap()).unwrap()
}

#[test]
fn mail_arrives_encrypted_signed_in_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (server, starttls, implicit) = exim(folder.path());
    let password = tempfile::tempdir().unwrap();
    let path = |name: &str| password.path().join(name).display().to_string();
    fs::write(path("good"), "a password\n").unwrap();
    fs::write(path("bad"), "another password\n").unwrap();
    let ca = folder.path().join("ca.crt").display().to_string();
    let email = |port: u16, tls: &str, secret: &str, ca: &str| {
        let text = format!(
            "apiVersion: cloister.dev/v1alpha1\nkind: AlertConfiguration\nspec:\n  allowNetworks: [127.0.0.0/8, '::1/128']\n  \
             receivers:\n  - name: team\n    {ca}\n    email:\n      {{host: localhost, port: {port}, tls: {tls}, \
             username: cloister, password: {{file: {secret}}}, from: 'Größe <alerts@example.org>', \
             to: [privacy@example.org, nobody@example.org]}}\n  route: {{receiver: team}}\n"
        );
        Config::read(&text, "alerts.yaml").unwrap_or_else(|faults| panic!("{faults:?}"))
    };
    let trusted = format!("caFile: {ca}");
    let hostile = Alert {
        title: "Grüße\r\nBcc: x@example.org\r\n\r\n.\r\n<script>".to_owned(),
        severity: Severity::Critical,
        ..alert("one")
    };
    let sent = message(vec![hostile], vec![alert("two")]);
    for (port, tls) in [(starttls, "startTls"), (implicit, "implicit")] {
        let answer = told(&email(port, tls, &path("good"), &trusted), &sent)
            .unwrap_or_else(|it| panic!("{it:?} {}", server.said()));
        assert!(answer.said.starts_with("250") && answer.said.contains("nobody@example.org"), "{answer:?}");
    }
    // Exim's locks lie beside them for a moment, with a dot in their names.
    let listed = || fs::read_dir(folder.path().join("mail")).unwrap().map(|it| it.unwrap().path());
    let mails = until("two mails", || {
        let all: Vec<_> = listed().filter(|path| path.extension().is_none()).collect();
        (all.len() == 2).then_some(all)
    });
    for file in mails.unwrap() {
        let mail = until("whole mail", || fs::read_to_string(&file).ok().filter(|it| it.ends_with("--\n\n"))).unwrap();
        assert!(mail.contains("Auto-Submitted: auto-generated"));
        let mail = read_mail(&file);
        assert_eq!(mail["defects"], Value::Array(Vec::new()));
        let headers = &mail["headers"];
        assert!(headers.get("Bcc").is_none(), "{headers}");
        assert!(headers["Subject"].as_str().unwrap().starts_with("Critical: Grüße\\u{d}\\u{a}Bcc"), "{headers}");
        assert_eq!(headers["From"], "Größe <alerts@example.org>");
        assert_eq!(headers["To"], "privacy@example.org, nobody@example.org");
        let (text, page) =
            (mail["parts"]["text/plain"].as_str().unwrap(), mail["parts"]["text/html"].as_str().unwrap());
        assert!(
            text.contains("Who       ada@clinic.example") && text.contains("https://hub.clinic.example/detections/17")
        );
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script"));
    }
    let refused = |config: &Config| told(config, &sent).unwrap_err();
    let failure = refused(&email(starttls, "startTls", &path("bad"), &trusted));
    assert!(
        failure.cause.contains("does not let us in: 535") && !format!("{failure:?}").contains("another"),
        "{failure:?}"
    );
    let failure = refused(&email(starttls, "startTls", &path("good"), "sendResolved: true"));
    assert!(failure.cause.contains("TLS with localhost fails") && failure.help.contains("caFile"), "{failure:?}");
    let failure = refused(&email(implicit, "startTls", &path("good"), &trusted));
    assert!(!failure.help.is_empty(), "{failure:?}");
    assert_eq!(listed().count(), 2);
}

/// A hub that watches a folder and tells people as this configuration says.
fn hub(home: &Path, watched: &Path, configuration: &str) -> Server {
    let file = home.join("alerts.yaml");
    fs::write(&file, configuration).unwrap();
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), Into::into);
    let port = free_port().unwrap();
    let mut command = Command::new(target.join("release/cloister"));
    command.arg("serve").arg("--watch").arg(watched).arg("--alerts").arg(&file);
    command.args(["--name", "prod", "--listen", &format!("127.0.0.1:{port}")]);
    command.env("XDG_STATE_HOME", home).env_remove("CLOISTER_HUB_TOKENS");
    Server::start(command, port, &home.join("hub.log")).unwrap()
}

/// Two workloads of one namespace; each runs privileged or not.
fn workloads(folder: &Path, privileged: bool) {
    for name in ["front", "back"] {
        let text = format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: clinic}}\nspec:\n  \
             selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec:\n      \
             containers:\n      - name: {name}\n        image: registry.example/{name}:1\n        \
             securityContext: {{privileged: {privileged}}}\n"
        );
        fs::write(folder.join(format!("{name}.yaml")), text).unwrap();
    }
}

/// Once the findings of a folder appear they are in Alertmanager, one alert for both workloads, in the group of their
/// namespace; and in a mail. Mended, they are over in both, although the hub was killed in between.
#[test]
fn findings_of_a_watched_folder_arrive_grouped_and_are_over_when_they_are_mended() {
    const CHECK: &str = "privileged-container";
    let folder = tempfile::tempdir().unwrap();
    let (hook, requests) = endpoint(&[&answer("200 OK", "")]);
    let (_alertmanager, port) = alertmanager(folder.path(), &hook);
    let post = tempfile::tempdir().unwrap();
    let (_exim, starttls, _) = exim(post.path());
    let home = tempfile::tempdir().unwrap();
    let secret = home.path().join("password");
    fs::write(&secret, "a password\n").unwrap();
    let configuration = format!(
        "apiVersion: cloister.dev/v1alpha1\nkind: AlertConfiguration\nspec:\n  allowNetworks: [127.0.0.0/8, '::1/128']\n  \
         receivers:\n  - name: team\n    alertmanager: {{url: 'http://127.0.0.1:{port}'}}\n  - name: officer\n    \
         caFile: {}\n    email: {{host: localhost, port: {starttls}, username: cloister, password: {{file: {}}}, \
         from: alerts@example.org, to: [privacy@example.org]}}\n  route:\n    receiver: team\n    groupWait: 1s\n    \
         groupInterval: 1s\n    routes:\n    - {{receiver: officer, continue: true}}\n    - {{receiver: team}}\n",
        post.path().join("ca.crt").display(),
        secret.display()
    );
    let watched = tempfile::tempdir().unwrap();
    workloads(watched.path(), true);
    let running = hub(home.path(), watched.path(), &configuration);
    let told = |status: &'static str| {
        let of_check = |it: &Value| {
            it["alerts"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one["labels"]["alertname"] == CHECK && one["status"] == status)
        };
        until(status, || requests.try_iter().map(|it| body(&it)).find(|it| of_check(it))).unwrap()
    };
    let first = told("firing");
    assert_eq!(first["groupLabels"]["namespace"], "clinic");
    let alerts = first["alerts"].as_array().unwrap();
    let of_check: Vec<&Value> = alerts.iter().filter(|one| one["labels"]["alertname"] == CHECK).collect();
    assert_eq!(of_check.len(), 1, "both workloads in one alert");
    let what = of_check[0]["annotations"]["what"].as_str().unwrap();
    assert!(what.contains("front") && what.contains("back"), "{what}");
    assert_eq!(
        (&of_check[0]["labels"]["source"], &of_check[0]["labels"]["severity"]),
        (&"prod".into(), &"critical".into())
    );

    // Texts of the mails about it.
    let mails = || -> Vec<String> {
        let listed = fs::read_dir(post.path().join("mail")).unwrap().map(|it| it.unwrap().path());
        let whole = |path: &PathBuf| fs::read_to_string(path).is_ok_and(|mail| mail.ends_with("--\n\n"));
        // Locks lie beside them for a moment, with a dot in their names.
        let all = listed.filter(|path| path.extension().is_none() && whole(path));
        let texts = all.map(|path| read_mail(&path)["parts"]["text/plain"].as_str().unwrap_or_default().to_owned());
        texts.filter(|text| text.contains("Container runs privileged")).collect()
    };
    let mail = until("mail", || mails().pop()).unwrap();
    assert!(mail.contains("Deployment clinic/back, Deployment clinic/front"), "{mail}");

    // What was told before is known after a kill: it is not told as new again.
    drop(running);
    let _running = hub(home.path(), watched.path(), &configuration);
    workloads(watched.path(), false);
    let last = told("resolved");
    let over = last["alerts"].as_array().unwrap().iter().filter(|one| one["labels"]["alertname"] == CHECK);
    assert!(over.clone().all(|one| one["status"] == "resolved") && over.count() == 1, "{last}");
    let both = until("second mail", || Some(mails()).filter(|all| all.len() > 1)).unwrap();
    assert_eq!(both.iter().filter(|text| text.starts_with("Over: ")).count(), 1, "{both:?}");
    assert_eq!(both.len(), 2, "{both:?}");
}

#[test]
fn a_server_of_fluentds_protocol_takes_records() {
    let folder = tempfile::tempdir().unwrap();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("fluentd");
    for file in ["package.json", "package-lock.json", "server.js"] {
        fs::copy(own.join(file), folder.path().join(file)).unwrap();
    }
    let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    run(Command::new("npm").current_dir(folder.path()).args(install)).unwrap();
    let port = free_port().unwrap();
    let mut command = Command::new("node");
    command.current_dir(folder.path()).args(["server.js", &port.to_string()]);
    let server = Server::start(command, port, &folder.path().join("server.log")).unwrap();
    let receivers = format!("[{{name: team, fluentd: {{host: 127.0.0.1, port: {port}, tag: here}}}}]");
    let config = alerts::config(&receivers, "{receiver: team}");
    let sent = message(vec![alert("one")], vec![alert("two")]);
    assert_eq!(told(&config, &sent).unwrap_or_else(|it| panic!("{it:?} {}", server.said())).said, "acknowledged");
    let said = until("records", || Some(server.said()).filter(|said| said.lines().count() >= 3)).unwrap();
    let records: Vec<Value> = said.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&records[0]["tag"], &records[0]["record"]["status"]), (&"here".into(), &"firing".into()));
    assert_eq!(
        (&records[1]["record"]["status"], &records[1]["record"]["fingerprint"]),
        (&"resolved".into(), &"two".into())
    );
    assert_eq!(records[0]["record"]["who"], "ada@clinic.example");
}
