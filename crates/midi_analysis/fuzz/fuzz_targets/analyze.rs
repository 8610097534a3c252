//! Any bytes whatever: no panic, no hang, no unbounded memory, and results that hold together.
//!
//! `cargo +nightly fuzz run analyze corpus seeds` from the crate's folder; the seeds are small
//! files of each container, format and kind of damage.
#![no_main]

use libfuzzer_sys::fuzz_target;
use midi_analysis::{
    ErrorKind, Limits, MelodyQuery, Name, Progression, analyze, beats, chord_moment, chords,
    events, features, keys, melody, notes, signature_bands, signature_similarity, tempo_map,
    tracks,
};

const LIMITS: Limits = Limits { max_bytes: 1 << 20, max_events: 100_000 };

fuzz_target!(|bytes: &[u8]| {
    let go_on = || false;
    let text = String::from_utf8_lossy(bytes);
    if let Err(error) = Progression::parse(&text) {
        assert!(text.is_char_boundary(error.at));
    }
    let tune =
        MelodyQuery::from_pitches(&[60, 62, 64, 65, 67, 69, 71, 72]).expect("a scale is a tune");
    for asked in [Ok(tune), MelodyQuery::from_text(&text)].into_iter().flatten() {
        assert!(asked.find(bytes).is_none_or(|found| found.score > 0.0 && found.score <= 1.0));
        assert!(asked.stages().iter().all(|stage| !stage.probes.is_empty()));
    }
    let name = Name::of(&text);
    assert!(name.tags.is_sorted() && name.bpm.is_none_or(|bpm| (20.0..=400.0).contains(&bpm)));
    let analysis = match analyze(bytes, &LIMITS, &go_on) {
        Ok(analysis) => analysis,
        Err(error) => {
            assert_ne!(error.kind(), ErrorKind::Interrupted);
            assert!(!error.reason().is_empty());
            return;
        }
    };
    let notes = notes(bytes, &LIMITS, &go_on).expect("what is analysed has notes");
    assert_eq!(notes.len(), analysis.file.note_count as usize);
    assert!(notes.is_sorted_by_key(|note| note.start_tick));
    assert!(notes.iter().all(|note| note.duration_ticks >= 0 && note.duration_s >= 0.0));
    assert!(analysis.tempo.duration_s.is_finite() && analysis.tempo.duration_s >= 0.0);
    if let Some(most) = analysis.texture.polyphony_max {
        assert!(most >= 1 && most <= analysis.file.note_count);
    }
    if let Some(histogram) = analysis.key.pitch_class_histogram {
        assert!((histogram.iter().sum::<f32>() - 1.0).abs() < 1e-3);
    }
    let tracks = tracks(bytes, &LIMITS, &go_on).expect("what is analysed has tracks");
    assert_eq!(tracks.iter().map(|track| track.note_count).sum::<i32>(), analysis.file.note_count);
    let tempos = tempo_map(bytes, &LIMITS, &go_on).expect("what is analysed has a tempo");
    assert!(tempos.is_sorted_by_key(|row| row.start_tick));
    let events = events(bytes, &LIMITS, &go_on).expect("what is analysed has events");
    assert_eq!(events.len(), analysis.file.event_count as usize);
    let keys = keys(bytes, &LIMITS, &go_on).expect("what is analysed has keys or none");
    assert!(keys.windows(2).all(|pair| pair[0].end_s <= pair[1].start_s));
    let chords = chords(bytes, &LIMITS, &go_on).expect("what is analysed has chords or none");
    assert!(chords.iter().all(|chord| chord.start_s <= chord.end_s));
    let harmony = &analysis.harmony;
    for index in 0..harmony.chord_progression.len() {
        assert!(chord_moment(&harmony.chord_moments, index).is_some());
    }
    if let Some(signature) = &analysis.signature {
        assert!(
            !signature_bands(signature).is_empty()
                || signature.iter().any(|&slot| slot as u16 == u16::MAX)
        );
        assert!(signature_similarity(signature, signature).is_some());
    }
    let beats = beats(bytes, &LIMITS, &go_on).expect("what is analysed has beats or none");
    assert!(beats.is_sorted_by(|a, b| a.start_s <= b.start_s));
    assert!(analysis.rhythm.bpm.is_none_or(|bpm| bpm.is_finite() && bpm > 0.0));
    let sung = melody(bytes, &LIMITS, &go_on).expect("what is analysed has a melody or none");
    assert!(sung.is_sorted_by(|a, b| a.start_s <= b.start_s));
    let features = features(bytes, &LIMITS, &go_on).expect("what is analysed has features");
    assert!(features.iter().flat_map(|feature| &feature.value).flatten().all(|v| v.is_finite()));
    let pitches = sung.iter().map(|note| note.pitch as u8).take(12);
    if let Ok(own) = MelodyQuery::from_line(pitches) {
        let found = own.find(&analysis.search.melody_lines);
        assert!(sung.len() < 12 || found.is_some_and(|found| found.score > 0.99));
    }
    let names = &analysis.texts.track_names;
    assert!(names.iter().all(|name| !name.contains('\0') && name.chars().count() <= 255));
});
