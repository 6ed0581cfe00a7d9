//! People sign in at a real provider of OpenID Connect (zitadel/oidc, certified), by HTTP as a browser does it, and in Chromium.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests run programs"
)]

use std::collections::HashMap;
use std::process::Command;
use std::time::Duration;

use cloister_e2e_hub::axe;
use cloister_e2e_hub::browser::Browser;
use cloister_e2e_hub::hub::Hub;
use cloister_tools::service::{Service, free_ports};
use serde_json::{Value, json};
use ureq::Agent;

const PASSWORD: &str = "made-up-for-the-test";
const SECRET: &str = "made-up secret/of+the client";
/// A token of the hub's own, which works whatever becomes of the provider.
const OWN: &str = "token-of-the-hubs-own-0123456789";
const ROLES: &str = "hub-admins admin\nstaff viewer\n\"Clinic IT\" engineer clinic\n";

/// A provider, a hub that lets its people in, and what a browser holds.
struct World {
    provider: Service,
    issuer: String,
    hub: Hub,
    agent: Agent,
    _home: tempfile::TempDir,
}

/// Cookies of the hub and of the provider.
#[derive(Default)]
struct Jar(HashMap<String, String>);

struct Reply {
    status: u16,
    location: String,
    body: String,
}

impl World {
    fn start(client: &str) -> World {
        let home = tempfile::tempdir().unwrap();
        let person = |name: &str, groups: Value| {
            json!({"Username": name, "Password": PASSWORD, "Email": format!("{name}@shop.example"), "EmailVerified": true,
                "FirstName": name, "LastName": "Example", "PreferredLanguage": "en", "Groups": groups})
        };
        let people = json!({
            "s-mila": person("mila", json!(["staff", "Clinic IT"])), "s-jan": person("jan", json!(["staff", "others"])),
            "s-root": person("root", json!(["hub-admins"])), "s-guest": person("guest", json!(["others", "hub-admin"])),
            "s-none": person("none", Value::Null),
        });
        let write = |name: &str, text: &str| {
            let path = home.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let people = write("people.json", &people.to_string());
        let [port] = free_ports::<1>().unwrap();
        let mut command = Command::new(cloister_tools::path("openid-provider").unwrap());
        command.args([&port.to_string(), &people]).env("CLIENT_SECRET", SECRET);
        let mut provider = Service::start("openid-provider", &mut command, home.path()).unwrap();
        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .into();
        let issuer = format!("http://127.0.0.1:{port}");
        let about = format!("{issuer}/.well-known/openid-configuration");
        provider.wait_until(Duration::from_secs(20), || agent.get(&about).call().is_ok()).unwrap();
        let (roles, tokens, secret) =
            (write("roles", ROLES), write("tokens", &format!("own viewer {OWN}\n")), write("secret", SECRET));
        let mut arguments = vec!["--watch", "examples/clinic", "--tokens", &tokens, "--oidc-issuer", &issuer];
        arguments.extend(["--oidc-client", client, "--oidc-roles", &roles]);
        if client == "hub" {
            arguments.extend(["--oidc-secret", &secret]);
        }
        let hub = Hub::start(home.path(), &arguments).unwrap();
        World { provider, issuer, hub, agent, _home: home }
    }

    fn ask(&self, jar: &mut Jar, place: &str, form: Option<&[(&str, &str)]>) -> Reply {
        let cookies: Vec<String> = jar.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut answer = match form {
            None => self.agent.get(place).header("cookie", &cookies).call(),
            Some(form) => self.agent.post(place).header("cookie", &cookies).send_form(form.iter().copied()),
        }
        .unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            jar.0.insert(name.to_owned(), value.to_owned());
        }
        let location = answer.headers().get("location").map_or("", |place| place.to_str().unwrap()).to_owned();
        let location = if location.starts_with('/') { format!("{}{location}", self.issuer) } else { location };
        Reply { status: answer.status().as_u16(), location, body: answer.body_mut().read_to_string().unwrap() }
    }

    /// To the provider and through its form: the address by which it leads back.
    fn led_back(&self, jar: &mut Jar, name: &str) -> String {
        let begun = self.ask(jar, &format!("{}/sign-in/oidc", self.hub.address), None);
        assert_eq!(begun.status, 303, "{}", begun.body);
        let form = self.ask(jar, &begun.location, None);
        assert_eq!(form.status, 302, "{}: {}", begun.location, form.body);
        let id = form.location.split_once("authRequestID=").unwrap().1;
        let fields = [("id", id), ("username", name), ("password", PASSWORD)];
        let done = self.ask(jar, &format!("{}/login/username", self.issuer), Some(&fields));
        assert_eq!(done.status, 302, "{}", done.body);
        let back = self.ask(jar, &done.location, None);
        assert!(
            back.location.starts_with(&format!("{}/sign-in/oidc/callback?", self.hub.address)),
            "{}",
            back.location
        );
        back.location
    }

    fn sign_in(&self, name: &str) -> (Reply, Jar) {
        let mut jar = Jar::default();
        let back = self.led_back(&mut jar, name);
        (self.ask(&mut jar, &back, None), jar)
    }

    fn me(&self, jar: &mut Jar) -> Value {
        let reply = self.ask(jar, &format!("{}/api/v1/me", self.hub.address), None);
        serde_json::from_str(&reply.body).unwrap()
    }
}

#[test]
fn people_come_in_as_what_their_groups_are() {
    let world = World::start("hub");
    for (name, role, namespaces) in
        [("mila", "engineer", json!("clinic")), ("jan", "viewer", Value::Null), ("root", "admin", Value::Null)]
    {
        let (reply, mut jar) = world.sign_in(name);
        assert_eq!(reply.status, 200, "{name}: {}", reply.body);
        let me = world.me(&mut jar);
        let called = format!("oidc:{name}@shop.example ({} s-{name})", world.issuer);
        assert_eq!((&me["name"], &me["role"], &me["namespaces"]), (&json!(called), &json!(role), &namespaces));
    }
    for (name, cause) in [("guest", "in no group that has a role here"), ("none", "there is no claim groups")] {
        let (reply, mut jar) = world.sign_in(name);
        assert!(reply.status == 403 && reply.body.contains(cause), "{}", reply.body);
        assert_eq!(world.me(&mut jar)["status"], 401);
    }
    // Who came in, and who did not, is on record.
    let (_, mut jar) = world.sign_in("root");
    let page = world.ask(&mut jar, &format!("{}/api/v1/evidence?limit=100", world.hub.address), None).body;
    assert_eq!(
        serde_json::from_str::<Value>(&page).unwrap()["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["kind"] == "login")
            .count(),
        6,
        "{page}"
    );
}

#[test]
fn a_public_client_finds_groups_at_the_userinfo_endpoint() {
    let world = World::start("plain");
    let (reply, mut jar) = world.sign_in("mila");
    assert_eq!(reply.status, 200, "{}", reply.body);
    let me = world.me(&mut jar);
    assert_eq!((&me["role"], &me["namespaces"]), (&json!("engineer"), &json!("clinic")));
    assert_eq!(world.sign_in("guest").0.status, 403);
}

#[test]
fn keys_of_every_kind_are_taken_as_soon_as_they_sign() {
    let world = World::start("hub");
    for algorithm in ["RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "RS256"] {
        world.agent.post(format!("{}/keys?algorithm={algorithm}", world.issuer)).send_empty().unwrap();
        let (reply, _) = world.sign_in("jan");
        assert_eq!(reply.status, 200, "{algorithm}: {}", reply.body);
    }
}

#[test]
fn what_leads_back_counts_once_for_the_browser_that_began() {
    let world = World::start("hub");
    let refused = |reply: &Reply, cause: &str| {
        assert!(reply.status == 403 && reply.body.contains(cause), "{cause}: {} {}", reply.status, reply.body);
    };
    let mut theirs = Jar::default();
    let back = world.led_back(&mut theirs, "root");
    refused(&world.ask(&mut Jar::default(), &back, None), "began no sign-in");
    let mut copy = Jar(theirs.0.clone());
    assert_eq!(world.ask(&mut theirs, &back, None).status, 200);
    refused(&world.ask(&mut copy, &back, None), "began no sign-in");
    // Somebody's code in another browser's sign-in: the provider holds it against the verifier.
    let (mut one, mut two) = (Jar::default(), Jar::default());
    let (stolen, own) = (world.led_back(&mut one, "root"), world.led_back(&mut two, "guest"));
    let part = |address: &str, name: &str| {
        let question = address.split_once('?').unwrap().1;
        question.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap().to_owned()
    };
    let mixed = format!("code={}&state={}", part(&stolen, "code"), part(&own, "state"));
    let mixed = format!("{}/sign-in/oidc/callback?{mixed}", world.hub.address);
    refused(&world.ask(&mut two, &mixed, None), "(invalid_grant)");
    refused(&world.ask(&mut one, &own, None), "(state)");
}

#[test]
fn one_signs_out_with_the_provider_too_and_without_it_the_other_ways_stay() {
    let mut world = World::start("hub");
    let (_, mut jar) = world.sign_in("jan");
    let page = world.ask(&mut jar, &format!("{}/sources", world.hub.address), None).body;
    let token = page.split("name=\"token-of-form\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let out = world.ask(&mut jar, &format!("{}/sign-out", world.hub.address), Some(&[("token-of-form", &token)]));
    assert_eq!(out.status, 200, "{}", out.body);
    let place =
        out.body.split("class=\"button\" href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let left = world.ask(&mut jar, &place, None);
    assert_eq!((left.status, left.location), (302, format!("{}/sign-in", world.hub.address)), "{}", left.body);
    assert_eq!(world.me(&mut jar)["status"], 401);

    let (_, mut jar) = world.sign_in("jan");
    let mut late = Jar::default();
    let back = world.led_back(&mut late, "jan");
    Command::new("kill").args(["-9", &world.provider.id().to_string()]).status().unwrap();
    world.provider.wait_until(Duration::from_secs(5), || false).unwrap_err();
    let reply = world.ask(&mut late, &back, None);
    assert!(reply.status == 503 && reply.body.contains("refuses the connection"), "{} {}", reply.status, reply.body);
    assert_eq!(world.me(&mut jar)["role"], "viewer", "who is in stays in");
    let mut form = Jar::default();
    let page = world.ask(&mut form, &format!("{}/sign-in", world.hub.address), None).body;
    let token = page.split("name=\"token-of-form\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields = [("token-of-form", &*token), ("token", OWN)];
    assert_eq!(world.ask(&mut form, &format!("{}/sign-in", world.hub.address), Some(&fields)).status, 200);
}

#[test]
fn a_browser_follows_the_button_and_comes_back_to_where_it_wanted() {
    let world = World::start("hub");
    let (mut browser, script) = (Browser::start().unwrap(), axe::script().unwrap());
    browser.open(&format!("{}/alerts", world.hub.address)).unwrap();
    browser.value("document.querySelector('main a').click()").unwrap();
    until(&mut browser, "document.querySelector('main a.button') !== null");
    assert_eq!(axe::violations(&mut browser, &script).unwrap(), Vec::<String>::new());
    let folder = cloister_e2e_hub::hub::program().with_file_name("hub-pictures");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, width, dark) in [("sign-in", 1440, false), ("sign-in-narrow-dark", 360, true)] {
        browser.look(width, dark).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), browser.picture().unwrap()).unwrap();
    }
    browser.value("document.querySelector('main a.button').click()").unwrap();
    until(&mut browser, "document.querySelector('#username') !== null");
    let filled = format!(
        "document.querySelector('#username').value = 'mila'; document.querySelector('#password').value = '{PASSWORD}'; document.querySelector('form').submit()"
    );
    browser.value(&filled).unwrap();
    until(&mut browser, "location.pathname === '/alerts' && document.querySelector('form.who') !== null");
    let shown = browser.value("document.querySelector('form.who a').textContent").unwrap();
    assert_eq!(shown, "mila@shop.example, your sessions");
    browser.value("document.querySelector('form.who button').click()").unwrap();
    until(
        &mut browser,
        "document.querySelector('h1') && document.querySelector('h1').textContent === 'You are signed out'",
    );
    assert_eq!(axe::violations(&mut browser, &script).unwrap(), Vec::<String>::new());
    browser.open(&format!("{}/sign-in/oidc/callback?error=access_denied", world.hub.address)).unwrap();
    assert_eq!(axe::violations(&mut browser, &script).unwrap(), Vec::<String>::new());
    std::fs::write(folder.join("sign-in-refused.png"), browser.picture().unwrap()).unwrap();
}

fn until(browser: &mut Browser, what: &str) {
    for _ in 0..200 {
        // A page that is being left has nothing to say.
        if browser.value(what).is_ok_and(|is_so| is_so == json!(true)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{what}: {:?}", browser.value("location.href + document.body.innerText"));
}
