#![doc = include_str!("../README.md")]

mod error;
mod server;
mod session;
mod shelf;
mod statements;
mod table;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use postgres;
pub use shelf::Postgres;
