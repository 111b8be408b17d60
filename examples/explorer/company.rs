//! Two hundred steps: what a company has, ten things, and twenty steps for each, some of which look at a neighbour.

use crate::pace::Pace;
use crate::show::{About, Pipe, Values};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::convert::Infallible;
use std::sync::Arc;
use typed_pipeliner::{
    HCons, HList, HNil, Inputs, Outputs, Pipeline, Plan, Resource, Return, RunError, RunOptions, Step, Store,
};
use typed_pipeliner::{hlist, hlist_pat, identity, plan, run_with};

pub(crate) static PACE: Pace = Pace::new();

pub(crate) const ABOUT: About = About {
    name: "company",
    title: "Two hundred steps",
    switch: None,
    pace: &PACE,
    fresh: |_| Arc::new(Company(Store::new())),
};

/// The steps of each thing, a module a thing, and the pipeline of them: `module, Thing, what stands beside it;`.
macro_rules! things {
    ($($module:ident, $Thing:ident, $beside:ident;)*) => {
        $(mod $module {
            use super::*;
            /// Those of the thing to the right.
            use super::$beside as beside;
            stages! { $Thing: Values Steps
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

        struct Whole;
        impl Pipeline for Whole {
            type Steps = HList![$($module::Steps),*];
        }

        /// The target: it takes what is kept of each.
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

        /// The numbers that are there.
        fn values(store: &Store<Whole>) -> Values {
            let mut values = Values::new();
            $($module::values(store, &mut values);)*
            values
        }
    };
}

/// The steps of one thing, and what they give.
macro_rules! stages {
    ($Thing:ident: $Values:ident $Steps:ident $($step:ident $output:ident <- [$($input:path),*];)*) => {
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

        pub(super) fn values(store: &Store<Whole>, values: &mut $Values) {
            $(values.extend(store.get::<$output>().map(|value| ($output::name(), format!("{value:08x}"))));)*
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
struct Company(Store<Whole>);

impl Pipe for Company {
    fn plan(&self) -> Plan {
        plan::<Report>(&self.0)
    }

    fn run(&self, options: RunOptions) -> BoxFuture<'_, Result<String, RunError>> {
        async {
            let hlist_pat![Return(sum)] = run_with::<Report>(&self.0, options).await?;
            Ok(format!("the sum of all is {sum:08x}"))
        }
        .boxed()
    }

    fn values(&self) -> Values {
        values(&self.0)
    }
}
