//! Documentation whose SQL is run: every block marked `sql`, and the block marked `text` that follows it and holds what
//! psql prints for it.

/// A document, cut where its examples are.
pub struct Document {
    parts: Vec<Part>,
}

enum Part {
    Prose(String),
    Example(Example),
}

/// A block of SQL, and what it is said to print, if that is said.
pub struct Example {
    /// The line of the document that the SQL begins at.
    pub line: usize,
    /// What psql runs.
    pub sql: String,
    /// What psql prints.
    pub output: Option<String>,
}

const SQL: &str = "```sql\n";
const TEXT: &str = "\n```text\n";
const END: &str = "```\n";

impl Document {
    /// Finds the examples of a Markdown text.
    pub fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((prose, after)) = rest.split_once(SQL) {
            let line = text[..text.len() - after.len()].lines().count() + 1;
            let (sql, after) = after.split_once(END).expect("a block of SQL ends");
            let said = after
                .strip_prefix(TEXT)
                .map(|said| said.split_once(END).expect("a block of text ends"));
            rest = said.map_or(after, |(_, after)| after);
            let output = said.map(|(output, _)| output.to_owned());
            parts.push(Part::Prose(prose.to_owned()));
            parts.push(Part::Example(Example { line, sql: sql.to_owned(), output }));
        }
        parts.push(Part::Prose(rest.to_owned()));
        Self { parts }
    }

    /// The examples, in order.
    pub fn examples(&mut self) -> impl Iterator<Item = &mut Example> {
        self.parts.iter_mut().filter_map(|part| match part {
            Part::Prose(_) => None,
            Part::Example(example) => Some(example),
        })
    }

    /// The Markdown text.
    pub fn text(&self) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Prose(prose) => prose.clone(),
                Part::Example(Example { sql, output: Some(output), .. }) => {
                    [SQL, sql, END, TEXT, output, END].concat()
                }
                Part::Example(Example { sql, output: None, .. }) => [SQL, sql, END].concat(),
            })
            .collect()
    }
}
