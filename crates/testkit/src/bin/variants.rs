//! `variants FOLDER OUT SEED` copies the MIDI files of a folder to `OUT/original`, and writes each kind of variant of them
//! to a folder of its name. A file without such a variant is left out.

use std::path::Path;
use std::{env, fs, io, process};

use fastrand::Rng;
use midi_testkit::variants::{KINDS, Piece};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [from, to, seed] = arguments.as_slice() else {
        eprintln!("usage: variants FOLDER OUT SEED");
        process::exit(2);
    };
    let mut rng = Rng::with_seed(seed.parse().map_err(io::Error::other)?);
    for folder in KINDS.iter().map(|(name, _)| *name).chain(["original"]) {
        fs::create_dir_all(Path::new(to).join(folder))?;
    }
    let mut files: Vec<_> = fs::read_dir(from)?.collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    for file in files {
        if !file.path().extension().is_some_and(|e| e.eq_ignore_ascii_case("mid")) {
            continue;
        }
        let bytes = fs::read(file.path())?;
        let Some(piece) = Piece::read(&bytes) else { continue };
        let write = |folder: &str, bytes: &[u8]| {
            fs::write(Path::new(to).join(folder).join(file.file_name()), bytes)
        };
        write("original", &bytes)?;
        for (name, change) in KINDS {
            if let Some(changed) = piece.changed(change, &mut rng) {
                write(name, &changed.write())?;
            }
        }
    }
    Ok(())
}
