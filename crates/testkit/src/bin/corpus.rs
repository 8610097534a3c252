//! `corpus FOLDER FILES SEED` writes the music that `scripts/bench` imports, on all cores. A complete
//! corpus of the same seed is left as it is.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, io, process, thread};

use midi_testkit::corpus::piece;

/// A file that marks the folder as this program's, and contains the number of files once all are written.
const MARK: &str = "corpus";

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let numbers = |index: usize| arguments.get(index).and_then(|number| number.parse().ok());
    let (Some(folder), Some(files), Some(seed)) = (arguments.first(), numbers(1), numbers(2))
    else {
        eprintln!("usage: corpus FOLDER FILES SEED");
        process::exit(2);
    };
    let folder = Path::new(folder);
    let files = u32::try_from(files).map_err(io::Error::other)?;
    if !is_complete(folder, files, seed) {
        start_anew(folder)?;
        write(folder, files, seed)?;
        fs::write(folder.join(MARK), files.to_string())?;
    }
    Ok(())
}

fn is_complete(folder: &Path, files: u32, seed: u64) -> bool {
    let as_written = |number| {
        let piece = piece(seed, number);
        fs::read(folder.join(piece.path)).is_ok_and(|bytes| bytes == piece.bytes)
    };
    fs::read_to_string(folder.join(MARK)).is_ok_and(|count| count == files.to_string())
        && (0..files.min(100)).all(as_written)
}

/// Empties the folder, if it is one of this program's.
fn start_anew(folder: &Path) -> io::Result<()> {
    if folder.exists() {
        if !folder.join(MARK).exists() {
            let message = format!("{} is there and holds no corpus", folder.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    fs::write(folder.join(MARK), "not finished")
}

fn write(folder: &Path, files: u32, seed: u64) -> io::Result<()> {
    let next = AtomicU32::new(0);
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= files {
                return Ok(());
            }
            let piece = piece(seed, number);
            let path = folder.join(piece.path);
            if number.is_multiple_of(1000) || !path.parent().is_some_and(Path::exists) {
                fs::create_dir_all(path.parent().expect("a piece lies in the folder"))?;
            }
            fs::write(path, piece.bytes)?;
        }
    };
    let threads = thread::available_parallelism()?.get();
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().try_for_each(|thread| thread.join().expect("no thread panics"))
    })
}
