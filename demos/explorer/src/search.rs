//! The start of a small service: a search over the pages of the guide. One of its steps needs a
//! replica that answers.

use crate::pace::Pace;
use crate::show::{Parts, Pipe};
use futures::FutureExt;
use futures::future::BoxFuture;
use smol::Timer;
use smol::fs;
use smol::io::{self, AsyncReadExt, AsyncWriteExt};
use smol::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use smol::stream::StreamExt;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use typed_pipeliner::{HList, In, Out, Pipeline, Plan, Return, RunError, Store, StoreOf};
use typed_pipeliner::{pipeline, plan, resource, run, step};
use typed_pipeliner_explorer::{Explorer, ExplorerObserver};

static PACE: Pace = Pace::new();

pub(crate) fn show(replica: &Arc<Replica>) -> Parts {
    let replica = Arc::clone(replica);
    ("search", &PACE, Box::new(move || Arc::new(Search::new(&replica))))
}

resource! {
    ConfigText: String;
    Config: Settings;
    Pages: Vec<PathBuf>;
    /// The pages by name.
    Texts: BTreeMap<String, String>;
    /// The pages by word.
    Index: BTreeMap<String, BTreeSet<String>>;
    WordCount: usize;
    Template: String;
    /// The answers to the most frequent questions.
    Cache: BTreeMap<String, BTreeSet<String>>;
    Listener: TcpListener;
    /// The answer of the replica.
    Greeting: String;
    Export: String;
}

#[derive(serde::Deserialize)]
struct Settings {
    pages: PathBuf,
    replica: SocketAddr,
    template: String,
    frequent: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
enum ReplicaError {
    #[error("the replica at {0} cannot be reached")]
    Unreachable(SocketAddr, #[source] io::Error),
    #[error("the replica at {0} hung up before its greeting")]
    Silent(SocketAddr, #[source] io::Error),
}

#[step]
async fn read_config(text: In<'_, ConfigText>) -> Result<Out<Config>, toml::de::Error> {
    PACE.take("ReadConfig", 500).await;
    toml::from_str(text)
}

#[step]
async fn find_pages(config: In<'_, Config>) -> io::Result<Out<Pages>> {
    PACE.take("FindPages", 600).await;
    let entries: Vec<_> = fs::read_dir(&config.pages).await?.try_collect().await?;
    let mut pages: Vec<_> = entries.iter().map(|entry: &fs::DirEntry| entry.path()).collect();
    pages.retain(|page| page.extension().is_some_and(|extension| extension == "md"));
    pages.sort();
    Ok(pages)
}

#[step]
async fn read_pages(pages: In<'_, Pages>) -> io::Result<Out<Texts>> {
    PACE.take("ReadPages", 900).await;
    let mut texts = BTreeMap::new();
    for page in pages {
        let name = page.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        texts.insert(name, fs::read_to_string(page).await?);
    }
    Ok(texts)
}

#[step]
async fn build_index(texts: In<'_, Texts>) -> Out<Index> {
    PACE.take("BuildIndex", 1400).await;
    let mut index = BTreeMap::<_, BTreeSet<_>>::new();
    for (page, text) in texts {
        for word in words(text) {
            index.entry(word).or_default().insert(page.clone());
        }
    }
    index
}

#[step]
async fn count_words(texts: In<'_, Texts>) -> Out<WordCount> {
    PACE.take("CountWords", 700).await;
    texts.values().map(|text| words(text).count()).sum()
}

#[step]
async fn load_template(config: In<'_, Config>) -> Out<Template> {
    PACE.take("LoadTemplate", 400).await;
    config.template.clone()
}

#[step]
async fn warm_cache(config: In<'_, Config>, index: In<'_, Index>) -> Out<Cache> {
    PACE.take("WarmCache", 800).await;
    let answer = |word: &String| (word.clone(), index.get(word).cloned().unwrap_or_default());
    config.frequent.iter().map(answer).collect()
}

#[step]
async fn listen() -> io::Result<Out<Listener>> {
    PACE.take("Listen", 300).await;
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await
}

#[step]
async fn reach_replica(config: In<'_, Config>) -> Result<Out<Greeting>, ReplicaError> {
    PACE.take("ReachReplica", 1600).await;
    let address = config.replica;
    let mut stream = TcpStream::connect(address).await.map_err(|error| ReplicaError::Unreachable(address, error))?;
    let mut greeting = [0; 5];
    stream.read_exact(&mut greeting).await.map_err(|error| ReplicaError::Silent(address, error))?;
    Ok(String::from_utf8_lossy(&greeting).into_owned())
}

/// The target does not need it.
#[step]
async fn export_index(index: In<'_, Index>) -> Out<Export> {
    PACE.take("ExportIndex", 500).await;
    index.keys().map(|word| format!("{word}\n")).collect()
}

#[step]
async fn start_service(
    listener: In<'_, Listener>,
    template: In<'_, Template>,
    cache: In<'_, Cache>,
    count: In<'_, WordCount>,
    greeting: In<'_, Greeting>,
) -> io::Result<Return<String>> {
    PACE.take("StartService", 500).await;
    let sentence = template
        .replace("{address}", &listener.local_addr()?.to_string())
        .replace("{words}", &count.to_string())
        .replace("{cached}", &cache.len().to_string())
        .replace("{replica}", greeting);
    Ok(Return(sentence))
}

/// The words of a text.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphabetic()).filter(|word| word.len() > 2).map(str::to_lowercase)
}

struct Service;
#[pipeline]
impl Pipeline for Service {
    type Steps = HList![
        ReadConfig,
        FindPages,
        ReadPages,
        BuildIndex,
        CountWords,
        LoadTemplate,
        WarmCache,
        Listen,
        ReachReplica,
        ExportIndex,
        StartService
    ];
}

/// The other machine of the service: it greets, or hangs up.
pub(crate) struct Replica {
    address: SocketAddr,
    answers: AtomicBool,
}

impl Replica {
    pub(crate) async fn start(answers: bool) -> io::Result<Arc<Self>> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let replica = Arc::new(Replica { address: listener.local_addr()?, answers: AtomicBool::new(answers) });
        let served = Arc::clone(&replica);
        let serve = async move {
            loop {
                let Ok((mut peer, _)) = listener.accept().await else {
                    // Too many files may be open.
                    Timer::after(Duration::from_millis(200)).await;
                    continue;
                };
                if served.answers.load(Ordering::Relaxed) {
                    // A peer that hung up needs no greeting.
                    let _ = peer.write_all(b"ready").await;
                }
            }
        };
        smol::spawn(serve).detach();
        Ok(replica)
    }

    /// From now on the replica answers, or it does not.
    pub(crate) fn answer(&self, answers: bool) {
        self.answers.store(answers, Ordering::Relaxed);
    }
}

/// The service, about to be started.
struct Search(Arc<StoreOf<Service, HList![ConfigText]>>);

impl Search {
    fn new(replica: &Replica) -> Self {
        let text = format!(
            "pages = {:?}\nreplica = {:?}\nfrequent = [\"store\", \"step\", \"proof\"]\ntemplate = {:?}\n",
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../src/guide"),
            replica.address.to_string(),
            "ready at {address}: {words} words, {cached} answers cached, the replica is {replica}",
        );
        Search(Arc::new(Store::<Service>::new().with(ConfigText, text)))
    }
}

impl Pipe for Search {
    fn plan(&self) -> Plan {
        plan::<StartService>(&self.0)
    }

    fn observer(&self, explorer: &Explorer) -> ExplorerObserver {
        let store = &self.0;
        let count = |words: &BTreeMap<String, BTreeSet<String>>| format!("{} words", words.len());
        let bytes = |texts: &BTreeMap<String, String>| texts.values().map(String::len).sum::<usize>();
        let config =
            |config: &Settings| format!("{} frequent words, the replica at {}", config.frequent.len(), config.replica);
        explorer
            .observer()
            .show(store, "ConfigText", |store| store.get::<ConfigText>().cloned())
            .show(store, "Config", move |store| store.get::<Config>().map(config))
            .show(store, "Pages", |store| store.get::<Pages>().map(|pages| format!("{} files", pages.len())))
            .show(store, "Texts", move |store| store.get::<Texts>().map(|texts| format!("{} bytes", bytes(texts))))
            .show(store, "Index", move |store| store.get::<Index>().map(count))
            .show(store, "WordCount", |store| store.get::<WordCount>().map(usize::to_string))
            .show(store, "Template", |store| store.get::<Template>().cloned())
            .show(store, "Cache", move |store| store.get::<Cache>().map(count))
            .show(store, "Greeting", |store| store.get::<Greeting>().cloned())
    }

    fn run(&self, observer: ExplorerObserver) -> BoxFuture<'_, Result<String, RunError>> {
        async {
            let sentence = run::<StartService>(&self.0).observe(observer).await?;
            Ok(sentence)
        }
        .boxed()
    }
}
