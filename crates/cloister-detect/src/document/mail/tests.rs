#![allow(clippy::string_slice, reason = "a test")]

use super::*;

const MAIL: &str = "From: =?iso-8859-1?Q?Ren=E9?= =?UTF-8?B?IER1csOpcsOp?= <r@clinic.eu>\r\n\
    Date: Thu, 26 Nov 2026 10:00:00 +0100\r\nSubject: x\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed;\r\n boundary=\"a b\"\r\n\r\nnothing\r\n--a b\r\n\
    Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
    Ch=E8re Madame Dup=\r\nont,\r\n--a b\r\n\
    Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
    SUJBTiBERTAyIDEy\r\nMDMgMDAwMCAwMDAwIDIwMjAgNTE=\r\n--a b\r\n\
    Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nSUJBTiBERTAyIDEy\r\n--a b--\r\nend\r\n";

fn read(pieces: impl Iterator<Item = &'static [u8]>) -> (String, Mail) {
    let mut mail = Mail::default();
    let mut bytes = Vec::new();
    pieces.for_each(|piece| bytes.extend(mail.push(piece)));
    bytes.extend(mail.finish());
    (String::from_utf8(bytes).unwrap(), mail)
}

#[test]
fn parts_and_heads_are_read_as_they_were() {
    assert!(begins(MAIL.as_bytes()));
    let (text, mut mail) = read(std::iter::once(MAIL.as_bytes()));
    for part in
        ["From: René Duréré <r@clinic.eu>", "\nChère Madame Dupont,\r\n", "IBAN DE02 1203 0000 0000 2020 51--a b"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(text.matches("IBAN").count(), 1, "pictures are no text");
    let map = mail.map();
    for (shown, written) in [
        ("Dupont", "Dup=\r\nont"),
        ("Chère", "Ch=E8re"),
        ("René Duréré", "=?iso-8859-1?Q?Ren=E9?= =?UTF-8?B?IER1csOpcsOp?="),
        ("DE02 12", "BERTAyIDEy"),
        ("end", "end"),
    ] {
        let at = text.find(shown).unwrap();
        assert_eq!(&MAIL[map.place(at)..map.end(at + shown.len())], written, "{shown}");
        let line = 1 + MAIL[..map.place(at)].matches('\n').count() as u64;
        assert_eq!(map.line(at), line, "{shown}");
    }
    for piece in 1..70 {
        assert_eq!(read(MAIL.as_bytes().chunks(piece)).0, text, "{piece}");
    }
}

#[test]
fn a_mailbox_is_many_mails_and_other_text_is_none() {
    let one = "From a@b.eu Thu Nov 26 10:00:00 2026\nFrom: a@b.eu\nDate: x\nSubject: y\nContent-Transfer-Encoding: base64\n\nSGFsbG8=\n\n";
    let two = format!("{one}{one}");
    let mut mail = Mail::default();
    let text = mail.push(two.as_bytes());
    assert_eq!(String::from_utf8(text).unwrap().matches("Hallo").count(), 2);
    assert!(begins(two.as_bytes()));
    for text in ["From: here\nTo: there\n\n", "X-ray: none\n", "", "Subject: x\n\nFrom: a\nDate: b\n"] {
        assert!(!begins(text.as_bytes()), "{text}");
    }
}
