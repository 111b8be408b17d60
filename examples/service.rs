//! The start of a service, and a scope for each request. The values of the service are made once,
//! and all requests read them.

use futures::future::try_join;
use smol::channel::{Receiver, Sender, unbounded};
use smol::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use smol::lock::Mutex;
use smol::net::{SocketAddr, TcpListener, TcpStream};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufRead, Seek};
use std::path::PathBuf;
use typed_pipeliner::{BoxError, HList, In, Out, Pipeline, Scoped, Store, pipeline, resource, run, step};

resource! {
    ConfigText: String;
    Config: Settings;
    /// Open handles on the dictionary. A step that takes a handle gives it back.
    Pool: (Sender<File>, Receiver<File>);
    Cache: Mutex<HashMap<String, String>>;
    Listener: TcpListener;
}

struct Settings {
    dictionary: PathBuf,
    handles: usize,
}

#[step]
fn read_config(text: In<'_, ConfigText>) -> Result<Out<Config>, BoxError> {
    let (dictionary, handles) = text.rsplit_once(' ').ok_or("the configuration is a path and a number")?;
    Ok(Settings { dictionary: dictionary.into(), handles: handles.parse()? })
}

#[step]
async fn open_pool(config: In<'_, Config>) -> Result<Out<Pool>, BoxError> {
    let (give, take) = unbounded();
    for _ in 0..config.handles {
        give.send(File::open(&config.dictionary)?).await?;
    }
    Ok((give, take))
}

#[step]
fn make_cache() -> Out<Cache> {
    Mutex::default()
}

#[step]
async fn listen() -> io::Result<Out<Listener>> {
    TcpListener::bind("127.0.0.1:0").await
}

struct Service;
#[pipeline]
impl Pipeline for Service {
    type Steps = HList![ReadConfig, OpenPool, MakeCache, Listen];
}

resource! {
    Peer: TcpStream;
    Word: String;
    Meaning: String;
}

#[step]
async fn read_word(peer: In<'_, Peer>) -> io::Result<Out<Word>> {
    let mut line = String::new();
    BufReader::new(peer.clone()).read_line(&mut line).await?;
    Ok(line.trim().to_owned())
}

#[step]
async fn look_up(word: In<'_, Word>, cache: In<'_, Cache>, pool: In<'_, Pool>) -> Result<Out<Meaning>, BoxError> {
    if let Some(meaning) = cache.lock().await.get(word) {
        return Ok(meaning.clone());
    }
    let (give, take) = pool;
    let mut file = take.recv().await?;
    file.rewind()?;
    let lines: io::Result<Vec<_>> = io::BufReader::new(&file).lines().collect();
    give.send(file).await?;
    let lines = lines?;
    let meaning = lines.iter().find_map(|line| line.strip_prefix(word)?.strip_prefix(": ")).unwrap_or("unknown");
    cache.lock().await.insert(word.clone(), meaning.to_owned());
    Ok(meaning.to_owned())
}

#[step]
async fn answer(peer: In<'_, Peer>, meaning: In<'_, Meaning>) -> io::Result<()> {
    peer.clone().write_all(meaning.as_bytes()).await
}

struct Request;
#[pipeline]
impl Pipeline for Request {
    type Steps = HList![ReadWord, LookUp, Answer];
}
impl Scoped for Request {
    type Parent = Service;
}

async fn ask(server: SocketAddr, word: &str) -> Result<String, BoxError> {
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(format!("{word}\n").as_bytes()).await?;
    let mut meaning = String::new();
    stream.read_to_string(&mut meaning).await?;
    Ok(meaning)
}

fn main() -> Result<(), BoxError> {
    let dir = tempfile::tempdir()?;
    let dictionary = dir.path().join("dictionary");
    fs::write(&dictionary, "crab: walks sideways\ngopher: digs\n")?;

    smol::block_on(async {
        let service = Store::<Service>::new().with(ConfigText, format!("{} 2", dictionary.display()));
        let listener = service.resource::<Listener>().await?;
        for word in ["crab", "gopher", "crab"] {
            let serve = async {
                let (peer, _) = listener.accept().await?;
                let request = Store::<Request>::within(&service).with(Peer, peer);
                run::<Answer>(&request).await?;
                Ok(())
            };
            let ((), meaning) = try_join(serve, ask(listener.local_addr()?, word)).await?;
            println!("{word}: {meaning}");
        }
        println!("{} words are in the cache", service.resource::<Cache>().await?.lock().await.len());
        Ok(())
    })
}
