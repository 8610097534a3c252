//! The SQL condition of each kind of field, and of words.
//!
//! Tags and words may be found in either of the two tables below `midi_library`. No index spans both
//! tables, so such a condition is a UNION of two scans.

use midi_analysis::Progression;

use super::error::Error;
use super::fields::{Field, Kind};
use super::grammar::{Text, Value};
use super::statement::{Parameter, Statement};
use super::values::{self, Interval};

/// Shortest word, in characters, for which misspellings are found too.
const SHORTEST_MISSPELT: usize = 4;

/// A condition on a part: a column of it, and the values.
#[derive(Clone, Copy)]
pub(super) struct OfPart<'t> {
    pub(super) column: &'static str,
    pub(super) values: &'t [Value<'t>],
    pub(super) negated: bool,
}

impl Statement<'_> {
    /// The condition that a field has one of the values.
    pub(super) fn condition(
        &mut self,
        field: &Field,
        values: &[Value<'_>],
        negated: bool,
    ) -> Result<(), Error> {
        match field.kind {
            Kind::Integer(column) => self.integers("l.", column, values),
            Kind::Real(column) => self.any(values, |this, value| this.real(column, value, false)),
            Kind::Time(column) => self.any(values, |this, value| this.real(column, value, true)),
            Kind::Boolean(column) => self.any(values, |this, value| this.boolean(column, value)),
            Kind::Meter => self.any(values, Self::meter),
            Kind::Progression => self.any(values, Self::progression),
            Kind::Melody => self.melody(values),
            Kind::Name => self.any(values, Self::filename),
            Kind::Path => self.any(values, Self::path),
            Kind::Folder => self.any(values, Self::folder),
            Kind::Text => self.any(values, Self::text),
            Kind::Form => self.any(values, Self::form),
            Kind::Tag => self.tags(values, negated),
            Kind::Key => {
                let keys = all(values, values::keys)?.concat();
                self.add("l.key_signature = ANY ({})", [Parameter::Texts(keys)]);
                Ok(())
            }
            Kind::Instrument => self.instruments(values),
            Kind::Chord => {
                let chords = all(values, values::chord)?;
                self.add("l.chord_types && {}", [Parameter::Texts(chords)]);
                Ok(())
            }
            Kind::Damage => {
                let kinds = all(values, values::damage)?;
                // The first condition is that of the index.
                self.add(
                    "l.warnings <> ARRAY[]::text[] AND l.damage && {}",
                    [Parameter::Texts(kinds)],
                );
                Ok(())
            }
            Kind::Part | Kind::Sort => {
                unreachable!("the fields part and sort are no such conditions")
            }
        }
    }

    /// The condition `one` for any of the values.
    fn any(
        &mut self,
        values: &[Value<'_>],
        one: impl Fn(&mut Self, &Value<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for (number, value) in values.iter().enumerate() {
            if number > 0 {
                self.add(" OR ", []);
            }
            one(self, value)?;
        }
        Ok(())
    }

    /// The condition that a column of a row has one of the values.
    fn integers(
        &mut self,
        row: &'static str,
        column: &'static str,
        values: &[Value<'_>],
    ) -> Result<(), Error> {
        self.any(values, |this, value| this.integer(row, column, value))
    }

    fn integer(
        &mut self,
        row: &'static str,
        column: &'static str,
        value: &Value<'_>,
    ) -> Result<(), Error> {
        let interval = Interval::integer(value)?;
        match (interval.lower, interval.upper) {
            (Some(lower), Some(upper)) if lower + 1 == upper => {
                self.compare(row, column, " = {}", Parameter::Integer(lower));
            }
            _ => self.interval(row, column, interval.map(Parameter::Integer)),
        }
        Ok(())
    }

    fn real(&mut self, column: &'static str, value: &Value<'_>, clock: bool) -> Result<(), Error> {
        self.interval("l.", column, Interval::real(value, clock)?.map(Parameter::Real));
        Ok(())
    }

    fn interval(&mut self, row: &'static str, column: &'static str, interval: Interval<Parameter>) {
        let (lower, upper) = (interval.lower, interval.upper);
        let both = lower.is_some() && upper.is_some();
        lower.into_iter().for_each(|lower| self.compare(row, column, " >= {}", lower));
        self.add(if both { " AND " } else { "" }, []);
        upper.into_iter().for_each(|upper| self.compare(row, column, " < {}", upper));
    }

    fn compare(
        &mut self,
        before: &'static str,
        column: &'static str,
        comparison: &'static str,
        value: Parameter,
    ) {
        self.add(before, []);
        self.add(column, []);
        self.add(comparison, [value]);
    }

    fn boolean(&mut self, column: &'static str, value: &Value<'_>) -> Result<(), Error> {
        let is_true = values::boolean(value)?;
        self.add("l.", []);
        self.add(column, []);
        self.add(if is_true { " IS TRUE" } else { " IS FALSE" }, []);
        Ok(())
    }

    fn meter(&mut self, value: &Value<'_>) -> Result<(), Error> {
        let (numerator, denominator) = values::meter(value)?;
        self.add(
            "l.time_signature_numerator = {} AND l.time_signature_denominator = {}",
            [numerator, denominator].map(Parameter::Integer),
        );
        Ok(())
    }

    fn filename(&mut self, value: &Value<'_>) -> Result<(), Error> {
        let pattern = containing(values::plain(value)?.text);
        self.add("l.filename ILIKE {}", [Parameter::Text(pattern)]);
        Ok(())
    }

    fn path(&mut self, value: &Value<'_>) -> Result<(), Error> {
        self.place(containing(values::plain(value)?.text));
        Ok(())
    }

    /// A folder is what a slash follows. So is an archive, for the files in it.
    fn folder(&mut self, value: &Value<'_>) -> Result<(), Error> {
        self.place(containing(values::plain(value)?.text.trim_end_matches('/')) + "/%");
        Ok(())
    }

    /// The path of a file and of what it is in an archive, in one text.
    fn place(&mut self, pattern: String) {
        self.add("concat_ws('/', l.path, l.archive_member) ILIKE {}", [Parameter::Text(pattern)]);
    }

    fn text(&mut self, value: &Value<'_>) -> Result<(), Error> {
        let words = values::words(&values::plain(value)?)?;
        self.add(
            "{library}.midi_words(l.track_names || l.markers || ARRAY[l.lyrics, l.title, l.artist, l.copyright]) \
             @@ {library}.midi_words_query({}, false)",
            [Parameter::Text(words)],
        );
        Ok(())
    }

    /// The sections of a piece. Whether repeats are varied matters only where the value says so.
    fn form(&mut self, value: &Value<'_>) -> Result<(), Error> {
        let form = values::form(value)?;
        let condition = match form.contains('\'') {
            true => "l.form = {}",
            false => "pg_catalog.replace(l.form, $$'$$, '') = {}",
        };
        self.add(condition, [Parameter::Text(form.to_owned())]);
        Ok(())
    }

    fn tags(&mut self, values: &[Value<'_>], negated: bool) -> Result<(), Error> {
        let tags = all(values, |value| Ok(values::plain(value)?.text.to_lowercase()))?;
        let tags = [Parameter::Texts(tags.clone()), Parameter::Texts(tags)];
        self.add(
            match negated {
                true => "l.name_tags && {} OR l.music_tags && {}",
                false => {
                    "l.file_id IN (
      SELECT t.file_id FROM {library}.midi_library t WHERE t.name_tags && {}
      UNION SELECT t.file_id FROM {library}.midi_library t WHERE t.music_tags && {})"
                }
            },
            tags,
        );
        Ok(())
    }

    /// Instruments are programs; on the channel of drums, they are pitches.
    fn instruments(&mut self, values: &[Value<'_>]) -> Result<(), Error> {
        let (programs, drums): (Vec<_>, Vec<_>) =
            all(values, values::instrument)?.into_iter().unzip();
        let either =
            [("l.instruments && {}", programs.concat()), ("l.drum_notes && {}", drums.concat())];
        let either = either.into_iter().filter(|(_, numbers)| !numbers.is_empty());
        for (number, (condition, numbers)) in either.enumerate() {
            self.add(if number > 0 { " OR " } else { "" }, []);
            self.add(condition, [Parameter::Smallints(numbers)]);
        }
        Ok(())
    }

    /// The condition that a piece has a part with one of the roles, for which the conditions `of_part` hold.
    pub(super) fn part(
        &mut self,
        roles: &[Value<'_>],
        of_part: &[OfPart<'_>],
    ) -> Result<(), Error> {
        let roles = all(roles, values::role)?;
        self.add(
            "l.content_hash IN (
      SELECT p.content_hash FROM {library}.midi_parts_library p
      WHERE p.role = ANY ({})",
            [Parameter::Texts(roles)],
        );
        for &OfPart { column, values, negated } in of_part {
            self.add(" AND (", []);
            self.integers("p.", column, values)?;
            self.add(if negated { ") IS NOT TRUE" } else { ")" }, []);
        }
        self.add(")", []);
        Ok(())
    }

    /// Melodies are in another table than the view, which few searches need to read.
    fn melody(&mut self, values: &[Value<'_>]) -> Result<(), Error> {
        self.add(
            "l.file_id IN (
      SELECT t.file_id FROM {library}.midi_library_music t
      WHERE ",
            [],
        );
        self.any(values, |this, value| {
            let melody = values::melody(value)?;
            this.add("t.melody OPERATOR({library}.@~) {}", [Parameter::Text(melody)]);
            Ok(())
        })?;
        self.add(")", []);
        Ok(())
    }

    /// The grams of a progression are indexed. A piece may contain several of them that do not follow
    /// each other, so the position of the whole is a second condition.
    fn progression(&mut self, value: &Value<'_>) -> Result<(), Error> {
        let (progression, text) = values::progression(value)?;
        self.progression_grams(&progression);
        if !progression.is_one_gram() {
            self.add(
                " AND {library}.midi_progression_position(l.chord_progression, l.chord_moments, {}, false) \
                 IS NOT NULL",
                [Parameter::Text(text.to_owned())],
            );
        }
        Ok(())
    }

    fn progression_grams(&mut self, progression: &Progression) {
        for (number, grams) in progression.grams().into_iter().enumerate() {
            self.add(if number > 0 { " OR " } else { "(" }, []);
            self.add(
                "{library}.midi_progression_grams(l.chord_progression) @> {}",
                [Parameter::Texts(grams)],
            );
        }
        self.add(")", []);
    }

    /// A word or phrase of the file name or of the texts in the file. A word, unlike a phrase, also
    /// matches words that start with it and misspelt names.
    pub(super) fn words(&mut self, text: &Text<'_>, negated: bool) -> Result<(), Error> {
        let words = values::words(text)?;
        let word = || Parameter::Text(words.clone());
        match (negated, text.quoted) {
            (true, _) => self.add(
                "({library}.midi_words(ARRAY[l.filename]) @@ {library}.midi_words_query({}, false)
    OR {library}.midi_words(l.track_names || l.markers || ARRAY[l.lyrics, l.title, l.artist, l.copyright]) @@ \
                 {library}.midi_words_query({}, false)) IS NOT TRUE",
                [word(), word()],
            ),
            (false, true) => self.add(
                "l.file_id IN (
      SELECT w.file_id FROM {library}.midi_library w
      WHERE {library}.midi_words(ARRAY[w.filename]) @@ {library}.midi_words_query({}, false)
      UNION SELECT w.file_id FROM {library}.midi_library w
      WHERE {library}.midi_words(w.track_names || w.markers || ARRAY[w.lyrics, w.title, w.artist, w.copyright])
         @@ {library}.midi_words_query({}, false))",
                [word(), word()],
            ),
            (false, false) => self.word(&words),
        }
        Ok(())
    }

    fn word(&mut self, word: &str) {
        let parameter = || Parameter::Text(word.to_owned());
        self.add(
            "l.file_id IN (
      SELECT w.file_id FROM {library}.midi_library w
      WHERE {library}.midi_words(ARRAY[w.filename]) @@ {library}.midi_words_query({}, true)
      UNION SELECT w.file_id FROM {library}.midi_library w
      WHERE {library}.midi_words(w.track_names || w.markers || ARRAY[w.lyrics, w.title, w.artist, w.copyright])
         @@ {library}.midi_words_query({}, true)",
            [parameter(), parameter()],
        );
        if self.schemas.trigrams.is_some() && word.chars().count() >= SHORTEST_MISSPELT {
            self.add(
                "
      UNION SELECT w.file_id FROM {library}.midi_library w
      WHERE w.filename OPERATOR({trigrams}.%>) {}",
                [parameter()],
            );
        }
        self.add(")", []);
    }
}

impl<T> Interval<T> {
    fn map(self, parameter: fn(T) -> Parameter) -> Interval<Parameter> {
        Interval { lower: self.lower.map(parameter), upper: self.upper.map(parameter) }
    }
}

fn all<'v, T>(
    values: &[Value<'v>],
    one: impl Fn(&Value<'v>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    values.iter().map(one).collect()
}

/// An ILIKE pattern for names that contain this text.
fn containing(text: &str) -> String {
    let mut pattern = "%".to_owned();
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern + "%"
}
