# The part of scripts/bench that compares with other readers of the same files. Sourced by it.

# For so many seconds at most each library loads files, each round, and each script looks for its answer.
load_seconds=10 answer_seconds=120

threads_compared() { printf '%s\n' 1 2 "$(nproc)" | sort -nu; }

install_peers() {
    local wanted=$root/benches/peers/requirements.txt place=$root/target/peers
    python=$place/bin/python
    say "Installing what to compare with in $place"
    make_environment "$place"
    "$python" -m pip install --quiet --requirement "$wanted"
}

peer() { (cd "$scratch" && "$python" "$root/benches/peers/$1.py" "${@:2}"); }

threads_named() { if [ "$1" = 1 ]; then echo '1 thread'; else echo "$1 threads"; fi; }

# The lines of the table, in order: a key and a name.
compared() {
    local threads library
    echo 'midly_parse midly, parse, in memory, one thread'
    echo 'midi_analysis midi_analysis, in memory, one thread'
    echo 'midi_features midi_analysis, all features of jSymbolic, in memory, one thread'
    for threads in $(threads_compared); do echo "catalog-$threads import at depth catalog, $(threads_named "$threads")"; done
    for threads in $(threads_compared); do echo "full-$threads import, $(threads_named "$threads")"; done
    [ -n "$peers" ] || return 0
    for library in 'symusic Score' 'pretty_midi PrettyMIDI' 'mido MidiFile' 'miditoolkit MidiFile'; do
        echo "${library% *} ${library/ /, }(path), one thread"
    done
}

# Measures all that is compared, one after another and that three times, so that what else the machine does meets all of
# them.
take_all() {
    local key round
    throughput -- "$folder" 2000 | awk '{ print $1, $2, $3, $4, "-", $5 }' >"$taken"
    for ((round = 0; round < rounds; round++)); do
        while read -r key _ <&3; do
            case $key in
                catalog-* | full-*)
                    new_library
                    import "$folder" "${key#*-}" "${key%-*}"
                    ;;
                symusic | pretty_midi | mido | miditoolkit) peer load "$key" "$folder" "$load_seconds" || true ;;
            esac | sed "s/^/$key /" >>"$taken"
        done 3< <(compared)
    done
}

# What was taken, as a table in Markdown.
compare_table() {
    local key name midly symusic
    midly=$(rate_of midly_parse) symusic=$(rate_of symusic)
    echo '| what | files | failed | files/s | MB/s | processor, µs a file | of midly | of symusic |'
    echo '| --- | --: | --: | --: | --: | --: | --: | --: |'
    while read -r key name; do
        of_key "$key" | awk -v name="$name" -v midly="$midly" -v symusic="${symusic:-0}" '
            { rate = $1 / $3
              printf "| %s | %d | %d | %d | %.1f | %s | %.3f | %s |\n", name, $1, $5, rate, $2 / $3 / 1e6,
                  $4 == "-" ? "-" : sprintf("%d", 1e6 * $4 / $1), rate / midly, symusic ? sprintf("%.3f", rate / symusic) : "-" }
            END { if (NR == 0) printf "| %s | did not finish | | | | | | |\n", name }'
    done < <(compared)
}

# answer_line NAME KEY COMMAND...: what COMMAND prints is the answer, the files that it asked, those that failed, and all.
# If it asked some of them only, the time for all follows from them.
answer_line() {
    local start=$EPOCHREALTIME end given
    given=$("${@:3}") || given=''
    end=$EPOCHREALTIME
    awk -v name="$1" -v key="$2" -v seconds="$(awk "BEGIN { print $end - $start }")" '
        NF == 4 { printf "| %s | %s | %s | %d | %d | %d |\n", name, key,
            $2 < $4 ? sprintf("about %d", seconds * $4 / $2) : sprintf("%.1f", seconds), $2, $3, $1 }
        NF != 4 { printf "| %s | %s | did not finish | | | |\n", name, key }' <<<"$given"
}

ask_library() { sql bench -v folder="$folder" -v depth="$1" -v key="$2" -v bpm="$3" -f "$root/benches/answer.sql"; }

answer_table() {
    local none=(-c 'DROP DATABASE IF EXISTS bench' -c 'CREATE DATABASE bench')
    echo '| how | key and tempo | seconds | files asked | failed | in A minor over 120 BPM |'
    echo '| --- | --- | --: | --: | --: | --: |'
    sql postgres "${none[@]}"
    answer_line 'midi_pipeline, depth catalog' 'both declared' ask_library catalog key_declared bpm_declared
    sql postgres "${none[@]}"
    answer_line 'midi_pipeline, depth full' 'both estimated' ask_library full key_signature bpm
    answer_line 'symusic and SQLite' 'both declared' peer answer_symusic sqlite "$folder" "$answer_seconds"
    answer_line 'symusic and DuckDB' 'both declared' peer answer_symusic duckdb "$folder" "$answer_seconds"
    answer_line 'pretty_midi' 'both declared' peer answer_pretty_midi "$folder" "$answer_seconds"
    answer_line 'music21' "analyze('key'), declared" peer answer_music21 "$folder" "$answer_seconds"
}

# The whole comparison, printed; with $write also in docs/speed.md, and its rate in README.md.
bench_compare() {
    local report
    report=$'\n'$(conditions "$what")$'\n\n'
    take_all
    report+=$(compare_table)$'\n'
    [ -z "$peers" ] || report+=$'\n'$(answer_table)$'\n'
    printf '%s' "$report"
    [ -n "$write" ] || return 0
    write_block "$block" "$root/docs/speed.md" "$report"
    [ "$block" != made-up ] || write_block rate "$root/README.md" "$(import_rate "$report")"
}

# import_rate REPORT: what README.md says of an import with all processors.
import_rate() {
    local most
    most=$(threads_compared | tail -n1)
    printf '%s files per second on %s cores' "$(grouped "$(rate_of "full-$most" | cut -d. -f1)")" "$most"
    [[ $1 != *'On a busy machine'* ]] || printf ', on a busy machine'
}
