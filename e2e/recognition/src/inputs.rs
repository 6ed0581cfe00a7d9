//! What detectors read all day: logs and JSON of programs, rows of numbers, text without any; for measuring their speed.

use std::fmt::Write as _;

use cloister_dice::Dice;

const WORDS: &[&str] = &[
    "request",
    "handled",
    "user",
    "service",
    "order",
    "payment",
    "started",
    "finished",
    "connection",
    "pool",
    "timeout",
    "retry",
    "worker",
    "queue",
    "message",
    "received",
    "sent",
    "cache",
    "miss",
    "hit",
    "database",
    "query",
    "rows",
    "returned",
    "error",
    "warning",
    "info",
    "debug",
    "upstream",
    "response",
    "status",
    "client",
    "session",
    "opened",
    "closed",
];

/// One kind of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Logs of servers and programs, and JSON; one line in a hundred speaks of an invented person.
    Mixed,
    /// Rows of numbers of 3 to 13 digits.
    Digits,
    /// Words.
    NoDigits,
}

impl Input {
    /// All of them.
    pub const ALL: [Input; 3] = [Input::Mixed, Input::Digits, Input::NoDigits];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Input::Mixed => "mixed",
            Input::Digits => "digits",
            Input::NoDigits => "no-digits",
        }
    }

    /// At least so many bytes of it, in whole lines.
    pub fn make(self, dice: &mut Dice, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 1024);
        while text.len() < bytes {
            match self {
                Input::Mixed => mixed(dice, &mut text),
                Input::Digits => digits(dice, &mut text),
                Input::NoDigits => words(dice, 14, &mut text),
            }
            text.push('\n');
        }
        text
    }
}

/// Writing to a string cannot fail.
macro_rules! put {
    ($out:expr, $($what:tt)*) => {{ let _ = write!($out, $($what)*); }};
}

fn words(dice: &mut Dice, count: usize, out: &mut String) {
    for number in 0..count {
        out.push_str(if number == 0 { "" } else { " " });
        out.push_str(dice.pick(WORDS));
    }
}

fn digits(dice: &mut Dice, out: &mut String) {
    for number in 0..12 {
        let length = 3 + dice.below(11);
        let value = dice.number() % 10u64.pow(u32::try_from(length).unwrap_or(3));
        put!(out, "{}{value}", if number == 0 { "" } else { "," });
    }
}

fn time(dice: &mut Dice, out: &mut String) {
    let (hour, minute, second, thousandth) = (dice.below(24), dice.below(60), dice.below(60), dice.below(1000));
    put!(out, "2026-11-26T{hour:02}:{minute:02}:{second:02}.{thousandth:03}Z");
}

fn hex(dice: &mut Dice, digits: usize, out: &mut String) {
    for _ in 0..digits {
        put!(out, "{:x}", dice.below(16));
    }
}

fn uuid(dice: &mut Dice, out: &mut String) {
    for (number, digits) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        out.push_str(if number == 0 { "" } else { "-" });
        hex(dice, digits, out);
    }
}

fn address(dice: &mut Dice, out: &mut String) {
    put!(out, "{}.{}.{}.{}", dice.below(256), dice.below(256), dice.below(256), dice.below(256));
}

fn mixed(dice: &mut Dice, out: &mut String) {
    match dice.below(100) {
        0 => person(dice, out),
        1..41 => json(dice, out),
        41..61 => access(dice, out),
        61..81 => pairs(dice, out),
        _ => program(dice, out),
    }
}

fn person(dice: &mut Dice, out: &mut String) {
    if dice.chance(50) {
        out.push_str(
            r#"{"customer":{"firstName":"Anna","lastName":"Schmidt","email":"anna.schmidt@mail-host.eu","iban":"DE67200411330739214587"}}"#,
        );
    } else {
        out.push_str("user login steuer-id 86095742719 from ");
        address(dice, out);
    }
}

fn json(dice: &mut Dice, out: &mut String) {
    out.push_str(r#"{"ts": ""#);
    time(dice, out);
    put!(out, r#"", "level": "{}", "logger": "app.{}", "msg": ""#, dice.pick(&["info", "warn"]), dice.pick(WORDS));
    words(dice, 8, out);
    out.push_str(r#"", "trace_id": ""#);
    hex(dice, 32, out);
    out.push_str(r#"", "span_id": ""#);
    hex(dice, 16, out);
    put!(
        out,
        r#"", "duration_ms": {}, "http": {{"method": "GET", "path": "/api/v1/{}/{}", "status": 200, "bytes": {}}}, "pod": "api-"#,
        dice.below(5000),
        dice.pick(WORDS),
        dice.below(1_000_000),
        dice.below(100_000)
    );
    hex(dice, 9, out);
    out.push('-');
    hex(dice, 5, out);
    out.push_str("\"}");
}

fn access(dice: &mut Dice, out: &mut String) {
    address(dice, out);
    put!(
        out,
        r#" - - [26/Nov/2026:07:{:02}:{:02} +0000] "GET /api/{}/{}?page={} HTTP/1.1" 200 {} "https://shop.example.org/{}" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36""#,
        dice.below(60),
        dice.below(60),
        dice.pick(WORDS),
        dice.below(1_000_000),
        dice.below(50),
        dice.below(100_000),
        dice.pick(WORDS)
    );
}

fn pairs(dice: &mut Dice, out: &mut String) {
    out.push_str("time=\"");
    time(dice, out);
    out.push_str("\" level=info msg=\"");
    words(dice, 7, out);
    out.push_str("\" id=");
    uuid(dice, out);
    put!(out, " took={}ms rows={}", dice.below(900), dice.below(1000));
}

fn program(dice: &mut Dice, out: &mut String) {
    time(dice, out);
    put!(out, " INFO  [main-{}] c.e.{}.{} - ", dice.below(20), dice.pick(WORDS), dice.pick(WORDS));
    words(dice, 10, out);
}
