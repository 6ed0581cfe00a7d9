//! The bridge that joins the node and its pods: no route leads out of it.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::json;

use crate::control_plane::SERVICE_ADDRESS;
use crate::service::run;

/// A bridge with an address of its own; dropping it removes it.
pub struct Bridge {
    name: String,
    prefix: String,
}

impl Bridge {
    /// Makes a bridge whose addresses no interface of this machine has yet.
    pub fn create() -> Result<Self> {
        let taken = run(Command::new("ip").args(["-4", "-oneline", "address"]))?;
        let free = (64..=250).map(|third| format!("10.231.{third}")).find(|prefix| !taken.contains(prefix.as_str()));
        let prefix = free.context("no free 10.231.x.0/24 network is left: remove the `cloister…` bridges")?;
        let name = format!("cloister{}", prefix.rsplit('.').next().unwrap_or_default());
        run(Command::new("ip").args(["link", "add", &name, "type", "bridge"]))?;
        let bridge = Self { name, prefix };
        run(Command::new("ip").args([
            "address",
            "add",
            &format!("{}/24", bridge.node_address()),
            "dev",
            &bridge.name,
        ]))?;
        run(Command::new("ip").args(["link", "set", &bridge.name, "up"]))?;
        Ok(bridge)
    }

    /// The node's address: the bridge itself.
    pub fn node_address(&self) -> String {
        format!("{}.1", self.prefix)
    }

    /// Gives the node one more address, which goes with the bridge.
    pub fn add_address(&self, address: &str) -> Result<()> {
        run(Command::new("ip").args(["address", "add", &format!("{address}/32"), "dev", &self.name])).map(drop)
    }

    /// The interface to capture from.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Writes the CNI configuration that puts pods on this bridge, without masquerading and without a route out.
    pub fn write_cni(&self, folder: &Path, state: &Path) -> Result<()> {
        let config = json!({
            "cniVersion": "0.4.0",
            "name": "cloister",
            "plugins": [{
                "type": "bridge",
                "bridge": self.name,
                "isGateway": false,
                "ipMasq": false,
                "hairpinMode": true,
                "ipam": {
                    "type": "host-local",
                    "dataDir": state,
                    "ranges": [[{
                        "subnet": format!("{}.0/24", self.prefix),
                        "rangeStart": format!("{}.10", self.prefix),
                    }]],
                    // Services lie behind the node, as kube-proxy would have them; nothing else does.
                    "routes": [{"dst": format!("{SERVICE_ADDRESS}/32"), "gw": self.node_address()}],
                },
            }],
        });
        fs::create_dir_all(folder).context("failed to create the CNI folder")?;
        fs::write(folder.join("10-cloister.conflist"), config.to_string()).context("failed to write the CNI file")
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        let _ = run(Command::new("ip").args(["link", "delete", &self.name]));
    }
}
