//! Kustomize overlays, built by the user's own `kubectl` (or `kustomize`).

use std::path::Path;
use std::sync::Arc;

use cloister_manifest::{Interner, parse};
use cloister_model::{Diagnostic, Origin};

use crate::program::{self, Ended};
use crate::{Read, files, roots};

/// Builds one overlay. Places are lines of the built output, under the name of
/// the overlay's kustomization file.
pub fn build(folder: &Path, kubectl: Option<&Path>, progress: &(dyn Fn(&str) + Sync)) -> Read {
    let name = files::shown(folder);
    if let Some(pipe) = roots::pipe(folder) {
        return Read::failed(files::no_file(&files::shown(&pipe)));
    }
    let remote = roots::remote_references(folder);
    if let Some(first) = remote.first() {
        let message = format!("this overlay refers to another machine: {first}");
        return Read::failed(
            Diagnostic::error(name, message)
                .help("Cloister opens no connection; build it yourself: kubectl kustomize FOLDER | cloister scan -"),
        );
    }
    progress(&format!("building {name}"));
    match run(folder, kubectl) {
        Ended::Output(output) => read(&String::from_utf8_lossy(&output), &name),
        ended => Read::failed(failure(&name, &ended)),
    }
}

fn run(folder: &Path, kubectl: Option<&Path>) -> Ended {
    let folder = program::argument(folder);
    match program::run(kubectl.unwrap_or(Path::new("kubectl")), &["kustomize", &folder]) {
        Ended::Missing if kubectl.is_none() => program::run(Path::new("kustomize"), &["build", &folder]),
        ended => ended,
    }
}

fn read(text: &str, name: &Arc<str>) -> Read {
    let file: Arc<str> = Arc::from(format!("{name}/kustomization.yaml"));
    let origin = Origin::Rendered { file, verbatim: false };
    let parsed = parse(text, &origin, 1, &mut Interner::default());
    let mut read =
        Read { resources: parsed.resources, diagnostics: parsed.diagnostics, rendered: 1, ..Read::default() };
    if read.resources.is_empty() {
        read.diagnostics
            .push(Diagnostic::warning(name.clone(), "this overlay builds nothing").help("add resources to it"));
    }
    read
}

fn failure(name: &Arc<str>, ended: &Ended) -> Diagnostic {
    match ended {
        Ended::Missing => Diagnostic::error(name.clone(), "this is a Kustomize overlay, and kubectl was not found")
            .help("install kubectl or kustomize, or give --kubectl PATH; the rest was read"),
        Ended::TimedOut => Diagnostic::error(
            name.clone(),
            format!("kubectl kustomize did not end within {} s", program::TIMEOUT.as_secs()),
        )
        .help("run it yourself to see where it hangs: kubectl kustomize FOLDER"),
        Ended::Failed(said) => {
            Diagnostic::error(name.clone(), format!("kubectl kustomize failed: {}", program::last_line(said)))
                .help("run it yourself: kubectl kustomize FOLDER; the rest was read")
        }
        Ended::Output(_) => Diagnostic::error(name.clone(), "nothing was built"),
    }
}
