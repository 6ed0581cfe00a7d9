//! AuthenticationConfiguration, as the API server reads it. What a running server says of the same is in
//! `judge configurations`.
#![allow(clippy::unwrap_used, reason = "a test")]

use cloister_authentication::{Answer, Configuration, Name, Oidc, Server, issuer_of_flags};
use cloister_manifest::{Interner, parse};
use cloister_model::{Origin, Resource};

fn read(text: &str) -> Resource {
    let text = format!("apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n{text}");
    let mut parsed = parse(&text, &Origin::File("a.yaml".into()), 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    parsed.resources.remove(0)
}

fn jwt(rest: &str) -> String {
    format!("jwt:\n- issuer: {{url: 'https://id.example.org', audiences: [k8s]}}\n{rest}")
}

const NAMED: &str = "  claimMappings: {username: {claim: sub, prefix: 'oidc:'}}\n";

#[test]
fn the_server_refuses_what_it_refuses() {
    let good = jwt(NAMED);
    let issuer = |fields: &str| format!("jwt:\n- issuer: {{{fields}}}\n{NAMED}");
    let rules = |rules: &str| jwt(&format!("{NAMED}  {rules}\n"));
    let maps = |maps: &str| jwt(&format!("  claimMappings: {{{maps}}}\n"));
    let sub = "username: {claim: sub, prefix: ''}";
    let cases = [
        ("anonymous: {enabled: false, conditions: [{path: /livez}]}\n".to_owned(), "enabled: true"),
        ("anonymous: {enable: true}\n".to_owned(), "no field"),
        ("metadata: {name: a}\n".to_owned(), "no field"),
        (issuer("audiences: [k8s]"), "no url"),
        (issuer("url: 'http://id.example.org', audiences: [k8s]"), "https://"),
        (issuer("url: 'https://a:b@id.example.org', audiences: [k8s]"), "password"),
        (issuer("url: 'https://id.example.org?a=b', audiences: [k8s]"), "query"),
        (issuer("url: 'https://id.example.org#a', audiences: [k8s]"), "fragment"),
        (issuer("url: 'https://id.example.org'"), "no audience"),
        (issuer("url: 'https://id.example.org', audiences: ['']"), "empty"),
        (issuer("url: 'https://id.example.org', audiences: [a, b]"), "MatchAny"),
        (issuer("url: 'https://id.example.org', audiences: [a, a], audienceMatchPolicy: MatchAny"), "twice"),
        (issuer("url: 'https://id.example.org', audiences: [a], audienceMatchPolicy: MatchAll"), "MatchAny or empty"),
        (issuer("url: 'https://id.example.org', discoveryURL: 'https://id.example.org/', audiences: [a]"), "differ"),
        (issuer("url: 'https://id.example.org', audiences: [a], certificateAuthority: none"), "no certificate"),
        (format!("{good}{}", good.replace("jwt:\n", "")), "same address"),
        (maps("groups: {claim: groups, prefix: ''}"), "what the user's name is"),
        (maps("username: {claim: sub}"), "needs a prefix"),
        (maps("username: {claim: sub, expression: claims.sub}"), "a claim and an expression"),
        (maps("username: {expression: claims.sub, prefix: ''}"), "and a prefix"),
        (maps("username: {expression: 'claims.sub +'}"), "no CEL"),
        (maps("username: {expression: 'claim.sub'}"), "no \"claim\""),
        (maps("username: {expression: claims.email}"), "email_verified"),
        (maps(&format!("{sub}, groups: {{expression: 'claims.roles.map(role, \"a:\" + role)'}}")), "dyn(claims.roles)"),
        (maps(&format!("{sub}, uid: {{claim: a, expression: claims.a}}")), "uid"),
        (maps(&format!("{sub}, extra: [{{key: foo, valueExpression: claims.a}}]")), "domain and a path"),
        (maps(&format!("{sub}, extra: [{{key: a.example.org/Foo, valueExpression: claims.a}}]")), "lowercase"),
        (maps(&format!("{sub}, extra: [{{key: a.k8s.io/foo, valueExpression: claims.a}}]")), "reserved"),
        (maps(&format!("{sub}, extra: [{{key: example.org/foo}}]")), "valueExpression"),
        (rules("claimValidationRules: [{claim: a, expression: 'true'}]"), "a claim and an expression"),
        (rules("claimValidationRules: [{}]"), "neither"),
        (rules("claimValidationRules: [{claim: a, message: b}]"), "no message"),
        (rules("claimValidationRules: [{claim: a}, {claim: a}]"), "same claim"),
        (rules("claimValidationRules: [{expression: 'claims.a == 1', requiredValue: b}]"), "requiredValue"),
        (rules("claimValidationRules: [{expression: claims.a}]"), "truth"),
        (rules("userValidationRules: [{expression: 'user.name == \"a\"'}]"), "user.name"),
        (rules("userValidationRules: [{message: a}]"), "no expression"),
    ];
    for (text, cause) in cases {
        let resource = read(&text);
        let found = Configuration::of(&resource).faults(&Server::default());
        let causes: Vec<&String> = found.iter().map(|fault| &fault.cause).collect();
        assert!(found.len() == 1 && causes.iter().all(|own| own.contains(cause)), "{text}: {cause}\n{causes:#?}");
    }
}

#[test]
fn it_takes_what_it_takes() {
    for text in [
        String::new(),
        "anonymous: {enabled: true, conditions: [{path: /livez}]}\n".to_owned(),
        jwt(NAMED),
        jwt(
            "  claimValidationRules: [{expression: 'claims.email_verified == true'}, {claim: hd, requiredValue: a}]\n  \
             claimMappings: {username: {expression: '\"a:\" + claims.email'}, groups: {expression: \
             'claims.roles.split(\",\").map(r, \"a:\" + r)'}, extra: [{key: example.org/a, valueExpression: claims.a}]}\n  \
             userValidationRules: [{expression: '!user.username.startsWith(\"system:\")'}, {expression: \
             'user.groups.all(group, !group.startsWith(\"system:\"))'}]\n",
        ),
        jwt(
            "  claimMappings: {username: {expression: 'claims.?email_verified.orValue(true) == true ? claims.email : \"\"'}}\n",
        ),
    ] {
        let resource = read(&text);
        let found = Configuration::of(&resource).faults(&Server::default());
        assert!(found.is_empty(), "{text}\n{found:#?}");
    }
}

#[test]
fn flags_and_the_file_must_not_say_the_same() {
    let text = format!("anonymous: {{enabled: false}}\n{}", jwt(NAMED));
    let resource = read(&text);
    let own_issuers = vec!["https://id.example.org".to_owned()];
    let server = Server { anonymous_flag: true, oidc_flags: true, own_issuers };
    assert_eq!(Configuration::of(&resource).faults(&server).len(), 3);
}

fn masters(mappings: &str) -> Answer {
    let text = jwt(mappings);
    let resource = read(&text);
    let configuration = Configuration::of(&resource);
    assert!(configuration.faults(&Server::default()).is_empty(), "{text}");
    configuration.issuers.first().unwrap().may_name(Name::Group("system:masters"))
}

#[test]
fn a_prefix_or_a_rule_keeps_an_issuer_from_naming_masters() {
    let open = [
        "  claimMappings: {username: {claim: sub, prefix: 'a:'}, groups: {claim: groups, prefix: ''}}\n",
        "  claimMappings: {username: {claim: sub, prefix: 'a:'}, groups: {claim: groups, prefix: 'system:'}}\n",
        "  claimMappings: {username: {claim: sub, prefix: 'a:'}, groups: {expression: claims.roles}}\n",
        "  claimMappings: {username: {claim: sub, prefix: 'a:'}, groups: {expression: '\"system:\" + claims.role'}}\n",
        "  claimMappings: {username: {claim: sub, prefix: 'a:'}, groups: {expression: 'claims.admin ? \"system:masters\" : \"\"'}}\n",
        "  claimMappings: {username: {claim: sub, prefix: 'a:'}, groups: {expression: 'claims.realm.roles.split(\",\")'}}\n",
        // A rule about something else is no hindrance: the issuer says that as well.
        "  claimValidationRules: [{expression: 'claims.hd == \"example.org\"'}]\n  claimMappings: {username: {claim: sub, prefix: \
         'a:'}, groups: {claim: groups, prefix: ''}}\n",
    ];
    for mappings in open {
        assert!(matches!(masters(mappings), Answer::Yes(_)), "{mappings}: {:?}", masters(mappings));
    }
    let closed = [
        "  claimMappings: {username: {claim: sub, prefix: ''}}\n",
        "  claimMappings: {username: {claim: sub, prefix: ''}, groups: {claim: groups, prefix: 'oidc:'}}\n",
        "  claimMappings: {username: {claim: sub, prefix: ''}, groups: {expression: '\"oidc:\" + claims.role'}}\n",
        "  claimMappings: {username: {claim: sub, prefix: ''}, groups: {claim: groups, prefix: ''}}\n  userValidationRules: \
         [{expression: 'user.groups.all(group, !group.startsWith(\"system:\"))'}]\n",
        "  claimValidationRules: [{expression: 'claims.roles != \"system:masters\" && !(\"system:masters\" in claims.roles)'}]\n  \
         claimMappings: {username: {claim: sub, prefix: ''}, groups: {claim: roles, prefix: ''}}\n",
    ];
    for mappings in closed {
        assert!(!matches!(masters(mappings), Answer::Yes(_)), "{mappings}: {:?}", masters(mappings));
    }
}

#[test]
fn flags_are_read_as_the_server_reads_them() {
    let base = Oidc { issuer_url: "https://id.example.org".into(), client_id: "k8s".into(), ..Oidc::default() };
    let named = |flags: &Oidc, name| matches!(issuer_of_flags(flags).unwrap().may_name(name), Answer::Yes(_));
    let user = Name::User("system:kube-controller-manager");
    assert!(!named(&base, user), "the issuer is the prefix");
    assert!(named(&Oidc { username_prefix: "-".into(), ..base.clone() }, user));
    assert!(named(&Oidc { username_claim: "email".into(), ..base.clone() }, user), "email has no prefix of its own");
    let groups = Oidc { groups_claim: "groups".into(), ..base.clone() };
    assert!(named(&groups, Name::Group("system:masters")));
    assert!(!named(&Oidc { groups_prefix: "oidc:".into(), ..groups.clone() }, Name::Group("system:masters")));
    let pinned = Oidc { required_claims: vec!["groups=staff".into()], ..groups };
    assert!(!named(&pinned, Name::Group("system:masters")));
    assert!(issuer_of_flags(&Oidc { client_id: String::new(), ..base }).is_none());
}
