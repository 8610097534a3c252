//! The SQL statements of schedules. The job store runs them, with a `search_path` of their own.

/// The current local time in the time zone $1, in microseconds since 1970.
pub(super) const LOCAL: &str =
    "SELECT (extract(epoch FROM clock_timestamp() AT TIME ZONE $1) * 1000000)::bigint";

/// The time at which the future local time $1 of the time zone $2 occurs. When clocks are set back, a local
/// time occurs twice, and PostgreSQL takes the second occurrence; a schedule that is due every minute would
/// pause for an hour. So this takes the first occurrence, unless it is past. Clocks are set back by at most
/// three hours; all amounts are tried. An occurrence of the last five minutes counts as future, because it
/// may have passed since the clock was read.
pub(super) const WHEN: &str = "
    SELECT COALESCE(
        min(last - earlier) FILTER (WHERE (last - earlier) AT TIME ZONE $2 = local
                                      AND last - earlier > clock_timestamp() - interval '5 min'),
        min(last))
    FROM (SELECT local, local AT TIME ZONE $2 AS last
          FROM (SELECT timestamp '1970-01-01' + $1 * interval '1 microsecond' AS local) AS t) AS named
    CROSS JOIN (SELECT minutes * interval '1 min' AS earlier
                FROM generate_series(0, 180, 10) AS minutes) AS set_back";

/// Adds the schedule $1 of $2, every $3 or by the cron expression $4 in the time zone $5, with $6
/// workers, for the role $7 with the settings $8, first at $9. Replaces a schedule of that name if it is of
/// the same role, or was restored and has the role's name.
pub(super) const PUT: &str = "
    INSERT INTO @schema@.midi_schedules AS s
        (name, source, every, cron, time_zone, workers, role, role_oid, settings, next_at)
    SELECT $1, $2, $3, $4, $5, $6, r.rolname, r.oid, $8, COALESCE($9, clock_timestamp() + $3)
    FROM pg_roles r WHERE r.oid = $7
    ON CONFLICT (name) DO UPDATE SET
        source = EXCLUDED.source, every = EXCLUDED.every, cron = EXCLUDED.cron,
        time_zone = EXCLUDED.time_zone, workers = EXCLUDED.workers, settings = EXCLUDED.settings,
        role = EXCLUDED.role, role_oid = EXCLUDED.role_oid, next_at = EXCLUDED.next_at,
        failures = 0, failed_at = NULL, last_error = NULL
    WHERE s.role_oid = EXCLUDED.role_oid
       OR s.role_oid IS NULL AND s.role = EXCLUDED.role
    RETURNING next_at";

/// Deletes the schedule $1, if the role $2 may do so.
pub(super) const REMOVE: &str = "
    DELETE FROM @schema@.midi_schedules s
    WHERE name = $1 AND (
        pg_has_role($2, s.role_oid, 'USAGE')
        OR s.role_oid IS NULL AND s.role = (SELECT rolname FROM pg_roles WHERE oid = $2)
        OR pg_has_role($2, (SELECT datdba FROM pg_database WHERE datname = current_database()),
                       'USAGE'))
    RETURNING name";

/// Deletes the schedules whose role does not exist any more, except for restored ones, which have no role.
pub(super) const REMOVE_ORPHANS: &str = "
    DELETE FROM @schema@.midi_schedules s
    WHERE s.role_oid IS NOT NULL
      AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = s.role_oid)
    RETURNING name";

/// The schedules that are due, except for those whose role's rights the owner of the table does not have: the
/// owner could have forged them.
pub(super) const DUE: &str = "
    SELECT s.name FROM @schema@.midi_schedules s
    JOIN pg_roles r ON r.oid = s.role_oid AND pg_has_role(r.oid, 'USAGE')
    WHERE s.next_at <= clock_timestamp()
    ORDER BY s.next_at, s.name";

/// The schedule $1, if it is due and not locked, and whether its last job is under way.
pub(super) const TAKE: &str = "
    SELECT s.name, s.source, s.cron, s.time_zone, s.workers, r.oid, s.settings,
           EXISTS (SELECT FROM @schema@.midi_import_jobs j
                   WHERE j.id = s.last_job AND j.state IN ('pending', 'running'))
    FROM @schema@.midi_schedules s
    JOIN pg_roles r ON r.oid = s.role_oid AND pg_has_role(r.oid, 'USAGE')
    WHERE s.name = $1 AND s.next_at <= clock_timestamp()
    FOR UPDATE OF s SKIP LOCKED";

/// Records that the schedule $1 has run, as the job $2 if that is given. It is next due at $3, or after
/// its interval; if neither is in the future, never.
pub(super) const RAN: &str = "
    WITH next AS (
        SELECT name, CASE
            WHEN cron IS NOT NULL THEN $3
            WHEN next_at + every > clock_timestamp() THEN next_at + every
            WHEN clock_timestamp() + every > clock_timestamp() THEN clock_timestamp() + every
        END AS at
        FROM @schema@.midi_schedules
        WHERE name = $1
    )
    UPDATE @schema@.midi_schedules s SET
        last_job = COALESCE($2, last_job),
        next_at = next.at,
        failures = 0,
        failed_at = CASE WHEN next.at IS NULL THEN clock_timestamp() END,
        last_error = CASE WHEN next.at IS NULL THEN 'it matches no time in the future' END
    FROM next
    WHERE s.name = next.name";

/// Records that the schedule $1 did not run because of $2. It is tried again after a minute, then after two,
/// up to an hour.
pub(super) const FAILED: &str = "
    UPDATE @schema@.midi_schedules SET
        failures = least(failures, 1000000) + 1,
        failed_at = clock_timestamp(),
        last_error = $2,
        next_at = clock_timestamp()
            + least(interval '1 hour', interval '1 minute' * 2 ^ least(failures, 6))
    WHERE name = $1";

/// When the next schedule is due, of those that are executed.
pub(super) const NEXT: &str = "
    SELECT min(s.next_at) FROM @schema@.midi_schedules s
    JOIN pg_roles r ON r.oid = s.role_oid AND pg_has_role(r.oid, 'USAGE')";
