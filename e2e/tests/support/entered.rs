//! Who enters the patients' database of the clinic by their own kubectl, and an API server that tells of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use cloister_e2e::{ControlPlane, wait_for};

use super::{PATIENCE, root};

/// What entering is called in an audit event: by WebSocket it is a GET, which the API server asks the right to create for.
pub const ENTERED: &str = "get pods/exec clinic-data/patients-db-0";

/// `deploy/hub/audit-webhook.yaml`, filled in and written into the folder; the API server's arguments for it, as its comment has
/// them.
pub fn webhook(folder: &Path, hub: &str, (authority, token): (&Path, &Path)) -> Vec<String> {
    let example = fs::read_to_string(root().join("deploy/hub/audit-webhook.yaml")).unwrap();
    let words = example.split_whitespace().filter(|word| word.starts_with("--audit-webhook-") && word.contains('='));
    let mut arguments: Vec<String> = words.filter(|word| !word.contains("-config-file=")).map(str::to_owned).collect();
    assert_eq!(arguments.len(), 1, "{arguments:?}");
    let ours = [
        ("hub.example.org", hub.to_owned()),
        ("/etc/kubernetes/audit/hub-ca.crt", authority.display().to_string()),
        ("/etc/kubernetes/audit/hub-token", token.display().to_string()),
    ];
    let text = ours.iter().fold(example, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    let path = folder.join("webhook.yaml");
    fs::write(&path, text).unwrap();
    arguments.push(format!("--audit-webhook-config-file={}", path.display()));
    arguments
}

/// Somebody with a certificate and a kubectl of their own.
pub struct Person {
    pub name: String,
    kubeconfig: PathBuf,
}

impl Person {
    /// One of a group; waits until they may look at pods, since the authoriser learns of a binding a moment later.
    pub fn new(plane: &ControlPlane, name: &str, group: &str) -> Person {
        let person = Person { name: name.to_owned(), kubeconfig: plane.kubeconfig_as(name, &[group]).unwrap() };
        let may = || person.kubectl(&["get", "pods"]).wait().unwrap().success().then_some(());
        wait_for("the person's right", PATIENCE, may).unwrap();
        person
    }

    /// In the namespace of the patients' database.
    fn kubectl(&self, arguments: &[&str]) -> Child {
        let mut command = Command::new(cloister_tools::path("kubectl").unwrap());
        command.arg("--kubeconfig").arg(&self.kubeconfig).arg("--namespace=clinic-data").args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap()
    }

    /// Runs a command in the patients' database.
    pub fn enter(&self) -> Child {
        self.kubectl(&["exec", "patients-db-0", "--", "id", "-u"])
    }
}
