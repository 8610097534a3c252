//! `midi_features`: the features of jSymbolic 2.2, one row each; `midi_feature_catalog`: what they
//! mean.
//!
//! A `value` has as many elements as the feature has dimensions, and is NULL where the piece has
//! nothing to measure.

use midi_analysis::FeatureDefinition;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::pg::caller::Caller;
use crate::pg::table::Table as TableIterator;

three_forms! {
    "midi_features" as midi_features_content, midi_features_path, midi_features_file
    returns (name!(name, &'static str), name!(value, Option<Vec<f64>>)):
    |source, caller| source.list(caller, |piece| piece.features(), |feature| (feature.name, feature.value))
}

#[pg_extern(immutable, parallel_safe)]
fn midi_feature_catalog<'call>(
    caller: Caller<'call>,
) -> Result<
    TableIterator<
        'call,
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
