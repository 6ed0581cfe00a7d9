use proptest::prelude::*;

use super::*;

/// The places at each `§` of a text, walked in these pieces.
fn places(format: Format, text: &str, piece: usize) -> Vec<String> {
    let mut locator = Locator::new(format);
    let mut parts = text.split('§');
    let mut found = Vec::new();
    let first = parts.next().unwrap();
    first.as_bytes().chunks(piece).for_each(|bytes| locator.advance(bytes));
    for part in parts {
        found.push(locator.place().path);
        part.as_bytes().chunks(piece).for_each(|bytes| locator.advance(bytes));
    }
    found
}

fn everywhere(format: Format, text: &str, wanted: &[&str]) {
    for piece in [1, 2, 3, 7, 4096] {
        assert_eq!(places(format, text, piece), wanted, "in pieces of {piece}");
    }
}

fn broken(format: Format, text: &str) -> Option<(u64, String)> {
    let mut locator = Locator::new(format);
    locator.advance(text.as_bytes());
    locator.broken().map(|broken| (broken.line, broken.cause))
}

#[test]
fn json_is_told_by_pointers() {
    everywhere(
        Format::Json,
        r#"{"a": {"b\"}": [1, {"c/d": §"x, ]{"}, "§y"], "e": §2}, "f": ["g", §"h"]} §"#,
        &["/a/b\\\"}/1/c~1d", "/a/b\\\"}/2", "/a/e", "/f/1", "line 1"],
    );
    everywhere(
        Format::Json,
        r#"[{"§jana.nova@clinic.eu": {"tel": §1}}, {"n": §1}]"#,
        &["/0/•••", "/0/•••/tel", "/1/n"],
    );
    everywhere(
        Format::Json,
        r#"{"u": {"jana.nova@clinic.eu": {"tel": §1}, "86095742719": [§1]}}"#,
        &["/u/•••/tel", "/u/•••/0"],
    );
    assert_eq!(
        broken(Format::Json, "[{\"a\": 1},\n{\"b\": [1, 2"),
        Some((2, "the JSON is cut short: it ends within a value".into()))
    );
    assert_eq!(broken(Format::Json, "[1,\n{\"b\": 2],\n{}]").unwrap().0, 2);
    assert_eq!(broken(Format::Json, "[{\"a\": \"]\"}]\n"), None);
}

#[test]
fn records_of_json_are_the_elements_of_the_outer_array() {
    let text = r#"{"by": "§x", "all": [{"n": "§x", "tel": [{"t": "§x"}]}, {"n": "§x"}]}"#;
    let mut locator = Locator::new(Format::Json);
    let mut records = Vec::new();
    for part in text.split('§') {
        locator.advance(part.as_bytes());
        records.push(locator.place().record.unwrap());
    }
    assert_eq!(records[1], records[2]);
    assert_ne!(records[0], records[1]);
    assert_ne!(records[2], records[3]);
}

#[test]
fn each_line_of_json_lines_is_walked_for_itself() {
    everywhere(
        Format::JsonLines,
        "{\"a\": [0, §1]}\n{\"broken\": \n{\"b\": {\"c\": §2}}\n§",
        &["/a/1", "/b/c", "line 4"],
    );
    assert_eq!(broken(Format::JsonLines, "{\"a\": 1}\n{\"b\": ").unwrap().0, 2);
}

#[test]
fn columns_of_rows_are_told_by_their_names() {
    everywhere(
        Format::Parquet,
        "{\"id\":1,\"address.city\":\"§x\",\"tags\":[\"§a\",\"§b\"]}\n{\"id\":§2}\n",
        &["address.city", "tags", "tags", "id"],
    );
}

#[test]
fn cells_are_told_by_their_column() {
    everywhere(
        Format::Csv(b';'),
        "Kunde;E-Mail;\"Tag der Geburt\"\n1;§a;b\n\"x;\"\"y\n\";c;§d\n;;;§\n",
        &["E-Mail", "Tag der Geburt", "column 4"],
    );
    assert_eq!(
        broken(Format::Csv(b','), "a,b\n1,2\n\n\"x\n,y\",2\n1\n1,2,3\n"),
        Some((6, "this row has 1 cells, and the first row 2; 2 rows are so".into()))
    );
    assert_eq!(broken(Format::Csv(b','), "a,b\n1,\"2\n").unwrap().1, "a quote is opened in this table and not closed");
    assert_eq!(broken(Format::Csv(b','), "a,b\r\n1,5\" pipe\r\n\r\n1,2"), None);
}

#[test]
fn a_first_row_with_values_names_no_columns() {
    for first in ["jana.nova@clinic.eu,x", "Anna,Berlin", "4711,x", "name,§a"] {
        let found = places(Format::Csv(b','), &format!("{first}\n1,§2\n"), 5);
        assert_eq!(found.last().unwrap(), "column 2", "{first}");
    }
}

#[test]
fn elements_and_attributes_are_told_by_their_path() {
    everywhere(
        Format::Xml,
        "<?xml version='1.0'?><!DOCTYPE a><!-- <b> --><a><b id='§1'>x §</b><b><c/><![CDATA[</b>§]]><c x=\"y\" z=\"§>\">§</c></b></a>",
        &["/a/b[1]/@id", "/a/b[1]", "/a/b[2]", "/a/b[2]/c[2]/@z", "/a/b[2]/c[2]"],
    );
    assert_eq!(broken(Format::Xml, "<a>\n<b></c></a>").unwrap().0, 2);
    assert_eq!(broken(Format::Xml, "<a><b>").unwrap().1, "the XML is cut short: it ends within an element");
    assert_eq!(broken(Format::Xml, "<a><b/></a>\n"), None);
}

#[test]
fn yaml_is_told_by_its_indentation() {
    everywhere(
        Format::Yaml,
        "a:\n  b: §1\n  list:\n  - c: §x\n    d: §y\n  - §z\n  - - §e\n    - §f\n  g: |\n    h: §t\n  \"i k\": §u\n---\n- §v\n- w: §w # §\n",
        &[
            "/a/b",
            "/a/list/0/c",
            "/a/list/0/d",
            "/a/list/1",
            "/a/list/2/0",
            "/a/list/2/1",
            "/a/g",
            "/a/i k",
            "/0",
            "/1/w",
            "/1/w",
        ],
    );
    everywhere(
        Format::Yaml,
        "users:\n  §jana.nova@clinic.eu:\n    tel: §1\n  x:\n    tel: §2",
        &["/users", "/users/•••/tel", "/users/x/tel"],
    );
}

#[test]
fn values_of_dumps_are_told_by_table_and_column() {
    everywhere(
        Format::Sql,
        "-- MySQL dump\nCREATE TABLE `people` (\n `id` int(11) DEFAULT '0',\n `name` varchar(8),\n PRIMARY KEY (`id`)\n);\n\
         INSERT INTO `people` VALUES (1,'§O\\'x'),(2,'§y;)(');\nINSERT INTO shop.orders (nr, \"e mail\") VALUES ((1+2), '§it''s',§ 3);\nSELECT '§';\n",
        &["people.name", "people.name", "shop.orders.e mail", "shop.orders.column 3", "line 9"],
    );
    everywhere(
        Format::Sql,
        "-- PostgreSQL database dump\nINSERT INTO a (b, c) VALUES ('\\', '§x');\nCOPY public.people (id, name, mail) FROM stdin;\n1\t§x\t§y\n2\t\\N\t§z\n\\.\n\nINSERT INTO t (u) VALUES (§1);\n",
        &["a.c", "public.people.name", "public.people.mail", "public.people.mail", "t.u"],
    );
    assert!(broken(Format::Sql, "COPY a (b) FROM stdin;\n1\n").is_some());
    assert!(broken(Format::Sql, "INSERT INTO a VALUES ('x").is_some());
    assert_eq!(broken(Format::Sql, "INSERT INTO a VALUES ('x');\n"), None);
}

#[test]
fn formats_are_told_by_name_and_beginning() {
    for (name, head, format) in [
        ("a.json", "{\"a\": 1}\n{\"a\": 2}\n", Format::JsonLines),
        ("a.json", "{\n\"a\": 1}", Format::Json),
        ("a.CSV", "a;b;c\n", Format::Csv(b';')),
        ("dump", "-- PostgreSQL database dump\n", Format::Sql),
        ("-", "id,name,mail\n1,a,b\n2,c,d\n", Format::Csv(b',')),
        ("-", "One, two, three.\nFour, five, six.\nSeven, eight, nine\n", Format::Text),
        ("app.log", "2026-01-02 a=b\n", Format::Text),
        ("-", "<?xml version=\"1.0\"?>", Format::Xml),
        ("-", "[1] first\n", Format::Text),
    ] {
        assert_eq!(sniff(name, head.as_bytes()), format, "{name} {head}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn cuts_change_nothing_and_nothing_fails(
        text in "[\\[\\]{}:,\"'\\\\<>/!=?a-c;()§\n\t -]{0,120}",
        piece in 1usize..9,
    ) {
        for format in [Format::Text, Format::Json, Format::JsonLines, Format::Csv(b','), Format::Xml, Format::Yaml, Format::Sql] {
            prop_assert_eq!(places(format, &text, piece), places(format, &text, 4096));
        }
    }
}
