//! The row of a piece, of the SQL type `midi_analysis`: the one list of its columns in Rust.
//!
//! What is `heard` is NULL in the row of a piece that is only cataloged; what is `read` has the same value
//! in both, unless listening corrects what the file declares.
//!
//! The order and the types are those of `sql/tables.sql`; [`RowType::new`] and a test hold the two
//! together. Both `midi_analyze` and the import write their rows with it.

use midi_analysis::{Controller, Controllers, KeyShare, Quality};
use pgrx::PgTupleDesc;
use pgrx::pg_sys::panic::ErrorReport;
use serde_json::{Value, json};

use crate::music::Music;
use crate::pg::array::{Numbers, Texts};
use crate::pg::jsonb::OwnJsonb;
use crate::pg::row::{Column, Composite, RowType, column};
use crate::pg::text::Text;

/// The former of `midi_analysis` rows for a descriptor of that type.
///
/// # Errors
/// `ERRCODE_DATATYPE_MISMATCH` where the descriptor is another version's.
pub(crate) fn row_type(descriptor: PgTupleDesc<'static>) -> Result<RowType<Music>, ErrorReport> {
    RowType::new(descriptor, COLUMNS)
}

impl Composite for Music {
    const NAME: &'static str = "midi_analysis";
}

/// The value of a column for either depth. The groups of both have the same names.
macro_rules! value {
    (read $type:ty, $music:ident, |$groups:ident| $value:expr) => {
        match $music {
            Music::Catalog($groups) => Option::<$type>::from($value),
            Music::Full($groups, _) => Option::<$type>::from($value),
        }
    };
    (heard $type:ty, $music:ident, |$groups:ident| $value:expr) => {
        match $music {
            Music::Catalog(_) => None,
            Music::Full($groups, _) => Option::<$type>::from($value),
        }
    };
}

macro_rules! columns {
    ($($by:ident $name:ident: $type:ty = |$groups:ident| $value:expr;)*) => {
        /// Every column of `midi_analysis`, in order.
        pub(crate) static COLUMNS: &[Column<Music>] = &[
            $(column!(Music, $name: $type = |music| value!($by $type, music, |$groups| $value))),*
        ];
    };
}

/// The columns that are stored in `musical_search`. All others are in `musical_metadata`.
pub(crate) const SEARCH_COLUMNS: [&str; 5] =
    ["chord_moments", "embedding", "melody_ngrams", "melody_lines", "fingerprint"];

columns! {
    read format: i16 = |a| i16::from(a.file.format);
    read ticks_per_quarter: i32 = |a| a.file.ticks_per_quarter.map(i32::from);
    read track_count: i32 = |a| i32::from(a.file.track_count);
    read event_count: i32 = |a| integer(a.file.event_count);
    read note_count: i32 = |a| integer(a.file.note_count);
    read size_bytes: i64 = |a| a.file.size_bytes as i64;
    read warnings: Texts = |a| texts(&a.file.warnings);

    read duration_s: f64 = |a| a.tempo.duration_s;
    read duration_beats: f64 = |a| a.tempo.duration_beats;
    read bar_count: i32 = |a| a.meter.bar_count.map(integer);
    heard bpm: f64 = |a| a.rhythm.bpm;
    heard beat_bpm: f64 = |a| a.rhythm.beat_bpm;
    heard bpm_confidence: f32 = |a| a.rhythm.bpm_confidence;
    read bpm_declared: f64 = |a| a.tempo.bpm_declared;
    read bpm_min: f64 = |a| a.tempo.bpm_min;
    read bpm_max: f64 = |a| a.tempo.bpm_max;
    read tempo_change_count: i32 = |a| integer(a.tempo.tempo_change_count);

    read time_signature_numerator: i16 = |a| a.meter.signature.map(|meter| i16::from(meter.numerator));
    read time_signature_denominator: i16 = |a| a.meter.signature.map(|meter| i16::from(meter.denominator));
    heard time_signature_confidence: f32 = |a| a.meter.confidence;
    read time_signature_declared: bool = |a| a.meter.declared;
    read time_signature_change_count: i32 = |a| integer(a.meter.change_count);

    heard key_signature: String = |a| a.key.estimated.map(|key| key.to_string());
    heard key_confidence: f32 = |a| a.key.confidence;
    heard key_alternatives: Texts = |a| key_names(&a.key.alternatives);
    heard key_alternative_shares: Numbers<f32> = |a| key_shares(&a.key.alternatives);
    read key_declared: String = |a| a.key.declared.map(|key| key.to_string());
    heard key_change_count: i32 = |a| a.key.change_count.map(integer);
    read pitch_class_histogram: Numbers<f32> = |a| a.key.pitch_class_histogram.as_ref().map(|h| Numbers::from(&h[..]));

    read pitch_min: i16 = |a| a.pitch.as_ref().map(|p| i16::from(p.min));
    read pitch_max: i16 = |a| a.pitch.as_ref().map(|p| i16::from(p.max));
    read pitch_mean: f32 = |a| a.pitch.as_ref().map(|p| p.mean);
    read ambitus: i16 = |a| a.pitch.as_ref().map(|p| i16::from(p.ambitus));

    read polyphony_max: i32 = |a| a.texture.polyphony_max.map(integer);
    read polyphony_mean: f32 = |a| a.texture.polyphony_mean;
    read note_density: f32 = |a| a.texture.note_density;
    read velocity_min: i16 = |a| i16::from(a.texture.velocity_min);
    read velocity_max: i16 = |a| i16::from(a.texture.velocity_max);
    read velocity_mean: f32 = |a| a.texture.velocity_mean;
    read velocity_stddev: f32 = |a| a.texture.velocity_stddev;

    heard is_quantized: bool = |a| a.timing.is_quantized;
    heard timing_deviation_ms: f32 = |a| a.timing.deviation_ms;
    heard swing_ratio: f32 = |a| a.timing.swing_ratio;
    heard syncopation: f32 = |a| a.timing.syncopation;

    heard loop_bars: i16 = |a| a.repetition.loop_bars.map(i16::from);
    heard repeated_share: f32 = |a| a.repetition.repeated_share;
    heard section_count: i32 = |a| integer(a.form.section_count);
    heard form: &str = |a| a.form.letters.as_str();

    heard chord_types: Texts = |a| quality_names(&a.harmony.chord_types);
    heard chord_progression: Texts = |a| texts(&a.harmony.chord_progression);
    heard chord_moments: &[u8] = |a| &a.harmony.chord_moments[..];
    heard chord_count: i32 = |a| a.harmony.chord_count.map(integer);
    heard chords_per_bar: f32 = |a| a.harmony.chords_per_bar;

    read instruments: Numbers<i16> = |a| smallints(&a.instruments.programs);
    read instrument_names: Texts = |a| texts(&a.instruments.names);
    read instrument_families: Texts = |a| texts(&a.instruments.families);
    read has_drums: bool = |a| a.instruments.has_drums;
    read drum_notes: Numbers<i16> = |a| smallints(&a.instruments.drum_notes);
    heard drum_pieces: Texts = |a| texts(&a.drums.pieces);
    heard drum_pattern: &str = |a| a.drums.pattern.as_deref();
    heard drum_fill_bars: Numbers<i32> = |a| integers(&a.drums.fill_bars);

    read controllers: Numbers<i16> = |a| controllers(&a.controllers);
    read controller_data: OwnJsonb = |a| OwnJsonb(controller_data(&a.controllers));
    read pitch_bend_count: i32 = |a| integer(a.controllers.pitch_bend_count);
    read has_sustain: bool = |a| a.controllers.has_sustain;

    read track_names: Texts = |a| texts(&a.texts.track_names);
    read lyrics: Text = |a| a.texts.lyrics.as_deref().map(Text::new);
    read lyrics_language: &str = |a| a.texts.lyrics_language;
    read markers: Texts = |a| texts(&a.texts.markers);
    read title: Text = |a| a.texts.title.as_deref().map(Text::new);
    read artist: Text = |a| a.texts.artist.as_deref().map(Text::new);
    read copyright: Text = |a| a.texts.copyright.as_deref().map(Text::new);
    read text_encoding: &str = |a| a.texts.encoding;

    heard complexity: f32 = |a| a.complexity.total;
    heard complexity_parts: Numbers<f32> = |a| Numbers::from(&a.complexity.parts[..]);
    read tags: Texts = |a| texts(&a.tags);

    heard embedding: Numbers<f32> = |a| a.embedding.as_deref().map(Numbers::from);
    heard melody_ngrams: Numbers<i32> = |a| Numbers::from(&a.melody_index.ngrams[..]);
    heard melody_lines: &[u8] = |a| &a.melody_index.lines[..];
    heard fingerprint: Numbers<i32> = |a| a.fingerprint.as_deref().map(Numbers::from);
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

fn controllers(controllers: &Controllers) -> Numbers<'static, i16> {
    controllers.used.iter().map(|used| used.number.into()).collect()
}

/// The values of each controller by its number, their mean in hundredths.
fn controller_data(controllers: &Controllers) -> Value {
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
    Value::Object(controllers.used.iter().map(entry).collect())
}
