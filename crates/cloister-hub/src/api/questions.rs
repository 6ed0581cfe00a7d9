//! Questions, for programs: the same answers as pages show.

use serde_json::{Value, json};

use super::tag;
use crate::http::{Answer, Ask, Problem};
use crate::pages;
use crate::questions::{self, Question};
use crate::table::Want;

/// The answer to the question that the path names.
pub fn answer(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let want = Want::of_api(&ask.query)?;
    let known = ask.snapshot()?;
    let kind = ask.path.rsplit('/').next().unwrap_or("");
    let answer = questions::answer(&known, &Question::read(kind, &ask.query)?)?;
    let table = pages::questions::table_of(&known.source, &answer, want)?;
    let by_namespace: Vec<Value> =
        answer.by_namespace.iter().map(|(name, number)| json!({"namespace": name, "number": number})).collect();
    let said = json!({
        "question": answer.title, "answer": answer.summary, "notes": answer.notes, "items": table.json(),
        "total": answer.all, "told": answer.rows.len(), "byNamespace": by_namespace, "next": table.rows.next,
    });
    // What is said may change where no finding does.
    let print = crate::who::secret::hash("answer", &said.to_string());
    let print: String = print.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok(tag::answer(ask, &print, || Answer::json(&said)))
}
