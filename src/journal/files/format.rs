//! The format of a file, version 1: one entry. Numbers are little-endian.
//!
//! | bytes | |
//! | --- | --- |
//! | 0–14 | `typed-pipeliner` |
//! | 15 | the version of the format, 1 |
//! | 16–19 | the length of the key of the run, in bytes, as are the other lengths |
//! | 20–23 | the length of the name of the entry |
//! | 24–27 | the length of its record |
//! | 28–35 | the length of its value |
//! | then | the key, the name, the record, the value; and nothing behind them |
//!
//! There is no checksum: the record has one of its own and one of the value. A wrong length shows,
//! because the lengths have to add up to that of the file; a wrong key or name, because the file
//! has its name from them.
//!
//! A file that was not synced may lose its end, or have zeros in its place, if the power fails.
//! Such a file is damaged. One that begins in another way is foreign.

use crate::journal::shelf::Entry;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The first bytes, with the version.
const MAGIC: &[u8; 16] = b"typed-pipeliner\x01";

/// The number of bytes before the key.
const FIXED: usize = 36;

/// The number of bytes that are read at once: a page. Most records end before.
const PAGE: usize = 4096;

/// The contents of a file.
#[derive(Debug)]
pub(super) enum Contents {
    /// An entry.
    Entry(Head),
    /// The file of an entry, damaged.
    Damaged,
    /// Something else.
    Foreign,
}

/// An entry in a file, up to its value.
#[derive(Debug)]
pub(super) struct Head {
    /// The key of its run.
    pub(super) run: String,
    /// Its name.
    pub(super) name: String,
    /// Its record.
    pub(super) record: Vec<u8>,
    /// The length of its value.
    value: usize,
    /// The bytes of the value that were read.
    begun: Vec<u8>,
    /// The file, from which the others can be read.
    rest: File,
}

impl Head {
    /// Reads the value.
    pub(super) fn value(mut self) -> io::Result<Vec<u8>> {
        let begun = self.begun.len();
        self.begun.resize(self.value, 0);
        self.rest.read_exact(&mut self.begun[begun..])?;
        Ok(self.begun)
    }
}

/// The bytes of an entry before its value.
pub(super) fn head(entry: &Entry) -> io::Result<Vec<u8>> {
    let parts = [entry.run.as_bytes(), entry.name.as_bytes(), &entry.record];
    let mut bytes = Vec::with_capacity(FIXED + parts.map(<[u8]>::len).iter().sum::<usize>());
    bytes.extend_from_slice(MAGIC);
    for part in parts {
        let length = u32::try_from(part.len()).map_err(|_| io::Error::from(ErrorKind::InvalidInput))?;
        bytes.extend_from_slice(&length.to_le_bytes());
    }
    bytes.extend_from_slice(&(entry.value.len() as u64).to_le_bytes());
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    Ok(bytes)
}

/// Reads a file up to the value; `None` if there is no such file.
pub(super) fn read(path: &Path) -> io::Result<Option<Contents>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(Some(Contents::Foreign));
    }
    let length = usize::try_from(metadata.len()).map_err(io::Error::other)?;
    let mut bytes = vec![0; length.min(PAGE)];
    file.read_exact(&mut bytes)?;
    if !begins_with_magic(&bytes) {
        return Ok(Some(Contents::Foreign));
    }
    let Some([run, _, record, value]) = lengths(&bytes, length) else { return Ok(Some(Contents::Damaged)) };

    let value_at = length - value;
    let begun = bytes.len();
    if begun < value_at {
        bytes.resize(value_at, 0);
        file.read_exact(&mut bytes[begun..])?;
    }
    let begun = bytes.split_off(value_at);
    let record = bytes.split_off(value_at - record);
    let name = String::from_utf8(bytes.split_off(FIXED + run));
    let run = String::from_utf8(bytes.split_off(FIXED));
    let (Ok(run), Ok(name)) = (run, name) else { return Ok(Some(Contents::Damaged)) };
    Ok(Some(Contents::Entry(Head { run, name, record, value, begun, rest: file })))
}

/// Whether these first bytes of a file are those of an entry, or of one that lost them.
fn begins_with_magic(bytes: &[u8]) -> bool {
    let bytes = &bytes[..bytes.len().min(MAGIC.len())];
    MAGIC.starts_with(bytes) || bytes.iter().all(|&byte| byte == 0)
}

/// The lengths of the four parts, if they add up to that of the file.
fn lengths(bytes: &[u8], length: usize) -> Option<[usize; 4]> {
    let bytes = bytes.get(..FIXED)?.strip_prefix(MAGIC)?;
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte));
    let lengths = [&bytes[..4], &bytes[4..8], &bytes[8..12], &bytes[12..]].map(number);
    let sum = lengths.iter().try_fold(FIXED as u64, |sum, &length| sum.checked_add(length))?;
    // Each of them fits into a `usize`, because their sum does.
    (sum == length as u64).then_some(lengths.map(|length| length as usize))
}
