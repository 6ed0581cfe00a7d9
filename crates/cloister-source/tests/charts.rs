//! Charts are rendered side by side, and read in their order.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that writes charts")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cloister_source::{HelmOptions, Request, read};

/// Charts `a`, `b` and `c`, and a helm that renders each only when the one after it is done.
fn charts(dir: &Path) -> HelmOptions {
    for name in ["a", "b", "c"] {
        fs::create_dir_all(dir.join(name)).unwrap();
        fs::write(dir.join(name).join("Chart.yaml"), format!("name: {name}\nversion: 0.1.0\n")).unwrap();
    }
    let helm = dir.join("helm.sh");
    let script = format!(
        "#!/bin/sh\nnext=$(echo $2 | tr abc bcd); touch {0}/d.done\nuntil test -e {0}/$next.done; do :; done\n\
         printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {{name: %s}}\\n' $2\ntouch {0}/$2.done\n",
        dir.display()
    );
    fs::write(&helm, script).unwrap();
    fs::set_permissions(&helm, fs::Permissions::from_mode(0o755)).unwrap();
    HelmOptions { program: Some(helm), ..HelmOptions::default() }
}

#[test]
fn one_chart_does_not_wait_for_another_and_their_order_stays() {
    for as_targets in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let helm = charts(dir.path());
        let names = ["a", "b", "c"];
        let targets = if as_targets {
            names.iter().map(|name| dir.path().join(name)).collect()
        } else {
            vec![dir.path().to_owned()]
        };
        let read = read(&Request { targets, helm, kubectl: None }, &|_| {});
        let found: Vec<&str> = read.resources.iter().map(|one| &*one.name).collect();
        assert_eq!((found, read.rendered), (names.to_vec(), 3), "{:#?}", read.diagnostics);
    }
}
