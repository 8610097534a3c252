//! How keys are written in the languages of Europe and America: the names of the notes, of sharp and
//! flat, and of major and minor.
//!
//! Source: Wikipedia, 'Key signature names and translations', and the usage of the conservatories and
//! publishers that it lists. There are three systems of note names. In the English one, which the
//! Netherlands share, B is the note below C. In the German one, which is that of Scandinavia, the
//! Baltic and most of Central Europe, B is B flat, and H is the note below C. In the Romance one the
//! notes are syllables; Russian, Greek and Turkish use it too.
//!
//! All words are in the form that [`Words`] gives them: small letters
//! without accents. So `dúr` is `dur`, `bémol` is `bemol`, and Turkish `minör` is `minor`.

use crate::model::key::Mode;
use crate::model::words::Words;

/// A name of a note, and its semitones above C.
type Note = (&'static str, u8);

/// A system of note names with the words of one language, or of several that have them in common.
pub(super) struct Language {
    pub(super) notes: &'static [&'static [Note]],
    pub(super) sharps: &'static [&'static str],
    pub(super) flats: &'static [&'static str],
    /// Words for major; two words are separated by a space.
    pub(super) major: &'static [&'static str],
    /// Words for minor.
    pub(super) minor: &'static [&'static str],
    /// Words for major and minor that may be run together with the note: `Esdur`.
    pub(super) joined: &'static [(&'static str, Mode)],
    /// Notes that are other words too and, before one of `doubtful_modes`, may not be a key: 'la menor
    /// idea', 'mi mayor error', 'A. Klein', 'A Moll Flanders'.
    pub(super) doubtful: &'static [&'static str],
    pub(super) doubtful_modes: &'static [&'static str],
}

/// What German and Dutch call alike.
const SYLLABLES: [Note; 18] = [
    ("c", 0),
    ("cis", 1),
    ("des", 1),
    ("d", 2),
    ("dis", 3),
    ("es", 3),
    ("e", 4),
    ("eis", 5),
    ("fes", 4),
    ("f", 5),
    ("fis", 6),
    ("ges", 6),
    ("g", 7),
    ("gis", 8),
    ("as", 8),
    ("a", 9),
    ("ais", 10),
    ("ces", 11),
];

const GERMAN_NOTES: [Note; 29] = [
    ("b", 10),
    ("h", 11),
    ("his", 0),
    // Swedish and Norwegian.
    ("ciss", 1),
    ("dess", 1),
    ("diss", 3),
    ("ess", 3),
    ("eiss", 5),
    ("fiss", 6),
    ("gess", 6),
    ("giss", 8),
    ("ass", 8),
    ("aiss", 10),
    ("cess", 11),
    ("hiss", 0),
    // Hungarian.
    ("cisz", 1),
    ("desz", 1),
    ("disz", 3),
    ("esz", 3),
    ("eisz", 5),
    ("fesz", 4),
    ("fisz", 6),
    ("gesz", 6),
    ("gisz", 8),
    ("asz", 8),
    ("aisz", 10),
    ("cesz", 11),
    ("hisz", 0),
    // With an accidental beside the letter, B is B: `Bb-Dur`.
    ("bb", 10),
];

const GERMAN: Language = Language {
    notes: &[&SYLLABLES, &GERMAN_NOTES],
    sharps: &[],
    flats: &[],
    major: &["dur", "duur", "duuri"],
    minor: &["moll", "molli", "mol"],
    joined: &[("dur", Mode::Major), ("moll", Mode::Minor)],
    doubtful: &["a"],
    doubtful_modes: &["moll", "mol"],
};

const LETTERS: [Note; 7] = [("c", 0), ("d", 2), ("e", 4), ("f", 5), ("g", 7), ("a", 9), ("b", 11)];

const DUTCH: Language = Language {
    notes: &[&SYLLABLES, &[("bes", 10), ("b", 11)]],
    sharps: &[],
    flats: &[],
    major: &["majeur", "groot", "grote terts"],
    minor: &["mineur", "klein", "kleine terts"],
    joined: &[],
    doubtful: &["a", "e", "c", "d", "f", "g", "b"],
    doubtful_modes: &["groot", "klein"],
};

/// French, Italian, Spanish, Portuguese, Catalan, Romanian and Turkish.
const ROMANCE: Language = Language {
    notes: &[&[
        ("do", 0),
        ("ut", 0),
        ("re", 2),
        ("mi", 4),
        ("fa", 5),
        ("sol", 7),
        ("la", 9),
        ("si", 11),
    ]],
    sharps: &["diese", "diesis", "sostenido", "sustenido", "diez", "diyez", "sharp"],
    flats: &["bemol", "bemolle", "bemoll", "flat"],
    major: &["majeur", "maggiore", "mayor", "maior", "major", "maj"],
    minor: &["mineur", "minore", "menor", "minor", "min"],
    joined: &[],
    doubtful: &["do", "la", "mi"],
    doubtful_modes: &[
        "maggiore", "minore", "mayor", "menor", "maior", "major", "minor", "maj", "min",
    ],
};

/// Spanish and Portuguese with letters: `Do` is also `C`.
const ROMANCE_LETTERS: Language = Language {
    notes: &[&LETTERS],
    sharps: &["sostenido", "sustenido", "diese", "diesis"],
    flats: &["bemol", "bemolle"],
    major: &["mayor", "maior", "maggiore"],
    minor: &["menor", "minore"],
    joined: &[],
    doubtful: &["a", "e"],
    doubtful_modes: &["maggiore", "minore", "mayor", "menor", "maior"],
};

/// Russian, Ukrainian and Bulgarian. The breve of `й` is an accent and is gone.
const CYRILLIC: Language = Language {
    notes: &[&[
        ("до", 0),
        ("ре", 2),
        ("ми", 4),
        ("мі", 4),
        ("фа", 5),
        ("соль", 7),
        ("сол", 7),
        ("ля", 9),
        ("ла", 9),
        ("си", 11),
        ("сі", 11),
    ]],
    sharps: &["диез", "дієз"],
    flats: &["бемоль", "бемол"],
    major: &["мажор", "мажоре", "мажорі"],
    minor: &["минор", "миноре", "мінор", "мінорі"],
    joined: &[],
    doubtful: &[],
    doubtful_modes: &[],
};

const GREEK: Language = Language {
    notes: &[&[("ντο", 0), ("ρε", 2), ("μι", 4), ("φα", 5), ("σολ", 7), ("λα", 9), ("σι", 11)]],
    sharps: &["διεση"],
    flats: &["υφεση"],
    major: &["μειζονα", "μειζων", "ματζορε"],
    minor: &["ελασσονα", "ελασσων", "μινορε"],
    joined: &[],
    doubtful: &[],
    doubtful_modes: &[],
};

/// English, as people also write it with the names of other languages: `H minor`, 'Fis major'.
const MIXED: Language = Language {
    notes: &[&[("h", 11), ("cis", 1), ("fis", 6), ("gis", 8)]],
    sharps: &[],
    flats: &[],
    major: &["major"],
    minor: &["minor"],
    joined: &[],
    doubtful: &[],
    doubtful_modes: &[],
};

/// Every language but English, whose spellings have more forms.
pub(super) static LANGUAGES: [&Language; 7] =
    [&GERMAN, &ROMANCE, &ROMANCE_LETTERS, &DUTCH, &CYRILLIC, &GREEK, &MIXED];

/// Words before a key, in the languages above: `en la menor`, `in C groot`, `Tonart: C-Dur`.
pub(super) const INTRODUCING: [&str; 13] = [
    "in",
    "key",
    "en",
    "em",
    "в",
    "tonart",
    "tonalidad",
    "tonalidade",
    "tonalite",
    "tonalita",
    "toonsoort",
    "tonacja",
    "тональность",
];

impl Language {
    /// The mode that the words from `index` on name, and the last of them.
    pub(super) fn mode(&self, words: &Words, index: usize) -> Option<(Mode, usize)> {
        let named = |name: &&str| match name.split_once(' ') {
            Some((first, second)) => {
                (words.text(index) == first && words.text(index + 1) == second).then_some(index + 1)
            }
            None => (words.text(index) == *name).then_some(index),
        };
        let major = self.major.iter().find_map(named).map(|last| (Mode::Major, last));
        major.or_else(|| self.minor.iter().find_map(named).map(|last| (Mode::Minor, last)))
    }

    /// The semitones that a word for sharp or flat adds.
    pub(super) fn turn(&self, word: &str) -> Option<u8> {
        let sharp = self.sharps.contains(&word).then_some(1);
        sharp.or_else(|| self.flats.contains(&word).then_some(11))
    }

    /// The note of a whole word, which may end in a sharp or flat sign, and whether it does.
    pub(super) fn note(&self, word: &str) -> Option<(u8, bool)> {
        let named = |word: &str| {
            self.notes
                .iter()
                .copied()
                .flatten()
                .find(|(name, _)| *name == word)
                .map(|&(_, semitones)| semitones)
        };
        let altered = |sign: char, by: u8| {
            named(word.strip_suffix(sign)?).map(|semitones| ((semitones + by) % 12, true))
        };
        let natural = named(word).map(|semitones| (semitones, false));
        natural.or_else(|| altered('#', 1)).or_else(|| altered('b', 11))
    }
}
