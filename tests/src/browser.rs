//! A real browser, for the pages that the extension makes: Chromium without a window, driven by the DevTools protocol over
//! pipes (`--remote-debugging-pipe`), with JSON between zero bytes.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use midi_testkit::folder::Folder;

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The browser's descriptors 3 and 4 are the pipes of the protocol.
const WITH_PIPES: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#;

const FLAGS: [&str; 11] = [
    "--headless=new",
    "--remote-debugging-pipe",
    // Tests may run as root, for whom it has no sandbox.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--mute-audio",
    "--no-first-run",
    "--hide-scrollbars",
];

/// A page in a browser of its own, and all that has happened in it.
pub struct Browser {
    program: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    session: String,
    sent: u64,
    /// What was thrown, logged as an error, or refused by the page's policy.
    errors: Vec<String>,
    /// What was asked for.
    requests: Vec<String>,
    /// With the page, and the profile of the browser.
    folder: Folder,
}

impl Browser {
    /// Opens a page, and returns when it is loaded.
    ///
    /// # Panics
    /// There is no Chromium, or it does not answer.
    pub fn open(html: &str) -> Self {
        let folder = Folder::new();
        let file = folder.write("page.html", html.as_bytes());
        let mut program = Command::new("sh")
            .args(["-c", WITH_PIPES, &chromium()])
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let to = program.stdin.take().expect("a pipe");
        let from = answers(BufReader::new(program.stdout.take().expect("a pipe")));
        let session = String::new();
        let (errors, requests) = (Vec::new(), Vec::new());
        let mut browser = Self { program, to, from, session, sent: 0, errors, requests, folder };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", attach);
        browser.session = attached["sessionId"].as_str().expect("a session").to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser.call("Page.navigate", json!({ "url": format!("file://{}", file.display()) }));
        browser.until("document.readyState === 'complete' && location.protocol === 'file:'");
        browser
    }

    /// The value of an expression of JavaScript, evaluated as if the user had touched the page.
    ///
    /// # Panics
    /// The expression throws.
    pub fn value(&mut self, expression: &str) -> Value {
        let arguments = json!({
            "expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true,
        });
        let mut answer = self.call("Runtime.evaluate", arguments);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].take()
    }

    /// Waits until an expression is true.
    ///
    /// # Panics
    /// It does not become true.
    pub fn until(&mut self, expression: &str) {
        midi_testkit::cluster::wait_until(expression, || self.value(expression) == true);
    }

    /// Shows the page in a window of this size, in the dark or the light scheme.
    pub fn show(&mut self, width: u32, height: u32, dark: bool) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", size);
        let scheme = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", features);
    }

    /// What was thrown, logged as an error, or refused by the page's policy.
    pub fn errors(&mut self) -> &[String] {
        // What happened before this answer has been told before it.
        self.value("0");
        &self.errors
    }

    /// What the page asked for, itself left out.
    pub fn requests(&mut self) -> Vec<&String> {
        self.value("0");
        let page = format!("file://{}", self.folder.path().join("page.html").display());
        self.requests.iter().filter(|url| **url != page).collect()
    }

    fn call(&mut self, method: &str, arguments: Value) -> Value {
        self.sent += 1;
        let mut message = json!({ "id": self.sent, "method": method, "params": arguments });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        write!(self.to, "{message}\0").expect("the browser reads");
        loop {
            let mut answer = self.from.recv_timeout(PATIENCE).expect("the browser answers");
            if answer["id"] == self.sent {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].take();
            }
            self.note(&answer);
        }
    }

    /// Keeps what has happened.
    fn note(&mut self, event: &Value) {
        let told = &event["params"];
        match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => {
                self.errors.push(told["exceptionDetails"].to_string());
            }
            Some("Log.entryAdded") if told["entry"]["level"] == "error" => {
                self.errors.push(told["entry"]["text"].to_string());
            }
            Some("Runtime.consoleAPICalled") if told["type"] == "error" => {
                self.errors.push(told["args"].to_string());
            }
            Some("Network.requestWillBeSent") => {
                self.requests.extend(told["request"]["url"].as_str().map(str::to_owned));
            }
            _ => {}
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// What the browser says, as it says it.
fn answers(mut from: impl BufRead + Send + 'static) -> Receiver<Value> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut message = Vec::new();
        while from.read_until(0, &mut message).is_ok_and(|read| read > 0) {
            let value = serde_json::from_slice(message.strip_suffix(&[0]).unwrap_or(&message));
            if value.is_ok_and(|value| sender.send(value).is_err()) {
                return;
            }
            message.clear();
        }
    });
    receiver
}

/// The program.
fn chromium() -> String {
    if let Ok(program) = std::env::var("CHROMIUM") {
        return program;
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let there = |name: &&str| path.split(':').any(|folder| Path::new(folder).join(name).exists());
    let found = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(there);
    let how = "there is no Chromium: install it (on Debian: apt-get install chromium, or scripts/setup --ci), or name its \
               program in CHROMIUM";
    found.expect(how).to_owned()
}
