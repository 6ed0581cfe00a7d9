//! Profiles, as files.

use std::path::Path;

use cloister_detect::profile::{API_VERSION, Document, Fault, KIND, Profile, Spec};
use cloister_source::without_number;

use crate::way_out::failure;

/// A larger file is no profile.
const MOST: u64 = 4 << 20;

/// Reads a profile and makes it ready.
pub fn read(file: &Path) -> anyhow::Result<(Spec, Profile)> {
    let shown = file.display();
    let about = std::fs::metadata(file);
    let usable = about.as_ref().is_ok_and(|about| about.is_file() && about.len() <= MOST);
    let text = match std::fs::read_to_string(file) {
        Ok(text) if usable => text,
        Ok(_) => return Err(failure(format!("{shown} is no file of at most 4 MiB"), "name a DetectionProfile")),
        Err(error) => {
            let cause = error.to_string();
            return Err(failure(
                format!("{shown}: {}", without_number(&cause)),
                "name a DetectionProfile: docs/detect.md",
            ));
        }
    };
    let document: Document = serde_saphyr::from_str(&text).map_err(|error| {
        let place = error.location().map_or(String::new(), |at| format!(":{}:{}", at.line(), at.column()));
        let told = error.without_snippet().to_string();
        let cause = told.lines().next().unwrap_or("it cannot be read").to_owned();
        failure(format!("{shown}{place}: {cause}"), "docs/schema/detection-profile.v1alpha1.json says what it may hold")
    })?;
    if document.api_version != API_VERSION || document.kind != KIND {
        let help = format!("it begins with apiVersion: {API_VERSION} and kind: {KIND}");
        return Err(failure(format!("{shown} is no {KIND}"), help));
    }
    let profile = Profile::new(&document.spec).map_err(|faults| {
        let (first, rest) = faults.split_first().map_or((None, &[] as &[Fault]), |(first, rest)| (Some(first), rest));
        let more: String = rest.iter().map(|fault| format!("\n{shown}: spec.{fault} ({})", fault.help)).collect();
        let (cause, help) = first.map_or_else(Default::default, |first| (first.to_string(), first.help.clone()));
        failure(format!("{shown}: spec.{cause}"), format!("{help}{more}"))
    })?;
    Ok((document.spec, profile))
}
