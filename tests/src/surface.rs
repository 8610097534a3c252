//! Every function of the extension, from the catalogs, with a call of each. Tests that call all functions thus call a new
//! one too, or fail if it has an argument for which there is no value here.

use postgres::Client;

use midi_testkit::demo;

/// A function of the extension.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name, quoted and with its schema.
    pub name: String,
    /// Its arguments, in order.
    pub arguments: Vec<Argument>,
    /// Whether it writes to the database, or starts a job that does.
    pub writes: bool,
    /// Whether it may run in a parallel worker.
    pub parallel_safe: bool,
}

/// An argument of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Its type, as SQL writes it.
    pub kind: String,
}

/// The functions of the extension that can be called. Aggregates, which cannot everywhere, have tests of their own.
pub fn functions(client: &mut Client) -> Vec<Function> {
    let sql = "
        SELECT format('%I.%I', n.nspname, p.proname),
               COALESCE(p.proargnames[:p.pronargs], '{}'),
               ARRAY(SELECT format_type(t.type, NULL)
                     FROM unnest(p.proargtypes) WITH ORDINALITY AS t (type, place) ORDER BY t.place),
               p.proparallel::text
        FROM pg_extension e
        JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
        JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
            AND p.prorettype <> ALL ('{trigger,index_am_handler}'::regtype[])
            AND p.prokind = 'f' AND 'internal'::regtype <> ALL (p.proargtypes)
        JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE e.extname = 'midi_pipeline'
        ORDER BY p.oid::regprocedure::text";
    let functions: Vec<_> = client
        .query(sql, &[])
        .expect("the functions")
        .into_iter()
        .map(|row| {
            let (names, kinds): (Vec<String>, Vec<String>) = (row.get(1), row.get(2));
            let name: String = row.get(0);
            let waits = name.ends_with(".midi_import_wait");
            let arguments = names.into_iter().zip(kinds);
            let arguments = arguments.map(|(name, kind)| Argument { name, kind }).collect();
            let parallel: String = row.get(3);
            let writes = parallel == "u" && !waits;
            Function { name, arguments, writes, parallel_safe: parallel == "s" }
        })
        .collect();
    assert!(functions.len() > 40, "{functions:?}");
    functions
}

impl Function {
    /// A call, with the given expression for each argument.
    pub fn call(&self, value: impl Fn(&Argument) -> String) -> String {
        let arguments: Vec<_> = self
            .arguments
            .iter()
            .map(|argument| format!("{} => {}", argument.name, value(argument)))
            .collect();
        format!("{}({})", self.name, arguments.join(", "))
    }

    /// Its name, without its schema.
    pub fn plain_name(&self) -> &str {
        self.name.rsplit_once('.').map_or(&*self.name, |(_, name)| name)
    }

    /// A statement that calls it once, with the values of the table [`inputs`], so that the planner cannot evaluate the call.
    pub fn statement(&self) -> String {
        format!("SELECT {} AS result FROM public.inputs i", self.call(Argument::input))
    }
}

impl Argument {
    /// Its value: an expression on a row of the table [`inputs`].
    pub fn input(&self) -> String {
        match self.kind.rsplit('.').next() {
            Some("midi_analysis") => {
                let schema = self.kind.strip_suffix("midi_analysis").unwrap_or_default();
                format!("{schema}midi_analyze(i.\"content bytea\")")
            }
            Some("midi_melody_index") => {
                format!("ROW(i.\"ngrams integer[]\", i.\"lines bytea\")::{}", self.kind)
            }
            Some("midi_harmony_index") => {
                let [chords, moments] = ["chord_progression text[]", "chord_moments bytea"];
                format!("ROW(i.\"{chords}\", i.\"{moments}\")::{}", self.kind)
            }
            _ => format!("i.\"{} {}\"", self.name, self.kind),
        }
    }

    /// Whether its type is one of the extension, whose values are made of other columns.
    fn is_composite(&self) -> bool {
        ["midi_analysis", "midi_melody_index", "midi_harmony_index"]
            .iter()
            .any(|kind| self.kind.ends_with(kind))
    }

    /// A valid value, in SQL. `path` is a file that the server can read, `files` the table of the library's files.
    fn sample(&self, path: &str, files: &str) -> String {
        match (self.name.as_str(), self.kind.as_str()) {
            ("file_id", "bigint") => {
                let path = path.replace('\'', "''");
                format!("COALESCE((SELECT id FROM {files} WHERE path = '{path}'), 1)")
            }
            ("content", "bytea") => literal(&piece()),
            ("moments" | "chord_moments", "bytea") => literal(&[0; 20]),
            ("lines", "bytea") => literal(&[0; 2]),
            ("path" | "source", "text") => format!("'{}'", path.replace('\'', "''")),
            ("name", "text") => "'Loops/Am_120bpm.mid'".to_owned(),
            ("query" | "phrase", "text") => "'ode'".to_owned(),
            ("melody" | "tune", "text") => "'E4 E4 F4 G4 G4 F4 E4 D4'".to_owned(),
            ("progression" | "wanted", "text") => "'I V'".to_owned(),
            ("profile", "text") => "'default'".to_owned(),
            ("kind", "text") => "'track_name'".to_owned(),
            ("value", "text") => "'Ode'".to_owned(),
            ("format" | "track", "integer") => "0".to_owned(),
            ("division", "integer") => "480".to_owned(),
            ("cron", "text") => "NULL".to_owned(),
            ("depth", "text") => "'full'".to_owned(),
            ("semitones", "integer") => "2".to_owned(),
            ("key", "text") => "'Am'".to_owned(),
            ("bpm", "double precision") => "90".to_owned(),
            ("grid", "text") => "'1/16'".to_owned(),
            ("strength", "double precision") => "1".to_owned(),
            ("swing", "double precision") => "0.5".to_owned(),
            ("from_bar" | "to_bar", "integer") => "1".to_owned(),
            ("parts", "integer[]") => "'{1}'".to_owned(),
            ("contents", "bytea[]") => format!("ARRAY[{}::bytea]", literal(&piece())),
            ("keep_drums" | "stretch", "boolean") => "true".to_owned(),
            ("texts" | "progression" | "chord_progression", "text[]") => "'{I,V,I}'".to_owned(),
            ("warnings", "text[]") => "'{wrong track length (at byte 18)}'".to_owned(),
            ("melody" | "pitches", "integer[]") => "'{64,64,65,67,67,65,64,62}'".to_owned(),
            ("fingerprint" | "ngrams" | "a" | "b", "integer[]") => {
                "array_fill(1, '{64}')".to_owned()
            }
            ("embedding" | "a" | "b", "real[]") => "array_fill(0.2::real, '{66}')".to_owned(),
            ("every" | "timeout" | "older_than", "interval") => "'1 hour'".to_owned(),
            ("job", "bigint") | ("workers" | "shards" | "part" | "of", "integer") => "1".to_owned(),
            ("settings", "jsonb") => "'{}'".to_owned(),
            ("nodes", "text[]") => "'{localhost:5432}'".to_owned(),
            ("width" | "height", "integer") => "800".to_owned(),
            ("color_by", "text") => "'track'".to_owned(),
            ("max_results", "integer") => "10".to_owned(),
            ("min_similarity", "real") => "0.25".to_owned(),
            (
                "prefix" | "rotated" | "in_minor" | "defer_indexes" | "keep" | "parts"
                | "replicate_files",
                "boolean",
            ) => "false".to_owned(),
            _ => panic!("{self:?} needs a value here"),
        }
    }
}

/// Creates the table `inputs`, whose one row has a value for each argument of any function. `path` is a file that the
/// server can read; if it is in the library, it is the file that functions of the library get.
pub fn inputs(client: &mut Client, path: &str) {
    let functions = functions(client);
    let (schema, _) = functions[0].name.rsplit_once('.').expect("the name has its schema");
    let files = format!("{schema}.midi_files");
    let mut arguments: Vec<Argument> = Vec::new();
    for argument in functions.into_iter().flat_map(|function| function.arguments) {
        if !argument.is_composite() && !arguments.contains(&argument) {
            arguments.push(argument);
        }
    }
    let columns: Vec<_> = arguments
        .iter()
        .map(|argument| {
            let Argument { name, kind } = argument;
            format!("({})::{kind} AS \"{name} {kind}\"", argument.sample(path, &files))
        })
        .collect();
    let sql = format!("CREATE TABLE public.inputs AS SELECT {}", columns.join(", "));
    client.batch_execute(&sql).expect("a table");
}

/// A piece of music for which every function has a result: one with lyrics.
pub fn piece() -> Vec<u8> {
    let song = demo::pieces().into_iter().find(|(name, _)| name.ends_with(".kar"));
    song.expect("a song").1
}

fn literal(bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("'\\x{hex}'")
}
