//! A library on several machines, by Citus: how its tables are distributed, where they lie, and what an import minds where
//! they are.
//!
//! What belongs to one content lies together, on the node that the hash of the content says, so that joins of music with its
//! search data, bytes and parts stay on a node. Each node has all paths, or else the paths of its music. Jobs and schedules
//! are each node's own: they make processes act as roles, and only the trigger of their own node guards them.
//!
//! All of Citus is called by name, and only where it is there: the extension neither needs nor links it.

mod additions;
mod citus;
mod distribute;
mod empty_nodes;
mod file_keys;
mod index_copies;
mod jobs;
mod numbers;
mod obstacles;
mod placement;
mod writing;

pub(crate) use citus::{is_distributed, places_files_by_content, require_coordinator};
pub(crate) use distribute::distribute;
pub(crate) use jobs::{import, importing_node, progress};
pub(crate) use numbers::require_own as require_own_numbers;
pub(crate) use placement::{Placement, placements};
pub(crate) use writing::{changing_tables, has_nodes, hold_off_other_nodes, write_in_order};
