//! The lock of a run, and the session that has it.

use crate::server::{self, Server};
use crate::shelf::{entry, entry_of, value_of};
use typed_pipeliner::journal::Shelf;
use typed_pipeliner_postgres::Postgres;

/// Ends all sessions of shelves on a database.
fn end_sessions(server: &Server, database: &str) {
    let end = "select pg_terminate_backend(pid, 60000) from pg_stat_activity \
               where application_name = 'typed-pipeliner' and datname = current_database()";
    let ended = server.client(database).query(end, &[]).unwrap();
    assert!(!ended.is_empty() && ended.iter().all(|row| row.get(0)));
}

#[test]
fn a_session_that_the_server_ended_writes_no_more() {
    let Some(server) = server::shared() else { return };
    let database = server.new_database();
    let mut shelf = Postgres::connect(&server.config(&database)).unwrap();
    assert!(shelf.lock("run").unwrap());
    shelf.write(&[entry("a", b"record", b"value")]).unwrap();

    end_sessions(server, &database);
    let address = format!("PostgreSQL at 127.0.0.1:{}, database `{database}`", server.port());
    assert_eq!(
        shelf.write(&[entry("b", b"record", b"value")]).unwrap_err().to_string(),
        format!(
            "cannot write to table \"typed_pipeliner_kept\" in {address}: terminating connection due to administrator \
             command; the locks of all runs are lost with the connection"
        )
    );
    let lost = format!(
        "the lock of run `run` was lost when the connection to {address} ended: another process may have the run"
    );
    assert_eq!(shelf.write(&[entry("b", b"record", b"value")]).unwrap_err().to_string(), lost);
    assert_eq!(shelf.forget("run").unwrap_err().to_string(), lost);

    // Others can have the run, and write; this shelf can read, and have other runs.
    let mut other = Postgres::connect(&server.config(&database)).unwrap();
    assert!(other.lock("run").unwrap());
    other.write(&[entry("b", b"record", b"of the other")]).unwrap();
    assert_eq!(value_of(&mut shelf, "run", "a").unwrap(), b"value");
    assert!(shelf.lock("another run").unwrap());
    shelf.write(&[entry_of("another run", "a", b"record", b"value")]).unwrap();
    assert_eq!(shelf.write(&[entry("b", b"record", b"value")]).unwrap_err().to_string(), lost);
    assert_eq!(value_of(&mut shelf, "run", "b").unwrap(), b"of the other");

    // Its run is over when the journal gives it back.
    assert!(!shelf.lock("run").unwrap());
    shelf.unlock("run");
    assert!(!shelf.lock("run").unwrap());
    drop(other);
    assert!(shelf.lock("run").unwrap());
    shelf.write(&[entry("b", b"record", b"value")]).unwrap();
}

#[test]
fn a_shelf_without_a_lock_connects_again() {
    let Some(server) = server::shared() else { return };
    let database = server.new_database();
    let mut shelf = Postgres::connect(&server.config(&database)).unwrap();
    assert!(shelf.lock("run").unwrap());
    shelf.write(&[entry("a", b"record", b"value")]).unwrap();
    shelf.unlock("run");

    end_sessions(server, &database);
    assert_eq!(shelf.runs().unwrap().len(), 1);
    end_sessions(server, &database);
    assert_eq!(value_of(&mut shelf, "run", "a").unwrap(), b"value");
    end_sessions(server, &database);
    assert!(shelf.lock("run").unwrap());
    shelf.write(&[entry("b", b"record", b"value")]).unwrap();
}

#[test]
fn a_lock_is_kept_by_an_idle_session() {
    let Some(server) = server::shared() else { return };
    let database = server.new_database();
    let limit = format!("alter database {database} set idle_session_timeout = '50ms'");
    server.client("postgres").batch_execute(&limit).unwrap();
    let mut shelf = Postgres::connect(&server.config(&database)).unwrap();
    assert!(shelf.lock("run").unwrap());
    std::thread::sleep(std::time::Duration::from_millis(300));
    shelf.write(&[entry("a", b"record", b"value")]).unwrap();
}

/// The settings of the session, which the default of a column writes.
#[test]
fn the_server_looks_for_signs_of_life() {
    let Some(server) = server::shared() else { return };
    let database = server.new_database();
    let mut shelf = Postgres::connect(&server.config(&database)).unwrap();
    assert!(shelf.lock("run").unwrap());
    let settings = ["idle", "interval", "count"].map(|name| format!("current_setting('tcp_keepalives_{name}')"));
    let column = format!(
        "alter table typed_pipeliner_kept add settings text; alter table typed_pipeliner_kept alter settings \
         set default concat_ws(' ', {}, current_setting('tcp_user_timeout'))",
        settings.join(", ")
    );
    let mut client = server.client(&database);
    client.batch_execute(&column).unwrap();
    shelf.write(&[entry("a", b"record", b"value")]).unwrap();
    let row = client.query_one("select settings from typed_pipeliner_kept", &[]).unwrap();
    assert_eq!(row.get::<_, &str>(0), "30 10 3 60000");
}

#[test]
fn a_lock_is_one_of_a_table_and_not_of_its_name() {
    let Some(server) = server::shared() else { return };
    let config = server.config(&server.new_database());
    let open = |table| Postgres::connect(&config).unwrap().table(table).unwrap();
    let (mut one, mut same, mut another) = (open("kept"), open("public.kept"), open("kept_too"));
    assert!(one.lock("run").unwrap());
    assert!(!same.lock("run").unwrap());
    assert!(another.lock("run").unwrap());
    one.write(&[entry("a", b"record", b"value")]).unwrap();
    assert!(same.runs().unwrap()[0].is_in_use);
    another.write(&[entry("a", b"record", b"value")]).unwrap();
    another.unlock("run");
    assert!(!another.runs().unwrap()[0].is_in_use);
}

#[test]
fn a_run_that_is_not_locked_is_not_written() {
    let Some(server) = server::shared() else { return };
    let mut shelf = Postgres::connect(&server.config(&server.new_database())).unwrap();
    let error = shelf.write(&[entry("a", b"record", b"value")]).unwrap_err();
    assert_eq!(error.to_string(), "run `run` is not locked");
}

#[test]
fn a_shelf_is_opened_and_dropped_within_a_runtime() {
    let Some(server) = server::shared() else { return };
    let config = server.config(&server.new_database());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut shelf = Postgres::connect(&config).unwrap();
        // As a journal does.
        shelf = std::thread::spawn(move || {
            assert!(shelf.lock("run").unwrap());
            shelf
        })
        .join()
        .unwrap();
        drop(shelf);
    });
    assert!(Postgres::connect(&config).unwrap().lock("run").unwrap());
}

/// A pool that gives each statement to another session, as the shelf sees it: the number of the
/// session changes.
#[test]
fn a_shelf_behind_a_pool_writes_nothing() {
    let Some(server) = server::shared() else { return };
    let database = server.new_database();
    let mut client = server.client(&database);
    client
        .batch_execute(&format!(
            "create schema pool; create table pool.session as select 1 as number; \
             create function pool.pg_backend_pid() returns int language sql as 'select number from pool.session'; \
             alter database {database} set search_path = pool, pg_catalog, public"
        ))
        .unwrap();
    let mut other_session = || client.batch_execute("update pool.session set number = number + 1").unwrap();

    let mut shelf = Postgres::connect(&server.config(&database)).unwrap();
    let pooled = format!(
        "PostgreSQL at 127.0.0.1:{}, database `{database}` is behind a pool that gives each statement to another \
         session: a lock needs a session of its own (in PgBouncer, `pool_mode = session`)",
        server.port()
    );
    assert!(shelf.lock("run").unwrap());
    shelf.write(&[entry("a", b"record", b"value")]).unwrap();
    other_session();
    assert_eq!(shelf.lock("another run").unwrap_err().to_string(), pooled);
    assert_eq!(shelf.write(&[entry("a", b"record", b"of another session")]).unwrap_err().to_string(), pooled);
    assert_eq!(shelf.forget("run").unwrap_err().to_string(), pooled);
    assert_eq!(value_of(&mut shelf, "run", "a").unwrap(), b"value");
}
