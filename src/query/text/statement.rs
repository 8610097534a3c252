//! An SQL statement with parameters.
//!
//! [`Statement::add`] takes only constants of the source, so no text from the user can become SQL. The
//! names of two schemas are the exception; PostgreSQL has quoted them.

/// What statements name that depends on the database and on the role: schemas, each quoted where SQL needs it, and columns.
#[derive(Default)]
pub(super) struct Schemas {
    /// The schema of the library.
    pub(super) library: String,
    /// The schema of pg_trgm, if that is installed.
    pub(super) trigrams: Option<String>,
    /// The columns of a row `l` of the view, as the role may read them.
    pub(super) columns: String,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Parameter {
    Integer(i64),
    Real(f64),
    Text(String),
    Texts(Vec<String>),
    /// Programs of instruments, or pitches of drums.
    Smallints(Vec<i16>),
}

/// A part of a statement.
#[derive(Debug, PartialEq)]
enum Part {
    Sql(String),
    /// Index of the parameter.
    Parameter(usize),
}

/// A statement and the values of its parameters.
pub(super) struct Statement<'a> {
    pub(super) schemas: &'a Schemas,
    parts: Vec<Part>,
    pub(super) parameters: Vec<Parameter>,
    /// Whether it asks for what is heard.
    pub(super) asks_for_heard: bool,
    /// Whether it asks for parts.
    pub(super) asks_for_parts: bool,
}

impl<'a> Statement<'a> {
    /// A statement without text.
    pub(super) fn empty(schemas: &'a Schemas) -> Self {
        Self {
            schemas,
            parts: Vec::new(),
            parameters: Vec::new(),
            asks_for_heard: false,
            asks_for_parts: false,
        }
    }

    /// Adds SQL. `{}` stands for a parameter, `{library}` and `{trigrams}` for the schemas, `{columns}` for the columns.
    pub(super) fn add(
        &mut self,
        sql: &'static str,
        parameters: impl IntoIterator<Item = Parameter>,
    ) {
        let mut parameters = parameters.into_iter();
        for (number, part) in sql.split('{').enumerate() {
            let text = match part.split_once('}').filter(|_| number > 0) {
                None => part,
                Some((placeholder, text)) => {
                    self.parts.push(match placeholder {
                        "" => {
                            let value = parameters.next().expect("a value for each parameter");
                            self.parameters.push(value);
                            Part::Parameter(self.parameters.len() - 1)
                        }
                        "library" => Part::Sql(self.schemas.library.clone()),
                        "columns" => Part::Sql(self.schemas.columns.clone()),
                        "trigrams" => Part::Sql(self.schemas.trigrams.clone().unwrap_or_default()),
                        _ => unreachable!("unknown placeholder {{{placeholder}}}"),
                    });
                    text
                }
            };
            self.parts.push(Part::Sql(text.to_owned()));
        }
    }

    /// Adds a number.
    pub(super) fn add_number(&mut self, number: usize) {
        self.parts.push(Part::Sql(number.to_string()));
    }

    /// The text of the statement. `parameter` writes a parameter, given its index from 0 and its value.
    pub(super) fn write(&self, parameter: impl Fn(usize, &Parameter) -> String) -> String {
        let part = |part: &Part| match part {
            Part::Sql(sql) => sql.clone(),
            Part::Parameter(number) => parameter(*number, &self.parameters[*number]),
        };
        self.parts.iter().map(part).collect()
    }
}
