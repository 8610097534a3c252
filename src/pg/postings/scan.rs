//! Scanning the index: the rows whose arrays have all of some elements, or one of them.

use pgrx::pg_sys;

use super::locks::Held;
use super::meta::Meta;
use super::pending::{self, Part};
use super::posting::Key;
use super::store::Store;
use super::stream::{OfSegment, Source};
use crate::pg::index_pages::{Damaged, Row, Strategy};
use crate::pg::{interrupts, list};

/// The numbers of the operators in an operator class: `@>` and `&&`.
pub(super) const STRATEGIES: u16 = 2;
const CONTAINS: u16 = 1;
const OVERLAPS: u16 = 2;
/// How often a scan begins anew on a standby, where pages may be used again while it looks at them.
const MOST_TRIES: usize = 1_000;

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Query {
    /// Nothing has it.
    Nothing,
    /// Every row that is not NULL.
    Everything,
    /// Rows with all of these elements, of which there are some, ascending.
    All(Vec<i32>),
    /// Rows with one of them.
    Any(Vec<i32>),
}

impl Query {
    /// What an operator asks for of an array, which may have NULL beside these elements. NULL is no element of any array.
    pub(super) fn of(strategy: u16, elements: &[i32], has_null: bool) -> Self {
        let mut known = elements.to_vec();
        known.sort_unstable();
        known.dedup();
        match strategy {
            CONTAINS if has_null => Self::Nothing,
            CONTAINS if known.is_empty() => Self::Everything,
            CONTAINS => Self::All(known),
            OVERLAPS if !known.is_empty() => Self::Any(known),
            _ => Self::Nothing,
        }
    }

    /// In which order queries are likely to find more rows.
    pub(super) fn breadth(&self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::All(_) => 1,
            Self::Any(_) => 2,
            Self::Everything => 3,
        }
    }

    /// Gives every row that may be asked for to `take`, some more than once.
    pub(super) fn run(&self, store: Store, mut take: impl FnMut(Row)) {
        store.pages.count_scan();
        for tried in 1.. {
            let found = {
                let _held = Held::as_reader(store.pages);
                self.try_to_run(store, &mut take)
            };
            // SAFETY: a read of the state of the server.
            let may_change = unsafe { pg_sys::RecoveryInProgress() } && tried < MOST_TRIES;
            if found.is_ok() || !may_change {
                return store.pages.sound(found);
            }
            interrupts::check();
        }
    }

    fn try_to_run(&self, store: Store, take: &mut impl FnMut(Row)) -> Result<(), Damaged> {
        let meta = store.meta()?;
        match self {
            Self::Nothing => Ok(()),
            Self::Everything => every_row(store, &meta, take),
            Self::All(elements) => {
                common(store, &meta, elements)?.into_iter().for_each(take);
                Ok(())
            }
            Self::Any(elements) => {
                for (&element, waiting) in elements.iter().zip(waiting(store, &meta, elements)?) {
                    rows(store, &meta, element, waiting)?.into_iter().for_each(&mut *take);
                }
                Ok(())
            }
        }
    }
}

/// The rows that have all of these elements.
fn common(store: Store, meta: &Meta, elements: &[i32]) -> Result<Vec<Row>, Damaged> {
    let mut common: Option<Vec<Row>> = None;
    for (&element, waiting) in elements.iter().zip(waiting(store, meta, elements)?) {
        let rows = rows(store, meta, element, waiting)?;
        let both = match common {
            None => rows,
            Some(mut common) => {
                let mut left = &rows[..];
                common.retain(|row| {
                    left = &left[left.partition_point(|other| other < row)..];
                    left.first() == Some(row)
                });
                common
            }
        };
        if both.is_empty() {
            return Ok(both);
        }
        common = Some(both);
    }
    Ok(common.unwrap_or_default())
}

/// The rows that have an element, ascending, of which some wait.
fn rows(store: Store, meta: &Meta, element: i32, waiting: Vec<Row>) -> Result<Vec<Row>, Damaged> {
    let mut rows = waiting;
    for segment in &meta.segments {
        segment.find(store, Key::of(element), |row| list::push(&mut rows, row))?;
    }
    rows.sort_unstable();
    rows.dedup();
    Ok(rows)
}

/// For each of these elements, which ascend, the rows that wait and have it.
fn waiting(store: Store, meta: &Meta, elements: &[i32]) -> Result<Vec<Vec<Row>>, Damaged> {
    let mut found = vec![Vec::new(); elements.len()];
    pending::each(store, &meta.waiting, Part::All, |row, has| {
        for element in has {
            if let Ok(place) = elements.binary_search(&i32::from_ne_bytes(*element)) {
                list::push(&mut found[place], row);
            }
        }
        Ok(())
    })?;
    Ok(found)
}

fn every_row(store: Store, meta: &Meta, mut take: impl FnMut(Row)) -> Result<(), Damaged> {
    pending::each(store, &meta.waiting, Part::All, |row, _| {
        take(row);
        Ok(())
    })?;
    let strategy = Strategy::of_scan(store.pages.count());
    let mut postings = Vec::new();
    for &segment in &meta.segments {
        let mut source = OfSegment::new(store, segment, &strategy)?;
        loop {
            source.fill(&mut postings)?;
            if postings.is_empty() {
                break;
            }
            postings.drain(..).for_each(|posting| take(posting.row()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{CONTAINS, OVERLAPS, Query};

    #[test]
    fn null_is_no_element_and_all_of_nothing_is_everything() {
        for (strategy, elements, has_null, query) in [
            (CONTAINS, &[][..], false, Query::Everything),
            (CONTAINS, &[], true, Query::Nothing),
            (CONTAINS, &[2], true, Query::Nothing),
            (CONTAINS, &[2, 1, 2], false, Query::All(vec![1, 2])),
            (OVERLAPS, &[], false, Query::Nothing),
            (OVERLAPS, &[], true, Query::Nothing),
            (OVERLAPS, &[2], true, Query::Any(vec![2])),
        ] {
            assert_eq!(Query::of(strategy, elements, has_null), query);
        }
    }
}
