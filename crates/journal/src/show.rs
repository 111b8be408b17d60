//! The entries of a run, and their values.

use crate::json::Json;
use crate::list::{size, time};
use std::fmt::Write;
use typed_pipeliner::BoxError;
use typed_pipeliner::journal::{EntrySummary, Journal, KeptInput, KeptOutputSummary};
use typed_pipeliner::text::one_line;

/// The entries of a run: from which values each was made, and when.
pub(crate) async fn entries(journal: &Journal, run: &str) -> Result<String, BoxError> {
    check_run(journal, run).await?;
    let mut text = String::new();
    for entry in journal.entries(run).await? {
        write_entry(&mut text, &entry)?;
    }
    Ok(text)
}

/// Writes an entry.
fn write_entry(text: &mut String, entry: &EntrySummary) -> std::fmt::Result {
    let name = one_line(&entry.name);
    if let Some(damage) = &entry.damage {
        return writeln!(text, "{name}\n  damaged: {damage}");
    }
    writeln!(text, "{name}\n  version {}, written {}, {}", entry.version, time(entry.written), size(entry.bytes()))?;
    for KeptInput { resource, fingerprint, .. } in &entry.inputs {
        writeln!(text, "  from {resource} {}", fingerprint.as_deref().unwrap_or("(ambient)"))?;
    }
    for KeptOutputSummary { resource, type_name, fingerprint, bytes, .. } in &entry.outputs {
        writeln!(text, "  gives {resource} {fingerprint}: {type_name}, {}", size(*bytes))?;
    }
    Ok(())
}

/// The values of an entry of a run, as JSON: an object with each resource.
pub(crate) async fn values(journal: &Journal, run: &str, entry: &str) -> Result<String, BoxError> {
    check_run(journal, run).await?;
    let values = journal.values(run, entry).await?;
    let values = values.ok_or_else(|| format!("run `{run}` has no entry `{entry}`"))?;
    let mut object = Vec::new();
    for value in values {
        let data = rmpv::decode::read_value(&mut &*value.message_pack)?;
        object.push((rmpv::Value::from(value.resource), data));
    }
    Ok(serde_json::to_string_pretty(&Json(&rmpv::Value::Map(object)))? + "\n")
}

/// Checks that there is a run with this key.
async fn check_run(journal: &Journal, run: &str) -> Result<(), BoxError> {
    match journal.runs().await?.iter().any(|other| other.run == run) {
        true => Ok(()),
        false => Err(no_run(run)),
    }
}

/// The error about a run that is not there.
pub(crate) fn no_run(run: &str) -> BoxError {
    format!("there is no run `{run}`").into()
}
