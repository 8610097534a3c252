//! Keys in the notations of DJs, of loop packs and of other languages.

use std::collections::HashSet;

use midi_analysis::{Key, Name, keys_named};

use super::check;

#[test]
fn every_key_is_read_in_every_notation() {
    for key in Key::all() {
        assert_eq!(Name::of(&format!("{key}.mid")).key, Some(key));
        assert_eq!(keys_named(&key.to_string()), [key]);
    }
    for letters in ["AB", "MD"] {
        let code = |number: usize| letters.chars().map(move |letter| format!("{number}{letter}"));
        let keys = (1..=12).flat_map(code).flat_map(|code| keys_named(&code));
        assert_eq!(keys.collect::<HashSet<_>>().len(), Key::COUNT, "{letters}");
    }
}

#[test]
fn codes_of_djs_are_keys_beside_a_tempo_or_as_a_field_of_a_loop() {
    check(&[
        ("Strings - 8A - 124.mid", Some(124.0), Some("A minor")),
        ("Bass - 5B - 128.mid", Some(128.0), Some("Eb major")),
        // Mixed In Key before or behind artist and title.
        ("8A - 124 - Artist - Title.mid", Some(124.0), Some("A minor")),
        ("01 - Artist - Title - 11B - 128bpm.mid", Some(128.0), Some("A major")),
        ("Artist - Title (Original Mix) - 9A  - 124.mid", Some(124.0), Some("E minor")),
        ("08A_124_Artist_Title.mid", Some(124.0), Some("A minor")),
        ("124_12A_Loop.mid", Some(124.0), Some("C# minor")),
        ("128 - 10B - Some Title.mid", Some(128.0), Some("D major")),
        ("lead 4a 126bpm.mid", Some(126.0), Some("F minor")),
        ("Keys (3A) 95 BPM.mid", Some(95.0), Some("Bb minor")),
        ("Pluck [2B].mid", None, Some("F# major")),
        ("Synth Bass - 6B - Loop.mid", None, Some("Bb major")),
        ("Pluck Loop (1A).mid", None, Some("G# minor")),
        // Open Key.
        ("Arp 1m 128bpm.mid", Some(128.0), Some("A minor")),
        ("Arp - 12d - 128.mid", Some(128.0), Some("F major")),
        ("House Chords - 6m - 125.mid", Some(125.0), Some("G# minor")),
        // Two notations of one key; two keys.
        ("Pad 8A Am 124.mid", Some(124.0), Some("A minor")),
        ("Pad - 8A - Cmin - 124.mid", Some(124.0), None),
    ]);
}

#[test]
fn numbers_with_a_letter_that_are_no_code_give_none() {
    check(&[
        ("8A Main Street.mid", None, None),
        ("Apartment 5B.mid", None, None),
        ("Apartment 5B 120.mid", None, None),
        ("Verse 2A 120 bpm.mid", Some(120.0), None),
        ("Drum Loop 2B 95.mid", None, None),
        ("Fill 3B 100.mid", None, None),
        ("Groove 1A.mid", None, None),
        ("Klasse 5b.mid", None, None),
        ("3D.mid", None, None),
        ("1M.mid", None, None),
        ("12 Days.mid", None, None),
        ("8D Audio.mid", None, None),
        ("Act 1 - 3A - Finale.mid", None, None),
        ("05A - Reprise.mid", None, None),
        ("K331-1a.mid", None, None),
        ("Suite No 2 - 5a - Minuet.mid", None, None),
    ]);
}

#[test]
fn romance_names_of_keys_are_read() {
    check(&[
        ("Estudio en la menor.mid", None, Some("A minor")),
        ("Minueto en sol mayor.mid", None, Some("G major")),
        ("Nocturno en fa sostenido menor.mid", None, Some("F# minor")),
        ("Sinfonía en mi bemol mayor.mid", None, Some("Eb major")),
        ("Concierto nº 1 en mi menor para piano.mid", None, Some("E minor")),
        ("Tárrega - Lágrima mi mayor.mid", None, Some("E major")),
        ("Sonata in do maggiore.mid", None, Some("C major")),
        ("Concerto in si bemolle maggiore.mid", None, Some("Bb major")),
        ("Vivaldi Concerto in la minore.mid", None, Some("A minor")),
        ("Preludio in fa diesis minore.mid", None, Some("F# minor")),
        ("Sonate en ut mineur.mid", None, Some("C minor")),
        ("Impromptu ré bémol majeur.mid", None, Some("Db major")),
        ("Nocturne en do dièse mineur.mid", None, Some("C# minor")),
        ("Fantasia em dó menor.mid", None, Some("C minor")),
        ("Valsa em lá maior.mid", None, Some("A major")),
        ("Choro em sol menor.mid", None, Some("G minor")),
        ("Do majör.mid", None, Some("C major")),
        ("La minör.mid", None, Some("A minor")),
        // The accidental as a sign, and letters.
        ("Fa# mineur.mid", None, Some("F# minor")),
        ("fa♯ mineur.mid", None, Some("F# minor")),
        ("si♭ majeur.mid", None, Some("Bb major")),
        ("mib majeur.mid", None, Some("Eb major")),
        ("Sol#m 120bpm.mid", Some(120.0), Some("G# minor")),
        ("C mayor.mid", None, Some("C major")),
        ("Bajo_la_menor_120bpm.mid", Some(120.0), Some("A minor")),
        ("Acordes Do mayor 95 bpm.mid", Some(95.0), Some("C major")),
        ("Escala de do mayor.mid", None, Some("C major")),
        ("Giro di do maggiore.mid", None, Some("C major")),
    ]);
}

#[test]
fn a_note_of_another_language_is_a_key_at_the_end_of_a_work_s_title() {
    check(&[
        ("Messe en ut.mid", None, Some("C major")),
        ("Concerto en sol.mid", None, Some("G major")),
        ("Missa em Ré.mid", None, Some("D major")),
        ("Sonate en si bémol.mid", None, Some("Bb major")),
        ("Trio in Es.mid", None, Some("Eb major")),
        ("Sonate in Es, op 31.mid", None, Some("Eb major")),
        // Bach's is in B minor; 'think of me'.
        ("Messe en si.mid", None, None),
        ("Piensa en mi.mid", None, None),
        ("En la oscuridad.mid", None, None),
        ("Cis.mid", None, None),
    ]);
}

#[test]
fn romance_words_that_are_no_keys_give_none() {
    check(&[
        // 'The least idea', 'my greatest wish', 'of the minor'.
        ("No tengo la menor idea.mid", None, None),
        ("Mi mayor anhelo.mid", None, None),
        ("Baile do menor.mid", None, None),
        ("Santa Maria La Maggiore.mid", None, None),
        ("Lago Maggiore.mid", None, None),
        ("La Vida.mid", None, None),
        ("Do You Really.mid", None, None),
        ("Sol.mid", None, None),
        ("Mi amor.mid", None, None),
        ("Re: You.mid", None, None),
        ("Fa la la.mid", None, None),
        ("Si.mid", None, None),
        ("Ut.mid", None, None),
        ("Do Re Mi.mid", None, None),
    ]);
}

#[test]
fn germanic_slavic_and_other_names_of_keys_are_read() {
    check(&[
        ("Fuge gis-moll BWV 863.mid", None, Some("G# minor")),
        ("Sonate As dur op 26.mid", None, Some("Ab major")),
        ("Sonate a-moll KV 310.mid", None, Some("A minor")),
        ("Klavierkonzert b-moll.mid", None, Some("Bb minor")),
        ("Symfoni i Ess-dur.mid", None, Some("Eb major")),
        ("Pianokonsert a-mol.mid", None, Some("A minor")),
        ("Konsertto h-molli.mid", None, Some("B minor")),
        ("Sinfonia C-duuri.mid", None, Some("C major")),
        ("Polonez As-dur.mid", None, Some("Ab major")),
        ("Esz-dúr szonáta.mid", None, Some("Eb major")),
        ("fisz-moll.mid", None, Some("F# minor")),
        ("Bb-Dur.mid", None, Some("Bb major")),
        ("H minor.mid", None, Some("B minor")),
        ("Menuet in G groot.mid", None, Some("G major")),
        ("Prelude a klein.mid", None, Some("A minor")),
        ("Sonate in bes klein.mid", None, Some("Bb minor")),
        ("Concert in D grote terts.mid", None, Some("D major")),
        ("Соната до мажор.mid", None, Some("C major")),
        ("Полонез ля-бемоль мажор.mid", None, Some("Ab major")),
        ("Концерт в ми бемоль мажоре.mid", None, Some("Eb major")),
        ("Соната соль минор 120 bpm.mid", Some(120.0), Some("G minor")),
        ("Σονάτα σε λα ελάσσονα.mid", None, Some("A minor")),
        ("Es ist ein Ros.mid", None, None),
        ("As time goes by.mid", None, None),
        ("His.mid", None, None),
        ("Dis.mid", None, None),
        ("Amol.mid", None, None),
        ("A Moll Flanders Story.mid", None, None),
        ("A. Klein - Song.mid", None, None),
        ("Calvin Klein.mid", None, None),
        ("До свидания.mid", None, None),
    ]);
}

#[test]
fn chinese_japanese_and_korean_keys_are_read() {
    check(&[
        ("ハ長調.mid", None, Some("C major")),
        ("ピアノソナタ 変ホ長調.mid", None, Some("Eb major")),
        ("前奏曲 嬰ハ短調.mid", None, Some("C# minor")),
        ("変ロ長調 120.mid", Some(120.0), Some("Bb major")),
        ("ト長調のメヌエット.mid", None, Some("G major")),
        ("Aマイナー 90bpm.mid", Some(90.0), Some("A minor")),
        ("小奏鸣曲 G大调.mid", None, Some("G major")),
        ("月光奏鸣曲升c小调.mid", None, Some("C# minor")),
        ("降B大調.mid", None, Some("Bb major")),
        ("bB大调.mid", None, Some("Bb major")),
        ("b小调.mid", None, Some("B minor")),
        ("♭E大调.mid", None, Some("Eb major")),
        ("다장조.mid", None, Some("C major")),
        ("올림바 단조.mid", None, Some("F# minor")),
        ("내림마장조.mid", None, Some("Eb major")),
        // As macOS writes it, in decomposed letters.
        ("\u{1102}\u{1161}\u{1103}\u{1161}\u{11ab}\u{110c}\u{1169}.mid", None, Some("B minor")),
        // A folk tune; 'monotonous'; two keys.
        ("江南小调.mid", None, None),
        ("노래가단조로워.mid", None, None),
        ("C大调 a小调.mid", None, None),
    ]);
}

#[test]
fn the_mode_may_be_before_the_note() {
    check(&[
        ("Minor_long_B.mid", None, Some("B minor")),
        ("Maj_short_F#.mid", None, Some("F# major")),
        ("02_Major_long_Db_-_ii_V_I_-_Happy.mid", None, Some("Db major")),
        ("10_Minor_hiphop2_F#_-_i_ii_v_III.mid", None, Some("F# minor")),
        ("Minor Swing in A.mid", None, Some("A minor")),
        ("Minor Blues in F.mid", None, Some("F minor")),
        // A progression in a key, and a chord with its degree.
        ("C_Minor_Prog_ii-V-i.mid", None, Some("C minor")),
        ("Cm_ii-V-i.mid", None, Some("C minor")),
        ("chord_12_1_Min_i_-_G#m.mid", None, None),
        ("Dm G C.mid", None, None),
        ("Cm Ab Eb Bb 95bpm.mid", Some(95.0), None),
        ("Pad_Dm_A_01.mid", None, Some("D minor")),
        ("Minor_Swing_B.mid", None, None),
        ("Minor Swing B.mid", None, None),
        ("Ursa Major B.mid", None, None),
        ("Side B - Minor Swing.mid", None, None),
        ("Major Tom.mid", None, None),
    ]);
}

#[test]
fn packs_write_keys_between_underscores() {
    check(&[
        ("KSHMR_Sunset_126_Am.mid", Some(126.0), Some("A minor")),
        ("Toxic_130_Gm_Trumpet.mid", Some(130.0), Some("G minor")),
        ("Her_130_Fm_HighNylon.mid", Some(130.0), Some("F minor")),
        ("NIKO_KEYS_90_Bbm.mid", Some(90.0), Some("Bb minor")),
        ("Brass_Saxophones_01_keyEm_103bpm.mid", Some(103.0), Some("E minor")),
        ("Cymatics - Oracle - 140 BPM F Min.mid", Some(140.0), Some("F minor")),
        ("Demo_120BPM_AMinor_v2.mid", Some(120.0), Some("A minor")),
        ("chord prog 4 (Gm).mid", None, Some("G minor")),
        ("Toccata and Fugue in D (minor).mid", None, Some("D minor")),
        ("Bass Loop - F - Minor - 120 BPM.mid", Some(120.0), Some("F minor")),
        ("140-Gm lead.mid", Some(140.0), Some("G minor")),
        ("Ebmaj7 stab.mid", None, None),
        ("Kick 808 C.mid", None, None),
        ("The_Way_I_Am_100.mid", None, None),
        ("Johnny B - Minor Details.mid", None, None),
        ("Fm Radio 98.mid", None, None),
        ("21_TypeBeat_120BPM_180BPM_Amin.mid", None, Some("A minor")),
    ]);
}
