//! `import`, through the real binary and on real data: what it says, what it writes, and that it writes nothing twice.

use crate::support::{Ran, Sandbox};
use prompt_analytics::event::{self, Field, Kind, Line, Value};
use prompt_analytics::log::{self, Piece};

/// Runs `import` with the log in `log`, which is not there before the first event.
fn import(sandbox: &Sandbox, args: &[&str]) -> Ran {
    sandbox.run([&["--dir", "log", "import"], args].concat())
}

fn write(sandbox: &Sandbox, name: &str, content: &str) {
    std::fs::write(sandbox.work().join(name), content).unwrap();
}

/// The events in the log, of which nothing may have to be forgiven.
fn events(sandbox: &Sandbox) -> Vec<event::Event<'static>> {
    let mut events = Vec::new();
    for source in log::sources(&sandbox.work().join("log")).unwrap().0 {
        log::lines(&source, 0..u64::MAX, |piece| {
            let Piece::Line { bytes, is_terminated: true, .. } = piece else { panic!("not a whole line") };
            let Ok(Line::Event(read)) = event::parse_line(bytes) else { panic!("not an event") };
            assert!(read.dropped.is_empty() && !read.is_naive);
            events.push(read.event.into_owned());
        })
        .unwrap();
    }
    events
}

fn is_written(sandbox: &Sandbox) -> bool {
    sandbox.work().join("log").exists()
}

/// Looks that an import could not be done, and at every word of why.
fn refuses(sandbox: &Sandbox, args: &[&str], message: &str) {
    assert_eq!(import(sandbox, args).refused(), message);
}

/// What was said by an import that was done.
fn told(ran: Ran) -> String {
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""), "{ran:?}");
    ran.stderr
}

fn number(event: &event::Event, field: Field) -> Option<i64> {
    match event.value(field) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    }
}

fn sum(events: &[event::Event], field: Field) -> i64 {
    events.iter().filter_map(|event| number(event, field)).sum()
}

const TRACE: &str =
    "time,tokens,ok\n2026-11-20 12:00:00,5,True\n2026-11-20 12:00:01,many,False\n2026-11-20 12:00:02,7\n";
const MAP: [&str; 4] = ["csv", "trace.csv", "--map", "ts=time,input_tokens=tokens,success=ok"];

#[test]
fn an_import_accounts_for_every_record_and_a_second_one_adds_nothing() {
    let sandbox = Sandbox::new();
    write(&sandbox, "trace.csv", TRACE);
    assert_eq!(
        told(import(&sandbox, &MAP)),
        "\
added 2 events to log (from --dir)
  read 3 records in 1 file: 2 new, 0 already there, 1 skipped
  from 2026-11-20T12:00:00.000Z to 2026-11-20T12:00:01.000Z
  2 times without a zone, taken as UTC
  1 skipped: a row of another length (at trace.csv:4: 2 cells below a header of 3)
  1 left out of their events: input_tokens (at trace.csv:3: \"many\", and must be a whole number from 0 to 1000000000000)
"
    );
    let again = told(import(&sandbox, &MAP));
    assert!(again.starts_with("added 0 events"), "{again}");
    assert!(again.contains("0 new, 2 already there, 1 skipped\n  a record is imported once, whatever the map"));
    assert_eq!(events(&sandbox).len(), 2);
}

#[test]
fn a_dry_run_shows_the_first_events_and_changes_nothing() {
    let sandbox = Sandbox::new();
    let rows: String = (0..5).map(|n| format!("{n}\n")).collect();
    write(&sandbox, "x.csv", &format!("n\n{rows}"));
    let args = ["csv", "x.csv", "--map=input_tokens=n", "--epoch=2026-11-20", "--step=1h", "--dry-run"];
    let answer = import(&sandbox, &args);
    assert_eq!(answer.status, 0);
    assert_eq!(answer.stdout.lines().count(), 3);
    let first = answer.stdout.lines().next().unwrap();
    assert!(
        first.ends_with(r#""ts":"2026-11-20T00:00:00.000Z","event":"run","source":"csv","input_tokens":0}"#),
        "{first}"
    );
    assert_eq!(
        answer.stderr,
        "\
would add 5 events to log (from --dir)
  read 5 records in 1 file: 5 new, 0 already there
  from 2026-11-20T00:00:00.000Z to 2026-11-20T04:00:00.000Z
"
    );
    assert!(!is_written(&sandbox));
}

#[test]
fn what_cannot_be_done_is_said_with_a_way_out_and_nothing_is_written() {
    let sandbox = Sandbox::new();
    write(&sandbox, "trace.csv", TRACE);
    write(&sandbox, "empty.csv", "");
    write(&sandbox, "head.csv", "time,tokens\n");
    write(&sandbox, "bad.json", "[{\"t\":1795176000},\n{\"t\":]");
    write(&sandbox, "log.jsonl", "{\"time\":\"soon\"}\n{\"time\":null}\n");
    refuses(
        &sandbox,
        &["csv", "trace.csv", "absent.csv", "--map=ts=time"],
        "error: cannot read absent.csv: no such file or directory\n",
    );
    refuses(
        &sandbox,
        &["csv", "trace.csv", "--map=ts=tiem"],
        "error: no record of trace.csv has a column `tiem`\n\nhint: did you mean `time`? the columns are time, tokens, ok; for a \
         column that may be absent write `tiem ?? null`\n",
    );
    refuses(
        &sandbox,
        &["csv", "trace.csv", "--map=ts=time,sucess=ok"],
        "error: there is no field `sucess`\n\nhint: did you mean `success`?\n",
    );
    refuses(
        &sandbox,
        &["csv", "trace.csv"],
        "error: nothing tells when the records happened: `ts` is not mapped\n\nhint: name the column of the time (`--map ts=COLUMN`); \
         for a table without one, `--epoch 2026-11-20T00:00:00Z --step 1s`\n",
    );
    refuses(
        &sandbox,
        &["csv", "head.csv", "empty.csv", "--map=ts=time"],
        "error: nothing was imported: there is no record in 2 files\n\nhint: `csv` reads a table with a header, its cells apart by \
         commas, semicolons or tabs\n",
    );
    refuses(
        &sandbox,
        &["json", "empty.csv", "--map=ts=time"],
        "error: nothing was imported: there is no record in 1 file\n\nhint: `json` reads an array of objects, one object, or JSON \
         lines; it tells them apart by itself\n",
    );
    refuses(
        &sandbox,
        &["json", "bad.json", "--map=ts=t"],
        "error: bad.json is not sound JSON: expected value at line 2 column 6\n\nhint: the first record is sound; nothing of the file \
         was imported\n",
    );
    refuses(
        &sandbox,
        &["json", "trace.csv", "--map=ts=time"],
        "error: trace.csv is not sound JSON: expected ident at line 1 column 2\n\nhint: a table with a header is imported as `csv`\n",
    );
    refuses(
        &sandbox,
        &["csv", "log.jsonl", "--map=ts=time"],
        "error: log.jsonl is JSON, not a table with a header\n\nhint: import it as `json`\n",
    );
    refuses(
        &sandbox,
        &["json", "log.jsonl", "--map=ts=time"],
        "error: nothing was imported: no event can be made of 2 records in 1 file\n  1 skipped: bad time (at log.jsonl:1: \"soon\")\n  \
         1 skipped: no time (at log.jsonl:2)\n\nhint: look at the record named above, and say what its columns mean: `--map 'ts=COLUMN'`, \
         `--epoch`, `--step`\n",
    );
    refuses(
        &sandbox,
        &["jsn", "log.jsonl", "--map=ts=time"],
        "error: there is no source `jsn`\n\nhint: did you mean `json`?\n",
    );
    assert!(!is_written(&sandbox));
}

#[test]
fn a_silenced_program_writes_nothing_and_says_so() {
    for (name, value) in [("PROMPT_ANALYTICS", "off"), ("DO_NOT_TRACK", "1")] {
        let sandbox = Sandbox::new().with(name, value);
        write(&sandbox, "trace.csv", TRACE);
        assert_eq!(
            told(import(&sandbox, &MAP)),
            "nothing was written: PROMPT_ANALYTICS=off or DO_NOT_TRACK=1 is set\n"
        );
        assert!(!is_written(&sandbox));
    }
}

#[test]
fn privacy_is_applied_before_the_disk() {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.work().join("log")).unwrap();
    write(&sandbox, "log/config.toml", "[privacy]\nuser = \"hash\"\nparameters = \"drop\"\n");
    write(&sandbox, "x.csv", "t,who,tone\n1795176000,ada,dry\n");
    let _ = told(import(&sandbox, &["csv", "x.csv", "--map=ts=t,user_id=who,parameters.tone=tone"]));
    let events = events(&sandbox);
    // printf ada | sha256sum
    assert_eq!(events[0].text(Field::UserId), Some("fdee430d40bd57de"));
    assert_eq!(events[0].value(Field::Parameters), None);
}

#[test]
fn a_recipe_of_the_config_imports_as_its_flags_would() {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.work().join("log")).unwrap();
    std::fs::create_dir(sandbox.work().join("traces")).unwrap();
    write(&sandbox, "traces/a.csv", TRACE);
    write(&sandbox, "traces/notes.txt", "none of it");
    let recipe = "[[import]]\nname = \"gateway\"\nsource = \"csv\"\nmap = \"ts=time,input_tokens=tokens,success=ok\"\n";
    write(&sandbox, "log/config.toml", &format!("{recipe}set = \"model=x\"\nfiles = \"traces\"\n"));
    let list = sandbox.run(["--dir", "log", "import", "--list"]).ok();
    assert!(list.contains("gateway       a recipe of the config for `csv`\n                traces\n"), "{list}");
    let said = told(import(&sandbox, &["gateway"]));
    assert!(said.starts_with("added 2 events to log (from --dir)\n  read 3 records in 1 file: 2 new"), "{said}");
    assert!(events(&sandbox).iter().all(|event| event.text(Field::Model) == Some("x")));
    let by_flags = told(import(&sandbox, &["csv", "traces/a.csv", "--map", MAP[3]]));
    assert!(by_flags.starts_with("added 0 events"), "{by_flags}");
    let all = told(import(&sandbox, &["all"]));
    assert!(all.starts_with("added 0 events"), "{all}");
    refuses(&sandbox, &["gatway"], "error: there is no source `gatway`\n\nhint: did you mean the recipe `gateway`?\n");
    refuses(
        &sandbox,
        &["gateway", "--map", "ts=t"],
        "error: `--map` is for the recipe `gateway` to say\n\nhint: `prompt-analytics config show` prints it\n",
    );
    write(&sandbox, "log/config.toml", recipe);
    refuses(
        &sandbox,
        &["gateway"],
        "error: the recipe `gateway` names no files\n\nhint: `prompt-analytics import gateway FILE`, or `files = …` in it\n",
    );
    write(&sandbox, "log/config.toml", "[[import]]\nname = \"codex\"\nsource = \"csv\"\n");
    let taken = import(&sandbox, &["gateway"]).refused();
    assert!(taken.contains("`codex` is what `import` calls something else"), "{taken}");
    write(&sandbox, "log/config.toml", "[[import]]\nname = \"x\"\n");
    let lacking = import(&sandbox, &["x"]).refused();
    assert!(lacking.contains("this `[[import]]` needs `source`"), "{lacking}");
}

/// A file of the real data as an argument.
fn shared(name: &str) -> Option<String> {
    Some(crate::support::shared(name)?.display().to_string())
}

/// Imports twice, and hands out the events if the second time added none.
fn import_twice(args: &[&str]) -> Vec<event::Event<'static>> {
    let sandbox = Sandbox::new();
    let _ = told(import(&sandbox, args));
    let imported = events(&sandbox);
    let again = told(import(&sandbox, args));
    assert!(again.starts_with("added 0 events"), "{again}");
    assert_eq!(events(&sandbox), imported);
    imported
}

#[test]
fn a_trace_in_csv_is_imported_whole() {
    let Some(file) = shared("traces/azure-code-2023/AzureLLMInferenceTrace_code.csv") else { return };
    let map = "ts=TIMESTAMP,input_tokens=ContextTokens,output_tokens=GeneratedTokens";
    let events = import_twice(&["csv", &file, "--map", map, "--set", "event=run,model=code"]);
    assert_eq!(events.len(), 8_819);
    assert_eq!((sum(&events, Field::InputTokens), sum(&events, Field::OutputTokens)), (18_059_974, 245_896));
    assert!(events.iter().all(|event| event.kind == Kind::Run && event.text(Field::Model) == Some("code")));
    // 2023-11-16 18:17:03.9799600 and 19:14:19.9280160, by `date -u -d … +%s%N`.
    assert_eq!(events.iter().map(|event| event.ts_ns).min(), Some(1_700_158_623_979_960_000));
    assert_eq!(events.iter().map(|event| event.ts_ns).max(), Some(1_700_162_059_928_016_000));
}

#[test]
fn benchmark_arrays_keep_their_errors_and_their_latencies_to_the_nanosecond() {
    const MAP: &str = "duration_ms=end_to_end_latency_s*1000,time_to_first_token_ms=ttft_s*1000,success=error_code==null,\
                       error_type=error_code,input_tokens=number_input_tokens,output_tokens=number_output_tokens";
    for (name, errors) in [
        ("anyscale_7b", 0),
        ("anyscale_13b", 0),
        ("anyscale_70b", 0),
        ("together_7b", 0),
        ("together_13b", 1),
        ("together_70b", 0),
    ] {
        let Some(file) = shared(&format!("traces/llmperf/individual/{name}.json")) else { return };
        let when = ["--epoch", "2024-01-01T00:00:00Z", "--step", "1s"];
        let events = import_twice(&[&["json", file.as_str(), "--map", MAP][..], &when].concat());
        let failed = events.iter().filter(|event| event.value(Field::Success) == Some(&Value::Truth(false)));
        assert_eq!((events.len(), failed.count()), (150, errors), "{name}");
        assert_eq!(events.iter().filter(|event| event.text(Field::ErrorType) == Some("-1")).count(), errors);

        let rows: Vec<serde_json::Map<String, serde_json::Value>> =
            serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        for (event, row) in events.iter().zip(&rows) {
            for (field, key) in [(Field::DurationMs, "end_to_end_latency_s"), (Field::TimeToFirstTokenMs, "ttft_s")] {
                // At most 102 s: a float tells them apart far below the nanosecond.
                let seconds = row[key].as_f64();
                let expected = seconds.map(|seconds| format!("{seconds:.9}").replace('.', "").parse().unwrap());
                assert_eq!(number(event, field), expected, "{name}: {key}");
            }
            for (field, key) in
                [(Field::InputTokens, "number_input_tokens"), (Field::OutputTokens, "number_output_tokens")]
            {
                assert_eq!(number(event, field), row[key].as_i64(), "{name}: {key}");
            }
        }
    }
}

#[test]
fn a_log_of_many_events_gives_those_that_where_wants() {
    let Some(file) = shared("agent-logs/aider/sample-analytics.jsonl") else { return };
    let map = "ts=time,user_id=user_id,model=properties.main_model,input_tokens=properties.prompt_tokens,\
               output_tokens=properties.completion_tokens,cost_usd=properties.cost";
    let events = import_twice(&["json", &file, "--map", map, "--where", "event == \"message_send\""]);
    assert_eq!(events.len(), 107);
    assert_eq!((sum(&events, Field::InputTokens), sum(&events, Field::OutputTokens)), (2_484_349, 45_772));
    assert_eq!(sum(&events, Field::CostUsd), 5_305_332_000);
    assert_eq!(events.iter().filter(|event| event.text(Field::Model) == Some("openai/gpt-5.2")).count(), 36);
}

#[test]
fn millisecond_offsets_are_counted_from_the_epoch() {
    let Some(file) = shared("traces/mooncake-synthetic/synthetic_trace.jsonl") else { return };
    let map = "ts=timestamp,input_tokens=input_length,output_tokens=output_length";
    let events = import_twice(&["jsonl", &file, "--map", map, "--epoch", "2024-01-01T00:00:00Z", "--step", "1ms"]);
    assert_eq!(events.len(), 3_993);
    assert_eq!((sum(&events, Field::InputTokens), sum(&events, Field::OutputTokens)), (61_194_628, 595_432));
    let epoch_ns = 1_704_067_200_000_000_000;
    assert_eq!(events.iter().map(|event| event.ts_ns - epoch_ns).max(), Some(1_022_025_000_000));
}
