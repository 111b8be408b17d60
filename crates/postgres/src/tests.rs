//! Names of tables, and connection strings.

use crate::server::{address, parse, tuned};
use crate::table::Table;
use std::time::Duration;

#[test]
fn names_of_tables_are_quoted() {
    let long = "n".repeat(63);
    for (name, quoted) in [
        ("kept", "\"kept\"".to_owned()),
        ("my_schema.Kept values", "\"my_schema\".\"Kept values\"".to_owned()),
        ("a\"b", "\"a\"\"b\"".to_owned()),
        (&long, format!("\"{long}\"")),
    ] {
        assert_eq!(Table::new(name).unwrap().to_string(), quoted);
    }
}

#[test]
fn names_that_are_none_of_a_table_are_refused() {
    for (name, shown) in
        [("", ""), ("a.b.c", "a.b.c"), (".a", ".a"), ("a\0", "a\\u{0}"), (&"ä".repeat(32), &*"ä".repeat(32))]
    {
        assert_eq!(
            Table::new(name).unwrap_err().to_string(),
            format!("`{shown}` is no name of a table: it is `table` or `schema.table`, each of 1 to 63 bytes")
        );
    }
}

#[test]
fn definition_is_that_of_the_readme() {
    let spaced = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let readme = spaced(include_str!("../README.md")).replace("( run", "(run");
    assert!(readme.contains(&format!("```sql {} ```", Table::default().definition())));
}

/// The password in each of these is `secret…`.
#[test]
fn connection_strings_that_cannot_be_read_show_no_password() {
    let unreadable = "the connection string cannot be read: it is `host=… user=… password='…' dbname=…` with quotes \
                      around a value that has spaces, or `postgres://user:password@host:port/dbname` in which a \
                      special character is written as `%40`";
    for (config, expected) in [
        ("localhost", unreadable),
        ("host=h password=secret secret", unreadable),
        ("host=h password=secret secret=secret", unreadable),
        ("host=h password='secret", unreadable),
        ("host=h password=", unreadable),
        ("postgres://u:secret@secret@h/d", "the host in the connection string has an `@`: in a password it is `%40`"),
        ("postgres://u:secret@secret:secret@h/d", "the connection string has an invalid value for option `port`"),
        ("host=h port=x password=secret", "the connection string has an invalid value for option `port`"),
        (
            "host=h sslmode=verify-full",
            "the connection string has an invalid value for option `sslmode`: it is `disable`, `prefer` or `require`, \
             and the TLS connector of `Postgres::connect_with` verifies the server",
        ),
        (
            "postgres://u:secret@h/d?sslrootcert=/ca.pem",
            "the connection string has the option `sslrootcert`, which is not supported: `Postgres::connect_with` takes \
             a TLS connector",
        ),
        ("service=x", "the connection string has the option `service`, which is not supported"),
    ] {
        let error = parse(config).unwrap_err();
        assert_eq!(error.to_string(), expected, "{config}");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
}

#[test]
fn servers_are_named_without_the_password() {
    for (config, expected) in [
        ("host=h user=u password=secret", "PostgreSQL at h:5432, database `u`"),
        ("postgres://u:secret@h1:1,h2:2/d", "PostgreSQL at h1:1 or h2:2, database `d`"),
        ("host=h1,h2 port=7", "PostgreSQL at h1:7 or h2:7"),
        ("postgres://[::1]:1/d", "PostgreSQL at [::1]:1, database `d`"),
        ("hostaddr=127.0.0.1,::1 dbname=d", "PostgreSQL at 127.0.0.1:5432 or [::1]:5432, database `d`"),
        ("host=/run/postgresql", "PostgreSQL at /run/postgresql:5432"),
        ("", "PostgreSQL"),
    ] {
        assert_eq!(address(&parse(config).unwrap()), expected);
    }
}

#[test]
fn options_that_are_set_stay() {
    let mut config = parse("host=h").unwrap();
    tuned(&mut config);
    let second = Duration::from_secs(1);
    assert_eq!(config.get_keepalives_idle(), 30 * second);
    assert_eq!((config.get_keepalives_interval(), config.get_keepalives_retries()), (Some(10 * second), Some(3)));
    assert_eq!(config.get_connect_timeout(), Some(&(30 * second)));
    assert_eq!(config.get_tcp_user_timeout(), Some(&(60 * second)));
    assert_eq!(config.get_application_name(), Some("typed-pipeliner"));

    let own = "host=h keepalives_idle=7 keepalives_interval=7 keepalives_retries=7 connect_timeout=7 \
               tcp_user_timeout=7 application_name=mine";
    let mut config = parse(own).unwrap();
    let before = config.clone();
    tuned(&mut config);
    assert_eq!(format!("{config:?}"), format!("{before:?}"));
}
