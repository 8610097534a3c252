//! Documents in Markdown whose SQL is run: each block marked `sql`, and the block marked `text` that follows it with the
//! output of psql.

use std::fs;
use std::path::Path;

use midi_testkit::cluster::{Cluster, succeed};
use midi_testkit::folder::Folder;

use crate::server_copy::root;

/// A document, split into prose and examples.
pub struct Document {
    parts: Vec<Part>,
}

enum Part {
    Prose(String),
    Example(Example),
}

/// A block of SQL, with the output that the document shows for it.
pub struct Example {
    /// The line of the document at which the SQL begins.
    pub line: usize,
    /// The SQL that psql runs.
    pub sql: String,
    /// The output that the document shows; `None` where it shows none.
    pub output: Option<String>,
}

const SQL: &str = "```sql\n";
const TEXT: &str = "\n```text\n";
const END: &str = "```\n";

/// What the documentation has as examples of searches: the code in the first column of its table.
pub fn searches() -> Vec<String> {
    let document = fs::read_to_string(root().join("docs/search-line.md")).expect("the page");
    let rows = document.split("| written | finds |").nth(1).expect("the table");
    let rows = rows.lines().skip(2).take_while(|row| row.starts_with("| `"));
    let cells = rows.map(|row| row.split(" | ").next().unwrap_or_default());
    let queries: Vec<_> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    assert!(queries.len() > 30, "{queries:?}");
    queries.into_iter().map(str::to_owned).collect()
}

impl Document {
    /// Finds the examples of a Markdown text.
    pub fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((prose, after)) = rest.split_once(SQL) {
            let line = text[..text.len() - after.len()].lines().count() + 1;
            let (sql, after) = after.split_once(END).expect("a block of SQL ends");
            let shown = after
                .strip_prefix(TEXT)
                .map(|shown| shown.split_once(END).expect("a block of text ends"));
            rest = shown.map_or(after, |(_, after)| after);
            let output = shown.map(|(output, _)| output.to_owned());
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

/// What psql prints of a script, without spaces at the ends of lines and without the empty line at the end. The values of
/// `:'name'` are paths.
pub fn psql(cluster: &Cluster, database: &str, variables: &[(&str, &Path)], sql: &str) -> String {
    let script = Folder::new();
    let mut psql = cluster.program("psql");
    psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", database])
        .args(variables.iter().map(|(name, value)| format!("--set={name}={}", value.display())))
        .arg("--file")
        .arg(script.write("example.sql", sql.as_bytes()));
    let output = String::from_utf8(succeed(&mut psql).stdout).expect("psql prints UTF-8");
    let lines: Vec<&str> = output.trim_end().lines().map(str::trim_end).collect();
    lines.iter().map(|line| format!("{line}\n")).collect()
}
