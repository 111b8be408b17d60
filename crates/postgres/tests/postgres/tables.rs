//! The table: its name, its schema, its owner.

use crate::server;
use crate::shelf::{entry, value_of};
use std::sync::Barrier;
use std::thread;
use typed_pipeliner::journal::Shelf;
use typed_pipeliner_postgres::Postgres;

#[test]
fn a_table_is_in_a_schema() {
    let Some(server) = server::shared() else { return };
    let database = server.new_database();
    let mut client = server.client(&database);
    client.batch_execute("create schema my_schema").unwrap();
    let mut shelf = Postgres::connect(&server.config(&database)).unwrap().table("my_schema.Kept values").unwrap();
    assert!(shelf.lock("run").unwrap());
    shelf.write(&[entry("a", b"record", b"value")]).unwrap();
    let row = client.query_one("select convert_from(name, 'UTF8') from my_schema.\"Kept values\"", &[]).unwrap();
    assert_eq!(row.get::<_, &str>(0), "a");
}

#[test]
fn each_character_of_a_name_is_one_of_the_name() {
    let Some(server) = server::shared() else { return };
    let database = server.new_database();
    let mut client = server.client(&database);
    client.batch_execute("create table victim ()").unwrap();
    for name in
        ["x\" (y int); drop table victim; --", "'; drop table victim; --", "\\'; drop table victim; --", "{}$1 %s"]
    {
        let mut shelf = Postgres::connect(&server.config(&database)).unwrap().table(name).unwrap();
        assert!(shelf.lock("run").unwrap());
        shelf.write(&[entry("a", b"record", b"value")]).unwrap();
        assert_eq!(value_of(&mut shelf, "run", "a").unwrap(), b"value");
        assert_eq!(shelf.runs().unwrap().len(), 1);
        let tables = client.query("select from pg_tables where tablename = $1", &[&name]).unwrap();
        assert_eq!(tables.len(), 1, "{name}");
    }
    client.batch_execute("select from victim").unwrap();
}

#[test]
fn sessions_that_make_a_table_at_once_all_have_it() {
    const SESSIONS: usize = 8;
    let Some(server) = server::shared() else { return };
    let config = server.config(&server.new_database());
    for round in 0..10 {
        let start = Barrier::new(SESSIONS);
        thread::scope(|scope| {
            for number in 0..SESSIONS {
                let (config, start) = (&config, &start);
                scope.spawn(move || {
                    let mut shelf = Postgres::connect(config).unwrap().table(&format!("kept_{round}")).unwrap();
                    start.wait();
                    assert!(shelf.lock(&format!("run {number}")).unwrap());
                });
            }
        });
    }
}

#[test]
fn a_user_who_may_make_no_table_writes_to_one_that_is_there() {
    let Some(server) = server::shared() else { return };
    let database = server.new_database();
    assert!(Postgres::connect(&server.config(&database)).unwrap().lock("run").unwrap());
    let grant = "create role writer login password 'w'; \
                 grant select, insert, update, delete on typed_pipeliner_kept to writer";
    server.client(&database).batch_execute(grant).unwrap();
    let config = format!("postgres://writer:w@127.0.0.1:{}/{database}", server.port());
    let mut shelf = Postgres::connect(&config).unwrap();
    assert!(shelf.lock("run").unwrap());
    shelf.write(&[entry("a", b"record", b"value")]).unwrap();
    shelf.write(&[entry("a", b"record", b"value")]).unwrap();
    assert!(shelf.runs().unwrap()[0].is_in_use);
    shelf.forget("run").unwrap();
}
