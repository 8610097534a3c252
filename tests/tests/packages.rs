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
    let packaging = "for part in sources debian library; do source packaging/$part.sh; done";
    let all = format!(
        "source scripts/lib.sh && source scripts/packaged.sh && {packaging} && dist=$1 && {piece}"
    );
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
fn all_crates_of_others_are_named_with_their_licences() {
    let tree = concat!(
        r"midi_pipeline v0.2.0 (/a folder/of ours)\tPostgreSQL\n",
        r"unicode-ident v1.0.1\t(MIT OR Apache-2.0) AND Unicode-3.0\n",
        r"hex v0.4.3\tMIT OR Apache-2.0 (*)\nplain v2.0.0\tMIT\n",
    );
    let crates =
        shell(Path::new(""), &format!("pg_major=15 && cargo() {{ printf '{tree}'; }} && crates"));
    let expected = "hex 0.4.3 MIT OR Apache-2.0\nplain 2.0.0 MIT\n\
                    unicode-ident 1.0.1 (MIT OR Apache-2.0) AND Unicode-3.0";
    assert_eq!(crates, expected);
}

#[test]
fn folders_with_any_name_reach_the_compiler() {
    let flags = shell(
        Path::new(""),
        r#"root="/a b/it's" && CARGO_HOME=/c && eval "set -- $(c_flags)" && printf '%s\n' "$@""#,
    );
    assert_eq!(flags, "-ffile-prefix-map=/a b/it's=/midi_pipeline\n-ffile-prefix-map=/c=/cargo");
}

#[test]
fn sources_are_known_with_and_without_git() {
    let folder = Folder::new();
    let copied = shell(
        folder.path(),
        "copy_sources \"$dist/with\"; (cd \"$dist/with\" && find . -type f | sort)",
    );
    if shell(folder.path(), "is_clone && echo yes || echo no") == "no" {
        eprintln!("skipped: these sources are no clone, and so there is nothing to compare");
        return;
    }
    assert!(copied.contains("./Cargo.toml\n") && !copied.contains("./target/"), "{copied}");
    let none = "git() { return 1; } && copy_sources \"$dist/without\" && (cd \"$dist/without\" && find . -type f | sort)";
    assert_eq!(shell(folder.path(), none), copied);
    let dates = shell(
        folder.path(),
        "root=$dist/without && git() { return 1; } && source_date && date -r \"$root/META.json\" +%s",
    );
    let dates: Vec<_> = dates.lines().collect();
    assert_eq!(dates[0], dates[1]);
}

#[test]
fn images_are_of_one_version_and_one_debian() {
    let read =
        |name: &str| fs::read_to_string(root().join("packaging/docker").join(name)).expect(name);
    let default = |text: &str, name: &str| {
        let lines = text.lines().filter_map(|line| line.strip_prefix(&format!("ARG {name}=")));
        let values: Vec<_> = lines.map(str::to_owned).collect();
        assert_eq!(values.len(), 1, "{name}: {values:?}");
        values[0].clone()
    };
    let (server, alone) = (read("Dockerfile"), read("cloudnative-pg.Dockerfile"));
    let (major, debian) = (default(&server, "PG_MAJOR"), default(&server, "DEBIAN"));
    assert_eq!(
        (default(&alone, "PG_MAJOR"), default(&alone, "DEBIAN")),
        (major.clone(), debian.clone())
    );
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    assert!(
        manifest.contains(&format!("\npg{major} = [")),
        "{major} is no version that there are packages of"
    );
    let cluster = read("cluster.yaml");
    let version = env!("CARGO_PKG_VERSION");
    for image in [
        format!("imageName: REGISTRY/postgresql:{major}-minimal-{debian}\n"),
        format!("reference: REGISTRY/midi_pipeline:{version}-{major}-{debian}\n"),
    ] {
        assert!(cluster.contains(&image), "{image}");
    }
    assert!(alone.contains(&format!("-t midi_pipeline:{version}-{major}-{debian} .\n")));
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
