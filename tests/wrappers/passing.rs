//! What passes through a wrapper untouched, and what its flags say.

use super::*;

#[test]
fn a_wrapped_command_keeps_its_streams_and_its_status() {
    for program in BOTH {
        for name in [RUN, ENHANCED] {
            let world = World::new(program);
            let all: Vec<u8> = (0..=255).cycle().take(300_000).collect();
            let mut child = world
                .wrapper(name, &["sum", "--", "sh", "-c", "cat; printf 'no\\377' >&2; exit 3"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut stdin = child.stdin.take().unwrap();
            let bytes = all.clone();
            let writer = std::thread::spawn(move || stdin.write_all(&bytes));
            let output = child.wait_with_output().unwrap();
            writer.join().unwrap().unwrap();
            assert_eq!(output.status.code(), Some(3), "{program:?} {name}");
            assert!(output.stdout == all, "{program:?} {name}: {} bytes", output.stdout.len());
            assert_eq!(output.stderr, b"no\xff");
            let event = world.events().pop().unwrap();
            assert_eq!(event.value(Field::ExitCode), Some(&Value::Number(3)));
            assert_eq!(event.value(Field::Success), Some(&Value::Truth(false)));
            assert_eq!(event.text(Field::ErrorType), Some("exit_3"));
            assert!(matches!(event.value(Field::DurationMs), Some(Value::Number(1..))));
        }
    }
}

#[test]
fn what_a_command_prints_is_there_while_it_still_runs() {
    for name in [RUN, ENHANCED] {
        let world = World::new(Program::With);
        let mut child = world
            .wrapper(name, &["sum", "--", "sh", "-c", "printf early; cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        until_it_says(&mut child, "early");
        drop(child.stdin.take());
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn flags_and_variables_name_the_use() {
    for program in BOTH {
        let world = World::new(program);
        let flags = "sum --template t --starter s --category=c --domain d --provider p --model m --project j --conversation v \
            --user u --experiment e --variant a --prompt-version 3 --input-tokens 12 --run-id r --host h --tag x --tag y,z --";
        let mut arguments: Vec<&str> = flags.split_whitespace().collect();
        arguments.push("true");
        assert_eq!(shown(&world.run(RUN, &arguments)), (Some(0), String::new(), String::new()));
        let mut by_variables = world.wrapper(RUN, &["sum", "--tag", "x", "--tag", "y,z", "--", "true"]);
        for pair in
            "TEMPLATE=t STARTER=s CATEGORY=c DOMAIN=d PROVIDER=p MODEL=m PROJECT=j CONVERSATION=v USER=u EXPERIMENT=e \
            VARIANT=a VERSION=3 INPUT_TOKENS=12 RUN_ID=r HOST=h TAG=lost"
                .split_whitespace()
        {
            let (key, value) = pair.split_once('=').unwrap();
            by_variables.env(format!("PROMPT_{key}"), value);
        }
        assert!(by_variables.status().unwrap().success());
        let events = world.events();
        let subject = "run_id=r prompt_id=sum prompt_version=3 template_id=t starter_id=s task_category=c task_domain=d \
            provider=p model=m project_id=j conversation_id=v user_id=u experiment_id=e variant=a source=run-prompt host=h";
        for pair in subject.split_whitespace() {
            let (key, value) = pair.split_once('=').unwrap();
            assert_eq!(events[0].text(Field::of_key(key).unwrap().0), Some(value), "{key}");
        }
        assert_eq!(events[0].value(Field::Tags), Some(&Value::Texts(vec!["x".into(), "y,z".into()])));
        assert_eq!(events[0].value(Field::InputTokens), Some(&Value::Number(12)));
        assert_eq!(settled(events[0].clone()), settled(events[1].clone()));
    }
}

#[test]
fn tags_of_the_variable_are_separated_by_commas_and_empty_values_are_left_out() {
    let world = World::new(Program::Without);
    let mut wrapper = world.wrapper(RUN, &["sum", "--model", "", "--", "true"]);
    wrapper.env("PROMPT_TAG", "a,b").env("PROMPT_MODEL", "m").env("PROMPT_PROJECT", "").env_remove("USER");
    assert!(wrapper.status().unwrap().success());
    let event = world.event();
    assert_eq!(event.value(Field::Tags), Some(&Value::Texts(vec!["a".into(), "b".into()])));
    for field in [Field::Model, Field::ProjectId, Field::UserId] {
        assert_eq!(event.value(field), None, "{field:?}");
    }
}

#[test]
fn a_command_line_that_cannot_be_meant_is_refused_in_a_sentence() {
    let world = World::new(Program::With);
    for (arguments, says) in [
        (&["sum"][..], "there is no `--` with a command after it"),
        (&["--", "true"], "there is no PROMPT_ID"),
        (&["sum", "--"], "there is no command after `--`"),
        (&["sum", "--modle", "m", "--", "true"], "there is no flag `--modle`"),
        (&["sum", "--model", "--", "true"], "`--model` needs a value"),
        (&["sum", "true", "--", "true"], "`true` is a second PROMPT_ID"),
    ] {
        let (status, stdout, stderr) = shown(&world.run(RUN, arguments));
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(stderr.starts_with(&format!("run-prompt: {says}")), "{stderr}");
        assert!(stderr.contains("--help"), "{stderr}");
    }
    assert_eq!(world.events(), []);
    for name in [RUN, ENHANCED] {
        let (status, stdout, _) = shown(&world.run(name, &["--help"]));
        assert!(status == Some(0) && stdout.contains("$PROMPT_TEMPLATE"), "{stdout}");
    }
}

#[test]
fn a_command_that_does_not_exist_is_answered_and_recorded_as_a_shell_would() {
    for program in BOTH {
        for (command, status) in [("no-such-command", 127), ("/etc/passwd", 126)] {
            let world = World::new(program);
            let (code, _, stderr) = shown(&world.run(RUN, &["sum", "--", command]));
            assert_eq!(code, Some(status));
            assert!(stderr.contains(command), "{stderr}");
            assert_eq!(world.event().text(Field::ErrorType), Some(format!("exit_{status}").as_str()));
        }
    }
}

#[test]
fn a_signal_reaches_the_command_and_its_answer_is_kept() {
    for program in BOTH {
        for (name, number) in [("HUP", 1), ("INT", 2), ("TERM", 15), ("USR1", 10)] {
            let world = World::new(program);
            // The first is caught and answered; the command ends by its own choice.
            let text = format!("trap 'exit 7' {name}; printf ready; while :; do read -r line; done");
            let mut child = world
                .wrapper(RUN, &["sum", "--", "bash", "-c", &text])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            until_it_says(&mut child, "ready");
            signal(&child, name);
            assert_eq!(child.wait().unwrap().code(), Some(7), "{name}");
            // The second is not, and kills.
            let mut child = world
                .wrapper(RUN, &["sum", "--", "sh", "-c", "printf ready; exec cat"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            // Its end of input must not come first.
            let stdin = child.stdin.take();
            until_it_says(&mut child, "ready");
            signal(&child, name);
            let output = child.wait_with_output().unwrap();
            drop(stdin);
            assert_eq!(output.status.code(), Some(128 + number), "{name}");
            assert_eq!(output.stderr, b"", "bash has nothing to say about it");
            let events = world.events();
            assert_eq!(events[0].text(Field::ErrorType), Some("exit_7"));
            assert_eq!(events[1].text(Field::ErrorType), Some(format!("signal_{number}").as_str()));
            assert_eq!(events[1].value(Field::ExitCode), Some(&Value::Number(128 + i64::from(number))));
        }
    }
}

#[test]
fn a_timeout_is_called_a_timeout() {
    let world = World::new(Program::With);
    for (arguments, error) in [
        (&["sum", "--", "timeout", "0.01", "sleep", "60"][..], "timeout"),
        (&["sum", "--", "sh", "-c", "exit 124"], "exit_124"),
        (&["sum", "--", "timeout", "-s", "KILL", "0.01", "sleep", "60"], "signal_9"),
    ] {
        let _ = world.run(RUN, arguments);
        assert_eq!(world.events().last().unwrap().text(Field::ErrorType), Some(error));
    }
}

#[test]
fn a_command_notices_that_nobody_reads_any_more() {
    for name in [RUN, ENHANCED] {
        let world = World::new(Program::With);
        let mut child = world.wrapper(name, &["sum", "--", "yes"]).stdout(Stdio::piped()).spawn().unwrap();
        until_it_says(&mut child, "y\n");
        drop(child.stdout.take());
        let status = child.wait().unwrap();
        assert!(status.code() == Some(141) && status.signal().is_none(), "{name}: {status:?}");
        assert_eq!(world.events().last().unwrap().text(Field::ErrorType), Some("signal_13"));
    }
}

#[test]
fn a_command_runs_in_the_environment_and_with_the_descriptors_it_would_have_had() {
    for name in [RUN, ENHANCED] {
        let world = World::new(Program::With);
        let look = "env | grep -v '^_=' | sort; ls /proc/self/fd; grep -E '^Sig(Ign|Blk)' /proc/self/status; pwd";
        let plain = |mut command: Command| {
            // Names that the wrapper might use for itself.
            for key in ["status", "line", "value", "flag", "LC_CTYPE", "tags", "SHLVL"] {
                command.env(key, "0");
            }
            command.output().unwrap().stdout
        };
        let mut bare = world.command("/bin/sh");
        bare.args(["-c", look]);
        let bare = String::from_utf8(plain(bare)).unwrap();
        let wrapped = String::from_utf8(plain(world.wrapper(name, &["sum", "--", "/bin/sh", "-c", look]))).unwrap();
        let of_bash = |line: &&str| !line.starts_with("OLDPWD=") && !line.starts_with("PWD=");
        assert_eq!(
            wrapped.lines().filter(of_bash).collect::<Vec<_>>(),
            bare.lines().filter(of_bash).collect::<Vec<_>>(),
            "{name}"
        );
    }
}

#[test]
fn closed_streams_an_unset_home_and_a_deleted_working_directory_break_nothing() {
    for program in BOTH {
        for name in [RUN, ENHANCED] {
            let world = World::new(program);
            let start = format!("exec {} sum -- sh -c 'exit 5' <&- >&- 2>&-", script(name).display());
            let mut closed = world.command("/bin/sh");
            closed.args(["-c", &start]);
            assert_eq!(closed.status().unwrap().code(), Some(5));
            let start = format!(
                "d=$(mktemp -d) && cd \"$d\" && rmdir \"$d\" && exec {} sum -- sh -c 'exit 6'",
                script(name).display()
            );
            let mut nowhere = world.command("/bin/sh");
            nowhere.args(["-c", &start]).env_remove("HOME");
            assert_eq!(nowhere.status().unwrap().code(), Some(6));
            let errors: Vec<_> =
                world.events().iter().filter_map(|event| event.text(Field::ErrorType).map(str::to_owned)).collect();
            assert_eq!(errors, ["exit_5", "exit_6"], "{program:?} {name}");
        }
    }
}

#[test]
fn the_wrappers_work_through_a_link_and_from_anywhere() {
    for name in [RUN, ENHANCED] {
        let world = World::new(Program::Without);
        symlink(script(name), world.path("bin/one")).unwrap();
        symlink("one", world.path("bin/two")).unwrap();
        let output = world.command("sh").args(["-c", "two sum -- printf ok"]).output().unwrap();
        assert_eq!(shown(&output), (Some(0), "ok".to_owned(), String::new()));
        assert!(!world.events().is_empty());
    }
}

#[test]
fn the_old_name_passes_everything_on_and_says_how_to_build_what_is_missing() {
    let world = World::new(Program::With);
    let old = world.run("prompt-analytics.sh", &["record", "run", "prompt_id=a b"]);
    assert_eq!(shown(&old), (Some(0), String::new(), String::new()));
    assert_eq!(world.event().text(Field::PromptId), Some("a b"));
    let world = World::new(Program::Without);
    fs::create_dir(world.path("elsewhere")).unwrap();
    let copy = world.path("elsewhere/prompt-analytics.sh");
    fs::copy(script("prompt-analytics.sh"), &copy).unwrap();
    let (status, _, stderr) = shown(&world.command(copy).output().unwrap());
    assert_eq!(status, Some(127));
    assert!(stderr.contains("hint: cargo install --path"), "{stderr}");
}
