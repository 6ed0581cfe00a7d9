//! Ways in from outside, kind by kind.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_network::Through;
use support::ways::{WEB, lines, object, service, told};
use support::{inventory, network, policy};

fn ingress(annotations: &str, spec: &str) -> String {
    object("networking.k8s.io/v1", "Ingress", annotations, spec)
}

const PATHS: &str = "rules: [{host: a.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}}]";

/// What is told of one Ingress of nginx with these annotations, from the addresses on.
fn nginx(annotations: &str) -> String {
    let told = told(&(WEB.to_owned() + &ingress(annotations, &format!("{{ingressClassName: nginx, {PATHS}}}"))));
    assert_eq!(told.len(), 1, "{told:?}");
    told[0].split(" → ").next().unwrap().replace("Ingress a.example.com/ ", "")
}

#[test]
fn an_ingress_leads_to_the_port_that_its_service_names() {
    let told = told(
        &(WEB.to_owned()
            + &ingress("", &format!("{{ingressClassName: nginx, tls: [{{hosts: [a.example.com]}}], {PATHS}}}"))),
    );
    assert_eq!(told, ["Ingress a.example.com/ 443 terminated from all asks [] → shop/web[Deployment] TCP 8080 open"]);
}

#[test]
fn a_certificate_is_for_its_hosts_only() {
    let told = told(
        &(WEB.to_owned()
            + &ingress("", &format!("{{ingressClassName: nginx, tls: [{{hosts: ['*.example.org']}}], {PATHS}}}"))),
    );
    assert!(told[0].contains(" 80 none "), "{told:?}");
}

#[test]
fn every_way_that_leads_nowhere_is_told_with_its_reason() {
    let to = |backend: &str| {
        let spec = format!("{{ingressClassName: nginx, rules: [{{http: {{paths: [{{backend: {backend}}}]}}}}]}}");
        told(
            &(WEB.to_owned()
                + &service("none", "selector: {app: nobody}, ports: [{port: 80}]")
                + &service("bare", "ports: [{port: 80}]")
                + &service("away", "type: ExternalName, externalName: db.example.com")
                + &service("misnamed", "selector: {app: web}, ports: [{port: 80, targetPort: grpc}]")
                + &ingress("", &spec)),
        )
        .join("|")
    };
    let service = |name: &str| format!("{{service: {{name: {name}, port: {{number: 80}}}}}}");
    assert_eq!(to(&service("gone")), "Ingress no-service: Service gone is not there");
    assert_eq!(to(&service("none")), "Ingress no-endpoints: Service none selects no workload");
    assert_eq!(
        to(&service("bare")),
        "Ingress no-selector: Service bare has no selector, and its endpoints are not in the input"
    );
    assert_eq!(to("{service: {name: away}}"), "Ingress external-name: it leads out of the cluster, to db.example.com");
    assert_eq!(
        to(&service("misnamed")),
        "Ingress port-not-named: no container of shop/web[Deployment] calls a port \"grpc\""
    );
    assert_eq!(to("{service: {name: web, port: {number: 443}}}"), "Ingress no-port: Service web has no port 443");
    assert_eq!(
        to("{resource: {kind: Bucket, name: b}}"),
        "Ingress other-kind: it leads to Bucket b, which is no Service"
    );
}

#[test]
fn a_port_that_no_container_declares_is_open_all_the_same() {
    let spec = "{ingressClassName: nginx, defaultBackend: {service: {name: web, port: {number: 81}}}}";
    let read = inventory(&(WEB.to_owned() + &ingress("", spec)));
    let network = network(&read);
    let found = network.entries(&read);
    assert!(found.entries[0].undeclared && found.entries[0].verdict.allowed() == found.entries[0].ports);
    assert_eq!(found.entries[0].ports.to_string(), "TCP 9000");
}

#[test]
fn nginx_reads_its_annotations() {
    let key = |rest: &str| format!("nginx.ingress.kubernetes.io/{rest}");
    assert_eq!(nginx(""), "80 none from all asks []");
    assert_eq!(nginx(&key("whitelist-source-range: '192.0.2.0/30'")), "80 none from 192.0.2.0-192.0.2.3 asks []");
    assert_eq!(nginx(&key("auth-url: 'https://sso.example.com'")), "80 none from all asks [external service]");
    let basic = format!("{}, {}", key("auth-type: basic"), key("auth-secret: users"));
    assert_eq!(nginx(&basic), "80 none from all asks [password]");
    assert_eq!(nginx(&key("auth-type: basic")), "80 none from all asks []", "without a Secret nobody is asked");
    assert_eq!(nginx(&key("auth-tls-secret: shop/ca")), "80 none from all asks [client certificate]");
    let optional = format!("{}, {}", key("auth-tls-secret: shop/ca"), key("auth-tls-verify-client: optional"));
    assert_eq!(nginx(&optional), "80 none from all asks []");
    let passed = format!("{}, {}", key("ssl-passthrough: 'true'"), key("auth-url: 'https://sso.example.com'"));
    assert_eq!(nginx(&passed), "443 passed through from all asks []", "what is not decrypted cannot be asked");
}

#[test]
fn annotations_count_for_their_own_controller_only() {
    let traefik = format!("{{ingressClassName: traefik, {PATHS}}}");
    let list = "nginx.ingress.kubernetes.io/whitelist-source-range: '192.0.2.0/30'";
    let of_other = told(&(WEB.to_owned() + &ingress(list, &traefik)));
    assert!(of_other[0].contains("from all asks [] →"), "{of_other:?}");
    let unknown = told(&(WEB.to_owned() + &ingress(list, &format!("{{ingressClassName: inner, {PATHS}}}"))));
    assert!(unknown[0].contains("perhaps annotations, if ingress-nginx serves it"), "{unknown:?}");
}

#[test]
fn an_alb_is_internal_unless_it_says_otherwise() {
    let alb = |annotations: &str| {
        told(&(WEB.to_owned() + &ingress(annotations, &format!("{{ingressClassName: alb, {PATHS}}}"))))[0].clone()
    };
    assert!(!alb("").contains("from all"));
    let key = |rest: &str| format!("alb.ingress.kubernetes.io/{rest}");
    let open = key("scheme: internet-facing");
    assert!(alb(&open).contains("from all asks []"));
    assert!(alb(&format!("{open}, {}", key("inbound-cidrs: '192.0.2.0/30'"))).contains("from 192.0.2.0-192.0.2.3 "));
    assert!(alb(&format!("{open}, {}", key("auth-type: oidc"))).contains("asks [sign-on]"));
    let lax = format!("{open}, {}, {}", key("auth-type: oidc"), key("auth-on-unauthenticated-request: allow"));
    assert!(alb(&lax).contains("asks []"));
    assert!(alb(&format!("{open}, {}", key("security-groups: sg-1"))).contains("perhaps security groups of AWS"));
}

#[test]
fn traefiks_middlewares_are_followed_through_chains() {
    let middleware = |name: &str, spec: &str| {
        format!(
            "---\napiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {{name: {name}, namespace: shop}}\nspec: {spec}\n"
        )
    };
    let base = WEB.to_owned()
        + &middleware("office", "{ipAllowList: {sourceRange: [192.0.2.0/30]}}")
        + &middleware("login", "{forwardAuth: {address: 'http://sso'}}")
        + &middleware("both", "{chain: {middlewares: [{name: office}, {name: login}]}}");
    let with = |names: &str| {
        let key = format!("traefik.ingress.kubernetes.io/router.middlewares: '{names}'");
        told(&(base.clone() + &ingress(&key, &format!("{{ingressClassName: traefik, {PATHS}}}"))))[0].clone()
    };
    assert!(with("shop-both@kubernetescrd").contains("from 192.0.2.0-192.0.2.3 asks [external service]"));
    assert!(with("shop-gone@kubernetescrd").contains("perhaps middleware \"shop-gone@kubernetescrd\""));
    let route = object(
        "traefik.io/v1alpha1",
        "IngressRoute",
        "",
        "{routes: [{match: 'Host(`a.example.com`) && PathPrefix(`/x`)', middlewares: [{name: login}], services: [{name: web, port: 80}]}], tls: {}}",
    );
    let routed = told(&(base + &route));
    assert_eq!(
        routed,
        [
            "IngressRoute a.example.com/x  terminated from all asks [external service] → shop/web[Deployment] TCP 8080 open"
        ]
    );
}

#[test]
fn load_balancers_let_in_whom_their_ranges_hold() {
    let open = |rest: &str| {
        told(
            &(WEB.to_owned()
                + &service("lb", &format!("selector: {{app: web}}, ports: [{{port: 443, targetPort: 8080}}], {rest}"))),
        )
    };
    let line = |from: &str| {
        format!("Service * 443 as the workload does from {from} asks [] → shop/web[Deployment] TCP 8080 open")
    };
    assert_eq!(open("type: LoadBalancer"), [line("all")]);
    assert_eq!(open("type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/30]"), [line("192.0.2.0-192.0.2.3")]);
    assert_eq!(open("externalIPs: [198.51.100.1]"), [line("all")]);
    assert_eq!(open("type: ClusterIP"), Vec::<String>::new());
    assert!(open("type: NodePort")[0].contains("perhaps the network of the nodes"));
}

#[test]
fn policies_see_the_caller_only_where_nodes_keep_its_address() {
    let allow = policy("shop", "office", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 192.0.2.0/30}}]}]}");
    let lb = |rest: &str| {
        let text =
            format!("type: LoadBalancer, selector: {{app: web}}, ports: [{{port: 443, targetPort: 8080}}], {rest}");
        told(&(WEB.to_owned() + &allow + &service("lb", &text)))[0].clone()
    };
    assert!(lb("externalTrafficPolicy: Cluster").ends_with("unknown"), "a node may stand between");
    let kept = lb("externalTrafficPolicy: Local");
    assert!(kept.ends_with("open") && kept.contains("from 192.0.2.0-192.0.2.3 "), "{kept}");
    let deny = policy("shop", "deny", "{podSelector: {}}");
    let closed = told(
        &(WEB.to_owned() + &deny + &service("lb", "type: LoadBalancer, selector: {app: web}, ports: [{port: 1}]")),
    );
    assert!(closed[0].ends_with("closed"), "{closed:?}");
}

#[test]
fn a_policy_for_the_controller_is_asked_about_its_pods_where_they_are_shown() {
    let controller = "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ctl, namespace: entry}\n\
                      spec: {template: {metadata: {labels: {app: ctl}}, spec: {containers: [{name: c, image: registry.k8s.io/ingress-nginx/controller:v1}]}}}\n";
    let from = |label: &str| {
        let peer = format!("{{namespaceSelector: {{}}, podSelector: {{matchLabels: {{app: {label}}}}}}}");
        policy("shop", "p", &format!("{{podSelector: {{}}, ingress: [{{from: [{peer}]}}]}}"))
    };
    let served = ingress("", &format!("{{ingressClassName: nginx, {PATHS}}}"));
    let last = |text: String| told(&text)[0].rsplit(' ').next().unwrap().to_owned();
    assert_eq!(last(WEB.to_owned() + &from("ctl") + &served), "unknown", "nobody shows the controller");
    assert_eq!(last(WEB.to_owned() + controller + &from("ctl") + &served), "open");
    assert_eq!(last(WEB.to_owned() + controller + &from("other") + &served), "closed");
}

#[test]
fn a_controller_is_known_by_the_whole_name_of_its_image() {
    let through = |image: &str| {
        let text = WEB.replace("image: i,", &format!("image: {image},"))
            + &ingress("", &format!("{{ingressClassName: traefik, {PATHS}}}"));
        let read = inventory(&text);
        let network = network(&read);
        network.entries(&read).entries[0].through.clone()
    };
    assert_eq!(through("traefik/whoami:v1"), Through::Unseen);
    assert_eq!(through("traefik:v3"), Through::Pods(vec![0]));
    assert_eq!(through("docker.io/library/traefik:v3"), Through::Pods(vec![0]));
}

#[test]
fn what_a_controller_serves_is_open_to_those_whom_its_own_service_lets_in() {
    let controller = "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ctl, namespace: shop}\n\
                      spec: {template: {metadata: {labels: {app: ctl}}, spec: {containers: [{name: c, image: registry.k8s.io/ingress-nginx/controller:v1}]}}}\n";
    let own = service(
        "ctl",
        "type: LoadBalancer, selector: {app: ctl}, loadBalancerSourceRanges: [192.0.2.0/30], ports: [{port: 443, targetPort: 443}]",
    );
    let told =
        told(&(WEB.to_owned() + controller + &own + &ingress("", &format!("{{ingressClassName: nginx, {PATHS}}}"))));
    assert!(told[1].starts_with("Ingress ") && told[1].contains("from 192.0.2.0-192.0.2.3 "), "{told:?}");
}

#[test]
fn in_a_cluster_an_ingress_needs_a_class_that_is_there() {
    let all = |text: &str| {
        let parsed = parse(text, &Origin::File("k8s.yaml".into()), 1, &mut Interner::default());
        let read = Inventory::new(parsed.resources, Inputs { cluster: true, ..Inputs::default() });
        let network = network(&read);
        lines(&network, &network.entries(&read))[0].clone()
    };
    let class = |annotation: &str| {
        format!(
            "---\napiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {{name: outer, annotations: {{{annotation}}}}}\nspec: {{controller: k8s.io/ingress-nginx}}\n"
        )
    };
    let bare = WEB.to_owned() + &ingress("", &format!("{{{PATHS}}}"));
    assert!(all(&bare).contains("class-missing"));
    assert!(all(&(bare.clone() + &class(""))).contains("class-missing"), "no class is the default");
    assert!(all(&(bare + &class("ingressclass.kubernetes.io/is-default-class: 'true'"))).contains("→ shop/web"));
    let named = WEB.to_owned() + &ingress("", &format!("{{ingressClassName: gone, {PATHS}}}"));
    assert!(all(&named).contains("no-class"));
}

#[test]
fn openshifts_routes_tell_termination_weights_and_lists() {
    let route = |annotations: &str, rest: &str| {
        let spec =
            format!("{{host: a.example.com, to: {{kind: Service, name: web}}, port: {{targetPort: http}}{rest}}}");
        told(&(WEB.to_owned() + &object("route.openshift.io/v1", "Route", annotations, &spec)))
    };
    assert_eq!(route("", ""), ["Route a.example.com 80 none from all asks [] → shop/web[Deployment] TCP 8080 open"]);
    assert!(route("", ", tls: {termination: edge}")[0].contains(" 443 terminated "));
    assert!(
        route("", ", tls: {termination: edge, insecureEdgeTerminationPolicy: Allow}")[0].contains(" 80,443 optional ")
    );
    assert!(route("", ", tls: {termination: passthrough}")[0].contains(" passed through "));
    assert!(
        route("haproxy.router.openshift.io/ip_allowlist: '192.0.2.0/30 198.51.100.1'", "")[0]
            .contains("from 192.0.2.0-192.0.2.3,198.51.100.1-198.51.100.1 ")
    );
    assert!(
        route("haproxy.router.openshift.io/ip_allowlist: '192.0.2.0/30 nonsense'", "")[0]
            .contains("from all asks [] →")
    );
    let none = route("", ", alternateBackends: [{kind: Service, name: old, weight: 0}]");
    assert!(none[1].contains("no-weight"), "{none:?}");
}

#[test]
fn istios_gateways_serve_hosts_that_they_share_with_virtual_services() {
    let gateway = |tls: &str| {
        object(
            "networking.istio.io/v1",
            "Gateway",
            "",
            &format!(
                "{{selector: {{istio: in}}, servers: [{{port: {{number: 443, protocol: HTTPS}}, hosts: ['*.example.com'], tls: {{mode: {tls}}}}}]}}"
            ),
        )
    };
    let virtual_service = |host: &str| {
        object(
            "networking.istio.io/v1",
            "VirtualService",
            "",
            &format!(
                "{{hosts: [{host}], gateways: [one], http: [{{match: [{{uri: {{prefix: /a}}}}], route: [{{destination: {{host: web, port: {{number: 80}}}}}}]}}]}}"
            ),
        )
    };
    let all = |tls: &str, host: &str| told(&(WEB.to_owned() + &gateway(tls) + &virtual_service(host)))[0].clone();
    assert_eq!(
        all("SIMPLE", "a.example.com"),
        "VirtualService a.example.com/a 443 terminated from all asks [] → shop/web[Deployment] TCP 8080 open"
    );
    assert!(all("MUTUAL", "a.example.com").contains("asks [client certificate]"));
    assert!(all("SIMPLE", "a.example.org").contains("not-attached"));
}
