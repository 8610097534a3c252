//! An [`Analysis`] as a row of the SQL type `midi_analysis`: the one list of its columns in Rust.
//!
//! The order and the types are those of `sql/tables.sql`; [`RowType::new`] and a test hold the two
//! together. Both `midi_analyze` and the import write their rows with it.

use midi_analysis::{Analysis, Controller, KeyShare, Quality};
use pgrx::PgTupleDesc;
use pgrx::pg_sys::panic::ErrorReport;
use serde_json::{Value, json};

use crate::pg::array::{Numbers, Texts};
use crate::pg::jsonb::OwnJsonb;
use crate::pg::row::{Column, Composite, RowType, column};
use crate::pg::text::Text;

/// The former of `midi_analysis` rows for a descriptor of that type.
///
/// # Errors
/// `ERRCODE_DATATYPE_MISMATCH` where the descriptor is another version's.
pub(crate) fn row_type(descriptor: PgTupleDesc<'static>) -> Result<RowType<Analysis>, ErrorReport> {
    RowType::new(descriptor, COLUMNS)
}

impl Composite for Analysis {
    const NAME: &'static str = "midi_analysis";
}

macro_rules! columns {
    ($($name:ident: $type:ty = |$analysis:ident| $value:expr;)*) => {
        /// Every column of `midi_analysis`, in order.
        pub(crate) static COLUMNS: &[Column<Analysis>] =
            &[$(column!(Analysis, $name: $type = |$analysis| $value)),*];
    };
}

/// The columns that are stored in `musical_search`. All others are in `musical_metadata`.
pub(crate) const SEARCH_COLUMNS: [&str; 5] =
    ["chord_moments", "embedding", "melody_ngrams", "melody_lines", "fingerprint"];

columns! {
    format: i16 = |a| i16::from(a.file.format);
    ticks_per_quarter: i32 = |a| a.file.ticks_per_quarter.map(i32::from);
    track_count: i32 = |a| i32::from(a.file.track_count);
    event_count: i32 = |a| integer(a.file.event_count);
    note_count: i32 = |a| integer(a.file.note_count);
    size_bytes: i64 = |a| a.file.size_bytes as i64;
    warnings: Texts = |a| texts(&a.file.warnings);

    duration_s: f64 = |a| a.tempo.duration_s;
    duration_beats: f64 = |a| a.tempo.duration_beats;
    bar_count: i32 = |a| a.meter.bar_count.map(integer);
    bpm: f64 = |a| a.rhythm.bpm;
    beat_bpm: f64 = |a| a.rhythm.beat_bpm;
    bpm_confidence: f32 = |a| a.rhythm.bpm_confidence;
    bpm_declared: f64 = |a| a.tempo.bpm_declared;
    bpm_min: f64 = |a| a.tempo.bpm_min;
    bpm_max: f64 = |a| a.tempo.bpm_max;
    tempo_change_count: i32 = |a| integer(a.tempo.tempo_change_count);

    time_signature_numerator: i16 = |a| a.meter.signature.map(|meter| i16::from(meter.numerator));
    time_signature_denominator: i16 = |a| a.meter.signature.map(|meter| i16::from(meter.denominator));
    time_signature_confidence: f32 = |a| a.meter.confidence;
    time_signature_declared: bool = |a| a.meter.declared;
    time_signature_change_count: i32 = |a| integer(a.meter.change_count);

    key_signature: String = |a| a.key.estimated.map(|key| key.to_string());
    key_confidence: f32 = |a| a.key.confidence;
    key_alternatives: Texts = |a| key_names(&a.key.alternatives);
    key_alternative_shares: Numbers<f32> = |a| key_shares(&a.key.alternatives);
    key_declared: String = |a| a.key.declared.map(|key| key.to_string());
    key_change_count: i32 = |a| a.key.change_count.map(integer);
    pitch_class_histogram: Numbers<f32> = |a| a.key.pitch_class_histogram.as_ref().map(|h| Numbers::from(&h[..]));

    pitch_min: i16 = |a| a.pitch.as_ref().map(|p| i16::from(p.min));
    pitch_max: i16 = |a| a.pitch.as_ref().map(|p| i16::from(p.max));
    pitch_mean: f32 = |a| a.pitch.as_ref().map(|p| p.mean);
    ambitus: i16 = |a| a.pitch.as_ref().map(|p| i16::from(p.ambitus));

    polyphony_max: i32 = |a| a.texture.polyphony_max.map(integer);
    polyphony_mean: f32 = |a| a.texture.polyphony_mean;
    note_density: f32 = |a| a.texture.note_density;
    velocity_min: i16 = |a| i16::from(a.texture.velocity_min);
    velocity_max: i16 = |a| i16::from(a.texture.velocity_max);
    velocity_mean: f32 = |a| a.texture.velocity_mean;
    velocity_stddev: f32 = |a| a.texture.velocity_stddev;

    is_quantized: bool = |a| a.timing.is_quantized;
    timing_deviation_ms: f32 = |a| a.timing.deviation_ms;
    swing_ratio: f32 = |a| a.timing.swing_ratio;
    syncopation: f32 = |a| a.timing.syncopation;

    loop_bars: i16 = |a| a.repetition.loop_bars.map(i16::from);
    repeated_share: f32 = |a| a.repetition.repeated_share;
    section_count: i32 = |a| integer(a.form.section_count);
    form: &str = |a| a.form.letters.as_str();

    chord_types: Texts = |a| quality_names(&a.harmony.chord_types);
    chord_progression: Texts = |a| texts(&a.harmony.chord_progression);
    chord_moments: &[u8] = |a| &a.harmony.chord_moments[..];
    chord_count: i32 = |a| a.harmony.chord_count.map(integer);
    chords_per_bar: f32 = |a| a.harmony.chords_per_bar;

    instruments: Numbers<i16> = |a| smallints(&a.instruments.programs);
    instrument_names: Texts = |a| texts(&a.instruments.names);
    instrument_families: Texts = |a| texts(&a.instruments.families);
    has_drums: bool = |a| a.instruments.has_drums;
    drum_notes: Numbers<i16> = |a| smallints(&a.instruments.drum_notes);
    drum_pieces: Texts = |a| texts(&a.drums.pieces);
    drum_pattern: &str = |a| a.drums.pattern.as_deref();
    drum_fill_bars: Numbers<i32> = |a| integers(&a.drums.fill_bars);

    controllers: Numbers<i16> = |a| controllers(a);
    controller_data: OwnJsonb = |a| OwnJsonb(controller_data(a));
    pitch_bend_count: i32 = |a| integer(a.controllers.pitch_bend_count);
    has_sustain: bool = |a| a.controllers.has_sustain;

    track_names: Texts = |a| texts(&a.texts.track_names);
    lyrics: Text = |a| a.texts.lyrics.as_deref().map(Text::new);
    lyrics_language: &str = |a| a.texts.lyrics_language;
    markers: Texts = |a| texts(&a.texts.markers);
    title: Text = |a| a.texts.title.as_deref().map(Text::new);
    artist: Text = |a| a.texts.artist.as_deref().map(Text::new);
    copyright: Text = |a| a.texts.copyright.as_deref().map(Text::new);
    text_encoding: &str = |a| a.texts.encoding;

    complexity: f32 = |a| a.complexity.total;
    complexity_parts: Numbers<f32> = |a| Numbers::from(&a.complexity.parts[..]);
    tags: Texts = |a| texts(&a.tags);

    embedding: Numbers<f32> = |a| a.embedding.as_deref().map(Numbers::from);
    melody_ngrams: Numbers<i32> = |a| Numbers::from(&a.melody_index.ngrams[..]);
    melody_lines: &[u8] = |a| &a.melody_index.lines[..];
    fingerprint: Numbers<i32> = |a| a.fingerprint.as_deref().map(Numbers::from);
}

/// A count or a bar, up to the largest `integer`.
fn integer(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn integers(numbers: &[u32]) -> Numbers<'static, i32> {
    numbers.iter().map(|&number| integer(number)).collect()
}

fn smallints(numbers: &[u8]) -> Numbers<'static, i16> {
    numbers.iter().map(|&number| number.into()).collect()
}

fn texts<T: AsRef<str>>(texts: &[T]) -> Texts<'_> {
    texts.iter().map(|text| Text::new(text.as_ref())).collect()
}

fn quality_names(qualities: &[Quality]) -> Texts<'static> {
    qualities.iter().map(|quality| Text::new(quality.name())).collect()
}

fn key_names(keys: &[KeyShare]) -> Texts<'static> {
    keys.iter().map(|share| Text::from(share.key.to_string())).collect()
}

fn key_shares(keys: &[KeyShare]) -> Numbers<'static, f32> {
    keys.iter().map(|share| share.share).collect()
}

fn controllers(analysis: &Analysis) -> Numbers<'static, i16> {
    analysis.controllers.used.iter().map(|used| used.number.into()).collect()
}

/// The values of each controller by its number, their mean in hundredths.
fn controller_data(analysis: &Analysis) -> Value {
    let entry = |used: &Controller| {
        let values = json!({
            "name": used.name,
            "count": used.count,
            "min": used.min,
            "max": used.max,
            "mean": (used.mean * 100.0).round() / 100.0,
        });
        (used.number.to_string(), values)
    };
    Value::Object(analysis.controllers.used.iter().map(entry).collect())
}
