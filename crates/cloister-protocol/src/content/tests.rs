use super::*;
use crate::Side;
use crate::message::Head;
use crate::transcript::Transcript;

pub(super) const HEAD: Head<'_> = Head {
    side: Side::Client,
    protocol: Protocol::Http1,
    operation: "POST",
    target: "/",
    host: "",
    answers: None,
    status: None,
};

fn values(content_type: &str, encoding: &str, body: &[u8], piece: usize) -> (Vec<(String, Vec<u8>)>, bool) {
    let mut transcript = Transcript::default();
    let (id, limits) = (MessageId(0), Limits::default());
    transcript.begin(id, &HEAD);
    let mut content =
        Content::new(id, Protocol::Http1, content_type, Chain::named(encoding, &limits), &limits, &mut transcript);
    body.chunks(piece).for_each(|part| content.push(part, &mut transcript));
    let whole = content.end(true, &mut transcript);
    transcript.end(id, whole);
    assert!(transcript.is_closed());
    (transcript.messages.remove(&id).unwrap().values, whole)
}

fn owned(values: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    values.iter().map(|(place, value)| ((*place).to_owned(), value.as_bytes().to_vec())).collect()
}

#[test]
fn parts_of_a_form() {
    let body =
        b"preamble\r\n--X-1\r\nContent-Disposition: form-data; name=\"mail\"\r\n\r\nada@example.org\r\n--X-1\r\n\
        Content-Disposition: form-data; name=list; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n\
        a,b\r\n--X,no\r\n\n-\r\n\r\n--X-1\r\ncontent-disposition:form-data; name=e\r\n\r\n\r\n--X-1--\r\nend";
    let expected = owned(&[
        ("text", "preamble"),
        ("field:mail", "ada@example.org"),
        ("field:list.filename", "a.csv"),
        ("file:list:text/csv", "a,b\r\n--X,no\r\n\n-\r\n"),
        ("field:e", ""),
        ("text", "end"),
    ]);
    for piece in 1..body.len() {
        let (read, whole) = values("multipart/form-data; boundary=X-1", "", body, piece);
        assert_eq!(read, expected, "in pieces of {piece}");
        assert!(whole);
    }
}

#[test]
fn what_is_falsely_called_compressed_is_told_as_it_is() {
    let (read, _) = values("application/json", "gzip", br#"{"a":"b"}"#, usize::MAX);
    assert_eq!(read, owned(&[("body:application/json", r#"{"a":"b"}"#)]));
}
