//! Searches for chord progressions: how they are written, and where they match.

use crate::support::{QUARTER, analyze, quantity, smf};
use midi_analysis::{Degrees, Harmony, Progression, chord_moment};
use proptest::prelude::*;

const BAR: u32 = 4 * QUARTER as u32;

fn parsed(text: &str) -> Progression {
    Progression::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn grams(text: &str) -> Vec<Vec<String>> {
    parsed(text).grams()
}

/// Whether the progression occurs in these numerals, whose qualities are unknown.
fn place(text: &str, piece: &str) -> Option<usize> {
    parsed(text).find(&piece.split(' ').map(Some).collect(), &[], &|| false)
}

fn looped(text: &str, piece: &str) -> Option<usize> {
    parsed(text).find_loop(&piece.split(' ').map(Some).collect(), &[], &|| false)
}

/// One chord a bar.
fn harmony(chords: &[&[u8]]) -> Harmony {
    let mut track = Vec::new();
    for chord in chords {
        track.extend(chord.iter().flat_map(|&pitch| [0, 0x90, pitch, 80]));
        for (index, &pitch) in chord.iter().enumerate() {
            track.extend(quantity(if index == 0 { BAR } else { 0 }));
            track.extend([0x80, pitch, 0]);
        }
    }
    analyze(&smf(0, &[track])).harmony
}

#[test]
fn numerals_are_read_in_the_usual_spellings() {
    for text in ["ii V I", "ii-V-I", "ii, V, I", "| ii | V | I |", "  ii\tV\nI ", "ii – V – I"]
    {
        assert_eq!(grams(text), [["ii V I"]], "{text}");
    }
    for (text, degrees) in [
        ("♭VII", "bVII"),
        ("#iv", "#iv"),
        ("viio", "vii"),
        ("vii°7", "vii"),
        ("viiø", "vii"),
        ("VII°", "vii"),
        ("viidim", "vii"),
        ("V7", "V"),
        ("Imaj7", "I"),
        ("IVΔ", "IV"),
        ("iim7", "ii"),
        ("iisus4", "II"),
        ("v5", "V"),
        ("V+", "V"),
        ("bV", "#IV"),
        ("I I V V7 I", "I V I"),
    ] {
        assert_eq!(grams(text)[0], [degrees], "{text}");
    }
    assert_eq!(grams("I V vi IV"), [["I V vi", "V vi IV"]]);
    assert_eq!(grams("I V ? IV * ? ii"), [["I V", "IV", "ii"]]);
    assert_eq!(grams("i bVII bVI V"), [["i bVII bVI", "bVII bVI V"], ["i VII VI", "VII VI V"]]);
}

#[test]
fn an_invalid_progression_is_reported_with_its_position() {
    for (text, at, message, hint) in [
        ("", 0, "no chord is named", "ii V I"),
        (" | ", 0, "no chord is named", ""),
        ("? *", 0, "no chord is named", ""),
        ("ii X I", 3, "\"X\" is not a degree", "roman"),
        ("é", 0, "\"é\" is not a degree", ""),
        ("♭♭ I", 0, "is not a degree", ""),
        ("I iV", 2, "\"iV\" is not a degree", ""),
        ("I V/V V", 2, "\"V/V\" is not a degree", "II for V/V"),
        ("I Vmin7", 2, "is not a degree", ""),
        ("I V13", 2, "is not a degree", ""),
    ] {
        let error = Progression::parse(text).expect_err(text);
        assert_eq!(error.offset, at, "{text}: {error:?}");
        assert!(error.reason.contains(message) && error.hint.contains(hint), "{text}: {error:?}");
    }
    let error = Progression::parse(&"I V ".repeat(33)).expect_err("it is too long");
    assert_eq!(error.offset, 4 * 32);
    let error = Progression::parse(&"x".repeat(1 << 20)).expect_err("it is not a degree");
    assert!(error.reason.len() < 100);
}

#[test]
fn a_progression_is_found_where_its_chords_follow_each_other() {
    assert_eq!(place("ii V I", "I ii V I ii V I"), Some(1));
    assert_eq!(place("ii V I", "I ii V vi V I"), None);
    assert_eq!(place("I ? IV V", "I V vi IV V I IV V I vi iii V"), None);
    assert_eq!(place("I ? IV V", "I V vi IV V I ii IV V"), Some(5));
    assert_eq!(place("? V", "V I V"), Some(1));
    assert_eq!(place("V ?", "I V"), None);
    assert_eq!(place("i bVII bVI V", "i iv i VII VI V i"), Some(2));
    assert_eq!(place("I V I V", "I V I"), None);
    let broken: Degrees = [Some("I"), None, Some("V")].into_iter().collect();
    assert_eq!(parsed("I V").find(&broken, &[], &|| false), None);
    assert_eq!(parsed("I ? V").find(&broken, &[], &|| false), None);
    assert_eq!(place("I ? V", "I X V"), Some(0));
}

#[test]
fn a_rotated_progression_is_found_only_where_it_repeats() {
    let axis = "I V vi IV";
    assert_eq!(looped(axis, "vi IV I V"), Some(0));
    assert_eq!(looped(axis, "ii vi IV I V ii V vi IV I V iii"), Some(1));
    assert_eq!(looped(axis, "ii vi IV I V ii"), None);
    assert_eq!(looped(axis, "vi IV V I"), None);
    // Repeated, every rotation contains the progression.
    assert_eq!(place(axis, "vi IV I V vi IV I V"), Some(2));
    // These do not repeat.
    assert_eq!(looped("I IV V I", "IV V I"), None);
    assert_eq!(looped("I V", "V I"), None);
}

#[test]
fn a_degree_finds_its_seventh_chord_but_not_the_reverse() {
    let (ii, ii7): (&[u8], &[u8]) = (&[50, 62, 65, 69], &[50, 60, 65, 69]);
    let (v, v7): (&[u8], &[u8]) = (&[43, 62, 67, 71], &[43, 62, 65, 71]);
    let i: &[u8] = &[48, 60, 64, 67];
    let plain = harmony(&[i, ii, v, i, ii, v, i]);
    let sevenths = harmony(&[i, ii7, v, v7, i, ii7, v7, i]);
    let found = |harmony: &Harmony, text: &str| {
        let degrees = harmony.chord_progression.iter().map(|&n| Some(n)).collect();
        parsed(text).find(&degrees, &harmony.chord_moments, &|| false)
    };
    assert_eq!(plain.chord_progression, ["I", "ii", "V", "I", "ii", "V", "I"]);
    assert_eq!(sevenths.chord_progression, plain.chord_progression);
    for text in ["ii V I", "ii7 V7 I", "iim7 V I"] {
        assert_eq!(found(&sevenths, text), Some(1), "{text}");
    }
    assert_eq!(found(&plain, "ii V I"), Some(1));
    for text in ["ii7 V I", "ii V7 I", "ii Vsus4 I", "Imaj7"] {
        assert_eq!(found(&plain, text), None, "{text}");
    }
    // The first dominant occurs with and without its seventh, the second only with it.
    assert_eq!(found(&sevenths, "V V7 I"), Some(2));
    assert_eq!(found(&sevenths, "V7 I"), Some(2));
}

#[test]
fn each_chord_has_its_time_its_bar_and_its_key() {
    let (i, iv, v): (&[u8], &[u8], &[u8]) =
        (&[48, 60, 64, 67], &[53, 60, 65, 69], &[43, 59, 62, 67]);
    let harmony = harmony(&[i, i, iv, v, i, iv, v, i]);
    assert_eq!(harmony.chord_progression[..3], ["I", "IV", "V"]);
    let moment = chord_moment(&harmony.chord_moments, 2).expect("it has three chords");
    assert_eq!((moment.start_s, moment.bar), (6.0, Some(4)));
    assert_eq!(moment.key.to_string(), "C major");
    let count = harmony.chord_progression.len();
    assert!(chord_moment(&harmony.chord_moments, count - 1).is_some());
    assert_eq!(chord_moment(&harmony.chord_moments, count), None);
}

#[test]
fn damaged_moments_are_ignored() {
    assert_eq!(chord_moment(&[], 0), None);
    assert_eq!(chord_moment(&[0; 9], 0), None);
    assert_eq!(chord_moment(&[255; 10], 0), None);
    assert_eq!(chord_moment(&[0; 10], usize::MAX), None);
    let degrees = [Some("V")].into_iter().collect();
    assert_eq!(parsed("V7").find(&degrees, &[1, 2, 3], &|| false), None);
}

proptest! {
    #[test]
    fn any_text_gives_a_progression_or_the_position_of_an_error(text in "[-iIvVb#7°ø?*mM/,| ♭é0-9]{0,40}") {
        match Progression::parse(&text) {
            Ok(progression) => {
                let grams = progression.grams();
                prop_assert!(!grams.is_empty() && grams.iter().all(|one| !one.is_empty()));
                let (none, null) = (Degrees::default(), [None].into_iter().collect());
                prop_assert_eq!(progression.find(&none, &[], &|| false), None);
                prop_assert_eq!(progression.find_loop(&null, &[], &|| false), None);
            }
            Err(error) => prop_assert!(text.is_char_boundary(error.offset)),
        }
    }

    #[test]
    fn a_piece_with_a_progression_has_all_of_its_grams(piece in "((I|V|vi|IV) ){1,12}", text in "((I|V|vi|[?]) ){0,3}(I|V)") {
        let degrees: Degrees = piece.split_whitespace().map(Some).collect();
        if parsed(&text).find(&degrees, &[], &|| false).is_some() {
            let all = degrees.grams();
            prop_assert!(parsed(&text).grams().iter().any(|grams| grams.iter().all(|g| all.contains(g))));
        }
    }

    #[test]
    fn grams_are_the_distinct_runs_of_degrees(piece in "((I|bVII|#iv|X|-) ){0,40}") {
        let numerals: Vec<_> = piece.split_whitespace().map(|n| (n != "-").then_some(n)).collect();
        let runs = (1..=3).flat_map(|length| numerals.windows(length));
        let whole = runs.filter(|run| run.iter().all(|n| n.is_some_and(|n| n != "X")));
        let mut expected: Vec<String> =
            whole.map(|run| run.iter().copied().flatten().collect::<Vec<_>>().join(" ")).collect();
        expected.sort();
        expected.dedup();
        prop_assert_eq!(numerals.into_iter().collect::<Degrees>().grams(), expected);
    }
}

#[test]
fn a_text_longer_than_any_progression_is_rejected() {
    let error = Progression::parse(&"I ".repeat(5_000_000)).expect_err("a long text");
    assert_eq!((error.offset, error.reason.as_str()), (2_000, "longer than 2000 characters"));
    assert!(Progression::parse(&"I IV ".repeat(32)).is_ok());
}

#[test]
fn a_search_for_a_progression_stops_when_interrupted() {
    let degrees: Degrees =
        ["I", "V"].into_iter().cycle().take(100_000).chain(["IV"]).map(Some).collect();
    let asked = std::cell::Cell::new(0);
    let interrupted = || asked.replace(asked.get() + 1) == 3;
    assert_eq!(parsed("V IV").find(&degrees, &[], &interrupted), None);
    assert_eq!(asked.get(), 4);
    assert_eq!(parsed("V IV").find(&degrees, &[], &|| false), Some(99_999));
}
