//! What the scripts do where something fails or is missing, or where another one runs.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use midi_pipeline_tests::server_copy::{make, of_tests, root};
use midi_testkit::cluster::succeed;
use midi_testkit::folder::Folder;
use serde_json::Value;

/// Lines of bash with the functions that scripts share; `$1` is a folder.
fn shell(folder: &Folder, lines: &str) -> Command {
    let mut bash = Command::new("bash");
    bash.args(["-c", &format!("source scripts/lib.sh\n{lines}"), "bash"]).arg(folder.path());
    bash.current_dir(root());
    bash
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A program in a folder: a script of sh.
fn program(folder: &Folder, name: &str, script: &str) {
    let path = folder.write(name, format!("#!/bin/sh\n{script}\n").as_bytes());
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a program");
}

#[test]
fn a_copy_of_a_server_that_does_not_fit_onto_the_disk_is_not_there() {
    let folder = Folder::new();
    let copy = folder.path().join("copy");
    // As a full disk does, a limit ends writing in the middle of a file; the shell goes on after errors.
    let lines =
        "trap '' XFSZ; set +e; ulimit -f 1000; of=$(copy_server \"$2\" \"$1/copy\"); echo $? $of";
    let output = succeed(shell(&folder, lines).arg(of_tests()));
    assert_eq!(printed(&output), "1", "{}", said(&output));
    assert!(said(&output).contains("could not make"), "{}", said(&output));
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    let made = make(&of_tests(), &copy);
    succeed(Command::new(made).arg("--version"));
}

#[test]
fn a_server_without_headers_has_a_copy() {
    let folder = Folder::new();
    let answer = format!(
        "case $1 in --*include*) echo /nowhere/include ;; *) exec '{}' \"$1\" ;; esac",
        of_tests().display()
    );
    program(&folder, "pg_config", &answer);
    let made = make(&folder.path().join("pg_config"), &folder.path().join("copy"));
    succeed(Command::new(made).arg("--version"));
}

#[test]
fn scripts_make_their_servers_one_after_another() {
    let folder = Folder::new();
    // In place of the copying, lines that tell when it begins and ends.
    let lines = "root=$1 pg_config=$2 pg_major=15
        copy_server() { echo begins >>\"$root/log\"; sleep 0.1; echo ends >>\"$root/log\"; echo \"$root\"; }
        locked \"$root/target/lock\" use_private_servers";
    let start = |_| shell(&folder, lines).arg(of_tests()).spawn().expect("bash");
    let scripts: Vec<_> = (0..4).map(start).collect();
    for mut script in scripts {
        assert!(script.wait().expect("a script").success());
    }
    let log = fs::read_to_string(folder.path().join("log")).expect("lines");
    assert_eq!(log, "begins\nends\n".repeat(8), "each makes two");
    let output = succeed(shell(&folder, "set +e; locked \"$1/lock\" false; echo $?").arg("-"));
    assert_eq!(printed(&output), "1", "what fails within fails");
}

#[test]
fn servers_of_one_version_from_two_places_have_two_copies() {
    let folder = Folder::new();
    let config = |name: &str, bin: &str| program(&folder, name, &format!("echo {bin}"));
    config("system", "/usr/lib/postgresql/18/bin");
    config("pinned", "/home/somebody/.cache/18/bin");
    let lines = "root=$1 pg_major=18; for of in system pinned; do choose_copy \"$1/$of\"; echo \"${copy##*/}\"; done";
    let names = printed(&succeed(&mut shell(&folder, lines)));
    let names: Vec<_> = names.lines().collect();
    assert_eq!(names[0], "pg18");
    assert!(names[1].starts_with("pg18-") && names[1] != "pg18-pgrx", "{names:?}");
}

#[test]
fn scripts_run_without_a_home_in_the_environment() {
    let folder = Folder::new();
    let output = succeed(
        shell(&folder, "getent passwd \"$EUID\" | cut -d: -f6; echo \"$HOME\"").env_remove("HOME"),
    );
    let homes = printed(&output);
    let homes: Vec<_> = homes.lines().collect();
    assert_eq!(homes[0], homes[1]);
}

#[test]
fn a_package_that_old_lists_do_not_have_is_installed_by_new_ones() {
    let folder = Folder::new();
    let update = "echo \"$*\" >>\"${0%/*}/asked\"; [ \"$1\" != update ] || touch \"${0%/*}/lists\"; [ -e \"${0%/*}/lists\" ]";
    program(&folder, "apt-get", update);
    program(&folder, "apt-cache", "[ ! -e \"${0%/*}/lists\" ] || echo '  Candidate: 1.2'");
    let run = |lines: &str| {
        let lines =
            format!("source scripts/apt.sh; as_root() {{ \"$@\"; }}; PATH=$1:$PATH\n{lines}");
        succeed(&mut shell(&folder, &lines));
        let asked = fs::read_to_string(folder.path().join("asked")).unwrap_or_default();
        let _ = fs::remove_file(folder.path().join("asked"));
        asked
    };
    let install = "install -y --no-install-recommends piano";
    assert_eq!(run("apt_install piano"), format!("{install}\nupdate\n{install}\n"));
    assert_eq!(run("apt_install piano"), format!("{install}\n"), "they are new now");
    assert_eq!(run("apt_offers piano"), "");
    fs::remove_file(folder.path().join("lists")).expect("lists");
    assert_eq!(run("apt_offers piano"), "update\n");
}

#[test]
fn an_environment_of_python_that_does_not_work_is_made_again() {
    let folder = Folder::new();
    let lines = "source scripts/python.sh; make_environment \"$1/moved\"; \"$1/moved/bin/python\" -m pip --version >/dev/null";
    succeed(&mut shell(&folder, lines));
    let made = |name: &str| {
        fs::metadata(folder.path().join(name)).expect("a file").modified().expect("a date")
    };
    let first = made("moved/pyvenv.cfg");
    succeed(&mut shell(&folder, lines));
    assert_eq!(made("moved/pyvenv.cfg"), first, "one that works stays");
    let python = folder.path().join("moved/bin/python");
    fs::remove_file(&python).expect("a program");
    std::os::unix::fs::symlink("/nowhere/python3", python).expect("a link");
    succeed(&mut shell(&folder, lines));
}

#[test]
fn a_cluster_of_another_version_is_left_alone_with_words_what_to_do() {
    let folder = Folder::new();
    folder.write("cluster/data/PG_VERSION", b"14\n");
    let lines = "source scripts/cluster.sh; pg_major=18; start_cluster \"$1/cluster\"";
    let output = shell(&folder, lines).output().expect("bash");
    assert!(!output.status.success());
    for words in
        ["PostgreSQL 14 has made", "this is PostgreSQL 18", "PG_CONFIG", "move that folder"]
    {
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
    }
}

#[test]
fn tests_ask_for_the_rust_that_their_dependencies_take() {
    let cargo = env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from);
    let host =
        printed(&succeed(Command::new("bash").args(["-c", "rustc -vV | sed -n 's/^host: //p'"])));
    let output = succeed(
        Command::new(cargo)
            .args([
                "metadata",
                "--locked",
                "--offline",
                "--format-version=1",
                "--filter-platform",
                &host,
            ])
            .current_dir(root()),
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let version = |text: &str| -> Vec<u32> {
        text.split('.').take(2).map(|part| part.parse().expect("a number")).collect()
    };
    let newest =
        packages.iter().filter_map(|package| package["rust_version"].as_str()).map(version).max();
    let folder = Folder::new();
    let wanted =
        succeed(&mut shell(&folder, "source scripts/rust.sh; rust_wanted rust-version-of-tests"));
    assert_eq!(newest, Some(version(&printed(&wanted))));
    let old = "source scripts/apt.sh; source scripts/rust.sh; is_root() { false; }; rustc() { echo rustc 1.0.0; }
        install_rust 1.95 testing";
    let output = shell(&folder, old).output().expect("bash");
    let said = said(&output);
    assert!(!output.status.success() && said.contains("testing takes Rust 1.95"), "{said}");
    assert!(said.contains("rustup update") || said.contains("install"), "no command: {said}");
}

#[test]
fn all_tools_of_cargo_are_installed_in_one_version() {
    let unpinned = |script: &Path| {
        let text = fs::read_to_string(script).unwrap_or_default();
        let lines = text.lines().filter(|line| line.trim_start().starts_with("cargo install"));
        lines.filter(|line| !line.contains("--version")).count()
    };
    let scripts = fs::read_dir(root().join("scripts")).expect("scripts");
    let scripts: Vec<_> = scripts.map(|script| script.expect("a script").path()).collect();
    assert!(scripts.iter().any(|script| script.ends_with("rust.sh")));
    let loose: Vec<_> = scripts.iter().filter(|script| unpinned(script) > 0).collect();
    assert!(loose.is_empty(), "{loose:?}");
}
