//! Recipes by example: what was asked, one row, and the line that comes out or the reason why none does.

use super::*;

fn recipe(maps: &[&str], sets: &[&str]) -> Result<Recipe, Refused> {
    let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let (maps, sets) = (own(maps), own(sets));
    Recipe::new(&Asked { maps: &maps, sets: &sets, ..Asked::default() }, "csv")
}

/// A row in the order the recipe asks for its columns in.
fn row<'a>(recipe: &Recipe, cells: &[(&str, Value<'a>)]) -> Vec<Value<'a>> {
    let cell =
        |name: &str| cells.iter().find(|(cell, _)| *cell == name).map_or(Value::Null, |(_, value)| value.clone());
    recipe.columns.iter().map(|column| cell(&column.name)).collect()
}

const NOON: (&str, Value<'static>) = ("time", Value::Cell("2026-11-20 12:00:00"));

#[test]
fn a_row_becomes_a_line_with_the_units_and_names_of_its_fields() {
    let maps =
        ["ts=time,duration_ms=latency_s*1000,success=error==null,prompt_version=version", "parameters.tone=tone"];
    let recipe = recipe(&maps, &["model=gpt 4o,tags=a", "tags='b,c',parameters.n=3"]).unwrap();
    let cells = [
        NOON,
        ("latency_s", Value::Written("1.259818002999964")),
        ("version", Value::Cell("1.10")),
        ("tone", Value::Cell("dry")),
    ];
    let row = row(&recipe, &cells);
    let made = recipe.event(&row, 0).unwrap();
    assert_eq!(
        made.event.line(),
        r#"{"v":1,"ts":"2026-11-20T12:00:00.000Z","event":"run","prompt_version":"1.10","model":"gpt 4o","source":"csv","tags":["a","b,c"],"parameters":{"tone":"dry","n":3},"success":true,"duration_ms":1259.818003}"#
    );
    assert!(made.is_naive && made.dropped.is_empty());
}

#[test]
fn another_writers_name_brings_its_unit() {
    let recipe =
        recipe(&["timestamp=time,completion_time=latency_s,gen_ai.usage.output_tokens=out"], &["source=bench"])
            .unwrap();
    let row = row(&recipe, &[NOON, ("latency_s", Value::Cell("1.5")), ("out", Value::Cell("7"))]);
    let line = recipe.event(&row, 0).unwrap().event.line();
    assert_eq!(
        line,
        r#"{"v":1,"ts":"2026-11-20T12:00:00.000Z","event":"run","source":"bench","duration_ms":1500,"output_tokens":7}"#
    );
}

#[test]
fn json_over_several_lines_stays_on_one() {
    let recipe = recipe(&["ts=time,parameters=p,tags=t"], &[]).unwrap();
    let row = row(
        &recipe,
        &[
            NOON,
            ("p", Value::Json("{\n  \"a\": [1,\n 2]\n}".into())),
            ("t", Value::Json("[\n\"x y\",\n\"z\"\n]".into())),
        ],
    );
    let line = recipe.event(&row, 0).unwrap().event.line();
    assert!(line.ends_with(r#""tags":["x y","z"],"parameters":{"a":[1,2]}}"#), "{line}");
}

#[test]
fn a_value_its_field_cannot_hold_is_left_out_with_the_reason() {
    let recipe = recipe(&["ts=time,input_tokens=a,rating=b,success=c,cost_usd=d*2,output_tokens=e"], &[]).unwrap();
    let cells = [
        NOON,
        ("a", Value::Cell("1.5")),
        ("b", Value::Written("-1")),
        ("c", Value::Cell("yes")),
        ("d", Value::Cell("n/a")),
        ("e", Value::Null),
    ];
    let row = row(&recipe, &cells);
    let made = recipe.event(&row, 0).unwrap();
    assert_eq!(made.event.fields.len(), 1, "only the source is left: {:?}", made.event.fields);
    let said: Vec<String> = made.dropped.iter().map(|(field, why)| format!("{}: {why}", field.name())).collect();
    assert_eq!(
        said,
        [
            "cost_usd: \"n/a\" is not a number to compute with",
            "input_tokens: \"1.5\", and must be a whole number from 0 to 1000000000000",
            "success: \"yes\", and must be true or false",
            "rating: -1, and must be a number from 1 to 5",
        ]
    );
}

#[test]
fn a_truth_may_be_spelt_as_other_programs_do() {
    let recipe = recipe(&["ts=time,success=c"], &[]).unwrap();
    for (cell, expected) in [("True", true), ("FALSE", false), (" true ", true)] {
        let row = row(&recipe, &[NOON, ("c", Value::Cell(cell))]);
        let made = recipe.event(&row, 0).unwrap();
        assert_eq!(made.event.value(Field::Success), Some(&event::Value::Truth(expected)), "{cell}");
    }
}

#[test]
fn a_kind_from_a_column_takes_only_its_own_fields() {
    let recipe = recipe(&["ts=time,event=kind,rating=r,input_tokens=n"], &[]).unwrap();
    let of = |kind: &'static str, rating: Value<'static>| {
        let row = row(&recipe, &[NOON, ("kind", Value::cell(kind)), ("r", rating), ("n", Value::Cell("5"))]);
        recipe.event(&row, 0)
    };
    let made = of("feedback", Value::Cell("4")).unwrap();
    assert_eq!(made.event.value(Field::InputTokens), None);
    assert_eq!(made.dropped, [(Field::InputTokens, "not a field of `feedback`".to_owned())]);
    assert_eq!(of("feedback", Value::Null).unwrap_err().reason, "says nothing");
    assert_eq!(
        of("message", Value::Null).unwrap_err(),
        Unusable { reason: "unknown kind", detail: "\"message\"".into() }
    );
    assert_eq!(of("", Value::Null).unwrap_err().reason, "no kind");
}

#[test]
fn a_record_without_a_time_is_unusable_and_says_what_stood_there() {
    let recipe = recipe(&["ts=time"], &[]).unwrap();
    for (cell, reason, detail) in [
        (Value::Null, "no time", ""),
        (Value::Cell("soon"), "bad time", "\"soon\""),
        (Value::Cell("1999-12-31T23:59:59Z"), "bad time", "\"1999-12-31T23:59:59Z\""),
        (Value::Truth(true), "bad time", "\"true\""),
        (Value::Json("{\"a\":\n1}".into()), "bad time", "\"{\\\"a\\\":1}\""),
    ] {
        let unusable = recipe.event(&[cell], 0).unwrap_err();
        assert_eq!(unusable, Unusable { reason, detail: detail.to_owned() });
    }
}

#[test]
fn what_cannot_be_meant_is_refused_before_any_file_is_read() {
    for (maps, sets, says) in [
        (&["ts=t,input_token=a"][..], &[][..], "there is no field `input_token`"),
        (&["ts=t,model=a,model=b"], &[], "`model` is given twice"),
        (&["ts=t,model=a"], &["model=b"], "`model` is given twice"),
        (&["ts=t,parameters=a,parameters.b=c"], &[], "`parameters.b` is given twice"),
        (&["ts=t,timestamp=u"], &[], "`timestamp` is given twice"),
        (&["ts=t,id=a"], &[], "`id` is not to be given"),
        (&["ts=t,tokens_used=a"], &[], "tokens in all are read from logs but never written"),
        (&["ts=t,rating=a"], &["event=usage"], "`rating` is not a field of `usage`; it belongs to run"),
        (&["ts=t,feedback_text=a"], &[], "`feedback_text` is not a field of `run`; it belongs to feedback"),
        (&["ts=t"], &["event=usgae"], "there is no kind `usgae`"),
        (&["ts=t"], &["rating=7"], "`rating` is \"7\", and must be a number from 1 to 5"),
        (&["ts=t"], &["model="], "`--set model=` says nothing"),
        (&["ts=t"], &["parameters=x"], "`parameters` is \"x\", and must be a JSON object"),
        (&["model=a"], &[], "nothing tells when"),
    ] {
        let refused = recipe(maps, sets).unwrap_err();
        assert!(refused.says.contains(says), "{says}: {}", refused.says);
    }
}
