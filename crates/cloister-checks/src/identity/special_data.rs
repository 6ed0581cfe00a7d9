//! Who reaches the stores of special categories of data, as the authorisers decide. Worked out only where the register
//! names such a store that is in the input.

use cloister_model::PersonalData;
use cloister_rbac::ServerRules;
use cloister_rbac::personal_data::{Access, kept, readers};
use cloister_register::PersonalDataStore;
use cloister_register::exposure::DataAtRisk;

use crate::Findings;

/// Calls with each such store, what it holds in words, and everybody who can read it.
pub(super) fn each<'a>(
    findings: &mut Findings<'a>,
    mut with: impl FnMut(&mut Findings<'a>, &PersonalDataStore<'a>, &str, &[Access<'_, 'a>]),
) {
    let (inventory, register) = (findings.inventory(), findings.register());
    let access = findings.access();
    let rules = ServerRules::of(inventory);
    for store in register.stores() {
        let data = DataAtRisk::of_store(store, register);
        if data.level() != PersonalData::Special {
            continue;
        }
        let kept = kept(store, register, inventory);
        if !kept.iter().any(|kept| !kept.uses) {
            continue;
        }
        with(findings, store, &data.phrase(), &readers(access.policy(), &kept, rules));
    }
}

/// The ways of one subject, in a sentence.
pub(super) fn ways(all: &[&Access<'_, '_>]) -> String {
    let mut ways: Vec<&str> = all.iter().map(|access| access.what.as_str()).collect();
    let more = ways.len().saturating_sub(MOST);
    ways.truncate(MOST);
    let more = if more > 0 { format!(", and {more} more ways") } else { String::new() };
    ways.join(", ") + &more
}

/// More ways make no better sentence.
const MOST: usize = 3;
