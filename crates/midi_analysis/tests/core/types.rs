//! The types of the model, as they are written.

use midi_analysis::{
    Chord, ErrorKind, Key, KeySignature, Mode, Options, Piece, PitchClass, Quality, TimeSignature,
};

#[test]
fn every_key_has_a_name_that_is_read_back_as_the_key() {
    let names: Vec<String> = Key::all().map(|key| key.to_string()).collect();
    let expected = "C Db D Eb E F F# G Ab A Bb B".split(' ').map(|tonic| format!("{tonic} major"));
    let minor = "C C# D Eb E F F# G G# A Bb B".split(' ').map(|tonic| format!("{tonic} minor"));
    assert_eq!(names, expected.chain(minor).collect::<Vec<_>>());
    for (key, name) in Key::all().zip(&names) {
        assert_eq!(name.parse(), Ok(key));
        assert_eq!(Key::from_index(key.index()), key);
    }
    for wrong in ["", "C", "C Major", "c major", "C# major", "C  major", "H minor", "C major "] {
        assert!(wrong.parse::<Key>().is_err(), "{wrong:?}");
    }
}

#[test]
fn key_signatures_are_named_by_their_sharps_and_flats() {
    let named =
        |fifths, mode| KeySignature::new(fifths, mode).map(|signature| signature.to_string());
    let expected = [
        (-7, "Cb major", "Ab minor"),
        (-1, "F major", "D minor"),
        (0, "C major", "A minor"),
        (1, "G major", "E minor"),
        (6, "F# major", "D# minor"),
        (7, "C# major", "A# minor"),
    ];
    for (fifths, major, minor) in expected {
        assert_eq!(named(fifths, Mode::Major).as_deref(), Some(major));
        assert_eq!(named(fifths, Mode::Minor).as_deref(), Some(minor));
    }
    assert_eq!((named(8, Mode::Major), named(-8, Mode::Minor)), (None, None));
    // Keys that sound the same are one key.
    let seven_flats = KeySignature::new(-7, Mode::Major).expect("a signature");
    assert_eq!(seven_flats.key().to_string(), "B major");
}

#[test]
fn chords_are_written_in_the_syntax_of_harte() {
    let chord = |root, quality, bass| {
        let (root, bass) = (PitchClass::new(root), PitchClass::new(bass));
        Chord { root, quality, bass }.to_string()
    };
    assert_eq!(chord(0, Quality::Major, 0), "C:maj");
    assert_eq!(chord(9, Quality::Minor, 0), "A:min/b3");
    assert_eq!(chord(7, Quality::DominantSeventh, 5), "G:7/b7");
    assert_eq!(chord(11, Quality::DiminishedSeventh, 8), "B:dim7/bb7");
    assert_eq!(Quality::of_name(Quality::DominantSeventh.name()), Some(Quality::DominantSeventh));
}

#[test]
fn pitch_classes_and_time_signatures_have_their_usual_names() {
    let names: Vec<String> = (0..12).map(|n| PitchClass::new(n).to_string()).collect();
    assert_eq!(names.join(" "), "C Db D Eb E F F# G Ab A Bb B");
    assert_eq!(PitchClass::of_pitch(61), PitchClass::new(1));
    assert_eq!(PitchClass::new(2).above(PitchClass::new(11)), 3);
    assert_eq!(TimeSignature::new(6, 8).to_string(), "6/8");
}

#[test]
fn an_error_says_what_is_wrong_and_at_which_byte() {
    let error = Piece::read(b"no music", &Options::default()).map(drop).expect_err("no MIDI");
    assert_eq!(error.kind(), ErrorKind::NotMidi);
    assert_eq!(error.kind().name(), "not_midi");
    let text = error.to_string();
    assert!(text.starts_with("not a MIDI file") && text.ends_with("(at byte 0)"), "{text}");
}
