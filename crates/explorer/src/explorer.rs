//! The page that is served.

use crate::history::History;
use crate::observer::ExplorerObserver;
use crate::server::{Hosts, Server};
use smol::channel::{Sender, bounded};
use smol::{Async, block_on};
use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use typed_pipeliner::Plan;

/// How long a page may leave its events unread.
const PATIENCE: Duration = Duration::from_secs(60);

/// A page in the browser that shows runs as they happen.
///
/// The page lives on a thread of its own, so it works under each runtime, and without one. It keeps
/// the last 100 runs. A run that still runs stays when older and younger ones go, unless all 100
/// do.
///
/// # Shutdown
///
/// When the explorer is dropped, the server stops, its connections close, its thread ends, and the
/// port is free. `drop` waits for that, which takes a moment at most. The observers that are left
/// do nothing from then on.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// # smol::block_on(async {
/// use typed_pipeliner_explorer::Explorer;
///
/// let explorer = Explorer::serve(([127, 0, 0, 1], 0)).await?;
/// let address = explorer.address();
/// println!("{}", explorer.url());
///
/// drop(explorer);
/// let explorer = Explorer::serve(address).await?;
/// assert_eq!(explorer.address(), address);
/// # Ok(()) }) }
/// ```
pub struct Explorer {
    address: SocketAddr,
    history: Arc<History>,
    /// The server runs until this is dropped.
    stop: Option<Sender<Infallible>>,
    /// The thread of the server.
    thread: Option<JoinHandle<()>>,
}

impl Explorer {
    /// Serves the page at an address of this machine alone, such as `([127, 0, 0, 1], 8080)`. Port
    /// 0 is any free one.
    ///
    /// Requests from other sites are refused: the host has to be an address of loopback or
    /// `localhost`, and the origin has to be the page itself.
    ///
    /// # Errors
    ///
    /// If the address is not one of loopback (see [`serve_exposed`](Explorer::serve_exposed)), or
    /// the server cannot listen there: the port may be taken. The error names the address.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// # smol::block_on(async {
    /// use typed_pipeliner_explorer::Explorer;
    ///
    /// let explorer = Explorer::serve(([127, 0, 0, 1], 0)).await?;
    /// let port = explorer.address().port();
    ///
    /// let error = Explorer::serve(([127, 0, 0, 1], port)).await.unwrap_err();
    /// assert!(error.to_string().starts_with(&format!("the explorer cannot listen at 127.0.0.1:{port}: ")));
    ///
    /// let error = Explorer::serve(([0, 0, 0, 0], 0)).await.unwrap_err();
    /// assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    /// # Ok(()) }) }
    /// ```
    pub async fn serve(address: impl Into<SocketAddr>) -> io::Result<Self> {
        let address = address.into();
        if !address.ip().is_loopback() {
            let text = format!("{address} can be reached from other machines: `Explorer::serve_exposed` serves there");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        Self::start(address, Hosts::Loopback, PATIENCE)
    }

    /// Serves the page at any address, to anyone who can reach it.
    ///
    /// There is no password and no encryption: the names of steps, errors and shown values are open
    /// to the network. The page may be opened under each IP address and under these names, and
    /// refuses all others, since an attacker may have a name of their own lead here.
    ///
    /// # Errors
    ///
    /// If the server cannot listen there. The error names the address.
    ///
    /// ```no_run
    /// # async fn example() -> std::io::Result<()> {
    /// use typed_pipeliner_explorer::Explorer;
    ///
    /// let explorer = Explorer::serve_exposed(([0, 0, 0, 0], 8080), ["build.example.org"]).await?;
    /// # Ok(()) }
    /// ```
    pub async fn serve_exposed(
        address: impl Into<SocketAddr>,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> io::Result<Self> {
        let names = names.into_iter().map(Into::into).collect();
        Self::start(address.into(), Hosts::Named(names), PATIENCE)
    }

    fn start(address: SocketAddr, hosts: Hosts, patience: Duration) -> io::Result<Self> {
        let named = |error: io::Error| {
            io::Error::new(error.kind(), format!("the explorer cannot listen at {address}: {error}"))
        };
        let listener = Async::<TcpListener>::bind(address).map_err(named)?;
        let address = listener.get_ref().local_addr()?;
        let history = Arc::new(History::new());
        let server = Server { history: Arc::clone(&history), hosts, patience };
        let (stop, stopped) = bounded(1);
        let thread = thread::Builder::new().name("explorer".to_owned());
        let thread = thread.spawn(move || block_on(server.run(listener, stopped)))?;
        Ok(Explorer { address, history, stop: Some(stop), thread: Some(thread) })
    }

    /// The address of the page. It has the port that was found if port 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the page for a browser, such as `http://127.0.0.1:8080/`.
    pub fn url(&self) -> String {
        let ip = match self.address.ip() {
            // A server that listens everywhere is also here.
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::from([127, 0, 0, 1]),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
            ip => ip,
        };
        format!("http://{}/", SocketAddr::new(ip, self.address.port()))
    }

    /// An observer that shows its runs on this page.
    ///
    /// ```
    /// use typed_pipeliner::{HList, Out, Pipeline, Store, resource, run, step};
    /// use typed_pipeliner_explorer::Explorer;
    ///
    /// resource! { Answer: u32; }
    ///
    /// #[step]
    /// fn find_answer() -> Out<Answer> {
    ///     42
    /// }
    ///
    /// struct App;
    /// impl Pipeline for App {
    ///     type Steps = HList![FindAnswer];
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # smol::block_on(async {
    /// let explorer = Explorer::serve(([127, 0, 0, 1], 0)).await?;
    /// let store = Store::<App>::new();
    /// run::<FindAnswer>(&store).observe(explorer.observer()).await?;
    /// # Ok(()) }) }
    /// ```
    #[must_use = "a run has to be given the observer"]
    pub fn observer(&self) -> ExplorerObserver {
        ExplorerObserver::new(Arc::downgrade(&self.history))
    }

    /// Adds a plan: the page shows it before the first run, and the graphs of its runs have its
    /// resources.
    ///
    /// An observer is given the steps of a run and the steps that each needs, so without a plan the
    /// graph has these. A plan names the resources between them. It is of all runs with its target
    /// and the names of its steps; a plan without a target is of all runs of its pipeline. The last
    /// 50 plans are kept.
    ///
    /// ```
    /// use typed_pipeliner::{HList, Out, Pipeline, Plan, resource, step};
    /// use typed_pipeliner_explorer::Explorer;
    ///
    /// resource! { Answer: u32; }
    ///
    /// #[step]
    /// fn find_answer() -> Out<Answer> {
    ///     42
    /// }
    ///
    /// struct App;
    /// impl Pipeline for App {
    ///     type Steps = HList![FindAnswer];
    /// }
    ///
    /// # fn main() -> std::io::Result<()> {
    /// # smol::block_on(async {
    /// let explorer = Explorer::serve(([127, 0, 0, 1], 0)).await?;
    /// explorer.add(&Plan::of::<App>());
    /// # Ok(()) }) }
    /// ```
    pub fn add(&self, plan: &Plan) {
        self.history.plan(plan);
    }
}

impl Drop for Explorer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been printed, and there is nothing left to stop.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Explorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explorer").field("address", &self.address).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{ErrorKind, Read, Write};
    use std::net::TcpStream;
    use std::time::Instant;
    use typed_pipeliner::{HList, Out, Pipeline, Store, resource, run, step};

    resource! { Answer: u32; }

    #[step]
    fn find_answer() -> Out<Answer> {
        42
    }

    struct App;
    impl Pipeline for App {
        type Steps = HList![FindAnswer];
    }

    fn impatient() -> Explorer {
        Explorer::start(([127, 0, 0, 1], 0).into(), Hosts::Loopback, Duration::from_millis(200)).unwrap()
    }

    /// Reads until the other side closes the connection.
    fn reads_to_the_end(mut stream: TcpStream) -> bool {
        let deadline = Instant::now() + Duration::from_secs(60);
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut buffer = [0; 1 << 16];
        while Instant::now() < deadline {
            match stream.read(&mut buffer) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) => return error.kind() == ErrorKind::ConnectionReset,
            }
        }
        false
    }

    #[test]
    fn a_connection_without_a_request_is_closed() {
        let explorer = impatient();
        assert!(reads_to_the_end(TcpStream::connect(explorer.address()).unwrap()));
    }

    #[test]
    fn a_page_that_does_not_read_is_closed_and_one_that_reads_is_not() {
        let explorer = impatient();
        let open = || {
            let mut page = TcpStream::connect(explorer.address()).unwrap();
            write!(page, "GET /events HTTP/1.1\r\nHost: {}\r\n\r\n", explorer.address()).unwrap();
            page
        };
        let (slow, mut quick) = (open(), open());
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        let reader = thread::spawn(move || {
            quick.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            let mut buffer = [0; 1 << 16];
            while let Err(std::sync::mpsc::TryRecvError::Empty) = stopped.try_recv() {
                assert_ne!(quick.read(&mut buffer).unwrap(), 0, "it is still open");
            }
        });
        // Two megabytes a run: soon no buffer between here and there has room.
        let text = "x".repeat(2_000);
        for _ in 0..30 {
            let store = Arc::new(Store::<App>::new());
            let observer = (0..1_000).fold(explorer.observer(), |observer, _| {
                let text = text.clone();
                observer.show(&store, "Text", move |_| Some(text.clone()))
            });
            block_on(run::<FindAnswer>(&store).observe(observer)).unwrap();
            thread::sleep(Duration::from_millis(60));
        }
        assert!(reads_to_the_end(slow));
        drop(stop);
        reader.join().unwrap();
    }
}
