//! The enhanced wrapper: a line before and a line after, what the tools print, and the question on a terminal.

use super::*;

#[test]
fn an_enhanced_run_leaves_a_usage_and_a_performance_of_one_use() {
    for program in BOTH {
        let world = World::new(program);
        let arguments =
            ["sum", "--category", "mail", "--input-tokens", "7", "--", "sh", "-c", "echo '{not json'; exit 1"];
        assert_eq!(shown(&world.run(ENHANCED, &arguments)), (Some(1), "{not json\n".to_owned(), String::new()));
        let events = world.events();
        assert_eq!(events.iter().map(|event| event.kind.name()).collect::<Vec<_>>(), ["usage", "performance"]);
        assert_eq!(events[0].text(Field::RunId), events[1].text(Field::RunId));
        assert!(events[0].text(Field::RunId).is_some() && events[0].id != events[1].id);
        assert_eq!(events[0].value(Field::InputTokens), Some(&Value::Number(7)));
        assert_eq!(events[1].text(Field::TaskCategory), Some("mail"));
        assert_eq!(events[1].text(Field::Source), Some("run-prompt-enhanced"));
        assert_eq!(events[1].text(Field::ErrorType), Some("exit_1"));
        assert!(events[0].ts_ns <= events[1].ts_ns);
    }
}

#[test]
fn a_killed_run_leaves_its_usage() {
    for program in BOTH {
        let world = World::new(program);
        let mut child = world
            .wrapper(ENHANCED, &["sum", "--", "sh", "-c", "printf ready; exec cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        until_it_says(&mut child, "ready");
        child.kill().unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(9));
        assert_eq!(world.event().kind.name(), "usage");
    }
}

const CLAUDE: &str = r#"{"type":"result","subtype":"success","is_error":false,"duration_ms":4047,"duration_api_ms":3900,"num_turns":1,"result":"He said \"{\\\"type\\\":\\\"result\\\"}\" [1,2] \\","stop_reason":"end_turn","session_id":"20dde46c-b21a-4475","total_cost_usd":0.0791230004,"usage":{"input_tokens":3,"cache_creation_input_tokens":1200,"cache_read_input_tokens":15000,"output_tokens":13,"server_tool_use":{"web_search_requests":0},"iterations":[{"input_tokens":99,"output_tokens":99}]},"modelUsage":{"claude-haiku-4-5":{"inputTokens":300,"outputTokens":20,"costUSD":0.0004},"claude-opus-4-8":{"inputTokens":3,"outputTokens":13,"costUSD":0.0787230004}},"permission_denials":[]}"#;

/// What a tool prints, and what is to be learnt from it.
const TOOLS: &[(&str, &str, &str)] = &[
    (
        "claude",
        CLAUDE,
        "model=claude-opus-4-8 conversation_id=20dde46c-b21a-4475 input_tokens=16203 success=true exit_code=0 finish_reason=end_turn \
        output_tokens=13 cached_input_tokens=15000 cache_write_tokens=1200 cost_usd=0.079123",
    ),
    (
        "claude",
        r#"{"type":"result","subtype":"error_max_turns","is_error":true,"session_id":"s","total_cost_usd":1.2e-05,"usage":{"input_tokens":5,"output_tokens":0}}"#,
        "conversation_id=s input_tokens=5 success=false error_type=error_max_turns exit_code=0 output_tokens=0 cost_usd=0.000012",
    ),
    (
        "codex",
        "{\"type\":\"thread.started\",\"thread_id\":\"01a0249b\"}\n{\"type\":\"turn.started\"}\n{\"type\":\"item.completed\",\"item\":{\"id\":\"item_0\",\"type\":\"agent_message\",\"text\":\"Hi {\\\"type\\\":\\\"turn.failed\\\"}\"}}\n{\"type\":\"turn.completed\",\"usage\":{\"input_tokens\":21294,\"cached_input_tokens\":6912,\"cache_write_input_tokens\":0,\"output_tokens\":47,\"reasoning_output_tokens\":32}}",
        "conversation_id=01a0249b input_tokens=21294 success=true exit_code=0 output_tokens=47 cached_input_tokens=6912 \
        cache_write_tokens=0 reasoning_tokens=32",
    ),
    (
        "codex",
        "{\"type\":\"thread.started\",\"thread_id\":\"t\"}\n{\"type\":\"turn.failed\",\"error\":{\"message\":\"stream disconnected\"}}",
        "conversation_id=t success=false error_type=turn_failed exit_code=0",
    ),
    (
        "llm",
        "[\n  {\n    \"id\": \"01jb\",\n    \"model\": \"gpt-4o-mini\",\n    \"prompt\": \"say \\\"model\\\": \\\"x\\\"\",\n    \"response_json\": {\n      \"model\": \"inner\",\n      \"usage\": {\"output_tokens\": 1}\n    },\n    \"conversation_id\": \"01ja\",\n    \"duration_ms\": 1773,\n    \"datetime_utc\": \"2026-11-20T12:00:00+00:00\",\n    \"input_tokens\": 10,\n    \"output_tokens\": 4,\n    \"token_details\": null\n  }\n]",
        "model=gpt-4o-mini conversation_id=01ja input_tokens=10 success=true exit_code=0 duration_ms=1773 output_tokens=4",
    ),
];

#[test]
fn tokens_cost_and_model_are_learnt_from_what_the_tools_print() {
    for program in BOTH {
        for (tool, prints, learnt) in TOOLS {
            let world = World::new(program);
            fs::write(world.path("prints"), prints).unwrap();
            world.tool(tool, &format!("#!/bin/sh\ncat '{}'\necho\n", world.path("prints").display()));
            let output = world.run(ENHANCED, &["sum", "--model", "sonnet", "--", tool]);
            assert_eq!(shown(&output), (Some(0), format!("{prints}\n"), String::new()));
            let events = world.events();
            let run = events[0].text(Field::RunId).unwrap();
            assert!(events.iter().all(|event| event.text(Field::RunId) == Some(run)));
            let performance = events.last().unwrap();
            for pair in learnt.split_whitespace() {
                let (key, value) = pair.split_once('=').unwrap();
                let kind = if key == "input_tokens" { "usage" } else { "performance" };
                let expected = event::from_pairs(
                    kind,
                    &[("success".to_owned(), "true".to_owned()), (key.to_owned(), value.to_owned())]
                        [usize::from(kind == "usage" || key == "success")..],
                    0,
                )
                .unwrap();
                let field = Field::of_key(key).unwrap().0;
                let found = if kind == "usage" { &events[1] } else { performance };
                assert_eq!(found.value(field), expected.value(field), "{tool} {key} {program:?}");
            }
            let told = |event: &Event| event.fields.iter().filter(|(field, _)| *field > Field::Tags).count();
            let expected = learnt
                .split_whitespace()
                .filter(|pair| !pair.starts_with("model=") && !pair.starts_with("conversation_id="));
            let clock = usize::from(!learnt.contains("duration_ms="));
            assert_eq!(events[1..].iter().map(told).sum::<usize>(), expected.count() + clock, "{tool}: {events:?}");
        }
    }
}

#[test]
fn a_stream_and_a_list_of_messages_end_in_the_same_result() {
    let messages = [
        r#"{"type":"system","subtype":"init","session_id":"old","model":"m","tools":["Bash"]}"#,
        r#"{"type":"assistant","message":{"model":"m","usage":{"input_tokens":9}},"session_id":"old"}"#,
        CLAUDE,
    ];
    for prints in [messages.join("\n"), format!("[{}]", messages.join(","))] {
        let world = World::new(Program::With);
        fs::write(world.path("prints"), &prints).unwrap();
        assert!(world.run(ENHANCED, &["sum", "--", "cat", "../prints"]).status.success());
        let events = world.events();
        assert_eq!(events[1].value(Field::InputTokens), Some(&Value::Number(16203)));
        assert_eq!(events[2].text(Field::ConversationId), Some("20dde46c-b21a-4475"));
        assert_eq!(events[2].value(Field::CostUsd), Some(&Value::Number(79_123_000)));
    }
}

#[test]
fn nothing_is_learnt_from_what_is_no_result() {
    for prints in [
        "plain words",
        "{",
        "{\"type\":\"result\"",
        "{\"type\":\"result\",\"session_id\":\"s\",\"total_cost_usd\":\"free\",\"usage\":{\"output_tokens\":-4,\"input_tokens\":true}}",
        "[[[[\"\\\"]",
        "}{\"a\":1}\"",
    ] {
        let world = World::new(Program::With);
        fs::write(world.path("prints"), prints).unwrap();
        let output = world.run(ENHANCED, &["sum", "--", "cat", "../prints"]);
        assert_eq!(shown(&output), (Some(0), prints.to_owned(), String::new()));
        let performance = world.events().pop().unwrap();
        for field in [Field::CostUsd, Field::OutputTokens, Field::Model] {
            assert_eq!(performance.value(field), None, "{prints}");
        }
    }
}

#[test]
fn a_process_left_behind_does_not_hold_the_wrapper() {
    let world = World::new(Program::With);
    let mut child = world
        .wrapper(ENHANCED, &["sum", "--", "sh", "-c", "sleep 60 & echo $!"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let start = std::time::Instant::now();
    assert!(child.wait().unwrap().success());
    assert!(start.elapsed().as_secs() < 30);
    let mut stdout = child.stdout.take().unwrap();
    let mut said = [0; 32];
    let length = stdout.read(&mut said).unwrap();
    let left = String::from_utf8_lossy(&said[..length]).trim().to_owned();
    assert!(Command::new("kill").arg(left).status().unwrap().success());
    assert_eq!(world.events().len(), 2);
}

/// Runs the enhanced wrapper on a terminal on which `keys` are typed, and returns what the terminal showed and the status.
fn on_a_terminal(world: &World, arguments: &str, keys: &str) -> Option<(String, Option<i32>)> {
    if !Path::new("/usr/bin/script").exists() {
        crate::support::skipped("there is no `script` to make a terminal");
        return None;
    }
    let command = format!("exec {} {arguments}", script(ENHANCED).display());
    let mut child = world
        .command("timeout")
        .args(["--foreground", "60", "/usr/bin/script", "-q", "-e", "-c", &command, "/dev/null"])
        .env("SHELL", "/bin/sh")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Each key is typed when something is asked for, as a person would.
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let (mut seen, mut answered) = (Vec::new(), 0);
    let mut keys = keys.split_inclusive(['\n', '\u{3}', '\u{4}']);
    let mut byte = [0];
    while stdout.read(&mut byte).is_ok_and(|length| length == 1) {
        seen.push(byte[0]);
        if seen[answered..].ends_with(b"skip: ")
            || seen[answered..].ends_with(b"skip): ")
            || seen[answered..].ends_with(b"ready")
        {
            answered = seen.len();
            if let Some(key) = keys.next() {
                // Nobody is quicker; a signal that comes before bash waits in `read` would not end it.
                std::thread::sleep(std::time::Duration::from_millis(50));
                stdin.write_all(key.as_bytes()).unwrap();
                stdin.flush().unwrap();
            }
        }
    }
    Some((String::from_utf8_lossy(&seen).into_owned(), child.wait().unwrap().code()))
}

#[test]
fn on_a_terminal_a_rating_and_a_line_are_asked_for() {
    for program in BOTH {
        let world = World::new(program);
        fs::write(world.path("work/prints"), CLAUDE).unwrap();
        let Some((seen, status)) =
            on_a_terminal(&world, "sum --tap -- sh -c 'cat prints; exit 3'", "4\nmissed \"the\" Zoë\n")
        else {
            return;
        };
        assert_eq!(status, Some(3));
        assert!(
            seen.contains("[sum: 0.") && seen.contains(" s, exit 3, $0.0791]  How was it? 1–5, Enter to skip: "),
            "{seen}"
        );
        let events = world.events();
        let feedback = events.last().unwrap();
        assert_eq!(feedback.kind.name(), "feedback");
        assert_eq!(feedback.text(Field::RunId), events[0].text(Field::RunId));
        assert_eq!(feedback.value(Field::Rating), Some(&Value::Number(4_000_000_000)));
        assert_eq!(feedback.text(Field::FeedbackText), Some("missed \"the\" Zoë"));
        assert_eq!(feedback.text(Field::UserId), Some("ada"));
    }
}

#[test]
fn a_command_on_a_terminal_has_it_all_to_itself() {
    let world = World::new(Program::With);
    let arguments = "sum -- sh -c '[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && read -r line && echo \"whole $line\"'";
    let typed = "ready\n\n";
    let Some((seen, status)) = on_a_terminal(&world, &arguments.replace("read -r", "printf ready && read -r"), typed)
    else {
        return;
    };
    assert!(seen.contains("whole ready"), "{seen}");
    assert_eq!(status, Some(0));
}

#[test]
fn what_a_person_says_is_hashed_alike_on_both_ways() {
    for program in BOTH {
        let world = World::new(program);
        world.config("[privacy]\ntext = \"hash\"\n");
        let Some(_) = on_a_terminal(&world, "sum -- true", "2\nZoë\n") else { return };
        // printf 'Zoë' | sha256sum
        assert_eq!(world.events().pop().unwrap().text(Field::FeedbackText), Some("c6a12698582fc110"), "{program:?}");
    }
}

#[test]
fn the_question_is_gone_with_enter_and_asked_twice_at_most() {
    for (keys, rating, questions) in [
        ("\n", None, 1),
        ("\u{4}", None, 1),
        ("7\n\n", None, 2),
        ("great\n6\n", None, 2),
        ("9\n5\n\n", Some(5_000_000_000), 2),
        ("\u{3}", None, 1),
    ] {
        let world = World::new(Program::With);
        let Some((seen, status)) = on_a_terminal(&world, "sum -- true", keys) else { return };
        assert_eq!(status, Some(0), "{keys:?}");
        assert_eq!(seen.matches("Enter to skip: ").count(), questions, "{seen}");
        let events = world.events();
        let found = events.iter().find_map(|event| event.value(Field::Rating));
        assert_eq!(found, rating.map(Value::Number).as_ref(), "{keys:?}");
        assert_eq!(events.len(), 2 + usize::from(rating.is_some()));
    }
}

#[test]
fn nobody_is_asked_who_turned_it_off_or_pressed_control_c() {
    let world = World::new(Program::With);
    let quiet = format!("outer -- env PROMPT_FEEDBACK=off {} sum -- true", script(ENHANCED).display());
    let Some((seen, _)) = on_a_terminal(&world, &quiet, "\n") else { return };
    assert_eq!(seen.matches("How was it?").count(), 1, "{seen}");
    assert!(seen.contains("[outer: "), "{seen}");
    let world = World::new(Program::With);
    let trap = "sum -- bash -c 'n=0; trap \"n=\\$((n+1))\" INT; printf ready; read -t 5 x; read -t 0.3 y; echo caught $n; exit 9'";
    let Some((seen, status)) = on_a_terminal(&world, trap, "\u{3}\n") else { return };
    assert!(seen.contains("caught 1"), "the terminal has told the command; once is enough: {seen}");
    assert_eq!(status, Some(9));
    let world = World::new(Program::With);
    let Some((seen, status)) = on_a_terminal(&world, "sum -- sh -c 'printf ready; exec cat'", "\u{3}") else { return };
    assert!(!seen.contains("How was it?"), "{seen}");
    assert_eq!(status, Some(130));
    assert_eq!(world.events().last().unwrap().text(Field::ErrorType), Some("signal_2"));
}
