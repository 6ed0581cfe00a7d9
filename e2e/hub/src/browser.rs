//! Chromium by its own protocol, over a pipe: messages of JSON, each ended by a nought.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use serde_json::{Value, json};

/// A browser with one page.
#[derive(Debug)]
pub struct Browser {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    number: u64,
    session: String,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts one. Its pipe is on the numbers 3 and 4, to which a shell leads.
    ///
    /// # Errors
    /// There is no Chromium, or it does not answer.
    pub fn start() -> Result<Browser> {
        let profile = tempfile::tempdir()?;
        let script = "exec chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
             --remote-debugging-pipe --user-data-dir=\"$0\" about:blank 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null";
        let mut command = Command::new("sh");
        command.args(["-c", script]).arg(profile.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("failed to start a shell")?;
        let to = child.stdin.take().context("no pipe")?;
        let from = BufReader::new(child.stdout.take().context("no pipe")?);
        let mut browser = Browser { child, to, from, number: 0, session: String::new(), _profile: profile };
        let page = browser.call("Target.createTarget", &json!({"url": "about:blank"}))?;
        let target = page.get("targetId").cloned().unwrap_or_default();
        let session = browser.call("Target.attachToTarget", &json!({"targetId": target, "flatten": true}))?;
        browser.session = session.get("sessionId").and_then(Value::as_str).context("no session")?.to_owned();
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            browser.call(domain, &json!({}))?;
        }
        browser.call("Emulation.setFocusEmulationEnabled", &json!({"enabled": true}))?;
        Ok(browser)
    }

    /// Calls a method, and waits for what it says.
    ///
    /// # Errors
    /// The browser ended, or refuses.
    pub fn call(&mut self, method: &str, parameters: &Value) -> Result<Value> {
        self.number += 1;
        let mut message = json!({"id": self.number, "method": method, "params": parameters});
        if let (false, Some(fields)) = (self.session.is_empty(), message.as_object_mut()) {
            fields.insert("sessionId".to_owned(), json!(self.session));
        }
        let mut bytes = serde_json::to_vec(&message)?;
        bytes.push(0);
        self.to.write_all(&bytes).context("chromium ended: is it installed?")?;
        loop {
            let said = self.next()?;
            if said.get("id").and_then(Value::as_u64) == Some(self.number) {
                if let Some(error) = said.get("error") {
                    bail!("{method}: {error}");
                }
                return Ok(said.get("result").cloned().unwrap_or_default());
            }
        }
    }

    fn next(&mut self) -> Result<Value> {
        let mut bytes = Vec::new();
        self.from.read_until(0, &mut bytes)?;
        bytes.pop();
        serde_json::from_slice(&bytes).context("chromium ended: is it installed?")
    }

    /// Opens an address, and waits until all of it is there.
    ///
    /// # Errors
    /// It cannot be reached.
    pub fn open(&mut self, address: &str) -> Result<()> {
        let opened = self.call("Page.navigate", &json!({"url": address}))?;
        if let Some(error) = opened.get("errorText") {
            bail!("{address}: {error}");
        }
        self.settle()
    }

    /// Waits until the page is whole.
    ///
    /// # Errors
    /// It never is.
    pub fn settle(&mut self) -> Result<()> {
        for _ in 0..200 {
            if self.value("document.readyState === 'complete' && location.href !== 'about:blank'")? == json!(true) {
                return Ok(());
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        bail!("the page does not come to its end")
    }

    /// What an expression comes to, promises waited for.
    ///
    /// # Errors
    /// It throws.
    pub fn value(&mut self, expression: &str) -> Result<Value> {
        let asked = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let said = self.call("Runtime.evaluate", &asked)?;
        if let Some(thrown) = said.get("exceptionDetails") {
            bail!("{expression}: {thrown}");
        }
        Ok(said.pointer("/result/value").cloned().unwrap_or_default())
    }

    /// How wide the window is, and whether it is dark.
    ///
    /// # Errors
    /// The browser ended.
    pub fn look(&mut self, width: u32, dark: bool) -> Result<()> {
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", &size)?;
        let scheme =
            json!({"features": [{"name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" }}]});
        self.call("Emulation.setEmulatedMedia", &scheme).map(drop)
    }

    /// Whether scripts of pages run.
    ///
    /// # Errors
    /// The browser ended.
    pub fn scripts(&mut self, run: bool) -> Result<()> {
        self.call("Emulation.setScriptExecutionDisabled", &json!({"value": !run})).map(drop)
    }

    /// Presses a key, such as `Tab`.
    ///
    /// # Errors
    /// The browser ended.
    pub fn press(&mut self, key: &str) -> Result<()> {
        let (code, text) = match key {
            "Tab" => (9, None),
            "Enter" => (13, Some("\r")),
            _ => bail!("{key} is not known here"),
        };
        let mut down = json!({"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code});
        if let (Some(text), Some(fields)) = (text, down.as_object_mut()) {
            fields.insert("text".to_owned(), json!(text));
        }
        self.call("Input.dispatchKeyEvent", &down)?;
        let up = json!({"type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code});
        self.call("Input.dispatchKeyEvent", &up).map(drop)
    }

    /// A picture of the whole page, as PNG.
    ///
    /// # Errors
    /// The browser ended.
    pub fn picture(&mut self) -> Result<Vec<u8>> {
        let taken = self.call("Page.captureScreenshot", &json!({"format": "png", "captureBeyondViewport": true}))?;
        let text = taken.get("data").and_then(Value::as_str).context("no picture")?;
        Ok(base64::engine::general_purpose::STANDARD.decode(text)?)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.call("Browser.close", &json!({}));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
