// Searches a library, and describes a file that is not in it, with node-postgres.
import { readFile } from 'node:fs/promises';
import pg from 'pg';

const [query, file] = process.argv.slice(2);

// It gives bigint as text, because a number of JavaScript does not hold all of them. File ids stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const client = new pg.Client();
await client.connect();

const { rows } = await client.query(
  'SELECT file_id, filename, key_signature, bpm, tags FROM midi_search($1, max_results => $2)',
  [query, 3],
);
for (const piece of rows) {
  const { file_id: id, filename, key_signature: key, bpm, tags } = piece;
  // Any column may be NULL: of music without a key or a tempo, for one.
  const tempo = bpm === null ? 'no tempo' : `${Math.round(bpm)} bpm`;
  console.log(`${id} ${filename}: ${key ?? 'no key'}, ${tempo}, ${tags.join(', ')}`);
}

// It names no types, so the cast says that this is the content of a file; without it, text would be taken for a path.
const content = await readFile(file);
const analyze = 'SELECT midi_to_jsonb(midi_analyze($1::bytea)) AS music';
const { rows: [{ music }] } = await client.query(analyze, [content]);
const { title, bar_count: bars, instrument_names: instruments, chord_progression: chords } = music;
console.log(`${title ?? 'no title'}: ${bars ?? 0} bars of ${instruments}, ${chords}`);

await client.end();
