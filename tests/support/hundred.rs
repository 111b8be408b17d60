//! A pipeline of a hundred steps: ten subjects with ten steps each, some of which read resources of
//! their neighbours.
#![allow(dead_code, reason = "no test runs it")]

use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Step, hlist, resource};

/// Steps that provide one resource each: `Step: Resource <- [inputs];`.
macro_rules! steps {
    ($($step:ident: $output:ident <- [$($input:ident),*];)*) => {
        resource! { $(pub(crate) $output: u32;)* }
        $(
            pub(crate) struct $step;
            impl Step for $step {
                type Inputs = HList![$($input),*];
                type Outputs = HList![$output];
                type Error = std::convert::Infallible;
                async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
                    Ok(hlist![1])
                }
            }
        )*

        pub(crate) struct Company;
        impl Pipeline for Company {
            type Steps = HList![$($step),*];
        }
    };
}

steps! {
    FetchOrders: FetchedOrders <- [];
    FetchUsers: FetchedUsers <- [];
    FetchItems: FetchedItems <- [];
    FetchPrices: FetchedPrices <- [];
    FetchStocks: FetchedStocks <- [];
    FetchRoutes: FetchedRoutes <- [];
    FetchBills: FetchedBills <- [];
    FetchTaxes: FetchedTaxes <- [];
    FetchMails: FetchedMails <- [];
    FetchLogs: FetchedLogs <- [];
    DecodeOrders: DecodedOrders <- [FetchedOrders];
    DecodeUsers: DecodedUsers <- [FetchedUsers, FetchedItems];
    DecodeItems: DecodedItems <- [FetchedItems];
    DecodePrices: DecodedPrices <- [FetchedPrices];
    DecodeStocks: DecodedStocks <- [FetchedStocks, FetchedPrices];
    DecodeRoutes: DecodedRoutes <- [FetchedRoutes];
    DecodeBills: DecodedBills <- [FetchedBills, FetchedTaxes];
    DecodeTaxes: DecodedTaxes <- [FetchedTaxes];
    DecodeMails: DecodedMails <- [FetchedMails];
    DecodeLogs: DecodedLogs <- [FetchedLogs];
    CheckOrders: CheckedOrders <- [DecodedOrders];
    CheckUsers: CheckedUsers <- [DecodedUsers];
    CheckItems: CheckedItems <- [DecodedItems, DecodedPrices];
    CheckPrices: CheckedPrices <- [DecodedPrices];
    CheckStocks: CheckedStocks <- [DecodedStocks];
    CheckRoutes: CheckedRoutes <- [DecodedRoutes];
    CheckBills: CheckedBills <- [DecodedBills];
    CheckTaxes: CheckedTaxes <- [DecodedTaxes, DecodedMails];
    CheckMails: CheckedMails <- [DecodedMails, DecodedTaxes];
    CheckLogs: CheckedLogs <- [DecodedLogs];
    CleanOrders: CleanedOrders <- [CheckedOrders];
    CleanUsers: CleanedUsers <- [CheckedUsers];
    CleanItems: CleanedItems <- [CheckedItems];
    CleanPrices: CleanedPrices <- [CheckedPrices, CheckedStocks, CheckedItems];
    CleanStocks: CleanedStocks <- [CheckedStocks];
    CleanRoutes: CleanedRoutes <- [CheckedRoutes];
    CleanBills: CleanedBills <- [CheckedBills];
    CleanTaxes: CleanedTaxes <- [CheckedTaxes];
    CleanMails: CleanedMails <- [CheckedMails, CheckedLogs];
    CleanLogs: CleanedLogs <- [CheckedLogs];
    JoinOrders: JoinedOrders <- [CleanedOrders];
    JoinUsers: JoinedUsers <- [CleanedUsers];
    JoinItems: JoinedItems <- [CleanedItems, CheckedStocks];
    JoinPrices: JoinedPrices <- [CleanedPrices];
    JoinStocks: JoinedStocks <- [CleanedStocks, CleanedRoutes];
    JoinRoutes: JoinedRoutes <- [CleanedRoutes];
    JoinBills: JoinedBills <- [CleanedBills];
    JoinTaxes: JoinedTaxes <- [CleanedTaxes, CleanedBills];
    JoinMails: JoinedMails <- [CleanedMails];
    JoinLogs: JoinedLogs <- [CleanedLogs, CleanedOrders];
    RankOrders: RankedOrders <- [JoinedOrders, JoinedUsers];
    RankUsers: RankedUsers <- [JoinedUsers];
    RankItems: RankedItems <- [JoinedItems, JoinedUsers];
    RankPrices: RankedPrices <- [JoinedPrices];
    RankStocks: RankedStocks <- [JoinedStocks];
    RankRoutes: RankedRoutes <- [JoinedRoutes, JoinedBills];
    RankBills: RankedBills <- [JoinedBills];
    RankTaxes: RankedTaxes <- [JoinedTaxes];
    RankMails: RankedMails <- [JoinedMails];
    RankLogs: RankedLogs <- [JoinedLogs];
    ScoreOrders: ScoredOrders <- [RankedOrders];
    ScoreUsers: ScoredUsers <- [RankedUsers, RankedItems];
    ScoreItems: ScoredItems <- [RankedItems];
    ScorePrices: ScoredPrices <- [RankedPrices];
    ScoreStocks: ScoredStocks <- [RankedStocks];
    ScoreRoutes: ScoredRoutes <- [RankedRoutes];
    ScoreBills: ScoredBills <- [RankedBills, RankedTaxes, RankedRoutes];
    ScoreTaxes: ScoredTaxes <- [RankedTaxes];
    ScoreMails: ScoredMails <- [RankedMails];
    ScoreLogs: ScoredLogs <- [RankedLogs];
    GroupOrders: GroupedOrders <- [ScoredOrders];
    GroupUsers: GroupedUsers <- [ScoredUsers, ScoredOrders];
    GroupItems: GroupedItems <- [ScoredItems, ScoredPrices];
    GroupPrices: GroupedPrices <- [ScoredPrices];
    GroupStocks: GroupedStocks <- [ScoredStocks];
    GroupRoutes: GroupedRoutes <- [ScoredRoutes];
    GroupBills: GroupedBills <- [ScoredBills];
    GroupTaxes: GroupedTaxes <- [ScoredTaxes, ScoredMails];
    GroupMails: GroupedMails <- [ScoredMails, CheckedOrders];
    GroupLogs: GroupedLogs <- [ScoredLogs];
    SumOrders: SummedOrders <- [GroupedOrders];
    SumUsers: SummedUsers <- [GroupedUsers];
    SumItems: SummedItems <- [GroupedItems];
    SumPrices: SummedPrices <- [GroupedPrices, GroupedStocks];
    SumStocks: SummedStocks <- [GroupedStocks];
    SumRoutes: SummedRoutes <- [GroupedRoutes, GroupedStocks];
    SumBills: SummedBills <- [GroupedBills];
    SumTaxes: SummedTaxes <- [GroupedTaxes];
    SumMails: SummedMails <- [GroupedMails, GroupedLogs];
    SumLogs: SummedLogs <- [GroupedLogs];
    ReportOrders: ReportedOrders <- [SummedOrders, SummedLogs];
    ReportUsers: ReportedUsers <- [SummedUsers];
    ReportItems: ReportedItems <- [SummedItems];
    ReportPrices: ReportedPrices <- [SummedPrices];
    ReportStocks: ReportedStocks <- [SummedStocks, SummedRoutes];
    ReportRoutes: ReportedRoutes <- [SummedRoutes, CheckedTaxes];
    ReportBills: ReportedBills <- [SummedBills];
    ReportTaxes: ReportedTaxes <- [SummedTaxes];
    ReportMails: ReportedMails <- [SummedMails];
    ReportLogs: ReportedLogs <- [SummedLogs, SummedOrders, SummedMails];
}
