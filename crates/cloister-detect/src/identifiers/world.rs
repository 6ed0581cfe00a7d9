//! Numbers of no single state.

use super::numbers::{digits, is_luhn};
use super::{Proof, Rule};
use crate::detection::Category;
use crate::finance::{is_card, is_iban};

pub const RULES: &[Rule] = &[
    Rule {
        kind: "iban",
        title: "a bank account (IBAN)",
        category: Category::BankDetails,
        lengths: &[15, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32],
        valid: is_iban,
        words: &["iban", "account", "konto", "bank"],
        proof: Proof::Nothing,
    },
    Rule {
        kind: "payment-card",
        title: "a payment card number",
        category: Category::PaymentCard,
        lengths: &[13, 14, 15, 16, 19],
        valid: is_card,
        words: &["card", "creditcard", "visa", "mastercard", "amex", "kreditkarte", "cardnumber", "ccnumber"],
        proof: Proof::WordOrGroups,
    },
    Rule {
        kind: "imei",
        title: "the number of a telephone (IMEI)",
        category: Category::DeviceData,
        lengths: &[15],
        valid: |text| digits::<15>(text).is_some_and(|number| is_luhn(&number)),
        words: &["imei"],
        proof: Proof::Word,
    },
];
