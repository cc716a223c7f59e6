//! The config: layers and where each setting is from, typos with their line, a file to begin with, and no secret shown.

use super::{hold, printed, quiet_week, refused};
use crate::support::schema::violations;
use crate::support::{Sandbox, files, repository};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

const USERS: &str = ".config/prompt-analytics/config.toml";

/// A world with a user's config.
fn with_config(text: &str) -> Sandbox {
    let sandbox = quiet_week();
    let path = sandbox.home().join(USERS);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    sandbox
}

/// The line of a shown config that says something, its gaps closed.
fn said(shown: &str, says: &str) -> String {
    let line = shown.lines().find(|line| line.starts_with(says)).unwrap_or_else(|| panic!("{says} in {shown}"));
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_layer_has_the_last_word_over_the_one_before_it_and_is_named() {
    let zone = |sandbox: &Sandbox, line: &str| said(&printed(sandbox, line), "timezone");
    let sandbox = quiet_week();
    let default = "timezone = \"UTC\" # default: TZ, else the machine's";
    assert_eq!(zone(&sandbox, "config show --origin"), default);
    let sandbox = with_config("\n\ntimezone = \"Europe/Lisbon\"\n");
    assert_eq!(zone(&sandbox, "config show --origin"), format!("timezone = \"Europe/Lisbon\" # ~/{USERS}:3"));
    sandbox.log("config.toml", "timezone = \"Asia/Tokyo\"\n");
    let directory = "timezone = \"Asia/Tokyo\" # metrics/prompt-analytics/config.toml:1";
    assert_eq!(zone(&sandbox, "config show --origin"), directory);
    let sandbox = sandbox.with("PROMPT_ANALYTICS_TIMEZONE", "Asia/Kolkata");
    let variable = "timezone = \"Asia/Kolkata\" # PROMPT_ANALYTICS_TIMEZONE";
    assert_eq!(zone(&sandbox, "config show --origin"), variable);
    let flag = "timezone = \"Africa/Cairo\" # --timezone";
    assert_eq!(zone(&sandbox, "config show --origin -z Africa/Cairo"), flag);
    assert_eq!(zone(&sandbox, "config show -z Africa/Cairo"), "timezone = \"Africa/Cairo\"");
    // What is shown is what reports do.
    assert!(printed(&sandbox, "usage").lines().next().unwrap().ends_with("· Asia/Kolkata"));
}

#[test]
fn the_metrics_directory_is_shown_with_the_way_it_was_found() {
    let dir = |sandbox: &Sandbox, line: &str| said(&printed(sandbox, line), "dir");
    let there = "dir = \"[HOME]/work/metrics/prompt-analytics\"";
    assert_eq!(dir(&quiet_week(), "config show --origin"), format!("{there} # found in the working directory"));
    let sandbox = with_config("dir = \"~/mine\"\n");
    assert_eq!(dir(&sandbox, "config show --origin"), format!("dir = \"[HOME]/mine\" # ~/{USERS}:1"));
    let sandbox = sandbox.with("PROMPT_ANALYTICS_DIR", "near");
    assert_eq!(dir(&sandbox, "config show --origin"), "dir = \"[HOME]/work/near\" # PROMPT_ANALYTICS_DIR");
    assert_eq!(dir(&sandbox, "config show --origin --dir far"), "dir = \"[HOME]/work/far\" # --dir");
}

#[test]
fn levels_are_laid_over_each_other_setting_by_setting_and_lists_grow() {
    let sandbox = with_config(
        "[targets.success_rate]\ntarget = 0.9\n\n[[override]]\nprompt = \"a*\"\n[override.mean_ms]\ntarget = 900\n\n\
         [[budget]]\nevery = \"month\"\nusd = 100\nproject = \"acme-*\"\n",
    );
    sandbox.log(
        "config.toml",
        "[targets.success_rate]\nminimum = 30\n[[override]]\nmodel = \"gpt-*\"\n[override.success_rate]\nalert = false\n\
         [[budget]]\nevery = \"day\"\nusd = 5.5\nseverity = \"low\"\n[alerts]\nsilence = \"alert\"\n",
    );
    let shown = printed(&sandbox, "config show --origin");
    let directory = "metrics/prompt-analytics/config.toml";
    let closed: Vec<String> = shown.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let block = |header: &str| -> Vec<String> {
        let at = closed.iter().position(|line| line == header).unwrap_or_else(|| panic!("{header} in {shown}"));
        closed[at + 1..].iter().take_while(|line| !line.is_empty()).cloned().collect()
    };
    assert_eq!(
        block("[targets.success_rate]"),
        [
            format!("target = 0.9 # ~/{USERS}:2"),
            "alert = 0.7 # default".to_owned(),
            "severity = \"high\" # default".to_owned(),
            format!("minimum = 30 # {directory}:2"),
        ]
    );
    assert_eq!(block("[override.mean_ms]"), [format!("target = 900 # ~/{USERS}:7")]);
    assert_eq!(block("[override.success_rate]"), [format!("alert = false # {directory}:6")]);
    assert_eq!(said(&shown, "silence"), format!("silence = \"alert\" # {directory}:12"));
    let lists: Vec<&String> =
        closed.iter().filter(|line| ["prompt", "model", "usd"].iter().any(|key| line.starts_with(key))).collect();
    assert_eq!(
        lists,
        [
            &format!("prompt = \"a*\" # ~/{USERS}:5"),
            &format!("model = \"gpt-*\" # {directory}:4"),
            &format!("usd = 100 # ~/{USERS}:11"),
            &format!("usd = 5.5 # {directory}:9"),
        ]
    );
    assert_eq!(block("[[budget]]")[2], "severity = \"high\" # default");
    assert!(
        shown.starts_with(&format!("# the user's: ~/{USERS}\n# the metrics directory's: {directory}\n\n")),
        "{shown}"
    );
    let none = printed(&quiet_week(), "config show --origin");
    assert!(none.starts_with(&format!("# the user's: ~/{USERS} (there is none)\n")), "{none}");
}

#[test]
fn a_target_of_the_config_is_what_recommendations_judge_by() {
    let sandbox = quiet_week();
    let subjects = |sandbox: &Sandbox| -> usize {
        let report = sandbox.run(["recommendations", "--json", "--min-confidence", "0"]).json();
        report["findings"].as_array().unwrap().len()
    };
    let before = subjects(&sandbox);
    sandbox.log("config.toml", "[targets.success_rate]\ntarget = 0.999\nminimum = 1\n");
    let strict = subjects(&sandbox);
    assert!(strict > before, "{strict} after {before}");
    sandbox.log(
        "config.toml",
        "[targets.success_rate]\ntarget = 0.999\nminimum = 1\n[[override]]\nprompt = \"*\"\n[override.success_rate]\ntarget = false\n",
    );
    assert!(subjects(&sandbox) < strict);
}

const FIX: &str = "fix that line, or comment it out with `#`";

/// Configs of the metrics directory with what is said of them after its name.
fn hold_configs(cases: &[(&str, &str)]) {
    let sandbox = quiet_week();
    for (config, says) in cases {
        sandbox.log("config.toml", config);
        let at = "[HOME]/work/metrics/prompt-analytics/config.toml";
        let message = format!("error: {at}:{says}\n\nhint: {FIX}\n");
        for line in ["usage", "config show", "check"] {
            assert_eq!(refused(&sandbox, line), message, "{config}");
        }
    }
}

#[test]
fn a_typo_at_any_level_is_told_with_its_line_and_the_nearest_key() {
    hold_configs(&[
        ("# mine\ntimezon = \"UTC\"\n", "2: there is no setting `timezon`; did you mean `timezone`?"),
        ("[alert]\n", "1: there is no setting `alert`; did you mean `alerts`?"),
        (
            "banana = 1\n",
            "1: there is no setting `banana`; there are dir timezone privacy targets override alerts budget price import",
        ),
        ("\n[privacy]\nusr = \"drop\"\n", "3: there is no setting `usr`; did you mean `user`?"),
        ("privacy = { txt = \"drop\" }\n", "1: there is no setting `txt`; did you mean `text`?"),
        ("[privacy]\nzzz = 1\n", "2: there is no setting `zzz`; there are user parameters text salt"),
        ("[alerts]\n\nwindw = \"7d\"\n", "3: there is no setting `windw`; did you mean `window`?"),
        ("[targets.succes_rate]\n", "1: there is no metric `succes_rate`; did you mean `success_rate`?"),
        ("[targets.success_rate]\n\n\ntaget = 1\n", "4: there is no setting `taget`; did you mean `target`?"),
        ("[[override]]\npromt = \"a\"\n", "2: there is no setting `promt`; did you mean `prompt`?"),
        (
            "[[override]]\nprompt = \"a\"\n[override.mean_m]\n",
            "3: there is no metric `mean_m`; did you mean `mean_ms`?",
        ),
        ("[[budget]]\nevery = \"day\"\nused = 1\n", "3: there is no setting `used`; did you mean `usd`?"),
        ("user = \"hash\"\n", "1: there is no setting `user` here; it is one of [privacy]"),
        ("[privacy]\ntimezone = \"UTC\"\n", "2: `timezone` stands before the first section, and this one is [privacy]"),
    ]);
}

#[test]
fn a_value_that_cannot_be_is_told_with_its_line_and_what_it_may_be() {
    hold_configs(&[
        ("[privacy]\nuser = \"hsah\"\n", "2: `user` is `hsah`, and must be keep, hash or drop; did you mean `hash`?"),
        ("[privacy]\nuser = true\n", "2: `user` is `true`, and must be keep, hash or drop"),
        ("[targets.mean_ms]\n\ntarget = \"high\"\n", "3: `target` is `high`, and must be a number from 0, or false"),
        ("targets.success_rate.target = 80\n", "1: `target` is `80`, and must be a number from 0 to 1, or false"),
        ("[targets.success_rate]\nalert = nan\n", "2: `alert` is `nan`, and must be a number from 0 to 1, or false"),
        ("[targets.success_rate]\nclear = false\n", "2: `clear` is `false`, and must be a number from 0 to 1"),
        ("[targets.mean_rating]\ntarget = 0.9\n", "2: `target` is `0.9`, and must be a number from 1 to 5, or false"),
        ("[targets.mean_ms]\ntarget = -1\n", "2: `target` is `-1`, and must be a number from 0, or false"),
        ("[targets.p95_ms]\nminimum = 1.5\n", "2: `minimum` is `1.5`, and must be a whole number from 0"),
        (
            "[targets.p95_ms]\nseverity = \"hihg\"\n",
            "2: `severity` is `hihg`, and must be low, medium or high; did you mean `high`?",
        ),
        ("[targets.runs]\n", "1: no value of `runs` (runs) is better than another, so it has no levels"),
        (
            "[alerts]\nwindow = \"7x\"\n",
            "2: `window` is `7x`, and must be a span of time such as `7d`, `36h` or `last-month`",
        ),
        (
            "[alerts]\nwindow = \"2026-11-20T14:30:00Z\"\n",
            "2: `window` is `2026-11-20T14:30:00Z`, and must be a span of time such as `7d`, `36h` or `last-month`",
        ),
        (
            "[[budget]]\nusd = 1\nevery = \"months\"\n",
            "3: `every` is `months`, and must be day, week or month; did you mean `month`?",
        ),
        ("[[budget]]\nevery = \"day\"\nusd = -0.5\n", "3: `usd` is `-0.5`, and must be a number of dollars from 0"),
        (
            "timezone = \"Mars/Olympus\"\n",
            "1: there is no time zone `Mars/Olympus`; zones have names such as `Europe/Lisbon` or `UTC`",
        ),
    ]);
}

#[test]
fn a_section_that_is_none_or_says_too_little_or_too_much_is_told_with_its_line() {
    hold_configs(&[
        ("privacy = 1\n", "1: `privacy` is a section: write `[privacy]`"),
        ("[targets]\nsuccess_rate = 0.9\n", "2: `success_rate` is a section: write `[targets.success_rate]`"),
        ("\n[override]\nprompt = \"a\"\n", "2: `override` is a list of sections: write `[[override]]`"),
        (
            "[[override]]\n[override.success_rate]\n",
            "1: this `[[override]]` is for nobody: it needs one of prompt, template, category, model",
        ),
        (
            "[[override]]\nprompt = \"a\"\n\n[[override]]\nprompt = \"a\"\nmodel = \"b\"\n",
            "4: one `[[override]]` has both `prompt` and `model`; write two of them",
        ),
        ("[[budget]]\nevery = \"day\"\n", "1: this `[[budget]]` needs `usd`"),
        (
            "[[budget]]\nevery = \"day\"\nusd = 1\nuser = \"a\"\nmodel = \"b\"\n",
            "1: one `[[budget]]` has both `model` and `user`; write two of them",
        ),
        ("timezone = \"UTC\"\na = [1,\n", "2: at column 8: unclosed array, expected `]`"),
        ("[privacy]\nuser = \"hash\" x\n", "2: at column 15: unexpected key or value, expected newline, `#`"),
    ]);
}

#[test]
fn a_level_on_the_wrong_side_is_told_with_both_numbers_and_the_line_said_last() {
    let sandbox = with_config("[targets.success_rate]\ntarget = 0.9\nalert = 0.8\n");
    let at = "error: [HOME]/work/metrics/prompt-analytics/config.toml";
    let hint = |worse: &str, better: &str| {
        format!(
            "\n\nhint: say both: `{worse}` is the level that is too bad, `{better}` the one to reach or to be back at\n"
        )
    };
    let [more, less] = ["more is better, so it must not be", "less is better, so it must not be"];
    for (config, says, worse, better) in [
        (
            "[targets.success_rate]\nalert = 0.95\n",
            format!("2: `alert` of success_rate is 0.95, above `target`, which is 0.9; {more}"),
            "alert",
            "target",
        ),
        (
            "\n[targets.mean_ms]\ntarget = 6000\n",
            format!("3: `alert` of mean_ms is 5000 by default, below `target`, which is 6000; {less}"),
            "alert",
            "target",
        ),
        (
            "[targets.success_rate]\nclear = 0.75\n",
            format!("2: `alert` of success_rate is 0.8, above `clear`, which is 0.75; {more}"),
            "alert",
            "clear",
        ),
        (
            "[targets.error_rate]\ntarget = 0.1\nclear = 0.05\n",
            format!("3: `clear` of error_rate is 0.05, below `target`, which is 0.1; {less}"),
            "clear",
            "target",
        ),
        (
            "[[override]]\nmodel = \"a\"\n[override.success_rate]\ntarget = 0.6\n",
            format!("4: `alert` of success_rate is 0.8, above `target`, which is 0.6; {more}"),
            "alert",
            "target",
        ),
    ] {
        sandbox.log("config.toml", config);
        assert_eq!(refused(&sandbox, "usage"), format!("{at}:{says}{}", hint(worse, better)));
    }
    for config in ["[targets.success_rate]\nalert = false\ntarget = 0.1\n", "[targets.success_rate]\nclear = 0.85\n"] {
        sandbox.log("config.toml", config);
        assert!(!printed(&sandbox, "usage").is_empty());
    }
}

#[test]
fn a_writer_needs_no_more_of_the_config_than_it_uses() {
    let sandbox = quiet_week();
    let record = ["record", "run", "prompt_id=a"];
    for config in ["[targets.success_rate]\ntarget = 80\n", "[alerts]\nwindw = 1\n", "budget = 3\n", "timezone = 1\n"] {
        sandbox.log("config.toml", config);
        assert_eq!(sandbox.run(record).ok(), "", "{config}");
        assert!(refused(&sandbox, "usage").starts_with("error: "), "{config}");
    }
    let before = sandbox.snapshot().len();
    // What may have been meant to keep something private is worth no line.
    for config in ["[privcy]\nuser = \"drop\"\n", "user = \"drop\"\n", "[privacy]\nusr = \"drop\"\n", "[privacy\n"] {
        sandbox.log("config.toml", config);
        assert!(sandbox.run(record).refused().contains("config.toml:"), "{config}");
    }
    assert_eq!(sandbox.snapshot().len(), before);
}

#[test]
fn a_metrics_directory_does_not_say_where_it_is_and_a_named_config_is_there() {
    let sandbox = quiet_week();
    sandbox.log("config.toml", "dir = \"elsewhere\"\n");
    let says = "error: `dir` in [HOME]/work/metrics/prompt-analytics/config.toml has no meaning: the directory is already found there";
    assert_eq!(refused(&sandbox, "usage"), format!("{says}\n\nhint: put `dir` into the user's own config\n"));
    hold(&[("usage --config nope.toml", "error: there is no config nope.toml\n")]);
    let sandbox = with_config("");
    fs::remove_file(sandbox.home().join(USERS)).unwrap();
    fs::create_dir(sandbox.home().join(USERS)).unwrap();
    assert_eq!(refused(&sandbox, "usage"), format!("error: [HOME]/{USERS} is not a file\n"));
}

#[test]
fn a_secret_is_never_shown() {
    let secret = "pepper-and-salt";
    let sandbox = with_config(&format!("[privacy]\nsalt = \"{secret}\"\n"));
    for line in ["config", "config show", "config show --origin", "config init --print"] {
        assert!(!printed(&sandbox, line).contains(secret), "{line}");
    }
    let shown = printed(&sandbox, "config show --origin");
    assert_eq!(said(&shown, "# salt"), format!("# salt = \"…\", which is never shown # ~/{USERS}:2"));
    for wrong in [format!("salt = [\"{secret}\"]"), format!("salt = \"{secret}"), format!("salt = {secret}")] {
        let sandbox = with_config(&format!("[privacy]\n{wrong}\n"));
        let message = refused(&sandbox, "config show");
        assert!(message.contains("config.toml:2: ") && !message.contains(secret), "{message}");
    }
}

#[test]
fn a_file_to_begin_with_is_written_once_and_for_its_owner_alone() {
    let sandbox = quiet_week();
    let shown = printed(&sandbox, "config show");
    let path = sandbox.home().join(USERS);
    assert_eq!(printed(&sandbox, "config init"), format!("[HOME]/{USERS}\n"));
    assert_eq!(fs::read_to_string(&path).unwrap(), printed(&sandbox, "config init --print"));
    for (path, mode) in [(path.as_path(), 0o600), (path.parent().unwrap(), 0o700)] {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode);
    }
    assert_eq!(printed(&sandbox, "config show"), shown);
    fs::write(&path, "# mine\n").unwrap();
    let there =
        "is there already\n\nhint: `prompt-analytics config init --print` prints what would have been written\n";
    assert_eq!(refused(&sandbox, "config init"), format!("error: [HOME]/{USERS} {there}"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "# mine\n");
    assert_eq!(printed(&sandbox, "config init --config named/new.toml"), "named/new.toml\n");
    assert!(sandbox.work().join("named/new.toml").is_file());

    assert_eq!(sandbox.run(["config", "init", "--local"]).ok(), "[HOME]/work/metrics/prompt-analytics/config.toml\n");
    let local = fs::read_to_string(sandbox.metrics().join("config.toml")).unwrap();
    assert!(local.contains("#timezone") && !local.contains("#dir"), "{local}");
    assert_eq!(printed(&sandbox, "config show"), shown);

    let sandbox = Sandbox::new();
    fs::write(sandbox.home().join(".config"), "a file").unwrap();
    let message = sandbox.run(["config", "init"]).refused();
    assert!(message.starts_with(&format!("error: cannot write [HOME]/{USERS}: ")), "{message}");
    assert_eq!(files(sandbox.home()).len(), 1);
}

#[test]
fn a_variable_that_nothing_reads_is_named_where_settings_are_shown() {
    let sandbox = quiet_week().with("PROMPT_ANALYTICS_TIMZONE", "Asia/Tokyo").with("PROMPT_ANALYTICS", "on");
    let shown = sandbox.run(["config", "show"]);
    let note = "note: nothing reads PROMPT_ANALYTICS_TIMZONE; did you mean PROMPT_ANALYTICS_TIMEZONE?\n";
    assert_eq!((shown.status, shown.stderr.as_str()), (0, note));
    assert!(!printed(&sandbox, "usage").is_empty());
}

/// TOML as the JSON that the schema speaks of.
fn json_of(text: &str) -> Value {
    serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap()
}

#[test]
fn the_schema_takes_what_the_program_takes_and_refuses_what_it_refuses() {
    let schema = Sandbox::new().run(["schema", "config"]).json();
    let sandbox = with_config(
        "[targets.\"p99.9_ms\"]\nalert = 9000\n[[override]]\nprompt = \"a*\"\n[override.p95_ms]\ntarget = 900\n\
         [[budget]]\nevery = \"month\"\nusd = 100\n",
    );
    for text in [printed(&sandbox, "config show"), printed(&sandbox, "config init --print")] {
        assert_eq!(violations(&schema, &json_of(&text)), Vec::<String>::new(), "{text}");
    }
    for wrong in [
        "timezon = \"UTC\"",
        "[privacy]\nuser = \"hsah\"",
        "[targets.runs]\ntarget = 1",
        "[targets.success_rate]\ntarget = 80",
        "[targets.p95_ms]\nminimum = -1",
        "[[override]]\nprompt = \"a\"\nmodel = \"b\"",
        "[[override]]\n[override.success_rate]\ntarget = 0.9",
        "[[budget]]\nevery = \"day\"",
        "[[budget]]\nevery = \"hour\"\nusd = 1",
    ] {
        let found = violations(&schema, &json_of(wrong));
        assert!(!found.is_empty(), "{wrong}");
    }
}

#[test]
fn readme_has_a_row_for_every_setting() {
    let schema = Sandbox::new().run(["schema", "config"]).json();
    let readme = fs::read_to_string(repository("README.md")).unwrap();
    let mut rows = 0;
    let mut hold = |section: &str, properties: &Value| {
        let settings = properties.as_object().unwrap().iter();
        for (key, setting) in settings.filter(|(_, setting)| setting["type"] != "object" && setting["items"].is_null())
        {
            let Some(description) = setting["description"].as_str() else { continue };
            let default = setting.get("default").map_or_else(String::new, |of| format!("`{of}`"));
            // Of levels there is one row, whatever their metric; one of latency has no defaults.
            let description = description.replace(": a number from 0", ": a value of the metric");
            let row = format!("| {section} | `{key}` | {default} | {description} |");
            assert!(readme.contains(&row), "{row}");
            rows += 1;
        }
    };
    let properties = &schema["properties"];
    hold("", properties);
    hold("`[privacy]`", &properties["privacy"]["properties"]);
    hold("`[targets.METRIC]`", &schema["$defs"]["p95_ms"]["properties"]);
    hold("`[[override]]`", &properties["override"]["items"]["properties"]);
    hold("`[alerts]`", &properties["alerts"]["properties"]);
    hold("`[[budget]]`", &properties["budget"]["items"]["properties"]);
    hold("`[[price]]`", &properties["price"]["items"]["properties"]);
    hold("`[[import]]`", &properties["import"]["items"]["properties"]);
    assert_eq!(rows, 49);
}
