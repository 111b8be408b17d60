//! The shelf keeps the promises of the trait.

use crate::resumed::resumed_tests;
use crate::server;
use crate::shelf::{self, Place, SharedPlace, shelf_tests};
use typed_pipeliner_postgres::Postgres;

/// A database.
struct Database(String);

impl Place for Database {
    type Shelf = Postgres;

    fn is_available() -> bool {
        server::shared().is_some()
    }

    fn new() -> Self {
        let server = server::shared().expect("it is available");
        Database(server.config(&server.new_database()))
    }

    fn open(&self) -> Postgres {
        Postgres::connect(&self.0).unwrap()
    }
}

impl SharedPlace for Database {
    fn address(&self) -> String {
        self.0.clone()
    }

    fn at(address: &str) -> Self {
        Database(address.to_owned())
    }
}

shelf_tests!(any: Database);
shelf_tests!(shared: Database);
shelf_tests!(killed: Database);
resumed_tests!(Database);
