//! What expressions mean, by tables of cases: spelt as a person would, evaluated over one row.

use super::*;
use crate::import::value::Unfit;

/// The row every case is evaluated over.
fn row() -> Vec<(&'static str, Value<'static>)> {
    vec![
        ("latency_s", Value::Written("1.259818002999964")),
        ("tokens", Value::Cell(" 12 ")),
        ("ten", Value::Cell("10")),
        ("nine", Value::Cell("9")),
        ("word", Value::Cell("abc")),
        ("flag", Value::Cell("True")),
        ("ok", Value::Truth(true)),
        ("none", Value::Null),
        ("kind", Value::Text("message_send".into())),
        ("ten_text", Value::Text("10".into())),
        ("nine_text", Value::Text("9".into())),
        ("properties.cost", Value::Written("5e-05")),
        ("odd name, 100%", Value::Cell("7")),
        ("zero", Value::Written("0")),
        ("huge", Value::Written("1e27")),
        ("list", Value::Json("[1, 2]".into())),
        (
            "body",
            Value::Text(r#"{"error":{"type":"overloaded","codes":[7,{"a":"\u0041"}],"x-y":1.50,"none":null}}"#.into()),
        ),
        ("html", Value::Cell("<b>502</b>")),
        ("uri", Value::Cell("https://api.openai.com/v1/chat")),
    ]
}

fn of(text: &str) -> Result<String, String> {
    let mut columns = Vec::new();
    let expr = expr("--where", text, &mut columns).map_err(|refused| refused.says)?;
    let row = row();
    let values: Vec<Value> = columns
        .iter()
        .map(|column| row.iter().find(|(name, _)| *name == column.name).map_or(Value::Null, |(_, value)| value.clone()))
        .collect();
    expr.of(&values).map(|value| value.shown()).map_err(|Unfit(why)| why)
}

#[test]
fn arithmetic_is_exact_and_nothing_stays_nothing() {
    for (text, expected) in [
        ("latency_s*1000", "1259.818002999964"),
        ("latency_s * 1000 - 1259", "0.818002999964"),
        ("0.1 + 0.2", "0.3"),
        ("properties.cost * 2", "0.0001"),
        ("tokens + 1", "13"),
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 4 - 3", "3"),
        ("8 / 4 / 2", "1"),
        ("-tokens + -(-1)", "-11"),
        ("1.5e3+1", "1501"),
        ("2e-1", "0.2"),
        ("`odd name, 100%` - 1", "6"),
        ("none * 1000", "null"),
        ("absent + 1", "null"),
        ("none ?? 5 + 1", "6"),
        ("tokens ?? 5", "\" 12 \""),
        ("none ?? absent ?? 'x'", "\"x\""),
        ("(none ?? 0) == 0", "true"),
        ("none ?? 0 == 0", "true"),
        ("'it''s'", "\"it's\""),
    ] {
        assert_eq!(of(text), Ok(expected.to_owned()), "{text}");
    }
}

#[test]
fn what_lies_in_a_text_is_reached_by_functions_and_paths() {
    for (text, expected) in [
        ("json(body).error.type", "\"overloaded\""),
        ("json(body).error.codes.1.a", "\"A\""),
        ("json(body).error.codes.0 + 1", "8"),
        ("json(body).error.x-y * 2", "3"),
        ("json(body).error.none ?? 'x'", "\"x\""),
        ("json(body).absent", "null"),
        ("json(json(body).error.type) ?? 'no JSON'", "\"no JSON\""),
        ("json(html).error ?? after(html, '<b>')", "\"502</b>\""),
        ("json(absent).a ?? 1", "1"),
        ("json(list).1", "2"),
        ("json(tokens) + 1", "13"),
        ("(list).0", "1"),
        ("`list`.0", "1"),
        ("before(after(uri, '://api.'), '.')", "\"openai\""),
        ("before(uri, '?') ?? uri", "\"https://api.openai.com/v1/chat\""),
        ("lower(flag)", "\"true\""),
        ("if(tokens > 10, 'many', 'few')", "\"many\""),
        ("if(none, 1, if(ok, 2, 3))", "2"),
    ] {
        assert_eq!(of(text), Ok(expected.to_owned()), "{text}");
    }
    for (text, why) in [
        ("(html).error", "for a text that is JSON write `json(…)`"),
        ("jsno(body)", "there is no function `jsno` (character 1)"),
        ("if(ok, 1)", "`if` is made of 3 values"),
        ("json(body", "`)` is missing"),
        ("if(word, 1, 2)", "\"abc\" is neither true nor false"),
    ] {
        let said = of(text).unwrap_err();
        assert!(said.contains(why), "{text}: {said}");
    }
}

#[test]
fn comparison_and_logic_know_what_is_not_known() {
    for (text, expected) in [
        ("none == null", "true"),
        ("tokens == null", "false"),
        ("none != null", "false"),
        ("none == 5", "false"),
        ("none < 5", "null"),
        ("tokens == 12", "true"),
        ("tokens == 12.0", "true"),
        ("ten > nine", "true"),
        ("ten_text > nine_text", "false"),
        ("ten_text > 9", "true"),
        ("word == 'abc'", "true"),
        ("word == 5", "false"),
        ("word != 5", "true"),
        ("word < ten", "false"),
        ("kind == \"message_send\"", "true"),
        ("flag == true", "true"),
        ("ok == flag", "true"),
        ("list == list", "true"),
        ("list == 'x'", "false"),
        ("!ok", "false"),
        ("!none", "null"),
        ("none && false", "false"),
        ("none && true", "null"),
        ("none || true", "true"),
        ("false || none", "null"),
        ("ok && flag", "true"),
        ("kind == 'a' || tokens > 5 && ok", "true"),
        ("tokens >= 12 && tokens <= 12", "true"),
        ("2 * 6 == tokens", "true"),
    ] {
        assert_eq!(of(text), Ok(expected.to_owned()), "{text}");
    }
}

#[test]
fn what_has_no_value_says_why() {
    for (text, why) in [
        ("word * 2", "\"abc\" is not a number to compute with"),
        ("ok + 1", "true is not a number to compute with"),
        ("tokens / zero", " 12 "),
        ("huge * huge", "too large"),
        ("word < 5", "\"abc\" is neither more nor less than 5"),
        ("tokens && ok", "\" 12 \" is neither true nor false"),
        ("list > 1", "[1,2] is neither more nor less than 1"),
    ] {
        let said = of(text).unwrap_err();
        assert!(said.contains(why) || text.contains("zero") && said == "12 cannot be divided by 0", "{text}: {said}");
    }
}

#[test]
fn a_spelling_that_means_nothing_is_refused_with_its_place() {
    for (text, why) in [
        ("", "a value is missing (character 1)"),
        ("a +", "a value is missing (character 4)"),
        ("a b", "an operator is missing (character 3)"),
        ("(a", "`)` is missing (character 3)"),
        ("a = 5", "an operator is missing"),
        ("'a", "' is not closed (character 1)"),
        ("é + 'x", "' is not closed (character 5)"),
        ("a # b", "`#` means nothing here (character 3)"),
        ("12abc", "`12abc` is not a number"),
        ("a * 'Latency s'", "a text in quotes is no number (character 3)"),
    ] {
        let said = of(text).unwrap_err();
        assert!(said.contains(why), "{text}: {said}");
    }
    let nested = format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(of(&nested).unwrap_err().contains("nested too deeply"));
}

#[test]
fn a_map_is_fields_and_expressions_and_quotes_protect_commas() {
    let mut columns = Vec::new();
    let text = "ts=TIMESTAMP, model=`a,b` ?? 'x,y',success=error_code==null,prompt_id=id ?? null";
    let entries = map("--map", text, &mut columns).unwrap();
    let fields: Vec<&str> = entries.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["ts", "model", "success", "prompt_id"]);
    let needs: Vec<(&str, usize)> = columns.iter().map(|column| (column.name.as_str(), column.needs)).collect();
    assert_eq!(needs, [("TIMESTAMP", 1), ("a,b", 0), ("error_code", 1), ("id", 0)]);
    let mut columns = Vec::new();
    map("--map", "model=a ?? b ?? c", &mut columns).unwrap();
    assert_eq!(
        columns.iter().map(|column| column.needs).collect::<Vec<_>>(),
        [0, 0, 1],
        "only the last has no default"
    );
    for (text, why) in [
        ("ts", "`=` is missing after `ts`"),
        ("ts=", "a value is missing"),
        ("=a", "a field's name is missing"),
        ("ts=a,", "a field's name is missing"),
        ("ts=a b=c", "an operator or a comma is missing"),
        ("model=\"Model name\"", "`model` is mapped to the text \"Model name\""),
    ] {
        let refused = map("--map", text, &mut Vec::new()).unwrap_err();
        assert!(refused.says.contains(why), "{text}: {}", refused.says);
    }
}

#[test]
fn constants_are_fields_and_texts() {
    let pair = |field: &str, text: &str| (field.to_owned(), text.to_owned());
    for (text, expected) in [
        ("event=run", vec![pair("event", "run")]),
        (
            "event=run,model=gpt 4o , source=a=b",
            vec![pair("event", "run"), pair("model", "gpt 4o"), pair("source", "a=b")],
        ),
        ("model=\"a, b\", tags='it''s'", vec![pair("model", "a, b"), pair("tags", "it's")]),
        ("model=", vec![pair("model", "")]),
    ] {
        assert_eq!(texts(text).unwrap(), expected, "{text}");
    }
    for (text, why) in [
        ("event", "`event` of `--set event` is not FIELD=TEXT"),
        ("model=a,b", "`b` of"),
        ("model='a", "no closing '"),
        ("model='a'b", "goes on with `b`"),
    ] {
        assert!(texts(text).unwrap_err().says.contains(why), "{text}");
    }
}
