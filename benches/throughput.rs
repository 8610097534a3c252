//! `throughput FOLDER`: the whole analysis, and all features, beside midly's parse alone, on the same files, in memory, on
//! one thread. Each line is a name, files, bytes and the median seconds of a round; `scripts/bench` makes the table.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs, io};

use midi_analysis::{Limits, analyze, features};

const ROUNDS: usize = 7;
const EXTENSIONS: [&str; 5] = ["mid", "midi", "kar", "smf", "rmi"];

fn main() -> io::Result<()> {
    // Cargo adds flags of its own.
    let Some(folder) = env::args().skip(1).find(|argument| !argument.starts_with("--")) else {
        eprintln!("usage: throughput FOLDER");
        return Ok(());
    };
    let files = read_below(Path::new(&folder))?;
    let limits = Limits::default();
    report("midly_parse", &files, |bytes| {
        if let Ok(score) = midly::Smf::parse(bytes) {
            black_box(score);
        }
    });
    report("midi_analysis", &files, |bytes| {
        if let Ok(analysis) = analyze(bytes, &limits, &|| false) {
            black_box(analysis);
        }
    });
    report("midi_features", &files, |bytes| {
        if let Ok(features) = features(bytes, &limits, &|| false) {
            black_box(features);
        }
    });
    Ok(())
}

fn report(name: &str, files: &[Vec<u8>], mut read: impl FnMut(&[u8])) {
    let mut seconds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            files.iter().for_each(|bytes| read(bytes));
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    let bytes: usize = files.iter().map(Vec::len).sum();
    println!("{name} {} {bytes} {}", files.len(), seconds[ROUNDS / 2]);
}

fn read_below(folder: &Path) -> io::Result<Vec<Vec<u8>>> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    entries.sort();
    let mut files = Vec::new();
    for path in entries {
        if path.is_dir() && !path.is_symlink() {
            files.extend(read_below(&path)?);
        } else if is_midi(&path) && path.is_file() && !path.is_symlink() {
            files.push(fs::read(&path)?);
        }
    }
    Ok(files)
}

fn is_midi(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension))
}
