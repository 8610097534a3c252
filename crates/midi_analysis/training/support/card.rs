//! A file of weights: the card, which says where they come from, then the numbers.

use std::error::Error;
use std::fmt::{self, Display, Formatter, Write};
use std::{env, fs};

use super::corpus::{Count, Set};

/// Values on a line.
const LINE: usize = 12;

/// What is said of weights.
pub struct Card<'a> {
    /// What they are for.
    pub purpose: &'a str,
    /// What they are the weights of.
    pub model: &'a str,
    /// The command that learns them.
    pub trainer: &'a str,
    /// How right they are on pieces not learned from.
    pub score: String,
    /// What they were learned from.
    pub sets: &'a [Set],
    /// Pieces of each set; where each is right or wrong, how many are right.
    pub counts: &'a [Count],
}

/// The score of weights that are right or wrong of each piece by what `measure` says.
pub fn cross_validated(measure: &str, counts: &[Count]) -> String {
    let mean = counts.iter().map(|count| count.share()).sum::<f64>() / counts.len() as f64;
    format!("{measure}, five-fold cross-validation: {mean:.3}, the mean of the sets")
}

/// One constant.
pub struct Weights<'a> {
    /// Its name, in lower case.
    pub name: &'a str,
    /// What it is multiplied with.
    pub about: &'a str,
    /// The numbers or texts.
    pub values: Values,
}

/// A number, a text, or nested lists of either.
#[derive(Clone)]
pub enum Values {
    /// One number.
    One(f64),
    /// One text.
    Text(String),
    /// A list.
    List(Vec<Self>),
}

impl Values {
    /// A list of numbers.
    pub fn row(values: impl IntoIterator<Item = f64>) -> Self {
        Self::List(values.into_iter().map(Self::One).collect())
    }

    fn write(&self, decimals: usize, indent: usize, to: &mut String) -> fmt::Result {
        let list = match self {
            Self::One(number) => return write!(to, "{number:.decimals$}"),
            Self::Text(text) => return write!(to, "{}", Quoted(text)),
            Self::List(list) => list,
        };
        let is_list = |each: &Self| matches!(each, Self::List(_));
        let fits = list.len() <= LINE && !list.iter().any(is_list);
        to.push('[');
        for (index, each) in list.iter().enumerate() {
            if !fits && (is_list(each) || index % LINE == 0) {
                write!(to, "\n{:indent$}", "", indent = indent + 4)?;
            } else if index > 0 {
                to.push(' ');
            }
            each.write(decimals, indent + 4, to)?;
            if !fits || index + 1 < list.len() {
                to.push(',');
            }
        }
        if !fits {
            write!(to, "\n{:indent$}", "")?;
        }
        to.push(']');
        Ok(())
    }
}

/// A text as TOML has it.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                c if c.is_control() => write!(f, "\\u{:04x}", c as u32)?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// Writes the file of weights, of the Rust type `precision`, with so many decimals.
pub fn write(
    path: &str,
    card: &Card<'_>,
    precision: &str,
    decimals: usize,
    weights: &[Weights<'_>],
) -> Result<(), Box<dyn Error>> {
    let mut file = format!("# Written by {}.\nprecision = {precision:?}\n", card.trainer);
    head(card, &mut file)?;
    file += &tables(weights, decimals)?;
    // Only a whole file takes the place of the old one.
    let unfinished = format!("{path}.new");
    fs::write(&unfinished, file)?;
    Ok(fs::rename(unfinished, path)?)
}

/// The weights as they stand below the card.
pub fn tables(weights: &[Weights<'_>], decimals: usize) -> Result<String, fmt::Error> {
    let mut tables = String::new();
    for each in weights {
        write!(tables, "\n[weights.{}]\nabout = {}\nvalues = ", each.name, Quoted(each.about))?;
        each.values.write(decimals, 0, &mut tables)?;
        tables.push('\n');
    }
    Ok(tables)
}

fn head(card: &Card<'_>, to: &mut String) -> Result<(), Box<dyn Error>> {
    let known =
        |name: &str| env::var(name).map_err(|_| format!("{name} is not set: use scripts/train"));
    write!(
        to,
        "\n[card]\npurpose = {}\nmodel = {}\ntrainer = {}\nrevision = {}\ndate = {}\nscore = {}\n",
        Quoted(card.purpose),
        Quoted(card.model),
        Quoted(card.trainer),
        Quoted(&known("TRAINER_REVISION")?),
        Quoted(&known("TRAINING_DATE")?),
        Quoted(&card.score),
    )?;
    eprintln!("{}", card.score);
    for (set, count) in card.sets.iter().zip(card.counts) {
        write!(
            to,
            "\n[[card.data]]\norigin = {}\nlicence = {}\npieces = {}\n",
            Quoted(&set.origin),
            Quoted(&set.licence),
            count.pieces,
        )?;
        eprint!("{:6}  {}", count.pieces, set.origin);
        if count.right.is_some() {
            writeln!(to, "right = {:.4}", count.share())?;
            eprint!("  {:.4}", count.share());
        }
        eprintln!();
    }
    Ok(())
}
