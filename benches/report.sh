# What scripts/bench has measured, and how it comes into documents: medians, where a table was measured, and the blocks
# between markers. Sourced by it.

# The line with the median of the seconds, which are in the third field.
median() { sort -g -k3 | awk '{ lines[NR] = $0 } END { if (NR) print lines[int((NR + 1) / 2)] }'; }

# of_key KEY: the line of $taken with the median of the seconds, without its key. Lines are a key, and what import prints.
of_key() { sed -n "s/^$1 //p" "$taken" | median; }

# Files per second.
rate_of() { of_key "$1" | awk '{ print $1 / $3 }'; }

# Where and on what the figures of a table were measured, in one paragraph. Other programs on the machine are part of it.
conditions() {
    local others processor memory commit measured=(src sql crates/midi_analysis/src Cargo.toml Cargo.lock)
    others=$(taken_by_others)
    processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n1)
    memory=$(awk '/^MemTotal/ { printf "%.0f", $2 / 1e6 }' /proc/meminfo)
    # The last that changed what is measured.
    commit=$(git -C "$root" log -1 --format=%h -- "${measured[@]}" 2>/dev/null) || commit=unknown
    git -C "$root" diff --quiet HEAD -- "${measured[@]}" 2>/dev/null || commit+=' with changes'
    echo "$1. ${processor:-$(uname -m)}, $(nproc) cores, $memory GB; $("$pg_config" --version) with its default settings;" \
        "commit $commit; $(date -u +%F).$([ "$others" -le 5 ] ||
            echo " On a busy machine: just before, other programs took $others % of the processors' time.")"
}

# The share of the processors' time that is taken while this script waits, in percent.
taken_by_others() {
    { head -n1 /proc/stat && sleep 5 && head -n1 /proc/stat; } | awk '{
        idle = $5 + $6 - idle
        all = $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9 - all
    } END { printf "%.0f\n", 100 * (1 - idle / all) }'
}

# 1234567 as 1,234,567.
grouped() { sed -E ':a; s/([0-9])([0-9]{3})($|,)/\1,\2\3/; ta' <<<"$1"; }

# require_block NAME FILE: stops unless FILE has the markers of the block NAME, once and in their order.
require_block() {
    local text begin="<!-- bench $1 -->" end="<!-- end $1 -->" rest
    text=$(<"$2") rest=${text#*"$begin"}
    [[ $text = *"$begin"*"$end"* && $rest != *"$begin"* && ${rest#*"$end"} != *"$end"* && ${text%%"$begin"*} != *"$end"* ]] ||
        die "$2 has no block from '$begin' to '$end', or has more than one"
}

# write_block NAME FILE TEXT: puts TEXT between the markers of the block.
write_block() {
    local text begin="<!-- bench $1 -->" end="<!-- end $1 -->"
    require_block "$1" "$2"
    text=$(<"$2")
    printf '%s\n' "${text%%"$begin"*}$begin$3$end${text#*"$end"}" >"$2"
}
