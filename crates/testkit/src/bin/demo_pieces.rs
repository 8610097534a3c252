//! `demo_pieces DIRECTORY` writes the project's own pieces there. A test compares them with `tests/fixtures`.

use std::path::Path;
use std::{env, fs, process};

use midi_testkit::demo;

fn main() -> std::io::Result<()> {
    let Some(directory) = env::args_os().nth(1) else {
        eprintln!("usage: demo_pieces DIRECTORY");
        process::exit(2);
    };
    for (path, bytes) in demo::pieces() {
        let path = Path::new(&directory).join(path);
        fs::create_dir_all(path.parent().expect("a piece lies in the directory"))?;
        fs::write(path, bytes)?;
    }
    Ok(())
}
