//! Whether a name is the title of a work rather than that of a loop: in 'rhapsody in g major 183' the
//! number is no tempo, in `Synth_A_min_100` it is.

use crate::model::words::Words;

/// Forms of works that have a catalogue, in several languages. Dances are not among them: loops are
/// named after those too.
const WORKS: [&str; 96] = [
    "sonata",
    "sonatas",
    "sonate",
    "sonaten",
    "sonatina",
    "sonatine",
    "symphony",
    "symphonie",
    "sinfonia",
    "sinfonie",
    "sinfonietta",
    "concerto",
    "concierto",
    "concert",
    "konzert",
    "klavierkonzert",
    "klaviersonate",
    "violinkonzert",
    "quartet",
    "quartett",
    "quartetto",
    "quatuor",
    "cuarteto",
    "quintet",
    "quintett",
    "quintette",
    "prelude",
    "preludes",
    "preludio",
    "praludium",
    "praeludium",
    "preludium",
    "fugue",
    "fuga",
    "fuge",
    "fughetta",
    "toccata",
    "invention",
    "inventio",
    "partita",
    "suite",
    "variations",
    "variationen",
    "variaciones",
    "variazioni",
    "etude",
    "etudes",
    "etuede",
    "estudio",
    "nocturne",
    "nocturno",
    "notturno",
    "mazurka",
    "polonaise",
    "minuet",
    "menuet",
    "menuett",
    "minuetto",
    "minueto",
    "scherzo",
    "rondo",
    "impromptu",
    "rhapsody",
    "rhapsodie",
    "rapsodia",
    "fantasia",
    "fantasie",
    "fantaisie",
    "ballade",
    "mass",
    "messe",
    "misa",
    "missa",
    "requiem",
    "cantata",
    "kantate",
    "oratorio",
    "psalm",
    "hymn",
    "choral",
    "chorale",
    "bagatelle",
    "intermezzo",
    "capriccio",
    "serenade",
    "divertimento",
    "overture",
    "ouverture",
    "соната",
    "симфония",
    "концерт",
    "прелюдия",
    "фуга",
    "этюд",
    "ноктюрн",
    "trio",
];

/// Of these, what names sounds too: 'Jazz Trio Am 120', 'Choral Pad Gm 90'.
const SOUNDS: [&str; 7] = ["trio", "quartet", "quintet", "concert", "mass", "choral", "hymn"];

/// Composers whose works are named by key and number.
const COMPOSERS: [&str; 72] = [
    "albeniz",
    "bach",
    "balakirev",
    "bartok",
    "beethoven",
    "berlioz",
    "bizet",
    "borodin",
    "brahms",
    "bruckner",
    "burgmuller",
    "buxtehude",
    "carulli",
    "chopin",
    "clementi",
    "corelli",
    "couperin",
    "czerny",
    "debussy",
    "diabelli",
    "dvorak",
    "elgar",
    "faure",
    "franck",
    "frescobaldi",
    "gershwin",
    "giuliani",
    "glinka",
    "granados",
    "grieg",
    "haendel",
    "handel",
    "haydn",
    "holst",
    "kuhlau",
    "liszt",
    "mahler",
    "mendelssohn",
    "monteverdi",
    "mozart",
    "mussorgsky",
    "pachelbel",
    "paganini",
    "palestrina",
    "prokofiev",
    "puccini",
    "purcell",
    "rachmaninoff",
    "rachmaninov",
    "rameau",
    "ravel",
    "rossini",
    "satie",
    "scarlatti",
    "schubert",
    "schumann",
    "scriabin",
    "shostakovich",
    "sibelius",
    "skrjabin",
    "smetana",
    "stravinsky",
    "tarrega",
    "tchaikovsky",
    "telemann",
    "tschaikowsky",
    "verdi",
    "vivaldi",
    "wagner",
    "weber",
    "бах",
    "шопен",
];

/// The same in Chinese and Japanese, which do not separate words.
const EAST_ASIAN_WORKS: [&str; 12] = [
    "奏鸣曲",
    "奏鳴曲",
    "协奏曲",
    "協奏曲",
    "交响曲",
    "交響曲",
    "前奏曲",
    "练习曲",
    "練習曲",
    "夜曲",
    "夜想曲",
    "ソナタ",
];

/// Whether a word of the name is a form of works or a composer's name, or counts works. Words that name
/// sounds too say nothing.
pub(super) fn names_work(words: &Words) -> bool {
    let is_catalogue = |index: usize| {
        matches!(words.text(index), "op" | "opus" | "bwv" | "kv" | "hwv" | "rv")
            && words.words().get(index + 1).is_some_and(|next| next.is_number)
    };
    let names = |index: usize| {
        let word = words.text(index);
        is_work(word) && !SOUNDS.contains(&word) || is_composer(word)
    };
    (0..words.words().len()).any(|index| names(index) || is_catalogue(index))
        || !words.folded().is_ascii()
            && EAST_ASIAN_WORKS.iter().any(|work| words.folded().contains(work))
}

/// Whether a word is the name of a form of works.
pub(super) fn is_work(word: &str) -> bool {
    WORKS.contains(&word)
}

/// Whether a word is the name of a composer.
pub(super) fn is_composer(word: &str) -> bool {
    COMPOSERS.contains(&word)
}
