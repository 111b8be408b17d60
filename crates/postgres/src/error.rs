//! The error of a shelf.

use postgres::error::SqlState;
use std::error::Error as _;
use std::fmt;
use typed_pipeliner::text::printable;

/// An error of a [`Postgres`](crate::Postgres) shelf.
///
/// [`Display`](fmt::Display) prints all of it in one text: what failed, on which server and in
/// which database, the server's own words, and where there is one, a remedy. It never has the
/// password.
pub struct Error {
    /// The text.
    text: String,
    /// The error of the client, if it is one.
    cause: Option<postgres::Error>,
}

impl Error {
    /// An error with this text.
    pub(crate) fn new(text: String) -> Self {
        Error { text, cause: None }
    }

    /// A task that failed with an error of the client.
    pub(crate) fn of(task: &str, cause: postgres::Error) -> Self {
        let mut text = format!("{task}: {}", reason(&cause));
        if let Some(remedy) = remedy(&cause) {
            text.push_str(&format!(" ({remedy})"));
        }
        Error { text, cause: Some(cause) }
    }

    /// The same error, with more at the end of its text.
    pub(crate) fn and(mut self, more: &str) -> Self {
        self.text.push_str(more);
        self
    }

    /// The error of the client, if it is one: for its code, [`postgres::Error::code`].
    pub fn postgres(&self) -> Option<&postgres::Error> {
        self.cause.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Prints the text, without control over a terminal: `fn main() -> Result<(), Error>` prints errors
/// with `Debug`.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.text))
    }
}

/// It has no source, because the text has the words of the server.
impl std::error::Error for Error {}

/// Whether the session is of no use after this error: there was no answer, or the server ended it.
pub(crate) fn ends_session(error: &postgres::Error) -> bool {
    error.as_db_error().is_none_or(|error| matches!(error.severity(), "FATAL" | "PANIC"))
}

/// The words of the server, or of the client.
fn reason(error: &postgres::Error) -> String {
    let Some(of_server) = error.as_db_error() else {
        let causes = std::iter::successors(error.source(), |&error| error.source());
        return causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"));
    };
    let more = [of_server.detail(), of_server.hint()].into_iter().flatten();
    more.fold(of_server.message().to_owned(), |text, more| format!("{text}. {more}"))
}

/// What the user may do about it.
fn remedy(error: &postgres::Error) -> Option<&'static str> {
    const TLS: &str = "`Postgres::connect_with` takes a TLS connector";
    let Some(of_server) = error.as_db_error() else {
        return error.source()?.to_string().contains("no TLS implementation").then_some(TLS);
    };
    let code = of_server.code();
    if *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION {
        let is_plain = ["no encryption", "SSL off"].iter().any(|words| of_server.message().contains(words));
        return is_plain.then_some(TLS);
    }
    if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        return Some("is it a standby? `target_session_attrs=read-write` takes the primary among several hosts");
    }
    if [SqlState::UNDEFINED_COLUMN, SqlState::INVALID_COLUMN_REFERENCE, SqlState::DATATYPE_MISMATCH].contains(code) {
        return Some("another program made the table: choose a name with `Postgres::table`");
    }
    if *code == SqlState::INSUFFICIENT_PRIVILEGE {
        return Some("the user has to create the table, or to select, insert, update and delete in it");
    }
    None
}
