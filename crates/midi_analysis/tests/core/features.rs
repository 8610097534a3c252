//! Features of small pieces, with values worked out by hand.

mod edges;
mod parts;
mod pitch;
mod rhythm;
mod vertical;

use crate::support::{QUARTER, note, quantity, read};

const Q: u32 = QUARTER as u32;

/// The values of a feature, if it has any.
fn values(file: &[u8], name: &str) -> Option<Vec<f64>> {
    let found = read(file).features().expect("the file has notes");
    found.into_iter().find(|feature| feature.name == name).expect(name).value
}

fn value(file: &[u8], name: &str) -> Option<f64> {
    values(file, name).map(|values| {
        assert_eq!(values.len(), 1, "{name}");
        values[0]
    })
}

fn all_near(file: &[u8], expected: &[(&str, f64)]) {
    for &(name, expected) in expected {
        let found = value(file, name).unwrap_or_else(|| panic!("{name} has a value"));
        assert!((found - expected).abs() < 1e-9, "{name}: {found}, not {expected}");
    }
}

fn none(file: &[u8], names: &[&str]) {
    for name in names {
        assert_eq!(values(file, name), None, "{name}");
    }
}

/// Pitches together for a number of ticks.
fn chord(channel: u8, pitches: &[u8], ticks: u32) -> Vec<u8> {
    let mut events = Vec::new();
    for &pitch in pitches {
        events.extend([0, 0x90 | channel, pitch, 80]);
    }
    for (index, &pitch) in pitches.iter().enumerate() {
        events.extend(quantity(if index == 0 { ticks } else { 0 }));
        events.extend([0x80 | channel, pitch, 0]);
    }
    events
}

/// Notes of some number of ticks, one after the other.
fn line(channel: u8, notes: &[(u8, u32)]) -> Vec<u8> {
    notes.iter().flat_map(|&(pitch, ticks)| note(0, channel, pitch, ticks)).collect()
}
