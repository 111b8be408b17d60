//! The server ends at a moment of its own, and is started again.

use crate::server::Server;
use crate::shelf::{Random, entry, records_of, value_of};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;
use typed_pipeliner::journal::Shelf;
use typed_pipeliner_postgres::Postgres;

/// How often the server ends.
const CRASHES: u64 = 10;

/// The value of an entry.
fn value(run: u64, number: u64) -> Vec<u8> {
    (0..100 + number * 7919 % 20_000).map(|at| (at * 31 + number + run) as u8).collect()
}

#[test]
fn an_acknowledged_entry_outlives_the_server() {
    let Some(mut server) = Server::start(&["fsync=on"]) else { return };
    let config = server.config(&server.new_database());
    let mut random = Random::new(1);
    let mut total = 0;
    for round in 0..CRASHES {
        let run = format!("run {round}");
        let acknowledged = AtomicU64::new(0);
        thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut shelf = Postgres::connect(&config).unwrap();
                assert!(shelf.lock(&run).unwrap());
                for number in 0.. {
                    let mut entry = entry(&number.to_string(), b"record", &value(round, number));
                    entry.run = run.as_str().into();
                    if let Err(error) = shelf.write(&[entry]) {
                        return error.to_string();
                    }
                    acknowledged.store(number + 1, Ordering::Release);
                }
                unreachable!()
            });
            while acknowledged.load(Ordering::Acquire) == 0 {
                assert!(!writer.is_finished());
                thread::yield_now();
            }
            thread::sleep(Duration::from_micros(random.below(50_000)));
            server.crash();
            let error = writer.join().unwrap();
            assert!(error.ends_with("the locks of all runs are lost with the connection"), "{error}");
        });

        let acknowledged = acknowledged.into_inner();
        total += acknowledged;
        let mut shelf = Postgres::connect(&config).unwrap();
        assert!(shelf.lock(&run).unwrap());
        let names = records_of(&mut shelf, &run);
        for number in 0..acknowledged {
            assert_eq!(names.get(&number.to_string()).map(Vec::as_slice), Some(&b"record"[..]), "{run}, {number}");
        }
        // That of one more call may be there.
        assert!(names.len() as u64 <= acknowledged + 1);
        for name in names.keys() {
            let expected = value(round, name.parse().unwrap());
            assert_eq!(value_of(&mut shelf, &run, name), Some(expected), "{run}, {name}");
        }
    }
    println!("the server ended {CRASHES} times, {total} entries were acknowledged");
}
