//! The HTML page in a real browser. Without one the tests say so, and how to install it.

use crate::support::{Ran, Sandbox, skipped};
use std::path::Path;
use std::process::Command;

/// What Chromium makes of a page: its document after the scripts ran, and what the console said.
struct Seen {
    document: String,
    console: Vec<String>,
}

fn open(page: &Path, home: &Path) -> Option<Seen> {
    let browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].into_iter().find(|path| Path::new(path).exists());
    let Some(browser) = browser else {
        skipped("there is no Chromium (Debian: apt-get install chromium)");
        return None;
    };
    let profile = home.join("profile");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--dump-dom", "--virtual-time-budget=2000"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}", page.display()))
        .env("HOME", home)
        .output()
        .expect("Chromium starts");
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(Seen {
        document: String::from_utf8_lossy(&output.stdout).into_owned(),
        console: log.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect(),
    })
}

fn page(sandbox: &Sandbox) -> Ran {
    sandbox.run(["--report", "all", "-o", "report.html"])
}

#[test]
fn the_page_of_all_reports_opens_with_an_empty_console() {
    let log = crate::support::repository("fixtures/quiet-week/log");
    let sandbox = Sandbox::new();
    assert_eq!(sandbox.run(["--dir", &log.display().to_string(), "--report", "all", "-o", "report.html"]).ok(), "");
    let Some(seen) = open(&sandbox.work().join("report.html"), sandbox.home()) else { return };
    assert_eq!(seen.console, [] as [&str; 0]);
    for report in prompt_analytics::report::names() {
        let section = format!("<section id=\"{report}\"");
        assert!(seen.document.contains(&section), "{report} is not on the page");
    }
}

#[test]
fn what_a_log_says_is_shown_and_never_run() {
    let sandbox = Sandbox::new();
    let attacks = [
        "<script>console.error('run')</script>",
        "<img src=x onerror=console.error('run')>",
        "</title><svg onload=console.error('run')>",
        "\\\"><iframe src='javascript:console.error(1)'>",
        "{{constructor.constructor('console.error(1)')()}}",
        "</style><link rel=stylesheet href=https://example.org/x.css>",
    ];
    let texts = [
        "prompt_id",
        "template_id",
        "starter_id",
        "task_category",
        "model",
        "project_id",
        "user_id",
        "error_type",
        "run_id",
    ];
    let mut log = String::new();
    for attack in attacks {
        let fields: Vec<String> = texts.iter().map(|field| format!("\"{field}\":\"{attack}\"")).collect();
        log += &format!(
            "{{\"ts\":\"2026-11-19T10:00:00Z\",\"event\":\"run\",{},\"success\":false,\"duration_ms\":5}}\n",
            fields.join(",")
        );
        log += &format!(
            "{{\"ts\":\"2026-11-19T10:00:00Z\",\"event\":\"feedback\",\"rating\":2,{},\"feedback_text\":\"{attack}\"}}\n",
            fields[0]
        );
    }
    sandbox.log("attacks.jsonl", log);
    assert_eq!(page(&sandbox).ok(), "");
    let Some(seen) = open(&sandbox.work().join("report.html"), sandbox.home()) else { return };
    assert_eq!(seen.console, [] as [&str; 0]);
    // The page has pictures of its own, each with a name.
    for element in ["<img", "<svg onload", "<iframe", "<link", "example.org/x.css>"] {
        assert!(!seen.document.contains(element), "{element} came alive");
    }
    assert!(seen.document.contains("&lt;script&gt;console.error"), "the text is shown");
}
