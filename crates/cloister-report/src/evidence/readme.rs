//! How to check a bundle, for whoever gets it.

use super::About;

/// The text beside the evidence.
pub fn readme(about: &About, has_oscal: bool, has_pdf: bool) -> String {
    let mut text = format!(
        "# Evidence: {title}, {from} to {to}\n\n\
         Exported {exported} by Cloister {version} from the log `{log}`.\n\n\
         | file | what it is |\n| --- | --- |\n\
         | `report.html` | what was recorded, for reading |\n",
        title = about.title,
        from = about.from,
        to = about.to,
        exported = about.exported,
        version = about.version,
        log = about.log
    );
    if has_pdf {
        text += "| `report.pdf` | the same, to print and to file |\n";
    }
    if has_oscal {
        text += "| `assessment-results.json` | the assessments as OSCAL assessment-results |\n";
    }
    text += "| `entries/` | what each entry says, as it was recorded |\n\
             | `log/checkpoint` | the signed head of the log: how many entries it had, and their hash |\n\
             | `log/tile/` | entries and hashes that lead from the entries to the head |\n\
             | `log/openings.jsonl` | salts, and keys of what is kept encrypted, for the entries that are disclosed |\n\
             | `log/witness/` | heads that witnesses have signed, if there are any |\n\
             | `log/timestamp/` | heads that authorities have stamped with the time (RFC 3161), if there are any |\n\
             | `manifest` | hashes of all of these files, signed |\n\n";
    text += include_str!("how-to-check.md");
    text
}
