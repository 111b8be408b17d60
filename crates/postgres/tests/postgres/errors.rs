//! The text of each error: what failed, where, why, and never the password.

use crate::server::{self, FAST, PASSWORD, Server};
use crate::shelf::{entry, value_of};
use std::net::TcpListener;
use std::process::Command;
use typed_pipeliner::BoxError;
use typed_pipeliner::journal::Shelf;
use typed_pipeliner_postgres::Postgres;

/// The text of an error, with names in place of those that differ from run to run.
fn text(server: &Server, database: &str, error: impl Into<BoxError>) -> String {
    let error = error.into();
    assert!(!format!("{error} {error:?} {error:#?}").contains(PASSWORD));
    error.to_string().replace(&format!("127.0.0.1:{}", server.port()), "HOST").replace(database, "DB")
}

#[test]
fn an_absent_server_is_named() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = format!("host=127.0.0.1,localhost port={port} user=me password={PASSWORD} dbname=mine");
    let error = Postgres::connect(&config).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "cannot connect to PostgreSQL at 127.0.0.1:{port} or localhost:{port}, database `mine`: error connecting to \
             server: Connection refused (os error 111)"
        )
    );
    assert!(error.postgres().is_some());
    assert!(!format!("{error:?}").contains(PASSWORD));
}

#[test]
fn a_refused_login_is_explained() {
    let Some(server) = server::shared() else { return };
    let database = server.new_database();
    let connect = |config: String| text(server, &database, Postgres::connect(&config).unwrap_err());
    let config = server.config(&database);
    let cannot = "cannot connect to PostgreSQL at HOST, database";

    assert_eq!(
        connect(config.replace(PASSWORD, "wrong")),
        format!("{cannot} `DB`: password authentication failed for user \"postgres\"")
    );
    assert_eq!(connect(server.config("nowhere")), format!("{cannot} `nowhere`: database \"nowhere\" does not exist"));
    assert_eq!(
        connect(format!("{config} sslmode=require")),
        format!("{cannot} `DB`: error performing TLS handshake: server does not support TLS")
    );
}

#[test]
fn a_run_that_could_not_be_written_is_not_begun() {
    let Some(server) = server::shared() else { return };
    let database = server.new_database();
    let mut client = server.client(&database);
    let lock = |shelf: &mut Postgres| text(server, &database, shelf.lock("run").unwrap_err());
    let of = |user: &str| server.config(&database).replace("user=postgres", &format!("user={user}"));
    client.batch_execute(&format!("create role reader login password '{PASSWORD}'")).unwrap();

    let mut shelf = Postgres::connect(&of("reader")).unwrap();
    let grant = "the user has to create the table, or to select, insert, update and delete in it";
    assert_eq!(
        lock(&mut shelf),
        format!(
            "cannot write to table \"typed_pipeliner_kept\" in PostgreSQL at HOST, database `DB`: permission denied for \
             schema public ({grant})"
        )
    );
    // Nothing is there, and to read that needs no permission.
    assert_eq!(shelf.runs().unwrap(), []);

    let mut owner = Postgres::connect(&of("postgres")).unwrap();
    assert!(owner.lock("another run").unwrap());
    client.batch_execute("grant select on typed_pipeliner_kept to reader").unwrap();
    assert_eq!(
        lock(&mut shelf),
        format!(
            "cannot write to table \"typed_pipeliner_kept\" in PostgreSQL at HOST, database `DB`: permission denied for \
             table typed_pipeliner_kept ({grant})"
        )
    );
    assert_eq!(shelf.runs().unwrap(), []);

    client.batch_execute("create table other (run text, name text)").unwrap();
    let mut shelf = Postgres::connect(&of("postgres")).unwrap().table("public.other").unwrap();
    assert_eq!(
        lock(&mut shelf),
        "cannot write to table \"public\".\"other\" in PostgreSQL at HOST, database `DB`: column \"record\" of relation \
         \"other\" does not exist (another program made the table: choose a name with `Postgres::table`)"
    );
    let mut shelf = Postgres::connect(&of("postgres")).unwrap().table("no_such.kept").unwrap();
    assert_eq!(
        lock(&mut shelf),
        "cannot write to table \"no_such\".\"kept\" in PostgreSQL at HOST, database `DB`: schema \"no_such\" does not \
         exist"
    );

    client.batch_execute(&format!("alter database {database} set default_transaction_read_only = on")).unwrap();
    let mut shelf = Postgres::connect(&of("postgres")).unwrap();
    assert_eq!(
        lock(&mut shelf),
        "cannot write to table \"typed_pipeliner_kept\" in PostgreSQL at HOST, database `DB`: cannot execute INSERT in a \
         read-only transaction (is it a standby? `target_session_attrs=read-write` takes the primary among several \
         hosts)"
    );
}

#[test]
fn an_entry_that_is_too_large_fails_alone() {
    let Some(server) = server::shared() else { return };
    let mut shelf = Postgres::connect(&server.config(&server.new_database())).unwrap();
    assert!(shelf.lock("run").unwrap());
    let mut large = entry("large", b"record", b"");
    large.value = vec![0; 1_000_000_000];
    assert_eq!(
        shelf.write(&[large]).unwrap_err().to_string(),
        "entry `large` has 1000000014 bytes, and 1000000000 is the most that the shelf writes to PostgreSQL"
    );
    shelf.write(&[entry("small", b"record", b"value")]).unwrap();
}

/// A small file system in memory, which root can mount.
struct Mount(tempfile::TempDir);

impl Mount {
    /// One that belongs to the server.
    fn of(server: &Server) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size=24m,mode=700,uid={}", server.user()), "tmpfs"]);
        mount.arg(folder.path());
        mount.output().is_ok_and(|output| output.status.success()).then_some(Mount(folder))
    }

    fn grow(&self) {
        let grown = Command::new("mount").args(["-o", "remount,size=64m"]).arg(self.0.path()).status();
        assert!(grown.unwrap().success());
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_is_named() {
    let Some(server) = Server::start(FAST) else { return };
    let Some(mount) = Mount::of(&server) else {
        return server::skipped("the test of a full disk", "this user cannot mount a file system");
    };
    // The server ends before the file system.
    let (mount, server) = (mount, server);
    let folder = mount.0.path();
    let database = "on_a_small_disk";
    let mut client = server.client("postgres");
    client.batch_execute(&format!("create tablespace small location '{}'", folder.display())).unwrap();
    client.batch_execute(&format!("create database {database} tablespace small strategy file_copy")).unwrap();
    let mut shelf = Postgres::connect(&server.config(database)).unwrap();
    assert!(shelf.lock("run").unwrap());

    // It cannot be compressed.
    let mut number = 1_u64;
    let mut random = || {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (number >> 56) as u8
    };
    let value: Vec<_> = (0..30 << 20).map(|_| random()).collect();
    let error = text(&server, database, shelf.write(&[entry("large", b"record", &value)]).unwrap_err());
    assert!(
        error.starts_with(
            "cannot write to table \"typed_pipeliner_kept\" in PostgreSQL at HOST, database `DB`: could not extend file"
        ),
        "{error}"
    );
    assert!(error.ends_with("No space left on device. Check free disk space."), "{error}");
    assert_eq!(value_of(&mut shelf, "run", "large"), None);
    // The session goes on, with its lock, when there is room again.
    mount.grow();
    shelf.write(&[entry("small", b"record", b"value")]).unwrap();
    assert_eq!(value_of(&mut shelf, "run", "small").unwrap(), b"value");
}
