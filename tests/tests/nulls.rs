//! NULL for an argument of a function that acts: an error that names the argument, or what the documents say. Nothing is left
//! undone in silence.

use midi_pipeline_tests::surface::{Argument, Function, functions, inputs};
use midi_testkit::cluster::Cluster;
use midi_testkit::folder::Folder;
use postgres::error::SqlState;

/// Arguments that may be NULL, and what it means.
const MEANT: [(&str, &str, &str); 15] = [
    ("midi_create_indexes", "profile", "the one that is remembered"),
    ("midi_distribute", "shards", "two for each node"),
    ("midi_distribute", "replicate_files", "as they are, or else true"),
    ("midi_import", "depth", "as set"),
    ("midi_import", "keep", "as set"),
    ("midi_import", "parts", "as set"),
    ("midi_import_on_nodes", "nodes", "all"),
    ("midi_import_on_nodes", "depth", "as set"),
    ("midi_import_part", "depth", "as set"),
    ("midi_import_part", "settings", "those of the session"),
    ("midi_import_start", "depth", "as set"),
    ("midi_import_wait", "timeout", "without end"),
    ("midi_schedule", "every", "by cron"),
    ("midi_schedule", "cron", "every interval"),
    ("midi_schedule", "depth", "as set"),
];

/// Functions that act: that write, start or end something, or wait for it.
fn acts(function: &Function) -> bool {
    function.writes || function.plain_name() == "midi_import_wait"
}

#[test]
fn a_function_that_acts_says_which_argument_is_null() {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    let mut client = cluster.connect();
    client.execute("SELECT midi_import($1::text)", &[&folder.as_str()]).unwrap();
    inputs(&mut client, folder.as_str());
    let acting: Vec<_> = functions(&mut client).into_iter().filter(acts).collect();
    let mut meant = 0;
    for (function, argument) in
        acting.iter().flat_map(|function| function.arguments.iter().map(move |a| (function, a)))
    {
        let value = |other: &Argument| match other == argument {
            true => format!("NULL::{}", other.kind),
            false => other.input(),
        };
        let sql = format!("SELECT {} FROM public.inputs i", function.call(value));
        client.batch_execute("BEGIN").unwrap();
        let answer = client.query(&sql, &[]);
        client.batch_execute("ROLLBACK").unwrap();
        let refused = answer.err().and_then(|error| error.as_db_error().cloned());
        let refused = refused.filter(|error| *error.code() == SqlState::NULL_VALUE_NOT_ALLOWED);
        let [name, of] = [function.plain_name(), &argument.name];
        if MEANT.iter().any(|(function, argument, _)| (name, of) == (*function, *argument)) {
            meant += 1;
            assert!(refused.is_none(), "{sql}: {refused:?}");
        } else {
            let refused = refused.unwrap_or_else(|| panic!("{sql} takes NULL"));
            assert!(refused.message().starts_with(of), "{sql}: {refused:?}");
            assert!(refused.hint().is_some(), "{sql}: {refused:?}");
        }
    }
    assert_eq!(meant, MEANT.len());
    assert!(acting.len() > 12, "{acting:?}");
}
