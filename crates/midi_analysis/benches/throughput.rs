//! `throughput FOLDER [FILES]`: the whole analysis, and all features, beside midly's parse alone, on the same files, in
//! memory, on one thread; and what comes before the analysis, reading the files off the disk and parsing them. Given a
//! number, it takes so many files, evenly spread. Each line is a name, files, bytes, the median seconds of a round, and the
//! files that could not be read; `scripts/bench` makes the table.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs, io};

use midi_analysis::{Options, Piece};

const ROUNDS: usize = 7;
const EXTENSIONS: [&str; 5] = ["mid", "midi", "kar", "smf", "rmi"];

fn main() -> io::Result<()> {
    // Cargo adds flags of its own.
    let mut arguments = env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let Some(folder) = arguments.next() else {
        eprintln!("usage: throughput FOLDER [FILES]");
        return Ok(());
    };
    let mut paths = Vec::new();
    list_below(Path::new(&folder), &mut paths)?;
    if let Some(count) = arguments.next() {
        let count = count.parse().map_err(io::Error::other)?;
        paths = evenly_spread(&paths, count);
    }
    let files = paths.iter().map(fs::read).collect::<io::Result<Vec<_>>>()?;
    report("read", &files, |index| kept(fs::read(&paths[index])));
    let options = Options::default();
    report("midly_parse", &files, |index| kept(midly::Smf::parse(&files[index])));
    // The least that is asked of a parsed file.
    report("midi_parse", &files, |index| {
        let piece = Piece::read(&files[index], &options);
        piece.is_ok_and(|piece| piece.tempo_map().is_ok() && kept(Ok::<_, ()>(piece)))
    });
    report("midi_analysis", &files, |index| {
        kept(Piece::read(&files[index], &options).and_then(|piece| piece.analysis()))
    });
    report("midi_features", &files, |index| {
        kept(Piece::read(&files[index], &options).and_then(|piece| piece.features()))
    });
    Ok(())
}

/// Whether work succeeded. What it made counts as used.
fn kept<T, E>(made: Result<T, E>) -> bool {
    made.map(black_box).is_ok()
}

/// Reports what `work` takes, which is given the number of each file and returns whether it could read it.
fn report(name: &str, files: &[Vec<u8>], work: impl Fn(usize) -> bool) {
    let mut failed = 0;
    let mut seconds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            failed = (0..files.len()).filter(|index| !work(*index)).count();
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    let bytes: usize = files.iter().map(Vec::len).sum();
    println!("{name} {} {bytes} {} {failed}", files.len(), seconds[ROUNDS / 2]);
}

fn evenly_spread(paths: &[PathBuf], count: usize) -> Vec<PathBuf> {
    let count = count.min(paths.len());
    (0..count).map(|index| paths[index * paths.len() / count].clone()).collect()
}

fn list_below(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() && !path.is_symlink() {
            list_below(&path, paths)?;
        } else if is_midi(&path) && path.is_file() && !path.is_symlink() {
            paths.push(path);
        }
    }
    Ok(())
}

fn is_midi(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension))
}
