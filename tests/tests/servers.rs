//! The servers that the scripts build for.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Output};

use midi_pipeline_tests::server_copy::root;
use midi_testkit::cluster::pg_config;
use midi_testkit::folder::Folder;

/// The configuration of cargo-pgrx in a home whose own names servers that are gone, after some commands in the
/// project's folder.
fn pg_config_of_pgrx(home: &Folder, before: &str) -> Output {
    let stale = |major| format!("pg{major} = \"/nowhere/{major}/bin/pg_config\"\n");
    let stale: String = (15..19).map(stale).collect();
    home.write(".pgrx/config.toml", format!("[configs]\n{stale}").as_bytes());
    let own = PathBuf::from(env::var_os("HOME").expect("a home"));
    let tools = |name: &str, folder| env::var_os(name).unwrap_or_else(|| own.join(folder).into());
    Command::new("bash")
        .arg("-c")
        .arg(format!(
            "source scripts/lib.sh && pg_major=$(pg_major_of \"$PG_CONFIG\") && root=$HOME && {before} &&
             cargo pgrx info pg-config \"pg$pg_major\""
        ))
        .env("PG_CONFIG", pg_config("--bindir").join("pg_config"))
        .env_remove("PGRX_HOME")
        .env("HOME", home.path())
        .env("CARGO_HOME", tools("CARGO_HOME", ".cargo"))
        .env("RUSTUP_HOME", tools("RUSTUP_HOME", ".rustup"))
        .current_dir(root())
        .output()
        .expect("bash")
}

#[test]
fn builds_do_not_read_a_configuration_of_pgrx_that_names_servers_that_are_gone() {
    let home = Folder::new();
    let shown = |output: &Output| {
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    };
    let stale = pg_config_of_pgrx(&home, "true");
    assert!(shown(&stale).contains("/nowhere/"), "pgrx would read it: {}", shown(&stale));
    let own = pg_config_of_pgrx(&home, "use_postgres");
    let path = String::from_utf8_lossy(&own.stdout);
    assert!(own.status.success() && path.starts_with(home.as_str()), "{}", shown(&own));
}
