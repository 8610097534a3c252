//! What can be played together with a piece.
//!
//! *Key.* The natural scales of two keys share all notes or all but one where the keys are the same, relative, or of
//! one mode with tonics a fifth apart. These are a key and its neighbours on the wheel of [`Camelot`]. Drums go with
//! any key. Of a piece with pitches and without a key nothing is known but that drums go with it.
//!
//! *Tempo.* The tempos are equal, or one is the double of the other, after one of them is changed by at most 6 %: by
//! so much a turntable changes the pitch by a semitone.
//!
//! *Distance.* Neighbours in key, drums, double or half the tempo, and a change of tempo by 6 % count 1 each; smaller
//! changes count less, in proportion to the logarithm of the ratio. It is the same from either piece.

use crate::model::camelot::Camelot;
use crate::model::key::Key;

/// How the key of a piece is related to that of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyRelation {
    /// The same key.
    Same,
    /// The key of the other mode with the same notes.
    Relative,
    /// The key of the same mode a fifth above.
    Dominant,
    /// The key of the same mode a fifth below.
    Subdominant,
    /// One of the two has no pitched notes.
    Drums,
}

impl KeyRelation {
    /// Those of two keys.
    const OF_KEYS: [Self; 4] = [Self::Same, Self::Relative, Self::Dominant, Self::Subdominant];

    /// The key that stands in this relation to a key.
    fn of(self, key: Key) -> Key {
        match self {
            Self::Same | Self::Drums => key,
            Self::Relative => key.relative(),
            Self::Dominant => Key::new(key.tonic.transposed(7), key.mode),
            Self::Subdominant => Key::new(key.tonic.transposed(5), key.mode),
        }
    }

    /// `same`, `relative`, `dominant`, `subdominant`, `drums`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Relative => "relative",
            Self::Dominant => "dominant",
            Self::Subdominant => "subdominant",
            Self::Drums => "drums",
        }
    }

    /// By how many semitones music in the related key has to be transposed to share all notes with the other: up, or
    /// down where negative, whichever is nearer.
    pub const fn semitones(self) -> i8 {
        match self {
            Self::Same | Self::Relative | Self::Drums => 0,
            Self::Dominant => 5,
            Self::Subdominant => -5,
        }
    }
}

/// How the tempo of a piece is related to that of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TempoRelation {
    /// About the same tempo.
    Same,
    /// About the double tempo.
    Double,
    /// About half the tempo.
    Half,
}

impl TempoRelation {
    const ALL: [Self; 3] = [Self::Same, Self::Double, Self::Half];

    const fn factor(self) -> f64 {
        match self {
            Self::Same => 1.0,
            Self::Double => 2.0,
            Self::Half => 0.5,
        }
    }

    /// `same`, `double`, `half`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Double => "double",
            Self::Half => "half",
        }
    }
}

/// A key and a range of tempos; what has them can be played together with a given piece.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Counterpart {
    /// The key; `None` for music without one.
    pub key: Option<Key>,
    /// How the key is related to that of the piece.
    pub key_relation: KeyRelation,
    /// Steps on the wheel of [`Camelot`] from the key to that of the piece; `None` for drums.
    pub camelot_distance: Option<u8>,
    /// The tempo that goes with the piece, in quarter notes a minute. Tempos up to [`LARGEST_CHANGE`](Self::LARGEST_CHANGE)
    /// times faster or slower can be changed to it.
    pub bpm: f64,
    /// How the tempo is related to that of the piece.
    pub bpm_relation: TempoRelation,
}

impl Counterpart {
    /// The largest ratio by which a tempo is changed: 6 %.
    pub const LARGEST_CHANGE: f64 = 1.06;

    /// What can be played with a piece of this key, whose tempo is so many quarter notes a minute. `is_pitched`:
    /// whether it has other notes than drums. Nothing fits a tempo that is no finite positive number.
    ///
    /// ```
    /// use midi_analysis::{Counterpart, keys_named};
    ///
    /// let fitting = Counterpart::of(keys_named("Am").first().copied(), true, 90.0);
    /// let has = |key: &str, bpm: f64| {
    ///     fitting.iter().any(|music| music.key == keys_named(key).first().copied() && music.bpm == bpm)
    /// };
    /// assert!(has("C", 90.0) && has("Em", 180.0) && has("Dm", 45.0));
    /// assert!(!has("A", 90.0));
    /// ```
    pub fn of(key: Option<Key>, is_pitched: bool, bpm: f64) -> Vec<Self> {
        let mut keys = vec![(None, KeyRelation::Drums)];
        if let Some(key) = key {
            keys.extend(KeyRelation::OF_KEYS.map(|relation| (Some(relation.of(key)), relation)));
        } else if !is_pitched {
            keys.extend(Key::all().map(|key| (Some(key), KeyRelation::Drums)));
        }
        let tempos = TempoRelation::ALL.map(|relation| (bpm * relation.factor(), relation));
        let tempos = tempos.into_iter().filter(|&(bpm, _)| can_be_changed(bpm));
        tempos
            .flat_map(|(bpm, bpm_relation)| {
                keys.iter().map(move |&(other, key_relation)| Self {
                    key: other,
                    key_relation,
                    camelot_distance: key
                        .zip(other)
                        .map(|(key, other)| Camelot::of(key).distance(Camelot::of(other))),
                    bpm,
                    bpm_relation,
                })
            })
            .collect()
    }

    /// The distance of music in this key, at exactly this tempo, from the piece.
    pub fn least_distance(&self) -> f64 {
        let by_key = self.camelot_distance.unwrap_or(1);
        let by_tempo = u8::from(self.bpm_relation != TempoRelation::Same);
        f64::from(by_key + by_tempo)
    }
}

/// Whether the tempos that can be changed to this one are finite and positive.
fn can_be_changed(bpm: f64) -> bool {
    bpm / Counterpart::LARGEST_CHANGE > 0.0 && (bpm * Counterpart::LARGEST_CHANGE).is_finite()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The notes of a key, as bits; of the natural scale in minor.
    fn notes(key: Key) -> u16 {
        let major = if key.mode.is_minor() { key.relative() } else { key };
        [0, 2, 4, 5, 7, 9, 11]
            .iter()
            .fold(0, |notes, &step| notes | 1 << major.tonic.transposed(step).index())
    }

    /// The counterparts of a key at the same tempo, without drums.
    fn related(key: Key) -> impl Iterator<Item = (Key, Counterpart)> {
        let all = Counterpart::of(Some(key), true, 120.0).into_iter();
        all.filter(|music| music.bpm == 120.0).filter_map(|music| Some((music.key?, music)))
    }

    #[test]
    fn music_that_fits_has_at_most_one_note_that_is_not_of_the_key() {
        for key in Key::all() {
            let fitting: Vec<_> = related(key).collect();
            let alike = |other: &Key| (notes(*other) & !notes(key)).count_ones() <= 1;
            assert!(fitting.iter().all(|(other, _)| alike(other)), "{key}");
            assert_eq!(fitting.len(), 4, "{key}");
            let same_mode = Key::all().filter(|other| other.mode == key.mode && alike(other));
            assert_eq!(same_mode.count(), 3, "{key}");
        }
    }

    #[test]
    fn transposed_music_has_the_notes_of_the_key() {
        for key in Key::all() {
            for (other, music) in related(key) {
                let up = music.key_relation.semitones().rem_euclid(12) as u8;
                let moved = Key::new(other.tonic.transposed(up), other.mode);
                assert_eq!(notes(moved), notes(key), "{other} to {key}");
            }
        }
    }

    #[test]
    fn what_fits_a_piece_is_fitted_by_it_at_the_same_distance() {
        let kinds = Key::all().map(|key| (Some(key), true)).chain([(None, false)]);
        for (key, is_pitched) in kinds {
            for music in Counterpart::of(key, is_pitched, 90.0) {
                let back = Counterpart::of(music.key, music.key.is_some(), music.bpm);
                let mut back = back.iter().filter(|back| back.key == key && back.bpm == 90.0);
                let back = back.next().expect("the piece itself");
                assert_eq!(back.least_distance(), music.least_distance(), "{key:?} {music:?}");
                assert_eq!(back.camelot_distance, music.camelot_distance);
            }
        }
    }

    #[test]
    fn distances_count_keys_drums_and_double_or_half_tempos() {
        let key = Key::from_index(0);
        for music in Counterpart::of(Some(key), true, 100.0) {
            let by_key = match music.key_relation {
                KeyRelation::Same => 0.0,
                _ => 1.0,
            };
            let by_tempo = if music.bpm == 100.0 { 0.0 } else { 1.0 };
            assert_eq!(music.least_distance(), by_key + by_tempo, "{music:?}");
        }
    }

    #[test]
    fn only_drums_fit_pitches_without_a_key_and_drums_fit_everything() {
        let all = Counterpart::of(None, true, 100.0);
        assert!(all.iter().all(|music| music.key.is_none()));
        assert_eq!(all.len(), 3);
        let all = Counterpart::of(None, false, 100.0);
        assert_eq!(all.len(), 3 * 25);
        assert!(all.iter().all(|music| music.key_relation == KeyRelation::Drums));
    }

    #[test]
    fn nothing_fits_a_tempo_that_cannot_be_changed() {
        for bpm in [0.0, -120.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Counterpart::of(None, false, bpm), [], "{bpm}");
        }
        for bpm in [f64::MAX, f64::from_bits(1)] {
            let tempos = Counterpart::of(None, false, bpm).into_iter().map(|music| music.bpm);
            assert!(tempos.clone().all(can_be_changed), "{bpm}");
            assert!(tempos.count() < 3 * 25, "{bpm}");
        }
    }
}
