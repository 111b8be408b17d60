//! A browser for tests of pages: Chromium, driven over WebDriver.

use fantoccini::{Client, ClientBuilder};
use futures::FutureExt;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use std::env;
use std::io::{BufRead, BufReader, Write as _};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The longest time to wait before a test fails.
pub(crate) const WATCHDOG: Duration = Duration::from_secs(60);

pub(crate) type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Runs a test in a browser of its own. Without a browser it prints a note, and tests nothing.
pub(crate) fn look(what: &str, test: impl AsyncFnOnce(Client) -> Outcome) -> Outcome {
    let [Some(browser), Some(driver)] = [find("chromium"), find("chromedriver")] else {
        return skipped(
            what,
            "there is no `chromium` or no `chromedriver` (`apt-get install chromium chromium-driver`)",
        );
    };
    let profile = TempDir::new()?;
    let (_driver, port) = driven_by(&driver)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let client = connect(&browser, profile.path(), &port).await?;
        // The browser has to end in any case: it is a child of the driver, and would outlive it.
        let result = AssertUnwindSafe(test(client.clone())).catch_unwind().await;
        client.close().await?;
        result.unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// Starts the driver, and returns its port. The driver takes a free port of IPv4, and ends if the
/// same port of IPv6 is not free. Then the next attempt may find another port.
fn driven_by(driver: &Path) -> Result<(Process, String), Box<dyn std::error::Error>> {
    let start = || {
        started(Command::new(driver).arg("--port=0"), |line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        })
    };
    (0..4).find_map(|_| start().ok()).map_or_else(start, Ok)
}

/// Reports a test that is skipped, and why. The harness would capture `eprintln!`, so this does not
/// use it.
pub(crate) fn skipped(what: &str, why: &str) -> Outcome {
    writeln!(std::io::stderr(), "note: SKIPPED {what}: {why}")?;
    Ok(())
}

/// Waits until a value exists.
pub(crate) async fn eventually<T>(
    client: &Client,
    what: &str,
    look: impl AsyncFn() -> Result<Option<T>, Box<dyn std::error::Error>>,
) -> Result<T, Box<dyn std::error::Error>> {
    let end = Instant::now() + WATCHDOG;
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if Instant::now() > end {
            let body = client.execute("return document.body.innerText", vec![]).await?;
            return Err(format!("never: {what}; the page says: {body}").into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A process that ends when this is dropped.
pub(crate) struct Process(Child);

impl Process {
    /// The input of the process.
    #[allow(dead_code, reason = "not every test has a program that reads")]
    pub(crate) fn input(&mut self) -> &mut ChildStdin {
        self.0.stdin.as_mut().expect("`started` opens the input")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program, and finds its address in its output.
pub(crate) fn started(
    command: &mut Command,
    find: impl Fn(&str) -> Option<String>,
) -> Result<(Process, String), Box<dyn std::error::Error>> {
    let mut process = Process(command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?);
    let mut lines = BufReader::new(process.0.stdout.take().ok_or("no output")?).lines();
    let found = lines.by_ref().map_while(Result::ok).find_map(|line| find(&line));
    // Somebody has to read the rest of the output, or the program would block.
    std::thread::spawn(move || lines.for_each(drop));
    Ok((process, found.ok_or(format!("{command:?} does not say where it listens"))?))
}

/// A browser that loads only the page.
async fn connect(browser: &Path, profile: &Path, port: &str) -> Result<Client, Box<dyn std::error::Error>> {
    let options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--force-device-scale-factor=1",
        &format!("--user-data-dir={}", profile.display()),
    ];
    let wanted = json!({ "goog:chromeOptions": { "binary": browser, "args": options } });
    let wanted = wanted.as_object().ok_or("it is an object")?.clone();
    Ok(ClientBuilder::new(HttpConnector::new())
        .capabilities(wanted)
        .connect(&format!("http://127.0.0.1:{port}"))
        .await?)
}

/// A program on the path.
fn find(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|file| file.is_file())
}
