//! `midi_features`: the features of jSymbolic 2.2, one row each; `midi_feature_catalog`: what they
//! mean.
//!
//! A `value` has as many elements as the feature has dimensions, and is NULL where the piece has
//! nothing to measure.

use midi_analysis::Feature;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::{from_content, from_path};

#[pg_extern(name = "midi_features", immutable, strict, parallel_safe)]
fn midi_features_content(
    content: &[u8],
) -> Result<
    TableIterator<'static, (name!(name, &'static str), name!(value, Option<Vec<f64>>))>,
    ErrorReport,
> {
    Ok(TableIterator::new(from_content(midi_analysis::features, content)?.into_iter().map(columns)))
}

#[pg_extern(name = "midi_features", volatile, strict, parallel_restricted)]
fn midi_features_path(
    path: &str,
) -> Result<
    TableIterator<'static, (name!(name, &'static str), name!(value, Option<Vec<f64>>))>,
    ErrorReport,
> {
    Ok(TableIterator::new(from_path(midi_analysis::features, path)?.into_iter().map(columns)))
}

fn columns(feature: Feature) -> (&'static str, Option<Vec<f64>>) {
    (feature.name, feature.value)
}

#[pg_extern(immutable, parallel_safe)]
fn midi_feature_catalog() -> TableIterator<
    'static,
    (
        name!(code, &'static str),
        name!(name, &'static str),
        name!(dimensions, i32),
        name!(definition, &'static str),
    ),
> {
    TableIterator::new(
        midi_analysis::feature_catalog().map(|feature| {
            (feature.code, feature.name, feature.dimensions as i32, feature.definition)
        }),
    )
}
