//! `cloister network mesh`.

use std::process::ExitCode;

use cloister_inventory::Inventory;
use cloister_network::answers::MeshDocument;
use cloister_network::{Membership, Mesh, MutualTls, Waypoint};

use super::Asked;
use super::args;
use crate::output::print;
use crate::table::{Format, Table};

/// Tells who is in the mesh, and what its proxies demand.
pub fn run(question: &args::MeshOf, asked: &Asked<'_>, inventory: &Inventory) -> anyhow::Result<ExitCode> {
    let mesh = Mesh::of(asked.network, inventory);
    let rows = rows(mesh.as_ref(), asked);
    let text = match question.output {
        Format::Json => {
            format!("{}\n", serde_json::to_string_pretty(&MeshDocument::of(asked.network, mesh.as_ref()))?)
        }
        Format::Csv => table(&rows).show(Format::Csv, asked.width),
        Format::Markdown => table(&rows).show(Format::Markdown, asked.width),
        Format::Text if mesh.is_none() => "No workload is in a mesh of Istio.\n".to_owned(),
        Format::Text => table(&rows).show(Format::Text, asked.width),
    };
    print(&text)?;
    Ok(asked.exit(0))
}

struct Row<'a> {
    workload: String,
    membership: Membership,
    mutual: Option<MutualTls<'a>>,
    token: bool,
    waypoints: Vec<Waypoint<'a>>,
}

fn rows<'a>(mesh: Option<&Mesh<'_, 'a>>, asked: &Asked<'_>) -> Vec<Row<'a>> {
    let Some(mesh) = mesh else { return Vec::new() };
    let workloads = asked.network.endpoints().iter().enumerate().filter(|(_, it)| it.workload().is_some());
    let row = |(number, endpoint): (usize, &cloister_network::Endpoint<'_>)| Row {
        workload: endpoint.name(),
        membership: mesh.membership(number),
        mutual: mesh.mutual_tls(number),
        token: mesh.asks_for_token(number),
        waypoints: mesh.waypoints(number),
    };
    workloads.map(row).collect()
}

impl Row<'_> {
    fn mode(&self) -> &'static str {
        self.mutual.as_ref().map_or("none", |it| it.mode.as_str())
    }

    fn ports(&self) -> Vec<String> {
        let ports = self.mutual.iter().flat_map(|it| &it.ports);
        ports.map(|(port, mode)| format!("{port} {}", mode.as_str())).collect()
    }

    fn by(&self) -> String {
        let named = self.mutual.as_ref().and_then(|it| it.by);
        let by = named.map_or_else(String::new, |by| format!("{}/{}", by.namespace_or_default(), by.name));
        let disputed = self.mutual.as_ref().is_some_and(|it| it.disputed);
        if disputed { format!("{by}, if it is the oldest") } else { by }
    }
}

/// `mesh/gate`, with the Services for which it is named.
fn waypoint(it: &Waypoint<'_>) -> String {
    let service = it.service.map(|service| format!(" for Service {}", service.name)).unwrap_or_default();
    let note = match (it.gateway, it.covers) {
        (None, _) => ", which is not in the input",
        (Some(_), true) => "",
        (Some(_), false) => ", which takes none of it",
    };
    format!("{}/{}{service}{note}", it.namespace, it.name)
}

fn table(rows: &[Row<'_>]) -> Table {
    // Most meshes have none.
    let by_waypoint = rows.iter().any(|row| !row.waypoints.is_empty());
    let last = if by_waypoint { &["waypoints"][..] } else { &[] };
    let heads = [&["workload", "in the mesh", "mutual TLS", "ports", "set by", "token"], last].concat();
    let mut table = Table::new(&heads);
    for row in rows {
        let token = if row.token { "must" } else { "" };
        let told = [
            row.workload.clone(),
            row.membership.as_str().to_owned(),
            row.mode().to_owned(),
            row.ports().join(", "),
            row.by(),
            token.to_owned(),
        ];
        let waypoints = by_waypoint.then(|| row.waypoints.iter().map(waypoint).collect::<Vec<_>>().join("; "));
        table.row(told.into_iter().chain(waypoints));
    }
    table
}
