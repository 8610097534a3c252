//! What the trainers of the learned weights, and what measures them, have in common.
//!
//! A trainer is called `TRAINER WEIGHTS SET...`: the file to write, and what to learn from. `scripts/train` calls it.
// Each example is compiled with all of it and uses a part.
#![allow(dead_code)]

pub mod card;
pub mod corpus;
pub mod firmness;
pub mod folds;
pub mod melody;
pub mod network;
pub mod random;
pub mod regression;
pub mod units;
