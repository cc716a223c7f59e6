//! A browser to look at pages with: Chromium, spoken to over a pair of pipes in the protocol of its
//! developer tools.

use crate::support::skipped;
use serde_json::{Value, json};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tempfile::TempDir;

/// A browser that says nothing for so long is broken.
const PATIENCE: Duration = Duration::from_secs(90);

/// One browser with one page.
pub struct Browser {
    process: Child,
    home: TempDir,
    orders: File,
    answers: Receiver<Value>,
    session: Option<String>,
    next: u64,
    /// What the page did since it was opened: messages of the console, exceptions, requests, downloads.
    events: Vec<Value>,
}

impl Browser {
    /// Starts Chromium; `None` and a word where there is none.
    pub fn start() -> Option<Browser> {
        let known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
        let Some(program) = known.into_iter().find(|path| Path::new(path).exists()) else {
            skipped("there is no Chromium (Debian: apt-get install chromium)");
            return None;
        };
        let home = tempfile::tempdir().expect("a temporary directory");
        let pipes = ["orders", "answers"].map(|name| home.path().join(name));
        let made = Command::new("mkfifo").args(&pipes).status().expect("mkfifo runs");
        assert!(made.success(), "pipes are made");
        let process = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<orders 4>answers", "sh", program])
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--remote-debugging-pipe", "--hide-scrollbars", "--user-data-dir=profile", "about:blank"])
            .current_dir(home.path())
            .env("HOME", home.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Chromium starts");
        let orders = OpenOptions::new().write(true).open(&pipes[0]).expect("a pipe to Chromium");
        let answers = said(File::open(&pipes[1]).expect("a pipe from Chromium"));
        let mut browser = Browser { process, home, orders, answers, session: None, next: 0, events: Vec::new() };
        let page = browser.ask("Target.createTarget", json!({ "url": "about:blank" }));
        let page = json!({ "targetId": page["targetId"], "flatten": true });
        let session = browser.ask("Target.attachToTarget", page)["sessionId"].as_str().expect("a session").to_owned();
        let folder = browser.downloads().display().to_string();
        let to_folder = json!({ "behavior": "allow", "downloadPath": folder, "eventsEnabled": true });
        browser.ask("Browser.setDownloadBehavior", to_folder);
        browser.session = Some(session);
        for domain in ["Page", "Runtime", "Log", "Network", "Accessibility"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    fn downloads(&self) -> PathBuf {
        self.home.path().join("downloads")
    }

    /// Asks the browser for something, and waits for the answer.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let mut order = json!({ "id": self.next, "method": method, "params": params });
        if let Some(session) = &self.session {
            order["sessionId"] = session.as_str().into();
        }
        let mut bytes = order.to_string().into_bytes();
        bytes.push(0);
        self.orders.write_all(&bytes).expect("Chromium listens");
        let id = self.next;
        let mut answer = self.hear(|message| message["id"] == id);
        assert!(answer.get("error").is_none(), "{method}: {}", answer["error"]);
        answer["result"].take()
    }

    /// Waits for a message; what comes before it is kept.
    fn hear(&mut self, is_awaited: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.answers.recv_timeout(PATIENCE).expect("Chromium answers");
            if is_awaited(&message) {
                return message;
            }
            self.events.push(message);
        }
    }

    /// Waits for an event, which may have happened since the page was opened.
    fn event(&mut self, method: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let is_awaited = |message: &Value| message["method"] == method && is_it(&message["params"]);
        if let Some(at) = self.events.iter().position(&is_awaited) {
            return self.events.remove(at)["params"].take();
        }
        self.hear(is_awaited)["params"].take()
    }

    /// How wide and high the window is, and which theme the system has.
    pub fn look(&mut self, width: u32, theme: &str) {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.ask("Emulation.setDeviceMetricsOverride", size);
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": theme },
            // What moves slowly is clicked beside.
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.ask("Emulation.setEmulatedMedia", media);
    }

    /// Opens a file, at a place in it such as `#cost`, and waits until it is loaded.
    pub fn open(&mut self, file: &Path, place: &str) {
        self.ask("Page.navigate", json!({ "url": "about:blank" }));
        self.event("Page.loadEventFired", |_| true);
        self.events.clear();
        let opened = self.ask("Page.navigate", json!({ "url": format!("file://{}{place}", file.display()) }));
        assert!(opened.get("errorText").is_none(), "{opened}");
        self.event("Page.loadEventFired", |_| true);
    }

    /// Waits until the page has been loaded once more.
    pub fn loaded(&mut self) {
        self.event("Page.loadEventFired", |_| true);
    }

    /// The value of an expression, of a promise what it promises; as if a person had asked for it.
    pub fn value(&mut self, expression: &str) -> Value {
        let params =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true });
        let mut answer = self.ask("Runtime.evaluate", params);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer:#}");
        answer["result"]["value"].take()
    }

    /// The texts that an expression lists.
    pub fn texts(&mut self, expression: &str) -> Vec<String> {
        let value = self.value(expression);
        let texts = value.as_array().unwrap_or_else(|| panic!("{expression} is {value}"));
        texts.iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
    }

    pub fn is(&mut self, expression: &str) -> bool {
        self.value(&format!("!!({expression})")) == true
    }

    /// Clicks with the mouse in the middle of the first element that a selector finds.
    pub fn click(&mut self, selector: &str) {
        let place = self.value(&format!(
            "(async () => {{ const found = document.querySelector({selector:?}); found.scrollIntoView({{ block: 'center', behavior: 'instant' }});
             await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
             const box = found.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        ));
        for (kind, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
            let params = json!({ "type": kind, "x": place[0], "y": place[1], "button": if kind == "mouseMoved" { "none" } else { "left" },
                                 "buttons": buttons, "clickCount": u8::from(kind != "mouseMoved") });
            self.ask("Input.dispatchMouseEvent", params);
        }
    }

    /// Presses a key such as `ArrowRight`.
    pub fn press(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            let code = match key {
                "Enter" => 13,
                "End" => 35,
                "Home" => 36,
                "ArrowLeft" => 37,
                "ArrowRight" => 39,
                other => panic!("{other} is not known"),
            };
            let text = if key == "Enter" && kind == "keyDown" { "\r" } else { "" };
            let params = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text });
            self.ask("Input.dispatchKeyEvent", params);
        }
    }

    /// Types into what has the focus.
    pub fn write(&mut self, text: &str) {
        self.ask("Input.insertText", json!({ "text": text }));
    }

    /// The name and the content of the next file that the page gives away.
    pub fn downloaded(&mut self) -> (String, String) {
        let begun = self.event("Browser.downloadWillBegin", |_| true);
        let guid = begun["guid"].clone();
        self.event("Browser.downloadProgress", |at| at["guid"] == guid && at["state"] == "completed");
        let name = begun["suggestedFilename"].as_str().expect("a name").to_owned();
        let file = self.downloads().join(&name);
        let content = fs::read_to_string(&file).expect("a file");
        fs::remove_file(file).expect("it can go");
        (name, content)
    }

    /// What the page should not have done since it was opened: said something, failed, or asked for another file.
    pub fn misdeeds(&mut self) -> Vec<String> {
        // What is on its way arrives before the answer to this.
        self.value("new Promise((done) => setTimeout(done, 50))");
        let page = self.value("location.href.split('#')[0]").as_str().expect("an address").to_owned();
        let misdeeds = self.events.iter().filter_map(|event| {
            let params = &event["params"];
            match event["method"].as_str()? {
                "Runtime.consoleAPICalled"
                | "Runtime.exceptionThrown"
                | "Log.entryAdded"
                | "Page.javascriptDialogOpening" => Some(params.to_string()),
                "Network.requestWillBeSent" => {
                    let address = params["request"]["url"].as_str()?;
                    let is_own = address.split('#').next() == Some(page.as_str());
                    (!is_own && !address.starts_with("data:") && !address.starts_with("blob:"))
                        .then(|| format!("asked for {address}"))
                }
                _ => None,
            }
        });
        misdeeds.collect()
    }

    /// What a screen reader is told: the role and the name of everything that is not hidden from it.
    pub fn reading(&mut self) -> Vec<(String, String)> {
        let tree = self.ask("Accessibility.getFullAXTree", json!({}));
        let nodes = tree["nodes"].as_array().expect("nodes").iter().filter(|node| node["ignored"] == false);
        let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
        nodes.map(|node| (text(&node["role"]), text(&node["name"]))).collect()
    }
}

/// The messages that come out of a pipe, each ended by a zero.
fn said(pipe: File) -> Receiver<Value> {
    let (tell, answers) = channel();
    std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut bytes = Vec::new();
        while pipe.read_until(0, &mut bytes).is_ok_and(|read| read > 0) {
            bytes.pop();
            let message = serde_json::from_slice(&bytes).expect("Chromium speaks JSON");
            if tell.send(message).is_err() {
                return;
            }
            bytes.clear();
        }
    });
    answers
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
