//! Tags of a piece: words of its texts, and facts that its notes show.
//!
//! - `solo piano` and the like: a program change names the instrument, and nothing else plays. A file
//!   without program changes gets none, since piano is then only the default; nor does a piano that
//!   never plays two notes at once, which may be any line saved with the default sound.
//! - `drums only`: nothing but percussion. `monophonic`: never two pitched notes at once.
//! - `lyrics`: the file has lyrics. `karaoke`: they have an accompaniment.
//! - `loop`: the piece repeats a loop, and most of its bars repeat others.
//! - `expressive performance`: a part of pitched notes is played by hand, by its timing.

use crate::analysis::instruments::Instruments;
use crate::analysis::repetition::Repetition;
use crate::analysis::texture::Texture;
use crate::analysis::timing::Timing;
use crate::model::score::Score;
use crate::model::text::TextKind;
use crate::names::reader::TagReader;
use crate::read::text::Texts;
use crate::read::text::decoder::Decoder;

/// The most bytes of texts that are searched for words.
const MAX_TEXT: usize = 8_192;
/// The most texts that are searched.
const MAX_TEXTS: usize = 256;

/// Tags of solo instruments, and the General MIDI programs, from 0, of each instrument.
const SOLOISTS: [(&str, std::ops::RangeInclusive<u8>); 17] = [
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

const DRUMS_ONLY: &str = "drums only";
const EXPRESSIVE: &str = "expressive performance";
const KARAOKE: &str = "karaoke";
const LOOP: &str = "loop";
const LYRICS: &str = "lyrics";
const MONOPHONIC: &str = "monophonic";

/// The tags that music has by what its notes show, and not by words.
///
/// ```
/// assert!(midi_analysis::tags_of_notes().any(|tag| tag == "solo piano"));
/// ```
pub fn tags_of_notes() -> impl Iterator<Item = &'static str> {
    let others = [DRUMS_ONLY, EXPRESSIVE, KARAOKE, LOOP, LYRICS, MONOPHONIC];
    SOLOISTS.into_iter().map(|(tag, _)| tag).chain(others)
}

/// Share of repeated bars from which a piece with a loop is tagged: some songs repeat one twice.
const LOOP_REPEATS: f32 = 0.6;

/// What reading tells, and tags are derived from.
pub(crate) struct Sources<'a> {
    pub(crate) texts: &'a Texts,
    pub(crate) instruments: &'a Instruments,
    pub(crate) texture: &'a Texture,
}

/// The tags that need no listening, in alphabetical order.
pub(crate) fn declared(
    score: &Score<'_>,
    decoder: &Decoder,
    sources: &Sources<'_>,
) -> Vec<&'static str> {
    let Sources { texts, instruments, texture } = *sources;
    let has_lyrics = texts.lyrics.is_some();
    let mut tags = words_of(score, texts, decoder);
    let parts = instruments.programs.len() + usize::from(instruments.has_drums);
    let is_line = texture.polyphony_max == Some(1);
    tags.extend(soloist(score, instruments, is_line));
    let facts = [
        (DRUMS_ONLY, texture.polyphony_max.is_none()),
        (KARAOKE, has_lyrics && parts > 1),
        (LYRICS, has_lyrics),
        (MONOPHONIC, is_line && !instruments.has_drums),
    ];
    add(tags, &facts)
}

/// What is heard, and tags are derived from.
pub(crate) struct Heard<'a> {
    pub(crate) texture: &'a Texture,
    pub(crate) timing: &'a Timing,
    pub(crate) repetition: &'a Repetition,
}

/// These tags with those of what is heard, in alphabetical order.
pub(crate) fn with_heard(tags: Vec<&'static str>, heard: &Heard<'_>) -> Vec<&'static str> {
    let Heard { texture, timing, repetition } = *heard;
    let is_pitched = texture.polyphony_max.is_some();
    let repeats = repetition.repeated_share.is_some_and(|share| share >= LOOP_REPEATS);
    let facts = [
        (EXPRESSIVE, timing.has_played_part && is_pitched),
        (LOOP, repetition.loop_bars.is_some() && repeats),
    ];
    add(tags, &facts)
}

/// Adds the tags of the facts that hold.
fn add(mut tags: Vec<&'static str>, facts: &[(&'static str, bool)]) -> Vec<&'static str> {
    tags.extend(facts.iter().filter(|(_, holds)| *holds).map(|(tag, _)| *tag));
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// Tags of the words of track names and markers, and of the texts at the start, which are titles and
/// remarks. Later texts are lyrics, as all texts of a karaoke file are.
fn words_of(score: &Score<'_>, texts: &Texts, decoder: &Decoder) -> Vec<&'static str> {
    let is_remark = |kind, tick| kind == TextKind::Text && tick == 0 && texts.lyrics.is_none();
    let remarks = score
        .texts
        .iter()
        .filter(|text| is_remark(text.kind, text.tick))
        .map(|text| decoder.name(score.raw_texts().bytes(text)).into());
    let names = texts.track_names.iter().chain(&texts.markers);
    let mut reader = TagReader::new();
    let mut left = MAX_TEXT;
    let phrases = names.map(|name| std::borrow::Cow::from(name.as_str())).chain(remarks);
    for phrase in phrases.take(MAX_TEXTS) {
        let Some(rest) = left.checked_sub(phrase.len()) else { break };
        left = rest;
        reader.read(&phrase);
        reader.collect(|_| false, false);
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
