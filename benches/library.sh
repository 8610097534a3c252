# The part of scripts/bench that makes its own music and fills a library with it. Sourced by it.

# How often short measurements are repeated; the median counts.
rounds=3

# The corpus, in target/bench, unless it is there. Its first ten thousand files are in the folder 00.
make_corpus() {
    sample=$corpus/00
    say "Making $count files from seed $seed in $corpus"
    mkdir -p "$root/target/bench"
    [ -d "$corpus" ] || require_space "$root/target/bench" $((25 * count))
    cargo run --quiet --release --manifest-path "$root/Cargo.toml" -p midi_testkit \
        --features generators --bin corpus -- "$corpus" "$count" "$seed"
}

# require_space FOLDER KILOBYTES
require_space() {
    local free
    free=$(df --output=avail -k "$1" | tail -n1)
    [ "$free" -ge "$2" ] || die "$1 has $((free / 1024)) MB free, and this takes $(($2 / 1024))"
}

bench_library() {
    declare -gA rate=()
    printf '%-50s %7s %9s %8s %6s %6s\n' '' files files/s MB/s peak own
    bench_core
    bench_imports
    bench_curve
    bench_shares
    cat <<END

MB/s are of the files' own bytes. Peak is the most memory in MB that one backend held, shared buffers included; own is
without them.

Where the time goes, in microseconds of one core a file, with nothing overlapping:
$(print_shares)
read: opening and reading the file, from the operating system's cache.
parse: from bytes to notes and a tempo map.
analyse: everything that is estimated from these.
index: the time of an import less that of one without the indexes that only queries need.
write: the rest, which is listing, hashing, looking up known files, forming rows, and writing them with the two unique
indexes. It is the difference of measured times, so it may be negative with few files.

$(print_goals)
END
}

# measure KEY NAME FILES BYTES SECONDS [PEAK OWN]: a line of the table that is remembered.
measure() {
    rate[$1]=$(awk "BEGIN { print $3 / $5 }")
    [ -z "${7:-}" ] || [ "$7" -le "${own_most:-0}" ] || own_most=$7
    awk -v name="$2" -v files="$3" -v rate="${rate[$1]}" -v bytes="$4" -v seconds="$5" -v peak="${6:-}" -v own="${7:-}" 'BEGIN {
        printf "%-50s %7d %9.0f %8.1f %6s %6s\n", name, files, rate, bytes / seconds / 1e6, peak, own
    }'
}

bench_core() {
    local name files bytes seconds
    while read -r name files bytes seconds _; do
        measure "$name" "$name, one thread" "$files" "$bytes" "$seconds"
    done < <(throughput -- "$sample" 2000)
}

bench_imports() {
    local workers threads files bytes seconds peak own listed
    for threads in 1 "$(nproc)"; do
        new_library
        read -r files bytes seconds _ _ peak own < <(import "$corpus" "$threads" full)
        measure "direct-$threads" "midi_import, $threads thread(s)" "$files" "$bytes" "$seconds" "$peak" "$own"
        require_all_imported "$corpus" "$count"
    done
    for workers in 1 2; do
        new_library
        read -r files bytes seconds _ _ peak own listed < <(run_job "$corpus" "$workers")
        measure "job-$workers" "job, $workers worker(s)" "$files" "$bytes" "$seconds" "$peak" "$own"
        require_all_imported "$corpus" "$count"
    done
    measure listed 'job, walking alone: paths registered' "$files" "$bytes" "$listed"
    read -r files bytes seconds _ _ peak own < <(import "$corpus" "$(nproc)" full)
    measure unchanged 'midi_import, nothing changed' "$files" "$bytes" "$seconds" "$peak" "$own"
    read -r files bytes seconds _ _ peak own listed < <(run_job "$corpus" 1)
    measure unchanged-job 'job, 1 worker, nothing changed' "$files" "$bytes" "$seconds" "$peak" "$own"
}

# run_job FOLDER WORKERS: a job in the database `bench`, from its start to its end. Prints what import does, with the memory
# of the worker with the most and without the time of processors, and the seconds until all paths were listed.
run_job() { sql bench -v folder="$1" -v workers="$2" -f "$root/benches/job.sql"; }

# require_state STATE FOLDER FILES: stops unless so many files are in the state, since the figures would be wrong.
require_state() {
    local there
    there=$(sql bench -v folder="$2" -v state="$1" <<<"SELECT count(*) FROM midi_files
        WHERE state = :'state' AND starts_with(path, :'folder' || '/')")
    [ "$there" = "$3" ] || die "of $3 files $there are $1"
}

require_all_imported() { require_state imported "$@"; }

# Ten thousand files at a time, beside more and more rows. The rounds follow one another in a copy of the database `base`,
# with other files each: so they are not all the first after a checkpoint, which has to log whole pages.
bench_curve() {
    local size workers part files bytes seconds peak own strategy='' here=0
    [ "$pg_major" -lt 15 ] || strategy='STRATEGY file_copy'
    make_base
    for size in $rows; do
        grow_base "$here" "$size"
        here=$size
        for workers in 1 2; do
            sql postgres -c 'DROP DATABASE IF EXISTS bench' -c "CREATE DATABASE bench TEMPLATE base $strategy"
            read -r files bytes seconds _ _ peak own _ < <(for part in "$corpus"/0[0-2]; do
                run_job "$part" "$workers"
            done | median)
            measure "rows-$size-$workers" "job, $workers worker(s), beside $size rows" \
                "$files" "$bytes" "$seconds" "$peak" "$own"
        done
    done
    sql postgres -c 'DROP DATABASE base'
}

# A library without rows, and beside it those of the sample, numbered, to make others from.
make_base() {
    new_library
    import "$sample" "$(nproc)" full >/dev/null
    sql bench -c 'CREATE TABLE seed_files AS SELECT row_number() OVER () - 1 AS number, * FROM midi_files' \
        -c 'CREATE TABLE seed_music AS SELECT f.number, m.* FROM seed_files f JOIN musical_metadata m USING (content_hash)' \
        -c 'CREATE TABLE seed_search AS SELECT f.number, s.* FROM seed_files f JOIN musical_search s USING (content_hash)' \
        -c 'TRUNCATE midi_files, musical_metadata, musical_search'
    sql postgres -c 'DROP DATABASE IF EXISTS base' -c 'ALTER DATABASE bench RENAME TO base'
}

# grow_base FROM TO: rows with these numbers, each with the music of one of the sample's under another hash and path.
grow_base() { sql base -v low="$1" -v high="$2" -f "$root/benches/rows.sql"; }

# The processor time for the sample, with all indexes and with the unique ones alone. It hardly depends on what else the
# machine does.
bench_shares() {
    local kind files bytes seconds
    for kind in all unique; do
        read -r files bytes seconds < <(for ((i = 0; i < rounds; i++)); do
            new_library
            [ "$kind" = all ] || drop_secondary_indexes
            import "$sample" 1 full | awk '{ print $1, $2, $4 }'
        done | median)
        measure "core-$kind" "midi_import, processor time, $kind indexes" "$files" "$bytes" "$seconds"
    done
}

drop_secondary_indexes() {
    sql bench <<'END'
SELECT format('DROP INDEX %s', indexrelid::regclass) FROM pg_index
WHERE indrelid IN ('midi_files'::regclass, 'musical_metadata'::regclass, 'musical_search'::regclass) AND NOT indisunique \gexec
END
}

print_shares() {
    awk -v read="${rate[read]}" -v parse="${rate[midi_parse]}" -v analysis="${rate[midi_analysis]}" \
        -v all="${rate[core-all]}" -v unique="${rate[core-unique]}" '
        function line(name, time) { printf "  %-8s %7.1f  %5.1f %%\n", name, time, 100 * time / whole }
        BEGIN {
            whole = 1e6 / all
            line("read", 1e6 / read)
            line("parse", 1e6 / parse)
            line("analyse", 1e6 / analysis - 1e6 / parse)
            line("write", 1e6 / unique - 1e6 / analysis - 1e6 / read)
            line("index", whole - 1e6 / unique)
            line("all", whole)
        }'
}

print_goals() {
    local size
    echo "Targets:"
    goal 'walking alone, files/s' "${rate[listed]}" '>=' 50000
    goal 'nothing changed, seconds for 100,000 files' "1e5 / ${rate[unchanged]}" '<=' 5
    for size in 1 2; do
        [ -z "${rate[rows-10000-$size]:-}" ] || [ -z "${rate[rows-1000000-$size]:-}" ] ||
            goal "rate at 1,000,000 rows against 10,000, $size worker(s)" \
                "${rate[rows-1000000-$size]} / ${rate[rows-10000-$size]}" '>=' 0.8
    done
    goal 'most memory of a backend, without shared buffers, MB' "$own_most" '<=' 400
}

# goal NAME VALUE COMPARISON LIMIT
goal() {
    awk -v name="$1" -v comparison="$3" -v limit="$4" "BEGIN {
        value = $2
        printf \"  %-58s %9.2f  %s %-6g %s\n\", name, value, comparison, limit, (value $3 limit) ? \"reached\" : \"missed\"
    }"
}
