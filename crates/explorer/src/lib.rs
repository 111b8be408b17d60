#![doc = include_str!("../README.md")]

mod drawing;
mod events;
mod explorer;
mod graph;
mod history;
mod observer;
mod server;

pub use explorer::Explorer;
pub use observer::ExplorerObserver;
