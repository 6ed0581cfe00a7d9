use std::io::Write;

use super::*;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn decode(chain: &mut Chain, coded: &[u8], piece: usize) -> (Vec<u8>, Result<(), Trouble>) {
    let mut told = Vec::new();
    for part in coded.chunks(piece) {
        if let Err(trouble) = chain.push(part, &mut |bytes| told.extend_from_slice(bytes)) {
            return (told, Err(trouble));
        }
    }
    (told, if chain.is_finished() { Ok(()) } else { Err(Trouble::Gap) })
}

fn raw(text: &[u8], zlib: bool) -> Vec<u8> {
    let mut coder = flate2::Compress::new(flate2::Compression::default(), zlib);
    let mut coded = Vec::with_capacity(text.len() + 100);
    coder.compress_vec(text, &mut coded, flate2::FlushCompress::Finish).unwrap();
    coded
}

fn zstd(text: &[u8]) -> Vec<u8> {
    let mut room = vec![0; zstd_safe::compress_bound(text.len())];
    let written = zstd_safe::compress(room.as_mut_slice(), text, 3).unwrap();
    room.truncate(written);
    room
}

#[test]
fn each_coding_in_any_cut() {
    let text = b"a line that comes again\n".repeat(3000);
    let coded = [
        ("gzip", gzip(&text)),
        ("gzip", [gzip(&text[..7]), gzip(&text[7..])].concat()),
        ("deflate", raw(&text, true)),
        ("deflate", raw(&text, false)),
        ("zstd", zstd(&text)),
        ("zstd", [zstd(&text[..9]), zstd(&text[9..])].concat()),
        ("gzip, zstd", zstd(&gzip(&text))),
        ("identity", text.clone()),
    ];
    for (names, coded) in coded {
        for piece in [1, 3, 100, usize::MAX] {
            let mut chain = Chain::named(names, &Limits::default()).unwrap();
            let (told, result) = decode(&mut chain, &coded, piece);
            assert_eq!((told.len(), result), (text.len(), Ok(())), "{names} in pieces of {piece}");
            assert_eq!(told, text);
        }
    }
}

#[test]
fn a_bomb_is_told_as_far_as_believed() {
    let limits = Limits { decompressed: 5 << 20, ..Limits::default() };
    let zeros = vec![0; 50 << 20];
    for (names, coded) in [("gzip", gzip(&zeros)), ("zstd", zstd(&zeros)), ("gzip, gzip", gzip(&gzip(&zeros)))] {
        let mut chain = Chain::named(names, &limits).unwrap();
        let (told, result) = decode(&mut chain, &coded, usize::MAX);
        assert_eq!(result, Err(Trouble::Bomb), "{names}");
        assert!(told.len() <= 5 << 20 && !told.is_empty(), "{names}: {}", told.len());
    }
}

#[test]
fn what_is_cut_short_or_broken_is_told_so_far() {
    let text = b"0123456789".repeat(2000);
    let whole = gzip(&text);
    let mut chain = Chain::named("gzip", &Limits::default()).unwrap();
    let (told, result) = decode(&mut chain, &whole[..whole.len() - 9], 50);
    assert_eq!(result, Err(Trouble::Gap));
    assert!(text.starts_with(&told) && told.len() > 100);
    let mut chain = Chain::named("gzip", &Limits::default()).unwrap();
    assert_eq!(decode(&mut chain, b"no gzip at all", 3).1, Err(Trouble::Undecodable));
    assert_eq!(Chain::named("gzip, rot13", &Limits::default()).err(), Some(Trouble::Unsupported));
    assert_eq!(Chain::named(&"br,".repeat(5), &Limits::default()).err(), Some(Trouble::TooLarge));
}

/// Of "hello hello hello hello" with a line end, and of 40 MB of zeros, by the reference encoder.
#[test]
fn brotli_in_any_cut_and_as_a_bomb() {
    let hello = [
        0x1b, 0x17, 0x00, 0xf8, 0x8d, 0x94, 0x6e, 0xde, 0x44, 0x55, 0x86, 0xd6, 0x0a, 0x20, 0x6c, 0x6f, 0x4a, 0x11,
        0x79, 0xe2, 0x80, 0xae, 0x16,
    ];
    let zeros = [
        0xcb, 0xff, 0xff, 0x3f, 0xf8, 0x27, 0x00, 0xe2, 0xb1, 0x40, 0x20, 0xf7, 0xfe, 0x8f, 0xff, 0xff, 0x7f, 0xf0,
        0x4f, 0x00, 0xc4, 0x61, 0x11, 0x80, 0xee, 0xfd, 0x1f, 0xff, 0xff, 0xff, 0xe0, 0x9f, 0x00, 0x88, 0xc3, 0x02,
        0x00, 0xdd, 0xfb, 0x3f, 0xfe, 0xff, 0xff, 0xc1, 0x3f, 0x01, 0x10, 0x87, 0x05, 0x00, 0xba, 0xf7, 0x7f, 0xf9,
        0xff, 0xff, 0x87, 0x7f, 0x02, 0x20, 0x0e, 0x0b, 0x00, 0x74, 0xef, 0xff, 0x00,
    ];
    for piece in 1..hello.len() {
        let mut chain = Chain::named("br", &Limits::default()).unwrap();
        let (told, result) = decode(&mut chain, &hello, piece);
        assert_eq!((told.as_slice(), result.is_ok()), (b"hello hello hello hello\n".as_slice(), true), "{piece}");
    }
    let limits = Limits { decompressed: 5 << 20, ..Limits::default() };
    let (told, result) = decode(&mut Chain::named("br", &limits).unwrap(), &zeros, usize::MAX);
    assert_eq!(result, Err(Trouble::Bomb));
    assert!(told.len() <= 5 << 20);
}
