-- midi_import of :folder on :threads threads, on the processor :core alone unless that is ''. Sourced by scripts/bench.
SELECT pg_backend_pid() AS pid, :'core' <> '' AS on_one_core \gset
\if :on_one_core
\setenv CORE :core
\setenv BACKEND :pid
\! taskset -pc "$CORE" "$BACKEND" >/dev/null
\endif
SET midi_pipeline.threads = :threads;
SELECT found, seconds FROM midi_import(:'folder') \gset
SELECT pg_read_file('/proc/self/status', 0, 10000) AS status \gset
SELECT :found, (SELECT sum(size_bytes) FROM midi_files WHERE starts_with(path, :'folder' || '/')), :seconds,
       peak / 1024, (peak - shared) / 1024
FROM (SELECT substring(:'status' FROM 'VmHWM:\s+(\d+)')::int, substring(:'status' FROM 'RssShmem:\s+(\d+)')::int)
    AS memory (peak, shared);
