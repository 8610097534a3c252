//! One SQL statement for a query.
//!
//! Conditions are on columns that `midi_library`
//! takes over as they are, so that the planner uses the indexes of the tables below it. What may be
//! found in two tables is looked for in each, since no index spans both.

use midi_analysis::Progression;

use super::fields::{Field, Kind, is_always_known};
use super::grammar::{Term, Text, Value, What, parse};
use super::statement::{Parameter, Places, Statement};
use super::values::{self, Span};
use super::{Kind as ProblemKind, Problem};
use crate::text::shown;

/// Most terms of a query, and most values of a term: planning takes longer with each.
const MAX_TERMS: usize = 32;
const MAX_VALUES: usize = 100;
/// Fewest letters of a word whose misspellings are looked for.
const SHORTEST_MISSPELT: usize = 4;

impl<'a> Statement<'a> {
    /// The statement that answers a query with rows of `midi_library`.
    ///
    /// # Errors
    /// Where the query cannot be understood.
    pub(super) fn new(query: &str, max_results: i64, places: &'a Places) -> Result<Self, Problem> {
        let terms = parse(query)?;
        limit(&terms)?;
        let mut statement = Self::empty(places);
        statement.add("SELECT l.*\nFROM {library}.midi_library l", []);
        let mut start = "\nWHERE ";
        let (mut orders, mut wanted, mut known) = (Vec::new(), Vec::new(), Vec::new());
        for term in &terms {
            let (field, values) = match &term.what {
                What::Words(text) => {
                    statement.add(start, []);
                    statement.words(text, term.negated)?;
                    if !term.negated {
                        wanted.push(text.text.to_owned());
                    }
                    start = "\n  AND ";
                    continue;
                }
                What::Field { name, values } => (Field::named(name.text, name.at)?, values),
            };
            if field.kind == Kind::Sort {
                orders.extend(order(values, term.negated)?);
                continue;
            }
            statement.add(start, []);
            start = "\n  AND ";
            statement.add("(", []);
            statement.field(field, values, term.negated)?;
            statement.add(if term.negated { ") IS NOT TRUE" } else { ")" }, []);
            if !term.negated {
                known.extend(field.column());
            }
        }
        statement.order_by(&orders, wanted, &known);
        statement.add("\nLIMIT {}", [Parameter::Whole(max_results)]);
        Ok(statement)
    }

    fn field(&mut self, field: &Field, values: &[Value<'_>], negated: bool) -> Result<(), Problem> {
        match field.kind {
            Kind::Whole(column) => self.any(values, |this, value| {
                let span = Span::whole(value)?;
                this.span(column, span.map(Parameter::Whole), span.is_one());
                Ok(())
            }),
            Kind::Real(column) => self.reals(column, values, false),
            Kind::Time(column) => self.reals(column, values, true),
            Kind::YesNo(column) => self.any(values, |this, value| {
                let yes = values::yes_no(value)?;
                this.add("l.", []);
                this.add(column, []);
                this.add(if yes { " IS TRUE" } else { " IS FALSE" }, []);
                Ok(())
            }),
            Kind::Meter => self.any(values, |this, value| {
                let (beats, unit) = values::meter(value)?;
                this.add(
                    "l.time_signature_numerator = {} AND l.time_signature_denominator = {}",
                    [beats, unit].map(Parameter::Whole),
                );
                Ok(())
            }),
            Kind::Key => {
                let keys = all(values, values::keys)?.concat();
                self.add("l.key_signature = ANY ({})", [Parameter::Texts(keys)]);
                Ok(())
            }
            Kind::Instrument => {
                let programs = all(values, values::programs)?.concat();
                self.add("l.instruments && {}", [Parameter::Programs(programs)]);
                Ok(())
            }
            Kind::Chord => {
                let chords = all(values, values::chord)?;
                self.add("l.chord_types && {}", [Parameter::Texts(chords)]);
                Ok(())
            }
            Kind::Tag => self.tags(values, negated),
            Kind::Progression => self.any(values, |this, value| {
                let (progression, text) = values::progression(value)?;
                this.progression(&progression, text);
                Ok(())
            }),
            Kind::Name => self.any(values, |this, value| {
                let part = Parameter::Text(containing(values::plain(value)?.text));
                this.add("l.filename ILIKE {}", [part]);
                Ok(())
            }),
            Kind::Text => self.any(values, |this, value| {
                let text = values::plain(value)?;
                let words = Parameter::Text(values::words(&text)?);
                this.add(
                    "{library}.midi_words(l.track_names || l.markers || ARRAY[l.lyrics, l.copyright]) \
                     @@ {library}.midi_words_query({}, false)",
                    [words],
                );
                Ok(())
            }),
            Kind::Sort => unreachable!("an order is no condition"),
        }
    }

    /// Any of the values.
    fn any(
        &mut self,
        values: &[Value<'_>],
        mut one: impl FnMut(&mut Self, &Value<'_>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        for (number, value) in values.iter().enumerate() {
            if number > 0 {
                self.add(" OR ", []);
            }
            one(self, value)?;
        }
        Ok(())
    }

    fn reals(
        &mut self,
        column: &'static str,
        values: &[Value<'_>],
        clock: bool,
    ) -> Result<(), Problem> {
        self.any(values, |this, value| {
            this.span(column, Span::real(value, clock)?.map(Parameter::Real), false);
            Ok(())
        })
    }

    fn span(&mut self, column: &'static str, span: Span<Parameter>, is_one: bool) {
        let mut compare = |sql: [&'static str; 2], value: Parameter| {
            self.add(sql[0], []);
            self.add(column, []);
            self.add(sql[1], [value]);
        };
        match (span.from, span.before) {
            (Some(from), _) if is_one => compare(["l.", " = {}"], from),
            (Some(from), Some(before)) => {
                compare(["l.", " >= {}"], from);
                compare([" AND l.", " < {}"], before);
            }
            (Some(from), None) => compare(["l.", " >= {}"], from),
            (None, Some(before)) => compare(["l.", " < {}"], before),
            (None, None) => unreachable!("the grammar has no range without ends"),
        }
    }

    fn tags(&mut self, values: &[Value<'_>], negated: bool) -> Result<(), Problem> {
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

    fn progression(&mut self, progression: &Progression, text: &str) {
        // The grams lie in the index; more than one may be there and not follow each other.
        for (number, grams) in progression.grams().into_iter().enumerate() {
            self.add(if number > 0 { " OR " } else { "(" }, []);
            self.add(
                "{library}.midi_progression_grams(l.chord_progression) @> {}",
                [Parameter::Texts(grams)],
            );
        }
        self.add(")", []);
        if !progression.is_one_gram() {
            self.add(
                " AND {library}.midi_progression_position(l.chord_progression, l.chord_moments, {}, false) \
                 IS NOT NULL",
                [Parameter::Text(text.to_owned())],
            );
        }
    }

    /// A word or phrase of a name or a text. A word may go on, and may be misspelt.
    fn words(&mut self, text: &Text<'_>, negated: bool) -> Result<(), Problem> {
        let words = values::words(text)?;
        let word = || Parameter::Text(words.clone());
        let misspelt = self.places.trigrams.is_some() && words.chars().count() >= SHORTEST_MISSPELT;
        match (negated, text.quoted) {
            (true, _) => self.add(
                "({library}.midi_words(ARRAY[l.filename]) @@ {library}.midi_words_query({}, false)
    OR {library}.midi_words(l.track_names || l.markers || ARRAY[l.lyrics, l.copyright]) @@ \
                 {library}.midi_words_query({}, false)) IS NOT TRUE",
                [word(), word()],
            ),
            (false, true) => self.add(
                "l.file_id IN (
      SELECT w.file_id FROM {library}.midi_library w
      WHERE {library}.midi_words(ARRAY[w.filename]) @@ {library}.midi_words_query({}, false)
      UNION SELECT w.file_id FROM {library}.midi_library w
      WHERE {library}.midi_words(w.track_names || w.markers || ARRAY[w.lyrics, w.copyright])
         @@ {library}.midi_words_query({}, false))",
                [word(), word()],
            ),
            (false, false) => {
                self.add(
                    "l.file_id IN (
      SELECT w.file_id FROM {library}.midi_library w
      WHERE {library}.midi_words(ARRAY[w.filename]) @@ {library}.midi_words_query({}, true)
      UNION SELECT w.file_id FROM {library}.midi_library w
      WHERE {library}.midi_words(w.track_names || w.markers || ARRAY[w.lyrics, w.copyright])
         @@ {library}.midi_words_query({}, true)",
                    [word(), word()],
                );
                if misspelt {
                    self.add(
                        "
      UNION SELECT w.file_id FROM {library}.midi_library w
      WHERE w.filename OPERATOR({trigrams}.%>) {}",
                        [word()],
                    );
                }
                self.add(")", []);
            }
        }
        Ok(())
    }

    /// By what was asked for; else names that have the words first; else in the order of files. What has
    /// no value comes last; nothing need be said of it where the column is `known` or always has one,
    /// and then the largest come first by an index read backwards.
    fn order_by(
        &mut self,
        orders: &[(&'static str, bool)],
        wanted: Vec<String>,
        known: &[&'static str],
    ) {
        self.add("\nORDER BY ", []);
        for (column, descending) in orders {
            self.add("l.", []);
            self.add(column, []);
            self.add(
                match descending {
                    false => ", ",
                    true if known.contains(column) || is_always_known(column) => " DESC, ",
                    true => " DESC NULLS LAST, ",
                },
                [],
            );
        }
        if orders.is_empty() && !wanted.is_empty() {
            for (number, word) in wanted.into_iter().enumerate() {
                self.add(if number > 0 { " + " } else { "" }, []);
                let word = [Parameter::Text(word.clone()), Parameter::Text(word)];
                self.add(
                    "ts_rank({library}.midi_words(ARRAY[l.filename]), {library}.midi_words_query({}, true))",
                    word[..1].to_vec(),
                );
                if self.places.trigrams.is_some() {
                    self.add(" + {trigrams}.word_similarity({}, l.filename)", word[1..].to_vec());
                }
            }
            self.add(" DESC, ", []);
        }
        self.add("l.file_id", []);
    }
}

impl<T: Copy + PartialOrd> Span<T> {
    fn map(self, parameter: fn(T) -> Parameter) -> Span<Parameter> {
        Span { from: self.from.map(parameter), before: self.before.map(parameter) }
    }
}

impl Span<i64> {
    fn is_one(&self) -> bool {
        self.from.zip(self.before).is_some_and(|(from, before)| from + 1 == before)
    }
}

fn all<'v, T>(
    values: &[Value<'v>],
    one: impl Fn(&Value<'v>) -> Result<T, Problem>,
) -> Result<Vec<T>, Problem> {
    values.iter().map(one).collect()
}

/// Columns, and whether the largest comes first.
fn order(values: &[Value<'_>], negated: bool) -> Result<Vec<(&'static str, bool)>, Problem> {
    all(values, |value| {
        let text = values::plain(value)?;
        let (name, descending) = match text.text.strip_prefix('-') {
            Some(name) => (name, !negated),
            None => (text.text, negated),
        };
        let at = text.at + text.text.len() - name.len();
        let column = Field::named(name, at)?.column().ok_or_else(|| {
            let message = format!("\"{}\" is nothing to sort by", shown(name));
            Problem::value(at, message, "Sort by a field of numbers, by name or by key.")
        })?;
        Ok((column, descending))
    })
}

/// A pattern of ILIKE for what contains this text.
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

fn limit(terms: &[Term<'_>]) -> Result<(), Problem> {
    let too_many = |at, what: &str, most: usize| Problem {
        at,
        kind: ProblemKind::Value,
        message: format!("there are too many {what}"),
        hint: format!("At most {most} can be asked for at once."),
    };
    if let Some(term) = terms.get(MAX_TERMS) {
        let at = match &term.what {
            What::Words(text) | What::Field { name: text, .. } => text.at,
        };
        return Err(too_many(at, "conditions", MAX_TERMS));
    }
    for term in terms {
        match &term.what {
            What::Field { name, values } if values.len() > MAX_VALUES => {
                return Err(too_many(name.at, "values", MAX_VALUES));
            }
            _ => {}
        }
    }
    Ok(())
}
