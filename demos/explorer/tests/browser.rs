//! The page of the explorer in a browser, while the demo runs pipelines.
//!
//! Chromium is driven over WebDriver. Steps go on when the test releases them, so nothing here
//! depends on how fast anything is. `EXPLORER_PICTURES=docs/pictures cargo test -p explorer-demo`
//! takes the pictures of the docs.

#[path = "../../../tests/browser/mod.rs"]
mod browser;

use browser::{Outcome, Process, WATCHDOG, eventually, started};
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::env;
use std::fs;
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use typed_pipeliner::{HList, In, Out, Pipeline, Scoped, Store, resource, run, step};
use typed_pipeliner_explorer::Explorer;

/// How large the window is.
const WINDOW: (u32, u32) = (1440, 940);

#[test]
fn states_follow_the_run() -> Outcome {
    in_a_browser(&["--hold"], async |page| {
        page.text_is("#run-state", "not run yet").await?;
        page.state_is("ReadConfig", "planned").await?;
        page.state_is("ExportIndex", "idle").await?;

        page.command("run")?;
        page.state_is("ReadConfig", "running").await?;
        page.state_is("Listen", "running").await?;
        page.state_is("BuildIndex", "demanded").await?;

        // Only what has its inputs goes on.
        page.release("ReadConfig")?;
        page.state_is("ReadConfig", "finished").await?;
        page.state_is("FindPages", "running").await?;
        page.state_is("ReadPages", "demanded").await?;
        page.release("FindPages")?;
        page.release("ReadPages")?;
        page.state_is("BuildIndex", "running").await?;
        page.text_is("#run-state", "running").await?;
        page.text_is("#count", "3 of 10 steps").await?;

        // What the panel says of a step: of its inputs and outputs, and when it ran.
        page.select("ReadPages").await?;
        page.text_has("#step-state", "finished").await?;
        page.text_has("#inputs", "Pages of FindPages").await?;
        page.text_has("#inputs", "files").await?;
        page.text_has("#outputs", "bytes").await?;
        page.text_has("#takers", "BuildIndex").await?;
        page.text_has("#times", "Waited for its inputs").await?;
        page.text_has("#times", "Ran").await?;
        page.release("LoadTemplate")?;
        page.select("BuildIndex").await?;
        page.text_has("#step-state", "running").await?;

        // The same by the keyboard.
        let listen = page.node("Listen").await?;
        page.script(&format!("document.getElementById('{listen}').focus()")).await?;
        page.client.active_element().await?.send_keys("\u{e007}").await?;
        page.text_is("#step-name", "Listen").await?;
        page.select("BuildIndex").await?;

        // A page that comes late sees the same.
        page.client.refresh().await?;
        page.state_is("ReadPages", "finished").await?;
        page.state_is("BuildIndex", "running").await?;
        page.text_is("#step-name", "BuildIndex").await?;

        page.command("release all")?;
        page.text_is("#run-state", "succeeded").await?;
        page.text_is("#count", "10 of 10 steps").await?;
        page.state_is("StartService", "finished").await?;
        page.state_is("ExportIndex", "idle").await?;
        page.text_is("#result", "The run succeeded.").await?;
        page.click("#runs button").await?;
        page.client.active_element().await?.send_keys("\u{e00c}").await?;
        page.text_has("#values", "Greeting\nready").await
    })
}

#[test]
fn failed_step_turns_red_and_shows_its_error() -> Outcome {
    in_a_browser(&["--hold", "--replica-down"], async |page| {
        let before = page.colour("ReachReplica").await?;
        page.command("run")?;
        page.release("ReadConfig")?;
        page.release("FindPages")?;
        page.state_is("ReadPages", "running").await?;
        page.release("ReachReplica")?;
        page.state_is("ReachReplica", "failed").await?;
        page.text_is("#run-state", "failed").await?;
        // The steps that ran were dropped.
        page.state_is("ReadPages", "cancelled").await?;
        page.state_is("BuildIndex", "not-run").await?;

        let is_red = page.eventually("the failed step is red", async || {
            let colour = page.colour("ReachReplica").await?;
            Ok((colour != before && colour[0] > 150 && colour[1] < 80 && colour[2] < 80).then_some(()))
        });
        is_red.await?;
        page.select("ReachReplica").await?;
        page.text_has("#error", "hung up before its greeting").await?;
        let causes = page.client.find_all(Locator::Css("#error li")).await?;
        assert_eq!(causes.len(), 2, "the error and its cause");
        page.text_is("#result", "Step ReachReplica, needed by StartService, failed.").await?;
        // The legend has more states now, and covers nothing.
        let all_seen = async || Ok((page.script(OUTSIDE).await? == json!([])).then_some(()));
        page.eventually("all steps are seen", all_seen).await?;
        page.picture("explorer_failed").await?;

        // The next run goes on from the outputs that are there.
        page.command("replica up")?;
        page.command("go on")?;
        page.text_is("#run-state", "running").await?;
        page.command("release all")?;
        page.text_is("#run-state", "succeeded").await?;
        page.state_is("ReachReplica", "finished").await?;
        page.state_is("ReadConfig", "present").await
    })
}

#[test]
fn stopped_run_shows_which_steps_were_dropped() -> Outcome {
    in_a_browser(&["--hold"], async |page| {
        page.command("run")?;
        page.state_is("Listen", "running").await?;
        page.command("stop")?;
        page.state_is("Listen", "cancelled").await?;
        page.text_is("#run-state", "stopped").await
    })
}

#[test]
fn page_reconnects_after_the_server_was_away() -> Outcome {
    // The port of the page stays that of the relay: the explorers behind it come and go, each at a
    // port of its own.
    let relay = Relay::start()?;
    in_a_browser_at(&["--hold"], Some(&relay), async |page| {
        page.command("run")?;
        page.state_is("Listen", "running").await?;
        drop(page.demo.take());
        page.text_has("#lost", "does not answer").await?;
        // Another one, which has run nothing yet.
        let (demo, address) = demo(&["--hold"])?;
        relay.lead_to(&address);
        page.demo.replace(Some(demo));
        page.text_is("#run-state", "not run yet").await?;
        page.text_is("#lost", "").await?;
        page.state_is("Listen", "planned").await
    })
}

#[test]
fn runs_are_listed_and_can_be_chosen() -> Outcome {
    in_a_browser(&["--hold", "--replica-down"], async |page| {
        page.command("run")?;
        page.command("release all")?;
        page.text_is("#run-state", "failed").await?;
        page.command("replica up")?;
        page.command("company")?;
        page.command("run")?;
        // The page follows the newest run, of another pipeline, and lists both.
        page.state_is("FetchOrders", "running").await?;
        page.text_has("#run-name", "Report in Business").await?;
        page.text_has("#runs li:nth-child(1)", "Report").await?;
        page.text_has("#runs li:nth-child(1)", "running").await?;
        page.text_has("#runs li:nth-child(2)", "StartService").await?;

        // The older one stays while it is chosen, whatever begins.
        page.click("#runs li:nth-child(2) button").await?;
        page.state_is("ReachReplica", "failed").await?;
        page.text_is("#run-state", "failed").await?;
        page.command("search")?;
        page.command("run")?;
        page.text_has("#runs li:nth-child(1)", "running").await?;
        page.text_has("#runs li:nth-child(3)", "StartService").await?;
        page.state_is("ReachReplica", "failed").await?;
        page.client.refresh().await?;
        page.state_is("ReachReplica", "failed").await?;

        // Two pipelines run at once.
        page.click("#runs li:nth-child(2) button").await?;
        page.release("FetchOrders")?;
        page.command("company")?;
        page.release("FetchUsers")?;
        page.state_is("FetchUsers", "finished").await?;
        page.state_is("FetchOrders", "running").await?;

        page.click("#follow").await?;
        page.state_is("ReachReplica", "demanded").await?;
        page.text_is("#run-state", "running").await?;

        // A plan can be looked at as well.
        page.click("#plans li:nth-child(2) button").await?;
        page.text_is("#run-state", "not run yet").await?;
        page.state_is("FetchOrders", "planned").await
    })
}

resource! { Pool: u32; Account: u32; }

#[step]
fn connect() -> Out<Pool> {
    7
}

#[step]
fn find_account(pool: In<'_, Pool>) -> Result<Out<Account>, String> {
    Err(format!("<img src=x onerror=\"document.title='script'\"> in pool {pool}"))
}

struct Service;
impl Pipeline for Service {
    type Steps = HList![Connect];
}

struct Request;
impl Pipeline for Request {
    type Steps = HList![FindAccount];
}
impl Scoped for Request {
    type Parent = Service;
}

#[test]
fn a_program_without_a_plan_has_its_runs_below_the_runs_that_need_them() -> Outcome {
    browser::look("the page of a program", async |client| {
        let page = Page { client, demo: RefCell::default() };
        page.client.set_window_size(WINDOW.0, WINDOW.1).await?;
        let explorer = Explorer::serve(([127, 0, 0, 1], 0)).await?;
        page.client.goto(&explorer.url()).await?;
        page.text_has("#empty", "No run yet").await?;

        let service = Store::<Service>::new();
        for _ in 0..3 {
            let request = Store::<Request>::within(&service);
            assert!(run::<FindAccount>(&request).observe(explorer.observer()).await.is_err());
        }
        page.state_is("Pool", "present").await?;
        page.text_has("#runs li:nth-child(3)", "FindAccount").await?;
        page.text_has("#runs li.child:nth-child(4)", "Pool").await?;

        // A text is shown as it is, and is no part of the page.
        page.select("FindAccount").await?;
        page.text_has("#error", "<img src=x onerror=").await?;
        assert_eq!(page.script("return document.title").await?, json!("FindAccount · explorer"));
        assert_eq!(page.script("return document.images.length").await?, json!(0));
        page.text_has("#inputs", "outputs of Pool").await?;

        // The parent and its child lead to one another.
        page.click("#runs li:nth-child(3) button").await?;
        page.client.active_element().await?.send_keys("\u{e00c}").await?;
        page.text_has("#related", "in the parent store: run").await?;
        page.click("#related button").await?;
        page.state_is("Connect", "finished").await?;
        page.text_has("#related", "for run").await
    })
}

#[test]
fn two_hundred_steps_stay_legible_on_the_page() -> Outcome {
    in_a_browser(&["--hold", "--pipeline", "company"], async |page| {
        page.client.wait().for_element(Locator::Css("g.step[data-state]")).await?;
        let steps = page.client.find_all(Locator::Css("#picture g.step")).await?.len();
        assert_eq!(steps, 201, "two hundred steps and the target");

        // All of it is in the window at first, and no name is too small to be read.
        assert_eq!(page.script(OUTSIDE).await?, json!([]), "steps out of view");
        assert_eq!(page.script(SMALL).await?, json!([]), "names that are too small");
        page.command("run")?;
        page.state_is("FetchOrders", "running").await?;
        for thing in ["Orders", "Users", "Items", "Prices", "Stocks", "Routes", "Bills", "Taxes", "Mails", "Logs"] {
            for step in ["Fetch", "Decode", "Check", "Clean", "Split"] {
                page.release(&format!("{step}{thing}"))?;
            }
        }
        page.text_is("#count", "50 of 201 steps").await?;
        page.picture("explorer_200").await?;

        // Nearer, names are shown, large enough, each in its box, and none on another.
        page.click("#full").await?;
        assert_eq!(page.script(SMALL).await?, json!([]), "names that are too small");
        assert_eq!(page.script(HIDDEN).await?, json!(0), "names that are not shown");
        assert_eq!(page.script(OVERLAPS).await?, json!([]), "names on one another, or outside of their boxes");

        // Any step can be gone to by its name, and by the keyboard alone.
        let find = page.client.find(Locator::Css("#find")).await?;
        find.send_keys("KeepLogs\u{e007}").await?;
        page.text_is("#step-name", "KeepLogs").await?;
        let in_view = page
            .eventually("the step is in view", async || Ok((page.script(VISIBLE).await? == json!(true)).then_some(())));
        in_view.await?;

        page.command("release all")?;
        page.text_is("#run-state", "succeeded").await?;
        page.text_is("#count", "201 of 201 steps").await
    })
}

/// Boxes that are not in the picture, or behind its legend.
const OUTSIDE: &str = "
    const room = document.querySelector('#picture').getBoundingClientRect();
    const bottom = document.querySelector('#legend').getBoundingClientRect().top;
    const out = (box) => box.left < room.left || box.top < room.top || box.right > room.right || box.bottom > bottom;
    return [...document.querySelectorAll('#picture g.step')].filter((g) => out(g.getBoundingClientRect())).map((g) => g.id);";
/// Names that are shown in letters of less than eight pixels.
const SMALL: &str = "
    const size = (text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a;
    const texts = [...document.querySelectorAll('#picture g.step text, #picture g.resource text')];
    return texts.filter((text) => getComputedStyle(text).visibility === 'visible' && size(text) < 8).map((text) => text.textContent);";
/// How many names are not shown.
const HIDDEN: &str = "
    const texts = [...document.querySelectorAll('#picture g.step text, #picture g.resource text')];
    return texts.filter((text) => getComputedStyle(text).visibility !== 'visible').length;";
/// Names that lie on another one, or not in their box.
const OVERLAPS: &str = "
    const names = [...document.querySelectorAll('#picture g.step, #picture g.resource')].map((g) => {
        const text = g.querySelector('text');
        return { name: text.textContent, at: text.getBoundingClientRect(), box: g.querySelector('rect').getBoundingClientRect() };
    });
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const inside = (a, b) => a.left >= b.left && a.right <= b.right && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
    return names.filter((one) => !inside(one.at, one.box) || names.some((other) => other !== one && meet(one.box, other.box)))
        .map((one) => one.name);";
/// Whether the step that is looked at is in the part of the window that shows the picture.
const VISIBLE: &str = "
    const box = document.querySelector('#picture g.selected').getBoundingClientRect();
    const room = document.querySelector('#picture').getBoundingClientRect();
    return box.left >= room.left && box.right <= room.right && box.top >= room.top && box.bottom <= room.bottom;";

/// A page of the explorer in a browser.
struct Page {
    client: Client,
    /// The demo, unless it was ended.
    demo: RefCell<Option<Process>>,
}

impl Page {
    /// Waits until something is there.
    async fn eventually<T>(
        &self,
        what: &str,
        look: impl AsyncFn() -> Result<Option<T>, Box<dyn std::error::Error>>,
    ) -> Result<T, Box<dyn std::error::Error>> {
        eventually(&self.client, what, look).await
    }

    async fn script(&self, script: &str) -> Result<Value, Box<dyn std::error::Error>> {
        Ok(self.client.execute(script, vec![]).await?)
    }

    /// Waits until a step is in a state.
    async fn state_is(&self, step: &str, state: &str) -> Outcome {
        let looked = async || {
            let node = self.node(step).await?;
            let now = self.script(&format!("return document.getElementById('{node}')?.dataset.state")).await?;
            Ok((now == json!(state)).then_some(()))
        };
        self.eventually(&format!("`{step}` is {state}"), looked).await
    }

    /// The element of a step, once the graph that has it is drawn.
    async fn node(&self, step: &str) -> Result<String, Box<dyn std::error::Error>> {
        let script = "
            const label = (node) => node.querySelector('text').textContent;
            return [...document.querySelectorAll('#picture g.step')].find((node) => label(node) === arguments[0])?.id ?? null;";
        let found = async || {
            let node = self.client.execute(script, vec![json!(step)]).await?;
            Ok(node.as_str().map(str::to_owned))
        };
        self.eventually(&format!("there is a step `{step}`"), found).await
    }

    /// Waits until an element is shown and has a text.
    async fn text_is(&self, css: &str, text: &str) -> Outcome {
        self.text(css, text, |all| all == text).await
    }

    /// Waits until an element is shown and a text is part of its text.
    async fn text_has(&self, css: &str, text: &str) -> Outcome {
        self.text(css, text, |all| all.contains(text)).await
    }

    async fn text(&self, css: &str, text: &str, is_right: impl Fn(&str) -> bool) -> Outcome {
        // `innerText` alone would have the text of a hidden element, too.
        let script = format!(
            "const element = document.querySelector('{css}');
            return element?.checkVisibility() ? element.innerText : '';"
        );
        let looked = async || {
            let all = self.script(&script).await?;
            Ok(all.as_str().is_some_and(|all| is_right(all.trim())).then_some(()))
        };
        self.eventually(&format!("{css} says {text:?}"), looked).await
    }

    async fn click(&self, css: &str) -> Outcome {
        let element = self.client.wait().at_most(WATCHDOG).for_element(Locator::Css(css)).await?;
        let looked = async || Ok((element.is_displayed().await? && element.is_enabled().await?).then_some(()));
        self.eventually(&format!("{css} can be clicked"), looked).await?;
        Ok(element.click().await?)
    }

    /// Clicks a step.
    async fn select(&self, step: &str) -> Outcome {
        let node = self.node(step).await?;
        self.click(&format!("#{node}")).await?;
        self.text_is("#step-name", step).await
    }

    /// Gives the demo a command.
    fn command(&self, command: &str) -> io::Result<()> {
        let mut demo = self.demo.borrow_mut();
        let demo = demo.as_mut().ok_or_else(|| io::Error::other("the demo has ended"))?;
        writeln!(demo.input(), "{command}")
    }

    /// Releases a step, now or when it comes to run.
    fn release(&self, step: &str) -> io::Result<()> {
        self.command(&format!("release {step}"))
    }

    /// The colour of the outline of a step: red, green, blue.
    async fn colour(&self, step: &str) -> Result<[u8; 3], Box<dyn std::error::Error>> {
        let node = self.node(step).await?;
        let script = format!("return getComputedStyle(document.querySelector('#{node} > rect')).stroke");
        let colour = self.script(&script).await?;
        let numbers = colour.as_str().unwrap_or_default().trim_start_matches("rgb(").trim_end_matches(')');
        let numbers = numbers.split(", ").map(str::parse).collect::<Result<Vec<u8>, _>>()?;
        Ok(numbers.try_into().map_err(|_| "a colour has three numbers")?)
    }

    /// Takes a picture, if pictures are asked for.
    async fn picture(&self, name: &str) -> Outcome {
        if let Some(place) = env::var_os("EXPLORER_PICTURES") {
            // The transitions have ended.
            let still = "return document.getAnimations().every((one) => one.playState !== 'running' || one instanceof CSSAnimation)";
            let at_rest = async || Ok((self.script(still).await? == json!(true)).then_some(()));
            self.eventually("the page is at rest", at_rest).await?;
            // A relative path begins at the root of the repository.
            let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
            fs::write(root.join(place).join(name).with_extension("png"), self.client.screenshot().await?)?;
        }
        Ok(())
    }
}

/// The demo with these arguments, and the address of its page.
fn demo(arguments: &[&str]) -> Result<(Process, String), Box<dyn std::error::Error>> {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_explorer-demo"));
    started(demo.args(arguments), |line| line.starts_with("http://").then(|| line.to_owned()))
}

/// The demo with these arguments, in a browser of its own.
fn in_a_browser(arguments: &[&str], test: impl AsyncFnOnce(&Page) -> Outcome) -> Outcome {
    in_a_browser_at(arguments, None, test)
}

/// The same, behind a relay if there is one.
fn in_a_browser_at(arguments: &[&str], relay: Option<&Relay>, test: impl AsyncFnOnce(&Page) -> Outcome) -> Outcome {
    browser::look("the page of the explorer", async |client| {
        let (demo, mut address) = demo(arguments)?;
        if let Some(relay) = relay {
            relay.lead_to(&address);
            address = format!("http://{}/", relay.address);
        }
        let page = Page { client, demo: RefCell::new(Some(demo)) };
        page.client.set_window_size(WINDOW.0, WINDOW.1).await?;
        page.client.goto(&address).await?;
        test(&page).await
    })
}

/// A port that leads to another one, which may change.
struct Relay {
    address: String,
    to: Arc<Mutex<String>>,
}

impl Relay {
    fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let relay = Relay { address: listener.local_addr()?.to_string(), to: Arc::default() };
        let to = Arc::clone(&relay.to);
        thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let to = to.lock().unwrap().clone();
                // Where nothing listens, the connection is closed, as the port would refuse it.
                let Ok(far) = TcpStream::connect(to) else { continue };
                pass(&near, &far);
                pass(&far, &near);
            }
        });
        Ok(relay)
    }

    /// Leads to the server at this URL from now on.
    fn lead_to(&self, url: &str) {
        *self.to.lock().unwrap() = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    }
}

/// Passes on all bytes of one connection to another one, until either ends.
fn pass(from: &TcpStream, to: &TcpStream) {
    let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else { return };
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Both);
        let _ = from.shutdown(std::net::Shutdown::Both);
    });
}
