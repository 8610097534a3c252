//! Any bytes: no panic, no hang, no unbounded memory, and an analysis whose columns are as documented.

use std::fmt::Debug;

use midi_analysis::{
    Analysis, EMBEDDING_LENGTH, ErrorKind, FINGERPRINT_LENGTH, Harmony, KeySignature, MelodyQuery,
    Piece, chord_moment, fingerprint_bands, fingerprint_similarity, keys_named,
};

use crate::options;

/// Panics where an analysis of the bytes is not sound.
pub fn check(bytes: &[u8]) {
    if let Some(analysis) = analysis(bytes) {
        is_sound(&analysis);
    }
}

/// The analysis of the bytes; `None` where they cannot be analysed, for which there must be a reason.
pub(crate) fn analysis(bytes: &[u8]) -> Option<Analysis> {
    match Piece::read(bytes, &options()).and_then(|piece| piece.analysis()) {
        Ok(analysis) => Some(analysis),
        Err(error) => {
            assert_ne!(error.kind(), ErrorKind::Interrupted);
            assert!(!error.reason().is_empty());
            None
        }
    }
}

/// Panics where an analysis is not sound.
pub(crate) fn is_sound(analysis: &Analysis) {
    assert!(*analysis == analysis.clone(), "something is not a number");
    counts(analysis);
    measures(analysis);
    shares(analysis);
    harmony(&analysis.harmony);
    texts(analysis);
    searched_by(analysis);
}

fn counts(analysis: &Analysis) {
    let file = &analysis.file;
    assert!(file.format <= 2 && file.ticks_per_quarter != Some(0));
    assert!(file.note_count >= 1 && file.note_count <= file.event_count);
    assert!(file.track_count >= 1);
    let texture = &analysis.texture;
    assert!(texture.polyphony_max.is_none_or(|most| most >= 1 && most <= file.note_count));
    assert!(1 <= texture.velocity_min && texture.velocity_min <= texture.velocity_max);
    assert!(texture.velocity_max <= 127);
    if let Some(pitch) = analysis.pitch {
        assert!(pitch.min <= pitch.max && pitch.max <= 127);
        assert_eq!(pitch.ambitus, pitch.max - pitch.min);
    }
    assert_eq!(analysis.pitch.is_some(), texture.polyphony_max.is_some());
    let instruments = &analysis.instruments;
    let controllers = &analysis.controllers.used;
    assert!(controllers.is_sorted_by(|a, b| a.number < b.number));
    assert!(controllers.iter().all(|used| used.number < 128 && used.count > 0));
    for ascending in [&instruments.programs, &instruments.drum_notes] {
        assert!(
            ascending.is_sorted_by(|a, b| a < b) && ascending.iter().all(|n| (0..128).contains(n))
        );
    }
    assert_eq!(instruments.programs.len(), instruments.names.len());
    assert_eq!(instruments.has_drums, !instruments.drum_notes.is_empty());
    assert!(analysis.drums.fill_bars.is_sorted_by(|a, b| a < b));
    assert!(analysis.drums.fill_bars.iter().all(|&bar| bar >= 1));
}

/// Measures are finite and not negative.
fn measures(analysis: &Analysis) {
    let (tempo, rhythm) = (&analysis.tempo, &analysis.rhythm);
    assert!(tempo.duration_s >= 0.0 && tempo.duration_beats.is_none_or(|beats| beats >= 0.0));
    for bpm in [tempo.bpm_declared, tempo.bpm_min, tempo.bpm_max, rhythm.bpm, rhythm.beat_bpm] {
        assert!(bpm.is_none_or(|bpm| bpm > 0.0));
    }
    assert!(tempo.bpm_min <= tempo.bpm_declared && tempo.bpm_declared <= tempo.bpm_max);
    let timing = &analysis.timing;
    for measure in [timing.deviation_ms, timing.swing_ratio, timing.syncopation] {
        assert!(measure.is_none_or(|measure| measure >= 0.0));
    }
    let texture = &analysis.texture;
    assert!(texture.note_density > 0.0 && texture.velocity_stddev >= 0.0);
    is_finite(&(tempo, rhythm, timing, texture, &analysis.pitch));
    is_finite(&(&analysis.complexity, &analysis.key.pitch_class_histogram, &analysis.embedding));
    is_finite(&(&analysis.repetition, &analysis.harmony.chords_per_bar));
}

fn is_finite(numbers: &dyn Debug) {
    let text = format!("{numbers:?}");
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    assert!(!words.any(|word| matches!(word, "inf" | "NaN")), "{text}");
}

/// Probabilities and shares lie between 0 and 1.
fn shares(analysis: &Analysis) {
    let is_share = |share: &f32| (0.0..=1.0).contains(share);
    let probabilities =
        [analysis.rhythm.bpm_confidence, analysis.meter.confidence, analysis.key.confidence];
    assert!(probabilities.iter().flatten().all(is_share), "{probabilities:?}");
    assert!(analysis.repetition.repeated_share.iter().all(is_share));
    assert!((0.0..=100.0).contains(&analysis.complexity.total));
    assert!(analysis.complexity.parts.iter().all(is_share));
    if let Some(histogram) = analysis.key.pitch_class_histogram {
        assert!((histogram.iter().sum::<f32>() - 1.0).abs() < 1e-3);
    }
    let (estimated, declared) = (analysis.key.estimated, analysis.key.declared);
    for key in estimated.into_iter().chain(declared.map(KeySignature::key)) {
        assert_eq!(keys_named(&key.to_string()), [key]);
    }
}

fn harmony(harmony: &Harmony) {
    let moment = |index| chord_moment(&harmony.chord_moments, index);
    let count = harmony.chord_progression.len();
    let moments: Vec<_> = (0..count).map_while(moment).collect();
    assert_eq!(moments.len(), count);
    assert_eq!(moment(count), None);
    assert!(moments.is_sorted_by(|a, b| a.start_s <= b.start_s));
    assert!(harmony.chord_count.is_none_or(|chords| chords >= count as u32));
}

fn texts(analysis: &Analysis) {
    let texts = &analysis.texts;
    for name in texts
        .track_names
        .iter()
        .chain(&texts.markers)
        .chain(&texts.copyright)
        .chain(&texts.title)
        .chain(&texts.artist)
    {
        assert!(!name.is_empty() && name.chars().count() <= 255);
        assert!(!name.chars().any(|c| c.is_control() && c != '\n' || c == '\u{FEFF}'), "{name:?}");
    }
    assert!(texts.track_names.len() <= 1_000 && texts.markers.len() <= 1_000);
    if let Some(lyrics) = &texts.lyrics {
        assert!(!lyrics.is_empty() && lyrics.chars().count() <= 65_536);
        assert!(!lyrics.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')), "{lyrics:?}");
    }
    assert!(analysis.tags.is_sorted_by(|a, b| a < b));
    assert!(analysis.file.warnings.iter().all(|warning| !warning.is_empty()));
}

/// The columns that a piece is searched by.
fn searched_by(analysis: &Analysis) {
    if let Some(fingerprint) = &analysis.fingerprint {
        assert_eq!(fingerprint.len(), FINGERPRINT_LENGTH);
        let repeats = fingerprint.iter().any(|&slot| slot as u16 == u16::MAX);
        assert!(repeats || !fingerprint_bands(fingerprint).is_empty());
        assert!(
            fingerprint_similarity(fingerprint, fingerprint)
                .is_some_and(|s| (0.0..=1.0).contains(&s))
        );
    }
    if let Some(embedding) = &analysis.embedding {
        assert_eq!(embedding.len(), EMBEDDING_LENGTH);
        assert!(embedding.iter().all(|number| number.is_finite()));
    }
    let index = &analysis.melody_index;
    assert!(index.ngrams.is_sorted_by(|a, b| a < b) && index.ngrams.len() <= 1_003);
    assert_eq!(index.ngrams.is_empty(), index.lines.is_empty());
    let scale =
        MelodyQuery::from_pitches(&[60, 62, 64, 65, 67, 69, 71, 72]).expect("a scale is a melody");
    let found = scale.find(&index.lines);
    assert!(found.is_none_or(|found| found.score > 0.0 && found.score <= 1.0));
}
