//! The record of a kept value: the version of its step, and all that it was made from.

use super::print::{Print, Printer};
use crate::error::BoxError;
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};

/// The version of the format of records and values.
const FORMAT: u32 = 1;

/// The record of an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The version of the format.
    format: u32,
    /// The version of the step.
    pub(crate) version: u32,
    /// The inputs of the step, in their order.
    pub(crate) inputs: Vec<InputRecord>,
    /// Its outputs, in their order.
    pub(crate) outputs: Vec<OutputRecord>,
    /// When it was written, in milliseconds since 1970.
    written: u64,
}

/// An input of a step in its record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InputRecord {
    /// The name of the resource.
    pub(crate) resource: String,
    /// The fingerprint of its value, if it counts.
    pub(crate) print: Option<Print>,
}

/// An output of a step in its record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutputRecord {
    /// The name of the resource.
    pub(crate) resource: String,
    /// The type of its value.
    pub(crate) value: String,
    /// The fingerprint of its value.
    pub(crate) print: Print,
    /// The length of its value in bytes.
    pub(crate) bytes: u64,
}

impl Record {
    /// The record of nothing.
    pub(crate) const EMPTY: Self =
        Record { format: FORMAT, version: 0, inputs: Vec::new(), outputs: Vec::new(), written: 0 };

    /// The record of an entry that is written now.
    pub(crate) fn new(version: u32, inputs: Vec<InputRecord>, outputs: Vec<OutputRecord>) -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Record { format: FORMAT, version, inputs, outputs, written: since.as_millis() as u64 }
    }

    /// When it was written.
    pub(crate) fn written(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(self.written)
    }

    /// The bytes of the record: a checksum, and the record as a MessagePack map.
    pub(crate) fn encode(&self, run: &str, name: &str) -> Result<Vec<u8>, BoxError> {
        let body = rmp_serde::to_vec_named(self)?;
        let mut bytes = checksum(run, name, &body).as_ref().to_vec();
        bytes.extend(body);
        Ok(bytes)
    }

    /// Reads the bytes of the record of this entry.
    ///
    /// # Errors
    ///
    /// A text for people, if it is damaged, or that of another entry, or of another version.
    pub(crate) fn decode(run: &str, name: &str, bytes: &[u8]) -> Result<Self, String> {
        let (sum, body) = bytes.split_at_checked(32).ok_or("it is cut off")?;
        if checksum(run, name, body).as_ref() != sum {
            return Err("its checksum is wrong".to_owned());
        }
        match rmp_serde::from_slice::<Record>(body) {
            Ok(record) if record.format == FORMAT => Ok(record),
            // Another version may have other fields.
            record => match rmp_serde::from_slice(body) {
                Ok(Format { format }) if format != FORMAT => {
                    Err(format!("its format has version {format}, and this library reads version {FORMAT}"))
                }
                _ => record.map_err(|error| error.to_string()),
            },
        }
    }

    /// The outputs in the bytes of a value.
    ///
    /// # Errors
    ///
    /// If they are not those of which the record has the fingerprints.
    pub(crate) fn outputs_in<'v>(&self, mut value: &'v [u8]) -> Result<Vec<&'v [u8]>, String> {
        let damaged = || "its value is damaged".to_owned();
        let mut outputs = Vec::with_capacity(self.outputs.len());
        for output in &self.outputs {
            let len = usize::try_from(output.bytes).map_err(|_| damaged())?;
            let (bytes, rest) = value.split_at_checked(len).ok_or_else(damaged)?;
            if Print::of_bytes(&output.value, bytes) != output.print {
                return Err(damaged());
            }
            outputs.push(bytes);
            value = rest;
        }
        if value.is_empty() { Ok(outputs) } else { Err(damaged()) }
    }
}

/// The version of the format of a record.
#[derive(Deserialize)]
struct Format {
    /// The version.
    format: u32,
}

/// The checksum of the record of an entry.
fn checksum(run: &str, name: &str, body: &[u8]) -> Print {
    let mut printer = Printer::new("record");
    printer.text(run);
    printer.text(name);
    printer.bytes(body);
    printer.print()
}
