//! Learns the weights that encodings are judged by: how likely letters follow each other in each language,
//! and which characters of East Asia are common.
//!
//! Called with three sets: the counts of letters and pairs of letters of each language, unpacked (`models`);
//! the tables of simplified and traditional Chinese (`characters`); and names that the counts do not know,
//! on which the score is measured (`names`).
//!
//! The unpacked files of lingua-language-detector, OpenCC and CLDR are read; the modules say which.
//!
//! The names are read by the weights that are compiled in. So weights that differ from those are written
//! without a score: learned once more, with themselves compiled in, they get it.

mod chains;
mod characters;
mod languages;
mod models;
mod names;
#[path = "../support/mod.rs"]
mod support;

use std::env;
use std::error::Error;

use chains::alphabet;
use characters::{Converter, HAN, HANGUL, KANJI};
use languages::LANGUAGES;
use models::Model;
use support::card::{self, Card, Values, Weights};
use support::corpus::{Count, Set, arguments};

/// The weights that are compiled in.
const COMPILED: &str = include_str!("../../weights/letters.toml");

fn main() -> Result<(), Box<dyn Error>> {
    let (path, sets) = arguments(env::args().skip(1))?;
    let [models, characters, names] = &sets[..] else {
        return Err("the sets are: models of languages, tables of characters, names".into());
    };
    let weights = learn(models, characters)?;
    let score = if COMPILED.ends_with(&card::tables(&weights, 0)?) {
        names::score(names)?
    } else {
        "Not measured: learn again with these weights compiled in".to_owned()
    };
    let pieces = |pieces| Count { pieces, right: None };
    let card = Card {
        purpose: "How likely letters follow each other, and which characters of East Asia are common, by which encodings are judged",
        model: "Markov chains of letters, in whole bits up to 15; ranks of characters",
        trainer: "scripts/train letters",
        score,
        sets: &sets[..2],
        counts: &[
            pieces(LANGUAGES.len() + characters::LANGUAGES.len()),
            pieces(characters::TABLES.len()),
        ],
    };
    card::write(&path, &card, "f64", 0, &weights)
}

fn learn(models: &Set, characters: &Set) -> Result<Vec<Weights<'static>>, Box<dyn Error>> {
    let mut alphabets = Vec::new();
    for language in LANGUAGES {
        let alphabet = alphabet(language, &Model::read(&models.folder, language.tag)?);
        alphabets.push(Values::List(alphabet.into_iter().map(Values::Text).collect()));
    }
    let to_simplified = Converter::read(&characters.folder, characters::TO_SIMPLIFIED)?;
    let to_traditional = Converter::read(&characters.folder, characters::TO_TRADITIONAL)?;
    let [chinese, japanese, korean] = characters::LANGUAGES;
    let chinese = models::letters(&models.folder, chinese)?;
    let japanese = models::letters(&models.folder, japanese)?;
    let korean = models::letters(&models.folder, korean)?;
    let ranks = |name, about, characters| Weights { name, about, values: Values::Text(characters) };
    Ok(vec![
        Weights {
            name: "alphabets",
            about: "For each language its name, its letters, and for the start of a word and after each letter a row with the bits of each letter and at last of the end of the word, as hexadecimal digits.",
            values: Values::List(alphabets),
        },
        ranks(
            "simplified",
            "Simplified Chinese characters, the most frequent first.",
            characters::ranked(to_simplified.converted(&chinese), &HAN),
        ),
        ranks(
            "traditional",
            "Traditional Chinese characters, the most frequent first.",
            characters::ranked(to_traditional.converted(&chinese), &HAN),
        ),
        ranks("kanji", "Kanji, the most frequent first.", characters::ranked(japanese, &KANJI)),
        ranks(
            "hangul",
            "Syllables of Hangul, the most frequent first.",
            characters::ranked(korean, &HANGUL),
        ),
    ])
}
