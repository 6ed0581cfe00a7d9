//! SARIF 2.1.0, for code hosts and editors: checks as rules, findings as
//! results, exceptions as suppressions, diagnostics as notifications, and
//! frameworks as taxonomies that the rules relate to.

mod model;
mod place;
mod results;
mod rules;
mod taxonomies;

use std::collections::BTreeMap;

use cloister_assessment::Assessment;
use cloister_model::DiagnosticLevel;

use crate::json::pretty;
use crate::words::exit;
use model::{BaseId, Component, Identity, Invocation, Log, Notification, Run, Text, Tool};

/// The assessment as SARIF, with a line break at the end.
pub fn render(assessment: &Assessment) -> String {
    let rules = rules::all(assessment);
    let results = results::all(assessment, &rules);
    let taxonomies = taxonomies::all(assessment);
    let driver = Component {
        name: "Cloister".to_owned(),
        version: Some(assessment.version.to_owned()),
        supported_taxonomies: taxonomies::references(assessment),
        rules,
        ..Component::default()
    };
    let root = Text::new("the folder in which the scan was started");
    let run = Run {
        tool: Tool { driver },
        automation_details: Identity { id: format!("cloister/{}/", assessment.subject.title) },
        invocations: vec![invocation(assessment)],
        original_uri_base_ids: BTreeMap::from([(place::ROOT, BaseId { description: root })]),
        column_kind: "unicodeCodePoints",
        taxonomies,
        results,
    };
    pretty(&Log { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: vec![run] })
}

fn invocation(assessment: &Assessment) -> Invocation {
    let (exit_code, reason) = exit(assessment);
    let notifications = assessment.diagnostics.iter().map(|diagnostic| {
        let help = diagnostic.help.as_deref().map(|help| format!(". {help}")).unwrap_or_default();
        // A cluster is no file of the checkout: it is named in words.
        let (name, file) = match diagnostic.is_cluster {
            true => (format!("{}: ", diagnostic.file), ""),
            false => (String::new(), &*diagnostic.file),
        };
        Notification {
            level: match diagnostic.level {
                DiagnosticLevel::Error => "error",
                DiagnosticLevel::Warning => "warning",
                DiagnosticLevel::Note => "note",
            },
            message: Text::new(&format!("{name}{}{help}", diagnostic.message)),
            locations: place::of_file(file, diagnostic.line, diagnostic.column).into_iter().collect(),
        }
    });
    Invocation {
        execution_successful: assessment.summary.unreadable == 0,
        exit_code,
        exit_code_description: reason,
        end_time_utc: assessment.assessed_at.clone(),
        tool_execution_notifications: notifications.collect(),
    }
}
