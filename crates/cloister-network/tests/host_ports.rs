//! Ports that pods take of their node are ways in.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use support::policy;
use support::ways::{WEB, object, told};

fn workload(spec: &str, port: &str) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {{name: proxy, namespace: shop}}\nspec: {{template: {{metadata: \
         {{labels: {{app: proxy, app.kubernetes.io/name: ingress-nginx, app.kubernetes.io/component: controller}}}}, spec: \
         {{{spec}containers: [{{name: c, image: registry.k8s.io/ingress-nginx/controller, ports: [{{{port}}}]}}]}}}}}}\n"
    )
}

const NODE: &str = "perhaps the network of the nodes";
const PLUGIN: &str = "; whether the network plugin opens hostPort";

#[test]
fn a_host_port_leads_from_the_node_to_the_port_of_the_container() {
    let found = told(&workload("", "containerPort: 8080, hostPort: 80"));
    let way = "DaemonSet * 80 as the workload does from all asks []";
    assert_eq!(found, [format!("{way} {NODE}{PLUGIN} → shop/proxy[DaemonSet] TCP 8080 open")]);
}

#[test]
fn in_the_network_of_the_node_every_port_is_one_of_it() {
    let found = told(&workload("hostNetwork: true, ", "containerPort: 53, protocol: UDP"));
    let way = "DaemonSet * 53 as the workload does from all asks []";
    assert_eq!(found, [format!("{way} {NODE} → shop/proxy[DaemonSet] UDP 53 open")]);
}

#[test]
fn what_only_the_node_reaches_is_no_way_in() {
    for own in ["hostIP: 127.0.0.1", "hostIP: '::1'"] {
        assert_eq!(told(&workload("", &format!("containerPort: 8080, hostPort: 80, {own}"))), [""; 0], "{own}");
    }
    let shown = told(&workload("", "containerPort: 8080, hostPort: 80, hostIP: 192.0.2.1"));
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert_eq!(told(&workload("", "containerPort: 8080")), [""; 0]);
}

#[test]
fn what_policies_say_of_them_is_certain_only_where_no_address_matters() {
    let verdict = |spec: &str, rules: &str| {
        let policy = policy("shop", "p", &format!("{{podSelector: {{}}, policyTypes: [Ingress], ingress: [{rules}]}}"));
        let found = told(&(workload(spec, "containerPort: 80, hostPort: 80") + &policy));
        found[0].rsplit(' ').next().unwrap().to_owned()
    };
    assert_eq!(verdict("", "{}"), "open");
    assert_eq!(verdict("", "{ports: [{port: 81}]}"), "closed");
    assert_eq!(
        verdict("", "{from: [{ipBlock: {cidr: 192.0.2.0/24}}]}"),
        "unknown",
        "nobody says whose address is seen"
    );
    assert_eq!(verdict("hostNetwork: true, ", "{ports: [{port: 81}]}"), "unknown", "plugins differ");
}

#[test]
fn a_controller_on_ports_of_nodes_is_reached_as_far_as_they_are() {
    let rule = "rules: [{host: a.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: \
                {name: http}}}}]}}]";
    let ingress = object("networking.k8s.io/v1", "Ingress", "", &format!("{{ingressClassName: nginx, {rule}}}"));
    let found = told(&(WEB.to_owned() + &ingress + &workload("", "containerPort: 80, hostPort: 80")));
    let way = found.iter().find(|line| line.starts_with("Ingress")).unwrap();
    assert!(way.contains(&format!("asks [] {NODE}{PLUGIN} →")), "{found:#?}");
}
