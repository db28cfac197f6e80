//! Whatever a person can type is published like anything else, and said back only as data.

use std::fs;

use parquet::basic::Compression;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::detector::visible;
use super::{SIGNALS, lake_of, of_day, put, run, summary};
use crate::support::comments::comments;
use crate::support::{Comment, DAY, Lake};

/// Longest evidence that a row may hold, in characters.
const EVIDENCE_CHARS: usize = 40;

fn hostile_texts() -> Vec<String> {
    let plain = [
        "",
        " \t\r\n\u{b}\u{c}\u{85}\u{2028}\u{2029}",
        "\u{0}",
        "假\u{0}货",
        "\u{202e}货假\u{202c} \u{2066}fake\u{2069} \u{200f}",
        "\u{feff}假货\u{feff}",
        "<script>alert('假货')</script><img src=x onerror=alert(1)>",
        "'; drop table comments; -- fake",
        "{{ 7*7 }} {% raw %} ${jndi:ldap://x} #{1}假货 %s %n",
        "=cmd|'/c calc'!A1 fake",
        "\"quoted\", with, commas\nand lines; fake",
        "!!!!????....,,,,；；；；。。。。",
        "👍🏽👨‍👩‍👧‍👦🇨🇳假货👍",
        "\u{1f600}",
        "i\u{307}\u{301}\u{302}\u{303} f\u{338}a\u{338}k\u{338}e\u{338}",
        "\u{d7ff}\u{e000}\u{fffd}\u{ffff}\u{10ffff}",
        "\u{ed}\u{a0}\u{80} 假\u{e000}货",
        "NULL",
        "nan",
        "𝐅𝐀𝐊𝐄 ﬁne ㎏ ﷽ ǆ ß İ",
        "假-货-假-货-假-货-",
        "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a.b.c",
        "نسخه تقلبی است fake زائف",
    ];
    let mut texts: Vec<String> = plain.map(str::to_owned).to_vec();
    let floods = [
        "假", "假货", "fake ", "not ", "a", " ", "·", "👍", "假·", "\u{301}", "\u{200b}", "f a k e ", "不", "吗？",
        "f.", "\u{0}",
    ];
    texts.extend(floods.map(|one| one.repeat(20_000)));
    texts.push(format!("{}假货", "好".repeat(70_000)));
    texts.push(format!("counterf{}", "z".repeat(1_000_000)));
    texts
}

#[test]
fn hostile_texts_are_published_and_judged_like_any_other() {
    let texts = hostile_texts();
    let lake = lake_of((1..).zip(&texts).map(|(id, text)| Comment::new(id, DAY, text)));
    let done = summary(&lake, "");
    assert_eq!((&done["rows_quarantined"], &done["exit_code"]), (&0.into(), &0.into()));
    let rows = lake.rows(SIGNALS);
    assert_eq!(rows.len(), texts.len());
    for (row, text) in rows.iter().zip(&texts) {
        let shown: String = text.chars().take(60).collect();
        let score = row["score"].as_f64().expect("a score");
        assert!((0.0..=1.0).contains(&score), "{shown:?}: {score}");
        if let Some(words) = row["evidence"].as_str() {
            assert!(visible(text).contains(words), "{words:?} are no words of {shown:?}");
            assert!(!words.is_empty() && words.chars().count() <= EVIDENCE_CHARS, "{shown:?}: {words:?}");
        }
    }
    for format in ["table", "csv", "json", "parquet"] {
        run(&lake, &format!("--format {format}")).ok();
    }
    let table = run(&lake, "").ok().text();
    assert!(!table.contains('\u{202e}') && !table.contains('\u{0}'));
}

#[test]
fn five_megabytes_of_one_character_are_a_comment() {
    let flood = |one: &str| one.repeat(5_000_000 / one.len());
    let texts = ["假", "a", " ", "👍", "·", "\u{301}"].map(flood);
    let lake = lake_of((1..).zip(&texts).map(|(id, text)| Comment::new(id, DAY, text)));
    run(&lake, "").ok();
    assert_eq!(lake.rows(SIGNALS).len(), texts.len());
}

#[test]
fn a_text_beyond_the_cap_refuses_the_table() {
    let lake = lake_of([Comment::new(1, DAY, &"好".repeat(6_000_000))]);
    run(&lake, "").refused(&["table comments", "column text"]);
    lake.holds_nothing();
}

#[test]
fn a_text_that_is_no_utf8_refuses_the_table() {
    let marker = "placeholder-of-a-broken-text";
    let mut rows = of_day(DAY, 50);
    rows[20].text = marker.to_owned();
    // Plain and uncompressed, so that the bytes can be found and broken.
    let plain = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None)
        .build();
    for broken in [b"\xff\xfe\xfd".as_slice(), b"\xed\xa0\x80", b"\xc3\x28", b"\xf8\x88\x80\x80\x80"] {
        let mut bytes = comments().with_rows(rows.clone()).parquet(plain.clone());
        let at = bytes.windows(marker.len()).position(|w| w == marker.as_bytes()).expect("the text");
        bytes[at..at + broken.len()].copy_from_slice(broken);
        let lake = Lake::of(Vec::new());
        lake.put_files("comments", DAY, &[("part-0.parquet", bytes)]);
        run(&lake, "").refused(&["table comments", DAY, "part-0.parquet"]);
        lake.holds_nothing();
    }
}

#[test]
fn a_text_of_another_type_refuses_the_table() {
    let lake = Lake::of(Vec::new());
    let mut table = comments().with_rows(of_day(DAY, 20));
    table.retype("text", arrow::datatypes::DataType::Binary);
    lake.put(&table, DAY);
    run(&lake, "").refused(&["table comments", "column text", "rule column_type"]);
}

#[test]
fn a_hostile_day_is_the_same_bytes_again() {
    let texts = hostile_texts();
    let lake = lake_of((1..).zip(&texts).map(|(id, text)| Comment::new(id, DAY, text)));
    run(&lake, "").ok();
    let bytes = fs::read(lake.mart(SIGNALS).join("part-00000.parquet")).expect("read");
    put(&lake, DAY, (1..).zip(&texts).map(|(id, text)| Comment::new(id, DAY, text)));
    run(&lake, "--threads 1").ok();
    assert!(lake.mart_bytes(SIGNALS) == bytes);
}
