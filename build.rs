//! Tells the library which revision it is built from.

use std::path::Path;
use std::process::Command;

fn main() {
    // Written at each commit. Cargo runs this again at every build for a file that is missing.
    let log = ".git/logs/HEAD";
    let watched = if Path::new(log).exists() { log } else { "build.rs" };
    println!("cargo::rerun-if-changed={watched}");
    let revision = Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok());
    let revision = revision.as_deref().map_or("unknown", str::trim);
    println!("cargo::rustc-env=MIDI_PIPELINE_GIT_REVISION={revision}");
}
