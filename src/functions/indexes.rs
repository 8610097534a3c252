//! `midi_create_indexes`, `midi_drop_indexes`: creating and dropping the indexes of a profile, as listed
//! in `sql/indexes.sql`.

use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};

use super::index_choice;
use crate::distribution;
use crate::error::{self, given};
use crate::jobs::OWNERS;
use crate::pg::caller::{Caller, Schema};
use crate::pg::spi;
use crate::pg::sql::{self, fill};
use crate::pg::{role, transaction};

/// Each profile includes the ones before it.
const PROFILES: [&str; 3] = ["default", SEARCH, "all"];
/// The profile that is created where none was chosen.
const SEARCH: &str = "search";

/// The indexes of the profiles $1 on the tables of the owner $2, in the order of their creation.
const INDEXES: &str = "
    SELECT p.index_name, p.profile, p.state, p.definition, p.requires,
           p.requires IS NOT NULL AND e.oid IS NULL, p.comment
    FROM @schema@.midi_index_profiles p
    JOIN pg_class t ON t.oid = p.relation AND t.relowner = $2
    LEFT JOIN pg_extension e ON e.extname = p.requires
    WHERE p.profile = ANY ($1)
    ORDER BY array_position($1, p.profile), p.relation::text, p.index_name";

/// The tables with those of the indexes $1 in the schema $2 that are on expressions.
const ON_EXPRESSIONS: &str = "
    SELECT DISTINCT t.relname::text
    FROM pg_class c
    JOIN pg_index i ON i.indexrelid = c.oid
    JOIN pg_class t ON t.oid = i.indrelid
    WHERE c.relname = ANY ($1) AND c.relnamespace = $2 AND i.indexprs IS NOT NULL
    ORDER BY 1";

/// Why the current role cannot create the extension $1; NULL if it can.
const OBSTACLE: &str = "
    SELECT CASE
        WHEN count(*) = 0
            THEN format('the server does not have the extension %s, which is one of PostgreSQL''s own (contrib)', $1)
        WHEN NOT bool_or(NOT v.superuser OR r.rolsuper
                         OR v.trusted AND has_database_privilege(current_database(), 'CREATE'))
            THEN format('a superuser has to create the extension %s first', $1)
        END
    FROM pg_available_extension_versions v, pg_roles r
    WHERE v.name = $1 AND r.rolname = current_user";

/// An index of a profile.
struct Index {
    name: String,
    profile: String,
    state: String,
    definition: String,
    requires: Option<String>,
    lacks_extension: bool,
    comment: String,
}

/// Without a profile, those of the one that is remembered.
#[pg_extern(volatile, parallel_unsafe, requires = ["indexes"])]
fn midi_create_indexes(
    profile: default!(Option<&str>, "NULL"),
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(index_name, String),
            name!(profile, String),
            name!(outcome, &'static str),
            name!(reason, Option<String>),
            name!(definition, String),
        ),
    >,
    ErrorReport,
> {
    transaction::require_writable(c"midi_create_indexes()");
    let schema = caller.schema();
    Spi::connect(|client| distribution::require_coordinator(client, &schema))?;
    let remembered = index_choice::remembered(&schema)?;
    let last = level(profile.or(remembered.as_deref()).unwrap_or(SEARCH))?;
    let create = |client: &mut SpiClient<'_>, schema: &Schema, index: Index| {
        let (outcome, reason) = create(client, schema, &index)?;
        if let (SKIPPED, Some(reason)) = (outcome, &reason) {
            notice!("skipping index \"{}\": {reason}", index.name);
        }
        Ok(Some((index.name, index.profile, outcome, reason, index.definition)))
    };
    let analyze = |client: &mut SpiClient<'_>, schema: &Schema, rows: &[(String, _, _, _, _)]| {
        let created = rows.iter().filter(|row| row.2 == CREATED);
        analyze(client, schema, created.map(|row| row.0.clone()).collect())
    };
    let rows = in_library(&schema, &PROFILES[..=last], create, analyze)?;
    if last > level_of(remembered.as_deref())? {
        index_choice::remember(&schema, PROFILES[last])?;
    }
    Ok(TableIterator::new(rows))
}

#[pg_extern(volatile, parallel_unsafe, requires = ["indexes"])]
fn midi_drop_indexes(
    profile: Option<&str>,
    caller: Caller<'_>,
) -> Result<TableIterator<'static, (name!(index_name, String), name!(profile, String))>, ErrorReport>
{
    transaction::require_writable(c"midi_drop_indexes()");
    let schema = caller.schema();
    let first = level(given(profile, "profile")?)?;
    let drop = |client: &mut SpiClient<'_>, schema: &Schema, index: Index| {
        if index.state == MISSING {
            return Ok(None);
        }
        run(client, &format!("DROP INDEX {}", schema.dot(&index.name)))?;
        Ok(Some((index.name, index.profile)))
    };
    let rows = in_library(&schema, &PROFILES[first..], drop, |_, _, _| Ok(()))?;
    let left = first.saturating_sub(1);
    if left < level_of(index_choice::remembered(&schema)?.as_deref())? {
        index_choice::remember(&schema, PROFILES[left])?;
    }
    Ok(TableIterator::new(rows))
}

/// States in `midi_index_profiles`.
const MISSING: &str = "missing";
const BUILT: &str = "built";
/// The outcomes for an index that is created, and for one that cannot be.
const CREATED: &str = "created";
const SKIPPED: &str = "skipped";

/// The profile that is remembered; CREATE EXTENSION creates the smallest, which need not be.
fn level_of(remembered: Option<&str>) -> Result<usize, ErrorReport> {
    remembered.map_or(Ok(0), level)
}

fn level(profile: &str) -> Result<usize, ErrorReport> {
    let level = PROFILES.iter().position(|name| *name == profile);
    level.ok_or_else(|| error::no_such_profile(profile))
}

/// Does `work` for each index of the profiles, and `finish` after those of an owner. The caller needs the privileges
/// of the tables' owners, and `work` runs with these alone, because the owner of a table decides what code its indexes
/// run.
fn in_library<T>(
    schema: &Schema,
    profiles: &[&str],
    work: impl Fn(&mut SpiClient<'_>, &Schema, Index) -> SpiResult<Option<T>>,
    finish: impl Fn(&mut SpiClient<'_>, &Schema, &[T]) -> SpiResult<()>,
) -> Result<Vec<T>, ErrorReport> {
    let all = || {
        Spi::connect_mut(|client| {
            let owners = owners(client, schema)?;
            let profiles: Vec<_> = profiles.iter().map(|name| Some((*name).to_owned())).collect();
            let sql = fill(INDEXES, &[("schema", schema.quoted())]);
            let mut done = Vec::new();
            for owner in owners {
                let of_owner = role::with_rights_of(owner, || -> SpiResult<Vec<_>> {
                    let arguments = [profiles.clone().into(), owner.into()];
                    let indexes = spi::update(client, &sql, None, &arguments, read)?;
                    let done = indexes.into_iter().map(|index| work(client, schema, index));
                    let done: Vec<_> =
                        done.filter_map(SpiResult::transpose).collect::<SpiResult<_>>()?;
                    finish(client, schema, &done)?;
                    Ok(done)
                });
                done.extend(of_owner.map_err(error::statement)?);
            }
            Ok(done)
        })
    };
    role::with_pinned_path(|| distribution::changing_tables(all))
}

/// The owners of the tables.
///
/// # Errors
/// If the current role lacks the privileges of an owner, or if the owner of the view of the definitions
/// does.
fn owners(client: &mut SpiClient<'_>, schema: &Schema) -> Result<Vec<Oid>, ErrorReport> {
    let owners = spi::update(client, OWNERS, None, &[schema.oid().into()], |row| {
        let [has_privileges, view_has_privileges] =
            [row.get(2)?, row.get(3)?].map(|is| is == Some(true));
        Ok(row.get::<Oid>(1)?.map(|owner| (owner, has_privileges, view_has_privileges)))
    });
    let owners: Vec<_> = owners.map_err(error::statement)?.into_iter().flatten().collect();
    if owners.is_empty() || owners.iter().any(|(_, has_privileges, _)| !has_privileges) {
        return Err(error::indexes_of_another());
    }
    if owners.iter().any(|(.., view_has_privileges)| !view_has_privileges) {
        return Err(error::index_list_of_another());
    }
    Ok(owners.into_iter().map(|(owner, ..)| owner).collect())
}

fn read(row: &spi::Row<'_>) -> SpiResult<Index> {
    let text = |ordinal| row.get::<String>(ordinal).map(Option::unwrap_or_default);
    Ok(Index {
        name: text(1)?,
        profile: text(2)?,
        state: text(3)?,
        definition: text(4)?,
        requires: row.get(5)?,
        lacks_extension: row.get(6)?.unwrap_or_default(),
        comment: text(7)?,
    })
}

/// Creates an index unless it exists. Returns the outcome and its reason.
fn create(
    client: &mut SpiClient<'_>,
    schema: &Schema,
    index: &Index,
) -> SpiResult<(&'static str, Option<String>)> {
    let name = schema.dot(&index.name);
    if index.state == BUILT {
        return Ok(("exists", None));
    }
    if let Some(extension) = index.requires.as_deref().filter(|_| index.lacks_extension) {
        let obstacles = spi::update(client, OBSTACLE, Some(1), &[extension.into()], |row| {
            row.get::<String>(1)
        })?;
        if let Some(obstacle) = obstacles.into_iter().flatten().next() {
            return Ok((SKIPPED, Some(obstacle)));
        }
        // The nodes do not see what this transaction creates.
        if distribution::is_distributed(client, schema)? {
            return Ok((
                SKIPPED,
                Some(format!("run CREATE EXTENSION {extension} first, by itself")),
            ));
        }
        let create = format!(
            "CREATE EXTENSION IF NOT EXISTS {} SCHEMA {}",
            sql::name(extension),
            schema.quoted()
        );
        run(client, &create)?;
    }
    if index.state != MISSING {
        run(client, &format!("DROP INDEX {name}"))?;
    }
    run(client, &index.definition)?;
    run(client, &format!("COMMENT ON INDEX {name} IS {}", sql::literal(&index.comment)))?;
    let reason = index.requires.as_ref().filter(|_| index.lacks_extension);
    Ok((CREATED, reason.map(|extension| format!("with the extension {extension}"))))
}

/// Collects statistics on the expressions of new indexes. PostgreSQL makes none with an index, and autovacuum
/// only after many rows have changed, so that the planner would take each expression for one of few values.
fn analyze(client: &mut SpiClient<'_>, schema: &Schema, indexes: Vec<String>) -> SpiResult<()> {
    let arguments = [indexes.into(), schema.oid().into()];
    let tables = spi::update(client, ON_EXPRESSIONS, None, &arguments, |row| row.get::<String>(1))?;
    let mut tables = tables.into_iter().flatten();
    tables.try_for_each(|table| run(client, &format!("ANALYZE {}", schema.dot(&table))))
}

fn run(client: &mut SpiClient<'_>, sql: &str) -> SpiResult<()> {
    client.update(sql, None, &[]).map(drop)
}
