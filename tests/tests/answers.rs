//! Searches say what they leave out, why they find nothing, and what they cannot take; and they answer roles that may not
//! know where files are.

use midi_testkit::cluster::{Cluster, DATABASE, sqlstate, succeed};
use midi_testkit::folder::Folder;
use postgres::Client;

/// A cluster with the project's own pieces, and their contents.
fn library() -> (Cluster, Folder, Client) {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    let mut client = cluster.connect();
    client.batch_execute("SET midi_pipeline.keep_content = on").unwrap();
    client.execute("SELECT midi_import($1::text)", &[&folder.as_str()]).unwrap();
    (cluster, folder, client)
}

/// The notices of a search, with their hints, as psql shows them.
fn notices(cluster: &Cluster, search: &str) -> String {
    let mut psql = cluster.program("psql");
    psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", DATABASE])
        .args(["--command", &format!("SELECT count(*) FROM {search}")]);
    String::from_utf8(succeed(&mut psql).stderr).expect("psql prints UTF-8")
}

#[test]
fn a_search_says_that_there_is_more() {
    let (cluster, _folder, mut client) = library();
    let more = notices(&cluster, "midi_search('', 2)");
    assert!(more.contains("more files match than the 2 of max_results"), "{more}");
    assert!(more.contains("midi_search_count(query)"), "{more}");
    // Also if it is made for each of several rows.
    let often = notices(&cluster, "generate_series(1, 3), LATERAL midi_search('', 2)");
    assert_eq!(often, more);
    let all: i64 = client.query_one("SELECT midi_search_count('')", &[]).unwrap().get(0);
    assert_eq!(notices(&cluster, &format!("midi_search('', {all})")), "");
    let found: i64 =
        client.query_one("SELECT count(*) FROM midi_search('', 2)", &[]).unwrap().get(0);
    assert_eq!(found, 2);
    // The piece and its copy.
    let tune = notices(&cluster, "midi_find_melody('E4 E4 F4 G4 G4 F4 E4 D4', 1)");
    assert!(tune.contains("more files match than the 1 of max_results"), "{tune}");
    assert_eq!(notices(&cluster, "midi_find_melody('E4 E4 F4 G4 G4 F4 E4 D4', 100)"), "");
}

#[test]
fn searches_for_music_say_that_there_is_more_with_and_without_indexes() {
    let (cluster, _folder, mut client) = library();
    let copy = "SELECT midi_import('copy.mid', midi_content(id)) FROM midi_files WHERE filename ~ 'cut off'";
    client.execute(copy, &[]).unwrap();
    let piece = "(SELECT l.file_id FROM midi_library l
                  ORDER BY (SELECT count(*) FROM midi_compatible(l.file_id)) DESC, 1 LIMIT 1)";
    for search in
        ["midi_find_progression('I V'".to_owned(), format!("midi_compatible({piece}::bigint")]
    {
        let found = |client: &mut Client, most: i64| -> i64 {
            let sql = format!("SELECT count(*) FROM {search}, {most})");
            client.query_one(&sql, &[]).expect(&sql).get(0)
        };
        let all = found(&mut client, 1_000);
        assert!(all > 1, "{search}: {all}");
        for indexes in ["midi_drop_indexes('default')", "midi_create_indexes()"] {
            let change = format!("SET client_min_messages = error; SELECT {indexes}");
            client.batch_execute(&change).unwrap();
            for most in [0, all, all + 1] {
                assert_eq!(notices(&cluster, &format!("{search}, {most})")), "", "{search}");
            }
            for most in 1..all {
                assert_eq!(found(&mut client, most), most, "{search}");
                let more = notices(&cluster, &format!("{search}, {most})"));
                let said = format!("more files match than the {most} of max_results");
                assert!(more.contains(&said), "{search}, {most}: {more}");
            }
        }
    }
}

#[test]
fn a_search_that_finds_nothing_says_what_is_similar_to_its_words() {
    let (cluster, folder, mut client) = library();
    for (name, copy) in [("Jazz", "Ode to Joy.mid"), ("Ragtime", "Greensleeves.mid")] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        let [from, to] = [folder.path().join(copy), folder.path().join(name).join(copy)];
        std::fs::copy(from, to).unwrap();
    }
    client.execute("SELECT midi_import($1::text)", &[&folder.as_str()]).unwrap();
    let tag: String =
        client.query_one("SELECT max(tag) FROM midi_library_tags", &[]).unwrap().get(0);
    for (query, name, similar) in [
        (format!("tag:\"{tag}x\""), format!("the tag \"{tag}x\""), tag.as_str()),
        ("folder:ragtyme/".to_owned(), "the folder \"ragtyme\"".to_owned(), "Ragtime"),
        ("instrument:banjo".to_owned(), "the instrument \"banjo\"".to_owned(), ""),
        ("greensleevs".to_owned(), "a word like \"greensleevs\"".to_owned(), "greensleeves"),
    ] {
        let notice = notices(&cluster, &format!("midi_search($${query}$$)"));
        assert!(notice.contains(&name) && notice.contains(similar), "{query}: {notice}");
        assert!(similar.is_empty() || notice.contains("Did you mean"), "{query}: {notice}");
    }
    for silent in [format!("tag:\"{tag}\" bpm:>999"), "-tag:none".to_owned()] {
        for search in ["midi_search", "midi_search_count"] {
            assert_eq!(notices(&cluster, &format!("{search}($${silent}$$)")), "", "{silent}");
        }
    }
    for joined in ["key:D OR key:Am", "key:D or key:Am"] {
        let joined = notices(&cluster, &format!("midi_search('{joined}')"));
        assert!(joined.to_uppercase().contains("OR IS SEARCHED FOR AS A WORD"), "{joined}");
    }
    let parts = "generate_series(1, 3), LATERAL midi_search('part:bass')";
    assert_eq!(notices(&cluster, parts).matches("no parts are stored").count(), 1);
}

#[test]
fn words_that_no_name_has_are_told_with_the_condition_that_understands_them() {
    let (cluster, _folder, _client) = library();
    for (query, said) in [
        ("vibes", "instrument:vibes"),
        ("nylon guitar", "instrument:\"nylon guitar\""),
        ("bongo", "instrument:bongo"),
        ("f#m", "key:f#m"),
        ("ii V I", "progression:\"ii V I\""),
        ("bossa nova key:C", "tag:\"bossa nova\""),
        ("3/8", "meter:3/8"),
        ("maj7", "chord:maj7"),
        ("xqzw", "no name and no text has a word like \"xqzw\""),
        ("xqzw", "bpm, beat_bpm, key"),
        ("key:D key:Am", "no piece has two values of key"),
        ("instrument:vibes", "the instrument \"vibes\""),
        ("instrument:bongo", "the instrument \"bongo\""),
        ("120 bpm", "bpm:120"),
        ("ode and nothing", "and is searched for as a word"),
        ("name:ode*", "A part is enough: name:ode finds"),
        ("path:gone/*.mid", "A part is enough: path:jazz/1959 finds"),
        ("tag:rock*", "tag:rock finds it as a whole"),
        ("tag:*", "stands for a name with a star in it"),
        ("text:gent*", "text:gent finds it as a whole"),
        ("text:xqzw", "nothing in the library has text:xqzw"),
        ("\"xqzw plugh\"", "nothing in the library has \"xqzw plugh\""),
        ("path:damaged/copies", "nothing in the library has path:damaged/copies"),
        ("#vibes, bpm:>999", "instrument:vibes."),
        ("name:greensleevs", "Did you mean \"greensleeves\"?"),
        ("path:nowhere/else", "the path \"nowhere\""),
        ("folder:/nowhere/else", "the folder \"nowhere\""),
        ("ode xqzw", "no name and no text has a word like \"xqzw\""),
        // A word that is there is not said to be missing.
        ("greensleeves bpm:>999", ""),
        ("name:greensl bpm:>999", ""),
        ("name:\"ode to\" bpm:>999", ""),
    ] {
        for search in ["midi_search", "midi_search_count"] {
            let notice = notices(&cluster, &format!("{search}($${query}$$)"));
            assert!(notice.contains(said), "{search}, {query}: {notice}");
            assert_eq!(notice.is_empty(), said.is_empty(), "{search}, {query}: {notice}");
        }
    }
}

#[test]
fn a_word_or_name_that_is_missing_is_told_once() {
    let (cluster, folder, mut client) = library();
    std::fs::create_dir(folder.path().join("a..b,c")).unwrap();
    let piece = [folder.path().join("Greensleeves.mid"), folder.path().join("a..b,c/g.mid")];
    std::fs::copy(&piece[0], &piece[1]).unwrap();
    client.execute("SELECT midi_import($1::text)", &[&folder.as_str()]).unwrap();
    for (query, said) in [
        ("xqzw xqzw", "\"xqzw\""),
        ("xqzw XQZW", "\"xqzw\""),
        ("tag:xqzw,xqzw", "the tag \"xqzw\""),
        ("tag:xqzw genre:XQZW", "the tag \"xqzw\""),
        ("instrument:piano bass bass bpm:>999", "\"bass\" is searched for"),
        ("key:Am C major bpm:>999", "\"C major\" is searched for"),
        ("\"xqzw\" \"xqzw\"", "has \"xqzw\""),
        ("a..b,c bpm:>999", "is written folder:\"a..b,c\"."),
    ] {
        let notice = notices(&cluster, &format!("midi_search($${query}$$)"));
        let notices: Vec<_> = notice.lines().filter(|line| line.starts_with("NOTICE")).collect();
        assert!(notices.len() == 1 && notice.contains(said), "{query}: {notice}");
    }
}

#[test]
fn null_and_unknown_files_are_errors() {
    let (_cluster, _folder, mut client) = library();
    let melody = "'E4 E4 F4 G4 G4 F4 E4 D4'";
    for call in [
        "midi_search(NULL)",
        "midi_search('ode', NULL)",
        "midi_search_count(NULL)",
        "midi_search_sql(NULL)",
        "midi_search_sql('ode', NULL)",
        "midi_find_melody(NULL::text)",
        "midi_find_melody(NULL::integer[])",
        "midi_find_melody(NULL::bytea)",
        &format!("midi_find_melody({melody}, NULL)"),
        "midi_find_progression(NULL)",
        "midi_find_progression('I V', NULL)",
        "midi_similar(NULL)",
        "midi_similar(1, NULL)",
        "midi_similar_to(NULL)",
        "midi_compatible(NULL::bigint)",
        "midi_compatible(NULL::bytea)",
        "midi_compatible(1, NULL)",
        "midi_duplicate_pairs(NULL)",
    ] {
        let refused = client.query(&format!("SELECT {call}"), &[]);
        assert_eq!(sqlstate(&refused), "22004", "{call}");
    }
    for call in ["midi_similar(-1)", "midi_compatible(-1::bigint)", "midi_notes(-1::bigint)"] {
        assert_eq!(sqlstate(&client.query(&format!("SELECT {call}"), &[])), "42704", "{call}");
    }
}

#[test]
fn a_path_that_only_the_client_understands_is_refused_with_what_to_write() {
    let (_cluster, _folder, mut client) = library();
    for (path, hint) in [("~/Music", "home directory"), ("Music/jazz", "whole path")] {
        let refused = client.query("SELECT midi_import($1::text)", &[&path]).unwrap_err();
        let error = refused.as_db_error().unwrap();
        assert_eq!(error.code().code(), "42602", "{path}");
        assert!(error.hint().is_some_and(|said| said.contains(hint)), "{path}: {error:?}");
    }
}

#[test]
fn a_role_that_may_not_read_paths_can_search_and_gets_none() {
    let (cluster, _folder, mut client) = library();
    client
        .batch_execute(
            "CREATE ROLE web LOGIN;
             GRANT SELECT ON musical_metadata, musical_search, midi_parts_library, midi_contents TO web;
             DO $$
             DECLARE
                 granted text;
             BEGIN
                 FOR granted IN
                     SELECT format('GRANT SELECT (%s) ON %s TO web', string_agg(quote_ident(attname), ', '),
                                   attrelid::regclass)
                     FROM pg_attribute
                     WHERE attrelid = ANY ('{midi_library, midi_files, midi_duplicates}'::regclass[])
                       AND attnum > 0 AND NOT attisdropped AND attname !~ 'path|^archive_|^error$'
                     GROUP BY attrelid
                 LOOP
                     EXECUTE granted;
                 END LOOP;
             END $$",
        )
        .unwrap();
    let id = "(SELECT file_id FROM midi_library WHERE filename = 'Greensleeves.mid')";
    let mut web = cluster.connect_as("web");
    for (found, path) in [
        ("midi_search('key:D,Am sort:name')", "path"),
        ("midi_find_melody('E4 E4 F4 G4 G4 F4 E4 D4')", "path"),
        ("midi_find_progression('I V')", "path"),
        (&format!("midi_similar({id})"), "path"),
        (&format!("midi_compatible({id}::bigint)"), "path"),
        ("midi_duplicate_pairs()", "concat(path, other_path)"),
    ] {
        let sql = format!("SELECT count(*) > 0, COALESCE(max({path}), '') FROM {found}");
        let row = web.query_one(&sql, &[]).unwrap_or_else(|error| panic!("{found}: {error:?}"));
        assert_eq!((row.get(0), row.get(1)), (true, String::new()), "{found}");
    }
    let sql = format!(
        "SELECT (SELECT count(*) FROM midi_notes({id}::bigint)) > 0
            AND midi_search_count('') > 0
            AND EXISTS (SELECT other_file_id FROM midi_duplicates)"
    );
    assert!(web.query_one(&sql, &[]).unwrap().get::<_, bool>(0));
    for hidden in [
        "SELECT path FROM midi_library",
        "SELECT * FROM midi_search('path:demo')",
        "SELECT * FROM midi_search('sort:path')",
        "SELECT path FROM midi_files",
        "SELECT other_path FROM midi_duplicates",
    ] {
        assert_eq!(sqlstate(&web.query(hidden, &[])), "42501", "{hidden}");
    }
    // Neither does a message name a path.
    client.batch_execute("DELETE FROM midi_contents").unwrap();
    let refused = web.query(&format!("SELECT midi_notes({id}::bigint)"), &[]).unwrap_err();
    let error = refused.as_db_error().unwrap();
    assert!(!format!("{error:?}").contains("/Greensleeves"), "{error:?}");
}
