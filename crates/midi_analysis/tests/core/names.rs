//! Key, tempo and tags from the names of files and folders.

mod keys;
mod tempos;

use midi_analysis::Name;
use proptest::prelude::*;

type Expected = (&'static str, Option<f32>, Option<&'static str>);

#[track_caller]
fn check(table: &[Expected]) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|&(path, bpm, key)| {
            let name = Name::of(path);
            let right = name.bpm == bpm && name.key.map(|key| key.to_string()).as_deref() == key;
            (!right).then(|| format!("{path}: {:?} {:?}", name.bpm, name.key))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_of_loops_give_key_and_tempo() {
    check(&[
        ("Cmin_120bpm.mid", Some(120.0), Some("C minor")),
        ("A_maj-90.mid", Some(90.0), Some("A major")),
        ("Dm 140.mid", Some(140.0), Some("D minor")),
        ("140_F#m_Lead.mid", Some(140.0), Some("F# minor")),
        ("Bbmaj.mid", None, Some("Bb major")),
        ("Lofi Keys - 85 BPM - Gm.mid", Some(85.0), Some("G minor")),
        ("VEC3_Bassline_128BPM_Fm.MID", Some(128.0), Some("F minor")),
        ("Pad_Am.mid", None, Some("A minor")),
        ("Am_loop_90.mid", None, Some("A minor")),
        ("C_Minor_Arp_120.mid", Some(120.0), Some("C minor")),
        ("Am Pluck 128.mid", Some(128.0), Some("A minor")),
        ("Fmin_Bass_Loop_174.mid", Some(174.0), Some("F minor")),
        // The number may count files, or belong to a title.
        ("Am Lead On 128.mid", None, Some("A minor")),
        ("90_Am_loop.mid", Some(90.0), Some("A minor")),
        ("Em.mid", None, Some("E minor")),
        ("Melody 03 (Em).midi", None, Some("E minor")),
        ("Hotel California (Bm).mid", None, Some("B minor")),
        ("Arp_C#min_92.5bpm.mid", Some(92.5), Some("C# minor")),
        ("arp_c#min_92,5.mid", Some(92.5), Some("C# minor")),
        ("Lead_CMin120.mid", Some(120.0), Some("C minor")),
        ("120Am.mid", Some(120.0), Some("A minor")),
        ("bpm120 Ebm.mid", Some(120.0), Some("Eb minor")),
        ("tempo=72 key=G.mid", Some(72.0), Some("G major")),
        ("Jam track, key of G.mid", None, Some("G major")),
        ("Jam track in the key of F#m.mid", None, Some("F# minor")),
        ("Key A.mid", None, Some("A major")),
        ("Db min pad.mid", None, Some("C# minor")),
        ("G♯min.mid", None, Some("G# minor")),
        ("B♭ major.mid", None, Some("Bb major")),
        ("Fsmin riff.mid", None, Some("F# minor")),
        ("C_Major_128.kar.gz", Some(128.0), Some("C major")),
        ("Sunset A Minor 140.mid", Some(140.0), Some("A minor")),
        ("piano_A_minor_loop.mid", None, Some("A minor")),
        ("AMaj.mid", None, Some("A major")),
        ("A minor blues.mid", None, Some("A minor")),
        ("Autumn Leaves Gm 120bpm.mid", Some(120.0), Some("G minor")),
        ("Autumn Leaves 120bpm Em take two.mid", Some(120.0), Some("E minor")),
        ("C harmonic minor.mid", None, Some("C minor")),
        ("mel_loop_a#m_150.mid", Some(150.0), Some("Bb minor")),
        ("Blues in F.mid", None, Some("F major")),
    ]);
}

#[test]
fn titles_of_works_give_keys_in_words() {
    check(&[
        ("Sonata in A.mid", None, Some("A major")),
        ("Sonata in A minor, K. 310.mid", None, Some("A minor")),
        ("prelude in a minor.mid", None, Some("A minor")),
        ("Prelude in C.mid", None, Some("C major")),
        ("Mass in B minor BWV 232.mid", None, Some("B minor")),
        ("Nocturne in E-flat major, Op. 9.mid", None, Some("Eb major")),
        ("Ballade No. 1 in G minor Op. 23.mid", None, Some("G minor")),
        ("Prelude C-sharp minor.mid", None, Some("C# minor")),
        ("Toccata und Fuge d-Moll.mid", None, Some("D minor")),
        ("Messe h-moll.mid", None, Some("B minor")),
        ("Klavierkonzert B-Dur.mid", None, Some("Bb major")),
        ("Sonate cis-Moll.mid", None, Some("C# minor")),
        ("Es-Dur.mid", None, Some("Eb major")),
        ("Quintet in Bb.mid", None, Some("Bb major")),
    ]);
}

#[test]
fn folders_count_where_the_file_name_gives_nothing() {
    check(&[
        ("Loops/C minor/120 BPM/03.mid", Some(120.0), Some("C minor")),
        ("Loops/C minor/Gmaj.mid", None, Some("G major")),
        ("BPM/120/beat.mid", Some(120.0), None),
        ("bpm/125 tops.mid", Some(125.0), None),
        ("Drums/120/beat.mid", None, None),
        ("80-100 BPM/beat.mid", None, None),
        ("120 bpm/90 bpm/beat.mid", Some(90.0), None),
    ]);
}

#[test]
fn words_that_look_like_keys_give_none() {
    check(&[
        ("A Day in the Life.mid", None, None),
        ("Am I Wrong.mid", None, None),
        ("Here I Am.mid", None, None),
        ("Here_I_Am.mid", None, None),
        ("Rock Am Ring.mid", None, None),
        ("Let Em In.mid", None, None),
        ("Let 'Em In.mid", None, None),
        ("Fm Synth.mid", None, None),
        ("Radio FM 104.mid", None, None),
        ("Gm Piano.mid", None, None),
        ("GM_120.mid", None, None),
        ("A Minor Incident.mid", None, None),
        ("Wait a min.mid", None, None),
        ("C.mid", None, None),
        ("F#.mid", None, None),
        ("Plan B.mid", None, None),
        ("In A Sentimental Mood.mid", None, None),
        ("In-A-Gadda-Da-Vida.mid", None, None),
        ("Live in D.C..mid", None, None),
        ("Ursa Major.mid", None, None),
        ("Here I Am 90 bpm.mid", Some(90.0), None),
        ("Air on the G string.mid", None, None),
        ("Still D.R.E..mid", None, None),
        ("Johnny B Goode.mid", None, None),
        ("Asia Minor.mid", None, None),
        ("Vitamin.mid", None, None),
        ("Idm.mid", None, None),
        ("IDm.mid", None, None),
        ("Admin.mid", None, None),
    ]);
}

#[test]
fn numbers_that_are_no_tempo_give_none() {
    check(&[
        ("C64.mid", None, None),
        ("In C64.mid", None, None),
        ("1999.mid", None, None),
        ("Track 01.mid", None, None),
        ("Track 120.mid", None, None),
        ("Beethoven Op. 110.mid", None, None),
        ("C minor Op 110.mid", None, Some("C minor")),
        ("Op 110 C minor.mid", None, Some("C minor")),
        ("Haydn Symphony 104 D major.mid", None, Some("D major")),
        ("2021-03-14.mid", None, None),
        ("Cmin 2021.mid", None, Some("C minor")),
        ("Cmin 090.mid", None, Some("C minor")),
        ("Cmin 64th.mid", None, Some("C minor")),
        ("Cmin 80s.mid", None, Some("C minor")),
        ("098 Shuffle.mid", None, None),
        ("EBM 140 bpm.mid", Some(140.0), None),
        ("ebm.mid", None, None),
        ("1000 bpm.mid", None, None),
        ("0 bpm.mid", None, None),
        ("bpm.mid", None, None),
        ("90 bpm 120.mid", Some(90.0), None),
        ("90 bpm to 120 bpm.mid", None, None),
    ]);
}

#[test]
fn chords_and_keys_of_instruments_are_not_the_key_of_the_piece() {
    check(&[
        ("Am7.mid", None, None),
        ("Cmaj7.mid", None, None),
        ("C major 7.mid", None, None),
        ("vi - C#m.mid", None, None),
        ("Bbm (ii).mid", None, None),
        ("Sonata C minor II.mid", None, Some("C minor")),
        ("C Major/Triads/Am - vi.mid", None, Some("C major")),
        ("Am-F-C-G.mid", None, None),
        ("Cmin to Gmin.mid", None, None),
        ("Trumpet in Bb.mid", None, None),
        ("Horn in F.mid", None, None),
        ("Trompete in B.mid", None, None),
        ("So What in D Dorian.mid", None, None),
    ]);
}

#[test]
fn empty_names_give_nothing() {
    check(&[("", None, None), ("/", None, None), (".mid", None, None)]);
}

#[test]
fn names_and_folders_give_tags() {
    let table: &[(&str, &str)] = &[
        ("House/Deep House/HipHop_Loop.mid", "deep house, hip hop, house, loop"),
        ("Lo-Fi/sad_piano.mid", "lo fi, piano, sad"),
        ("lofi hip hop chords.mid", "chords, hip hop, lo fi"),
        ("Drum & Bass/DnB_Bassline.mid", "bassline, drum and bass"),
        ("BossaNova.mid", "bossa nova"),
        ("Bossa Nova/Größe.mid", "bossa nova"),
        ("808s_Trap_140.mid", "808, trap"),
        ("Lead_Cmin_120bpm.mid", "lead"),
        ("Synth Pluck 02.mid", "pluck, synthesizer"),
        ("KSHMR_Melody_Loop_08.mid", "loop, melody"),
        ("Stairway guitar solo.mid", "guitar, solo"),
        ("One Shots/Kick.mid", "kick, one shot"),
        ("Rock/Beatles/Verse 1.mid", "rock, verse"),
        ("R&B.mid", "r&b"),
        ("80's/x.mid", "1980s"),
        ("Étude.mid", "etude"),
        ("E\u{301}tude.mid", "etude"),
        ("Jazz Guitar.mid", "electric guitar, guitar"),
        ("Walking Bass.mid", "bass, walking bass"),
        ("ROCK N ROLL.mid", "rock, rock and roll"),
        // Misleading names: words within words, and phrases within titles.
        ("Population.mid", ""),
        ("Baroque.mid", "baroque"),
        ("Bassoon.mid", "bassoon"),
        ("Contrabass.mid", "double bass"),
        ("Trapped.mid", ""),
        ("Trap Queen.mid", ""),
        ("Scarface.mid", ""),
        ("Housekeeping.mid", ""),
        ("House of the Rising Sun.mid", ""),
        ("Full House.mid", ""),
        ("Lead Me On.mid", ""),
        ("We Will Rock You.mid", ""),
        ("Pop Goes the Weasel.mid", ""),
        ("Captain Hook.mid", ""),
        ("Major Tom.mid", ""),
        ("Jingle Bells.mid", ""),
        ("Daft Punk/Around the World.mid", ""),
        ("Organized.mid", ""),
        ("Soul Man.mid", ""),
        ("Key Largo.mid", "largo"),
    ];
    for (path, tags) in table {
        assert_eq!(Name::of(path).tags.join(", "), *tags, "{path}");
    }
}

#[test]
fn every_word_of_the_vocabulary_gives_its_tag() {
    let kinds =
        ["genre", "origin", "era", "mood", "role", "section", "form", "scale", "instrument"];
    let lines = [
        include_str!("../../src/names/vocabulary/genres.txt"),
        include_str!("../../src/names/vocabulary/origins.txt"),
        include_str!("../../src/names/vocabulary/moods.txt"),
        include_str!("../../src/names/vocabulary/roles.txt"),
        include_str!("../../src/names/vocabulary/forms.txt"),
        include_str!("../../src/names/vocabulary/instruments.txt"),
        include_str!("../../src/names/vocabulary/signs.txt"),
    ]
    .into_iter()
    .flat_map(str::lines);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (kind, rest) = line.split_once(": ").expect(line);
        let silent = matches!(kind, "sign" | "none");
        assert!(silent || kinds.contains(&kind), "{line}");
        let (tag, synonyms) = match silent {
            true => ("", rest),
            false => rest.split_once(" = ").unwrap_or((rest, "")),
        };
        assert!(!tag.contains([',', '~']) && !line.ends_with([',', ' ']), "{line}");
        for word in synonyms.split(", ").chain([tag]).filter(|word| !word.is_empty()) {
            let tags = Name::of(&format!("{}.mid", word.trim_start_matches('~'))).tags;
            assert!(if silent { tags.is_empty() } else { tags.contains(&tag) }, "{word}: {tags:?}");
        }
    }
}

#[test]
fn only_the_end_of_a_long_path_is_parsed() {
    let path = format!("Jazz/{}Cmin.mid", "x/".repeat(100_000));
    let name = Name::of(&path);
    assert_eq!((name.key, name.tags.len()), ("C minor".parse().ok(), 0));
    let name = Name::of(&"jazz ".repeat(1_000_000));
    assert_eq!(name.tags, ["jazz"]);
}

proptest! {
    #[test]
    fn any_name_can_be_parsed(path in "\\PC{0,300}") {
        let name = Name::of(&path);
        prop_assert!(name.bpm.is_none_or(|bpm| (20.0..=400.0).contains(&bpm)));
        prop_assert!(name.tags.is_sorted());
    }

    #[test]
    fn any_combination_of_parts_of_names_can_be_parsed(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "A", "m", "#", "♯", "♭", "b", "min", "maj", "7", "120", "bpm", "in", "key", "of",
                " ", "_", "-", "/", ".", "(", "'", "&", "é", "\u{301}", "İ", "ﬁ", "①", "Jazz", "is",
                "sharp", "flat", "moll", "99999999999999999999", "0", "1.5", "\0", "\u{202e}", "8A",
                "4-4", "la", "menor", "bémol", "Minor_long_B", "[128]", "♩=", "ハ", "長調", "升", "小调", "단조",
                "가", "bach", "i",
            ]),
            0..40,
        )
    ) {
        Name::of(&parts.concat());
    }
}
