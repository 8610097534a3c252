//! What the index access methods of the extension have in common: the routines that PostgreSQL calls to make, fill, clean and
//! price an index. How an index is scanned is each method's own.

use std::ffi::c_void;
use std::ptr::{self, NonNull};

use pgrx::array::RawArray;
use pgrx::pg_sys::panic::pgrx_extern_c_guard;
use pgrx::pg_sys::{self, Datum, Relation};
use pgrx::prelude::*;

use super::index_pages::{Row, Strategy};
use super::nodes::cells;

/// An access method for one column. What is NULL is in no index.
pub(super) trait Method {
    /// An index that is being built.
    type Build;

    /// Makes an index without rows.
    ///
    /// # Safety
    /// The relation must be an index of this method that PostgreSQL has opened, as in the following.
    unsafe fn make_empty(relation: Relation, fork: pg_sys::ForkNumber::Type);

    /// Begins to build an index, which is empty.
    ///
    /// # Safety
    /// As above.
    unsafe fn build(relation: Relation) -> Self::Build;

    /// Adds a row to an index that is built.
    ///
    /// # Safety
    /// The value must be of the column's type.
    unsafe fn add(build: &mut Self::Build, row: Row, value: Datum);

    /// Ends building. Returns the number of rows.
    fn finish(build: Self::Build) -> u64;

    /// Adds a row.
    ///
    /// # Safety
    /// As for both above.
    unsafe fn insert(relation: Relation, row: Row, value: Datum);

    /// Removes rows that are dead. Every row of the index is asked for at least once.
    ///
    /// # Safety
    /// As above.
    unsafe fn remove(
        relation: Relation,
        strategy: &Strategy,
        is_dead: impl FnMut(Row) -> bool,
    ) -> Counts;

    /// What a scan costs, for the planner.
    fn cost(size: &Size) -> Cost;
}

/// What a vacuum has found.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) pages: u32,
    /// Entries.
    pub(super) kept: u64,
    pub(super) removed: u64,
}

/// What an index is scanned for, and how large it is.
pub(super) struct Size {
    pub(super) pages: f64,
    pub(super) rows: f64,
    /// Whether rows are wanted in an order that the index has.
    pub(super) in_order: bool,
    /// The share of the rows that are found, where a function says so that has made the conditions.
    pub(super) share: Option<f64>,
    /// How often the plan scans it.
    scans: f64,
    planner: *mut pg_sys::PlannerInfo,
}

impl Size {
    /// How many pages each scan fetches that reads so many: those that earlier ones have read may be in the cache, as for
    /// PostgreSQL's own indexes (Mackert & Lohman 1989).
    pub(super) fn fetched(&self, read: f64) -> f64 {
        let read = read.min(self.pages);
        if self.scans <= 1.0 {
            return read;
        }
        let (all, pages) = (read * self.scans, self.pages as u32);
        // SAFETY: the planner is PostgreSQL's, which waits for the estimate.
        let fetched = unsafe { pg_sys::index_pages_fetched(all, pages, self.pages, self.planner) };
        fetched / self.scans
    }
}

/// The cost of a scan before its first row and to its last, and the share of the table's rows that it finds.
pub(super) struct Cost {
    pub(super) startup: f64,
    pub(super) total: f64,
    pub(super) selectivity: f64,
}

/// The routines that do not depend on how the index is scanned.
pub(super) fn routine<M: Method>() -> PgBox<pg_sys::IndexAmRoutine, AllocatedByRust> {
    // SAFETY: the node has this type, and is all zero, which stands for features and routines that are not there.
    let mut routine =
        unsafe { PgBox::<pg_sys::IndexAmRoutine>::alloc_node(pg_sys::NodeTag::T_IndexAmRoutine) };
    routine.ambuild = Some(build::<M>);
    routine.ambuildempty = Some(build_empty::<M>);
    routine.aminsert = Some(insert::<M>);
    routine.ambulkdelete = Some(bulk_delete::<M>);
    routine.amvacuumcleanup = Some(vacuum_cleanup);
    routine.amcostestimate = Some(estimate_cost::<M>);
    routine.amoptions = Some(options);
    routine.amvalidate = Some(validate);
    routine
}

/// Reads an array that PostgreSQL has; `None` if it is not one of these elements.
///
/// # Safety
/// The datum must be a valid array.
pub(super) unsafe fn with_array<T>(
    datum: Datum,
    element: pg_sys::Oid,
    read: impl FnOnce(&mut RawArray) -> T,
) -> Option<T> {
    let stored = datum.cast_mut_ptr::<pg_sys::varlena>();
    // SAFETY: by the contract. What had to be decompressed is a copy, which is freed; so the memory of a call that reads
    // millions of arrays does not grow.
    unsafe {
        let array = pg_sys::pg_detoast_datum(stored);
        let mut raw = RawArray::from_ptr(NonNull::new(array.cast())?);
        let found = (raw.oid() == element).then(|| read(&mut raw));
        if array != stored {
            pg_sys::pfree(array.cast());
        }
        found
    }
}

/// `ambuild`: makes the index of a table.
///
/// # Safety
/// Called by PostgreSQL, as all the following.
unsafe extern "C-unwind" fn build<M: Method>(
    table: Relation,
    relation: Relation,
    info: *mut pg_sys::IndexInfo,
) -> *mut pg_sys::IndexBuildResult {
    // SAFETY: PostgreSQL has opened both, and `state` lives until the scan of the table ends.
    let make = || unsafe {
        M::make_empty(relation, pg_sys::ForkNumber::MAIN_FORKNUM);
        let mut state = M::build(relation);
        let scan = (*(*table).rd_tableam).index_build_range_scan;
        let rows = scan.map_or(0.0, |scan| {
            let state = (&raw mut state).cast();
            let (all, add) = (pg_sys::InvalidBlockNumber, Some(add::<M> as _));
            guarded(|| {
                scan(table, relation, info, true, false, true, 0, all, add, state, ptr::null_mut())
            })
        });
        let mut result = PgBox::<pg_sys::IndexBuildResult>::alloc0();
        result.heap_tuples = rows;
        result.index_tuples = M::finish(state) as f64;
        result.into_pg()
    };
    // SAFETY: called by PostgreSQL.
    unsafe { pgrx_extern_c_guard(make) }
}

/// Adds a row of the table to an index that is built.
unsafe extern "C-unwind" fn add<M: Method>(
    _relation: Relation,
    tid: pg_sys::ItemPointer,
    values: *mut Datum,
    nulls: *mut bool,
    _is_alive: bool,
    state: *mut c_void,
) {
    // SAFETY: the state is that of `build`, and there is one value, which is valid unless it is NULL.
    let add = || unsafe {
        if !*nulls {
            M::add(&mut *state.cast::<M::Build>(), Row::of(tid), *values);
        }
    };
    // SAFETY: called by PostgreSQL.
    unsafe { pgrx_extern_c_guard(add) }
}

/// `ambuildempty`: makes an unlogged index as it is after a crash.
unsafe extern "C-unwind" fn build_empty<M: Method>(relation: Relation) {
    let fork = pg_sys::ForkNumber::INIT_FORKNUM;
    // SAFETY: PostgreSQL has opened it. Its changes are not logged, but this fork has to be.
    let make = || unsafe {
        M::make_empty(relation, fork);
        pg_sys::log_newpage_range(relation, fork, 0, 1, true);
    };
    // SAFETY: called by PostgreSQL.
    unsafe { pgrx_extern_c_guard(make) }
}

/// `aminsert`. Returns whether the row is unique, which no index of this kind knows.
#[allow(clippy::too_many_arguments)]
unsafe extern "C-unwind" fn insert<M: Method>(
    relation: Relation,
    values: *mut Datum,
    nulls: *mut bool,
    tid: pg_sys::ItemPointer,
    _table: Relation,
    _unique: pg_sys::IndexUniqueCheck::Type,
    _is_unchanged: bool,
    _info: *mut pg_sys::IndexInfo,
) -> bool {
    // SAFETY: PostgreSQL passes a row of the index, of one value, which is valid unless it is NULL.
    let insert = || unsafe {
        if !*nulls {
            M::insert(relation, Row::of(tid), *values);
        }
        false
    };
    // SAFETY: called by PostgreSQL.
    unsafe { pgrx_extern_c_guard(insert) }
}

/// `ambulkdelete`.
unsafe extern "C-unwind" fn bulk_delete<M: Method>(
    info: *mut pg_sys::IndexVacuumInfo,
    stats: *mut pg_sys::IndexBulkDeleteResult,
    callback: pg_sys::IndexBulkDeleteCallback,
    state: *mut c_void,
) -> *mut pg_sys::IndexBulkDeleteResult {
    // SAFETY: PostgreSQL has opened the index; the callback reads the row's place.
    let remove = || unsafe {
        let strategy = Strategy::of_vacuum((*info).strategy);
        let counts = M::remove((*info).index, &strategy, |row| {
            let mut tid = row.item_pointer();
            callback.is_some_and(|is_dead| guarded(|| is_dead(&raw mut tid, state)))
        });
        // A vacuum that removes more rows than fit in its memory calls several times.
        let result = match stats.as_mut() {
            Some(earlier) => earlier,
            None => &mut *PgBox::<pg_sys::IndexBulkDeleteResult>::alloc0().into_pg(),
        };
        result.num_pages = counts.pages;
        result.num_index_tuples = counts.kept as f64;
        result.tuples_removed += counts.removed as f64;
        &raw mut *result
    };
    // SAFETY: called by PostgreSQL.
    unsafe { pgrx_extern_c_guard(remove) }
}

/// `amvacuumcleanup`: after a vacuum that removed nothing, the statistics stay as they are.
#[pg_guard]
unsafe extern "C-unwind" fn vacuum_cleanup(
    _info: *mut pg_sys::IndexVacuumInfo,
    stats: *mut pg_sys::IndexBulkDeleteResult,
) -> *mut pg_sys::IndexBulkDeleteResult {
    stats
}

/// `amcostestimate`.
#[allow(clippy::too_many_arguments)]
unsafe extern "C-unwind" fn estimate_cost<M: Method>(
    root: *mut pg_sys::PlannerInfo,
    path: *mut pg_sys::IndexPath,
    scans: f64,
    startup_cost: *mut pg_sys::Cost,
    total_cost: *mut pg_sys::Cost,
    selectivity: *mut pg_sys::Selectivity,
    correlation: *mut f64,
    pages: *mut f64,
) {
    // SAFETY: PostgreSQL passes a path of this index, and where to write.
    let estimate = || unsafe {
        let index = (*path).indexinfo;
        let in_order = !(*path).indexorderbys.is_null();
        let size = Size {
            pages: (*index).pages.into(),
            rows: (*index).tuples,
            in_order,
            share: share(root, path),
            scans,
            planner: root,
        };
        let cost = M::cost(&size);
        (*startup_cost, *total_cost) = (cost.startup, cost.total);
        (*selectivity, *correlation) = (cost.selectivity, 0.0);
        *pages = size.pages;
    };
    // SAFETY: called by PostgreSQL.
    unsafe { pgrx_extern_c_guard(estimate) }
}

/// The share of the rows that meet the functions whose conditions a scan has. Only such conditions are lossy.
///
/// # Safety
/// The path must be PostgreSQL's.
unsafe fn share(root: *mut pg_sys::PlannerInfo, path: *mut pg_sys::IndexPath) -> Option<f64> {
    // SAFETY: by the contract; the planner asks for the same of other indexes.
    unsafe {
        let clauses = cells((*path).indexclauses).iter();
        let clauses = clauses.map(|cell| cell.ptr_value.cast::<pg_sys::IndexClause>());
        let made = clauses.filter(|&clause| (*clause).lossy);
        let inner = pg_sys::JoinType::JOIN_INNER;
        made.map(|clause| {
            pg_sys::clause_selectivity(root, (*clause).rinfo.cast(), 0, inner, ptr::null_mut())
        })
        .reduce(f64::min)
    }
}

/// `amoptions`: there are none, so that any that is given is refused.
#[pg_guard]
unsafe extern "C-unwind" fn options(options: Datum, validate: bool) -> *mut pg_sys::bytea {
    let none = pg_sys::relopt_kind::RELOPT_KIND_LOCAL;
    // SAFETY: PostgreSQL passes its options; no option has this kind, so that nothing is read of the empty list.
    unsafe { pg_sys::build_reloptions(options, validate, none, 0, ptr::null(), 0).cast() }
}

/// `amvalidate`: an operator class needs no function.
#[pg_guard]
unsafe extern "C-unwind" fn validate(_class: pg_sys::Oid) -> bool {
    true
}

/// Calls a function of PostgreSQL by its pointer, so that an ERROR unwinds Rust's frames.
///
/// # Safety
/// That of the function, and the closure must have nothing to drop.
unsafe fn guarded<T>(call: impl FnOnce() -> T) -> T {
    // SAFETY: by the contract.
    unsafe { pg_sys::ffi::pg_guard_ffi_boundary(call) }
}
