#!/bin/bash
# bare.sh MAJOR: run in a bare system by scripts/package --check. Installs the package as its users do, and asks.
set -euo pipefail
cd /midi_pipeline

ask() { runuser -u postgres -- psql -XAtq -v ON_ERROR_STOP=1 -c "$1"; }

# expect ANSWER QUERY
expect() {
    local answer
    answer=$(ask "$2")
    [ "$answer" = "$1" ] || { printf '%s\ngives: %s\nnot: %s\n' "$2" "$answer" "$1" >&2 && exit 1; }
}

apt-get update -q
apt-get install -qy --no-install-recommends ./dist/*.deb
pg_ctlcluster "$1" main status >/dev/null || pg_ctlcluster "$1" main start
ask 'CREATE EXTENSION midi_pipeline'
expect '9|7|1' "SELECT found, imported, failed FROM midi_import('/midi_pipeline/tests/fixtures')"
expect 'Ode to Joy.mid' "SELECT filename FROM midi_search('key:D joy') ORDER BY path LIMIT 1"
expect 2 "SELECT count(*) FROM midi_find_melody('E4 E4 F4 G4 G4 F4 E4 D4 C4 C4 D4 E4')"
