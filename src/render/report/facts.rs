//! What a report shows of a library.

/// A number of files that have something in common, and what that is.
pub(crate) struct Count {
    pub(crate) name: String,
    pub(crate) files: i64,
}

/// What a report shows. Files are those of `midi_library`, where nothing else is said; a copy is a file.
pub(crate) struct Facts {
    /// When it was written.
    pub(crate) written: String,
    pub(crate) files: Files,
    pub(crate) copies: Copies,
    pub(crate) music: Music,
    pub(crate) damage: Damage,
    pub(crate) names: Names,
    pub(crate) slowest: Vec<Piece>,
    pub(crate) fastest: Vec<Piece>,
    pub(crate) strangest: Vec<Piece>,
    /// The files added last, the latest first.
    pub(crate) latest: Vec<Piece>,
}

/// The files that imports have found.
#[derive(Default)]
pub(crate) struct Files {
    /// The states of `midi_files`, with the files in each.
    pub(crate) states: Vec<Count>,
    /// The size of the files of the library, in bytes.
    pub(crate) bytes: f64,
    /// The files whose names have a key, and those whose names have a tempo.
    pub(crate) with_key: i64,
    pub(crate) with_tempo: i64,
    /// The length of each period of `arrivals`: day, month ...
    pub(crate) period: String,
    /// The files that came in by period, in the order of time, without gaps.
    pub(crate) arrivals: Vec<Count>,
}

impl Files {
    /// The files in a state.
    pub(crate) fn in_state(&self, state: &str) -> i64 {
        self.states.iter().filter(|count| count.name == state).map(|count| count.files).sum()
    }

    /// The files of the library.
    pub(crate) fn in_library(&self) -> i64 {
        self.in_state("imported") + self.in_state("duplicate")
    }
}

/// Files with the same content as others.
#[derive(Default)]
pub(crate) struct Copies {
    /// The contents that several files have.
    pub(crate) contents: i64,
    /// The files with these contents, one of each left out.
    pub(crate) files: i64,
    /// The bytes of these files.
    pub(crate) bytes: f64,
    /// The contents whose copies take most, the most first.
    pub(crate) largest: Vec<Copied>,
}

/// A content that several files have.
pub(crate) struct Copied {
    /// The name of the first file.
    pub(crate) filename: String,
    /// The number of all files.
    pub(crate) files: i64,
    /// The bytes of all but one.
    pub(crate) bytes: f64,
}

/// The music in the files.
pub(crate) struct Music {
    /// How long all of it lasts, in seconds.
    pub(crate) seconds: f64,
    /// The files of which only the catalogue entry is known.
    pub(crate) cataloged: i64,
    /// The files with drums.
    pub(crate) with_drums: i64,
    pub(crate) keys: Vec<Count>,
    pub(crate) meters: Vec<Meter>,
    /// Quarter notes per minute.
    pub(crate) tempos: Bands,
    /// Seconds.
    pub(crate) lengths: Bands,
    /// 0 to 100.
    pub(crate) complexities: Bands,
    pub(crate) instruments: Vec<Count>,
    pub(crate) tags: Vec<Count>,
}

/// The files in a meter.
pub(crate) struct Meter {
    pub(crate) numerator: i32,
    pub(crate) denominator: i32,
    pub(crate) files: i64,
}

/// Files by a number, in bands.
pub(crate) struct Bands {
    /// Where each band but the first begins.
    pub(crate) edges: &'static [f64],
    /// The files in each band: one more than there are edges.
    pub(crate) files: Vec<i64>,
}

impl Bands {
    /// Bands without files.
    pub(crate) fn new(edges: &'static [f64]) -> Self {
        Self { edges, files: vec![0; edges.len() + 1] }
    }

    /// The files in all bands.
    pub(crate) fn total(&self) -> i64 {
        self.files.iter().sum()
    }
}

/// Edges at equal distances.
const fn edges<const N: usize>(first: f64, step: f64) -> [f64; N] {
    let mut edges = [first; N];
    let mut number = 1;
    while number < N {
        edges[number] = edges[number - 1] + step;
        number += 1;
    }
    edges
}

/// Edges of the bands of tempos, in quarter notes per minute.
pub(crate) const TEMPOS: [f64; 37] = edges(40.0, 5.0);
/// Edges of the bands of lengths, in seconds.
pub(crate) const LENGTHS: [f64; 14] =
    [5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 240.0, 300.0, 420.0, 600.0, 1200.0];
/// Edges of the bands of complexities.
pub(crate) const COMPLEXITIES: [f64; 19] = edges(5.0, 5.0);

/// Files that are damaged.
#[derive(Default)]
pub(crate) struct Damage {
    /// The files that were repaired.
    pub(crate) repaired: i64,
    /// The repairs, with the files that took each.
    pub(crate) repairs: Vec<Count>,
    /// The problems of the files that could not be read.
    pub(crate) failures: Vec<Count>,
}

/// Names that disagree with the music.
#[derive(Default)]
pub(crate) struct Names {
    /// The relations of the key in the name to that of the music, as in `midi_name_disagreements`.
    pub(crate) keys: Vec<Count>,
    /// The relations of the tempos.
    pub(crate) tempos: Vec<Count>,
    /// Files whose names disagree, those whose music leaves the least doubt first.
    pub(crate) files: Vec<Named>,
}

/// A file whose name disagrees with its music: what the name says, and what is heard.
pub(crate) struct Named {
    pub(crate) filename: String,
    pub(crate) keys: Option<(String, String)>,
    pub(crate) tempos: Option<(f64, f64)>,
}

/// A piece in a list.
#[derive(Default)]
pub(crate) struct Piece {
    pub(crate) file_id: i64,
    pub(crate) filename: String,
    pub(crate) key: Option<String>,
    /// Quarter notes per minute.
    pub(crate) bpm: Option<f64>,
    pub(crate) meter: Option<String>,
    /// In seconds.
    pub(crate) length: Option<f64>,
    /// Tags, with commas between them.
    pub(crate) tags: String,
    /// How rare it is in the library, in bits.
    pub(crate) rarity: Option<f64>,
}
