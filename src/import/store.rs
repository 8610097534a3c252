//! The library's tables, as an import reads and writes them.
//!
//! The statements are prepared once for each transaction and take a batch as arrays.

use ahash::{AHashMap, AHashSet};
use midi_analysis::ANALYZER_VERSION;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pg_sys::{BYTEAARRAYOID, INT4OID, Oid, TEXTOID};
use pgrx::spi::{PreparedStatement, SpiClient, SpiResult};

use super::datums::{array, hash, hashes, unix_micros};
use super::file_rows::FileRows;
use super::foreign_code;
use super::hash::Hash;
use super::location::Location;
use super::parts::PartsStore;
use super::problem::Problem;
use super::rows::{FileRow, Known, KnownMember, MemberCount, RecordedRow};
use super::statements::{
    CONTENTS, FORGET, MEMBERS, OUTSIDE, PUT_CONTENTS, PUT_ERRORS, PUT_MUSIC, RECORDED, Statement,
    VANISH, analyzed, analyzed_of_written, lock, vanished_now,
};
use super::stored::Stored;
use crate::analysis_row::{self, COLUMNS, SEARCH_COLUMNS};
use crate::error;
use crate::music::Music;
use crate::pg::caller::Schema;
use crate::pg::row::RowType;
use crate::pg::spi::{self, execute, for_each};
use crate::pg::sql::fill;
use crate::settings::{self, Depth, Extent};

/// Rows that one statement marks or deletes.
const PAGE: usize = 10_000;

/// The prepared statements.
pub(crate) struct Store<'conn> {
    analysis: RowType<Music>,
    job: Option<i64>,
    /// How much of a piece is to be stored.
    pub(super) extent: Extent,
    /// Whether the rows of older versions of the analyzer are renewed.
    renews: bool,
    stored: Stored<'conn>,
    contents: PreparedStatement<'conn>,
    put_music: PreparedStatement<'conn>,
    parts: PartsStore<'conn>,
    put_contents: PreparedStatement<'conn>,
    file_rows: FileRows<'conn>,
    put_errors: PreparedStatement<'conn>,
    members: PreparedStatement<'conn>,
    recorded: PreparedStatement<'conn>,
    vanish: PreparedStatement<'conn>,
    forget: PreparedStatement<'conn>,
}

impl<'conn> Store<'conn> {
    /// Prepares the statements for the tables in `schema`, to store what `extent` says, for a job or for a direct call.
    ///
    /// # Errors
    /// `ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE` where the statements would run code of other roles with
    /// the rights of the current one, or the type `midi_analysis` is not the library's. A missing table
    /// or privilege raises PostgreSQL's own ERROR.
    pub(crate) fn prepare(
        client: &SpiClient<'conn>,
        schema: &Schema,
        extent: Extent,
        job: Option<i64>,
    ) -> Result<Self, ErrorReport> {
        let analysis = analysis_row::row_type(schema.row_descriptor(c"midi_analysis"))?;
        foreign_code::refuse(schema)?;
        Self::prepare_statements(client, schema, analysis, extent, job).map_err(error::statement)
    }

    fn prepare_statements(
        client: &SpiClient<'conn>,
        schema: &Schema,
        analysis: RowType<Music>,
        extent: Extent,
        job: Option<i64>,
    ) -> SpiResult<Self> {
        let analyzed = analyzed(extent, schema.quoted());
        let renews = settings::reanalyze();
        let now = vanished_now(schema.has_column(c"midi_files", c"vanished_at"));
        let prepare_sql = |sql: &str, types: &[Oid]| spi::prepare(client, sql, types);
        let prepare = |statement: &Statement| {
            let parts = [
                ("analyzed", &*analyzed),
                ("outside", OUTSIDE),
                ("now", now),
                ("schema", schema.quoted()),
            ];
            prepare_sql(&fill(statement.sql, &parts), statement.types)
        };
        let contents = [CONTENTS.sql, lock()].concat();
        let contents = fill(&contents, &[("analyzed", &*analyzed), ("schema", schema.quoted())]);
        let put_music_types = [
            BYTEAARRAYOID,
            INT4OID,
            INT4OID,
            analysis.array_oid(),
            INT4OID,
            TEXTOID,
            BYTEAARRAYOID,
        ];
        Ok(Self {
            extent,
            renews,
            stored: Stored::prepare(client, schema, extent, oldest(renews, extent.depth))?,
            contents: prepare_sql(&contents, CONTENTS.types)?,
            put_music: prepare_sql(
                &put_music(schema, &analyzed_of_written(extent)),
                &put_music_types,
            )?,
            parts: PartsStore::prepare(client, schema)?,
            put_contents: prepare(&PUT_CONTENTS)?,
            file_rows: FileRows::prepare(client, schema)?,
            put_errors: prepare(&PUT_ERRORS)?,
            members: prepare(&MEMBERS)?,
            recorded: prepare(&RECORDED)?,
            vanish: prepare(&VANISH)?,
            forget: prepare(&FORGET)?,
            analysis,
            job,
        })
    }

    /// The rows of the locations with these digests.
    ///
    /// # Errors
    /// Those of SPI, here and below.
    pub(crate) fn known(
        &self,
        client: &mut SpiClient<'conn>,
        digests: &[Hash],
    ) -> SpiResult<AHashMap<Hash, Known>> {
        self.stored.known(client, digests)
    }

    /// Those of these contents that are analyzed already.
    pub(crate) fn contents(
        &self,
        client: &mut SpiClient<'conn>,
        contents: &[Hash],
    ) -> SpiResult<AHashSet<Hash>> {
        if contents.is_empty() {
            return Ok(AHashSet::new());
        }
        let [full, catalog] = oldest(self.renews, self.extent.depth);
        let arguments = [hashes(contents), full.into(), catalog.into()];
        let rows = execute(client, &self.contents, arguments, |row| hash(row, 1))?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Those of these contents whose parts are to be stored: all if parts are asked for, else those that have parts, which
    /// are renewed with their music.
    pub(super) fn with_parts(
        &self,
        client: &mut SpiClient<'conn>,
        contents: &[Hash],
    ) -> SpiResult<AHashSet<Hash>> {
        match self.extent.has_parts() {
            true => Ok(contents.iter().copied().collect()),
            false if self.renews && !contents.is_empty() => self.parts.recorded(client, contents),
            false => Ok(AHashSet::new()),
        }
    }

    /// Adds contents, all of one depth, to `musical_metadata` and, if it is full, to `musical_search`, with the parts that
    /// are to be stored. Returns those that are new or renewed.
    pub(crate) fn put_music(
        &self,
        client: &mut SpiClient<'conn>,
        music: &mut [(Hash, Music)],
    ) -> SpiResult<AHashSet<Hash>> {
        let Some(depth) = music.first().map(|(_, music)| music.depth()) else {
            return Ok(AHashSet::new());
        };
        music.sort_unstable_by_key(|(hash, _)| *hash);
        let contents: Vec<_> = music.iter().map(|(hash, _)| *hash).collect();
        let analyses = self.analysis.array(music.iter().map(|(_, music)| music));
        let [full, catalog] = oldest(self.renews, depth);
        let with_parts: Vec<_> = match self.extent.has_parts() {
            true => self.parts.recorded(client, &contents)?.into_iter().collect(),
            false => Vec::new(),
        };
        let arguments = [
            hashes(&contents),
            full.into(),
            catalog.into(),
            analyses,
            (ANALYZER_VERSION as i32).into(),
            depth.name().into(),
            hashes(&with_parts),
        ];
        let rows = execute(client, &self.put_music, arguments, |row| hash(row, 1))?;
        let new = rows.into_iter().flatten().collect();
        self.parts.replace(client, music, &new)?;
        Ok(new)
    }

    /// Keeps the bytes of contents.
    pub(crate) fn put_contents<'a>(
        &self,
        client: &mut SpiClient<'conn>,
        contents: impl Iterator<Item = (&'a Hash, &'a [u8])>,
    ) -> SpiResult<()> {
        let mut contents: Vec<_> = contents.collect();
        if !contents.is_empty() {
            contents.sort_unstable_by_key(|(hash, _)| *hash);
            let columns =
                [array(&contents, |(hash, _)| &hash[..]), array(&contents, |(_, bytes)| *bytes)];
            execute(client, &self.put_contents, columns, |_| Ok(()))?;
        }
        Ok(())
    }

    /// Adds or replaces rows of `midi_files`, and records the files' problems.
    pub(crate) fn put_files(
        &self,
        client: &mut SpiClient<'conn>,
        files: &mut [FileRow],
    ) -> SpiResult<()> {
        if files.is_empty() {
            return Ok(());
        }
        self.file_rows.put(client, files)?;
        let problems =
            files.iter().filter_map(|file| Some((&file.location, file.problem.as_ref()?)));
        self.put_errors(client, problems)
    }

    /// Records problems.
    pub(crate) fn put_errors<'a>(
        &self,
        client: &mut SpiClient<'conn>,
        problems: impl Iterator<Item = (&'a Location, &'a Problem)>,
    ) -> SpiResult<()> {
        let problems: Vec<_> = problems.collect();
        if !problems.is_empty() {
            problems.iter().for_each(|(location, problem)| problem.log(location, self.job));
            let columns = [
                array(&problems, |(location, _)| location.path.as_str()),
                array(&problems, |(_, problem)| problem.kind.as_ref()),
                array(&problems, |(_, problem)| problem.reason.as_str()),
                self.job.into(),
                array(&problems, |(location, _)| location.member.as_deref()),
            ];
            execute(client, &self.put_errors, columns, |_| Ok(()))?;
        }
        Ok(())
    }

    /// Counts the members of the archives whose locations have these digests.
    pub(crate) fn count_members(
        &self,
        client: &mut SpiClient<'conn>,
        archives: &[Hash],
    ) -> SpiResult<Vec<MemberCount>> {
        self.stored.count_members(client, archives)
    }

    /// A page of the members that have not vanished, of the archives whose locations have these digests:
    /// in the order of their ids, which are greater than `id`.
    pub(crate) fn page_members(
        &self,
        client: &mut SpiClient<'conn>,
        id: i64,
        archives: &[Hash],
    ) -> SpiResult<Vec<KnownMember>> {
        let arguments = [hashes(archives), id.into()];
        let rows = execute(client, &self.members, arguments, |row| {
            let digests = hash(row, 2)?.zip(hash(row, 3)?);
            let member = row.get(1)?.zip(digests);
            Ok(member.map(|(id, (digest, archive))| KnownMember { id, archive, digest }))
        })?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Passes to `read` the files below a directory that have not vanished.
    pub(crate) fn recorded(
        &self,
        client: &mut SpiClient<'conn>,
        directory: &str,
        mut read: impl FnMut(RecordedRow<'_>) + Send,
    ) -> SpiResult<()> {
        for_each(client, &self.recorded, [directory.into()], |row| {
            if let (Some(id), Some(digest), Some(path), Some(state)) =
                (row.get(1)?, hash(row, 2)?, row.text(3)?, row.text(6)?)
            {
                let (size, modified) = (row.get(4)?, row.get(5)?.map(unix_micros));
                let is_member = row.get(7)? == Some(true);
                read(RecordedRow { id, digest, path, size, modified, state, is_member });
            }
            Ok(())
        })
    }

    /// Passes to `read` the ids of the files below a directory of which all is stored.
    pub(crate) fn complete(
        &self,
        client: &mut SpiClient<'conn>,
        directory: &str,
        read: impl FnMut(i64) + Send,
    ) -> SpiResult<()> {
        self.stored.complete(client, directory, read)
    }

    /// Marks files as vanished, except for those in the directories `unread`. Returns their number.
    pub(crate) fn vanish(
        &self,
        client: &mut SpiClient<'conn>,
        ids: &[i64],
        unread: &[String],
    ) -> SpiResult<i64> {
        let mut vanished = 0;
        for ids in ids.chunks(PAGE) {
            let arguments = [ids.to_vec().into(), unread.to_vec().into()];
            vanished += execute(client, &self.vanish, arguments, |_| Ok(()))?.len() as i64;
        }
        Ok(vanished)
    }

    /// Deletes rows, which are those of directories that could not be read, except for those in the directories
    /// `unread`.
    pub(crate) fn forget(
        &self,
        client: &mut SpiClient<'conn>,
        ids: &[i64],
        unread: &[String],
    ) -> SpiResult<()> {
        for ids in ids.chunks(PAGE) {
            let arguments = [ids.to_vec().into(), unread.to_vec().into()];
            execute(client, &self.forget, arguments, |_| Ok(()))?;
        }
        Ok(())
    }
}

/// The oldest versions of the analyzer whose full rows, and whose other rows, need not be made again
/// where rows of this depth are asked for. A full row serves both.
fn oldest(renews: bool, depth: Depth) -> [i32; 2] {
    let oldest = if renews { ANALYZER_VERSION as i32 } else { 0 };
    match depth {
        Depth::Catalog => [0, oldest],
        Depth::Full => [oldest, i32::MAX],
    }
}

/// The SQL that writes music.
fn put_music(schema: &Schema, analyzed: &str) -> String {
    let all: Vec<_> = COLUMNS.iter().map(|column| column.name).collect();
    let (search, columns): (Vec<_>, Vec<_>) =
        all.iter().partition(|column| SEARCH_COLUMNS.contains(column));
    let parts = [
        ("analyzed", analyzed),
        ("schema", schema.quoted()),
        ("all", &all.join(", ")),
        ("columns", &columns.join(", ")),
        ("assignments", &assignments(&columns)),
        ("search", &search.join(", ")),
        ("replace", &assignments(&search)),
    ];
    fill(PUT_MUSIC, &parts)
}

/// Assignments that replace the columns of a row by those of the row that is inserted.
fn assignments(columns: &[&str]) -> String {
    let assignments: Vec<_> =
        columns.iter().map(|column| format!("{column} = EXCLUDED.{column}")).collect();
    assignments.join(", ")
}
