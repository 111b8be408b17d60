//! A PostgreSQL server for the tests, on a free port of loopback, with its files in a folder of its
//! own.

use postgres::{Client, NoTls};
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The longest time to wait before a test fails.
const WATCHDOG: Duration = Duration::from_secs(60);
/// The user `root`, as which the server refuses to run, and `nobody`.
const ROOT: u32 = 0;
const NOBODY: u32 = 65534;
/// The password of the administrator, `postgres`. It has characters that a message would show.
pub(crate) const PASSWORD: &str = "correct-horse";
/// A server that forgets all that it did when the machine fails, and is fast.
pub(crate) const FAST: &[&str] = &["fsync=off", "full_page_writes=off", "max_connections=200"];

/// Starts the server, and waits. When its input ends, it ends the server at once, as a crash would.
/// So the server ends with the test however that ends. Then it removes the folder, unless the input
/// has a line.
const KEEPER: &str = r#"folder=$1; shift; "$@" > "$folder/log" 2>&1 & server=$!
    keep=; read -r keep; kill -QUIT $server; wait $server; [ -n "$keep" ] || rm -rf "$folder""#;

/// A server.
pub(crate) struct Server {
    programs: PathBuf,
    folder: PathBuf,
    settings: &'static [&'static str],
    port: u16,
    keeper: Keeper,
}

/// The process that starts the server, and ends it.
struct Keeper(Child);

impl Keeper {
    /// Ends the server, and keeps its folder.
    fn keep(&mut self) {
        self.0.stdin.take().unwrap().write_all(b"keep\n").unwrap();
        self.0.wait().unwrap();
    }
}

/// Ends the server, unless it has ended.
impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// The server of all tests, which ends with the process; none if there is no program, which is a
/// failure with `CI=true`.
pub(crate) fn shared() -> Option<&'static Server> {
    static SHARED: OnceLock<Option<Server>> = OnceLock::new();
    SHARED.get_or_init(|| Server::start(FAST)).as_ref()
}

/// Reports a test that is skipped, and why. The harness would capture `eprintln!`, so this does not
/// use it.
pub(crate) fn skipped(what: &str, why: &str) {
    std::io::stderr().write_all(format!("note: SKIPPED {what}: {why}\n").as_bytes()).unwrap();
}

impl Server {
    /// Starts a server with these settings.
    pub(crate) fn start(settings: &'static [&'static str]) -> Option<Server> {
        let Some(programs) = programs() else {
            let why = "there is no PostgreSQL server (`apt-get install postgresql`)";
            assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "{why}");
            skipped("the tests of the shelf in PostgreSQL", why);
            return None;
        };
        // The keeper removes it.
        let folder = TempDir::new().unwrap().keep();
        fs::write(folder.join("password"), PASSWORD).unwrap();
        if fs::metadata(&folder).unwrap().uid() == ROOT {
            for path in [&folder, &folder.join("password")] {
                chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        // Not scram: it takes a debug build a tenth of a second for each connection.
        let initdb = command(&folder, programs.join("initdb"))
            .args(["--auth=md5", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"])
            .arg("--pwfile")
            .arg(folder.join("password"))
            .arg("--pgdata")
            .arg(folder.join("data"))
            .output()
            .unwrap();
        assert!(initdb.status.success(), "{initdb:?}");
        let (port, keeper) = (0..4)
            .find_map(|_| launch(&programs, &folder, settings, free_port()))
            .unwrap_or_else(|| panic!("{}", fs::read_to_string(folder.join("log")).unwrap()));
        Some(Server { programs, folder, settings, port, keeper })
    }

    /// Ends the server at once, with all its sessions, and starts it anew.
    pub(crate) fn crash(&mut self) {
        self.keeper.keep();
        let again = launch(&self.programs, &self.folder, self.settings, self.port);
        (_, self.keeper) = again.unwrap_or_else(|| panic!("{}", fs::read_to_string(self.folder.join("log")).unwrap()));
    }

    /// The port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The number of its user.
    pub(crate) fn user(&self) -> u32 {
        fs::metadata(&self.folder).unwrap().uid()
    }

    /// The connection string of the administrator for a database.
    pub(crate) fn config(&self, database: &str) -> String {
        config(self.port, database)
    }

    /// Makes a database, and returns its name.
    pub(crate) fn new_database(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        self.client("postgres").batch_execute(&format!("create database {name}")).unwrap();
        name
    }

    /// A connection of the administrator to a database.
    pub(crate) fn client(&self, database: &str) -> Client {
        Client::connect(&self.config(database), NoTls).unwrap()
    }
}

/// The connection string of the administrator for a database.
fn config(port: u16, database: &str) -> String {
    format!("host=127.0.0.1 port={port} user=postgres password={PASSWORD} dbname={database}")
}

/// Starts the server in a folder, if the port is free, and waits until it accepts connections.
fn launch(programs: &Path, folder: &Path, settings: &[&str], port: u16) -> Option<(u16, Keeper)> {
    let mut keeper = command(folder, "sh");
    keeper.args(["-c", KEEPER, "keeper"]).arg(folder);
    keeper.arg(programs.join("postgres")).arg("-D").arg(folder.join("data")).arg(format!("--port={port}"));
    keeper.args(["--listen_addresses=127.0.0.1", "--unix_socket_directories="]);
    keeper.args(settings.iter().map(|setting| format!("--{setting}")));
    let mut keeper = Keeper(keeper.stdin(Stdio::piped()).spawn().unwrap());
    let end = Instant::now() + WATCHDOG;
    loop {
        if Client::connect(&config(port, "postgres"), NoTls).is_ok() {
            return Some((port, keeper));
        }
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        if log.contains("FATAL:  could not create") {
            keeper.keep();
            return None;
        }
        assert!(Instant::now() < end, "the server does not start: {log}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// A port that is free.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A command of the user who owns a folder, out of reach of Ctrl-C.
fn command(folder: &Path, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env("LC_ALL", "C").current_dir(folder).process_group(0);
    let owner = fs::metadata(folder).unwrap();
    if owner.uid() == NOBODY {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// The folder with the programs of the newest server: Debian has them out of the path.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|version| version.path());
    let number = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.filter(|path| path.join("bin/initdb").is_file()).max_by_key(|path| number(path));
    let on_path = || {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path)
            .find(|folder| ["initdb", "postgres"].iter().all(|name| folder.join(name).is_file()))
    };
    newest.map(|version| version.join("bin")).or_else(on_path)
}
