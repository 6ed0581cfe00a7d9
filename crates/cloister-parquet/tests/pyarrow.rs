//! Files that another program wrote (`data/*.parquet`, by pyarrow): rows as it means them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "a test")]

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::{Value, json};

#[test]
fn rows_of_pyarrow_are_read_as_it_means_them() {
    for name in ["people.parquet", "people-gzip.parquet"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
        let mut text = String::new();
        cloister_parquet::of_file(File::open(path).unwrap()).unwrap().read_to_string(&mut text).unwrap();
        let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(rows.len(), 40, "{name}");
        let second = json!({
            "id": 1, "surname": "Müller", "birth_date": "1984-03-02", "iban": "DE67200411330739214587",
            "tax_id": 86_095_742_719_i64, "seen": "2026-11-26T10:11:12Z", "address.street": "Am Mühlbach 3",
            "address.city": "10115 Berlin", "mails": ["lena.vogel@mail-host.eu", "x1@mail-host.eu"], "tags.key": ["k"],
            "tags.value": ["v"], "blob": null, "score": 1.5, "ok": true, "u": 4_294_967_295_i64,
        });
        assert_eq!(rows[1], second, "{name}");
        let (first, last) = (&rows[0], &rows[39]);
        assert_eq!((&first["birth_date"], &first["mails"]), (&Value::Null, &json!([null])));
        assert_eq!((&last["id"], &last["mails"][1]), (&json!(39), &json!("x39@mail-host.eu")));
    }
}
