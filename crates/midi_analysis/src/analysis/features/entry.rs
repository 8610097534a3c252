//! An entry of the catalogue: what a feature is called, what it means, and how it is computed.

use crate::analysis::features::facts::Facts;

/// One feature of a piece.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Feature {
    /// Its name in the catalogue.
    pub name: &'static str,
    /// As many values as the feature has dimensions, all finite; `None` where the piece has nothing
    /// to measure.
    pub value: Option<Vec<f64>>,
}

/// What a feature means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct FeatureDefinition {
    /// Its code in the manual, the group and a number: `P-16`.
    pub code: &'static str,
    /// Its name: `Mean Pitch`.
    pub name: &'static str,
    /// How many values it has.
    pub dimensions: usize,
    /// What the values are, in one sentence.
    pub definition: &'static str,
}

/// How the value of a feature is computed. A value that is not finite counts as missing.
pub(crate) enum Measure {
    One(fn(&Facts) -> f64),
    Many(usize, fn(&Facts) -> Vec<f64>),
}

pub(crate) const fn one(value: fn(&Facts) -> f64) -> Measure {
    Measure::One(value)
}

pub(crate) const fn many(dimensions: usize, values: fn(&Facts) -> Vec<f64>) -> Measure {
    Measure::Many(dimensions, values)
}

/// One feature of the catalogue.
pub(crate) struct Entry {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) definition: &'static str,
    pub(crate) measure: Measure,
}

impl Entry {
    /// What the feature means.
    pub(crate) fn definition(&self) -> FeatureDefinition {
        FeatureDefinition {
            code: self.code,
            name: self.name,
            dimensions: match self.measure {
                Measure::One(_) => 1,
                Measure::Many(dimensions, _) => dimensions,
            },
            definition: self.definition,
        }
    }

    /// Its value in a piece.
    pub(crate) fn feature(&self, facts: &Facts) -> Feature {
        let values = match self.measure {
            Measure::One(value) => vec![value(facts)],
            Measure::Many(_, values) => values(facts),
        };
        // A sum of nothing is -0 in Rust.
        let values: Vec<f64> = values.into_iter().map(|value| value + 0.0).collect();
        let value = Some(values).filter(|values| values.iter().all(|value| value.is_finite()));
        Feature { name: self.name, value }
    }
}

/// A part of the catalogue: code, name, definition and measure of each feature.
macro_rules! catalog {
    ($($code:literal $name:literal $definition:literal $measure:expr;)*) => {
        &[$($crate::analysis::features::entry::Entry {
            code: $code,
            name: $name,
            definition: $definition,
            measure: $measure,
        }),*]
    };
}
pub(crate) use catalog;
