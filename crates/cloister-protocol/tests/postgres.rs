//! PostgreSQL, by an encoder of its own.

mod common;

use cloister_protocol::{Protocol, Side};
use common::{Turn, reads};

fn message(kind: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend_from_slice(&(content.len() as u32 + 4).to_be_bytes());
    bytes.extend_from_slice(content);
    bytes
}

fn startup() -> Vec<u8> {
    let content = b"\0\x03\0\0user\0planter\0database\0clinic\0\0";
    [&(content.len() as u32 + 4).to_be_bytes()[..], content].concat()
}

fn ready() -> Vec<u8> {
    [message(b'R', &[0, 0, 0, 0]), message(b'Z', b"I")].concat()
}

fn columns(columns: &[(&str, u32, u32, u16)]) -> Vec<u8> {
    let mut content = (columns.len() as u16).to_be_bytes().to_vec();
    for (name, table, kind, form) in columns {
        content.extend_from_slice(name.as_bytes());
        content.push(0);
        content.extend_from_slice(&table.to_be_bytes());
        content.extend_from_slice(&[0, 1]);
        content.extend_from_slice(&kind.to_be_bytes());
        content.extend_from_slice(&[0; 6]);
        content.extend_from_slice(&form.to_be_bytes());
    }
    message(b'T', &content)
}

fn row(values: &[Option<&[u8]>]) -> Vec<u8> {
    let mut content = (values.len() as u16).to_be_bytes().to_vec();
    for value in values {
        match value {
            Some(value) => {
                content.extend_from_slice(&(value.len() as u32).to_be_bytes());
                content.extend_from_slice(value);
            }
            None => content.extend_from_slice(&(-1_i32).to_be_bytes()),
        }
    }
    message(b'D', &content)
}

#[test]
fn a_query_and_its_rows() {
    let begin = startup();
    let ready = ready();
    let query = message(b'Q', b"SELECT name, born FROM patients p WHERE p.email = 'ada@example.org' /* why */\0");
    let answer = [
        columns(&[("name", 7, 25, 0), ("born", 7, 1082, 0)]),
        row(&[Some(b"Ada"), None]),
        row(&[Some(b"Bo"), Some(b"1999-12-31")]),
        message(b'C', b"SELECT 2\0"),
        message(b'Z', b"I"),
    ]
    .concat();
    let turns: [Turn<'_>; 4] =
        [(Side::Client, &begin), (Side::Server, &ready), (Side::Client, &query), (Side::Server, &answer)];
    reads(
        &turns,
        "
        0 client startup
          field:user = planter
          field:database = clinic
        1 client SELECT patients host=clinic
          statement = SELECT name, born FROM patients p WHERE p.email = 
          column:patients.email = ada@example.org
          statement = /* why */
          --
        2 server rows patients host=clinic answers 1
          column:patients.name = Ada
          --
          column:patients.name = Bo
          column:patients.born = 1999-12-31
          --
        ",
    );
}

#[test]
fn parameters_of_a_prepared_statement_in_binary_form() {
    let begin = startup();
    let ready = ready();
    let bind = [
        b"\0s\0".as_slice(),
        &[0, 1, 0, 1],
        &[0, 2, 0, 0, 0, 4],
        &8825_i32.to_be_bytes(),
        &[0, 0, 0, 2, b'B', b'o', 0, 0],
    ]
    .concat();
    let asks = [
        message(b'P', b"s\0INSERT INTO clinic.patients (born, name) VALUES ($1, $2)\0\0\x02\0\0\x04\x3a\0\0\0\0"),
        message(b'B', &bind),
        message(b'E', b"\0\0\0\0\0"),
        message(b'S', b""),
    ]
    .concat();
    let answer = [
        message(b'1', b""),
        message(b'2', b""),
        message(b'E', b"SERROR\0C23505\0Mduplicate key\0DKey (name)=(Bo) already exists.\0\0"),
        message(b'Z', b"I"),
    ]
    .concat();
    let turns: [Turn<'_>; 4] =
        [(Side::Client, &begin), (Side::Server, &ready), (Side::Client, &asks), (Side::Server, &answer)];
    reads(
        &turns,
        "
        0 client startup
          field:user = planter
          field:database = clinic
        1 client INSERT clinic.patients host=clinic
          statement = INSERT INTO clinic.patients (born, name) VALUES ($1, $2)
          --
        2 client INSERT clinic.patients host=clinic
          column:clinic.patients.born = 2024-02-29
          column:clinic.patients.name = Bo
          --
        3 server error host=clinic answers 2
          text = duplicate key
          text = Key (name)=(Bo) already exists.
        ",
    );
}

#[test]
fn a_password_in_the_clear_is_told_as_one() {
    let begin = startup();
    let asks = message(b'R', &[0, 0, 0, 3]);
    let password = message(b'p', b"not-a-secret\0");
    let ready = ready();
    let sql = message(b'Q', b"ALTER USER planter PASSWORD 'not-a-secret-either'\0");
    let turns: [Turn<'_>; 5] = [
        (Side::Client, &begin),
        (Side::Server, &asks),
        (Side::Client, &password),
        (Side::Server, &ready),
        (Side::Client, &sql),
    ];
    reads(
        &turns,
        "
        0 client startup
          field:user = planter
          field:database = clinic
        1 client password host=clinic
          field:password = not-a-secret
        2 client ALTER host=clinic
          statement = ALTER USER planter PASSWORD 
          field:password = not-a-secret-either
          --
        ",
    );
}

#[test]
fn what_is_encrypted_from_the_beginning_becomes_tls() {
    let asks = [0, 0, 0, 8, 4, 210, 22, 47];
    let hello = [22, 3, 1, 0, 4, 1, 0, 0, 0];
    let turns: [Turn<'_>; 3] = [(Side::Client, &asks), (Side::Server, b"S"), (Side::Client, &hello)];
    let read = common::read(common::STREAM, &turns);
    assert!(read.messages.values().all(|message| message.protocol == Protocol::Tls));
}

#[test]
fn lengths_that_lie_are_counted() {
    let begin = startup();
    let ready = ready();
    let mut lies = row(&[Some(b"Ada")]);
    lies.splice(7..11, 1_000_000_u32.to_be_bytes());
    let answer = [columns(&[("name", 7, 25, 0)]), lies, message(b'C', b"SELECT 1\0"), message(b'Z', b"I")].concat();
    let query = message(b'Q', b"TABLE x\0");
    let turns: [Turn<'_>; 4] =
        [(Side::Client, &begin), (Side::Server, &ready), (Side::Client, &query), (Side::Server, &answer)];
    let read = common::read(common::STREAM, &turns);
    assert_eq!(read.troubles.len(), 1);
    assert!(read.messages.values().any(|message| message.operation == "rows" && message.ended == Some(false)));
}
