//! The shelf on a real server.

mod conformance;
mod crash;
mod errors;
mod locks;
mod server;
#[path = "../../../../tests/support/shelf.rs"]
mod shelf;
mod tables;
