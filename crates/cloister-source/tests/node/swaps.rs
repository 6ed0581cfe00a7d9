//! A host that changes while it is read.

use std::fs;
use std::os::unix::fs::symlink;

use tempfile::TempDir;

use crate::host::Host;

/// Somebody swaps a file, a folder and a manifest for links out of the root while the collector reads, thousands of times.
#[test]
fn links_that_come_while_it_reads_lead_nowhere() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let outside = TempDir::new().unwrap();
    let text =
        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nclusterDomain: planted-outside\n";
    for name in ["config.yaml", "admin.conf", "kubelet.yaml"] {
        fs::write(outside.path().join(name), text).unwrap();
    }
    let host = Host::new();
    host.process(7, &["kubelet", "--config=/var/lib/kubelet/config.yaml"]);
    let inside = text.replace("planted-outside", "inside");
    for path in ["var/lib/kubelet/config.yaml", "etc/kubernetes/admin.conf", "etc/kubernetes/manifests/kubelet.yaml"] {
        host.write(path, &inside);
    }
    let (done, swaps) = (AtomicBool::new(false), std::sync::atomic::AtomicUsize::new(0));
    // What is replaced, what by, and where the link to the outside waits.
    let places = [
        ("var/lib/kubelet/config.yaml", outside.path().join("config.yaml")),
        ("etc/kubernetes/manifests", outside.path().to_owned()),
        ("etc/kubernetes", outside.path().to_owned()),
    ];
    let (mut seen, mut rounds) = (0, 0);
    std::thread::scope(|scope| {
        for (index, (path, target)) in places.iter().enumerate() {
            let (own, aside, link) =
                (host.path(path), host.path(&format!("aside{index}")), host.path(&format!("link{index}")));
            symlink(target, &link).unwrap();
            let (done, swaps) = (&done, &swaps);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    // The folder above may be away itself: then this turn is none.
                    if fs::rename(&own, &aside).is_ok() {
                        let _ = fs::rename(&link, &own).and_then(|()| fs::rename(&own, &link));
                        while fs::rename(&aside, &own).is_err() && !done.load(Ordering::Relaxed) {
                            std::thread::yield_now();
                        }
                        swaps.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        while rounds < 300 {
            let facts = serde_json::to_string(&host.collect()).unwrap();
            rounds += 1;
            seen += usize::from(facts.contains("inside"));
            if facts.contains("planted") {
                done.store(true, Ordering::Relaxed);
                panic!("a byte of the outside in round {rounds}: {facts}");
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    let swaps = swaps.into_inner();
    assert!(seen > 0, "nothing was ever read");
    assert!(swaps > 1000, "{swaps} swaps are too few to show anything");
}
