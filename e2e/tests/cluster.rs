//! The harness itself: does a real node run real pods, and does nothing of them stay behind?

#![allow(clippy::disallowed_methods)] // tests of programs read and write files

use std::time::Duration;

use cloister_e2e::{Cluster, Image};

const WEB: &str = r#"
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: example.com/shop/web:1.0
        imagePullPolicy: Never
        ports: [{containerPort: 8080}]
        readinessProbe: {httpGet: {port: 8080, path: /}}
"#;

#[test]
fn pods_run_and_answer_each_other_and_leave_nothing_behind() {
    let folder;
    {
        let cluster = Cluster::start().unwrap();
        folder = cluster.folder().to_owned();
        let image = Image::busybox("example.com/shop/web:1.0", &["httpd", "-f", "-p", "8080", "-h", "/www"]).unwrap();
        cluster.import(image.with_file("www/index.html", 0o644, b"open all day\n").unwrap()).unwrap();
        cluster.create_namespace("shop", &[]).unwrap();
        let file = folder.join("web.yaml");
        std::fs::write(&file, WEB).unwrap();
        let kubectl = cluster.kubectl().unwrap();
        kubectl.apply(&file).unwrap();
        cluster.wait_for_pods("shop", "app=web", Duration::from_secs(120)).unwrap();

        let columns = "jsonpath={range .items[*]}{.metadata.name} {.status.podIP}{\"\\n\"}{end}";
        let pods = kubectl.run(&["get", "pods", "--namespace=shop", "--output", columns]).unwrap();
        let pods: Vec<_> = pods.lines().map(|line| line.split_once(' ').unwrap()).collect();
        let url = format!("http://{}:8080/", pods[1].1);
        let answer =
            kubectl.run(&["exec", "--namespace=shop", pods[0].0, "--", "wget", "-q", "-O", "-", &url]).unwrap();
        assert_eq!(answer, "open all day\n");
        let settings = kubectl.raw(&format!("/api/v1/nodes/{}/proxy/configz", cluster.node())).unwrap();
        assert!(settings.contains("kubeletconfig"));
    }
    assert!(!folder.exists(), "{} was left behind", folder.display());
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
    assert!(!mounts.contains(&*folder.to_string_lossy()), "{mounts}");
}
