//! Mutual TLS in the mesh that is there: who still calls in the clear is found first, and excepted port by port, so that
//! turning it on loses no connection that the input declares.
//!
//! ```text
//! Network, declared needs ─► who calls members in the clear   (callers.rs)
//!                         ─► PeerAuthentications               (istio.rs, policies.rs)
//!                         ─► parsed and evaluated again        (proof.rs)
//! Linkerd, Cilium: their own words for it                      (linkerd.rs, cilium.rs)
//! ```

mod callers;
mod cilium;
mod istio;
mod linkerd;
mod policies;
mod proof;

use cloister_inventory::Inventory;
use cloister_model::Resource;
use cloister_network::{Mesh, Network, Options};
use cloister_register::Register;
use cloister_transit::{Carriers, Setting, Transit, matrix};

pub use proof::Proof;

use crate::Step;

/// A mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Istio, by sidecars or in ambient mode.
    Istio,
    /// Linkerd.
    Linkerd,
    /// Cilium, which encrypts between nodes.
    Cilium,
}

impl Kind {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Istio => "Istio",
            Self::Linkerd => "Linkerd",
            Self::Cilium => "Cilium",
        }
    }
}

/// The settings of a workload that leave connections to databases in the clear.
pub type Plaintext<'p> = &'p dyn Fn(&Resource) -> Vec<Setting>;

/// What can be done where no mesh is there.
pub const CHOICES: &str = "\
take one in, and ask again:
  Cilium, if it is the network plugin already: WireGuard between nodes, with no
    change to any pod. It encrypts, and proves nobody's identity.
  Linkerd: a small proxy in each pod. Mutual TLS by itself, for all of TCP.
  Istio, ambient mode: a proxy on each node; sidecars where requests must be
    judged. Mutual TLS, STRICT by a PeerAuthentication.
  or TLS in the programs themselves: `cloister network plaintext` tells which
    stores of personal data lack it";

/// What was written, and what is to be told of it.
#[derive(Debug, Default)]
pub struct Written {
    /// In the order of the roll-out; none where all is as it should be.
    pub steps: Vec<Step>,
    /// What a person must know or decide.
    pub notes: Vec<String>,
    /// What was shown by evaluating it again.
    pub proof: Proof,
}

/// Which meshes are there, the one that decides most first.
pub fn found(inventory: &Inventory) -> Vec<Kind> {
    let network = Network::new(inventory, &Options::default());
    let istio = Mesh::of(&network, inventory).is_some();
    let carriers = Carriers::of(inventory);
    let linkerd = inventory.pods().any(|pod| carriers.has_linkerd(pod.resource));
    let cilium = cilium::is_there(inventory);
    let all = [(istio, Kind::Istio), (linkerd, Kind::Linkerd), (cilium, Kind::Cilium)];
    all.into_iter().filter(|(there, _)| *there).map(|(_, kind)| kind).collect()
}

/// Writes for a mesh.
pub fn mesh_mtls(kind: Kind, inventory: &Inventory, plain: Plaintext<'_>) -> Written {
    match kind {
        Kind::Istio => istio::write(inventory, plain),
        Kind::Linkerd => linkerd::write(inventory),
        Kind::Cilium => cilium::write(inventory, plain),
    }
}

/// How many connections to stores of personal data are plaintext, unknown and encrypted.
fn stores(inventory: &Inventory, plain: Plaintext<'_>) -> [usize; 3] {
    let (register, _) = Register::from_inventory(inventory);
    let network = Network::new(inventory, &Options { mesh: true, ..Options::default() });
    let found = matrix(&network, inventory, &register, plain);
    let count = |transit| found.connections.iter().filter(|it| it.transit == transit).count();
    [Transit::Plaintext, Transit::Unknown, Transit::Encrypted].map(count)
}
