//! The few files that pages load: named by their content, so that they are kept for good.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::http::{Answer, Ask, Problem};

struct Asset {
    name: String,
    kind: &'static str,
    content: String,
}

impl Asset {
    fn new(stem: &str, ending: &str, kind: &'static str, content: String) -> Asset {
        let hash: String = Sha256::digest(&content).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Asset { name: format!("{stem}-{hash}.{ending}"), kind, content }
    }
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let drawn = cloister_graph::style_sheet(cloister_graph::Theme::Auto);
    let content = format!("{}\n{drawn}\n{}", cloister_report::html::STYLE, include_str!("../assets/hub.css"));
    Asset::new("hub", "css", "text/css; charset=utf-8", content)
});
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("hub", "js", "text/javascript; charset=utf-8", include_str!("../assets/hub.js").to_owned())
});
static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("hub", "svg", "image/svg+xml", include_str!("../assets/hub.svg").to_owned()));

fn address(asset: &Asset) -> String {
    format!("/assets/{}", asset.name)
}

/// How pages look.
pub fn style() -> String {
    address(&STYLE)
}

/// What keeps open pages current.
pub fn script() -> String {
    address(&SCRIPT)
}

/// The picture of the tab.
pub fn icon() -> String {
    address(&ICON)
}

/// A file.
pub fn file(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let all: [&Asset; 3] = [&STYLE, &SCRIPT, &ICON];
    let found = all.into_iter().find(|asset| asset.name == ask.part("file"));
    let asset = found.ok_or_else(|| {
        Problem::missing("there is no such file: a newer hub may have taken the place of an older one")
    })?;
    Ok(Answer::new(200, asset.kind, asset.content.as_str().to_owned()).for_good())
}
