//! The list of the runs of a journal.

use bytesize::ByteSize;
use jiff::Timestamp;
use std::time::SystemTime;
use typed_pipeliner::BoxError;
use typed_pipeliner::journal::{Journal, RunSummary};
use typed_pipeliner::text::one_line;

/// A table of all runs.
pub(crate) async fn list(journal: &Journal) -> Result<String, BoxError> {
    let mut rows = vec![["RUN", "ENTRIES", "SIZE", "LAST WRITTEN (UTC)", ""].map(str::to_owned)];
    rows.extend(journal.runs().await?.into_iter().map(
        |RunSummary { run, entries, bytes, written, is_in_use, .. }| {
            let written = written.map_or_else(|| "never".to_owned(), time);
            let in_use = if is_in_use { "in use" } else { "" };
            [one_line(&run).into_owned(), entries.to_string(), size(bytes), written, in_use.to_owned()]
        },
    ));
    Ok(aligned(&rows))
}

/// Formats a table: numbers and sizes are aligned to the right.
fn aligned(rows: &[[String; 5]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let [run_width, entries_width, size_width, written_width] = [0, 1, 2, 3].map(width);
    let line = |[run, entries, size, written, in_use]: &[String; 5]| {
        let line = format!(
            "{run:<run_width$}  {entries:>entries_width$}  {size:>size_width$}  {written:<written_width$}  {in_use}"
        );
        line.trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

/// Formats a size, given in bytes.
pub(crate) fn size(bytes: u64) -> String {
    ByteSize::b(bytes).display().si().to_string()
}

/// Formats a time in UTC.
pub(crate) fn time(time: SystemTime) -> String {
    let time = Timestamp::try_from(time);
    time.map_or_else(|_| "unknown".to_owned(), |time| time.strftime("%Y-%m-%d %H:%M:%S").to_string())
}
