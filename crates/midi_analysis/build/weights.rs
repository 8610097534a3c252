//! Turns the learned weights in `weights/*.toml` into constants, so that nothing is parsed at run time.
//!
//! Each file becomes a module of its name, and each table below `[weights]` a constant in it: a single number a
//! `const`, an array a `static`. A file that lacks a part of its card, or whose rows differ in length, fails the build.

use std::error::Error;
use std::fmt::Write;
use std::fs;

use toml::{Table, Value};

/// What every card says of the weights below it.
const CARD: [&str; 6] = ["purpose", "model", "trainer", "revision", "date", "score"];

/// The modules of all files.
pub(crate) fn code() -> Result<String, Box<dyn Error>> {
    let mut paths: Vec<_> = fs::read_dir("weights")?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let mut code = String::new();
    for path in &paths {
        let name = path.file_stem().and_then(|name| name.to_str()).ok_or("a name is not UTF-8")?;
        let file: Table = fs::read_to_string(path)?.parse()?;
        module(&mut code, name, &file).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(code)
}

fn module(code: &mut String, name: &str, file: &Table) -> Result<(), Box<dyn Error>> {
    let card = table(file, "card")?;
    for field in CARD {
        text(card, field)?;
    }
    let data = card.get("data").and_then(Value::as_array).ok_or("card.data is missing")?;
    if data.is_empty() {
        text(card, "note").map_err(|_| "neither card.data nor a note on why there is none")?;
    }
    for set in data {
        let set = set.as_table().ok_or("card.data is no list of tables")?;
        text(set, "origin")?;
        text(set, "licence")?;
        set.get("pieces").and_then(Value::as_integer).ok_or("pieces are missing in card.data")?;
    }
    let precision = text(file, "precision")?;
    writeln!(code, "/// {}\npub(crate) mod {name} {{", text(card, "purpose")?)?;
    for (constant, weights) in table(file, "weights")? {
        let weights = weights.as_table().ok_or_else(|| format!("{constant} is no table"))?;
        let values = weights.get("values").ok_or_else(|| format!("{constant} has no values"))?;
        let kind = if values.is_array() { "static" } else { "const" };
        writeln!(
            code,
            "    /// {}\n    pub(crate) {kind} {}: {} = {};",
            text(weights, "about")?,
            constant.to_uppercase(),
            shape(values, precision)?,
            literal(values)?,
        )?;
    }
    writeln!(code, "}}")?;
    Ok(())
}

/// The type of a number, of a text, or of nested arrays of either.
fn shape(values: &Value, precision: &str) -> Result<String, Box<dyn Error>> {
    let rows = match values {
        Value::Array(rows) => rows,
        Value::String(_) => return Ok("&str".to_owned()),
        _ => return Ok(precision.to_owned()),
    };
    let first = shape(rows.first().ok_or("an array is empty")?, precision)?;
    for row in rows {
        if shape(row, precision)? != first {
            return Err("rows of an array differ in length".into());
        }
    }
    Ok(format!("[{first}; {}]", rows.len()))
}

fn literal(values: &Value) -> Result<String, Box<dyn Error>> {
    match values {
        // The shortest decimal that reads as the same number.
        Value::String(text) => Ok(format!("{text:?}")),
        Value::Float(number) if number.is_finite() => Ok(format!("{number:?}")),
        Value::Array(rows) => {
            let rows = rows.iter().map(literal).collect::<Result<Vec<_>, _>>()?;
            Ok(format!("[{}]", rows.join(", ")))
        }
        other => Err(format!("{other:?} is no text, and no number with a decimal point").into()),
    }
}

fn table<'a>(parent: &'a Table, name: &str) -> Result<&'a Table, String> {
    parent.get(name).and_then(Value::as_table).ok_or_else(|| format!("[{name}] is missing"))
}

fn text<'a>(parent: &'a Table, name: &str) -> Result<&'a str, String> {
    parent.get(name).and_then(Value::as_str).ok_or_else(|| format!("the text {name} is missing"))
}
