//! The row functions: each agrees with the analysis, keeps to its limits, and stops when it is told to.

use std::cell::Cell;
use std::fmt::Debug;

use midi_analysis::training::{key_evidence, rhythm_evidence};
use midi_analysis::{
    Analysis, Error, ErrorKind, Limits, MelodyQuery, analyze, beats, chords, events,
    feature_catalog, features, keys, keys_named, melody, notes, tempo_map, tracks,
};

use crate::analyze::analysis;
use crate::{LIMITS, hash, never};

/// A row function, whose rows are told as text.
type Told = fn(&[u8], &Limits, &dyn Fn() -> bool) -> Result<String, Error>;

/// Every function that reads a file.
const FUNCTIONS: [(&str, Told); 10] = [
    ("analyze", |bytes, limits, stop| analyze(bytes, limits, stop).map(told)),
    ("events", |bytes, limits, stop| events(bytes, limits, stop).map(told)),
    ("notes", |bytes, limits, stop| notes(bytes, limits, stop).map(told)),
    ("tracks", |bytes, limits, stop| tracks(bytes, limits, stop).map(told)),
    ("tempo_map", |bytes, limits, stop| tempo_map(bytes, limits, stop).map(told)),
    ("keys", |bytes, limits, stop| keys(bytes, limits, stop).map(told)),
    ("chords", |bytes, limits, stop| chords(bytes, limits, stop).map(told)),
    ("beats", |bytes, limits, stop| beats(bytes, limits, stop).map(told)),
    ("melody", |bytes, limits, stop| melody(bytes, limits, stop).map(told)),
    ("features", |bytes, limits, stop| features(bytes, limits, stop).map(told)),
];

fn told(rows: impl Debug) -> String {
    format!("{rows:?}")
}

/// Panics where rows are not sound.
pub fn check(bytes: &[u8]) {
    match analysis(bytes) {
        Some(analysis) => agree(bytes, &analysis),
        None => fail_alike(bytes),
    }
    stop_and_keep_to_limits(bytes);
}

/// Panics where rows do not agree with the analysis of the same bytes.
pub(crate) fn agree(bytes: &[u8], analysis: &Analysis) {
    played(bytes, analysis);
    written(bytes, analysis);
    heard(bytes, analysis);
    measured(bytes);
}

/// A file that cannot be analysed has no rows for the same reason; but what events it has can be shown.
fn fail_alike(bytes: &[u8]) {
    let reason = analyze(bytes, &LIMITS, &never).map(told);
    for (name, function) in FUNCTIONS {
        let result = function(bytes, &LIMITS, &never);
        assert!(name == "events" || result == reason, "{name}: {result:?} but {reason:?}");
    }
    let shown = events(bytes, &LIMITS, &never).map(|_| String::new());
    let has_no_note = reason.as_ref().is_err_and(|error| error.kind() == ErrorKind::NoNotes);
    assert!(shown.is_ok() == has_no_note && (has_no_note || shown == reason));
}

fn played(bytes: &[u8], analysis: &Analysis) {
    let rows = notes(bytes, &LIMITS, &never).expect("what is analysed has notes");
    assert_eq!(rows.len(), analysis.file.note_count as usize);
    assert!(rows.is_sorted_by_key(|note| note.start_tick));
    let tracks_found = analysis.file.track_count;
    for note in &rows {
        assert!((0..tracks_found).contains(&note.track) && (0..16).contains(&note.channel));
        assert!((0..128).contains(&note.program) && (0..128).contains(&note.pitch));
        assert!((1..128).contains(&note.velocity) && note.start_tick >= 0);
        assert!(note.duration_ticks >= 0 && note.duration_s >= 0.0 && note.start_s >= 0.0);
        assert!((note.start_s + note.duration_s).is_finite());
        assert!(note.bar.is_none_or(|bar| bar >= 1) && note.beat.is_none_or(|beat| beat >= 1.0));
    }
    let end = rows.iter().map(|note| note.start_s + note.duration_s).fold(0.0, f64::max);
    assert!((end - analysis.tempo.duration_s).abs() <= 1e-6 * end.max(1.0));
    let rows = tracks(bytes, &LIMITS, &never).expect("what is analysed has tracks");
    assert_eq!(rows.len(), tracks_found as usize);
    assert_eq!(rows.iter().map(|track| track.note_count).sum::<i32>(), analysis.file.note_count);
    for (index, track) in rows.iter().enumerate() {
        assert_eq!(track.track, index as i32);
        assert_eq!(track.channels.is_empty(), track.note_count == 0);
        assert!(track.first_s <= track.last_s && track.first_s.is_some() == (track.note_count > 0));
    }
}

fn written(bytes: &[u8], analysis: &Analysis) {
    let rows = events(bytes, &LIMITS, &never).expect("what is analysed has events");
    assert_eq!(rows.len(), analysis.file.event_count as usize);
    assert!(rows.is_sorted_by_key(|event| event.track));
    for pair in rows.windows(2).filter(|pair| pair[0].track == pair[1].track) {
        assert!(pair[0].tick <= pair[1].tick && pair[0].seconds <= pair[1].seconds);
    }
    assert!(rows.iter().all(|event| event.seconds.is_finite() && event.data.is_object()));
    let rows = tempo_map(bytes, &LIMITS, &never).expect("what is analysed has a tempo");
    assert!(rows.first().is_some_and(|row| row.start_tick == 0 && row.start_s == 0.0));
    assert!(rows.is_sorted_by(|a, b| a.start_tick < b.start_tick && a.end_s == b.start_s));
    assert!(rows.iter().all(|row| row.start_s <= row.end_s && row.bpm.is_none_or(|bpm| bpm > 0.0)));
    let end = rows.last().expect("a first stretch").end_s;
    assert!((end - analysis.tempo.duration_s).abs() <= 1e-6 * end.max(1.0));
}

fn heard(bytes: &[u8], analysis: &Analysis) {
    let rows = keys(bytes, &LIMITS, &never).expect("what is analysed has keys or none");
    assert!(rows.is_sorted_by(|a, b| a.end_s <= b.start_s));
    for row in &rows {
        assert!(row.start_s <= row.end_s && (0.0..=1.0).contains(&row.confidence));
        assert_eq!(keys_named(&row.key), [row.key.as_str()]);
    }
    assert_eq!(rows.is_empty(), analysis.key.change_count.is_none());
    let rows = chords(bytes, &LIMITS, &never).expect("what is analysed has chords or none");
    assert!(rows.is_sorted_by(|a, b| a.end_s <= b.start_s));
    assert!(rows.iter().all(|chord| chord.start_s <= chord.end_s && !chord.chord.is_empty()));
    assert_eq!(rows.len() as i32, analysis.harmony.chord_count.unwrap_or(0));
    let rows = beats(bytes, &LIMITS, &never).expect("what is analysed has beats or none");
    assert!(rows.is_sorted_by(|a, b| a.start_s <= b.start_s && a.start_tick <= b.start_tick));
    assert!(rows.is_sorted_by(|a, b| a.bar <= b.bar && a.beat_no + 1 == b.beat_no));
    assert!(rows.iter().all(|beat| beat.start_s.is_finite() && beat.beat_in_bar >= 1));
    let rows = melody(bytes, &LIMITS, &never).expect("what is analysed has a melody or none");
    assert!(rows.is_sorted_by(|a, b| a.start_s <= b.start_s && a.note_no + 1 == b.note_no));
    assert!(rows.iter().all(|note| note.duration_s >= 0.0 && (0..128).contains(&note.pitch)));
    if let Ok(own) = MelodyQuery::from_line(rows.iter().map(|note| note.pitch as u8).take(12)) {
        let found = own.find(&analysis.search.melody_lines);
        assert!(rows.len() < 12 || found.is_some_and(|found| found.score > 0.99));
    }
}

fn measured(bytes: &[u8]) {
    let rows = features(bytes, &LIMITS, &never).expect("what is analysed has features");
    assert_eq!(rows.len(), feature_catalog().count());
    for (row, known) in rows.iter().zip(feature_catalog()) {
        assert_eq!(row.name, known.name);
        let values = row.value.iter().flatten();
        assert!(values.clone().all(|value| value.is_finite()), "{row:?}");
        assert!(row.value.is_none() || values.count() == known.dimensions, "{row:?}");
    }
    let evidence = key_evidence(bytes, &LIMITS).expect("what is analysed has evidence");
    assert!(evidence.iter().flatten().all(|value| value.is_finite()));
    let evidence = rhythm_evidence(bytes, &LIMITS).expect("what is analysed has evidence");
    if let Some(evidence) = evidence {
        let terms = evidence.tempo.iter().flat_map(|(_, terms)| terms);
        assert!(terms.chain(&evidence.meter).all(|value| value.is_finite()));
    }
}

/// One of the functions, which the bytes choose: what it does when it is stopped at one of the moments
/// at which it asks, and under limits that are just enough or not.
fn stop_and_keep_to_limits(bytes: &[u8]) {
    let chosen = hash(bytes);
    let (name, function) = FUNCTIONS[chosen % FUNCTIONS.len()];
    let asked = Cell::new(0);
    let ask_until = |last: usize| {
        asked.set(0);
        function(bytes, &LIMITS, &|| asked.replace(asked.get() + 1) >= last)
    };
    let whole = ask_until(usize::MAX);
    let questions = asked.get();
    let last = chosen / FUNCTIONS.len() % (questions + 1);
    let stopped = ask_until(last);
    if last < questions {
        let is_stopped = stopped.as_ref().is_err_and(|e| e.kind() == ErrorKind::Interrupted);
        assert!(is_stopped, "{name} goes on after question {last}: {stopped:?}");
        assert!(asked.get() <= last + 1 + LAST_QUESTIONS, "{name} asks {} times", asked.get());
    } else {
        assert_eq!(stopped, whole, "{name} says something else when it is asked again");
    }
    let is_too_large = |limits| {
        let result = function(bytes, &limits, &never);
        result.is_err_and(|error| error.kind() == ErrorKind::TooLarge)
    };
    if let Some(max_bytes) = bytes.len().checked_sub(1) {
        assert!(is_too_large(Limits { max_bytes, ..LIMITS }), "{name} takes a byte more");
    }
    let Ok(count) = events(bytes, &LIMITS, &never).map(|events| events.len()) else { return };
    assert_eq!(function(bytes, &Limits { max_events: count, ..LIMITS }, &never), whole, "{name}");
    if let Some(max_events) = count.checked_sub(1) {
        assert!(is_too_large(Limits { max_events, ..LIMITS }), "{name} takes an event more");
    }
}

/// How often it may be asked again on the way out.
const LAST_QUESTIONS: usize = 1;
