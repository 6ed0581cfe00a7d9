//! Conversations of every protocol with planted values, good ones and broken ones. All values are made up.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::iban;

/// Who speaks: the client (`true`) or the server, and what.
pub type Turn = (bool, Vec<u8>);

/// The account that is planted.
pub const ACCOUNT: u64 = 77_001_122;
/// A patient's address.
const MAIL: &str = "wilhelmine@quendelmoor.example";
/// Numbers that end in 777 of this block are given to nobody but actors.
const PHONE: &str = "+49 30 23125777";
const CARD: &str = "4539578763621486";
const WORD: &str = "hunter2hunter2";

/// What must be found nowhere, in small letters; parts of values, too.
pub fn needles() -> Vec<String> {
    let account = iban(ACCOUNT);
    let parts =
        ["wilhelmine", "quendelmoor", "23125777", CARD, "hunter2", "quendelsyndrom", "1871-03-12", "0077001122"];
    // As it is written, as it is written in groups, and its number alone.
    let whole = [account.to_lowercase(), account.get(4..).unwrap().to_owned()];
    parts.into_iter().map(str::to_owned).chain(whole).collect()
}

/// A patient, as JSON; its keys hold values, too.
fn patient() -> String {
    format!(
        "{{\"name\": \"Wilhelmine Quendelmoor\", \"email\": \"{MAIL}\", \"iban\": \"{}\", \"phone\": \"{PHONE}\", \
         \"card\": \"{CARD}\", \"birthDate\": \"1871-03-12\", \"password\": \"{WORD}\", \
         \"diagnosis\": \"Quendelsyndrom\", \"{MAIL}\": {{\"{}\": 1}}}}",
        iban(ACCOUNT),
        iban(ACCOUNT)
    )
}

fn client(said: impl Into<Vec<u8>>) -> Turn {
    (true, said.into())
}

fn server(said: impl Into<Vec<u8>>) -> Turn {
    (false, said.into())
}

/// All of them by name; then each cut short, and each with bytes that are wrong.
pub fn conversations() -> Vec<(String, Vec<Turn>)> {
    let mut whole = http();
    whole.extend([("http2", http2()), ("websocket", websocket()), ("postgres", postgres()), ("smtp", smtp())]);
    whole.extend([("redis", redis()), ("mongodb", mongodb()), ("tls", tls()), ("unknown", unknown())]);
    let mut all: Vec<(String, Vec<Turn>)> = whole.into_iter().map(|(name, turns)| (name.to_owned(), turns)).collect();
    all.extend(samples());
    let broken: Vec<_> = all.iter().flat_map(|(name, turns)| [cut(name, turns), bent(name, turns)]).collect();
    all.extend(broken);
    all
}

fn cut(name: &str, turns: &[Turn]) -> (String, Vec<Turn>) {
    let mut turns = turns.to_vec();
    let longest = turns.iter_mut().max_by_key(|(_, said)| said.len()).unwrap();
    longest.1.truncate(longest.1.len() * 2 / 3);
    (format!("{name}, cut short"), turns)
}

fn bent(name: &str, turns: &[Turn]) -> (String, Vec<Turn>) {
    let bend =
        |said: &[u8]| said.iter().zip(1..).map(|(byte, at)| if at % 41 == 0 { byte ^ 0x95 } else { *byte }).collect();
    (format!("{name}, bent"), turns.iter().map(|(who, said)| (*who, bend(said))).collect())
}

fn answer(head: &str, body: &[u8]) -> Turn {
    let head = format!("HTTP/1.1 200 OK\r\n{head}Content-Length: {}\r\n\r\n", body.len());
    server([head.as_bytes(), body].concat())
}

fn http() -> Vec<(&'static str, Vec<Turn>)> {
    let ask = |path: &str, more: &str| client(format!("GET {path} HTTP/1.1\r\nHost: api.clinic.svc\r\n{more}\r\n"));
    let json = "Content-Type: application/json\r\n";
    let patient = patient();
    let account = iban(ACCOUNT);
    let in_url =
        format!("/patients/{account}/{MAIL}?email={MAIL}&{account}=1&name=Wilhelmine%20Quendelmoor&password={WORD}");
    let in_head = format!("Authorization: Bearer {WORD}{WORD}\r\nCookie: {MAIL}={account}\r\nX-{account}: {PHONE}\r\n");
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(patient.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let chunks = format!(
        "HTTP/1.1 200 OK\r\n{json}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{patient}\r\n0\r\n{account}: {MAIL}\r\n\r\n",
        patient.len()
    );
    let lying = format!("HTTP/1.1 200 OK\r\n{json}Content-Length: {account}\r\n{MAIL}: {account}\r\n\r\n{patient}");
    let odd_chunk = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{account}\r\n{patient}\r\n");
    let form = format!("email={MAIL}&iban={account}&{account}={MAIL}&password={WORD}");
    let posted = format!(
        "POST /book HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let invalid = [patient.as_bytes(), b"\xff\xfe\xc3(", account.as_bytes()].concat();
    vec![
        ("json", vec![ask("/v1/patients", ""), answer(json, patient.as_bytes())]),
        ("url and head", vec![ask(&in_url, &in_head), answer("", b"ok")]),
        ("gzip", vec![ask("/zip", ""), answer(&format!("{json}Content-Encoding: gzip\r\n"), &packed)]),
        ("no gzip", vec![ask("/zip", ""), answer(&format!("{json}Content-Encoding: gzip\r\n"), patient.as_bytes())]),
        ("chunked", vec![ask("/chunks", ""), server(chunks)]),
        ("a length that is none", vec![ask("/lying", ""), server(lying)]),
        ("a chunk that is none", vec![ask("/chunks", ""), server(odd_chunk)]),
        ("form", vec![client(posted), answer("", b"ok")]),
        ("no UTF-8", vec![ask("/text", ""), answer("Content-Type: text/plain; charset=utf-8\r\n", &invalid)]),
        ("no method", vec![client(format!("{account} {MAIL} HTTP/9.{WORD}\r\n\r\n")), server(patient.as_bytes())]),
        (
            "csv",
            vec![
                ask("/export.csv", ""),
                answer(
                    "Content-Type: text/csv\r\n",
                    format!("name,iban,{MAIL}\nWilhelmine Quendelmoor,{account},{CARD}\n").as_bytes(),
                ),
            ],
        ),
    ]
}

fn http2() -> Vec<Turn> {
    let frame = |kind: u8, flags: u8, stream: u32, payload: &[u8]| {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
    };
    let field = |name: &str, value: &str| {
        let length = |text: &str| u8::try_from(text.len()).unwrap();
        [&[0, length(name)], name.as_bytes(), &[length(value)], value.as_bytes()].concat()
    };
    let path = format!("/patients?email={MAIL}");
    let asked = [
        field(":method", "GET"),
        field(":scheme", "http"),
        field(":path", &path),
        field("authorization", WORD),
        field(":authority", "h"),
    ]
    .concat();
    let told = [field(":status", "200"), field("content-type", "application/json"), field("x-patient", MAIL)].concat();
    let preface = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(4, 0, 0, &[])].concat();
    vec![
        client([preface, frame(1, 5, 1, &asked)].concat()),
        server([frame(4, 0, 0, &[]), frame(1, 4, 1, &told), frame(0, 1, 1, patient().as_bytes())].concat()),
    ]
}

fn websocket() -> Vec<Turn> {
    let ask = "GET /live HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
               Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    let yes = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
               Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    let text = patient();
    let length = u16::try_from(text.len()).unwrap().to_be_bytes();
    vec![client(ask), server(yes), server([&[0x81, 126], &length[..], text.as_bytes()].concat())]
}

fn postgres() -> Vec<Turn> {
    let message = |kind: u8, content: &[u8]| {
        [&[kind], &u32::try_from(content.len() + 4).unwrap().to_be_bytes()[..], content].concat()
    };
    let start = b"\0\x03\0\0user\0planter\0database\0clinic\0\0";
    let start = [&u32::try_from(start.len() + 4).unwrap().to_be_bytes()[..], start].concat();
    let account = iban(ACCOUNT);
    let query = format!("INSERT INTO patients (email, iban) VALUES ('{MAIL}', '{account}')\0");
    let error =
        format!("SERROR\0C23505\0Mduplicate key value\0DKey (email)=({MAIL}) already exists.\0WSQL: {account}\0\0");
    let column = |name: &str| {
        [name.as_bytes(), &[0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 25, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0]].concat()
    };
    let value = |text: &str| [&u32::try_from(text.len()).unwrap().to_be_bytes()[..], text.as_bytes()].concat();
    let columns = [&[0, 2][..], &column("iban"), &column(MAIL)].concat();
    let row = [&[0, 2][..], &value(&account), &value(MAIL)].concat();
    vec![
        client(start),
        server(message(b'R', &[0, 0, 0, 3])),
        client(message(b'p', format!("{WORD}\0").as_bytes())),
        server([message(b'R', &[0, 0, 0, 0]), message(b'Z', b"I")].concat()),
        client(message(b'Q', query.as_bytes())),
        server([message(b'E', error.as_bytes()), message(b'Z', b"I")].concat()),
        client(message(b'Q', b"SELECT iban, email FROM patients\0")),
        server(
            [message(b'T', &columns), message(b'D', &row), message(b'C', b"SELECT 1\0"), message(b'Z', b"I")].concat(),
        ),
    ]
}

fn smtp() -> Vec<Turn> {
    let mail = format!("Subject: Wilhelmine Quendelmoor\r\nX-{WORD}: {MAIL}\r\n\r\n{}\r\n.\r\nQUIT\r\n", patient());
    vec![
        server("220 mail ESMTP\r\n"),
        client("EHLO box\r\nAUTH PLAIN AGFkYQBodW50ZXIyaHVudGVyMg==\r\n"),
        server("250-mail\r\n250 PIPELINING\r\n235 ok\r\n"),
        client(format!("MAIL FROM:<{MAIL}>\r\nRCPT TO:<{MAIL}>\r\nDATA\r\n")),
        server(format!("250 ok\r\n550 no {MAIL} here\r\n354 go\r\n")),
        client(mail),
        server("250 taken\r\n221 bye\r\n"),
    ]
}

fn redis() -> Vec<Turn> {
    let words = |words: &[&str]| {
        let parts: String = words.iter().map(|word| format!("${}\r\n{word}\r\n", word.len())).collect();
        format!("*{}\r\n{parts}", words.len())
    };
    let patient = patient();
    vec![
        client(words(&["AUTH", "default", WORD])),
        server("+OK\r\n"),
        client(words(&["SET", &format!("patient:{MAIL}"), &patient])),
        server(format!("-WRONGTYPE {} is no key of {MAIL}\r\n", iban(ACCOUNT))),
        client(words(&["GET", &iban(ACCOUNT)])),
        server(format!("${}\r\n{patient}\r\n", patient.len())),
    ]
}

fn mongodb() -> Vec<Turn> {
    let text = |name: &str, value: &str| {
        let length = u32::try_from(value.len() + 1).unwrap().to_le_bytes();
        [&[2], name.as_bytes(), b"\0", &length[..], value.as_bytes(), b"\0"].concat()
    };
    let document = |elements: &[Vec<u8>]| {
        let content = elements.concat();
        [&u32::try_from(content.len() + 5).unwrap().to_le_bytes()[..], &content, b"\0"].concat()
    };
    let message = |number: u32, answers: u32, document: &[u8]| {
        let head =
            [u32::try_from(document.len() + 21).unwrap(), number, answers, 2013, 0].map(u32::to_le_bytes).concat();
        [&head[..], &[0], document].concat()
    };
    let account = iban(ACCOUNT);
    let find = document(&[text("find", "patients"), text("filter", MAIL), text(&account, MAIL), text("$db", "clinic")]);
    let found = document(&[text("iban", &account), text("email", MAIL), text(MAIL, WORD)]);
    vec![client(message(1, 0, &find)), server(message(2, 1, &found))]
}

/// A greeting, and then what is not encrypted at all.
fn tls() -> Vec<Turn> {
    let name = format!("{}.example", iban(ACCOUNT));
    let length = |more: usize| u16::try_from(name.len() + more).unwrap().to_be_bytes();
    let names = [&[0, 0][..], &length(5), &length(3), &[0], &length(0), name.as_bytes()].concat();
    let mut hello =
        [&[3, 3][..], &[7; 32], &[0, 0, 2, 0x13, 1, 1, 0], &u16::try_from(names.len()).unwrap().to_be_bytes(), &names]
            .concat();
    hello = [&[1], &u32::try_from(hello.len()).unwrap().to_be_bytes()[1..], &hello].concat();
    let record = [&[22, 3, 1][..], &u16::try_from(hello.len()).unwrap().to_be_bytes(), &hello].concat();
    vec![client(record), server(patient())]
}

fn unknown() -> Vec<Turn> {
    let line = format!("login {MAIL} {WORD}\n{}\n", patient());
    vec![client(line.clone()), server([b"\x00\x01\x02\xff", line.as_bytes()].concat())]
}

/// What real clients and servers of databases and queues have said, as the reader of protocols is tested by.
fn samples() -> Vec<(String, Vec<Turn>)> {
    let folder = super::root().join("crates/cloister-protocol/tests/samples");
    let mut samples: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let file = file.unwrap();
            let mut bytes = &std::fs::read(file.path()).unwrap()[..];
            let mut turns = Vec::new();
            while let [side, high, low, rest @ ..] = bytes {
                let (said, rest) = rest.split_at(usize::from(u16::from_be_bytes([*high, *low])));
                turns.push((*side == 0, said.to_vec()));
                bytes = rest;
            }
            (file.file_name().into_string().unwrap(), turns)
        })
        .collect();
    samples.sort();
    samples
}

/// The addresses of persons in those, which were invented, too.
pub fn people() -> Vec<String> {
    let mut people = Vec::new();
    for (_, turns) in samples() {
        for (_, said) in turns {
            let text = String::from_utf8_lossy(&said).into_owned();
            for part in text.split("person").skip(1) {
                let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
                if !digits.is_empty() && part.get(digits.len()..).is_some_and(|rest| rest.starts_with("@example.org")) {
                    people.push(format!("person{digits}@example.org"));
                }
            }
        }
    }
    people.sort();
    people.dedup();
    assert!(!people.is_empty(), "no sample holds an address");
    people
}
