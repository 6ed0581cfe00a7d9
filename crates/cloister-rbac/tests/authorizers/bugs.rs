//! Mistakes in reading a chain and its conditions, put into the text one by one: the tests must notice each of them.

use std::cell::Cell;
use std::panic::catch_unwind;

type Read = fn(String) -> String;

thread_local! {
    static BUG: Cell<Read> = const { Cell::new(|text| text) };
}

/// The text as the mistake of the moment reads it.
pub fn as_read(text: String) -> String {
    (BUG.get())(text)
}

const BUGS: &[(&str, Read)] = &[
    ("conditions are not looked at", |text| each_expression(&text, |_| "true".to_owned())),
    ("conditions are never true", |text| each_expression(&text, |_| "false".to_owned())),
    ("conditions are turned round", |text| each_expression(&text, |written| format!("!({written})"))),
    ("every failure denies", |text| text.replace("failurePolicy: NoOpinion", "failurePolicy: Deny")),
    ("no failure denies", |text| text.replace("failurePolicy: Deny", "failurePolicy: NoOpinion")),
    ("what fails cannot be mended by another side", |text| text.replace(" || request.user == 'ann'", "")),
    ("nobody is in a group", |text| text.replace("request.groups", "[]")),
    ("nobody has extra values", |text| text.replace("request.extra", "{}")),
    ("namespaces are not shown", |text| text.replace("request.resourceAttributes.namespace", "''")),
    ("an empty subresource is none", |text| text.replace("has(request.resourceAttributes.subresource)", "false")),
    ("field selectors are not shown", |text| {
        text.replace("request.resourceAttributes.fieldSelector.requirements", "[]")
    }),
    ("empty label selectors are shown", |text| {
        text.replace(
            "!has(request.resourceAttributes.labelSelector)",
            "has(request.resourceAttributes.fieldSelector) && false",
        )
    }),
    ("paths are resources", |text| text.replace("has(request.resourceAttributes)", "true")),
    ("the uid may be absent", |text| text.replace("has(request.uid)", "false")),
    ("the order of a flag does not matter", |text| text.replace("Webhook,RBAC", "RBAC,Webhook")),
    ("a flag in two words is not read", |text| text.replace("'--authorization-mode', ", "'--x', ")),
    ("without a flag, RBAC decides", |text| text.replace("--v=2", "--authorization-mode=RBAC")),
    ("AlwaysAllow is no authoriser", |text| text.replace(",AlwaysAllow", "")),
    ("a webhook allows", |text| text.replace("=Webhook,", "=AlwaysAllow,")),
    ("unknown types are left out", |text| text.replace("- {type: Magic, name: m}\n", "")),
    ("a policy of no such name is Deny", |text| text.replace("failurePolicy: Perhaps", "failurePolicy: Deny")),
];

fn each_expression(text: &str, with: impl Fn(&str) -> String) -> String {
    let (from, to) = ("- expression: \"", "\"");
    let mut parts = text.split(from);
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| {
        let (written, after) = part.split_once(to).unwrap();
        format!("{from}{}{to}{after}", with(written))
    });
    first + &rest.collect::<String>()
}

fn is_noticed(bug: Read) -> bool {
    super::TESTS.iter().any(|test| {
        BUG.set(bug);
        let failed = catch_unwind(test).is_err();
        BUG.set(|text| text);
        failed
    })
}

#[test]
fn each_bug_is_noticed() {
    assert!(!is_noticed(|text| text));
    let missed: Vec<&str> = BUGS.iter().filter(|(_, bug)| !is_noticed(*bug)).map(|(name, _)| *name).collect();
    assert_eq!(missed, Vec::<&str>::new());
}
