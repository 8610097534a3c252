//! A file of weights: the card, which says where they come from, then the numbers.

use std::error::Error;
use std::fmt::{self, Display, Formatter, Write};
use std::{env, fs};

use super::corpus::{Count, Set};

/// Numbers on a line.
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
    /// The numbers.
    pub values: Numbers,
}

/// A number, or nested lists of numbers.
pub enum Numbers {
    /// One number.
    One(f64),
    /// A list.
    List(Vec<Self>),
}

impl Numbers {
    /// A list of numbers.
    pub fn row(values: impl IntoIterator<Item = f64>) -> Self {
        Self::List(values.into_iter().map(Self::One).collect())
    }

    fn write(&self, decimals: usize, indent: usize, to: &mut String) -> fmt::Result {
        let Self::List(list) = self else { return write!(to, "{}", Decimal(self, decimals)) };
        if list.len() <= LINE && list.iter().all(|each| matches!(each, Self::One(_))) {
            let numbers: Vec<String> =
                list.iter().map(|number| Decimal(number, decimals).to_string()).collect();
            return write!(to, "[{}]", numbers.join(", "));
        }
        to.push('[');
        for (index, each) in list.iter().enumerate() {
            let goes_on = matches!(each, Self::One(_)) && index % LINE > 0;
            match goes_on {
                true => to.push(' '),
                false => write!(to, "\n{:indent$}", "", indent = indent + 4)?,
            }
            each.write(decimals, indent + 4, to)?;
            to.push(',');
        }
        write!(to, "\n{:indent$}]", "")
    }
}

struct Decimal<'a>(&'a Numbers, usize);

impl Display for Decimal<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Numbers::One(number) => write!(f, "{number:.*}", self.1),
            Numbers::List(_) => Ok(()),
        }
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
    for each in weights {
        write!(file, "\n[weights.{}]\nabout = {:?}\nvalues = ", each.name, each.about)?;
        each.values.write(decimals, 0, &mut file)?;
        file.push('\n');
    }
    // Only a whole file takes the place of the old one.
    let unfinished = format!("{path}.new");
    fs::write(&unfinished, file)?;
    Ok(fs::rename(unfinished, path)?)
}

fn head(card: &Card<'_>, to: &mut String) -> Result<(), Box<dyn Error>> {
    let known =
        |name: &str| env::var(name).map_err(|_| format!("{name} is not set: use scripts/train"));
    write!(
        to,
        "\n[card]\npurpose = {:?}\nmodel = {:?}\ntrainer = {:?}\nrevision = {:?}\ndate = {:?}\nscore = {:?}\n",
        card.purpose,
        card.model,
        card.trainer,
        known("TRAINER_REVISION")?,
        known("TRAINING_DATE")?,
        card.score,
    )?;
    eprintln!("{}", card.score);
    for (set, count) in card.sets.iter().zip(card.counts) {
        write!(
            to,
            "\n[[card.data]]\norigin = {:?}\nlicence = {:?}\npieces = {}\n",
            set.origin, set.licence, count.pieces,
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
