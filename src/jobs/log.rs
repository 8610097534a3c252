//! The server's log on jobs, written once what it tells of is committed. It names the database and the role of a job, which the
//! log does not know of a background worker.

use crate::pg::at_commit;
use crate::text::in_line;

/// A worker begins a job, or resumes it. `names`: its role and the database; `source`: what it imports, in one line.
pub(super) fn begins(job: i64, names: [&str; 2], source: &str, is_first: bool) {
    let what = if is_first { "begins" } else { "resumes" };
    write(job, names, &format!("{what}: {source}"));
}

/// A job ends in a state, for a reason if it has not finished.
pub(super) fn ends(job: i64, names: [&str; 2], state: &str, reason: Option<&str>) {
    let reason = reason.map_or_else(String::new, |reason| format!(": {}", in_line(reason)));
    write(job, names, &format!("is {state}{reason}"));
}

fn write(job: i64, names: [&str; 2], what: &str) {
    let [role, database] = names.map(in_line);
    let line = format!("midi_import job {job} of \"{role}\" in database \"{database}\" {what}");
    at_commit::run(move || pgrx::log!("{line}"));
}
