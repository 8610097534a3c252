//! Clients that pass arguments by name, such as those that take JSON, know of each argument its name alone. So no two
//! functions with one name may have a call by names that fits both.

use midi_testkit::cluster::Cluster;
use postgres::Client;

/// Pairs of functions that one call by names fits: what either requires, the other has.
const MISTAKABLE: &str = "
    WITH function AS (
        SELECT p.oid, p.proname, n.names, n.names[:p.pronargs - p.pronargdefaults] AS required
        FROM pg_proc p, LATERAL (SELECT COALESCE(p.proargnames[:p.pronargs]::text[], '{}') AS names) n
        WHERE p.pronamespace = 'public'::regnamespace
          AND (p.pronargs = 0 OR p.proargnames IS NOT NULL AND '' <> ALL (n.names))
    )
    SELECT format('%s and %s', a.oid::regprocedure, b.oid::regprocedure)
    FROM function a JOIN function b ON a.proname = b.proname AND a.oid < b.oid
    WHERE a.required <@ b.names AND b.required <@ a.names";

fn mistakable(client: &mut Client) -> Vec<String> {
    client.query(MISTAKABLE, &[]).expect("pairs").iter().map(|row| row.get(0)).collect()
}

#[test]
fn no_call_by_names_fits_two_functions() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    assert_eq!(mistakable(&mut client), [""; 0]);

    let sql = "CREATE FUNCTION same(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
               CREATE FUNCTION same(a text, b int DEFAULT 0) RETURNS int LANGUAGE sql AS 'SELECT 1';
               CREATE FUNCTION same(a text, c text) RETURNS int LANGUAGE sql AS 'SELECT 1'";
    client.batch_execute(sql).unwrap();
    assert_eq!(mistakable(&mut client), ["same(integer) and same(text,integer)"]);
}
