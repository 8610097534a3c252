//! Properties of every score, and of any bytes.

use crate::support::{QUARTER, analyze, ended, header, quantity, read, smf, track};
use midi_analysis::{Options, Piece, TimedNote, chord_moment, fingerprint_similarity};
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

fn expected(tracks: &[Vec<Played>]) -> Vec<(u32, u16, u32, u8, u8, u8)> {
    let mut rows = Vec::new();
    for (track, notes) in (0..).zip(tracks) {
        let mut tick = 0;
        for n in notes {
            tick += n.gap;
            rows.push((tick, track, n.length, n.channel, n.pitch, n.velocity));
            tick += n.length;
        }
    }
    rows.sort_by_key(|row| (row.0, row.1));
    rows
}

fn read_back(row: &TimedNote) -> (u32, u16, u32, u8, u8, u8) {
    let note = row.note;
    (note.start, note.track, note.duration(), note.channel, note.pitch, note.velocity)
}

fn all_agree(bytes: &[u8]) {
    let options = Options::default().max_bytes(1 << 20).max_events(50_000);
    let Ok(piece) = Piece::read(bytes, &options) else { return };
    let Ok(analysis) = piece.analysis() else { return };
    let found: Vec<_> = piece.notes().expect("as analysed").collect();
    assert_eq!(found.len(), analysis.file.note_count as usize);
    assert!(found.iter().all(|note| note.duration_s >= 0.0 && note.note.velocity > 0));
    let beats = piece.beats().expect("as analysed").collect::<Vec<_>>();
    assert!(beats.windows(2).all(|pair| pair[0].start_s <= pair[1].start_s));
    assert!(beats.windows(2).all(|pair| pair[0].bar <= pair[1].bar));
    assert!(analysis.rhythm.bpm.is_none_or(|bpm| bpm.is_finite() && bpm > 0.0));
    assert_eq!(piece.events().expect("as analysed").count(), analysis.file.event_count as usize);
    let tracks = piece.tracks().expect("as analysed");
    assert_eq!(tracks.len(), analysis.file.track_count as usize);
    let rows = piece.chords().expect("as analysed");
    assert_eq!(rows.len() as u32, analysis.harmony.chord_count.unwrap_or(0));
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
    let parts = piece.parts().expect("as analysed");
    let notes: usize = parts.iter().map(|part| part.note_count as usize).sum();
    assert_eq!(notes, found.len());
    assert!(
        parts.iter().all(|part| part.bars != Some(0) && part.is_drum == part.program.is_none())
    );
    let sung = piece.melody().expect("as analysed").collect::<Vec<_>>();
    assert!(sung.windows(2).all(|pair| pair[0].start_s <= pair[1].start_s));
    let features = piece.features().expect("as analysed");
    assert!(
        features.iter().flat_map(|feature| feature.value.iter().flatten()).all(|v| v.is_finite())
    );
    let map = piece.tempo_spans().expect("as analysed").collect::<Vec<_>>();
    let end = map.last().expect("a first segment").end_s;
    assert!((end - analysis.tempo.duration_s).abs() <= 1e-6 * end.max(1.0));
}

proptest! {
    #[test]
    fn a_written_score_reads_back_the_same(tracks in vec(vec(played(), 1..40), 1..5)) {
        let file = written(&tracks);
        let found = read(&file).notes().expect("the file has notes").collect::<Vec<_>>();
        prop_assert_eq!(found.iter().map(read_back).collect::<Vec<_>>(), expected(&tracks));
        let analysis = analyze(&file);
        prop_assert!(analysis.file.warnings.is_empty(), "{:?}", analysis.file.warnings);
        let pitched = || found.iter().map(|timed| timed.note).filter(|note| !note.is_drum());
        let sounding = |at| pitched().filter(|note| note.start <= at && at < note.end).count();
        let most = pitched().map(|note| sounding(note.start)).max();
        prop_assert_eq!(analysis.texture.polyphony_max.map(|most| most as usize), most);
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
