//! Programs that run, what leads from them to files, and what starts them.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::host::{Host, file, inside};

#[test]
fn programs_are_recognised_and_their_files_found() {
    let host = Host::new();
    host.process(1, &["/sbin/init"]);
    host.process(
        20,
        &["/usr/bin/kubelet", "--config", "/etc/k.yaml", "--config-dir=/etc/k.d", "--tls-min-version=VersionTLS13"],
    );
    host.process(21, &["etcd", "--data-dir=/data"]);
    host.process(22, &["/usr/bin/containerd-shim-runc-v2", "-namespace", "k8s.io"]);
    host.write("proc/23/cmdline", "");
    host.write("etc/k.yaml", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication: {x509: {clientCAFile: /etc/ca.crt}}\n");
    host.write(
        "etc/k.d/10-a.conf",
        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nreadOnlyPort: 10255\n",
    );
    host.write("etc/k.d/readme.txt", "not read");
    host.write("etc/ca.crt", "no certificate");
    fs::create_dir_all(host.path("data")).unwrap();
    fs::set_permissions(host.path("data"), fs::Permissions::from_mode(0o751)).unwrap();
    let facts = host.collect();
    let programs: Vec<&str> = facts.processes.iter().map(|process| process.program.as_str()).collect();
    assert_eq!(programs, ["kubelet", "etcd"]);
    assert_eq!(
        (file(&facts, "/data").role.as_str(), file(&facts, "/data").mode.as_deref()),
        ("etcd-data", Some("0751"))
    );
    assert_eq!(file(&facts, "/etc/ca.crt").role, "kubelet-client-ca");
    assert!(file(&facts, "/etc/k.d/10-a.conf").content.is_some());
    assert!(!facts.files.iter().any(|file| file.path.ends_with("readme.txt")));
    assert!(facts.unread.iter().any(|unread| unread.path == "/etc/ca.crt"), "{:?}", facts.unread);
    assert_eq!(facts.metadata.name, "node-1");
}

#[test]
fn agents_of_the_host_tell_which_audit_log_they_read() {
    let host = Host::new();
    host.process(7, &["kube-apiserver", "--audit-log-path=/var/log/kubernetes/audit.log"]);
    host.write("var/log/kubernetes/audit.log", "");
    let service = |pid: u32, group: &str| {
        host.write(&format!("proc/{pid}/status"), "Uid:\t998\t998\t998\t998\n");
        host.write(&format!("proc/{pid}/cgroup"), &format!("0::{group}\n"));
    };
    host.process(8, &["/usr/bin/vector", "--config", "/opt/vector.toml"]);
    service(8, "/system.slice/vector.service");
    host.write("opt/vector.toml", "include = [\"/var/log/kubernetes/*.log\"]\npassword = \"planted\"\n");
    host.process(9, &["/usr/bin/fluent-bit", "-c", "/etc/fluent-bit/fluent-bit.conf", "--token=planted"]);
    service(9, "/user.slice/user-1000.slice/x.scope");
    host.process(10, &["/lib/systemd/systemd-journal-upload", "--save-state"]);
    service(10, "/system.slice/systemd-journal-upload.service");
    let facts = host.collect();
    assert_eq!(inside(&facts, "vector").reads, ["/var/log/kubernetes/audit.log"]);
    assert_eq!(inside(&facts, "systemd-journal-upload").reads, ["journal"]);
    assert!(facts.processes.iter().all(|it| it.program != "fluent-bit"), "somebody's session is no service");
    assert!(!serde_json::to_string(&facts).unwrap().contains("planted"));
}

#[test]
fn variables_that_cannot_be_read_are_told() {
    let host = Host::new();
    host.process(21, &["etcd", "--data-dir=/data"]);
    host.process(22, &["kubelet"]);
    // A folder stands for what may not be opened, since root may open every file.
    ["proc/21/environ", "proc/22/environ"].into_iter().for_each(|path| fs::create_dir_all(host.path(path)).unwrap());
    let told: Vec<String> = host.collect().unread.into_iter().map(|it| it.path).collect();
    assert_eq!(told, ["/proc/21/environ"]);
}

#[test]
fn init_systems_are_told_by_their_first_process_or_their_folders() {
    for (comm, folder, init) in [
        ("systemd\n", "", "systemd"),
        ("openrc-init\n", "", "openrc"),
        ("runit\n", "", "runit"),
        ("machined\n", "", "machined"),
        ("init\n", "", "sysvinit"),
        ("init\n", "run/openrc", "openrc"),
        // In a container that sees the host's processes, the first is not the init.
        ("pause\n", "run/systemd/system", "systemd"),
        ("pause\n", "", "unknown"),
        ("", "", "unknown"),
    ] {
        let host = Host::new();
        host.write("proc/1/comm", comm);
        if !folder.is_empty() {
            fs::create_dir_all(host.path(folder)).unwrap();
        }
        assert_eq!(host.collect().host.init, init, "{comm:?} {folder:?}");
    }
}

#[test]
fn a_process_that_ends_while_it_is_read_costs_only_itself() {
    let host = Host::new();
    host.process(7, &["kubelet", "--config=/var/lib/kubelet/config.yaml"]);
    // One has gone between its words and its owner, one before its words.
    host.write("proc/8/cmdline", "etcd\0--data-dir=/var/lib/etcd\0");
    fs::create_dir_all(host.path("proc/9")).unwrap();
    let (folder, ended) = (host.path("proc/10"), std::sync::atomic::AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // One that comes and goes.
            while !ended.load(std::sync::atomic::Ordering::Relaxed) {
                let _ = fs::create_dir_all(&folder);
                let _ = fs::write(folder.join("cmdline"), "kube-scheduler\0--profiling=true\0");
                let _ = fs::write(folder.join("status"), "Name:\tx\nUid:\t0\t0\t0\t0\n");
                let _ = fs::remove_dir_all(&folder);
            }
        });
        for _ in 0..60 {
            let facts = host.collect();
            let programs: Vec<&str> = facts.processes.iter().map(|it| it.program.as_str()).collect();
            assert!(programs.contains(&"kubelet"), "{programs:?}");
            assert!(programs.iter().all(|it| ["kubelet", "etcd", "kube-scheduler"].contains(it)), "{programs:?}");
        }
        ended.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}
