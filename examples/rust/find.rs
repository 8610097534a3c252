//! Searches a library, and describes a file that is not in it, with tokio-postgres.

use std::{env, error::Error, fs};

use tokio_postgres::NoTls;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [server, query, file] = &arguments[..] else { return Err("find SERVER QUERY FILE".into()) };

    let (client, connection) = tokio_postgres::connect(server, NoTls).await?;
    let connection = tokio::spawn(connection);

    // The server says which types the parameters have: text and integer, which are `&str` and `i32`.
    let search =
        "SELECT filename, key_signature, bpm, tags FROM midi_search($1, max_results => $2)";
    for piece in client.query(search, &[query, &3]).await? {
        let (name, tags): (&str, Vec<&str>) = (piece.get("filename"), piece.get("tags"));
        // Any column may be NULL: of music without a key or a tempo, for one.
        let (key, bpm): (Option<&str>, Option<f64>) =
            (piece.get("key_signature"), piece.get("bpm"));
        let tempo = bpm.map_or("no tempo".to_owned(), |bpm| format!("{bpm:.0} bpm"));
        println!("{name}: {}, {tempo}, {}", key.unwrap_or("no key"), tags.join(", "));
    }

    // The cast chooses the form of the function that takes content; `.*` makes columns of its row type.
    let analyze = "SELECT (midi_analyze($1::bytea)).*";
    let music = client.query_one(analyze, &[&fs::read(file)?]).await?;
    let (title, bars): (Option<&str>, Option<i32>) = (music.get("title"), music.get("bar_count"));
    let (title, bars) = (title.unwrap_or("no title"), bars.unwrap_or_default());
    let (instruments, chords): (Vec<&str>, Vec<&str>) =
        (music.get("instrument_names"), music.get("chord_progression"));
    println!("{title}: {bars} bars of {instruments:?}, {chords:?}");

    drop(client);
    connection.await??;
    Ok(())
}
