//! Who may do what: subjects → bindings → roles → what they reach → stores of personal data, in a band for each
//! namespace in which it holds.
//!
//! ```text
//! Policy, Register ──▶ Facts    who holds which rights where, as far as it is wished for
//!                  ──▶ Classes  what is drawn as one, the less the fewer there are
//!                  ──▶ Graph
//! ```
//!
//! A role is drawn in each band in which it is bound, since what it reaches depends on where it is bound. So every way
//! through the picture is a right that somebody has; where only some of a folded node have it, the line is dotted.

mod born;
mod classes;
mod draw;
mod facts;
mod fold;
pub(crate) mod label;
mod object;
mod people;
mod reach;
mod rights;
mod stores;
mod verbs;
mod ways;
mod words;

use cloister_graph::Graph;
use cloister_inventory::Inventory;
use cloister_rbac::{Action, Identity, Policy};
use cloister_register::Register;

use facts::Facts;
pub use stores::Store;
pub use ways::{WaysUp, ways};

/// What somebody would do.
#[derive(Clone, Debug)]
pub struct Question {
    /// The action.
    pub action: Action,
    /// In words.
    pub words: String,
    /// Where the action carries no namespace, any namespace will do.
    pub anywhere: bool,
}

/// What shall be drawn.
#[derive(Clone, Debug)]
pub struct Wish<'w> {
    /// What the picture is of, for its title.
    pub of: &'w str,
    /// Only what allows this.
    pub question: Option<Question>,
    /// Only what this one holds, by name or by group.
    pub subject: Option<Identity>,
    /// Only what reaches this store of personal data.
    pub store: Option<&'w str>,
    /// Only what holds in this namespace, by itself or everywhere.
    pub namespace: Option<&'w str>,
    /// What Kubernetes grants its own components too.
    pub built_in: bool,
    /// So many nodes are readable; above, what is alike is folded.
    pub most: usize,
    /// Ways to mark, by ids of [`ids`], the most important first; those that begin in the picture are.
    pub ways: WaysUp,
}

impl Default for Wish<'_> {
    fn default() -> Self {
        Wish {
            of: "",
            question: None,
            subject: None,
            store: None,
            namespace: None,
            built_in: false,
            most: 200,
            ways: WaysUp::default(),
        }
    }
}

/// Ids of nodes, for those who mark ways. Folded ones are found by any of what they stand for.
pub mod ids {
    use cloister_rbac::{Binding, Subject};

    /// Of a subject where a binding gives it something.
    pub fn subject(subject: &Subject<'_>, binding: &Binding<'_>) -> String {
        format!("{}@{}", person(subject), binding.namespace)
    }

    pub(super) fn person(subject: &Subject<'_>) -> String {
        format!("subject/{}/{}/{}", subject.kind.as_str(), subject.namespace, subject.name)
    }

    /// Of a binding.
    pub fn binding(binding: &Binding<'_>) -> String {
        format!("binding/{}/{}", binding.namespace, binding.resource.name)
    }

    /// Of the role that a binding gives, where it gives it.
    pub fn role(binding: &Binding<'_>) -> String {
        format!("role/{}/{}/{}", binding.namespace, binding.role_kind, binding.role_name)
    }
}

/// The stores of personal data of a register, and those that nobody declared; what opens their pods, the server's rules
/// say, and who gets at their volumes, the policy.
pub fn stores(policy: &Policy<'_>, register: &Register<'_>, inventory: &Inventory) -> Vec<Store> {
    stores::all(policy, register, inventory)
}

/// The picture.
pub fn picture(policy: &Policy<'_>, stores: &[Store], wish: &Wish<'_>) -> Graph {
    let facts = Facts::new(policy, stores, wish);
    fold::folded(&facts, wish)
}
