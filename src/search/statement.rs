//! SQL with parameters.
//!
//! All its text are constants of `plan` and `fields`, by the type of [`Statement::add`]; only the names
//! of two schemas are not, which PostgreSQL has quoted.

/// Where the things are that a statement names; each quoted as SQL needs it.
pub(super) struct Places {
    /// The library's schema.
    pub(super) library: String,
    /// That of pg_trgm, where it is installed.
    pub(super) trigrams: Option<String>,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Parameter {
    Whole(i64),
    Real(f64),
    Text(String),
    Texts(Vec<String>),
    Programs(Vec<i16>),
}

/// A part of a statement.
#[derive(Debug, PartialEq)]
enum Piece {
    Sql(String),
    Parameter(usize),
}

/// A statement and the values of its parameters.
pub(super) struct Statement<'a> {
    pub(super) places: &'a Places,
    pieces: Vec<Piece>,
    pub(super) parameters: Vec<Parameter>,
}

impl<'a> Statement<'a> {
    /// A statement without text.
    pub(super) fn empty(places: &'a Places) -> Self {
        Self { places, pieces: Vec::new(), parameters: Vec::new() }
    }

    /// Adds SQL, whose `{}` are parameters, and `{library}` and `{trigrams}` schemas.
    pub(super) fn add(
        &mut self,
        sql: &'static str,
        parameters: impl IntoIterator<Item = Parameter>,
    ) {
        let mut parameters = parameters.into_iter();
        for (number, part) in sql.split('{').enumerate() {
            let text = match part.split_once('}').filter(|_| number > 0) {
                None => part,
                Some((place, text)) => {
                    self.pieces.push(match place {
                        "" => {
                            let value = parameters.next().expect("a value for each parameter");
                            self.parameters.push(value);
                            Piece::Parameter(self.parameters.len() - 1)
                        }
                        "library" => Piece::Sql(self.places.library.clone()),
                        "trigrams" => Piece::Sql(self.places.trigrams.clone().unwrap_or_default()),
                        _ => unreachable!("there is no {{{place}}}"),
                    });
                    text
                }
            };
            self.pieces.push(Piece::Sql(text.to_owned()));
        }
    }

    /// The statement, with what `parameter` makes of the number (from 0) and value of each.
    pub(super) fn write(&self, parameter: impl Fn(usize, &Parameter) -> String) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Sql(sql) => sql.clone(),
            Piece::Parameter(number) => parameter(*number, &self.parameters[*number]),
        };
        self.pieces.iter().map(piece).collect()
    }
}
