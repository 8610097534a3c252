# The part of scripts/bench that imports libraries of several sizes, again and after files have vanished. Sourced by it.

# require_space_to_grow FILES: kilobytes for the files, and in the temporary folder for the rows and the log.
require_space_to_grow() {
    local files=$((25 * $1)) rows=$((8 * $1 + 2000000))
    say "This takes up to $((files / 1000)) MB in $root/target/bench and $((rows / 1000)) MB in $scratch"
    mkdir -p "$root/target/bench"
    # Those that are there already are used again.
    [ ! -d "$corpus" ] || files=0
    if [ "$(stat -c %d "$root/target/bench")" = "$(stat -c %d "$scratch")" ]; then rows=$((files + rows)); fi
    require_space "$root/target/bench" "$files"
    require_space "$scratch" "$rows"
}

# grow FILES: so many of the corpus in the folder $growing, as links to the same bytes, of which any may be removed.
grow() {
    local thousand place
    rm -rf "$growing"
    for ((thousand = 0; thousand < $1 / 1000; thousand++)); do
        printf -v place '%02d/%04d' $((thousand / 10)) "$thousand"
        mkdir -p "$growing/${place%/*}"
        cp -al "$corpus/$place" "$growing/$place"
    done
}

# Half of the folders of a thousand go.
thin_out() { find "$growing" -mindepth 2 -maxdepth 2 -name '*[13579]' -exec rm -r {} +; }

# Few files take too little time to be measured once.
take_growth() {
    local size workers repeats round
    for size in $sizes; do
        say "$size files"
        grow "$size"
        repeats=1
        [ "$size" -gt 10000 ] || repeats=$rounds
        for workers in 1 2; do
            for ((round = 0; round < repeats; round++)); do
                new_library
                run_job "$growing" "$workers" | sed "s/^/import-$size-$workers /" >>"$taken"
                require_all_imported "$growing" "$size"
            done
        done
        import "$growing" "$(nproc)" full | sed "s/^/again-$size /" >>"$taken"
        thin_out
        import "$growing" "$(nproc)" full | sed "s/^/vanish-$size /" >>"$taken"
        require_state vanished "$growing" $((size / 2))
    done
}

growth_table() {
    local size
    echo '| files | 1 worker, files/s | 2 workers, files/s | again, s | half vanished, s | memory, MB |'
    echo '| --: | --: | --: | --: | --: | --: |'
    for size in $sizes; do
        printf '| %s | %.0f | %.0f | %.2f | %.2f | %d |\n' "$(grouped "$size")" \
            "$(rate_of "import-$size-1")" "$(rate_of "import-$size-2")" \
            "$(of_key "again-$size" | cut -d ' ' -f 3)" "$(of_key "vanish-$size" | cut -d ' ' -f 3)" \
            "$(awk -v size="$size" '$1 ~ "^[a-z]+-" size "(-|$)" && $8 > most { most = $8 } END { print most }' "$taken")"
    done
}

# The rate with the most files against that with the fewest.
growth_ratios() {
    local few many workers
    few=$(head -n1 <<<"$sizes") many=$(tail -n1 <<<"$sizes")
    printf 'The rate with %s files is' "$(grouped "$many")"
    for workers in 1 2; do
        awk -v many="$(rate_of "import-$many-$workers")" -v few="$(rate_of "import-$few-$workers")" -v workers="$workers" 'BEGIN {
            printf workers == 1 ? " %.2f with 1 worker" : " and %.2f with 2 workers", many / few }'
    done
    printf ' of that with %s.\n' "$(grouped "$few")"
}

bench_growth() {
    local report
    growing=$root/target/bench/growing
    report=$'\n'$(conditions "Files made from seed $seed")$'\n\n'
    take_growth
    rm -rf "$growing"
    report+=$(growth_table)$'\n\n'$(growth_ratios)$'\n'
    printf '%s' "$report"
    [ -z "$write" ] || write_block growth "$root/docs/speed.md" "$report"
}
