//! # What it does
//! Finds settings in ConfigMaps that switch TLS to a database or a queue off, and URLs
//! without it, in single values and in the lines of whole files.
//!
//! # Why it matters
//! Whoever can read the traffic between two pods reads the personal data in every query
//! and every answer.
//!
//! # What to do
//! Write the setting that demands TLS, as the finding says it.
//!
//! # References
//! GDPR Art. 32(1)(a).

use cloister_model::{Mark, Severity};

use super::settings::Setting;
use super::texts::Text;
use super::{engines, tls};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "config-map-tls-off",
    title: "a ConfigMap has connections that are not encrypted",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["ConfigMap"], |resource, findings| {
        let settings: Vec<Setting<'_>> = findings.texts(resource).iter().flat_map(Text::settings).collect();
        let mut spoken = false;
        let mut marks = Vec::new();
        for engine in engines::ENGINES {
            let Some(plain) = engine.judge(&settings, false) else { continue };
            spoken = true;
            for one in plain {
                // `xpack…` and `KAFKA_…` speak of one engine only; a line is told once.
                if !marks.contains(&one.place.mark) || one.place.mark == Mark::NONE {
                    marks.push(one.place.mark);
                    let message = tls::describe(engine, &one);
                    findings.report(one.place).message(message).severity(tls::severity(one.tls)).fix(one.fix);
                }
            }
        }
        if !spoken {
            findings.not_applicable();
        }
    }),
};
