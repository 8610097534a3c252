//! Server files.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use rustix::io::Errno;

use crate::archive::ArchiveError;
use crate::files::FileError;
use crate::text::shown;

/// The error for a server file that was not read.
pub(crate) fn file(error: &FileError, path: &str) -> ErrorReport {
    use PgSqlErrorCode as Code;
    let (code, hint) = match error {
        FileError::Relative => (Code::ERRCODE_INVALID_NAME, relative(path)),
        FileError::Outside => (
            Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
            "A superuser can add its directory to midi_pipeline.allowed_directories.",
        ),
        FileError::NotRegular | FileError::SymbolicLink => {
            (Code::ERRCODE_WRONG_OBJECT_TYPE, "Use midi_import(source) for directories.")
        }
        FileError::TooLarge(_) => (
            Code::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
            "A superuser can raise midi_pipeline.max_file_size.",
        ),
        FileError::Interrupted => (Code::ERRCODE_QUERY_CANCELED, "The reading was stopped."),
        FileError::Os(errno) => (
            of_errno(*errno),
            "The path is read on the server, by the operating system user that PostgreSQL runs as.",
        ),
    };
    let message = format!("could not read \"{}\": {error}", shown(path));
    ErrorReport::new(code, message, "files").set_hint(hint)
}

/// What to write instead of a path that depends on who reads it.
fn relative(path: &str) -> &'static str {
    if path.starts_with('~') {
        "The server does not know your home directory: write it in full, such as /home/NAME/Music."
    } else {
        "Write the whole path from / on: the server has no current directory of yours. Cast to bytea what is content."
    }
}

/// The error for a file in an archive of the server that was not read.
pub(crate) fn archive(error: &ArchiveError, path: &str) -> ErrorReport {
    use PgSqlErrorCode as Code;
    let (code, hint) = match error {
        ArchiveError::File(error) => return file(error, path),
        ArchiveError::Interrupted => return file(&FileError::Interrupted, path),
        ArchiveError::MemberTooLarge(limit) => return file(&FileError::TooLarge(*limit), path),
        ArchiveError::TooLarge(_) => (
            Code::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
            "A superuser can raise midi_pipeline.max_archive_size.",
        ),
        _ => (Code::ERRCODE_DATA_EXCEPTION, "If the archive has changed, import it again."),
    };
    let message = format!("could not read \"{}\": {error}", shown(path));
    ErrorReport::new(code, message, "files").set_hint(hint)
}

fn of_errno(errno: Errno) -> PgSqlErrorCode {
    use PgSqlErrorCode as Code;
    match errno {
        Errno::ACCESS | Errno::PERM => Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
        Errno::NOENT => Code::ERRCODE_UNDEFINED_FILE,
        Errno::NOTDIR | Errno::ISDIR | Errno::LOOP => Code::ERRCODE_WRONG_OBJECT_TYPE,
        Errno::MFILE | Errno::NFILE => Code::ERRCODE_INSUFFICIENT_RESOURCES,
        Errno::NAMETOOLONG => Code::ERRCODE_NAME_TOO_LONG,
        Errno::NOMEM => Code::ERRCODE_OUT_OF_MEMORY,
        _ => Code::ERRCODE_IO_ERROR,
    }
}

/// The error for a role that may not read server files at all.
pub(crate) fn not_a_server_file_reader() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        "permission denied to read server files",
        "access",
    )
    .set_detail("Only superusers and members of pg_read_server_files may read server files.")
    .set_hint(
        "A superuser can run GRANT pg_read_server_files TO this role. Every role may use the functions that take content \
         as bytea.",
    )
}
