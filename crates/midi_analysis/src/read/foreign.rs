//! What else is found under the name of a MIDI file, so that an error can say what it is.
//!
//! Sources: the signatures of file(1); lists of what was found in collections (feross/bitmidi.com#144,
//! the files that DryWetMIDI collects). Text is judged by how it begins, since servers answer with pages,
//! and repositories with pointers, where a file is asked for.

use self::Advice::{Audio, Convert, Decode, Download, Export, Extract, None as Nothing, Twin};

/// What can be done about it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Advice {
    None,
    Audio,
    Convert,
    Decode,
    Download,
    Export,
    Extract,
    Twin,
}

/// What bytes look like, and what can be done about it.
#[derive(Clone, Copy)]
pub(crate) struct Foreign {
    pub(crate) what: &'static str,
    advice: Advice,
}

impl Foreign {
    /// A Macintosh file of which nothing more is known.
    pub(crate) const MACINTOSH: Self = Self { what: "a Macintosh document", advice: Export };

    /// What can be done about it, as a sentence.
    pub(crate) fn hint(self) -> Option<&'static str> {
        Some(match self.advice {
            Nothing => return None,
            Audio => "It has sound, not notes. Transcribe it with another program.",
            Convert => "Convert it to a standard MIDI file with another program.",
            Decode => "Decode it with another program.",
            Download => "Get the file again: this came in its place.",
            Export => "Open it in the program that it belongs to, and export it as a MIDI file.",
            Extract => "Extract the MIDI files from it.",
            Twin => "Use the file of the same name without \"._\", if there is one.",
        })
    }
}

/// What `bytes`, which are no MIDI file, look like.
pub(crate) fn looks_like(bytes: &[u8]) -> Option<Foreign> {
    let foreign = |what, advice| Some(Foreign { what, advice });
    match bytes {
        [] => return foreign("an empty file", Download),
        [0, rest @ ..] if rest.iter().all(|&byte| byte == 0) => {
            return foreign("a file of zeros", Download);
        }
        [first, second, rest @ ..] if first == second && rest.iter().all(|byte| byte == first) => {
            return foreign("a file of one byte, repeated", Download);
        }
        _ => {}
    }
    let form = bytes.get(8..12).unwrap_or(&[]);
    let known = match bytes.get(..4) {
        Some(b"RIFF") => find(&RIFF_FORMS, form),
        Some(b"FORM" | b"CAT " | b"LIST") => find(&IFF_FORMS, form),
        _ => None,
    };
    let signature = |&(at, magic, ..): &(usize, &[u8], &str, Advice)| {
        bytes.get(at..).is_some_and(|bytes| bytes.starts_with(magic))
    };
    known
        .or_else(|| {
            let &(.., what, advice) = SIGNATURES.iter().find(|entry| signature(entry))?;
            foreign(what, advice)
        })
        .or_else(|| text(bytes))
}

/// How RIFF and IFF forms, and texts, begin; what they are.
type Beginnings<const N: usize> = [(&'static str, &'static str, Advice); N];

fn find<const N: usize>(beginnings: &Beginnings<N>, head: &[u8]) -> Option<Foreign> {
    let found = beginnings.iter().find(|(start, ..)| head.starts_with(start.as_bytes()));
    found.map(|&(_, what, advice)| Foreign { what, advice })
}

/// By the type of a RIFF form.
const RIFF_FORMS: Beginnings<10> = [
    ("WAVE", "a WAVE recording", Audio),
    ("AVI ", "an AVI video", Audio),
    ("RMID", "a RIFF RMID form without a MIDI file", Download),
    ("MIDS", "a RIFF MIDS stream", Convert),
    ("DMSG", "a DirectMusic segment", Export),
    ("DLS ", "a collection of DLS instruments", Nothing),
    ("sfbk", "a SoundFont", Nothing),
    ("NUND", "a Cubase project", Export),
    ("WEBP", "a WebP image", Download),
    ("", "a RIFF file (audio or video)", Nothing),
];

/// By the type of an IFF form, list or catalogue.
const IFF_FORMS: Beginnings<9> = [
    ("XDIR", "an XMI file (Miles Sound System)", Convert),
    ("XMID", "an XMI file (Miles Sound System)", Convert),
    ("AIFF", "an AIFF recording", Audio),
    ("AIFC", "an AIFF recording", Audio),
    ("8SVX", "an 8SVX recording", Audio),
    ("SMUS", "an IFF SMUS score", Convert),
    ("DMCS", "a Deluxe Music score", Export),
    ("ILBM", "an IFF image", Download),
    ("", "an IFF file", Nothing),
];

/// Offset, bytes there, what they show.
const SIGNATURES: [(usize, &[u8], &str, Advice); 109] = [
    // Music in other formats.
    (0, b"SMF2CLIP", "a MIDI 2.0 clip", Convert),
    (0, b"SMF2CON1", "a MIDI 2.0 container", Convert),
    (0, b"MUS\x1a", "a DMX MUS file (Doom)", Convert),
    (0, b"HMI-MIDISONG", "an HMI file (Human Machine Interfaces)", Convert),
    (0, b"HMIMIDI", "an HMP file (Human Machine Interfaces)", Convert),
    (0, b"CTMF", "a Creative Music File", Convert),
    (0, b"GMF\x01", "a GMF file", Convert),
    (0, b"IREZ", "an RMF file (Beatnik)", Convert),
    (0, b"XMF_", "an XMF file", Convert),
    (0, b"MMMD", "a SMAF ringtone (Yamaha)", Convert),
    (0, b"melo", "an MFi ringtone", Convert),
    (0, b"BEGIN:IMELODY", "an iMelody ringtone", Convert),
    (7, b"COM-ESEQ", "a Yamaha E-SEQ file", Convert),
    (0, b"Extended Module:", "a FastTracker module", Convert),
    (0, b"IMPM", "an Impulse Tracker module", Convert),
    (0, b"MTM\x10", "a MultiTracker module", Convert),
    (44, b"SCRM", "a Scream Tracker module", Convert),
    (1080, b"M.K.", "a ProTracker module", Convert),
    (1080, b"M!K!", "a ProTracker module", Convert),
    (1080, b"FLT4", "a StarTrekker module", Convert),
    (1080, b"6CHN", "a FastTracker module", Convert),
    (1080, b"8CHN", "a FastTracker module", Convert),
    (0, b"Vgm ", "a VGM recording", Convert),
    (0, b"PSID", "a SID tune", Convert),
    (0, b"NESM\x1a", "an NSF tune", Convert),
    (0, b"SNES-SPC700", "an SPC tune", Convert),
    (0, b"RAWADATA", "an AdLib recording", Convert),
    // Documents of programs.
    (0, b"CAKEWALK", "a Cakewalk project", Export),
    (0, b"ENIGMA BINARY FILE", "a Finale document", Export),
    (0, b"\x0fSIBELIUS", "a Sibelius score", Export),
    (0, b"SCOW", "an Encore score", Export),
    (0, b"SCO5", "an Encore score", Export),
    (0, b"[NoteWorthy ArtWare]", "a NoteWorthy Composer score", Export),
    (0, b"[NWZ]", "a NoteWorthy Composer score", Export),
    (0, b"\x18FICHIER GUITAR PRO", "a Guitar Pro tablature", Export),
    (0, b"BCFZ", "a Guitar Pro tablature", Export),
    (0, b"ptab", "a Power Tab tablature", Export),
    (0, b"FLhd", "an FL Studio project", Export),
    // Recordings and videos.
    (0, b"ID3", "an MP3 recording", Audio),
    (0, b"\xff\xfb", "an MP3 recording", Audio),
    (0, b"\xff\xfa", "an MP3 recording", Audio),
    (0, b"\xff\xf3", "an MP3 recording", Audio),
    (0, b"\xff\xf2", "an MP3 recording", Audio),
    (0, b"\xff\xfd", "an MPEG recording", Audio),
    (0, b"\xff\xf1", "an AAC recording", Audio),
    (0, b"\xff\xf9", "an AAC recording", Audio),
    (0, b"OggS", "an Ogg recording", Audio),
    (0, b"fLaC", "a FLAC recording", Audio),
    (0, b"MAC ", "a Monkey's Audio recording", Audio),
    (0, b"wvpk", "a WavPack recording", Audio),
    (0, b".snd", "an AU recording", Audio),
    (0, b"Creative Voice File", "a VOC recording", Audio),
    (0, b"#!AMR", "an AMR recording", Audio),
    (0, b".ra\xfd", "a RealAudio recording", Audio),
    (0, b".RMF", "a RealMedia recording", Audio),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media recording", Audio),
    (4, b"ftypqt", "a QuickTime movie", Export),
    (4, b"ftyp", "an MP4 recording", Audio),
    (4, b"moov", "a QuickTime movie", Export),
    (4, b"mdat", "a QuickTime movie", Export),
    (4, b"wide", "a QuickTime movie", Export),
    (0, b"\x1a\x45\xdf\xa3", "a Matroska video", Audio),
    (0, b"FLV\x01", "a Flash video", Audio),
    (0, b"FWS", "a Flash film", Audio),
    (0, b"CWS", "a Flash film", Audio),
    (0, b"\0\0\x01\xba", "an MPEG video", Audio),
    // Archives.
    (0, b"PK\x03\x04", "a ZIP archive", Extract),
    (0, b"PK\x05\x06", "an empty ZIP archive", Download),
    (0, b"Rar!", "a RAR archive", Extract),
    (0, b"7z\xbc\xaf", "a 7z archive", Extract),
    (2, b"-lh", "an LHA archive", Extract),
    (0, b"\x60\xea", "an ARJ archive", Extract),
    (0, b"MSCF", "a Cabinet archive", Extract),
    (0, b"SIT!", "a StuffIt archive", Extract),
    (0, b"StuffIt", "a StuffIt archive", Extract),
    (257, b"ustar", "a tar archive", Extract),
    (0, b"\x1f\x8b", "a gzip file inside another", Extract),
    (0, b"BZh", "a bzip2 file", Extract),
    (0, b"\xfd7zXZ", "an xz file", Extract),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard file", Extract),
    (0, b"\x1f\x9d", "a file of compress", Extract),
    (0, b"SZDD", "a file of Microsoft's COMPRESS", Extract),
    // Images and documents.
    (0, b"GIF8", "a GIF image", Download),
    (0, b"\x89PNG", "a PNG image", Download),
    (0, b"\xff\xd8\xff", "a JPEG image", Download),
    (0, b"II*\0", "a TIFF image", Download),
    (0, b"MM\0*", "a TIFF image", Download),
    (6, b"\0\0\0\0\x36\0\0\0", "a bitmap image", Download),
    (0, b"%PDF", "a PDF document", Nothing),
    (0, b"%!PS", "a PostScript document", Nothing),
    (0, b"{\\rtf", "an RTF document", Nothing),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a Microsoft Office document", Nothing),
    // Programs, and what systems write beside files.
    (0, b"MZ", "a Windows program", Nothing),
    (0, b"\x7fELF", "a Linux program", Nothing),
    (0, b"\xca\xfe\xba\xbe", "a Java or macOS program", Nothing),
    (0, b"\xcf\xfa\xed\xfe", "a macOS program", Nothing),
    (0, b"\0\x05\x16\x07", "what macOS notes about another file (AppleDouble)", Twin),
    (0, b"\0\x05\x16\0", "an AppleSingle file without a MIDI file", Nothing),
    (0, b"\0\0\0\x01Bud1", "a folder's settings (.DS_Store)", Nothing),
    (0, b"L\0\0\0\x01\x14\x02\0", "a shortcut of Windows", Download),
    (0, b"SQLite format 3", "an SQLite database", Nothing),
    (0, b"vti_encoding:", "what FrontPage notes about another file", Download),
    // Text in which a file is sent.
    (0, b"TVRoZA", "a MIDI file in base64", Decode),
    (0, b"data:audio", "a MIDI file in a data URL", Decode),
    (0, b"begin 6", "a file in uuencode", Decode),
    (0, b"begin 7", "a file in uuencode", Decode),
    (0, b"begin-base64 ", "a file in base64", Decode),
    (0, b"=ybegin", "a file in yEnc", Decode),
    (0, b"(This file must be converted", "a file in BinHex", Decode),
];

/// How texts begin, in small letters.
const TEXTS: Beginnings<40> = [
    ("<!doctype html", "an HTML page", Download),
    ("<!--", "an HTML page", Download),
    ("<!", "an XML document", Download),
    ("<html", "an HTML page", Download),
    ("<head", "an HTML page", Download),
    ("<body", "an HTML page", Download),
    ("<title", "an HTML page", Download),
    ("<meta", "an HTML page", Download),
    ("<script", "an HTML page", Download),
    ("<style", "an HTML page", Download),
    ("<center", "an HTML page", Download),
    ("<table", "an HTML page", Download),
    ("<div", "an HTML page", Download),
    ("<font", "an HTML page", Download),
    ("<br", "an HTML page", Download),
    ("<h1", "an HTML page", Download),
    ("<h2", "an HTML page", Download),
    ("<p>", "an HTML page", Download),
    ("<b>", "an HTML page", Download),
    ("<a ", "an HTML page", Download),
    ("<img", "an HTML page", Download),
    ("<asx", "a playlist", Download),
    ("<?php", "a PHP script", Download),
    ("<?xml", "an XML document", Export),
    ("<score-partwise", "a MusicXML score", Export),
    ("<reaper_project", "a Reaper project", Export),
    ("#extm3u", "a playlist", Download),
    ("[playlist]", "a playlist", Download),
    ("[internetshortcut]", "a shortcut of Windows", Download),
    ("version https://git-lfs", "a pointer of Git LFS", Download),
    ("/annex/objects/", "a pointer of git-annex", Download),
    ("http/1.", "an HTTP response without a MIDI file", Download),
    ("mime-version:", "an e-mail message", Decode),
    ("content-type:", "an e-mail message", Decode),
    ("return-path:", "an e-mail message", Decode),
    ("received:", "an e-mail message", Decode),
    ("from:", "an e-mail message", Decode),
    ("4d546864", "a MIDI file in hexadecimal digits", Decode),
    ("4d 54 68 64", "a MIDI file in hexadecimal digits", Decode),
    ("0, 0, header,", "a MIDI file as text of midicsv", Convert),
];

/// Bytes by which a text is told from other data.
const TEXT_SAMPLE: usize = 1 << 10;
/// The most bytes by which a text is known.
const HEAD: usize = 32;

fn text(bytes: &[u8]) -> Option<Foreign> {
    let foreign = |what, advice| Some(Foreign { what, advice });
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return foreign("a text in UTF-16", Nothing);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let sample = &bytes[..bytes.len().min(TEXT_SAMPLE)];
    let is_text = |byte: &u8| !byte.is_ascii_control() || byte.is_ascii_whitespace();
    if !sample.iter().all(is_text) {
        return None;
    }
    let sample = sample.trim_ascii_start();
    let mut head = [0; HEAD];
    let length = sample.len().min(HEAD);
    head[..length].copy_from_slice(&sample[..length]);
    head.make_ascii_lowercase();
    let known = find(&TEXTS, &head[..length]);
    let music_xml = |part: &[u8]| part.starts_with(b"<score-partwise");
    if known.is_some() && sample.windows(15).any(music_xml) {
        return foreign("a MusicXML score", Export);
    }
    let json =
        matches!(sample, [b'{', ..] | [b'[', b'{' | b'[' | b'"' | b' ' | b'\n' | b'0'..=b'9', ..]);
    // Bytes over 127 alone do not make a text.
    let is_text = !sample.is_empty() && (sample.is_ascii() || std::str::from_utf8(bytes).is_ok());
    known.or(match (json, is_text) {
        (true, _) => foreign("JSON", Convert),
        (_, true) => foreign("a text", Download),
        _ => None,
    })
}
