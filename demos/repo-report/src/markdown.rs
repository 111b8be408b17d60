//! The few elements of Markdown in the report.

/// Escapes text, so that Markdown shows it as it is.
pub(crate) fn text(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '&' => escaped.extend(['\\', c]),
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Formats text as code, also within a table.
pub(crate) fn code(text: &str) -> String {
    let text = text.replace(|c: char| c.is_control(), "\u{fffd}").replace('|', "\\|");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// Formats a table: the first column is for names, the others are for numbers.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut rows = rows.into_iter().map(row).peekable();
    if rows.peek().is_none() {
        return "None.\n".to_owned();
    }
    let rule: [&str; N] = std::array::from_fn(|column| if column == 0 { "---" } else { "--:" });
    [row(head), row(rule)].into_iter().chain(rows).collect()
}

/// Formats a row of a table.
fn row<const N: usize>(cells: [impl AsRef<str>; N]) -> String {
    format!("| {} |\n", cells.each_ref().map(AsRef::as_ref).join(" | "))
}

/// Formats a list with a bullet for each item.
pub(crate) fn bullets(items: impl IntoIterator<Item = String>) -> String {
    items.into_iter().map(|item| format!("- {item}\n")).collect()
}

/// Formats a count with its noun: `1 file`, `2 files`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
