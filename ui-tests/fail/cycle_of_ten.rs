use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Step, Store, hlist, resource, run};
use std::convert::Infallible;

resource! {
    Configuration: ();
    Database: ();
    Schema: ();
    Cache: ();
    ExchangeRates: ();
    SearchIndex: ();
    Telemetry: ();
    Metrics: ();
    MessageQueue: ();
    Services: ();
}

struct LoadConfiguration;
impl Step for LoadConfiguration {
    type Inputs = HList![Database];
    type Outputs = HList![Configuration];
    type Error = Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![()])
    }
}

struct ConnectDatabase;
impl Step for ConnectDatabase {
    type Inputs = HList![Schema];
    type Outputs = HList![Database];
    type Error = Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![()])
    }
}

struct MigrateSchema;
impl Step for MigrateSchema {
    type Inputs = HList![Cache];
    type Outputs = HList![Schema];
    type Error = Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![()])
    }
}

struct WarmUpCache;
impl Step for WarmUpCache {
    type Inputs = HList![ExchangeRates];
    type Outputs = HList![Cache];
    type Error = Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![()])
    }
}

struct FetchExchangeRates;
impl Step for FetchExchangeRates {
    type Inputs = HList![SearchIndex];
    type Outputs = HList![ExchangeRates];
    type Error = Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![()])
    }
}

struct BuildSearchIndex;
impl Step for BuildSearchIndex {
    type Inputs = HList![Telemetry];
    type Outputs = HList![SearchIndex];
    type Error = Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![()])
    }
}

struct StartTelemetry;
impl Step for StartTelemetry {
    type Inputs = HList![Metrics];
    type Outputs = HList![Telemetry];
    type Error = Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![()])
    }
}

struct RegisterMetrics;
impl Step for RegisterMetrics {
    type Inputs = HList![MessageQueue];
    type Outputs = HList![Metrics];
    type Error = Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![()])
    }
}

struct OpenMessageQueue;
impl Step for OpenMessageQueue {
    type Inputs = HList![Services];
    type Outputs = HList![MessageQueue];
    type Error = Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![()])
    }
}

struct DiscoverServices;
impl Step for DiscoverServices {
    type Inputs = HList![Configuration];
    type Outputs = HList![Services];
    type Error = Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![()])
    }
}

struct Service;
impl Pipeline for Service {
    type Steps = HList![
        LoadConfiguration,
        ConnectDatabase,
        MigrateSchema,
        WarmUpCache,
        FetchExchangeRates,
        BuildSearchIndex,
        StartTelemetry,
        RegisterMetrics,
        OpenMessageQueue,
        DiscoverServices
    ];
}

fn main() {
    let store = Store::<Service>::new();
    let _ = run::<WarmUpCache>(&store);
}
