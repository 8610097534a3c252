//! The library's tables, as an import reads and writes them.
//!
//! Statements are prepared once an import and take a batch as arrays. Tables and operators are
//! named with their schemas, so that nothing depends on the caller's `search_path`.

use std::ffi::CStr;

use ahash::{AHashMap, AHashSet};
use midi_analysis::{ANALYZER_VERSION, Analysis, Name};
use pgrx::datum::{DatumWithOid, IntoDatum, TimestampWithTimeZone};
use pgrx::pg_sys::{self, PgOid};
use pgrx::prelude::*;
use pgrx::spi::{PreparedStatement, SpiClient, SpiResult};
use sha2::{Digest, Sha256};

use super::foreign_code;
use super::outcome::Problem;
use super::place::Place;
use super::rows::{Below, FileRow, Known, KnownMember};
use super::statements::{
    CONTENTS, COUNT_MEMBERS, FORGET, KEEP_MUSIC, KNOWN, MEMBERS, PAGE_BELOW, PUT_ERRORS, PUT_FILES,
    PUT_MUSIC, RENEW_MUSIC, VANISH,
};
use crate::analysis_row::COLUMNS;
use crate::pg::caller::Schema;
use crate::pg::row::RowType;
use crate::pg::spi::{Row, execute};
use crate::pg::sql::fill;
use crate::settings;

/// A SHA-256, of a content or of a path.
pub(crate) type Hash = [u8; 32];

/// The SHA-256 of `bytes`, the same as PostgreSQL's `sha256(bytea)`.
pub(crate) fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// The tables that an import writes to, in the order in which they are locked.
const WRITTEN: [&CStr; 3] = [c"midi_files", c"musical_metadata", c"midi_import_errors"];

/// The prepared statements.
pub(crate) struct Store<'conn> {
    analysis: RowType<Analysis>,
    job: Option<i64>,
    /// The oldest version of the analyzer whose music counts.
    oldest: i32,
    known: PreparedStatement<'conn>,
    contents: PreparedStatement<'conn>,
    put_music: PreparedStatement<'conn>,
    put_files: PreparedStatement<'conn>,
    put_errors: PreparedStatement<'conn>,
    count_members: PreparedStatement<'conn>,
    members: PreparedStatement<'conn>,
    page_below: PreparedStatement<'conn>,
    vanish: PreparedStatement<'conn>,
    forget: PreparedStatement<'conn>,
}

impl<'conn> Store<'conn> {
    /// Prepares the statements for the extension's tables in `schema`, on behalf of a job or of
    /// a direct call.
    ///
    /// Raises `ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE` where they would run code of others with the
    /// rights of the current role.
    ///
    /// # Errors
    /// Those of SPI. A missing table or privilege raises PostgreSQL's own ERROR.
    pub(crate) fn prepare(
        client: &SpiClient<'conn>,
        schema: &Schema,
        analysis: RowType<Analysis>,
        job: Option<i64>,
    ) -> SpiResult<Self> {
        use pg_sys::{
            BOOLARRAYOID, BYTEAARRAYOID, FLOAT4ARRAYOID, INT4OID, INT8ARRAYOID, INT8OID,
            TEXTARRAYOID, TEXTOID, TIMESTAMPTZARRAYOID,
        };
        for name in WRITTEN {
            if let Some(code) = foreign_code::find(schema.table(name)) {
                code.error(&name.to_string_lossy()).report(PgLogLevel::ERROR);
            }
        }
        let prepare_with = |sql: &str, parts: &[(&str, &str)], types: &[pg_sys::Oid]| {
            let types: Vec<_> = types.iter().copied().map(PgOid::from).collect();
            client.prepare_mut(fill(sql, parts).as_str(), &types)
        };
        let library = ("schema", schema.quoted());
        let prepare = |sql: &str, types: &[pg_sys::Oid]| prepare_with(sql, &[library], types);
        let renew = settings::reanalyze();
        let columns: Vec<_> = COLUMNS.iter().map(|column| column.name).collect();
        let renewal = fill(RENEW_MUSIC, &[("assignments", &assignments(&columns))]);
        let put_music = [
            library,
            ("columns", &columns.join(", ")),
            ("conflict", if renew { &renewal } else { KEEP_MUSIC }),
        ];
        Ok(Self {
            oldest: if renew { ANALYZER_VERSION } else { 0 },
            known: prepare(KNOWN, &[BYTEAARRAYOID, INT4OID])?,
            contents: prepare(CONTENTS, &[BYTEAARRAYOID, INT4OID])?,
            put_music: prepare_with(
                PUT_MUSIC,
                &put_music,
                &[BYTEAARRAYOID, analysis.array_oid(), INT4OID],
            )?,
            put_files: prepare(
                PUT_FILES,
                &[
                    TEXTARRAYOID,
                    BYTEAARRAYOID,
                    TEXTARRAYOID,
                    INT8ARRAYOID,
                    TIMESTAMPTZARRAYOID,
                    BYTEAARRAYOID,
                    TEXTARRAYOID,
                    TEXTARRAYOID,
                    BOOLARRAYOID,
                    TEXTARRAYOID,
                    BYTEAARRAYOID,
                    FLOAT4ARRAYOID,
                    TEXTARRAYOID,
                    TEXTARRAYOID,
                ],
            )?,
            put_errors: prepare(
                PUT_ERRORS,
                &[TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, INT8OID, TEXTARRAYOID],
            )?,
            count_members: prepare(COUNT_MEMBERS, &[BYTEAARRAYOID, INT4OID])?,
            members: prepare(MEMBERS, &[BYTEAARRAYOID, INT8OID])?,
            page_below: prepare(PAGE_BELOW, &[INT8OID, TEXTOID])?,
            vanish: prepare(VANISH, &[INT8ARRAYOID])?,
            forget: prepare(FORGET, &[INT8ARRAYOID])?,
            analysis,
            job,
        })
    }

    /// What is known of the paths with these digests.
    ///
    /// # Errors
    /// Those of SPI, here and below.
    pub(crate) fn known(
        &self,
        client: &mut SpiClient<'conn>,
        digests: &[Hash],
    ) -> SpiResult<AHashMap<Hash, Known>> {
        let arguments = [hashes(digests), self.oldest.into()];
        let rows = execute(client, &self.known, &arguments, |row| {
            let modified = row.get::<TimestampWithTimeZone>(3)?;
            let known = Known {
                size: row.get(2)?,
                modified: modified.map(|at| at.into_inner() + POSTGRES_EPOCH),
                hash: hash(row, 4)?,
                state: row.get(5)?.unwrap_or_default(),
                error: row.get(6)?,
                has_music: row.get(7)?.unwrap_or(false),
            };
            Ok(hash(row, 1)?.zip(Some(known)))
        })?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Which of these contents are analyzed already.
    pub(crate) fn contents(
        &self,
        client: &mut SpiClient<'conn>,
        contents: &[Hash],
    ) -> SpiResult<AHashSet<Hash>> {
        let arguments = [hashes(contents), self.oldest.into()];
        let rows = execute(client, &self.contents, &arguments, |row| hash(row, 1))?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Adds contents to `musical_metadata`, and answers which were not there yet, or renewed.
    pub(crate) fn put_music(
        &self,
        client: &mut SpiClient<'conn>,
        music: &mut [(Hash, Analysis)],
    ) -> SpiResult<AHashSet<Hash>> {
        if music.is_empty() {
            return Ok(AHashSet::new());
        }
        music.sort_unstable_by_key(|(hash, _)| *hash);
        let contents: Vec<_> = music.iter().map(|(hash, _)| *hash).collect();
        let analyses = self.analysis.form_array(music.iter().map(|(_, analysis)| analysis));
        let arguments = [hashes(&contents), analyses, ANALYZER_VERSION.into()];
        let rows = execute(client, &self.put_music, &arguments, |row| hash(row, 1))?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Adds files to `midi_files` or replaces what it says of them, and records their problems.
    pub(crate) fn put_files(
        &self,
        client: &mut SpiClient<'conn>,
        files: &mut [FileRow],
    ) -> SpiResult<()> {
        if files.is_empty() {
            return Ok(());
        }
        files.sort_unstable_by(|a, b| a.place.cmp(&b.place));
        let digests: Vec<_> = files.iter().map(|file| file.place.digest()).collect();
        let names: Vec<_> = files.iter().map(|file| Name::of(&file.place.name())).collect();
        let reason = |file: &FileRow| file.problem.as_ref().map(|problem| problem.reason.clone());
        execute(
            client,
            &self.put_files,
            &[
                array(files, |file| file.place.path.as_str()),
                hashes(&digests),
                array(files, |file| file.place.filename()),
                array(files, |file| file.size),
                array(files, |file| file.modified.and_then(timestamp)),
                array(files, |file| file.hash.as_ref().map(|hash| &hash[..])),
                array(files, |file| file.state),
                array(files, reason),
                array(files, |file| file.imported),
                array(files, |file| file.place.member.as_deref()),
                array(files, |file| file.place.archive_digest().map(Vec::from)),
                array(&names, |name| name.bpm),
                array(&names, |name| name.key.as_deref()),
                array(&names, |name| name.tags.join(",")),
            ],
            |_| Ok(()),
        )?;
        let problems = files.iter().filter_map(|file| Some((&file.place, file.problem.as_ref()?)));
        self.put_errors(client, problems)
    }

    /// Records problems.
    pub(crate) fn put_errors<'a>(
        &self,
        client: &mut SpiClient<'conn>,
        problems: impl Iterator<Item = (&'a Place, &'a Problem)>,
    ) -> SpiResult<()> {
        let problems: Vec<_> = problems.collect();
        if !problems.is_empty() {
            let columns = [
                array(&problems, |(place, _)| place.path.as_str()),
                array(&problems, |(_, problem)| problem.kind.as_ref()),
                array(&problems, |(_, problem)| problem.reason.as_str()),
                self.job.into(),
                array(&problems, |(place, _)| place.member.as_deref()),
            ];
            execute(client, &self.put_errors, &columns, |_| Ok(()))?;
        }
        Ok(())
    }

    /// How many members each of the archives has whose paths have these digests, and whether one of them
    /// is in the library, and its content has no row in `musical_metadata` any more.
    pub(crate) fn count_members(
        &self,
        client: &mut SpiClient<'conn>,
        archives: &[Hash],
    ) -> SpiResult<Vec<(Hash, i64, bool)>> {
        let arguments = [hashes(archives), self.oldest.into()];
        let rows = execute(client, &self.count_members, &arguments, |row| {
            let (count, lost) = (row.get(2)?.unwrap_or(0), row.get(3)?.unwrap_or(false));
            Ok(hash(row, 1)?.map(|archive| (archive, count, lost)))
        })?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Many members of the archives whose paths have these digests, but those that have vanished, in
    /// order of their ids, from the one after `id`.
    pub(crate) fn page_members(
        &self,
        client: &mut SpiClient<'conn>,
        id: i64,
        archives: &[Hash],
    ) -> SpiResult<Vec<KnownMember>> {
        let arguments = [hashes(archives), id.into()];
        let rows = execute(client, &self.members, &arguments, |row| {
            let digests = hash(row, 2)?.zip(hash(row, 3)?);
            let member = row.get(1)?.zip(digests);
            Ok(member.map(|(id, (digest, archive))| KnownMember { id, archive, digest }))
        })?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Up to ten thousand files below a directory that have not vanished, in order of their ids,
    /// from the one after `id`.
    pub(crate) fn page_below(
        &self,
        client: &mut SpiClient<'conn>,
        id: i64,
        prefix: &str,
    ) -> SpiResult<Vec<Below>> {
        let rows = execute(client, &self.page_below, &[id.into(), prefix.into()], |row| {
            let is_archive = row.get(4)?.unwrap_or(false);
            let file = row.get(1)?.zip(hash(row, 2)?).zip(row.get(3)?);
            Ok(file.map(|((id, digest), path)| Below { id, digest, path, is_archive }))
        })?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Marks files as vanished.
    pub(crate) fn vanish(&self, client: &mut SpiClient<'conn>, ids: Vec<i64>) -> SpiResult<()> {
        if !ids.is_empty() {
            execute(client, &self.vanish, &[ids.into()], |_| Ok(()))?;
        }
        Ok(())
    }

    /// Deletes the rows of directories.
    pub(crate) fn forget(&self, client: &mut SpiClient<'conn>, ids: Vec<i64>) -> SpiResult<()> {
        if !ids.is_empty() {
            execute(client, &self.forget, &[ids.into()], |_| Ok(()))?;
        }
        Ok(())
    }
}

/// Microseconds from the Unix epoch to PostgreSQL's, which is 2000-01-01.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// `None` for a time that `timestamptz` cannot hold.
fn timestamp(unix_micros: i64) -> Option<TimestampWithTimeZone> {
    unix_micros.checked_sub(POSTGRES_EPOCH)?.try_into().ok()
}

/// `a = EXCLUDED.a, b = EXCLUDED.b`.
fn assignments(columns: &[&str]) -> String {
    let assign = |column: &&str| format!("{column} = EXCLUDED.{column}");
    columns.iter().map(assign).collect::<Vec<_>>().join(", ")
}

fn hash(row: &Row<'_>, column: usize) -> SpiResult<Option<Hash>> {
    Ok(row.bytes(column)?.and_then(|hash| hash.try_into().ok()))
}

fn array<'a, T, V: IntoDatum>(items: &'a [T], value: impl Fn(&'a T) -> V) -> DatumWithOid<'static> {
    items.iter().map(value).collect::<Vec<_>>().into()
}

fn hashes(hashes: &[Hash]) -> DatumWithOid<'static> {
    array(hashes, |hash| &hash[..])
}
