#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use std::io::{Read, Write};
use std::sync::Arc;

use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;

use super::*;

const SCHEMA: &str = "message people {
    required int64 id;
    optional binary name (UTF8);
    optional int32 born (DATE);
    optional group address { optional binary city (UTF8); }
    optional group tags (LIST) { repeated group list { optional binary element (UTF8); } }
}";

/// Two groups of `rows` people each.
fn people(compression: Compression, rows: usize) -> Vec<u8> {
    let properties =
        WriterProperties::builder().set_compression(compression).set_data_page_row_count_limit(100).build();
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    let text = |text: &str| ByteArray::from(text.as_bytes().to_vec());
    for _ in 0..2 {
        let mut group = file.next_row_group().unwrap();
        let ids: Vec<i64> = (0..rows as i64).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&ids, None, None).unwrap();
        column.close().unwrap();
        // Every third has no name and no day.
        let defined: Vec<i16> = (0..rows).map(|row| i16::from(row % 3 != 2)).collect();
        let count = defined.iter().filter(|level| **level == 1).count();
        let mut column = group.next_column().unwrap().unwrap();
        let names: Vec<ByteArray> = (0..count).map(|_| text("Jana \"Nováková\"")).collect();
        column.typed::<ByteArrayType>().write_batch(&names, Some(&defined), None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int32Type>().write_batch(&vec![5_174; count], Some(&defined), None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let cities: Vec<ByteArray> = (0..rows).map(|_| text("Brno")).collect();
        column.typed::<ByteArrayType>().write_batch(&cities, Some(&vec![2; rows]), None).unwrap();
        column.close().unwrap();
        // Two tags, then no list.
        let (mut defined, mut repeated, mut tags) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..rows {
            if row % 2 == 0 {
                defined.extend([3, 3]);
                repeated.extend([0, 1]);
                tags.extend([text("a"), text("b")]);
            } else {
                defined.push(0);
                repeated.push(0);
            }
        }
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&tags, Some(&defined), Some(&repeated)).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    file.into_inner().unwrap()
}

fn read(bytes: Vec<u8>) -> io::Result<String> {
    let mut text = String::new();
    of_bytes(bytes)?.read_to_string(&mut text)?;
    Ok(text)
}

#[test]
fn rows_are_told_with_the_names_of_their_columns() {
    let packed = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4_RAW,
    ];
    for compression in packed {
        let text = read(people(compression, 2500)).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 5000);
        let one = serde_json::json!({"id": 0, "name": "Jana \"Nováková\"", "born": "1984-03-02", "address.city": "Brno", "tags": ["a", "b"]});
        let none = serde_json::json!({"id": 2, "name": null, "born": null, "address.city": "Brno", "tags": ["a", "b"]});
        assert_eq!((&lines[0], &lines[2502]), (&one, &none));
        assert_eq!(lines[2499]["id"], 2499);
        assert_eq!(lines[1]["tags"], serde_json::json!([null]));
    }
}

#[test]
fn files_are_read_from_their_disk_and_in_any_pieces() {
    let bytes = people(Compression::SNAPPY, 300);
    let whole = read(bytes.clone()).unwrap();
    let path = std::env::temp_dir().join(format!("cloister-parquet-{}", std::process::id()));
    std::fs::File::create(&path).unwrap().write_all(&bytes).unwrap();
    let mut rows = of_file(File::open(&path).unwrap()).unwrap();
    std::fs::remove_file(&path).unwrap();
    let (mut text, mut buffer) = (Vec::new(), [0; 7]);
    loop {
        match rows.read(&mut buffer).unwrap() {
            0 => break,
            read => text.extend_from_slice(&buffer[..read]),
        }
    }
    assert_eq!(text, whole.into_bytes());
}

#[test]
fn what_is_no_parquet_is_named() {
    for bytes in [vec![], b"PAR1".to_vec(), b"PAR1\xff\xff\xff\x7fPAR1".to_vec(), b"PAR1\x00\x00\x00\x00PARE".to_vec()]
    {
        assert!(read(bytes).is_err());
    }
    let whole = people(Compression::SNAPPY, 50);
    for end in 0..whole.len() {
        assert!(read(whole[..end].to_vec()).is_err(), "cut at {end}");
    }
}

/// A page of gzip that says 1,000 bytes and holds a thousand times as many.
#[test]
fn a_page_that_expands_is_refused_before_it_is_held() {
    let whole = people(Compression::GZIP(GzipLevel::default()), 50);
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(&vec![0; 10 << 20]).unwrap();
    let bomb = bomb.finish().unwrap();
    // The first page stands behind the magic: its head (three numbers, then the rest), then gzip's magic.
    let body = whole.windows(2).position(|two| two == b"\x1f\x8b").unwrap();
    let mut file = whole[..body].to_vec();
    file.extend_from_slice(&bomb);
    file.extend_from_slice(&whole[body..]);
    assert!(read(file).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn files_that_lie_are_named_and_do_not_end_the_program(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        packed in prop::sample::select(&[Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::LZ4_RAW][..]),
    ) {
        let mut bytes = people(packed, 40);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        // Whatever comes of it.
        let _ = read(bytes);
    }
}
