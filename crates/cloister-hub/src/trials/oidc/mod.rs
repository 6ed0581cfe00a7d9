//! People of an issuer, from the button to the page: with one that can be told to lie. A real one is asked in `e2e/hub`.

mod issuer;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use cloister_evidence::folder::Folder;
use cloister_evidence::seal::Sealer;
use cloister_evidence::{Kind, Signer as RecordSigner};
use jiff::Timestamp;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Value, json};

use self::issuer::{Issuer, Play, back, session};
use super::alarm::said;
use super::{Reply, Trial};
use crate::who::oidc::tests::Signer;
use crate::{Config, Limits, Log, Oidc, OidcSecret, OidcSettings};

fn trial(settings: OidcSettings) -> Trial {
    let oidc = Some(Oidc::new(settings).unwrap());
    Trial::begun(Limits::default(), Config { oidc, ..Config::default() }, None)
}

/// With a record of what happens.
fn recorded(settings: OidcSettings, folder: &std::path::Path) -> Trial {
    let signer = || RecordSigner::log("hub.example/evidence", &[3; 32]).unwrap();
    let evidence = folder.join("evidence");
    let log = Folder::create(&evidence, signer(), Timestamp::now()).unwrap();
    let keys = (signer().verifier().clone(), Some(Sealer::new(&[5; 32])));
    let log = Some(Log::start(log, keys, evidence, Box::new(|| Ok(()))).unwrap());
    let oidc = Some(Oidc::new(settings).unwrap());
    Trial::begun(Limits::default(), Config { oidc, log, ..Config::default() }, None)
}

fn me(trial: &Trial, cookie: &str) -> Value {
    let reply = trial.ask("GET", "/api/v1/me", &[("Cookie", cookie)], "");
    serde_json::from_str(&reply.body).unwrap()
}

#[test]
fn one_signs_in_as_what_ones_group_is_and_out_again() {
    let (issuer, folder) = (Issuer::start(), tempfile::tempdir().unwrap());
    let trial = recorded(issuer.settings("staff engineer shop\nroot admin"), folder.path());
    let page = trial.ask("GET", "/sign-in", &[], "");
    assert!(page.body.contains("href=\"/sign-in/oidc\"") && page.body.contains("Sign in with 127.0.0.1"), "{page:?}");
    let reply = issuer.sign_in(&trial);
    assert_eq!((reply.status, &*reply.headers["refresh"]), (200, "0; url=/"), "{reply:?}");
    let cookie = session(&reply).unwrap();
    assert!(reply.cookies.iter().any(|one| one.starts_with("cloister-oidc=;")), "what was begun is used up");
    let me = me(&trial, &cookie);
    let name = format!("oidc:mila@shop.example ({} s1)", issuer.base);
    assert_eq!((&me["name"], &me["role"], &me["namespaces"]), (&json!(name), &json!("engineer"), &json!("shop")));
    let page = trial.ask("GET", "/sources", &[("Cookie", &cookie)], "");
    assert!(page.body.contains(">mila@shop.example<"), "{page:?}");
    let sessions = trial.ask("GET", "/sessions", &[("Cookie", &cookie)], "").body;
    assert!(sessions.contains("OpenID Connect"));
    let out = trial.form(&cookie, "/sign-out", &format!("token-of-form={}", page.form_token()));
    let asked = format!("{}/end?x=y&amp;client_id=hub&amp;post_logout_redirect_uri=", issuer.base);
    assert!(out.status == 200 && out.body.contains(&asked), "{out:?}");
    assert_eq!(trial.ask("GET", "/sources", &[("Cookie", &cookie)], "").status, 401);
    let all = said(&trial.hub, Kind::Login);
    assert_eq!(
        (&all[0]["signedIn"], &all[0]["role"], &all[0]["by"]),
        (&json!(name), &json!("engineer"), &json!("OpenID Connect"))
    );
    assert_eq!(all[1]["signedOut"], json!(name));
}

#[test]
fn who_is_in_no_group_that_counts_does_not_come_in() {
    let (issuer, folder) = (Issuer::start(), tempfile::tempdir().unwrap());
    let trial = recorded(issuer.settings("root admin\n\"staff \" viewer"), folder.path());
    for (claims, cause) in [
        (json!({}), "in no group that has a role here"),
        (json!({"groups": []}), "in no group"),
        (json!({"groups": ["Root", "root "]}), "in no group"),
        (json!({"groups": {"root": true}}), "no claim groups"),
        (json!({"groups": null}), "no claim groups"),
    ] {
        issuer.play(|play| play.claims = claims.clone());
        let reply = issuer.sign_in(&trial);
        assert!(reply.status == 403 && session(&reply).is_none() && reply.body.contains(cause), "{claims}: {reply:?}");
    }
    let all = said(&trial.hub, Kind::Login);
    assert!(
        all.len() == 5 && all.iter().all(|one| one["refused"].as_str().unwrap().contains("mila@shop.example")),
        "{all:?}"
    );
}

#[test]
fn a_token_that_is_forged_or_anothers_is_refused_and_that_is_recorded() {
    let (issuer, folder) = (Issuer::start(), tempfile::tempdir().unwrap());
    let trial = recorded(issuer.settings("staff admin"), folder.path());
    let now = Timestamp::now().as_second();
    let none = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), URL_SAFE_NO_PAD.encode("{}"));
    let cases: Vec<(Value, Value, Option<String>, &str)> = vec![
        (json!({}), json!({"aud": "another"}), None, "another client"),
        (json!({}), json!({"iss": "https://evil.example"}), None, "another issuer"),
        (json!({}), json!({"exp": now - 120, "iat": now - 20}), None, "ended already"),
        (json!({}), json!({"iat": now - 3600}), None, "before this sign-in began"),
        (json!({}), json!({"nonce": "of another sign-in"}), None, "nonce"),
        (json!({"alg": "HS256"}), json!({}), Some("HS256".to_owned()), "none of the algorithms"),
        (json!({}), json!({}), Some(none), "none of the algorithms"),
        (json!({"kid": "k9"}), json!({}), None, "no key of the name"),
    ];
    for (header, claims, token, cause) in cases {
        issuer.play(|play| (play.header, play.claims, play.token) = (header, claims.clone(), token));
        let reply = issuer.sign_in(&trial);
        assert!(reply.status == 403 && session(&reply).is_none() && reply.body.contains(cause), "{cause}: {reply:?}");
        let all = said(&trial.hub, Kind::Login);
        assert!(all.last().unwrap()["refused"].as_str().unwrap().contains(cause), "{all:?}");
        // Tries are counted by address: these are all from here.
        trial.hub.buckets.give([127, 0, 0, 1].into(), crate::who::limits::Of::SignIn);
        trial.hub.buckets.give([127, 0, 0, 1].into(), crate::who::limits::Of::SignIn);
    }
    issuer.play(|play| (play.header, play.claims, play.token) = (json!({}), json!({}), None));
    issuer.play(|play| play.signer = Signer::new("k1"));
    let reply = issuer.sign_in(&trial);
    assert!(reply.status == 403 && reply.body.contains("signature is not the issuer"), "{reply:?}");
}

#[test]
fn keys_change_and_those_that_were_taken_back_sign_nobody_in() {
    let issuer = Issuer::start();
    let trial = trial(issuer.settings("staff viewer"));
    assert!(session(&issuer.sign_in(&trial)).is_some());
    let mut old = None;
    issuer.play(|play| {
        old = Some(std::mem::replace(&mut play.signer, Signer::new("k2")));
        play.keys = vec![play.signer.public()];
    });
    assert!(session(&issuer.sign_in(&trial)).is_some(), "the new key at once");
    issuer.play(|play| play.signer = old.take().unwrap());
    let reply = issuer.sign_in(&trial);
    assert!(reply.status == 403 && reply.body.contains("publishes no key"), "{reply:?}");
}

#[test]
fn only_the_browser_that_began_goes_on_and_only_once() {
    let (issuer, folder) = (Issuer::start(), tempfile::tempdir().unwrap());
    let trial = recorded(issuer.settings("staff admin"), folder.path());
    let refused = |reply: Reply, cause: &str| {
        assert!(reply.status == 403 && session(&reply).is_none() && reply.body.contains(cause), "{cause}: {reply:?}");
    };
    let (theirs, state) = issuer.begin(&trial, "");
    let question = format!("code=c&state={state}");
    refused(back(&trial, "", &question), "began no sign-in");
    refused(back(&trial, "cloister-oidc=AAAA", &question), "began no sign-in");
    assert!(session(&back(&trial, &theirs, &question)).is_some());
    refused(back(&trial, &theirs, &question), "began no sign-in");
    // A code and a state of somebody else, pushed on a browser.
    let (mine, _) = issuer.begin(&trial, "");
    let (_, state) = issuer.begin(&trial, "");
    refused(back(&trial, &mine, &format!("code=c&state={state}")), "(state)");
    let (mine, state) = issuer.begin(&trial, "");
    refused(back(&trial, &mine, &format!("code=c&state={state}&state={state}")), "(state)");
    assert_eq!(said(&trial.hub, Kind::Login).iter().filter(|one| one["refused"].is_string()).count(), 5);
    // What the page says is not what was sent.
    trial.hub.buckets.give([127, 0, 0, 1].into(), crate::who::limits::Of::SignIn);
    let (mine, state) = issuer.begin(&trial, "");
    let reply = back(&trial, &mine, &format!("error=%3Cb%3Eevil&error_description=zzphish&state={state}"));
    assert!(reply.status == 403 && !reply.body.contains("evil") && !reply.body.contains("zzphish"), "{reply:?}");
}

#[test]
fn a_verifier_an_issuer_and_a_code_of_others_are_refused() {
    let issuer = Issuer::start();
    let trial = trial(issuer.settings("staff admin"));
    let (mine, state) = issuer.begin(&trial, "");
    issuer.play(|play| play.challenge = "of another sign-in".to_owned());
    let reply = back(&trial, &mine, &format!("code=c&state={state}"));
    assert!(reply.status == 403 && reply.body.contains("(invalid_grant)"), "{reply:?}");
    let (mine, state) = issuer.begin(&trial, "");
    let reply = back(&trial, &mine, &format!("code=c&state={state}&iss=https%3A%2F%2Fevil.example"));
    assert!(reply.status == 403 && reply.body.contains("another issuer (iss)"), "{reply:?}");
    let (mine, state) = issuer.begin(&trial, "");
    let reply = back(&trial, &mine, &format!("error=access_denied&state={state}"));
    assert!(reply.status == 403 && reply.body.contains("(access_denied)"), "{reply:?}");
    // One that says that it names itself does.
    let issuer = Issuer::start();
    issuer.play(|play| play.about = json!({"authorization_response_iss_parameter_supported": true}));
    let trial = self::trial(issuer.settings("staff admin"));
    assert!(issuer.sign_in(&trial).body.contains("another issuer (iss)"));
    let (mine, state) = issuer.begin(&trial, "");
    let named: String = form_urlencoded::byte_serialize(issuer.base.as_bytes()).collect();
    assert!(session(&back(&trial, &mine, &format!("code=c&state={state}&iss={named}"))).is_some());
}

#[test]
fn an_issuer_that_is_away_or_leads_elsewhere_lets_nobody_in_and_the_other_ways_stay() {
    let away = |change: &dyn Fn(&mut Play), cause: &str| {
        let issuer = Issuer::start();
        let trial = trial(issuer.settings("staff admin"));
        issuer.play(|play| change(play));
        let begun = Instant::now();
        let reply = trial.ask("GET", "/sign-in/oidc", &[], "");
        assert!(begun.elapsed() < Duration::from_secs(4), "{cause}");
        assert!(
            reply.status == 503 && reply.body.contains(cause) && reply.body.contains("/sign-in"),
            "{cause}: {reply:?}"
        );
        assert_eq!(trial.ask("GET", "/sign-in", &[], "").status, 200);
        trial.sign_in("viewer");
    };
    let raw = |text: &str| {
        let text = text.to_owned();
        move |play: &mut Play| drop(play.raw.insert("/.well-known/openid-configuration", text.clone()))
    };
    away(&raw("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"), "leads elsewhere");
    away(&raw("HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"), "answers 500");
    away(&raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"), "does not answer as OpenID Connect says");
    away(&raw("DRIPHTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{"), "in time");
    let long = format!("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n{}", " ".repeat(2_000_000));
    away(&raw(&long), "more than 1024 KiB");
    away(&|play| play.about = json!({"issuer": "https://evil.example"}), "calls itself https://evil.example");
    away(&|play| play.about = json!({"token_endpoint": "http://10.0.0.1/token"}), "not https");
    // Nobody there at all.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let trial = trial(OidcSettings { issuer: format!("http://{free}"), ..Issuer::start().settings("staff admin") });
    let reply = trial.ask("GET", "/sign-in/oidc", &[], "");
    assert!(reply.status == 503 && reply.body.contains("refuses the connection"), "{reply:?}");
    trial.sign_in("viewer");
}

#[test]
fn one_goes_where_one_wanted_and_nowhere_else() {
    let issuer = Issuer::start();
    let trial = trial(issuer.settings("staff viewer"));
    let wanted = trial.ask("GET", "/sources/shop/findings?severity=high", &[], "");
    let to = "?to=%2Fsources%2Fshop%2Ffindings%3Fseverity%3Dhigh";
    assert!(wanted.status == 401 && wanted.body.contains(&format!("/sign-in{to}")), "{wanted:?}");
    let page = trial.ask("GET", &format!("/sign-in{to}"), &[], "");
    assert!(page.body.contains(&format!("/sign-in/oidc{to}")), "{page:?}");
    for (to, place) in [
        (to, "0; url=/sources/shop/findings?severity=high"),
        ("?to=%2F%2Fevil.example", "0; url=/"),
        ("?to=https%3A%2F%2Fevil.example", "0; url=/"),
        ("?to=%2F%5Cevil.example", "0; url=/"),
    ] {
        let (cookie, state) = issuer.begin(&trial, to);
        let reply = back(&trial, &cookie, &format!("code=c&state={state}"));
        assert_eq!(reply.headers["refresh"], place, "{to}");
    }
}

#[test]
fn what_a_session_gives_is_asked_anew_of_the_lines_as_they_are_now() {
    let (issuer, folder) = (Issuer::start(), tempfile::tempdir().unwrap());
    let again = |settings: OidcSettings| {
        let oidc = Some(Oidc::new(settings).unwrap());
        Trial::begun(
            Limits::default(),
            Config { oidc, folder: Some(folder.path().to_owned()), ..Config::default() },
            None,
        )
    };
    let cookie = session(&issuer.sign_in(&again(issuer.settings("staff admin")))).unwrap();
    assert_eq!(me(&again(issuer.settings("staff viewer shop")), &cookie)["role"], "viewer");
    let status = |settings| again(settings).ask("GET", "/api/v1/me", &[("Cookie", &cookie)], "").status;
    assert_eq!(status(issuer.settings("staff viewer")), 200);
    assert_eq!(status(issuer.settings("others viewer")), 401);
    assert_eq!(status(Issuer::start().settings("staff viewer")), 401, "another issuer's staff are others");
    assert_eq!(status(OidcSettings { claim: "roles".to_owned(), ..issuer.settings("staff viewer") }), 401);
    assert_eq!(status(OidcSettings { client: "other".to_owned(), ..issuer.settings("staff viewer") }), 401);
}

#[test]
fn a_secret_goes_to_the_issuer_as_it_takes_it_and_a_public_client_has_none() {
    let issuer = Issuer::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "zz secret/+\n").unwrap();
    let sent = |settings: OidcSettings| {
        let reply = issuer.sign_in(&trial(settings));
        assert!(session(&reply).is_some() && !reply.body.contains("zz"), "{reply:?}");
        let play = issuer.play.lock().unwrap();
        play.asked.iter().rev().find(|text| text.starts_with("POST /token")).unwrap().clone()
    };
    let with_secret =
        || OidcSettings { secret: Some(OidcSecret::File(file.clone())), ..issuer.settings("staff viewer") };
    let basic = format!("Basic {}", STANDARD.encode("hub:zz+secret%2F%2B"));
    assert!(sent(with_secret()).contains(&basic));
    issuer.play(|play| play.about = json!({"token_endpoint_auth_methods_supported": ["client_secret_post"]}));
    let post = sent(with_secret());
    assert!(post.contains("client_secret=zz+secret%2F%2B") && !post.to_lowercase().contains("authorization:"));
    let public = sent(issuer.settings("staff viewer"));
    assert!(!public.contains("client_secret") && !public.to_lowercase().contains("authorization:"));
    // A file that was changed is read again; one that is gone is told, without its place.
    let trial = trial(with_secret());
    std::fs::remove_file(&file).unwrap();
    let reply = issuer.sign_in(&trial);
    assert!(
        reply.status == 503 && reply.body.contains("secret cannot be read") && !reply.body.contains("/secret"),
        "{reply:?}"
    );
}

#[test]
fn groups_that_an_id_token_leaves_out_come_from_the_userinfo_endpoint() {
    let issuer = Issuer::start();
    let trial = trial(issuer.settings("staff viewer"));
    issuer.play(|play| play.claims = json!({"groups": null, "email": null}));
    issuer.play(|play| play.userinfo = json!({"groups": ["staff"], "preferred_username": "mila"}));
    let cookie = session(&issuer.sign_in(&trial)).unwrap();
    assert!(me(&trial, &cookie)["name"].as_str().unwrap().starts_with("oidc:mila ("));
    issuer.play(|play| play.userinfo = json!({"groups": ["staff"], "sub": "s2"}));
    let reply = issuer.sign_in(&trial);
    assert!(reply.status == 403 && reply.body.contains("somebody else"), "{reply:?}");
    // What the token itself says counts.
    issuer.play(|play| play.claims = json!({"groups": [], "email": null}));
    issuer.play(|play| play.userinfo = json!({"groups": ["staff"]}));
    assert_eq!(issuer.sign_in(&trial).status, 403);
}

#[test]
fn an_issuer_is_trusted_by_its_own_authority_alone() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let (ca, other) = (folder.path().join("ca.pem"), folder.path().join("other.pem"));
    std::fs::write(&ca, made.cert.pem()).unwrap();
    let another = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    std::fs::write(&other, another.cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let tls = tls.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    let issuer = Issuer::with(Some(Arc::new(tls)));
    let inward = |at: &str| issuer.play(|play| play.about = json!({ "jwks_uri": at }));
    let settings = |ca| OidcSettings { ca, ..issuer.settings("staff viewer") };
    assert!(session(&issuer.sign_in(&trial(settings(Some(ca.clone()))))).is_some());
    inward("http://127.0.0.1:1/keys");
    let reply = trial(settings(Some(ca))).ask("GET", "/sign-in/oidc", &[], "");
    assert!(reply.status == 503 && reply.body.contains("not https"), "{reply:?}");
    for ca in [None, Some(other)] {
        let reply = trial(settings(ca)).ask("GET", "/sign-in/oidc", &[], "");
        assert!(reply.status == 503 && reply.body.contains("of no authority that is trusted"), "{reply:?}");
    }
}
