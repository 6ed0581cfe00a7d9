//! From a kubeconfig or a pod's own account to a client; and what to do when
//! that fails.

use std::time::Duration;

use cloister_model::Diagnostic;
use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};
use kube::{Client, Config, Error};

use super::{ClusterRequest, exec, limit};
use crate::files::without_number;

const CONNECT: Duration = Duration::from_secs(10);
const READ: Duration = Duration::from_secs(60);
/// What a cluster is called from inside.
const IN_CLUSTER: &str = "in-cluster";
/// The variable that every container of a pod has.
const IN_POD: &str = "KUBERNETES_SERVICE_HOST";

/// Connects, and names what it connected to.
pub async fn connect(request: &ClusterRequest) -> Result<(Client, String), Box<Diagnostic>> {
    connect_for(request, READ).await
}

/// Connects, where an answer may be silent for so long.
pub async fn connect_for(request: &ClusterRequest, silent: Duration) -> Result<(Client, String), Box<Diagnostic>> {
    let (mut config, name) = config(request).await?;
    config.connect_timeout = Some(CONNECT);
    config.read_timeout = Some(silent);
    exec::resolve(&mut config.auth_info)?;
    match limit::client(config) {
        Ok(client) => Ok((client, name)),
        Err(error) => Err(Box::new(explain(&name, &error))),
    }
}

async fn config(request: &ClusterRequest) -> Result<(Config, String), Box<Diagnostic>> {
    let options = KubeConfigOptions { context: request.context.clone(), ..KubeConfigOptions::default() };
    let kubeconfig = match &request.kubeconfig {
        Some(path) => Kubeconfig::read_from(path),
        None => Kubeconfig::read(),
    };
    let kubeconfig = match kubeconfig {
        Ok(kubeconfig) => kubeconfig,
        // No kubeconfig at all: inside a pod its own account serves.
        Err(error) if request.kubeconfig.is_none() && request.context.is_none() => {
            return match Config::incluster() {
                Ok(config) => Ok((config, IN_CLUSTER.to_owned())),
                Err(own) if std::env::var_os(IN_POD).is_some() => Err(Box::new(no_account(&own))),
                Err(_) => Err(Box::new(unusable(&error))),
            };
        }
        Err(error) => return Err(Box::new(unusable(&error))),
    };
    let contexts: Vec<String> = kubeconfig.contexts.iter().map(|context| context.name.clone()).collect();
    let name = request.context.clone().or_else(|| kubeconfig.current_context.clone()).filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| "cluster".to_owned());
    match Config::from_custom_kubeconfig(kubeconfig, &options).await {
        Ok(config) => Ok((config, name)),
        Err(error) => Err(Box::new(no_context(&error, &contexts).unwrap_or_else(|| unusable(&error)))),
    }
}

/// In a pod whose own account cannot be used: mostly, its token is not mounted.
fn no_account(error: &kube::config::InClusterError) -> Diagnostic {
    let cause = discreet(without_number(&chain(error)));
    Diagnostic::of_cluster(IN_CLUSTER, format!("the pod's own account cannot be used: {cause}")).help(
        "mount its token (automountServiceAccountToken: true in the pod's spec), or give a kubeconfig by --kubeconfig FILE",
    )
}

/// No context where one is needed: the ones there are.
fn no_context(error: &KubeconfigError, contexts: &[String]) -> Option<Diagnostic> {
    let cause = match error {
        KubeconfigError::CurrentContextNotSet => "it names no current context".to_owned(),
        KubeconfigError::LoadContext(name) => format!("it has no context \"{name}\""),
        _ => return None,
    };
    let help = match contexts {
        [] => "it has no contexts at all: give another by --kubeconfig FILE".to_owned(),
        contexts => format!("name one by --context: {}", contexts.join(", ")),
    };
    Some(Diagnostic::of_cluster("kubeconfig", cause).help(help))
}

fn unusable(error: &KubeconfigError) -> Diagnostic {
    let give = "give one by --kubeconfig FILE or KUBECONFIG; to scan files instead, leave --cluster out";
    match error {
        KubeconfigError::ReadConfig(cause, path) => {
            let cause = format!("{} cannot be read: {}", path.display(), without_number(&cause.to_string()));
            Diagnostic::of_cluster("kubeconfig", cause).help(give)
        }
        KubeconfigError::FindPath => Diagnostic::of_cluster("kubeconfig", "none was found").help(give),
        _ => Diagnostic::of_cluster("kubeconfig", discreet(&chain(error)))
            .help("`kubectl config view` shows what the file says"),
    }
}

/// An API server that does not answer, or answers no.
pub fn explain(name: &str, error: &Error) -> Diagnostic {
    if let Error::Api(status) = error {
        let help = match status.code {
            401 => "the credentials are not accepted; a token may have expired: log in again",
            403 => "the account may not discover the API; bind it to system:discovery",
            _ => "ask the API server's log",
        };
        let said: String = status.message.chars().take(SHOWN).collect();
        return Diagnostic::of_cluster(name, format!("the API server answered {}: {said}", status.code)).help(help);
    }
    if let Error::Auth(error) = error {
        return Diagnostic::of_cluster(name, format!("there are no credentials: {}", discreet(&chain(error))))
            .help("log in again, or try the program of the kubeconfig's user by hand");
    }
    if limit::is_too_long(error) {
        return limit::too_long(name);
    }
    Diagnostic::of_cluster(
        name,
        format!("the API server cannot be reached: {}", discreet(without_number(&root(error)))),
    )
    .help(match name {
        IN_CLUSTER => "check that network policies let the pod reach the API server".to_owned(),
        name => format!("check the address and the network: kubectl --context {name} version"),
    })
}

/// The cause behind all causes, which says most.
fn root(error: &(dyn std::error::Error + 'static)) -> String {
    let mut deepest = error;
    while let Some(cause) = deepest.source() {
        deepest = cause;
    }
    deepest.to_string()
}

/// Longer than any message that helps, in characters.
const SHOWN: usize = 300;

/// A message without what it quotes: parsers show the lines of a kubeconfig, and lines hold tokens.
fn discreet(message: &str) -> String {
    let first = message.lines().next().unwrap_or("");
    let parts = first.split(['"', '`']).enumerate();
    let shown: String = parts.map(|(index, part)| if index % 2 == 0 { part } else { "\"•••\"" }).collect();
    shown.chars().take(SHOWN).collect()
}

/// An error with its causes, each once.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let said = cause.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::discreet;

    #[test]
    fn what_a_parser_quotes_of_a_kubeconfig_is_not_shown() {
        let said = "failed to parse: line 1: invalid type: string \"s3cr3t\", expected a map\n1 | users: s3cr3t\n";
        assert_eq!(discreet(said), "failed to parse: line 1: invalid type: string \"•••\", expected a map");
        assert!(discreet(&"é".repeat(1000)).chars().count() <= 300);
    }
}
