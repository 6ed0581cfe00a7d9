//! What an edge hangs on that the input does not tell.

/// A set of conditions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conditions(u8);

impl Conditions {
    /// None: it is certain.
    pub const NONE: Conditions = Conditions(0);
    /// Admission that the input does not tell may refuse it.
    pub const UNLESS_ADMISSION: Conditions = Conditions(1);
    /// Something that is not in the input must be there: a workload, a pod, a control plane that takes pods.
    pub const IF_EXISTS: Conditions = Conditions(2);
    /// It takes somebody else's request to come along.
    pub const WHEN_OTHERS_ACT: Conditions = Conditions(4);
    /// What is wanted must run on that very node.
    pub const IF_ON_NODE: Conditions = Conditions(8);
    /// The process must read what is typed.
    pub const IF_INTERACTIVE: Conditions = Conditions(16);
    /// Only the actions that `impersonate-on` names.
    pub const LIMITED_ACTIONS: Conditions = Conditions(32);

    /// Who takes an account by impersonation alone has no token of it.
    pub const IF_TOKEN: Conditions = Conditions(64);
    /// All of them.
    pub const ALL: Conditions = Conditions(127);

    const WORDS: [(Conditions, &'static str, &'static str); 7] = [
        (Conditions::UNLESS_ADMISSION, "unless-admission", "unless admission refuses it"),
        (Conditions::IF_EXISTS, "if-exists", "if what it takes is there"),
        (Conditions::WHEN_OTHERS_ACT, "when-others-act", "when somebody else acts"),
        (Conditions::IF_ON_NODE, "if-on-node", "if it runs on that node"),
        (Conditions::IF_INTERACTIVE, "if-interactive", "if the process reads what is typed"),
        (Conditions::LIMITED_ACTIONS, "limited-actions", "for the actions that are named"),
        (Conditions::IF_TOKEN, "if-token", "with a token for the cloud, not by impersonation alone"),
    ];

    /// Both.
    #[must_use]
    pub fn and(self, other: Conditions) -> Conditions {
        Conditions(self.0 | other.0)
    }

    /// These, where something is so.
    pub(crate) fn when(self, is_so: bool) -> Conditions {
        if is_so { self } else { Conditions::NONE }
    }

    /// Whether there are none.
    pub fn is_certain(self) -> bool {
        self == Conditions::NONE
    }

    /// Whether there are no others than these.
    pub fn is_within(self, others: Conditions) -> bool {
        self.0 & !others.0 == 0
    }

    /// Their names, for machines.
    pub fn ids(self) -> impl Iterator<Item = &'static str> {
        self.each().map(|(id, _)| id)
    }

    /// Phrases, to follow what is done; empty where it is certain.
    pub fn says(self) -> String {
        self.each().map(|(_, says)| says).collect::<Vec<_>>().join(", ")
    }

    fn each(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let own = Conditions::WORDS.into_iter().filter(move |(condition, ..)| self.0 & condition.0 != 0);
        own.map(|(_, id, says)| (id, says))
    }
}
