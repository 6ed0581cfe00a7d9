//! Ways in by the Gateway API.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use support::namespace;
use support::ways::{WEB, object, told};

const CLASS: &str = "---\napiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: g}\nspec: {controllerName: example.com/g}\n";

fn gateway(listener: &str) -> String {
    CLASS.to_owned()
        + &object(
            "gateway.networking.k8s.io/v1",
            "Gateway",
            "",
            &format!("{{gatewayClassName: g, listeners: [{{name: l, {listener}}}]}}"),
        )
        .replace("namespace: shop", "namespace: infra")
}

fn route(kind: &str, parent: &str, rest: &str, backend: &str) -> String {
    object(
        "gateway.networking.k8s.io/v1",
        kind,
        "",
        &format!(
            "{{parentRefs: [{{name: one, namespace: infra{parent}}}]{rest}, rules: [{{backendRefs: [{{name: web, port: 80{backend}}}]}}]}}"
        ),
    )
}

fn all(listener: &str, route: &str) -> String {
    told(&(WEB.to_owned() + &namespace("shop", "team: shop") + &gateway(listener) + route)).join("|")
}

const HTTP: &str = "port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}";

#[test]
fn a_route_hangs_from_listeners_that_take_its_namespace() {
    let plain = route("HTTPRoute", "", "", "");
    assert_eq!(all(HTTP, &plain), "HTTPRoute * 80 none from all asks [] → shop/web[Deployment] TCP 8080 open");
    let refused = "HTTPRoute not-attached: not attached: listener l takes no routes of namespace shop";
    assert_eq!(all("port: 80, protocol: HTTP", &plain), refused, "its own namespace only, where nothing is said");
    let selected = |label: &str| {
        format!(
            "port: 80, protocol: HTTP, allowedRoutes: {{namespaces: {{from: Selector, selector: {{matchLabels: {{team: {label}}}}}}}}}"
        )
    };
    assert!(all(&selected("shop"), &plain).contains("→ shop/web"));
    assert_eq!(all(&selected("other"), &plain), refused);
}

#[test]
fn a_route_hangs_from_the_listener_that_it_names_and_that_takes_its_kind() {
    assert!(all(HTTP, &route("HTTPRoute", ", sectionName: l, port: 80", "", "")).contains("→ shop/web"));
    assert!(all(HTTP, &route("HTTPRoute", ", sectionName: m", "", "")).contains("has no such listener"));
    assert!(all(HTTP, &route("HTTPRoute", ", port: 81", "", "")).contains("has no such listener"));
    assert!(all(HTTP, &route("TCPRoute", "", "", "")).contains("takes no TCPRoute"));
    let kinds = HTTP.replace("from: All}", "from: All}, kinds: [{kind: GRPCRoute}]");
    assert!(all(&kinds, &route("HTTPRoute", "", "", "")).contains("takes no HTTPRoute"));
    assert!(
        all(
            HTTP,
            &route("HTTPRoute", "", "", "").replace("name: one, namespace: infra", "name: two, namespace: infra")
        )
        .contains("no-parent")
    );
}

#[test]
fn a_route_answers_for_hosts_that_it_shares_with_the_listener() {
    let listener = format!("hostname: '*.example.com', {HTTP}");
    let hosts = |hosts: &str| all(&listener, &route("HTTPRoute", "", &format!(", hostnames: [{hosts}]"), ""));
    assert!(hosts("a.example.com, b.example.org").starts_with("HTTPRoute a.example.com 80"));
    assert!(hosts("example.com").contains("not-attached"));
    assert!(all(&listener, &route("HTTPRoute", "", "", "")).starts_with("HTTPRoute *.example.com 80"));
}

#[test]
fn weights_and_grants_decide_about_backends() {
    assert!(all(HTTP, &route("HTTPRoute", "", "", ", weight: 0")).contains("no-weight"));
    let elsewhere = route("HTTPRoute", "", "", "")
        .replace("metadata: {name: one, namespace: shop", "metadata: {name: one, namespace: team");
    let elsewhere = elsewhere.replace("name: web, port: 80", "name: web, namespace: shop, port: 80");
    assert!(all(HTTP, &elsewhere).contains("not-granted"));
    let grant = |name: &str, from: &str| {
        object(
            "gateway.networking.k8s.io/v1beta1",
            "ReferenceGrant",
            "",
            &format!(
                "{{from: [{{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: {from}}}], to: [{{group: '', kind: Service{name}}}]}}"
            ),
        )
    };
    assert!(all(HTTP, &(elsewhere.clone() + &grant("", "team"))).contains("→ shop/web"));
    assert!(all(HTTP, &(elsewhere.clone() + &grant(", name: web", "team"))).contains("→ shop/web"));
    assert!(all(HTTP, &(elsewhere.clone() + &grant(", name: db", "team"))).contains("not-granted"));
    assert!(all(HTTP, &(elsewhere + &grant("", "other"))).contains("not-granted"));
}

#[test]
fn tls_is_terminated_or_passed_through_and_may_ask_for_certificates() {
    let tls = |rest: &str| {
        format!(
            "port: 443, protocol: HTTPS, tls: {{certificateRefs: [{{name: c{rest}}}]}}, allowedRoutes: {{namespaces: {{from: All}}}}"
        )
    };
    assert!(all(&tls(""), &route("HTTPRoute", "", "", "")).contains(" 443 terminated "));
    let passed = "port: 443, protocol: TLS, tls: {mode: Passthrough}, allowedRoutes: {namespaces: {from: All}}";
    assert!(all(passed, &route("TLSRoute", "", "", "")).contains(" passed through "));
    assert!(
        all(&tls(", namespace: certs"), &route("HTTPRoute", "", "", "")).starts_with("Gateway certificate-not-granted")
    );
    let asking = format!("{}]}}\n", gateway(&tls("")).trim_end().trim_end_matches("]}"))
        .replace("]}\n", "], tls: {frontend: {default: {validation: {caCertificateRefs: [{name: ca}]}}}}}\n");
    let asked = told(&(WEB.to_owned() + &asking + &route("HTTPRoute", "", "", "")));
    assert!(asked[0].contains("asks [client certificate]"), "{asked:?}");
}
