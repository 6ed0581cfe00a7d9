//! `cloister harden`, and that no key leaves by any way: what users rely on.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs the program"
)]

mod support;

use std::os::unix::fs::PermissionsExt;

use support::{cloister, folder};

const PLANTED: &str = "cGxhbnRlZC1rZXktb2YtMzItYnl0ZXMtZm9yLXRlc3Q=";

fn run(arguments: &[&str]) -> (String, String, i32) {
    let output = cloister().args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap())
}

fn configuration() -> String {
    format!(
        "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  \
         providers:\n  - aescbc: {{keys: [{{name: old, secret: {PLANTED}}}]}}\n  - identity: {{}}\n"
    )
}

const SEED: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: seed, namespace: shop}\ndata:\n  debit: \"A. Person, DE02 \
                    1203 0000 0000 2020 51\"\n";

#[test]
fn the_steps_keep_what_is_there_and_name_what_holds_personal_data() {
    let folder = folder(&[("enc.yaml", &configuration()), ("seed.yaml", SEED)]);
    let path = folder.path().to_str().unwrap();
    let (out, errors, exit) = run(&["harden", "encryption-config", "--from", path]);
    assert_eq!(exit, 0, "{errors}");
    assert_eq!(out.matches("kind: EncryptionConfiguration").count(), 3, "{out}");
    assert_eq!(out.matches("- \"configmaps\"").count(), 3, "{out}");
    assert_eq!(out.matches("KEEP-THE-KEY-OF: old").count(), 2, "{out}");
    assert_eq!(out.matches("REPLACE-ME").count(), 3, "{out}");
    assert!(!out.contains(PLANTED) && !errors.contains(PLANTED));
}

#[test]
fn what_is_encrypted_today_stays_readable() {
    let text = format!(
        "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [events]\n  \
         providers: [{{identity: {{}}}}]\n- resources: [secrets]\n  providers:\n  - secretbox: {{keys: [{{name: one, secret: \
         {PLANTED}}}]}}\n- resources: [pandas.bears.example]\n  providers:\n  - aesgcm: {{keys: [{{name: two, secret: \
         {PLANTED}}}]}}\n"
    );
    let folder = folder(&[("enc.yaml", &text), ("seed.yaml", SEED)]);
    let (out, errors, exit) = run(&["harden", "encryption-config", "--from", folder.path().to_str().unwrap()]);
    assert_eq!(exit, 0, "{errors}");
    let steps: Vec<&str> = out.split("---\n").collect();
    assert_eq!(steps.len(), 3);
    for step in &steps {
        for name in ["\"events\"", "\"secrets\"", "\"configmaps\"", "\"pandas.bears.example\""] {
            assert!(step.contains(name), "{name}\n{step}");
        }
    }
    // ConfigMaps lie in the clear today, and pandas are read by a key of their own.
    for step in steps.iter().take(2) {
        assert!(step.contains("KEEP-THE-KEY-OF: two") && step.trim_end().ends_with("- identity: {}"), "{step}");
    }
}

#[test]
fn a_new_key_goes_into_files_of_their_owner_and_nowhere_else() {
    let folder = folder(&[("seed.yaml", SEED)]);
    let elsewhere = support::folder(&[]);
    let (path, target) = (folder.path().to_str().unwrap().to_owned(), elsewhere.path().join("rollout"));
    let asked = ["harden", "encryption-config", "--from", &path, "--with-new-key"];
    let (out, _, exit) = run(&asked);
    assert!(exit == 2 && out.is_empty(), "it needs --output: {out}");
    let with_output: Vec<&str> = asked.iter().copied().chain(["--output", target.to_str().unwrap()]).collect();
    let (out, errors, exit) = run(&with_output);
    assert_eq!(exit, 0, "{errors}");
    let mut keys = Vec::new();
    for name in ["1-read.yaml", "2-write.yaml", "3-drop.yaml"] {
        let file = target.join(name);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        let text = std::fs::read_to_string(&file).unwrap();
        let key = text.lines().find_map(|line| line.trim().strip_prefix("secret: ")).unwrap().to_owned();
        assert!(!out.contains(&key) && !errors.contains(&key));
        keys.push(key);
    }
    assert!(keys[0].len() == 46 && keys[0] == keys[1] && keys[1] == keys[2], "one key in all steps");
    let (_, errors, exit) = run(&with_output);
    assert!(exit == 2 && errors.contains("never overwritten"), "{errors}");
}

#[test]
fn the_issuer_of_flags_is_taken_over_with_its_names() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: \
               kube-apiserver\n    image: registry.k8s.io/kube-apiserver:v1.33.0\n    command: [kube-apiserver, \
               '--oidc-issuer-url=https://id.example.org', --oidc-client-id=k8s, --oidc-groups-claim=groups]\n";
    let folder = folder(&[("pod.yaml", pod)]);
    let path = folder.path().to_str().unwrap();
    let (out, errors, exit) = run(&["harden", "authentication", "--from", path, "--kubernetes", "1.33"]);
    assert_eq!(exit, 0, "{errors}");
    for line in [
        "apiserver.config.k8s.io/v1beta1",
        "prefix: \"https://id.example.org#\"",
        "claim: \"groups\"",
        "- path: /livez",
    ] {
        assert!(out.contains(line), "{line}\n{out}");
    }
    let (_, errors, exit) = run(&["harden", "authentication", "--from", path, "--kubernetes", "1.29"]);
    assert!(exit == 2 && errors.contains("from 1.30"), "{errors}");
}

#[test]
fn a_scan_tells_no_key_in_any_report() {
    let kubeconfig = "apiVersion: v1\nkind: Config\nusers:\n- name: bot\n  user: {token: planted-token-1, password: planted-word-2, \
                      client-key-data: cGxhbnRlZC0z}\n";
    let folder = folder(&[("enc.yaml", &configuration()), ("admin.conf.yaml", kubeconfig)]);
    let path = folder.path().to_str().unwrap();
    for format in ["text", "json", "sarif", "html"] {
        let (out, errors, _) = run(&["scan", path, "-v", "-o", format]);
        assert!(out.contains("kubeconfig-with-token"), "{format}\n{errors}");
        for planted in [PLANTED, "planted-token-1", "planted-word-2", "cGxhbnRlZC0z"] {
            assert!(!out.contains(planted) && !errors.contains(planted), "{format}: {planted}");
        }
    }
}

const MESHED: &str = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled}}\n---\napiVersion: \
                      apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {template: {metadata: {labels: {app: \
                      web}}, spec: {containers: [{name: c, image: i}]}}}\n";

#[test]
fn a_mesh_is_made_strict_in_three_steps() {
    let here = folder(&[("shop.yaml", MESHED)]);
    let path = here.path().to_str().unwrap();
    let (out, errors, exit) = run(&["harden", "mesh-mtls", "--from", path]);
    assert_eq!(exit, 0, "{errors}");
    assert_eq!(out.matches("mode: STRICT").count(), 2, "{out}");
    assert!(errors.contains("mesh: Istio") && errors.contains("proof: "), "{errors}");
    let elsewhere = support::folder(&[]);
    let target = elsewhere.path().join("rollout");
    let (out, errors, exit) = run(&["harden", "mesh-mtls", "--from", path, "-o", target.to_str().unwrap()]);
    assert!(exit == 0 && out.is_empty(), "{errors}");
    let written = std::fs::read_to_string(target.join("3-mesh.yaml")).unwrap();
    assert!(written.contains("istio-system"), "{written}");
}

#[test]
fn without_a_mesh_the_choices_are_told_and_nothing_is_written() {
    let here = folder(&[("shop.yaml", &MESHED.replace("istio-injection: enabled", ""))]);
    let path = here.path().to_str().unwrap();
    let (out, errors, exit) = run(&["harden", "mesh-mtls", "--from", path]);
    assert!(exit == 2 && out.is_empty(), "{out}");
    assert!(errors.contains("no mesh is in the input") && errors.contains("WireGuard"), "{errors}");
    let (_, errors, exit) = run(&["harden", "mesh-mtls", "--from", path, "--mesh", "linkerd"]);
    assert!(exit == 2 && errors.contains("mesh of Linkerd"), "{errors}");
}
