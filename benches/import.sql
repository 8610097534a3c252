-- midi_import of :folder on :threads threads, at the depth :depth. For scripts/bench.
SET midi_pipeline.threads = :threads;
SET midi_pipeline.depth = :depth;
SELECT found, failed, seconds FROM midi_import(:'folder') \gset
SELECT pg_read_file('/proc/self/status', 0, 10000) AS status, pg_read_file('/proc/self/stat', 0, 10000) AS stat \gset
SELECT :found, (SELECT sum(size_bytes) FROM midi_files WHERE starts_with(path, :'folder' || '/')), :seconds,
       -- Of all threads, in hundredths of a second: of the program itself, and of the kernel for it.
       (split_part(:'stat', ' ', 14)::int + split_part(:'stat', ' ', 15)::int) / 100.0,
       :failed, peak / 1024, (peak - shared) / 1024
FROM (SELECT substring(:'status' FROM 'VmHWM:\s+(\d+)')::int, substring(:'status' FROM 'RssShmem:\s+(\d+)')::int)
    AS memory (peak, shared);
