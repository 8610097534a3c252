//! The methods of a piece: each agrees with the analysis, keeps to its limits, and stops when it is
//! interrupted.

use std::cell::Cell;
use std::fmt::Debug;

use midi_analysis::training::{
    MELODY_AMONG_FEATURES, MelodyGate, gate_evidence, key_evidence, meter_evidence, note_evidence,
    onset_evidence, tempo_evidence,
};
use midi_analysis::{
    Analysis, Error, ErrorKind, Limits, MelodyQuery, Options, Piece, feature_catalog, keys_named,
};

use crate::analyze::analysis;
use crate::{LIMITS, hash, never, options};

/// Characters of the longest lyrics.
const LONGEST_LYRICS: usize = 65_536;

/// A method of a piece, whose result is shown as text.
type Method = fn(&Piece<'_>) -> Result<String, Error>;

/// Every method that reads a piece.
const METHODS: [(&str, Method); 14] = [
    ("analysis", |piece| piece.analysis().map(shown)),
    ("catalog", |piece| piece.catalog().map(shown)),
    ("events", |piece| piece.events()?.collect::<Result<Vec<_>, _>>().map(shown)),
    ("notes", |piece| all(piece, piece.notes()?)),
    ("tracks", |piece| piece.tracks().map(shown)),
    ("tempo_spans", |piece| all(piece, piece.tempo_spans()?)),
    ("keys", |piece| piece.keys().map(shown)),
    ("parts", |piece| piece.parts().map(shown)),
    ("chords", |piece| piece.chords().map(shown)),
    ("sections", |piece| piece.sections().map(shown)),
    ("beats", |piece| all(piece, piece.beats()?)),
    ("melody", |piece| all(piece, piece.melody()?)),
    ("lyrics", |piece| piece.lyrics()?.collect::<Result<Vec<_>, _>>().map(shown)),
    ("features", |piece| piece.features().map(shown)),
];

fn all<T: Debug>(piece: &Piece<'_>, items: impl Iterator<Item = T>) -> Result<String, Error> {
    piece.interruptible(items).collect::<Result<Vec<_>, _>>().map(shown)
}

/// The result of a method on a file.
fn run(
    method: Method,
    bytes: &[u8],
    limits: Limits,
    stop: &dyn Fn() -> bool,
) -> Result<String, Error> {
    let options = Options::default().limits(limits).interrupted(stop);
    Piece::read(bytes, &options).and_then(|piece| method(&piece))
}

fn shown(rows: impl Debug) -> String {
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
    let piece = Piece::read(bytes, &options()).expect("it was analysed");
    read(&piece, analysis);
    played(&piece, analysis);
    written(&piece, analysis);
    estimated(&piece, analysis);
    sung(&piece, analysis);
    measured(&piece);
}

/// On a file that cannot be analysed all methods fail for the same reason; but where only notes are
/// missing, its events can be read.
fn fail_alike(bytes: &[u8]) {
    let (_, analysis) = METHODS[0];
    let reason = run(analysis, bytes, LIMITS, &never);
    for (name, method) in METHODS {
        let result = run(method, bytes, LIMITS, &never);
        assert!(name == "events" || result == reason, "{name}: {result:?} but {reason:?}");
    }
    let events = |piece: Piece<'_>| piece.events().map(|_| String::new());
    let read = Piece::read(bytes, &options()).and_then(events);
    let has_no_note = reason.as_ref().is_err_and(|error| error.kind() == ErrorKind::NoNotes);
    assert!(read.is_ok() == has_no_note && (has_no_note || read == reason));
}

fn read(piece: &Piece<'_>, analysis: &Analysis) {
    let catalog = piece.catalog().expect("what is analysed has a catalogue entry");
    assert!(catalog.file == analysis.file && catalog.tempo == analysis.tempo);
    assert!(catalog.texts == analysis.texts && catalog.instruments == analysis.instruments);
    assert!(catalog.texture == analysis.texture && catalog.pitch == analysis.pitch);
    assert!(catalog.tags.iter().all(|tag| analysis.tags.contains(tag)));
}

fn played(piece: &Piece<'_>, analysis: &Analysis) {
    let rows: Vec<_> = piece.notes().expect("what is analysed has notes").collect();
    assert_eq!(rows.len(), analysis.file.note_count as usize);
    assert!(rows.is_sorted_by_key(|row| row.note.start));
    let tracks_found = analysis.file.track_count;
    for row in &rows {
        let note = row.note;
        assert!(note.track < tracks_found && note.channel < 16);
        assert!(note.program < 128 && note.pitch < 128 && (1..128).contains(&note.velocity));
        assert!(note.end >= note.start && row.duration_s >= 0.0 && row.start_s >= 0.0);
        assert!((row.start_s + row.duration_s).is_finite());
        assert!(row.bar.is_none_or(|bar| bar >= 1) && row.beat.is_none_or(|beat| beat >= 1.0));
    }
    let end = rows.iter().map(|note| note.start_s + note.duration_s).fold(0.0, f64::max);
    assert!((end - analysis.tempo.duration_s).abs() <= 1e-6 * end.max(1.0));
    let rows = piece.tracks().expect("what is analysed has tracks");
    assert_eq!(rows.len(), tracks_found as usize);
    assert_eq!(rows.iter().map(|track| track.note_count).sum::<u32>(), analysis.file.note_count);
    for (index, track) in rows.iter().enumerate() {
        assert_eq!(usize::from(track.track), index);
        assert_eq!(track.channels.is_empty(), track.note_count == 0);
        assert!(track.first_s <= track.last_s && track.first_s.is_some() == (track.note_count > 0));
    }
}

fn written(piece: &Piece<'_>, analysis: &Analysis) {
    let events = piece.events().expect("what is analysed has events");
    let rows: Vec<_> = events.map(|event| event.expect("nothing interrupts")).collect();
    assert_eq!(rows.len(), analysis.file.event_count as usize);
    assert!(rows.is_sorted_by_key(|event| event.track));
    for pair in rows.windows(2).filter(|pair| pair[0].track == pair[1].track) {
        assert!(pair[0].tick <= pair[1].tick && pair[0].seconds <= pair[1].seconds);
    }
    assert!(rows.iter().all(|event| event.seconds.is_finite()));
    let rows: Vec<_> = piece.tempo_spans().expect("what is analysed has a tempo").collect();
    assert!(rows.first().is_some_and(|row| row.start_tick == 0 && row.start_s == 0.0));
    assert!(rows.is_sorted_by(|a, b| a.start_tick < b.start_tick && a.end_s == b.start_s));
    assert!(rows.iter().all(|row| row.start_s <= row.end_s && row.bpm.is_none_or(|bpm| bpm > 0.0)));
    let end = rows.last().expect("a first span").end_s;
    assert!((end - analysis.tempo.duration_s).abs() <= 1e-6 * end.max(1.0));
}

fn estimated(piece: &Piece<'_>, analysis: &Analysis) {
    let rows = piece.keys().expect("what is analysed has keys or none");
    assert!(rows.is_sorted_by(|a, b| a.end_s <= b.start_s));
    for row in &rows {
        assert!(row.start_s <= row.end_s && (0.0..=1.0).contains(&row.confidence));
        assert_eq!(keys_named(&row.key.to_string()), [row.key]);
    }
    assert_eq!(rows.is_empty(), analysis.key.change_count.is_none());
    let rows = piece.chords().expect("what is analysed has chords or none");
    assert!(rows.is_sorted_by(|a, b| a.end_s <= b.start_s));
    assert!(rows.iter().all(|chord| chord.start_s <= chord.end_s && !chord.symbol().is_empty()));
    assert_eq!(rows.len() as u32, analysis.harmony.chord_count.unwrap_or(0));
    let rows = piece.sections().expect("what is analysed has sections");
    assert!(rows.is_sorted_by(|a, b| a.end_s == b.start_s && a.section_no + 1 == b.section_no));
    assert!(rows.iter().all(|row| row.start_s <= row.end_s && !row.label.is_empty()));
    assert!(rows.iter().all(|row| row.bars.is_none_or(|bars| bars > 0)));
    assert_eq!(rows.len() as u32, analysis.form.section_count);
    let rows: Vec<_> = piece.beats().expect("what is analysed has beats or none").collect();
    assert!(rows.is_sorted_by(|a, b| a.start_s <= b.start_s && a.start_tick <= b.start_tick));
    assert!(rows.is_sorted_by(|a, b| a.bar <= b.bar && a.beat_no + 1 == b.beat_no));
    assert!(rows.iter().all(|beat| beat.start_s.is_finite() && beat.beat_in_bar >= 1));
    let rows: Vec<_> = piece.melody().expect("what is analysed has a melody or none").collect();
    assert!(rows.is_sorted_by(|a, b| a.start_s <= b.start_s));
    assert!(rows.iter().all(|note| note.duration_s >= 0.0 && note.pitch < 128));
    if let Ok(own) = MelodyQuery::from_line(rows.iter().map(|note| note.pitch).take(12)) {
        let found = own.find(&analysis.melody_index.lines);
        assert!(rows.len() < 12 || found.is_some_and(|found| found.score > 0.99));
    }
}

/// The syllables, line by line, are the lyrics.
fn sung(piece: &Piece<'_>, analysis: &Analysis) {
    let rows = piece.lyrics().expect("what is analysed has lyrics or none");
    let rows: Vec<_> = rows.map(|row| row.expect("nothing interrupts")).collect();
    assert!(rows.iter().all(|row| row.start_s.is_finite() && !row.text.is_empty()));
    assert!(rows.is_sorted_by(|a, b| a.line <= b.line));
    let (mut text, mut line) = (String::new(), 1);
    for row in &rows {
        text.extend((line..row.line).map(|_| '\n'));
        text.push_str(&row.text);
        line = row.line;
    }
    let lyrics = analysis.texts.lyrics.as_deref().unwrap_or_default();
    assert!(text.chars().take(LONGEST_LYRICS).eq(lyrics.chars()), "{text:?} but {lyrics:?}");
}

fn measured(piece: &Piece<'_>) {
    let rows = piece.features().expect("what is analysed has features");
    assert_eq!(rows.len(), feature_catalog().count());
    for (row, known) in rows.iter().zip(feature_catalog()) {
        assert_eq!(row.name, known.name);
        let values = row.value.iter().flatten();
        assert!(values.clone().all(|value| value.is_finite()), "{row:?}");
        assert!(row.value.is_none() || values.count() == known.dimensions, "{row:?}");
    }
    evidence(piece);
}

/// What weights are multiplied with are numbers.
fn evidence(piece: &Piece<'_>) {
    const ANALYSED: &str = "what is analysed has evidence";
    let finite = |values: &[f32]| assert!(values.iter().all(|value| value.is_finite()));
    key_evidence(piece).expect(ANALYSED).iter().for_each(|values| finite(values));
    let beats = tempo_evidence(piece).expect(ANALYSED);
    beats.iter().flatten().for_each(|(_, terms)| finite(terms));
    let meter = meter_evidence(piece).expect(ANALYSED);
    meter.iter().flat_map(|meter| &meter.lengths).for_each(|(_, terms)| finite(terms));
    onset_evidence(piece).expect(ANALYSED).iter().for_each(|onset| finite(&onset.inputs));
    gate_evidence(piece).expect(ANALYSED).iter().for_each(|note| finite(&note.features));
    let open = MelodyGate::new([0.0; MELODY_AMONG_FEATURES], 0.0);
    note_evidence(piece, &open).expect(ANALYSED).iter().for_each(|note| finite(&note.features));
}

/// One of the methods, chosen by the bytes: it stops at the moment at which it is interrupted, and it keeps
/// to limits that are just enough, or one too low.
fn stop_and_keep_to_limits(bytes: &[u8]) {
    let chosen = hash(bytes);
    let (name, method) = METHODS[chosen % METHODS.len()];
    let asked = Cell::new(0);
    let interrupt_after = |last: usize| {
        asked.set(0);
        run(method, bytes, LIMITS, &|| asked.replace(asked.get() + 1) >= last)
    };
    let whole = interrupt_after(usize::MAX);
    let calls = asked.get();
    let last = chosen / METHODS.len() % (calls + 1);
    let stopped = interrupt_after(last);
    if last < calls {
        let is_stopped = stopped.as_ref().is_err_and(|e| e.kind() == ErrorKind::Interrupted);
        assert!(is_stopped, "{name} goes on after call {last} of `interrupted`: {stopped:?}");
        assert!(
            asked.get() <= last + 1 + LAST_CALLS,
            "{name} calls `interrupted` {} times",
            asked.get()
        );
    } else {
        assert_eq!(stopped, whole, "{name} gives another result the second time");
    }
    let is_too_large = |limits| {
        let result = run(method, bytes, limits, &never);
        result.is_err_and(|error| error.kind() == ErrorKind::TooLarge)
    };
    if let Some(max_bytes) = bytes.len().checked_sub(1) {
        assert!(is_too_large(LIMITS.max_bytes(max_bytes)), "{name} accepts a byte too many");
    }
    let count = |piece: Piece<'_>| piece.events().map(Iterator::count);
    let Ok(count) = Piece::read(bytes, &options()).and_then(count) else { return };
    let enough = LIMITS.max_events(count);
    assert_eq!(run(method, bytes, enough, &never), whole, "{name}");
    if let Some(max_events) = count.checked_sub(1) {
        assert!(is_too_large(LIMITS.max_events(max_events)), "{name} accepts an event too many");
    }
}

/// How often `interrupted` may be called again after it has returned true.
const LAST_CALLS: usize = 1;
