//! The entries of a run, for people and programs that look after journals.

use super::print::Print;
use super::record::{InputRecord, OutputRecord, Record};
use std::time::SystemTime;

/// An entry of a run: the kept outputs of a step.
///
/// [`Journal::entries`](super::Journal::entries) lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntrySummary {
    /// The name of the entry: the path of the step, or the name that `keep = "name"` gives it. That
    /// of a step for an element of a fan-out begins with the pipeline and the key or the place of
    /// the element: `PerUrl[7]/app::Fetch`.
    pub name: String,
    /// The version of the step.
    pub version: u32,
    /// When it was written.
    pub written: SystemTime,
    /// The inputs of the step.
    pub inputs: Vec<KeptInput>,
    /// Its outputs.
    pub outputs: Vec<KeptOutputSummary>,
    /// The reason why the entry cannot be used, if it is damaged. Then all other fields but the
    /// name are empty.
    pub damage: Option<String>,
}

/// An input from which an entry was made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeptInput {
    /// The name of the resource.
    pub resource: String,
    /// The first digits of the fingerprint of its value; `None` if it is ambient.
    pub fingerprint: Option<String>,
}

/// An output in an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeptOutputSummary {
    /// The name of the resource.
    pub resource: String,
    /// The name of the type of its value.
    pub type_name: String,
    /// The first digits of the fingerprint of its value.
    pub fingerprint: String,
    /// The size of its value in bytes.
    pub bytes: u64,
}

impl EntrySummary {
    /// That of an entry with this record, or with none that can be read.
    pub(super) fn new(name: String, record: Result<Record, String>) -> Self {
        let (record, damage) = match record {
            Ok(record) => (record, None),
            Err(damage) => (Record::EMPTY, Some(damage)),
        };
        let written = record.written();
        let inputs = record.inputs.into_iter().map(|InputRecord { resource, print }| KeptInput {
            resource,
            fingerprint: print.as_ref().map(Print::to_string),
        });
        let outputs = record.outputs.into_iter().map(|OutputRecord { resource, value, print, bytes }| {
            KeptOutputSummary { resource, type_name: value, fingerprint: print.to_string(), bytes }
        });
        let (inputs, outputs) = (inputs.collect(), outputs.collect());
        EntrySummary { name, version: record.version, written, inputs, outputs, damage }
    }

    /// The size of its values in bytes.
    pub fn bytes(&self) -> u64 {
        self.outputs.iter().map(|output| output.bytes).sum()
    }
}

/// The value of an output, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeptValue {
    /// The name of the resource.
    pub resource: String,
    /// The name of the type of its value.
    pub type_name: String,
    /// The value in MessagePack, which describes itself: structs are maps from the names of their
    /// fields.
    pub message_pack: Vec<u8>,
}
