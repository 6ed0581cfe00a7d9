//! Generated match conditions, each of a class.

use crate::judges::Dice;

/// Expressions over everything that a condition may look at; `@` is a word that fits, `#` a small number.
const SIMPLE: [(&str, &[&str], &[&str]); 15] = [
    (
        "user",
        &["request.user == '@'", "request.user != '@'", "request.user in ['@', '@']", "request.user < '@'"],
        &["ann", "Ann", "bob", "team-blue", "system:serviceaccount:ci:bot"],
    ),
    (
        "groups",
        &[
            "'@' in request.groups",
            "!('@' in request.groups)",
            "request.groups == ['@']",
            "size(request.groups) > #",
            "request.groups[0] == '@'",
        ],
        &["team-a", "team-b", "Admins", "devs"],
    ),
    (
        "macros",
        &[
            "request.groups.exists(g, g == '@')",
            "request.groups.all(g, g.startsWith('@'))",
            "request.groups.exists_one(g, g.endsWith('@'))",
            "request.groups.filter(g, g.contains('@')).size() == #",
            "request.groups.map(g, g.lowerAscii()).exists(g, g == '@')",
            "request.groups.map(g, g != '@', g + 'x').size() > #",
            "request.groups.exists(g, request.extra[g][0] == '@')",
            "request.groups.all(g, g.substring(#) != '@')",
        ],
        &["team", "team-a", "a", "s", "admins"],
    ),
    (
        "presence",
        &[
            "has(request.resourceAttributes)",
            "!has(request.nonResourceAttributes)",
            "has(request.resourceAttributes.subresource)",
            "has(request.resourceAttributes) && has(request.resourceAttributes.fieldSelector)",
            "has(request.uid) && has(request.extra) && has(request.groups)",
            "has(request.resourceAttributes.labelSelector) || request.user == '@'",
        ],
        &["ann"],
    ),
    (
        "resources, guarded",
        &[
            "has(request.resourceAttributes) && request.resourceAttributes.verb == '@'",
            "has(request.resourceAttributes) && request.resourceAttributes.namespace in ['@', '']",
            "has(request.resourceAttributes) ? request.resourceAttributes.resource == '@' : false",
            "!has(request.resourceAttributes) || request.resourceAttributes.name != '@'",
        ],
        &["get", "list", "kube-system", "shop", "secrets", "db"],
    ),
    (
        "resources, unguarded",
        &[
            "request.resourceAttributes.namespace != '@'",
            "request.resourceAttributes.verb in ['@', 'get', 'watch']",
            "request.resourceAttributes.group == '' && request.resourceAttributes.version == 'v1'",
            "request.user == '@' || request.resourceAttributes.subresource == ''",
        ],
        &["kube-system", "list", "ann"],
    ),
    (
        "paths",
        &[
            "request.nonResourceAttributes.path == '@'",
            "has(request.nonResourceAttributes) && request.nonResourceAttributes.path.startsWith('@')",
            "request.nonResourceAttributes.verb == 'get' && request.nonResourceAttributes.path.size() > #",
        ],
        &["/healthz", "/api", "/metrics"],
    ),
    (
        "strings",
        &[
            "request.user.startsWith('@')",
            "request.user.endsWith('@') || request.user.contains('@')",
            "request.user.matches('^[a-z]+(-@)?$')",
            "request.user.upperAscii() == '@'.upperAscii()",
            "request.user.replace('-', ':').split(':').size() > #",
            "request.user.split('@').exists(part, part == 'ann')",
            "request.user.substring(0, #) == '@'",
            "request.user.indexOf('@') == #",
            "request.user.charAt(#) == 'n'",
            "' @ '.trim() == request.user",
            "request.groups.join('@').size() > #",
            "'%s-%d'.format([request.user, #]) == 'ann-1'",
            "string(size(request.user)) + '@' == '3@'",
        ],
        &["ann", "team", "bot", "blue", "s"],
    ),
    (
        "extra and uid",
        &[
            "'department' in request.extra && '@' in request.extra['department']",
            "request.extra['department'][0] == '@'",
            "has(request.extra.department)",
            "request.extra.exists(key, key == '@')",
            "request.uid == '7' || request.uid == '@'",
            "int(request.uid) > #",
        ],
        &["health", "billing", "department", "abc"],
    ),
    (
        "selectors",
        &[
            "request.resourceAttributes.fieldSelector.requirements.exists(r, r.key == 'spec.nodeName' && '@' in r.values)",
            "has(request.resourceAttributes.labelSelector) && request.resourceAttributes.labelSelector.requirements.all(r, r.operator in ['@', 'In'])",
            "request.resourceAttributes.labelSelector.requirements[0].values.size() == #",
            "has(request.resourceAttributes) && !has(request.resourceAttributes.fieldSelector)",
        ],
        &["n1", "n2", "Exists", "NotIn"],
    ),
    (
        "optional values",
        &[
            "request.?nonResourceAttributes.path.orValue('@') == '/healthz'",
            "request.?resourceAttributes.?name.orValue('') == '@'",
            "request.?resourceAttributes.hasValue()",
            "request.extra[?'department'].orValue([]).exists(d, d == '@')",
        ],
        &["/healthz", "db", "health"],
    ),
    (
        "numbers and errors",
        &[
            "size(request.user) % 2 == #",
            "10 / (size(request.groups) - #) > 2",
            "request.groups[#] != '@'",
            "size(request.groups) * 3 - # >= 2 && double(size(request.user)) > 2.5",
            "request.user == '@' || 1 / (size(request.groups) - size(request.groups)) == 0",
        ],
        &["ann", "team-a"],
    ),
    (
        "regular expressions",
        &[
            "request.user.find('[@]+') == 'ann'",
            "request.user.find('^[a-z]+(-@)?$') != ''",
            "request.user.findAll('[@]').size() > #",
            "request.user.findAll('[a-z]', #).join('') == '@'",
            "request.groups.exists(g, g.find('-(.*)') == '-@')",
        ],
        &["a", "an", "ann", "b", "blue"],
    ),
    (
        "sets",
        &[
            "sets.contains(request.groups, ['@'])",
            "sets.intersects(request.groups, ['@', 'Admins'])",
            "sets.equivalent(request.groups, ['@', 'system:authenticated'])",
            "!sets.contains(['@', 'devs', 'team-a'], request.groups)",
        ],
        &["team-a", "team-b", "devs"],
    ),
    (
        "lists",
        &[
            "request.groups.isSorted()",
            "request.groups.min() == '@'",
            "request.groups.max() >= '@'",
            "request.groups.indexOf('@') == #",
            "request.groups.lastIndexOf('@') >= #",
            "request.groups.map(g, size(g)).sum() > #",
            "request.groups.filter(g, g == '@').min() == '@'",
        ],
        &["team-a", "team-b", "devs", "Admins"],
    ),
];

/// What only Kubernetes has, so that we must say that we do not know.
const LACKING: [&str; 6] = [
    "isURL(request.user)",
    "request.groups.exists(i, g, g == 'team-a' && i == 0)",
    "cidr('10.0.0.0/8').containsIP('10.0.0.1') && request.user == 'ann'",
    "quantity('1Gi').isGreaterThan(quantity('500Mi')) && request.user == 'ann'",
    "semver('1.2.3').major() == 1 || request.user == 'bob'",
    "isIP(request.user)",
];

/// A condition, and what it is an example of.
#[derive(Clone, Debug)]
pub struct Condition {
    pub class: &'static str,
    pub expression: String,
}

/// One condition.
pub fn generate(dice: &mut Dice) -> Condition {
    if dice.chance(6) {
        return Condition { class: "functions that only Kubernetes has", expression: dice.pick(&LACKING).to_owned() };
    }
    let (class, expression) = simple(dice);
    if !dice.chance(35) {
        return Condition { class, expression };
    }
    let (_, other) = simple(dice);
    let operator = dice.pick(&["&&", "||"]);
    let expression = match dice.below(3) {
        0 => format!("!({expression}) {operator} ({other})"),
        1 => format!("({other}) ? ({expression}) : true"),
        _ => format!("({expression}) {operator} ({other})"),
    };
    Condition { class: "several together", expression }
}

fn simple(dice: &mut Dice) -> (&'static str, String) {
    let at = dice.below(SIMPLE.len());
    let Some((class, templates, words)) = SIMPLE.get(at) else { return ("user", "true".to_owned()) };
    let mut expression = String::new();
    for character in dice.pick(templates).chars() {
        match character {
            '@' => expression.push_str(dice.pick(words)),
            '#' => expression.push_str(&dice.below(4).to_string()),
            other => expression.push(other),
        }
    }
    (class, expression)
}
