//! Tables: what the heads of columns say of the values below them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use cloister_detect::{Stream, Tables, scan};

/// Kinds, with the names of their columns.
fn found(text: &str) -> Vec<(&'static str, String)> {
    scan(text).into_iter().map(|one| (one.kind, one.column.as_deref().unwrap_or("").to_owned())).collect()
}

const NUMBER: (&str, &str) = ("de-tax-number", "steuer_id");
const BIRTH: (&str, &str) = ("date-of-birth", "birth date");

fn are(text: &str, kinds: &[(&'static str, &str)]) {
    let kinds: Vec<_> = kinds.iter().map(|(kind, column)| (*kind, (*column).to_owned())).collect();
    assert_eq!(found(text), kinds, "{text}");
}

#[test]
fn heads_of_files_name_their_columns() {
    are("id,steuer_id,birth date\n1,86095742719,1984-03-02\n", &[NUMBER, BIRTH]);
    are("\u{feff}id;steuer_id;birth date\r\n1;\"86095742719\";1984-03-02\r\n2;;\r\n", &[NUMBER, BIRTH]);
    are("steuer_id\tbirth date\n86 095 742 719\t02.03.1984\n\n86095742719\t1984-03-02", &[NUMBER, BIRTH]);
    are("| steuer_id | birth date |\n|---|---|\n| 86095742719 | 1984-03-02 |\n", &[NUMBER, BIRTH]);
    are(" steuer_id  | birth date\n------------+-----------\n 86095742719 | 1984-03-02\n(1 row)\n", &[NUMBER, BIRTH]);
}

#[test]
fn cells_in_quotes_hold_separators_quotes_and_lines() {
    are("a,steuer_id,birth date\n\"x, \"\"y\"\",\nz\",86095742719,1984-03-02\n", &[NUMBER, BIRTH]);
    // A quote that nothing closes is part of its cell.
    are("a,steuer_id,birth date\n5\" pipe,86095742719,1984-03-02\n", &[NUMBER, BIRTH]);
}

#[test]
fn a_row_of_another_length_is_passed_over_and_another_head_is_seen() {
    are("a,steuer_id\n1,86095742719\n1,2,86095742719\n3,86095742719\n", &[NUMBER, NUMBER]);
    are("a,steuer_id\n1,86095742719\nx,b,steuer_id\n1,2,86095742719\n", &[NUMBER, NUMBER]);
    are("a,steuer_id\n1,86095742719\n1,2,3\n1,2,3\n1,86095742719\n", &[NUMBER]);
}

#[test]
fn statements_name_their_columns() {
    are(
        "INSERT INTO p (`steuer_id`, \"birth date\") VALUES\n('86095742719', DATE '1984-03-02'),\n('a''b', f('x', 1));",
        &[NUMBER, BIRTH],
    );
    are("log: statement: insert into p(id, steuer_id) values(1, 86095742719) returning id", &[NUMBER]);
    are(
        "COPY s.p (steuer_id, \"birth date\") FROM stdin;\n86095742719\t1984-03-02\n\\.\n\n86095742719\t1\n",
        &[NUMBER, BIRTH],
    );
    are(
        "CREATE TABLE `p` (\n  `steuer_id` decimal(11,0) NOT NULL,\n  `birth date` date DEFAULT NULL,\n  PRIMARY KEY (`steuer_id`)\n) ENGINE=x;\n\
         INSERT INTO `p` VALUES (86095742719,'1984-03-02');\nINSERT INTO `q` VALUES (86095742719,'1984-03-02');\n",
        &[NUMBER, BIRTH],
    );
}

#[test]
fn a_table_of_names_and_values_is_read_row_by_row() {
    are("Steuer-ID\t86095742719\nbirth date\t1984-03-02\nSteuer-ID\t1\n", &[("de-tax-number", "Steuer-ID"), BIRTH]);
    are("birth date;1984-03-02\nNom de famille;Moreau\nbirth date;1\n", &[BIRTH, ("name", "Nom de famille")]);
    are(
        "Nom de famille\tMoreau\nPrénom\tJeanne\nbirth date\t1984-03-02\n",
        &[("name", "Nom de famille"), ("name", "Prénom"), BIRTH],
    );
}

#[test]
fn what_a_column_says_holds_in_it_alone() {
    are("order_id,x,steuer_id\n86095742719,86095742719,1\n", &[]);
    are("Hello you, tax number and all\n86095742719, and so on\n", &[]);
}

#[test]
fn a_place_is_named_by_its_column() {
    let text = "a;steuer_id\n1;86095742719\n";
    let tables = Tables::read(text.as_bytes());
    assert_eq!(tables.column_at(text.find("860").unwrap()), Some("steuer_id"));
    assert_eq!(tables.column_at(2), None);
}

/// What closes a quote of the head on a later line was waited for, and then there was no head.
#[test]
fn a_quote_that_is_open_in_the_head_makes_the_same_table_of_all_pieces() {
    let text = "p,steuer_id,\"i\n1,86095742719,x\n  (\" and more\nagain\n";
    are(text, &[("de-tax-number", "steuer_id")]);
    for piece in 1..text.len() {
        let mut stream = Stream::default();
        let mut found: Vec<_> = text.as_bytes().chunks(piece).flat_map(|piece| stream.push(piece)).collect();
        found.extend(stream.finish());
        let kinds: Vec<_> = found.iter().map(|one| one.kind).collect();
        assert_eq!(kinds, ["de-tax-number"], "in pieces of {piece}");
    }
}
