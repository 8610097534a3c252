//! From every class of problem to its SQLSTATE, in one place.

use midi_analysis::ErrorKind;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiError;
use rustix::io::Errno;

use crate::files::FileError;
use crate::pg::bookkeeping::Unfit;
use crate::pg::foreign_code::ForeignCode;
use crate::pg::memory::OUT_OF_MEMORY_HINT;
use crate::text::shown;

/// The error for MIDI content that gave no analysis. `place` says where the content came from.
pub(crate) fn content(error: &midi_analysis::Error, place: Option<&str>) -> ErrorReport {
    let (code, hint) = match error.kind() {
        ErrorKind::NotMidi => (
            PgSqlErrorCode::ERRCODE_INVALID_BINARY_REPRESENTATION,
            "A standard MIDI file is expected, bare or inside gzip or RIFF.",
        ),
        ErrorKind::BadContainer => (
            PgSqlErrorCode::ERRCODE_INVALID_BINARY_REPRESENTATION,
            "The compressed file is damaged. Decompress it with another program, or copy it again.",
        ),
        ErrorKind::NoNotes => (
            PgSqlErrorCode::ERRCODE_DATA_EXCEPTION,
            "The file holds no note to describe. midi_events shows what it does hold.",
        ),
        ErrorKind::TooLarge => (
            PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
            "See the settings midi_pipeline.max_file_size and midi_pipeline.max_events.",
        ),
        ErrorKind::OutOfMemory => (PgSqlErrorCode::ERRCODE_OUT_OF_MEMORY, OUT_OF_MEMORY_HINT),
        ErrorKind::Interrupted => {
            (PgSqlErrorCode::ERRCODE_QUERY_CANCELED, "The analysis was stopped before it was done.")
        }
        _ => (PgSqlErrorCode::ERRCODE_DATA_EXCEPTION, "The content cannot be analyzed."),
    };
    let message = match place {
        Some(path) => format!("could not analyze \"{}\": {error}", shown(path)),
        None => format!("could not analyze MIDI content: {error}"),
    };
    ErrorReport::new(code, message, "midi_analysis").set_hint(hint)
}

/// The error for a server file that was not read.
pub(crate) fn file(error: &FileError, path: &str) -> ErrorReport {
    use PgSqlErrorCode as Code;
    let (code, hint) = match error {
        FileError::Relative => (
            Code::ERRCODE_INVALID_NAME,
            "Give the path from the root of the server's file system, or cast content to bytea.",
        ),
        FileError::Outside => (
            Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
            "A superuser can add its directory to midi_pipeline.allowed_directories.",
        ),
        FileError::NotRegular | FileError::SymbolicLink => {
            (Code::ERRCODE_WRONG_OBJECT_TYPE, "Directories are for midi_import(source).")
        }
        FileError::TooLarge(_) => (
            Code::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
            "A superuser can raise midi_pipeline.max_file_size.",
        ),
        FileError::Interrupted => (Code::ERRCODE_QUERY_CANCELED, "The reading was stopped."),
        FileError::Os(errno) => (
            match *errno {
                Errno::ACCESS | Errno::PERM => Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                Errno::NOENT => Code::ERRCODE_UNDEFINED_FILE,
                Errno::NOTDIR | Errno::ISDIR | Errno::LOOP => Code::ERRCODE_WRONG_OBJECT_TYPE,
                Errno::MFILE | Errno::NFILE => Code::ERRCODE_INSUFFICIENT_RESOURCES,
                Errno::NAMETOOLONG => Code::ERRCODE_NAME_TOO_LONG,
                Errno::NOMEM => Code::ERRCODE_OUT_OF_MEMORY,
                _ => Code::ERRCODE_IO_ERROR,
            },
            "The path is read on the server, by the operating system user that PostgreSQL runs as.",
        ),
    };
    let message = format!("could not read \"{}\": {error}", shown(path));
    ErrorReport::new(code, message, "files").set_hint(hint)
}

/// The error for a role that may not read server files at all.
pub(crate) fn not_a_server_file_reader() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        "permission denied to read server files",
        "access",
    )
    .set_detail("Only superusers and members of pg_read_server_files may read server files.")
    .set_hint("The forms that take content as bytea are open to everyone.")
}

/// The error for a limit that a client has set before the library was there to refuse it.
pub(crate) fn limit_hidden_by_client(name: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        format!("this connection was opened with a value of its own for \"{name}\""),
        "settings",
    )
    .set_detail("It hides what the administrator has set, and only superusers may set it.")
    .set_hint("Connect without it: it stands in the client's options, such as PGOPTIONS.")
}

/// The error for a limit whose value in the server's settings is none.
pub(crate) fn limit_is_none(name: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_CONFIG_FILE_ERROR,
        format!("\"{name}\" has no valid value"),
        "settings",
    )
    .set_detail("What the server's settings hold for it was refused when the library was loaded.")
    .set_hint("Mend it in postgresql.conf, ALTER ROLE or ALTER DATABASE, and connect anew.")
}

/// The number of results that a search is to give.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE` for one that it cannot.
pub(crate) fn check_max_results(asked: i32, most: i32) -> Result<usize, ErrorReport> {
    if (0..=most).contains(&asked) {
        return Ok(asked as usize);
    }
    Err(ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("max_results is {asked}"),
        "search",
    )
    .set_hint(format!("It is between 0 and {most}.")))
}

/// The error for a statement that PostgreSQL did not accept, which is a fault of the extension.
pub(crate) fn statement(error: SpiError) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INTERNAL_ERROR,
        format!("midi_pipeline: statement failed: {error}"),
        "spi",
    )
}

/// The error for threads that could not be started.
pub(crate) fn threads(error: &dyn std::fmt::Display) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_RESOURCES,
        format!("could not start threads: {error}"),
        "threads",
    )
    .set_hint("Lower midi_pipeline.threads, or open another session.")
}

/// The error for a job that does not exist, or is not the current role's business.
pub(crate) fn no_such_job(id: i64) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_UNDEFINED_OBJECT,
        format!("job {id} does not exist"),
        "jobs",
    )
    .set_hint("The view midi_import_progress shows the jobs that are yours to see.")
}

/// The error for a number of workers that no job can have.
pub(crate) fn number_of_workers(workers: i32, most: i32) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("a job cannot have {workers} workers"),
        "jobs",
    )
    .set_hint(format!("Give 1 to {most}; more than the machine has cores seldom helps."))
}

/// The error for a server that has no place for another background worker.
pub(crate) fn no_worker_slot() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_RESOURCES,
        "could not start a background worker: all of them are in use",
        "jobs",
    )
    .set_hint("Raise max_worker_processes, which takes a restart, or try again later.")
}

/// The error for a role that cannot have a process of its own.
pub(crate) fn role_without_login() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION,
        "a role that may not log in cannot have a job",
        "jobs",
    )
    .set_detail("A job runs in a process of its own, which is the role that called.")
    .set_hint(
        "Call as the role that you logged in as, with RESET ROLE, or use ALTER ROLE ... LOGIN.",
    )
}

/// The error for a job whose role was dropped.
pub(crate) fn job_without_role(id: i64) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_UNDEFINED_OBJECT,
        format!("the role of job {id} does not exist any more"),
        "jobs",
    )
    .set_hint("Start the import again as another role.")
}

/// The error for jobs and schedules of a role whose rights the owner of their tables has not.
pub(crate) fn owner_without_the_rights() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        "the owner of the tables of jobs has not the rights of this role",
        "jobs",
    )
    .set_detail(
        "Who owns midi_import_jobs and midi_schedules could have anything done as this role.",
    )
    .set_hint(
        "Have a superuser own them, as CREATE EXTENSION does, or grant the role to their owner.",
    )
}

/// The error for a statement that writes the tables of jobs and schedules past the extension.
pub(crate) fn written_by_the_extension_alone(table: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        format!("\"{table}\" is written by midi_pipeline alone"),
        "jobs",
    )
    .set_detail("What it says is done as the roles that it names.")
    .set_hint("Use midi_import_start, midi_import_cancel, midi_schedule and midi_unschedule.")
}

/// The error for a call of the function that is a trigger's.
pub(crate) fn not_a_trigger() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_FEATURE_NOT_SUPPORTED,
        "midi_guard is called by its triggers alone",
        "jobs",
    )
    .set_hint("It keeps the tables of jobs and schedules for midi_pipeline to write.")
}

/// The error for a table of jobs or schedules that is not as the extension made it.
pub(crate) fn unfit_table(table: &str, unfit: &Unfit) -> ErrorReport {
    let (what, hint) = match unfit {
        Unfit::Kind => ("it is no table".to_owned(), "Make the extension anew.".to_owned()),
        Unfit::Owner => (
            "it has another owner than midi_import_jobs".to_owned(),
            format!("Give it the same: ALTER TABLE {table} OWNER TO ..."),
        ),
        Unfit::Rules => ("it has rules".to_owned(), "Drop them with DROP RULE.".to_owned()),
        Unfit::Heirs => (
            "other tables inherit from it".to_owned(),
            "Part them with ALTER TABLE ... NO INHERIT, and ANALYZE it.".to_owned(),
        ),
        Unfit::Trigger(name) => (
            format!("it has the trigger \"{name}\""),
            "Drop it, or the foreign key that it belongs to.".to_owned(),
        ),
        Unfit::Unguarded => (
            "its trigger midi_guard is not in force".to_owned(),
            format!("ALTER TABLE {table} ENABLE ALWAYS TRIGGER midi_guard;"),
        ),
    };
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        format!("\"{table}\" is not as midi_pipeline made it: {what}"),
        "jobs",
    )
    .set_detail("It is read and written with the rights of its owner.")
    .set_hint(hint)
}

/// The error for a list of indexes that another could have written than the owner of the tables.
pub(crate) fn index_list_of_another() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        "midi_index_profiles belongs to a role that has not the rights of the tables' owner",
        "indexes",
    )
    .set_hint("Give it back: ALTER VIEW midi_index_profiles OWNER TO ...")
}

/// The error for a function `midi_guard` that is another's, or not the library's.
pub(crate) fn guard_of_another() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        "the function midi_guard() is not as midi_pipeline made it",
        "jobs",
    )
    .set_detail("It runs with the rights of the owner of the tables of jobs.")
    .set_hint(
        "Give it to that owner, or to a superuser; make the extension anew where it was replaced.",
    )
}

/// The error for a job whose number is beyond those that jobs can have.
pub(crate) fn no_job_number(id: i64) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_SEQUENCE_GENERATOR_LIMIT_EXCEEDED,
        format!("{id} is beyond the numbers that jobs can have"),
        "jobs",
    )
    .set_detail(
        "Two jobs of which one has a number so high could not be told apart by their locks.",
    )
    .set_hint("Somebody has set midi_import_jobs_id_seq: set it to the highest number of a job.")
}

/// The error for an import that would run code of those who have not the importer's rights.
pub(crate) fn code_of_another(table: &str, code: &ForeignCode) -> ErrorReport {
    let (what, hint) = match code {
        ForeignCode::Owner => (
            "belongs to a role that has not the rights of this one".to_owned(),
            "Import as the owner, have a superuser own it, or grant this role to the owner.",
        ),
        ForeignCode::Trigger(name) => (
            format!(
                "has the trigger \"{name}\", whose function is of a role that has not the rights of this one"
            ),
            "Drop the trigger, give its function to who has the rights of those who import, or make it \
             SECURITY DEFINER.",
        ),
        ForeignCode::Reference(name) => (
            format!(
                "is referred to by \"{name}\", which has triggers of a role that has not the rights of this one"
            ),
            "Drop these triggers, give their functions to who has the rights of those who import, or have \
             the foreign key not cascade.",
        ),
        ForeignCode::Condition(name) => (
            format!("has the trigger \"{name}\", with a condition that anyone may have written"),
            "Make the trigger without WHEN, and put the condition into its function.",
        ),
    };
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        format!("\"{table}\" {what}"),
        "import",
    )
    .set_detail("An import would run code of others with the rights of this role.")
    .set_hint(hint)
}

/// The error for a job that was begun time and again, and never got on.
pub(crate) fn job_keeps_ending(id: i64, attempts: i32) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INTERNAL_ERROR,
        format!("job {id} was cut off {attempts} times before it had written a batch"),
        "jobs",
    )
    .set_hint("The server's log tells what ended its workers.")
}

/// The error for files at which a job's workers were cut off time and again.
pub(crate) fn files_keep_ending(id: i64, attempts: i32, first: &str, last: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INTERNAL_ERROR,
        format!(
            "job {id} was cut off {attempts} times at the files from \"{first}\" to \"{last}\""
        ),
        "jobs",
    )
    .set_hint("The server's log tells what ended its workers. Without the file that does, start the import again.")
}

/// The error for a wait that cannot see the end of what it waits for.
pub(crate) fn waits_in_one_snapshot() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_ACTIVE_SQL_TRANSACTION,
        "midi_import_wait needs the isolation level READ COMMITTED",
        "jobs",
    )
    .set_detail("At this level the transaction never sees that a job has ended.")
    .set_hint("Call it outside of a transaction block.")
}

/// The error for a wait in the transaction that has the job wait.
pub(crate) fn waits_for_itself(id: i64) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_ACTIVE_SQL_TRANSACTION,
        format!("job {id} begins when this transaction is committed"),
        "jobs",
    )
    .set_hint("Call midi_import_wait in a statement of its own, after COMMIT.")
}

/// The error for a call in a database where the extension is not.
pub(crate) fn not_installed() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_UNDEFINED_OBJECT,
        "the extension midi_pipeline is not installed in this database",
        "jobs",
    )
    .set_hint("CREATE EXTENSION midi_pipeline;")
}

/// The error for an expression that is no cron expression, or never comes true.
pub(crate) fn no_cron(expression: &str, reason: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("\"{}\" cannot be used as a cron expression: {}", shown(expression), shown(reason)),
        "schedule",
    )
    .set_hint("Minute, hour, day of month, month, day of week: '30 3 * * *' is 3:30 every night.")
}

/// The error for a schedule with no rhythm, or two.
pub(crate) fn one_rhythm() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        "a schedule needs an interval or a cron expression, and not both",
        "schedule",
    )
    .set_hint("every => '1 hour', or cron => '30 3 * * *'.")
}

/// The error for an expression that names no time to come.
pub(crate) fn cron_is_over(expression: &str) -> ErrorReport {
    no_cron(expression, "it names no time to come")
}

/// The error for an interval that is too short, or leads back.
pub(crate) fn too_often() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        "a schedule cannot run more often than every second",
        "schedule",
    )
    .set_detail(
        "In the shortest case a month has 28 days, in the longest 31; a day 23 hours, or 25.",
    )
    .set_hint("every => '1 hour', for example.")
}

/// The error for an interval that has no end.
pub(crate) fn never_again() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        "a schedule cannot run every infinity",
        "schedule",
    )
    .set_hint("every => '1 hour', for example.")
}

/// The error for a name of more bytes than names may have.
pub(crate) fn name_too_long(what: &str, most: usize) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_NAME_TOO_LONG,
        format!("the name of the {what} is too long"),
        "names",
    )
    .set_hint(format!("It may have up to {most} bytes."))
}

/// The error for a schedule whose name another role has taken.
pub(crate) fn schedule_of_another(name: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_DUPLICATE_OBJECT,
        format!("the name \"{}\" is another role's schedule", shown(name)),
        "schedule",
    )
    .set_hint("Choose another name.")
}

/// The error for a role that would drop the indexes of another's tables.
pub(crate) fn defers_indexes_of_another() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        "only the owner of the library's tables may defer their indexes",
        "jobs",
    )
    .set_hint("Leave out defer_indexes, or ask the role that created the extension.")
}

/// The error for a job whose workers are started, and are not there.
pub(crate) fn workers_do_not_start(id: i64) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_RESOURCES,
        format!("the workers of job {id} do not begin"),
        "jobs",
    )
    .set_hint("The server's log tells why: max_worker_processes may be too low, or the role may not connect.")
}

/// The error for a role that would make or drop the indexes of another's tables.
pub(crate) fn indexes_of_another() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        "only the owner of the library's tables may create and drop their indexes",
        "indexes",
    )
    .set_hint("Ask the role that created the extension.")
}

/// The error for an index profile that there is not.
pub(crate) fn no_such_profile(profile: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("there is no index profile \"{}\"", shown(profile)),
        "indexes",
    )
    .set_hint(
        "The profiles are default, search and all; midi_index_profiles shows what is in them.",
    )
}

/// The error for a melody that could not be read.
pub(crate) fn melody(error: &midi_analysis::QueryError) -> ErrorReport {
    let place = match error.position {
        0 => String::new(),
        position => format!(" at position {position}"),
    };
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("could not read the melody{place}: {}", error.reason),
        "find",
    )
    .set_hint(
        "Give 6 to 64 notes by name, 'E4 D4 C4 D4 E4 E4' or 'E D C D E E', or as MIDI pitches.",
    )
}

/// The error for a text that is no progression of chords.
pub(crate) fn progression(problem: &midi_analysis::ProgressionError, text: &str) -> ErrorReport {
    let character = text.char_indices().take_while(|(at, _)| *at < problem.at).count() + 1;
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("{}, at character {character} of the progression", problem.message),
        "progression",
    )
    .set_hint(&problem.hint)
}
