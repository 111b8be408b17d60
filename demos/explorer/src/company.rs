//! Two hundred steps: a company has ten things, with twenty steps for each. Some steps read from
//! the next thing.

use crate::pace::Pace;
use crate::show::{Parts, Pipe};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::convert::Infallible;
use std::sync::Arc;
use typed_pipeliner::lists::{HCons, HNil};
use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Plan, Resource, Return, RunError, Step, Store};
use typed_pipeliner::{hlist, hlist_pat, identity, plan, run};
use typed_pipeliner_explorer::{Explorer, ExplorerObserver};

static PACE: Pace = Pace::new();

pub(crate) fn show() -> Parts {
    ("company", &PACE, Box::new(|| Arc::new(Company(Arc::new(Store::new())))))
}

/// The steps of each thing, in a module of its own, and the pipeline of them: `module, Thing, next
/// module;`.
macro_rules! things {
    ($($module:ident, $Thing:ident, $beside:ident;)*) => {
        $(mod $module {
            use super::*;
            /// The next thing.
            use super::$beside as beside;
            stages! { $Thing: Steps
                Fetch Fetched <- [];
                Decode Decoded <- [Fetched];
                Check Checked <- [Decoded, beside::Decoded];
                Clean Cleaned <- [Checked];
                Split Parts <- [Cleaned];
                Sort Sorted <- [Parts];
                Match Matched <- [Sorted, beside::Parts];
                Join Joined <- [Matched];
                Rank Ranked <- [Joined];
                Score Scored <- [Ranked];
                Group Grouped <- [Scored, Ranked];
                Sum Sums <- [Grouped, beside::Grouped];
                Weigh Weighed <- [Sums];
                Trim Trimmed <- [Weighed];
                Merge Merged <- [Trimmed, beside::Weighed];
                Tag Tagged <- [Merged];
                Link Linked <- [Tagged];
                Chart Charted <- [Linked, Sums];
                Pack Packed <- [Charted];
                Keep Kept <- [Packed];
            }
        })*

        struct Business;
        impl Pipeline for Business {
            type Steps = HList![$($module::Steps),*];
        }

        /// The target: it takes the last output of each thing.
        struct Report;
        impl Step for Report {
            type Inputs = HList![$($module::Kept),*];
            type Outputs = HList![Return<u32>];
            type Error = Infallible;
            async fn run(hlist_pat![$($module),*]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
                PACE.take("Report", 300).await;
                Ok(hlist![Return([$($module),*].into_iter().fold(0, |sum, kept| mixed(sum, *kept)))])
            }
        }

        /// Shows the outputs of all steps.
        fn shown(mut observer: ExplorerObserver, store: &Arc<Store<Business>>) -> ExplorerObserver {
            $(observer = $module::shown(observer, store);)*
            observer
        }
    };
}

/// The steps of one thing, and their outputs.
macro_rules! stages {
    ($Thing:ident: $Steps:ident $($step:ident $output:ident <- [$($input:path),*];)*) => {
        $(
            pub(super) struct $output;
            impl Resource for $output {
                type Value = u32;
                type Identity = identity!(concat!("explorer: ", stringify!($output), stringify!($Thing)));
                fn name() -> &'static str {
                    concat!(stringify!($output), stringify!($Thing))
                }
            }

            pub(super) struct $step;
            impl Step for $step {
                type Inputs = HList![$($input),*];
                type Outputs = HList![$output];
                type Error = Infallible;
                async fn run(inputs: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
                    let name = Self::name();
                    let own = name.bytes().fold(0, |sum, letter| mixed(sum, u32::from(letter)));
                    PACE.take(name, u64::from(60 + own % 240)).await;
                    Ok(hlist![inputs.mixed_with(own)])
                }
                fn name() -> &'static str {
                    concat!(stringify!($step), stringify!($Thing))
                }
            }
        )*
        pub(super) type $Steps = HList![$($step),*];

        pub(super) fn shown(mut observer: ExplorerObserver, store: &Arc<Store<Business>>) -> ExplorerObserver {
            $(observer = observer.show(store, $output::name(), |store| {
                store.get::<$output>().map(|value| format!("{value:08x}"))
            });)*
            observer
        }
    };
}

things! {
    orders, Orders, users;
    users, Users, items;
    items, Items, prices;
    prices, Prices, stocks;
    stocks, Stocks, routes;
    routes, Routes, bills;
    bills, Bills, taxes;
    taxes, Taxes, mails;
    mails, Mails, logs;
    logs, Logs, orders;
}

/// A number made of two.
fn mixed(one: u32, other: u32) -> u32 {
    (one ^ other).wrapping_mul(0x0100_0193).rotate_left(5)
}

/// A list of numbers.
trait Numbers {
    fn mixed_with(self, sum: u32) -> u32;
}

impl Numbers for HNil {
    fn mixed_with(self, sum: u32) -> u32 {
        sum
    }
}

impl<Rest: Numbers> Numbers for HCons<&u32, Rest> {
    fn mixed_with(self, sum: u32) -> u32 {
        self.tail.mixed_with(mixed(sum, *self.head))
    }
}

/// The company.
struct Company(Arc<Store<Business>>);

impl Pipe for Company {
    fn plan(&self) -> Plan {
        plan::<Report>(&self.0)
    }

    fn observer(&self, explorer: &Explorer) -> ExplorerObserver {
        shown(explorer.observer(), &self.0)
    }

    fn run(&self, observer: ExplorerObserver) -> BoxFuture<'_, Result<String, RunError>> {
        async {
            let sum = run::<Report>(&self.0).observe(observer).await?;
            Ok(format!("the sum of all is {sum:08x}"))
        }
        .boxed()
    }
}
