//! SMTP, and mail as MIME.

mod common;

use cloister_protocol::Side;
use common::{Turn, reads};

const C: Side = Side::Client;
const S: Side = Side::Server;

const TALK: [Turn<'_>; 9] = [
    (S, b"220-mail ESMTP\r\n220 ready\r\n"),
    (C, b"EHLO box\r\nAUTH PLAIN AGFkYQBzZWNyZXQ=\r\n"),
    (S, b"250-mail\r\n250 PIPELINING\r\n235 ok\r\n"),
    (C, b"MAIL FROM:<ada@example.org> SIZE=9\r\nRCPT TO:<bob@example.org>\r\nRCPT TO:<eve@example.org>\r\nDATA\r\n"),
    (S, b"250 ok\r\n250 ok\r\n550 no eve\r\n354 go\r\n"),
    (
        C,
        b"Subject: =?utf-8?Q?L=C3=B8ve?=\r\nContent-Type: multipart/mixed;\r\n boundary=\"b\"\r\n\r\n--b\r\n\
          Content-Transfer-Encoding: base64\r\n\r\nYWRhQGV4\r\nYW1wbGU=\r\n--b\r\n\
          Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n..a=\r\nb =3D c\r\n--b--\r\n.\r\nQUIT\r\n",
    ),
    (S, b"250 taken\r\n221 bye\r\n"),
    (C, b""),
    (S, b""),
];

#[test]
fn a_mail_with_parts() {
    reads(
        &TALK,
        r#"
        0 server reply 220
          text = mail ESMTP
          text = ready
        1 client auth
          field:user = ada
          field:password = secret
        2 server reply 250
          text = mail
          text = PIPELINING
        3 server reply 235
          text = ok
        4 client mail
          field:from = ada@example.org
          field:to = bob@example.org
          field:to = eve@example.org
          header:subject = Løve
          header:content-type = multipart/mixed; boundary=\"b\"
          header:content-transfer-encoding = base64
          body:text/plain = ada@example
          header:content-type = text/html
          header:content-transfer-encoding = quoted-printable
          body:text/html = .ab = c
        5 server reply 250 answers 4
          text = ok
        6 server reply 250 answers 4
          text = ok
        7 server reply 550 answers 4
          text = no eve
        8 server reply 354 answers 4
          text = go
        9 server reply 250
          text = taken
        10 server reply 221
          text = bye
        "#,
    );
}

#[test]
fn mail_in_chunks_and_a_refused_one() {
    reads(
        &[
            (S, b"220 ESMTP\r\n"),
            (C, b"EHLO box\r\nMAIL FROM:<a@example.org>\r\nDATA\r\n"),
            (S, b"250 x\r\n250 ok\r\n554 no\r\n"),
            (C, b"MAIL FROM:<b@example.org>\r\nBDAT 8\r\nA: b\r\n\r\nBDAT 4 LAST\r\nbodyQUIT\r\n"),
            (S, b"250 ok\r\n"),
        ],
        r"
        0 server reply 220
          text = ESMTP
        1 client mail (not whole)
          field:from = a@example.org
        2 server reply 250 answers 1
          text = x
        3 server reply 250 answers 1
          text = ok
        4 server reply 554 answers 1
          text = no
        5 client mail
          field:from = b@example.org
          header:a = b
          body:text/plain = body
        6 server reply 250
          text = ok
        ",
    );
}

#[test]
fn a_dot_that_is_no_end_ends_nothing() {
    reads(
        &[
            (C, b"EHLO box\r\nMAIL FROM:<a@example.org>\r\nDATA\r\n\r\nx\n.\ny\r\n.z\r\n\r\n.\r\nMAIL FROM:<b@example.org>\r\n"),
        ],
        r"
        0 client mail
          field:from = a@example.org
          body:text/plain = x\n.\ny\r\nz\r\n\r\n
        1 client mail
          field:from = b@example.org
        ",
    );
}

#[test]
fn starttls_is_followed() {
    reads(
        &[
            (S, b"220 ESMTP\r\n"),
            (C, b"EHLO box\r\nSTARTTLS\r\n"),
            (S, b"250 STARTTLS\r\n220 go\r\n"),
            (
                C,
                &[
                    22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0,
                    1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 0, 0, 2, 0x13, 1, 1, 0,
                ],
            ),
        ],
        r"
        0 server reply 220
          text = ESMTP
        1 server reply 250
          text = STARTTLS
        2 server reply 220
          text = go
        281474976710656 client client-hello
          field:version = TLS 1.2
        ",
    );
}
