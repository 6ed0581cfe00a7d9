//! Makes the program smaller where linker and system are known to allow it.
#![allow(clippy::disallowed_methods, reason = "asks the system that the program is built for")]

use std::env;
use std::path::Path;
use std::process::Command;

/// The first version of glibc that reads `DT_RELR`.
const READS: (u32, u32) = (2, 36);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let here = env::var_os("HOST") == env::var_os("TARGET");
    if !here || !is("CARGO_CFG_TARGET_OS", "linux") || !is("CARGO_CFG_TARGET_ENV", "gnu") {
        return;
    }
    // Packed relocations: a scan touches 1.6 MB less.
    if glibc() >= Some(READS) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    // Functions of the same code are one: 0.8 MB less. Nothing here compares the addresses of functions.
    if links_with_lld() == Some(true) {
        println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
        // What a scan runs stands together: 10 MB less are mapped. Names that are not found any more do no harm.
        let order = Path::new(env!("CARGO_MANIFEST_DIR")).join("functions.order");
        println!("cargo::rerun-if-changed={}", order.display());
        println!("cargo::rustc-link-arg-bins=-Wl,--no-warn-symbol-ordering,--symbol-ordering-file,{}", order.display());
    }
}

fn is(name: &str, wanted: &str) -> bool {
    env::var(name).is_ok_and(|value| value == wanted)
}

/// Whether the linker is the compiler's own lld: its default on `x86_64` since Rust 1.90, unless another was asked for,
/// or a distribution left it out.
fn links_with_lld() -> Option<bool> {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    if !is("CARGO_CFG_TARGET_ARCH", "x86_64") || env::var_os("RUSTC_LINKER").is_some() || flags.contains("link") {
        return Some(false);
    }
    let output = Command::new(env::var_os("RUSTC")?).args(["--print", "sysroot"]).output().ok()?;
    let sysroot = String::from_utf8(output.stdout).ok()?;
    let wrapped = format!("lib/rustlib/{}/bin/gcc-ld/ld.lld", env::var("TARGET").ok()?);
    Some(Path::new(sysroot.trim()).join(wrapped).is_file())
}

/// `glibc 2.36`.
fn glibc() -> Option<(u32, u32)> {
    let output = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (major, minor) = text.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}
