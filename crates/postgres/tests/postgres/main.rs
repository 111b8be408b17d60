//! The shelf on a real server.

mod conformance;
mod crash;
mod errors;
mod journal;
mod locks;
#[path = "../../../../tests/support/resumed.rs"]
mod resumed;
mod server;
#[path = "../../../../tests/support/shelf.rs"]
mod shelf;
mod tables;
