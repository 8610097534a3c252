//! Tags of the content: words of its texts, and what its notes say plainly.
//!
//! - `solo piano` and its kind: a program change names the instrument, and nothing else plays. A
//!   file that names no program sounds as a piano only for want of a better word; and a piano that
//!   never plays two notes together may be any line that a program wrote with its default sound.
//! - `drums only`: nothing but percussion. `monophonic`: never two pitched notes at once.
//! - `lyrics`: words are sung. `karaoke`: they have an accompaniment to be sung to.
//! - `loop`: it goes round, and most of its bars are others come again.
//! - `expressive performance`: pitched notes that a hand played, now louder, now softer.

use super::Reader;
use crate::analysis::instruments::Instruments;
use crate::analysis::repetition::Repetition;
use crate::analysis::texture::Texture;
use crate::analysis::timing::Timing;
use crate::model::score::Score;
use crate::model::text::TextKind;
use crate::read::text::Texts;
use crate::read::text::decoder::Decoder;

/// The most bytes of texts that are read for words.
const MAX_TEXT: usize = 8_192;
/// The most texts that are read.
const MAX_TEXTS: usize = 256;

/// Solo instruments by the General MIDI programs that are one instrument, 0 being the first.
const SOLOISTS: [(&str, std::ops::RangeInclusive<i16>); 17] = [
    ("solo piano", 0..=3),
    ("solo electric piano", 4..=5),
    ("solo harpsichord", 6..=6),
    ("solo organ", 16..=20),
    ("solo accordion", 21..=21),
    ("solo harmonica", 22..=22),
    ("solo guitar", 24..=31),
    ("solo bass", 32..=39),
    ("solo violin", 40..=40),
    ("solo viola", 41..=41),
    ("solo cello", 42..=42),
    ("solo harp", 46..=46),
    ("solo trumpet", 56..=56),
    ("solo saxophone", 64..=67),
    ("solo clarinet", 71..=71),
    ("solo recorder", 74..=74),
    ("solo flute", 73..=73),
];

/// Share of repeated bars from which a piece that goes round is a loop: a song may do so twice.
const LOOP_REPEATS: f32 = 0.6;
/// Standard deviation of velocity from which playing is expressive: less is one touch.
const EXPRESSIVE_VELOCITY: f32 = 6.0;

/// What the rooms found that tags are made of.
pub(crate) struct Facts<'a> {
    pub(crate) instruments: &'a Instruments,
    pub(crate) texture: &'a Texture,
    pub(crate) timing: &'a Timing,
    pub(crate) repetition: &'a Repetition,
    pub(crate) has_lyrics: bool,
}

/// The tags of a piece, in the order of the alphabet.
pub(crate) fn of_content(
    score: &Score<'_>,
    texts: &Texts,
    decoder: &Decoder,
    facts: &Facts<'_>,
) -> Vec<&'static str> {
    let Facts { instruments, texture, timing, repetition, has_lyrics } = *facts;
    let mut tags = words_of(score, texts, decoder);
    let parts = instruments.programs.len() + usize::from(instruments.has_drums);
    let is_line = texture.polyphony_max == Some(1);
    let is_pitched = texture.polyphony_max.is_some();
    let repeats = repetition.repeated_share.is_some_and(|share| share >= LOOP_REPEATS);
    let touch = texture.velocity_stddev >= EXPRESSIVE_VELOCITY;
    tags.extend(soloist(score, instruments, is_line));
    let facts = [
        ("drums only", !is_pitched),
        ("expressive performance", timing.is_quantized == Some(false) && touch && is_pitched),
        ("karaoke", has_lyrics && parts > 1),
        ("loop", repetition.loop_bars.is_some() && repeats),
        ("lyrics", has_lyrics),
        ("monophonic", is_line && !instruments.has_drums),
    ];
    tags.extend(facts.iter().filter(|(_, holds)| *holds).map(|(tag, _)| *tag));
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// The words of track names and markers, and of the texts at the very start, where titles and
/// remarks stand. Later texts are words that are sung, as all are in a karaoke file.
fn words_of(score: &Score<'_>, texts: &Texts, decoder: &Decoder) -> Vec<&'static str> {
    let is_remark = |kind, tick| kind == TextKind::Text && tick == 0 && texts.lyrics.is_none();
    let remarks = score
        .texts
        .iter()
        .filter(|text| is_remark(text.kind, text.tick))
        .map(|text| decoder.name(score.raw_texts().bytes(text)).into());
    let names = texts.track_names.iter().chain(&texts.markers);
    let mut reader = Reader::new();
    let mut left = MAX_TEXT;
    let phrases = names.map(|name| std::borrow::Cow::from(name.as_str())).chain(remarks);
    for phrase in phrases.take(MAX_TEXTS) {
        let Some(rest) = left.checked_sub(phrase.len()) else { break };
        left = rest;
        reader.read(&phrase);
        reader.gather(|_| false, false);
    }
    reader.tags()
}

fn soloist(score: &Score<'_>, instruments: &Instruments, is_line: bool) -> Option<&'static str> {
    let (first, last) = (instruments.programs.first()?, instruments.programs.last()?);
    let (tag, _) = SOLOISTS
        .iter()
        .find(|(_, programs)| programs.contains(first) && programs.contains(last))?;
    let is_known = score.names_programs && !instruments.has_drums;
    (is_known && !(is_line && *tag == "solo piano")).then_some(tag)
}
