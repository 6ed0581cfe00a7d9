//! What no reader knows is searched as text, each side by itself.

mod common;

use cloister_protocol::Side;

#[test]
fn unknown_bytes_are_text_of_their_side() {
    let said: [common::Turn<'_>; 3] =
        [(Side::Client, b"~ask ada@example.org"), (Side::Server, b"~yes"), (Side::Client, b" and go")];
    let transcript = common::read(common::STREAM, &said);
    let texts: Vec<_> = transcript.messages.values().map(|message| (message.side, message.values.clone())).collect();
    assert_eq!(
        texts,
        [
            (Side::Client, vec![("text".to_owned(), b"~ask ada@example.org and go".to_vec())]),
            (Side::Server, vec![("text".to_owned(), b"~yes".to_vec())])
        ]
    );
}
