//! What a clinic's services say to each other: slots, stock, measurements, orders, and now and then a page of patients.
//! All names and numbers are made up.

use std::fmt::Write as _;
use std::io::Write as _;

use cloister_dice::Dice;
use flate2::Compression;
use flate2::write::GzEncoder;

/// How bodies of answers are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// As they are.
    Plain,
    /// Compressed.
    Gzip,
    /// As they are, but said to be pictures, which are not searched: all of the way but the detectors.
    Unsearched,
}

/// A request and its answer.
pub struct Exchange {
    pub request: Vec<u8>,
    pub answer: Vec<u8>,
    /// Bank accounts in it: each must be found.
    pub accounts: u64,
}

const JSON: &str = "application/json; charset=utf-8";
/// Of a hundred exchanges, so many are about people.
const ABOUT_PEOPLE: usize = 5;

/// One of them.
pub fn exchange(dice: &mut Dice, coding: Coding) -> Exchange {
    if dice.chance(ABOUT_PEOPLE) {
        let count = 2 + dice.below(6);
        let target = format!("/v1/patients?page={}&size={count}", dice.below(90));
        let body = list("patients", count, |text| patient(dice, text));
        return told("GET", &target, "", &body, count as u64, dice, coding);
    }
    let count = 6 + dice.below(50);
    let (target, body) = match dice.below(4) {
        0 => (
            format!("/v1/slots?week={}&room=R{}", dice.below(52), dice.below(40)),
            list("slots", count, |text| slot(dice, text)),
        ),
        1 => (format!("/v1/stock/shelves/{}", dice.below(30)), list("items", count, |text| item(dice, text))),
        2 => (format!("/v1/devices/{}/series", hex(dice, 8)), list("series", count * 2, |text| reading(dice, text))),
        _ => {
            let order = list("lines", 4 + dice.below(10), |text| item(dice, text));
            let body = format!(
                "{{\"order\":\"{}\",\"state\":\"accepted\",\"eta\":\"2026-12-0{}\"}}",
                hex(dice, 12),
                1 + dice.below(9)
            );
            return told("POST", "/v1/orders", &order, &body, 0, dice, coding);
        }
    };
    told("GET", &target, "", &body, 0, dice, coding)
}

fn told(
    method: &str,
    target: &str,
    sent: &str,
    body: &str,
    accounts: u64,
    dice: &mut Dice,
    coding: Coding,
) -> Exchange {
    let (media, named, body) = match coding {
        Coding::Plain => (JSON, "", body.as_bytes().to_vec()),
        Coding::Gzip => (JSON, "Content-Encoding: gzip\r\n", packed(body.as_bytes())),
        Coding::Unsearched => ("image/png", "", body.as_bytes().to_vec()),
    };
    let accounts = if coding == Coding::Unsearched { 0 } else { accounts };
    let sent_as = if coding == Coding::Unsearched { media } else { "application/json" };
    let trace = hex(dice, 32);
    let mut request = format!(
        "{method} {target} HTTP/1.1\r\nHost: api.clinic.svc.cluster.local:8080\r\nUser-Agent: clinic-frontend/2.14.1\r\nAccept: \
         application/json\r\nAccept-Encoding: gzip\r\nX-Request-Id: {}\r\nTraceparent: 00-{trace}-{}-01\r\n",
        hex(dice, 32),
        hex(dice, 16)
    );
    if sent.is_empty() {
        request.push_str("\r\n");
    } else {
        let _ = write!(request, "Content-Type: {sent_as}\r\nContent-Length: {}\r\n\r\n{sent}", sent.len());
    }
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nDate: Thu, 26 Nov 2026 10:0{}:{}7 GMT\r\nContent-Type: {media}\r\n{named}\
         Cache-Control: no-store\r\nX-Request-Id: {}\r\nServer: envoy\r\nX-Envoy-Upstream-Service-Time: {}\r\nContent-Length: {}\r\n\r\n",
        dice.below(10),
        dice.below(6),
        hex(dice, 32),
        dice.below(40),
        body.len()
    )
    .into_bytes();
    answer.extend(body);
    Exchange { request: request.into_bytes(), answer, accounts }
}

fn packed(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // A Vec takes everything.
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default()
}

fn list(name: &str, count: usize, mut one: impl FnMut(&mut String)) -> String {
    let mut text = format!("{{\"{name}\":[");
    for number in 0..count {
        text.push_str(if number > 0 { ",{" } else { "{" });
        one(&mut text);
        text.push('}');
    }
    text.push_str("],\"next\":null}");
    text
}

fn slot(dice: &mut Dice, text: &mut String) {
    let kind = dice.pick(&["first visit", "control", "vaccination", "blood sample", "ultrasound"]);
    let state = dice.pick(&["free", "held", "booked", "blocked"]);
    let _ = write!(
        text,
        "\"id\":\"{}-{}\",\"room\":\"R{}\",\"start\":\"2026-12-{:02}T{:02}:{}0:00Z\",\"minutes\":{},\"kind\":\"{kind}\",\"state\":\"{state}\"",
        hex(dice, 8),
        hex(dice, 4),
        dice.below(40),
        1 + dice.below(28),
        7 + dice.below(11),
        dice.below(6),
        10 + 5 * dice.below(8)
    );
}

fn item(dice: &mut Dice, text: &mut String) {
    let name = dice.pick(&[
        "nitrile gloves",
        "gauze bandage 10 cm",
        "cannula 21G",
        "test strips",
        "surgical masks",
        "saline 0.9 %",
    ]);
    let unit = dice.pick(&["box", "piece", "bag", "litre"]);
    let _ = write!(
        text,
        "\"sku\":\"{}-{}\",\"name\":\"{name}\",\"unit\":\"{unit}\",\"count\":{},\"reorder\":{},\"shelf\":\"{}{}\",\"cents\":{}",
        dice.pick(&["GLV", "BND", "CAN", "TST", "MSK"]),
        dice.below(9000),
        dice.below(400),
        dice.below(60),
        dice.pick(&["A", "B", "C"]),
        dice.below(20),
        dice.below(20_000)
    );
}

fn reading(dice: &mut Dice, text: &mut String) {
    let quality = dice.pick(&["ok", "ok", "ok", "stale"]);
    let _ = write!(
        text,
        "\"t\":{},\"v\":{}.{:02},\"q\":\"{quality}\"",
        1_764_230_000 + dice.below(900_000),
        2 + dice.below(6),
        dice.below(100)
    );
}

fn patient(dice: &mut Dice, text: &mut String) {
    let first = dice.pick(&["Annegret", "Jiří", "Maeve", "Lucía", "Tadeusz", "Ingrid", "Éloïse", "Matteo"]);
    let last =
        dice.pick(&["Vogelsang", "Dvořák", "O'Riordan", "Ibarra", "Wiśniewski", "Lindqvist", "Marchand", "Bianchi"]);
    let account = dice.number() % 10_000_000_000;
    let _ = write!(
        text,
        "\"id\":\"{}\",\"firstName\":\"{first}\",\"lastName\":\"{last}\",\"birthDate\":\"19{}-0{}-1{}\",\"email\":\"p{}@mail.example\",\
         \"iban\":\"{}\",\"diagnosis\":\"{}\",\"note\":\"called, comes again in {} weeks\"",
        hex(dice, 12),
        40 + dice.below(60),
        1 + dice.below(9),
        dice.below(9),
        dice.below(100_000),
        iban(account),
        dice.pick(&["J45.0", "E11.9", "I10", "M54.5"]),
        1 + dice.below(12)
    );
}

/// A German account with its check digits (ISO 13616: D is 13, E is 14).
fn iban(account: u64) -> String {
    let number = format!("37040044{account:010}");
    let digits = format!("{number}131400");
    let rest = digits.bytes().fold(0_u32, |rest, digit| (rest * 10 + u32::from(digit.saturating_sub(b'0'))) % 97);
    format!("DE{:02}{number}", 98 - rest)
}

fn hex(dice: &mut Dice, digits: usize) -> String {
    let mut text = String::with_capacity(digits + 16);
    while text.len() < digits {
        let _ = write!(text, "{:016x}", dice.number());
    }
    text.truncate(digits);
    text
}
