//! The program of a kubeconfig's user that gets credentials, as client-go runs it
//! (client-go, `plugin/pkg/client/auth/exec`), and bounded in time.

use std::io::IsTerminal;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cloister_manifest::{Interner, parse_trees};
use cloister_model::{Diagnostic, Node};
use kube::config::{AuthInfo, ExecConfig, ExecInteractiveMode};
use serde_json::{Value, json};

use crate::program::{self, Ended};

/// How long it may take by itself.
const ALONE: Duration = Duration::from_secs(60);
/// How long it may take where it may ask a person.
const WITH_A_PERSON: Duration = Duration::from_secs(300);

/// Replaces the program of `user` by the credentials that it gives.
pub fn resolve(user: &mut AuthInfo) -> Result<(), Box<Diagnostic>> {
    refuse_providers(user)?;
    let Some(exec) = user.exec.take() else { return Ok(()) };
    let given = run(&exec, patience(&exec)).map_err(|cause| Box::new(no_credentials(&cause)))?;
    user.token = given.token.or_else(|| user.token.take());
    if given.client_certificate_data.is_some() {
        user.client_certificate_data = given.client_certificate_data;
        user.client_key_data = given.client_key_data;
    }
    Ok(())
}

/// What client-go took out in 1.26 (`plugin/pkg/client/auth/{gcp,azure}`) ran programs of its own, without bounds.
fn refuse_providers(user: &AuthInfo) -> Result<(), Box<Diagnostic>> {
    let Some(provider) = user.auth_provider.as_ref().filter(|provider| provider.name != "oidc") else { return Ok(()) };
    let instead = match provider.name.as_str() {
        "gcp" => "gke-gcloud-auth-plugin",
        "azure" => "kubelogin",
        _ => "a program for credentials (exec)",
    };
    let name: String = provider.name.chars().take(40).collect();
    let cause = format!("its user has the auth-provider \"{name}\", which Kubernetes 1.26 took out");
    Err(Box::new(Diagnostic::of_cluster("kubeconfig", cause).help(format!("use {instead} instead, as kubectl does"))))
}

fn no_credentials(cause: &str) -> Diagnostic {
    Diagnostic::of_cluster("kubeconfig", format!("there are no credentials: {cause}"))
        .help("log in again, or try the program of the kubeconfig's user by hand")
}

/// Whether it may ask: only a person at a terminal can answer.
fn may_ask(exec: &ExecConfig) -> bool {
    exec.interactive_mode != Some(ExecInteractiveMode::Never) && std::io::stdin().is_terminal()
}

fn patience(exec: &ExecConfig) -> Duration {
    if may_ask(exec) { WITH_A_PERSON } else { ALONE }
}

fn run(exec: &ExecConfig, patience: Duration) -> Result<AuthInfo, String> {
    let command = exec.command.as_deref().ok_or("the kubeconfig's user names no program")?;
    if exec.interactive_mode == Some(ExecInteractiveMode::Always) && !may_ask(exec) {
        return Err("the program that gets them has to ask somebody, and standard input is no terminal".to_owned());
    }
    // Its arguments, and what it wrote, may hold the credentials themselves.
    let name = Path::new(command).file_name().unwrap_or_default().to_string_lossy().into_owned();
    match program::ended(prepared(command, exec).spawn(), patience) {
        Ended::Output(output) => {
            credentials(&String::from_utf8_lossy(&output)).map_err(|cause| format!("{name} {cause}"))
        }
        Ended::Missing => Err(format!("{name}, the program that gets them, was not found")),
        Ended::TimedOut => {
            Err(format!("{name}, the program that gets them, did not end within {} s", patience.as_secs()))
        }
        Ended::Failed(_) => Err(format!("{name}, the program that gets them, failed")),
    }
}

fn prepared(command: &str, exec: &ExecConfig) -> Command {
    let asks = may_ask(exec);
    let mut prepared = Command::new(command);
    prepared.args(exec.args.iter().flatten());
    let variables = exec.env.iter().flatten();
    prepared.envs(variables.filter_map(|one| Some((one.get("name")?, one.get("value")?))));
    prepared.env("KUBERNETES_EXEC_INFO", information(exec, asks).to_string());
    prepared.stdout(Stdio::piped());
    if asks {
        prepared.stderr(Stdio::inherit())
    } else {
        prepared.stdin(Stdio::null()).stderr(Stdio::piped())
    };
    prepared
}

fn information(exec: &ExecConfig, asks: bool) -> Value {
    let mut spec = json!({"interactive": asks});
    if let (Some(cluster), Some(spec)) =
        (exec.cluster.as_ref().filter(|_| exec.provide_cluster_info), spec.as_object_mut())
    {
        spec.insert("cluster".to_owned(), serde_json::to_value(cluster).unwrap_or_default());
    }
    json!({"apiVersion": exec.api_version, "kind": "ExecCredential", "spec": spec})
}

/// The `status` of an `ExecCredential`.
fn credentials(written: &str) -> Result<AuthInfo, String> {
    let (trees, _) = parse_trees(written, "", &mut Interner::default());
    let status = trees.first().and_then(|tree| tree.get("status")).ok_or("wrote no ExecCredential")?;
    let text = |key: &str| status.get(key).and_then(Node::as_str).filter(|text| !text.is_empty());
    let encoded = |key: &str| text(key).map(|pem| STANDARD.encode(pem));
    let (token, certificate, key) = (text("token"), encoded("clientCertificateData"), encoded("clientKeyData"));
    if (token.is_none() && certificate.is_none()) || certificate.is_some() != key.is_some() {
        return Err("gave neither a token nor a certificate with its key".to_owned());
    }
    let given = json!({"token": token, "client-certificate-data": certificate, "client-key-data": key});
    serde_json::from_value(given).map_err(|_| "gave credentials that cannot be used".to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kube::config::{AuthInfo, ExecConfig};
    use serde_json::json;

    use super::{ALONE, resolve, run};

    fn shell(script: &str, patience: Duration) -> Result<kube::config::AuthInfo, String> {
        let exec = json!({"apiVersion": "client.authentication.k8s.io/v1", "command": "/bin/sh", "args": ["-c", script],
            "env": [{"name": "GIVEN", "value": "s3cr3t"}], "interactiveMode": "Never"});
        run(&serde_json::from_value::<ExecConfig>(exec).unwrap(), patience)
    }

    #[test]
    fn credentials_are_taken_over() {
        let script = "echo \"$KUBERNETES_EXEC_INFO\" | grep -q '\"interactive\":false' || exit 1
            echo \"{kind: ExecCredential, status: {token: $GIVEN, clientCertificateData: c, clientKeyData: k}}\"";
        let given = shell(script, ALONE).unwrap();
        assert!(given.token.is_some());
        assert_eq!(given.client_certificate_data.as_deref(), Some("Yw=="));
    }

    #[test]
    fn what_goes_wrong_is_told_without_what_it_wrote() {
        for (script, cause) in [
            ("echo $GIVEN; exit 3", "failed"),
            ("echo $GIVEN", "wrote no ExecCredential"),
            ("echo '{status: {clientCertificateData: c}}'", "neither a token nor"),
            ("exec tail -f /dev/null", "did not end within"),
        ] {
            let patience = if script.starts_with("exec") { Duration::from_millis(50) } else { ALONE };
            let told = shell(script, patience).unwrap_err();
            assert!(told.starts_with("sh") && told.contains(cause) && !told.contains("s3cr3t"), "{told}");
        }
    }

    #[test]
    fn no_provider_runs_a_program_of_its_own() {
        let config = json!({"cmd-path": "/bin/tail", "cmd-args": "-f /dev/null", "access-token": "s3cr3t"});
        let user = json!({"auth-provider": {"name": "gcp", "config": config}});
        let refused = resolve(&mut serde_json::from_value::<AuthInfo>(user).unwrap()).unwrap_err();
        assert!(refused.message.contains("\"gcp\"") && !format!("{refused:?}").contains("s3cr3t"), "{refused:?}");
        let user = json!({"auth-provider": {"name": "oidc", "config": {"id-token": "s3cr3t"}}});
        assert!(resolve(&mut serde_json::from_value::<AuthInfo>(user).unwrap()).is_ok());
    }
}
