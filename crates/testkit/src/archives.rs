//! Archives, written by hand and by other libraries than those that read them in the extension.

use std::io::{Cursor, Write};

use flate2::write::GzEncoder;
use flate2::{Compression, Crc};
use zip::write::SimpleFileOptions;

/// Files by name.
pub type Files<'a> = &'a [(&'a str, Vec<u8>)];

/// A zip archive, deflated.
pub fn zip(files: Files<'_>) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in files {
        archive.start_file(*name, options).expect("a member");
        archive.write_all(bytes).expect("memory");
    }
    archive.finish().expect("an archive").into_inner()
}

/// A tar archive. Names longer than 100 bytes are written as GNU tar does.
pub fn tar(files: Files<'_>) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, bytes.as_slice()).expect("memory");
    }
    archive.into_inner().expect("an archive")
}

/// A tar archive of one member with exactly this name and type.
pub fn tar_member(name: &[u8], kind: tar::EntryType, bytes: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_size(bytes.len() as u64);
    header.set_cksum();
    let mut archive = header.as_bytes().to_vec();
    archive.extend(bytes);
    archive.resize(archive.len().next_multiple_of(512) + 1024, 0);
    archive
}

/// Compressed by gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut stream = GzEncoder::new(Vec::new(), Compression::fast());
    stream.write_all(bytes).expect("memory");
    stream.finish().expect("memory")
}

/// Compressed by Zstandard.
pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// A zip archive whose members may have any bytes as names, repeated ones too.
pub fn zip_named(files: &[(&[u8], Vec<u8>)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let offset = archive.len();
        let fields = stored(bytes, name.len());
        archive.extend(b"PK\x03\x04\x14\0");
        archive.extend(&fields);
        archive.extend(*name);
        archive.extend(bytes);
        directory.extend(directory_entry(&fields, offset, name));
    }
    with_directory(archive, &directory, files.len())
}

/// A zip archive of that many members that all share the same bytes.
pub fn zip_overlapping(members: usize, bytes: &[u8]) -> Vec<u8> {
    let compressed = {
        let mut stream = flate2::write::DeflateEncoder::new(Vec::new(), Compression::best());
        stream.write_all(bytes).expect("memory");
        stream.finish().expect("memory")
    };
    let mut one = stored(bytes, 0);
    one[2] = 8;
    one[12..16].copy_from_slice(&(compressed.len() as u32).to_le_bytes());
    let fields = |name: usize| {
        let mut fields = one;
        fields[20..22].copy_from_slice(&(name as u16).to_le_bytes());
        fields
    };
    let mut archive = b"PK\x03\x04\x14\0".to_vec();
    archive.extend(fields(5));
    archive.extend(b"0.mid");
    archive.extend(&compressed);
    let mut directory = Vec::new();
    for member in 0..members {
        let name = format!("{member}.mid");
        directory.extend(directory_entry(&fields(name.len()), 0, name.as_bytes()));
    }
    with_directory(archive, &directory, members)
}

/// The fields that a member's header and its entry in the directory have in common: flags, method, time, checksum, sizes,
/// and the lengths of the name and the extra field (PKWARE APPNOTE 6.3, 4.3.7).
fn stored(bytes: &[u8], name: usize) -> [u8; 24] {
    let mut crc = Crc::new();
    crc.update(bytes);
    let mut fields = [0; 24];
    fields[8..12].copy_from_slice(&crc.sum().to_le_bytes());
    fields[12..16].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
    fields[16..20].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
    fields[20..22].copy_from_slice(&(name as u16).to_le_bytes());
    fields
}

fn directory_entry(fields: &[u8; 24], offset: usize, name: &[u8]) -> Vec<u8> {
    let offset = (offset as u32).to_le_bytes();
    [b"PK\x01\x02\x14\0\x14\0", &fields[..], &[0; 10], &offset, name].concat()
}

fn with_directory(mut archive: Vec<u8>, directory: &[u8], members: usize) -> Vec<u8> {
    let start = (archive.len() as u32).to_le_bytes();
    let members = (members as u16).to_le_bytes();
    let length = (directory.len() as u32).to_le_bytes();
    archive.extend(directory);
    archive
        .extend([b"PK\x05\x06\0\0\0\0", &members[..], &members, &length, &start, &[0; 2]].concat());
    archive
}
