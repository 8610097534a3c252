//! Tempos in names, and numbers that are none.

use super::check;

#[test]
fn a_number_beside_a_meter_is_a_tempo() {
    check(&[
        ("Am 4-4 100.mid", Some(100.0), Some("A minor")),
        ("Nothing Else Em 6-8 69.mid", Some(69.0), Some("E minor")),
        ("All Blues in G 6-8.mid", None, Some("G major")),
        ("120 6-8.mid", Some(120.0), None),
        ("3_4 waltz 90.mid", Some(90.0), None),
        ("1_rock_190_beat_4-4.mid", Some(190.0), None),
        ("6_jazz-swing_215_beat_4-4.mid", Some(215.0), None),
        ("session1_125_funk_95_fill_4-4.mid", Some(95.0), None),
        ("Drums 4_4 110.mid", Some(110.0), None),
        ("100-4-4-rock.mid", Some(100.0), None),
        ("042_2026-01-02_90bpm_7-8.mid", Some(90.0), None),
        ("Song 13 4-4 120 BPM/groove.mid", Some(120.0), None),
        // A formation, dates.
        ("4-4-2.mid", None, None),
        ("12-4-98.mid", None, None),
        ("2021-4-4 120.mid", None, None),
    ]);
}

#[test]
fn a_number_beside_a_key_is_a_tempo_in_the_name_of_a_loop() {
    check(&[
        ("Synth_A_min_100.mid", Some(100.0), Some("A minor")),
        ("Dm-110-funk.mid", Some(110.0), Some("D minor")),
        ("120-Am lead.mid", Some(120.0), Some("A minor")),
        ("(Key of E) 95.mid", Some(95.0), Some("E major")),
        ("LOOP_Fmin_128.mid", Some(128.0), Some("F minor")),
        ("Lead 120 (Am).mid", Some(120.0), Some("A minor")),
        ("Jam in Am 90.mid", Some(90.0), Some("A minor")),
        ("Loop la menor 120.mid", Some(120.0), Some("A minor")),
        ("Groove in E minor 130.mid", Some(130.0), Some("E minor")),
        ("Jazz Trio Am 120.mid", Some(120.0), Some("A minor")),
        ("OS_120_bass_loop_Am.mid", Some(120.0), Some("A minor")),
        ("Gm - Bass - 100.mid", None, Some("G minor")),
        // An index, and a band.
        ("72_Melody_Am.mid", None, Some("A minor")),
        ("Eiffel_65_Blue_Gm.mid", None, None),
        // Lengths and pitches.
        ("Am 64 bars.mid", None, Some("A minor")),
        ("Am 174 Hz.mid", None, Some("A minor")),
        ("Pad in C minor 120 bpm.mid", Some(120.0), Some("C minor")),
    ]);
}

#[test]
fn a_number_in_the_title_of_a_work_is_no_tempo() {
    check(&[
        ("rhapsody_in_g_major_183.mid", None, Some("G major")),
        ("mozart sonata in a minor 81.mid", None, Some("A minor")),
        ("Bach_Prelude_C_minor_99.mid", None, Some("C minor")),
        ("Haydn Sonata 62 Eb major.mid", None, Some("Eb major")),
        ("Sonate en ut mineur 111.mid", None, Some("C minor")),
        ("Соната ля минор 120.mid", None, Some("A minor")),
        ("升c小调奏鸣曲 111.mid", None, Some("C# minor")),
        ("Blues in E 120.mid", None, Some("E major")),
        ("Summer of 69 D major.mid", None, Some("D major")),
        ("Hotel 66 (Am).mid", None, Some("A minor")),
        ("opus_132.mid", None, None),
        ("symphony 40.mid", None, None),
        ("sonata_k_545.mid", None, None),
        ("Étude 25.mid", None, None),
        ("BWV 988.mid", None, None),
        ("track 110.mid", None, None),
        ("take 5.mid", None, None),
        ("99 Luftballons.mid", None, None),
        ("Summer of 69.mid", None, None),
        ("90s House 122.mid", None, None),
        ("House 122.mid", None, None),
    ]);
}

#[test]
fn units_are_read_in_several_forms() {
    check(&[
        ("85bpm_swing.mid", Some(85.0), None),
        ("90-bpm.mid", Some(90.0), None),
        ("at 100bpm.mid", Some(100.0), None),
        ("tempo=92.mid", Some(92.0), None),
        ("bpm128.mid", Some(128.0), None),
        ("kick_095bpm_00042.mid", Some(95.0), None),
        ("120 b.p.m..mid", Some(120.0), None),
        ("100 beats per minute.mid", Some(100.0), None),
        ("♩=120 Lead.mid", Some(120.0), None),
        ("ＢＰＭ１２０.mid", Some(120.0), None),
        ("テンポ120.mid", Some(120.0), None),
        ("速度90.mid", Some(90.0), None),
        ("темп 100.mid", Some(100.0), None),
        ("174DnB.mid", Some(174.0), None),
        ("Pluck Loop [128].mid", Some(128.0), None),
        ("Bass_Loop_Em_Tempo_110.mid", Some(110.0), Some("E minor")),
        ("Up-Tempo 90s Mix.mid", None, None),
        ("101Strings.mid", None, None),
        ("88Keys.mid", None, None),
    ]);
}
