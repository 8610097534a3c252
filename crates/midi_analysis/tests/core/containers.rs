//! What wraps a MIDI file, and what is found in place of one.

use std::io::Write;

use crate::support::{analyze, melody, meta, smf};
use midi_analysis::{Analysis, Error, ErrorKind, Options, Piece};

const TUNE: [u8; 4] = [60, 62, 64, 65];

fn tune() -> Vec<u8> {
    smf(0, &[melody(0, &TUNE)])
}

/// A RIFF chunk, padded to an even length.
fn chunk(id: &[u8], content: &[u8]) -> Vec<u8> {
    let padding = vec![0; content.len() % 2];
    [id, &(content.len() as u32).to_le_bytes(), content, &padding].concat()
}

fn info(items: &[(&[u8], &[u8])]) -> Vec<u8> {
    let items = items.iter().flat_map(|(id, text)| chunk(id, text));
    chunk(b"LIST", &b"INFO".iter().copied().chain(items).collect::<Vec<_>>())
}

fn rmid(chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(b"RIFF", &[b"RMID".to_vec(), chunks.concat()].concat())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(bytes).expect("in memory");
    gzip.finish().expect("in memory")
}

/// The analysis of a file that is read without a repair.
fn sound(file: &[u8]) -> Analysis {
    let found = analyze(file);
    assert_eq!((found.file.note_count, &found.file.warnings), (4, &Vec::new()));
    found
}

fn declared(file: &[u8]) -> [Option<String>; 3] {
    let texts = sound(file).texts;
    [texts.title, texts.artist, texts.copyright]
}

fn some(texts: [&str; 3]) -> [Option<String>; 3] {
    texts.map(|text| (!text.is_empty()).then(|| text.to_owned()))
}

const INFO: [(&[u8], &[u8]); 5] = [
    (b"ISFT", b"Some sequencer\0"),
    (b"INAM", b"Kite\0"),
    (b"ICOP", b"1998 Nobody\0"),
    (b"ICRD", b"1998-01-02\0"),
    (b"IART", b"The Kites"),
];

#[test]
fn an_rmid_form_is_sound_whatever_stands_before_and_behind_its_file() {
    let mut odd = smf(0, &[[meta(0, 1, b"odd"), melody(0, &TUNE)].concat()]);
    if odd.len().is_multiple_of(2) {
        odd = smf(0, &[[meta(0, 1, b"even"), melody(0, &TUNE)].concat()]);
    }
    let dls = chunk(b"RIFF", &[b"DLS colh\x04\0\0\0\x01\0\0\0".as_slice(), &[0xff; 99]].concat());
    for file in [tune(), odd] {
        let data = chunk(b"data", &file);
        for chunks in [
            vec![data.clone()],
            vec![info(&INFO), data.clone()],
            vec![data.clone(), info(&INFO), dls.clone()],
            vec![dls.clone(), data.clone(), chunk(b"junk", &[7; 31]), info(&INFO)],
        ] {
            let has_info = chunks.contains(&info(&INFO));
            let expected = if has_info { ["Kite", "The Kites", "1998 Nobody"] } else { [""; 3] };
            let form = rmid(&chunks);
            assert_eq!(declared(&form), some(expected));
            assert_eq!(declared(&gzip(&form)), some(expected));
            for size in [0, 1, 44, u32::MAX] {
                let mut form = form.clone();
                form[4..8].copy_from_slice(&u32::to_le_bytes(size));
                assert_eq!(declared(&form), some(expected), "size {size}");
            }
        }
    }
}

#[test]
fn padding_may_be_missing_or_too_much() {
    let unpadded =
        |id: &[u8], content: &[u8]| [id, &(content.len() as u32).to_le_bytes(), content].concat();
    let data = chunk(b"data", &tune());
    let items = [b"INFO".to_vec(), unpadded(b"INAM", b"Kite\0"), unpadded(b"IART", b"Ann\0")];
    let info = unpadded(b"LIST", &items.concat());
    let with = |chunks: &[&[u8]]| [b"RIFF\0\0\0\0RMID".as_slice(), &chunks.concat()].concat();
    let expected = some(["Kite", "Ann", ""]);
    assert_eq!(declared(&with(&[&info, &data])), expected);
    assert_eq!(declared(&with(&[&data, &[0; 3], &info])), expected);
    assert_eq!(declared(&with(&[&info, b"x", &data])), expected);
    assert_eq!(declared(&with(&[&info, &data, &[0; 500]])), expected);
    assert_eq!(declared(&with(&[&data, &info[..info.len() - 4]])), some(["Kite", "", ""]));
    let counted = chunk(b"data", &[tune(), vec![0; 3]].concat());
    assert_eq!(declared(&with(&[&info, &counted])), expected);
    assert_eq!(declared(&with(&[&counted, &info])), expected);
}

#[test]
fn a_data_size_that_is_wrong_loses_no_note() {
    let mut form = rmid(&[info(&INFO), chunk(b"data", &tune())]);
    let size = form.windows(4).position(|id| id == b"data").expect("a chunk") + 4;
    for wrong in [0, 14, 40, 1 << 20, u32::MAX] {
        form[size..size + 4].copy_from_slice(&wrong.to_le_bytes());
        assert_eq!(declared(&form), some(["Kite", "The Kites", "1998 Nobody"]), "size {wrong}");
    }
}

#[test]
fn the_displayed_name_is_the_title_where_there_is_no_other() {
    let data = chunk(b"data", &tune());
    let display = chunk(b"DISP", b"\x01\0\0\0Kites");
    let icon = chunk(b"DISP", b"\x08\0\0\0(\0\0\0");
    assert_eq!(
        declared(&rmid(&[icon.clone(), display.clone(), data.clone()])),
        some(["Kites", "", ""])
    );
    assert_eq!(declared(&rmid(&[icon, data.clone()])), some([""; 3]));
    let both = [display, info(&[(b"INAM", b"Kite\0"), (b"IART", b" \0")]), data];
    assert_eq!(declared(&rmid(&both)), some(["Kite", "", ""]));
}

#[test]
fn a_notice_that_form_and_file_both_have_is_one() {
    let file = smf(0, &[[meta(0, 2, b"1998 Nobody"), melody(0, &TUNE)].concat()]);
    assert_eq!(
        declared(&rmid(&[info(&INFO), chunk(b"data", &file)]))[2].as_deref(),
        Some("1998 Nobody")
    );
    let file = smf(0, &[[meta(0, 2, b"Arr. Ann"), melody(0, &TUNE)].concat()]);
    assert_eq!(
        declared(&rmid(&[info(&INFO), chunk(b"data", &file)]))[2].as_deref(),
        Some("Arr. Ann\n1998 Nobody")
    );
}

#[test]
fn a_repair_in_a_form_has_its_place_in_the_whole() {
    let mut file = tune();
    file[11] = 2;
    let form = rmid(&[info(&INFO), chunk(b"data", &file)]);
    let at = form.windows(4).position(|id| id == b"MThd").expect("a header") + 10;
    let expected = format!("number of tracks differs from the header's (at byte {at})");
    assert_eq!(analyze(&form).file.warnings, [expected]);
}

/// A MacBinary II header.
fn mac_header(name: &[u8], data: usize) -> Vec<u8> {
    let mut header = vec![0; 128];
    header[1] = name.len() as u8;
    header[2..2 + name.len()].copy_from_slice(name);
    header[65..73].copy_from_slice(b"MidiSeq ");
    header[83..87].copy_from_slice(&(data as u32).to_be_bytes());
    header[122..124].fill(0x81);
    header
}

#[test]
fn a_macintosh_file_is_read_without_its_resource_fork() {
    let (file, fork) = (tune(), smf(0, &[melody(1, &[72; 9])]));
    let padding = vec![0; file.len().next_multiple_of(128) - file.len()];
    sound(&[mac_header(b"tune", file.len()), file.clone(), padding, fork].concat());
    let form = rmid(&[chunk(b"data", &file), info(&INFO)]);
    let packed = [mac_header(b"tune.rmi", form.len()), form].concat();
    assert_eq!(declared(&packed), some(["Kite", "The Kites", "1998 Nobody"]));
}

/// A ZIP archive, each member deflated or stored.
fn zip(members: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for &(name, content, deflated) in members {
        let mut stored =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        stored.write_all(content).expect("in memory");
        let stored = if deflated { stored.finish().expect("in memory") } else { content.to_vec() };
        let sizes = [0, stored.len(), content.len()].map(|size| (size as u32).to_le_bytes());
        let method = if deflated { 8 } else { 0 };
        let fields = [&[20, 0, 0, 0, method, 0, 0, 0, 0, 0], sizes.as_flattened()].concat();
        let fields = [&fields[..], &[name.len() as u8, 0, 0, 0]].concat();
        let offset = (archive.len() as u32).to_le_bytes();
        directory.extend(
            [b"PK\x01\x02\x14\0", &fields[..], &[0; 10], &offset, name.as_bytes()].concat(),
        );
        archive.extend([b"PK\x03\x04", &fields[..], name.as_bytes(), &stored].concat());
    }
    let count = [members.len() as u8, 0];
    let (size, at) = (directory.len() as u32, archive.len() as u32);
    let end = [&[0; 4], &count[..], &count, &size.to_le_bytes(), &at.to_le_bytes(), &[0; 2]];
    [&archive, &directory, b"PK\x05\x06".as_slice(), &end.concat()].concat()
}

#[test]
fn the_only_midi_file_of_a_zip_archive_is_read() {
    let (file, form) = (tune(), rmid(&[chunk(b"data", &tune()), info(&INFO)]));
    for deflated in [false, true] {
        sound(&zip(&[("tune.mid", &file, deflated)]));
        let others = [
            ("read me.txt", b"MThd".as_slice(), deflated),
            ("songs/", b"", false),
            ("songs/Tune.MID", &file, deflated),
            ("__MACOSX/songs/._Tune.MID", b"\0\x05\x16\x07", deflated),
        ];
        sound(&zip(&others));
        let expected = some(["Kite", "The Kites", "1998 Nobody"]);
        assert_eq!(declared(&zip(&[("tune.rmi", &form, deflated)])), expected);
        let page = rejection(&zip(&[("tune.mid", b"<html>404</html>", deflated)]));
        assert!(page.reason().ends_with("an HTML page"), "{page}");
    }
    let several = zip(&[("a.mid", &file, true), ("b.mid", &file, true)]);
    assert!(rejection(&several).reason().ends_with("a ZIP archive"));
    assert!(rejection(&zip(&[("a.txt", b"words", true)])).reason().ends_with("a ZIP archive"));
    let whole = zip(&[("tune.mid", &file, true)]);
    // The directory is at the end.
    for length in 4..whole.len() - 22 {
        let cut = Piece::read(&whole[..length], &Options::default());
        assert!(cut.is_err(), "{length} bytes");
    }
}

#[test]
fn a_zip_bomb_stops_at_the_limit() {
    let bomb = zip(&[("tune.mid", &vec![0; 8 << 20], true)]);
    let error = Piece::read(&bomb, &Options::default().max_bytes(1 << 20)).expect_err("too large");
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

fn rejection(bytes: &[u8]) -> Error {
    let error = Piece::read(bytes, &Options::default()).expect_err("not a MIDI file");
    assert_eq!(error.kind(), ErrorKind::NotMidi);
    error
}

/// How files begin that are no MIDI files, and what they are.
const FOUND: [(&[u8], &str); 48] = [
    (b"SMF2CLIP\0\x10\0\0\0\x20\0\0\x40\x3c", "a MIDI 2.0 clip"),
    (b"FORM\0\0\0\x0eXDIRINFO\0\0\0\x02\x01\0CAT \0\0\0 XMIDFORM", "an XMI file"),
    (b"CAT \0\0\0 XMIDFORM\0\0", "an XMI file"),
    (b"FORM\0\0\0\x20SMUSSHDR", "an IFF SMUS score"),
    (b"MUS\x1a\x10\0\x20\0", "a DMX MUS file"),
    (b"HMI-MIDISONG061595\0\0", "an HMI file"),
    (b"HMIMIDIP\0\0\0\0", "an HMP file"),
    (b"CTMF\x01\x01", "a Creative Music File"),
    (b"IREZ\0\0\0\x01", "an RMF file"),
    (b"XMF_1.00\x05", "an XMF file"),
    (b"MMMD\0\0\0\x20", "a SMAF ringtone"),
    (b"\0\0\0\x20ftypqt  \0\0\0\0qt  ", "a QuickTime movie"),
    (b"\0\0\0\x08wide\0\0\x10\0mdat\xe2\0", "a QuickTime movie"),
    (b"\0\0\0\x18ftypM4A \0\0\0\0", "an MP4 recording"),
    (b"RIFF\x24\xf3\x02\0WAVEfmt ", "a WAVE recording"),
    (b"RIFF\x24\xf3\x02\0RMIDLIST\0\0\0\0", "a RIFF RMID form without"),
    (b"RIFF\x24\xf3\x02\0MIDSfmt ", "a RIFF MIDS stream"),
    (b"ID3\x03\0", "an MP3 recording"),
    (b"CAKEWALK\x1a\0\x03", "a Cakewalk project"),
    (b"ENIGMA BINARY FILE\0\0", "a Finale document"),
    (b"PK\x03\x04\x14\0\0\0\x08\0", "a ZIP archive"),
    (b"Rar!\x1a\x07\0", "a RAR archive"),
    (b"\x24\x5d-lh5-\x10\0\0\0", "an LHA archive"),
    (b"MZ\x90\0\x03\0\0\0", "a Windows program"),
    (b"\0\x05\x16\x07\0\x02\0\0Mac OS X", "what macOS notes about another file"),
    (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "a pointer of Git LFS",
    ),
    (b"vti_encoding:SR|utf8-nl\nvti_author:SR|me\n", "what FrontPage notes"),
    (b"<!DOCTYPE html><html><body>404 MThd</body>", "an HTML page"),
    (b"\xef\xbb\xbf\r\n <HTML><p>The chunks MThd and MTrk begin a MIDI file</p>", "an HTML page"),
    (b"<?xml version=\"1.0\"?><score-partwise version=\"3.1\">", "a MusicXML score"),
    (b"<?xml version=\"1.0\"?><plist/>", "an XML document"),
    (b"<ASX version = 3.0>", "a playlist"),
    (b"<?php echo 1;", "a PHP script"),
    (b"{\"error\":\"not found\"}", "JSON"),
    (b"[{\"error\": 404}]", "JSON"),
    (b"[Settings]\r\nName=Tune\r\n", "a text"),
    (b"file does not exist", "a text"),
    (b"Datei wurde nicht gefunden \xe2\x80\x93 404\n", "a text"),
    (b"\xff\xfe4\x000\x004\0", "a text in UTF-16"),
    (b"TVRoZAAAAAYAAQACAeBNVHJr", "a MIDI file in base64"),
    (b"data:audio/midi;base64,TVRoZAAAAAY", "a MIDI file in a data URL"),
    (b"begin 644 tune.mid\nM35%H9", "a file in uuencode"),
    (b"MIME-Version: 1.0\nContent-Type: audio/midi\n\nTVRoZAAAAAY", "an e-mail message"),
    (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "an HTTP response"),
    (b"4d546864 00000006", "a MIDI file in hexadecimal digits"),
    (&[0xf6; 4096], "a file of one byte"),
    (&[0; 4096], "a file of zeros"),
    (b"", "an empty file"),
];

#[test]
fn the_error_says_what_is_found_in_place_of_a_midi_file() {
    let later = |offset: usize, magic: &[u8]| [&vec![0; offset], magic, &[0; 9]].concat();
    let tar = later(257, b"ustar\x0000");
    let module = later(1080, b"M.K.");
    let built = [(&tar[..], "a tar archive"), (&module, "a ProTracker module")];
    for (bytes, what) in FOUND.into_iter().chain(built) {
        let error = rejection(bytes);
        let expected = format!("not a MIDI file: it looks like {what}");
        assert!(error.reason().starts_with(&expected), "{what}: {}", error.reason());
    }
    let packed = |content: &[u8]| [mac_header(b"x", content.len()), content.to_vec()].concat();
    let movie = rejection(&packed(b"\0\0\x01\0mdat\xe2\0\0\0"));
    assert!(movie.reason().ends_with("a QuickTime movie"), "{movie}");
    assert!(rejection(&packed(b"\x01\x02\x03\x04")).reason().ends_with("a Macintosh document"));
    assert_eq!(rejection(&[6, 0x1c, 8, 0x1d]).hint(), None);
    let hint = rejection(b"PK\x03\x04\x14\0\0\0").hint();
    assert_eq!(hint, Some("Extract the MIDI files from it."));
}

#[test]
fn a_file_inside_something_else_is_read_from_its_header_on() {
    let file = tune();
    for before in [
        b"HTTP/1.1 200 OK\r\nContent-Type: audio/midi\r\n\r\n".as_slice(),
        b"<br />\n<b>Warning</b>: MThd expected\n",
        b"XMF_1.00\x20\x05\x21\x22",
        b"PK\x03\x04\x0a\0\0\0\0\0stored.mid",
        b"\0\x05\x16\0\0\x02\0\0Macintosh",
    ] {
        let found = analyze(&[before, &file].concat()).file;
        assert_eq!(found.note_count, 4);
        assert_eq!(found.warnings, ["bytes before the MThd header skipped (at byte 0)"]);
    }
}
