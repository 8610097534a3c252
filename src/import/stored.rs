//! What the library has stored of contents, and so what need not be read again.
//!
//! Paths are looked up first, and their contents then, by arrays of hashes: whether a path's music is stored is asked of
//! no join, because where the tables are distributed the two may lie on different nodes.

use ahash::{AHashMap, AHashSet};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::spi::{PreparedStatement, SpiClient, SpiResult};

use super::datums::{hash, hashes, unix_micros};
use super::hash::Hash;
use super::rows::{Known, MemberCount};
use super::statements::{
    COMPLETE, CONTENTS, COUNT_MEMBERS, KEPT, KNOWN, MEMBER_CONTENTS, Statement, analyzed, kept,
};
use crate::pg::caller::Schema;
use crate::pg::spi::{self, execute, for_each};
use crate::pg::sql::fill;
use crate::settings::{Extent, Keep};

/// Contents of one statement.
const PAGE: usize = 10_000;

/// The prepared statements.
pub(super) struct Stored<'conn> {
    keep: Keep,
    /// The oldest versions of the analyzer whose full rows, and whose other rows, need not be made again.
    oldest: [i32; 2],
    known: PreparedStatement<'conn>,
    contents: PreparedStatement<'conn>,
    kept: PreparedStatement<'conn>,
    count_members: PreparedStatement<'conn>,
    member_contents: PreparedStatement<'conn>,
    complete: PreparedStatement<'conn>,
}

impl<'conn> Stored<'conn> {
    /// Prepares the statements for the tables in `schema`. What counts as stored is what `extent` says, of versions of the
    /// analyzer that are not older than `oldest`.
    ///
    /// # Errors
    /// Those of SPI, here and below.
    pub(super) fn prepare(
        client: &SpiClient<'conn>,
        schema: &Schema,
        extent: Extent,
        oldest: [i32; 2],
    ) -> SpiResult<Self> {
        let analyzed = analyzed(extent, schema.quoted());
        let kept = kept(extent.keep, schema.quoted());
        let parts = [("analyzed", &*analyzed), ("kept", &*kept), ("schema", schema.quoted())];
        let prepare = |statement: &Statement| {
            spi::prepare(client, &fill(statement.sql, &parts), statement.types)
        };
        Ok(Self {
            keep: extent.keep,
            oldest,
            known: prepare(&KNOWN)?,
            contents: prepare(&CONTENTS)?,
            kept: prepare(&KEPT)?,
            count_members: prepare(&COUNT_MEMBERS)?,
            member_contents: prepare(&MEMBER_CONTENTS)?,
            complete: prepare(&COMPLETE)?,
        })
    }

    /// The rows of the locations with these digests.
    pub(super) fn known(
        &self,
        client: &mut SpiClient<'conn>,
        digests: &[Hash],
    ) -> SpiResult<AHashMap<Hash, Known>> {
        if digests.is_empty() {
            return Ok(AHashMap::new());
        }
        let is_to_be_kept = is_to_be_kept(self.keep);
        let rows = execute(client, &self.known, [hashes(digests)], |row| {
            let digest = hash(row, 1)?;
            let known = Known {
                size: row.get(2)?,
                modified: row.get::<TimestampWithTimeZone>(3)?.map(unix_micros),
                // It stands in for the hash where rows lie by their content.
                hash: hash(row, 4)?.filter(|hash| Some(*hash) != digest),
                state: row.get(5)?.unwrap_or_default(),
                error: row.get(6)?,
                has_music: false,
                is_kept: !is_to_be_kept(row.get(7)?.unwrap_or(false)),
            };
            Ok(digest.zip(Some(known)))
        })?;
        let mut rows = unique(rows.into_iter().flatten());
        let contents: AHashSet<_> = rows.values().filter_map(|known| known.hash).collect();
        let contents: Vec<_> = contents.into_iter().collect();
        let analyzed = self.contents(client, &contents)?;
        let kept = self.kept(client, &contents)?;
        for known in rows.values_mut() {
            let Some(hash) = &known.hash else { continue };
            known.has_music = analyzed.contains(hash);
            known.is_kept |= kept.contains(hash);
        }
        Ok(rows)
    }

    /// Those of these contents that are analyzed already.
    fn contents(
        &self,
        client: &mut SpiClient<'conn>,
        contents: &[Hash],
    ) -> SpiResult<AHashSet<Hash>> {
        let [full, catalog] = self.oldest;
        let mut found = AHashSet::new();
        for page in contents.chunks(PAGE) {
            let arguments = [hashes(page), full.into(), catalog.into()];
            found.extend(execute(client, &self.contents, arguments, |row| hash(row, 1))?);
        }
        Ok(found.into_iter().flatten().collect())
    }

    /// Those of these contents that are kept; none if none is to be.
    fn kept(&self, client: &mut SpiClient<'conn>, contents: &[Hash]) -> SpiResult<AHashSet<Hash>> {
        let mut found = AHashSet::new();
        if self.keep != Keep::Off {
            for page in contents.chunks(PAGE) {
                found.extend(execute(client, &self.kept, [hashes(page)], |row| hash(row, 1))?);
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    /// Counts the members of the archives whose locations have these digests.
    pub(super) fn count_members(
        &self,
        client: &mut SpiClient<'conn>,
        archives: &[Hash],
    ) -> SpiResult<Vec<MemberCount>> {
        let counts = execute(client, &self.count_members, [hashes(archives)], |row| {
            Ok(hash(row, 1)?.zip(row.get::<i64>(2)?))
        })?;
        let incomplete = self.incomplete(client, archives)?;
        let count = |(archive, members)| {
            let is_incomplete = incomplete.contains(&archive);
            MemberCount { archive, members, is_incomplete }
        };
        Ok(counts.into_iter().flatten().map(count).collect())
    }

    /// Those of these archives with a member of which not all is stored.
    fn incomplete(
        &self,
        client: &mut SpiClient<'conn>,
        archives: &[Hash],
    ) -> SpiResult<AHashSet<Hash>> {
        let mut members = Vec::new();
        for_each(client, &self.member_contents, [hashes(archives)], |row| {
            if let Some(archive) = hash(row, 1)? {
                members.push((archive, hash(row, 2)?));
            }
            Ok(())
        })?;
        let contents: AHashSet<_> = members.iter().filter_map(|(_, content)| *content).collect();
        let contents: Vec<_> = contents.into_iter().collect();
        let analyzed = self.contents(client, &contents)?;
        let kept = self.kept(client, &contents)?;
        let is_to_be_kept = is_to_be_kept(self.keep);
        let is_complete = |content: &Hash| {
            analyzed.contains(content) && (!is_to_be_kept(true) || kept.contains(content))
        };
        members.retain(|(_, content)| !content.as_ref().is_some_and(is_complete));
        Ok(members.into_iter().map(|(archive, _)| archive).collect())
    }

    /// Passes to `read` the ids of the files below a directory of which all is stored.
    pub(super) fn complete(
        &self,
        client: &mut SpiClient<'conn>,
        directory: &str,
        mut read: impl FnMut(i64) + Send,
    ) -> SpiResult<()> {
        let [full, catalog] = self.oldest;
        for_each(client, &self.complete, [directory.into(), full.into(), catalog.into()], |row| {
            row.get(1)?.into_iter().for_each(&mut read);
            Ok(())
        })
    }
}

/// The rows by their locations. Of a location with several, which nodes have written at the same time, none tells what the
/// file is like.
fn unique(rows: impl Iterator<Item = (Hash, Known)>) -> AHashMap<Hash, Known> {
    let mut unique = AHashMap::new();
    for (digest, known) in rows {
        unique
            .entry(digest)
            .and_modify(|first: &mut Known| (first.size, first.modified) = (None, None))
            .or_insert(known);
    }
    unique
}

/// Whether the content of a file is to be kept, given whether it is a member of an archive.
fn is_to_be_kept(keep: Keep) -> impl Fn(bool) -> bool + Copy {
    move |is_member| match keep {
        Keep::Off => false,
        Keep::Archives => is_member,
        Keep::On => true,
    }
}
