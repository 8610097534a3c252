//! Files that are made of events alone.

use midi_analysis::write::{
    ChannelKind, ChannelMessage, Collector, Event, File, MOST_TRACKS, Message, MetaKind, Track,
};
use midi_analysis::{Division, Error, ErrorKind, Limits, Options};

use super::{messages, notes};
use crate::support::read;

const DIVISION: Division = Division::Metrical(96);

fn note(kind: ChannelKind, pitch: u8, velocity: u8) -> Message<'static> {
    ChannelMessage::new(kind, 0, [pitch, velocity]).expect("in range").into()
}

fn to_bytes(file: &File<'_>) -> Result<Vec<u8>, Error> {
    file.to_bytes(&Options::default())
}

#[test]
fn events_in_any_order_are_put_in_that_of_their_ticks() {
    let mut collector = Collector::new(DIVISION, &Limits::DEFAULT);
    let events = [
        (96, note(ChannelKind::NoteOff, 60, 0)),
        (0, Message::meta(MetaKind::MARKER, &b"first"[..])),
        (0, note(ChannelKind::NoteOn, 60, 80)),
    ];
    for (tick, message) in events.clone() {
        collector.add(2, tick, message).expect("an event");
    }
    collector.end(1, 500).expect("a track");
    let bytes = collector.to_bytes(&Options::default()).expect("a file");
    assert_eq!(notes(&bytes), [[0, 96, 0, 60, 80]]);
    let [last, marker, first] = events;
    assert_eq!(messages(&bytes, 2), [marker, first, last]);
    let piece = read(&bytes);
    let file = File::of(&piece).expect("it can be read");
    assert_eq!((file.format, file.tracks.len(), file.tracks[1].end), (1, 3, 500));
}

#[test]
fn a_collector_can_go_on_after_a_file() {
    let mut collector = Collector::new(DIVISION, &Limits::DEFAULT);
    let mut sizes = Vec::new();
    for tick in [300, 200, 100] {
        collector.add(0, tick, note(ChannelKind::NoteOn, 60, 80)).expect("an event");
        let bytes = collector.to_bytes(&Options::default()).expect("a file");
        sizes.push(messages(&bytes, 0).len());
    }
    assert_eq!(sizes, [1, 2, 3]);
}

#[test]
fn no_more_is_collected_than_a_file_may_have() {
    let limits = Limits::DEFAULT.max_events(2).max_bytes(10);
    let mut collector = Collector::new(DIVISION, &limits);
    let text = |length| Message::meta(MetaKind::TEXT, vec![b'a'; length]);
    let kind = |result: Result<(), Error>| result.expect_err("too much").kind();
    assert_eq!(kind(collector.add(MOST_TRACKS, 0, text(1))), ErrorKind::Unwritable);
    assert_eq!(kind(collector.add(0, 0, text(11))), ErrorKind::TooLarge);
    let mut collector = Collector::new(DIVISION, &limits);
    collector.add(0, 0, text(10)).expect("as much as allowed");
    collector.end(0, 5).expect("as many as allowed");
    assert_eq!(kind(collector.end(0, 6)), ErrorKind::TooLarge);
}

#[test]
fn what_no_file_can_hold_is_refused() {
    let track = |ticks: &[u32]| {
        let mut track = Track::default();
        track.events = ticks.iter().map(|&tick| Event::new(tick, Message::tempo(1))).collect();
        track
    };
    let mut files = vec![
        File::new(Division::Metrical(0), vec![track(&[0])]),
        File::new(Division::Metrical(0x8000), vec![track(&[0])]),
        File::new(DIVISION, vec![track(&[5, 4])]),
        File::new(DIVISION, vec![Track::default(); MOST_TRACKS + 1]),
        File { format: 0, ..File::new(DIVISION, vec![track(&[0]), track(&[0])]) },
        File { format: 3, ..File::new(DIVISION, vec![track(&[0])]) },
    ];
    let end = Event::new(0, Message::meta(MetaKind::END_OF_TRACK, &b""[..]));
    files.push(File::new(DIVISION, vec![Track::new(vec![end]).expect("memory")]));
    for file in files {
        let error = to_bytes(&file).expect_err("it cannot be written");
        assert_eq!(error.kind(), ErrorKind::Unwritable, "{error}");
    }
    let most = File::new(DIVISION, vec![Track::default(); MOST_TRACKS]);
    assert_eq!(to_bytes(&most).expect("as many as there can be").len(), 14 + 12 * MOST_TRACKS);
}
