//! What packages say of themselves, and which of them `scripts/try` takes instead of a build.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use midi_testkit::cluster::succeed;
use midi_testkit::folder::Folder;
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the project")
}

/// What a piece of shell prints, after the functions on packages; `dist` is the folder of the packages.
fn shell(dist: &Path, piece: &str) -> String {
    let all = format!("source scripts/lib.sh && source scripts/packaged.sh && dist=$1 && {piece}");
    let output =
        succeed(Command::new("bash").args(["-c", &all, "bash"]).arg(dist).current_dir(root()));
    String::from_utf8(output.stdout).expect("what a script prints").trim().to_owned()
}

/// A package with nothing in it, which says this of itself.
struct Package {
    architecture: String,
    libc: &'static str,
    sources: String,
}

impl Package {
    /// One that fits.
    fn new() -> Self {
        let nowhere = Path::new("");
        Self {
            architecture: shell(nowhere, "dpkg --print-architecture"),
            libc: "2.1",
            sources: shell(nowhere, "sources_hash"),
        }
    }

    /// The package that is taken for PostgreSQL 17 where there is only this one.
    fn taken_for_17(&self) -> Option<PathBuf> {
        let folder = Folder::new();
        let contents = folder.path().join("contents");
        fs::create_dir_all(contents.join("DEBIAN")).unwrap();
        let Self { architecture, libc, sources } = self;
        let control = format!(
            "Package: postgresql-17-midi-pipeline\nVersion: 1-1\nArchitecture: {architecture}\nMaintainer: a <a@b.c>\n\
             Depends: postgresql-17, libc6 (>= {libc}), libgcc-s1 (>= 4.2)\nSources-Hash: {sources}\nDescription: a\n"
        );
        fs::write(contents.join("DEBIAN/control"), control).unwrap();
        succeed(Command::new("dpkg-deb").arg("--build").args([&contents, folder.path()]));
        let taken =
            shell(folder.path(), "{ fitting_package 16 && exit 1 || fitting_package 17 || true; }");
        (!taken.is_empty()).then(|| taken.into())
    }
}

#[test]
fn a_package_is_taken_if_it_is_of_these_sources_and_runs_here() {
    if Command::new("dpkg-deb").arg("--version").output().is_err() {
        eprintln!("skipped: there is no dpkg-deb here, and so no package is taken");
        return;
    }
    let taken = Package::new().taken_for_17().expect("the package fits");
    assert!(taken.to_string_lossy().contains("/postgresql-17-midi-pipeline_1-1_"), "{taken:?}");
    let other_sources = Package { sources: "0".repeat(64), ..Package::new() };
    let newer_libc = Package { libc: "99.1", ..Package::new() };
    let other_machine = Package { architecture: "m68k".to_owned(), ..Package::new() };
    for package in [other_sources, newer_libc, other_machine] {
        assert_eq!(package.taken_for_17(), None, "of {}", package.architecture);
    }
}

#[test]
fn all_that_names_the_version_names_the_same() {
    let read = |name: &str| {
        fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let version = env!("CARGO_PKG_VERSION");
    let meta: Value = serde_json::from_str(&read("META.json")).expect("JSON");
    assert_eq!(meta["version"], version);
    assert_eq!(meta["provides"]["midi_pipeline"]["version"], version);
    let changelog = read("packaging/debian/changelog");
    assert!(changelog.starts_with(&format!("midi-pipeline ({version}-")), "{changelog}");
    for manifest in ["Cargo.toml", "crates/midi_analysis/Cargo.toml", "crates/testkit/Cargo.toml"] {
        assert!(read(manifest).contains(&format!("\nversion = \"{version}\"\n")), "{manifest}");
    }
}
