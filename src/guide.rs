//! The guide: from the first step to an application of several crates.
//!
//! 1. [The first hour](first_hour): from three functions to the start of a service.
//! 2. [Reading errors](errors): the text of the compiler, its meaning, and the remedy.
//! 3. [Borrowed inputs](borrowed_inputs): streams and closures over an input across an await, the
//!    one trap.
//! 4. [Testing](testing) a pipeline: functions, supplied values, stubs.
//! 5. [Seeing a pipeline](seeing): the plan of a run, as text and as a picture.
//! 6. [Observing](observing) runs: spans, metrics, a display of progress, observers of your own.
//! 7. [Reports](reports) of runs: a table, a picture, a trace file.
//! 8. [Several crates](crates): groups of steps, features, scopes for requests.
//! 9. [Fan-out](fan_out): the same steps for each element of a collection.
//! 10. [Web services](web_services): axum on tokio, from the first request to the shutdown.
//! 11. [Teardown](teardown): to drop and to close values in reverse order of the graph.
//! 12. [Policies](policies): attempts, timeouts and fallbacks.
//! 13. [Resume](resume): a job that goes on after its process was killed.
//! 14. [Batches](batches): the same run for many inputs.
//! 15. [How do I …](how_to): short answers to frequent questions.
//! 16. [From hand-written async code](from_async): the counterparts of `join!`, `spawn`, `OnceCell`
//!     and `select!`.
//! 17. [From Python's Pipeliner](from_python): a table, old to new.
//! 18. [The explorer](explorer): a page that shows a pipeline while it runs.
//! 19. [Limits](limits): how far the library goes, and which features it lacks.
//!
//! These pages are text only. The tests compile and run every example in them.

#[doc = include_str!("guide/first_hour.md")]
pub mod first_hour {}

#[doc = include_str!("guide/errors.md")]
pub mod errors {}

#[doc = include_str!("guide/borrowed_inputs.md")]
pub mod borrowed_inputs {}

#[doc = include_str!("guide/testing.md")]
pub mod testing {}

#[doc = include_str!("guide/seeing.md")]
#[doc = include_str!("../docs/pictures/before.svg")]
pub mod seeing {}

#[doc = include_str!("guide/reports.md")]
pub mod reports {}

#[doc = include_str!("guide/crates.md")]
pub mod crates {}

#[doc = include_str!("guide/fan_out.md")]
pub mod fan_out {}

#[doc = include_str!("guide/web_services.md")]
pub mod web_services {}

#[doc = include_str!("guide/teardown.md")]
pub mod teardown {}

#[cfg_attr(feature = "policy", doc = include_str!("guide/policies.md"))]
#[cfg_attr(not(feature = "policy"), doc = "This page is about the feature `policy`.")]
pub mod policies {}

#[cfg_attr(feature = "journal", doc = include_str!("guide/resume.md"))]
#[cfg_attr(not(feature = "journal"), doc = "This page is about the feature `journal`.")]
pub mod resume {}

#[doc = include_str!("guide/batches.md")]
pub mod batches {}

#[doc = include_str!("guide/how_to.md")]
pub mod how_to {}

#[doc = include_str!("guide/from_async.md")]
pub mod from_async {}

#[doc = include_str!("guide/from_python.md")]
pub mod from_python {}

#[doc = include_str!("guide/observing.md")]
pub mod observing {}

#[doc = include_str!("guide/explorer.md")]
pub mod explorer {}

#[doc = include_str!("guide/limits.md")]
pub mod limits {}
