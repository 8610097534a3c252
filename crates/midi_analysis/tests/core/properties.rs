//! Properties of every score, and of any bytes.

use crate::support::{QUARTER, ended, header, quantity, smf, track};
use midi_analysis::{
    Limits, NoteRow, analyze, beats, chord_moment, chords, events, features,
    fingerprint_similarity, melody, notes, tempo_map, tracks,
};
use proptest::collection::vec;
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Played {
    gap: u32,
    length: u32,
    channel: u8,
    pitch: u8,
    velocity: u8,
}

fn played() -> impl Strategy<Value = Played> {
    (0..2_000_u32, 1..5_000_u32, 0..16_u8, 0..128_u8, 1..128_u8).prop_map(
        |(gap, length, channel, pitch, velocity)| Played { gap, length, channel, pitch, velocity },
    )
}

/// Each track plays one note after the other, so that every note-off belongs to exactly one note.
fn written(tracks: &[Vec<Played>]) -> Vec<u8> {
    let track = |notes: &Vec<Played>| -> Vec<u8> {
        notes
            .iter()
            .flat_map(|n| {
                let on = [0x90 | n.channel, n.pitch, n.velocity].to_vec();
                let off = [0x80 | n.channel, n.pitch, 64].to_vec();
                [quantity(n.gap), on, quantity(n.length), off].concat()
            })
            .collect()
    };
    smf(1, &tracks.iter().map(track).collect::<Vec<_>>())
}

fn expected(tracks: &[Vec<Played>]) -> Vec<(i64, i32, i64, i16, i16, i16)> {
    let mut rows = Vec::new();
    for (track, notes) in tracks.iter().enumerate() {
        let mut tick = 0;
        for n in notes {
            tick += i64::from(n.gap);
            rows.push((
                tick,
                track as i32,
                i64::from(n.length),
                n.channel.into(),
                n.pitch.into(),
                n.velocity.into(),
            ));
            tick += i64::from(n.length);
        }
    }
    rows.sort_by_key(|row| (row.0, row.1));
    rows
}

fn read_back(row: &NoteRow) -> (i64, i32, i64, i16, i16, i16) {
    (row.start_tick, row.track, row.duration_ticks, row.channel, row.pitch, row.velocity)
}

fn all_agree(bytes: &[u8]) {
    let limits = Limits { max_bytes: 1 << 20, max_events: 50_000 };
    let Ok(analysis) = analyze(bytes, &limits, &|| false) else { return };
    let found = notes(bytes, &limits, &|| false).expect("as analysed");
    assert_eq!(found.len(), analysis.file.note_count as usize);
    assert!(found.iter().all(|note| note.duration_s >= 0.0 && note.velocity > 0));
    let beats = beats(bytes, &limits, &|| false).expect("as analysed");
    assert!(beats.windows(2).all(|pair| pair[0].start_s <= pair[1].start_s));
    assert!(beats.windows(2).all(|pair| pair[0].bar <= pair[1].bar));
    assert!(analysis.rhythm.bpm.is_none_or(|bpm| bpm.is_finite() && bpm > 0.0));
    let events = events(bytes, &limits, &|| false).expect("as analysed");
    assert_eq!(events.len(), analysis.file.event_count as usize);
    let tracks = tracks(bytes, &limits, &|| false).expect("as analysed");
    assert_eq!(tracks.len(), analysis.file.track_count as usize);
    let rows = chords(bytes, &limits, &|| false).expect("as analysed");
    assert_eq!(rows.len() as i32, analysis.harmony.chord_count.unwrap_or(0));
    assert!(rows.windows(2).all(|pair| pair[0].end_s <= pair[1].start_s));
    assert!(rows.iter().all(|chord| chord.start_s <= chord.end_s));
    let harmony = &analysis.harmony;
    let moment = |index| chord_moment(&harmony.chord_moments, index);
    let moments: Vec<_> = (0..harmony.chord_progression.len()).filter_map(moment).collect();
    assert_eq!(moments.len(), harmony.chord_progression.len());
    assert!(moments.windows(2).all(|pair| pair[0].start_s <= pair[1].start_s));
    if let Some(fingerprint) = &analysis.fingerprint {
        assert!(fingerprint_similarity(fingerprint, fingerprint).is_some());
    }
    let sung = melody(bytes, &limits, &|| false).expect("as analysed");
    assert!(sung.windows(2).all(|pair| pair[0].start_s <= pair[1].start_s));
    let features = features(bytes, &limits, &|| false).expect("as analysed");
    assert!(
        features.iter().flat_map(|feature| feature.value.iter().flatten()).all(|v| v.is_finite())
    );
    let map = tempo_map(bytes, &limits, &|| false).expect("as analysed");
    let end = map.last().expect("a first segment").end_s;
    assert!((end - analysis.tempo.duration_s).abs() <= 1e-6 * end.max(1.0));
}

proptest! {
    #[test]
    fn a_written_score_reads_back_the_same(tracks in vec(vec(played(), 1..40), 1..5)) {
        let file = written(&tracks);
        let found = notes(&file, &Limits::default(), &|| false).expect("notes");
        prop_assert_eq!(found.iter().map(read_back).collect::<Vec<_>>(), expected(&tracks));
        let analysis = analyze(&file, &Limits::default(), &|| false).expect("notes");
        prop_assert!(analysis.file.warnings.is_empty(), "{:?}", analysis.file.warnings);
    }

    #[test]
    fn any_bytes_give_a_result_or_an_error(bytes in vec(any::<u8>(), 0..2_000)) {
        all_agree(&bytes);
    }

    #[test]
    fn any_bytes_in_a_track_give_a_result_or_an_error(bytes in vec(any::<u8>(), 0..2_000)) {
        all_agree(&[header(0, 1, QUARTER), track(&bytes)].concat());
        all_agree(&[header(2, 3, 0xe350), track(&ended(&bytes)), track(&bytes)].concat());
    }

    #[test]
    fn a_damaged_file_gives_a_result_or_an_error(
        tracks in vec(vec(played(), 1..20), 1..4),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut file = written(&tracks);
        for (place, byte) in damage {
            let place = place.index(file.len());
            file[place] = byte;
        }
        all_agree(&file);
        all_agree(&file[..cut.index(file.len())]);
    }
}
