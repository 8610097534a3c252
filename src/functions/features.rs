//! `midi_features`: the features of jSymbolic 2.2, one row each; `midi_feature_catalog`: what they
//! mean.
//!
//! A `value` has as many elements as the feature has dimensions, and is NULL where the piece has
//! nothing to measure.

use midi_analysis::{Feature, FeatureDefinition};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::{from_content, from_path};
use crate::pg::caller::Caller;
use crate::pg::table::Table as TableIterator;

#[pg_extern(name = "midi_features", immutable, strict, parallel_safe)]
fn midi_features_content(
    content: &[u8],
    caller: Caller<'_>,
) -> Result<
    TableIterator<'static, (name!(name, &'static str), name!(value, Option<Vec<f64>>))>,
    ErrorReport,
> {
    let rows = from_content(midi_analysis::features, content)?;
    Ok(TableIterator::new(&caller)?.filled(rows.into_iter().map(columns)))
}

#[pg_extern(name = "midi_features", volatile, strict, parallel_restricted)]
fn midi_features_path(
    path: &str,
    caller: Caller<'_>,
) -> Result<
    TableIterator<'static, (name!(name, &'static str), name!(value, Option<Vec<f64>>))>,
    ErrorReport,
> {
    let rows = from_path(midi_analysis::features, path)?;
    Ok(TableIterator::new(&caller)?.filled(rows.into_iter().map(columns)))
}

fn columns(feature: Feature) -> (&'static str, Option<Vec<f64>>) {
    (feature.name, feature.value)
}

#[pg_extern(immutable, parallel_safe)]
fn midi_feature_catalog(
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(code, &'static str),
            name!(name, &'static str),
            name!(dimensions, i32),
            name!(definition, &'static str),
        ),
    >,
    ErrorReport,
> {
    let columns = |feature: FeatureDefinition| {
        (feature.code, feature.name, feature.dimensions as i32, feature.definition)
    };
    Ok(TableIterator::new(&caller)?.filled(midi_analysis::feature_catalog().map(columns)))
}
