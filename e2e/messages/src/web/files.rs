//! nginx and nghttpd, which hand out files over HTTP/1.1 and over HTTP/2 in the clear.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::proxy::{Proxy, Recording};
use crate::server::{Server, command, folder, free_port, run};

/// Files that a server hands out: their names and contents.
pub(super) fn site() -> Vec<(&'static str, Vec<u8>)> {
    let mut people = String::from("[");
    for number in 0..4000 {
        let _ = write!(people, "{{\"id\":{number},\"mail\":\"person{number}@example.org\"}},");
    }
    people.push_str("{}]");
    vec![
        ("people.json", people.into_bytes()),
        ("small.txt", b"ada@example.org".to_vec()),
        ("empty.txt", Vec::new()),
        ("random.bin", (0..100_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()),
    ]
}

fn nginx(options: &str) -> Result<Server> {
    let (folder, port) = (folder("www-data")?, free_port()?);
    for (name, content) in site() {
        std::fs::write(folder.path().join(name), content).context("failed to write the site")?;
    }
    let root = folder.path().display();
    let configuration = format!(
        "load_module /usr/lib/nginx/modules/ngx_http_brotli_filter_module.so;\n\
         daemon off; pid {root}/pid; error_log {root}/error; events {{}}\n\
         http {{ access_log off; types {{ application/json json; text/plain txt; }}\n\
         gzip on; gzip_types application/json text/plain; gzip_min_length 10; brotli on; brotli_types application/json text/plain;\n\
         brotli_min_length 10; client_max_body_size 10m;\n\
         client_body_temp_path {root}/body; proxy_temp_path {root}/p; fastcgi_temp_path {root}/f;\n\
         uwsgi_temp_path {root}/u; scgi_temp_path {root}/s;\n\
         server {{ listen 127.0.0.1:{port} {options}; root {root};\n\
         location /put/ {{ dav_methods PUT; create_full_put_path on; }}\n\
         location /gone {{ return 410; }} location /go {{ return 302 /small.txt; }} }} }}\n"
    );
    std::fs::write(folder.path().join("conf"), configuration).context("failed to write the configuration")?;
    let mut start = command("www-data", "/usr/sbin/nginx", folder.path())?;
    start.arg("-p").arg(folder.path()).arg("-c").arg(folder.path().join("conf"));
    start.arg("-e").arg(folder.path().join("error"));
    Server::start(start, port, folder)
}

fn curl(folder: &Path, arguments: &[&str]) -> Result<()> {
    run(Command::new("curl").current_dir(folder).args(["-sS", "-o", "/dev/null"]).args(arguments))
}

/// nginx and curl: kept connections, compressed and chunked answers, uploads with and without a length.
pub(super) fn http1() -> Result<Vec<Recording>> {
    let server = nginx("")?;
    let proxy = Proxy::start(server.port)?;
    let base = format!("http://127.0.0.1:{}", proxy.port());
    let url = |path: &str| format!("{base}{path}");
    let folder = server.folder.path();
    for coding in ["gzip", "deflate", "br, zstd", "identity"] {
        let coding = format!("Accept-Encoding: {coding}");
        let paths = ["/people.json", "/small.txt", "/empty.txt", "/random.bin", "/gone", "/go", "/small.txt?q=ada&x=1"];
        let mut arguments = vec!["-H", &coding];
        let urls: Vec<String> = paths.iter().map(|path| url(path)).collect();
        for url in &urls {
            arguments.extend(["-o", "/dev/null", url]);
        }
        curl(folder, &arguments)?;
    }
    curl(folder, &["-I", &url("/people.json")])?;
    curl(folder, &["-T", "people.json", "-H", "Content-Type: application/json", &url("/put/a")])?;
    curl(folder, &["-T", "random.bin", "-H", "Transfer-Encoding: chunked", &url("/put/b")])?;
    curl(folder, &["-T", "small.txt", "-H", "Expect: 100-continue", &url("/put/c")])?;
    curl(folder, &["--http1.0", &url("/small.txt")])?;
    curl(folder, &["-r", "2-5", &url("/small.txt")])?;
    proxy.finish()
}

/// nginx and curl with prior knowledge; nghttpd and nghttp with padding, pushes and streams at once.
pub(super) fn http2() -> Result<Vec<Recording>> {
    let server = nginx("http2")?;
    let proxy = Proxy::start(server.port)?;
    let base = format!("http://127.0.0.1:{}", proxy.port());
    let url = |path: &str| format!("{base}{path}");
    let folder = server.folder.path();
    let all: Vec<String> = ["/people.json", "/small.txt", "/random.bin", "/gone", "/small.txt?q=ada"]
        .iter()
        .map(|path| url(path))
        .collect();
    for coding in ["gzip", "identity"] {
        let coding = format!("Accept-Encoding: {coding}");
        // Of several addresses in one call, this curl reads the first only.
        for url in &all {
            curl(folder, &["--http2-prior-knowledge", "-H", &coding, url])?;
        }
    }
    curl(folder, &["--http2-prior-knowledge", "-T", "people.json", &url("/put/a")])?;
    run(Command::new("nghttp").arg("-n").args(&all))?;
    let mut recordings = proxy.finish()?;
    recordings.extend(nghttpd(&["-b", "50", "-m", "3"])?);
    Ok(recordings)
}

/// nghttp with a small table of fields: tshark (4.0) reads no fields of the answers then.
pub(super) fn http2_small_table() -> Result<Vec<Recording>> {
    nghttpd(&["--header-table-size", "128"])
}

fn nghttpd(options: &[&str]) -> Result<Vec<Recording>> {
    let (home, port) = (folder("www-data")?, free_port()?);
    for (name, content) in site() {
        std::fs::write(home.path().join(name), content).context("failed to write the site")?;
    }
    let mut start = command("www-data", "/usr/sbin/nghttpd", home.path())?;
    start.args(["--no-tls", "-b", "100", "-p", "/small.txt=/people.json", "-d"]).arg(home.path()).arg(port.to_string());
    let server = Server::start(start, port, home)?;
    let proxy = Proxy::start(server.port)?;
    let url = |path: &str| format!("http://127.0.0.1:{}/{path}", proxy.port());
    run(Command::new("nghttp").arg("-n").args(options).args(["people.json", "small.txt", "random.bin"].map(url)))?;
    proxy.finish()
}
