//! The errors of the extension by family, each with its SQLSTATE, message and hint. The errors of a type
//! that only one module knows are made there.

mod content;
mod distribution;
mod editing;
mod files;
mod indexes;
mod jobs;
mod library;
mod limits;
mod pictures;
mod query;
mod removal;
mod schedules;
mod system;
mod tables;
mod writing;

pub(crate) use content::{content, written};
pub(crate) use distribution::{
    check_number_of_nodes, coordinator_without_name, distributes_after_other_work,
    distributes_tables_of_another, files_lie_otherwise, has_shards_already, no_node_chosen,
    no_node_for_shards, no_such_node, no_such_portion, node_fails, node_has_rows, node_is_away,
    node_is_new, node_of_another_version, node_without_copies, not_distributed,
    not_the_coordinator, number_of_shards, obstacle, old_citus, owner_is_no_superuser,
    partitioned_table, rows_are_lost, several_owners, without_citus, writes_nodes_in_one_snapshot,
};
pub(crate) use editing::{
    check_grid, check_key, check_number, check_semitones, check_share, note_row, tell_left_out,
    tell_limited_tempos, tell_transposed, too_many_notes,
};
pub(crate) use files::{archive, file, not_a_server_file_reader};
pub(crate) use indexes::{
    defers_indexes_of_another, index_list_of_another, indexes_of_another, no_such_profile,
};
pub(crate) use jobs::{
    files_keep_ending, job_keeps_ending, job_without_role, no_job_number, no_such_job,
    no_worker_slot, number_of_workers, role_without_login, waits_for_itself, waits_in_one_snapshot,
    workers_do_not_start,
};
pub(crate) use library::{
    content_has_changed, content_not_kept, lacks_columns, lacks_rights, no_content, no_such_file,
};
pub(crate) use limits::{limit_hidden_by_client, limit_is_invalid, no_settings, no_such_depth};
pub(crate) use pictures::{bars, check_bar, check_pixels, no_such_colors};
pub(crate) use query::{
    asks_for_both, check_max_results, check_min_similarity, finds_nothing, given, melody,
    more_results, no_parts, no_such_word, not_in_library, nothing_to_compare, only_cataloged,
    progression, searched_for_connective, searched_for_words, wildcard,
};
pub(crate) use removal::{
    may_not_remove, negative_age, nothing_to_forget, prunes_beside_a_job,
    prunes_beside_a_job_of_node, prunes_in_one_snapshot,
};
pub(crate) use schedules::{
    cron_is_over, interval_or_cron, invalid_cron, never_again, not_preloaded, schedule_of_another,
    too_often,
};
pub(crate) use system::{name_too_long, not_installed, older_objects, statement, threads};
pub(crate) use tables::{
    guard_of_another, not_a_trigger, owner_without_the_rights, written_by_the_extension_only,
};
pub(crate) use writing::{check_division, check_format, event_row, no_such_text, text_of_no_track};
