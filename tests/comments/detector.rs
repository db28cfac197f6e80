//! Clear sentences get the label that any reader would give them, with words of their own as evidence.

use super::{SIGNALS, lake_of, run};
use crate::support::marts::Row;
use crate::support::{Comment, DAY};

/// The probability of `allege` from which a comment is labelled so.
const ALLEGED: f64 = 0.5;

/// The signals of some texts, in their order.
#[track_caller]
fn judged(texts: &[&str]) -> Vec<Row> {
    let lake = lake_of((1..).zip(texts).map(|(id, text)| Comment::new(id, DAY, text)));
    run(&lake, "").ok();
    let rows = lake.rows(SIGNALS);
    assert_eq!(rows.len(), texts.len());
    for (row, text) in rows.iter().zip(texts) {
        sound(row, text);
    }
    rows
}

/// A text without the characters of these tests that nobody sees.
pub fn visible(text: &str) -> String {
    text.chars()
        .filter(|c| {
            !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{300}'..='\u{36f}')
        })
        .collect()
}

/// What holds of every signal: the label follows the score, and evidence is a part of the text.
#[track_caller]
fn sound(row: &Row, text: &str) {
    let (label, score) = (row["label"].as_str().expect("a label"), row["score"].as_f64().expect("a score"));
    assert!((0.0..=1.0).contains(&score), "{row:?}");
    assert_eq!(label == "allege", score >= ALLEGED, "{text:?}: {row:?}");
    assert!(matches!(label, "allege" | "affirm" | "other"), "{row:?}");
    assert!(matches!(row["lang"].as_str(), Some("zh" | "en" | "other")), "{row:?}");
    // Where a negation stands elsewhere, an allegation may have no words to show.
    if let Some(words) = row["evidence"].as_str() {
        assert!(label != "other" && !words.is_empty(), "{text:?}: {row:?}");
        assert!(visible(text).contains(words), "{words:?} are no words of {text:?}");
    }
}

/// Asserts the label of every text, and tells of all that have another.
#[track_caller]
fn all_say(label: &str, texts: &[&str]) {
    let rows = judged(texts);
    let wrong = rows.iter().zip(texts).filter(|(row, _)| row["label"] != label);
    let wrong: Vec<String> = wrong.map(|(r, t)| format!("{t}: {} ({})", r["label"], r["score"])).collect();
    assert!(wrong.is_empty(), "not {label}:\n{}", wrong.join("\n"));
}

/// Asserts a label and its evidence.
#[track_caller]
fn decided(label: &str, cases: &[(&str, &str)]) {
    let texts: Vec<&str> = cases.iter().map(|(text, _)| *text).collect();
    for (row, (text, words)) in judged(&texts).iter().zip(cases) {
        assert_eq!(row["label"], label, "{text}: {row:?}");
        let evidence = row["evidence"].as_str().expect("evidence");
        assert!(evidence.contains(words), "{text}: {evidence:?} lacks {words:?}");
    }
}

#[test]
fn plain_allegations_are_found() {
    let chinese =
        ["这是假货，大家不要买", "收到的根本不是正品", "怀疑是假货，洗完头很痒", "盗版书，字都看不清", "感觉像假的"];
    all_say("allege", &chinese);
    all_say("allege", &["绝对是假的，跟专柜买的完全不一样", "卖假货的骗子", "仿品，做工很差", "假冒伪劣产品"]);
    let english = ["This is a fake product.", "Total counterfeit. Stay away.", "I think this is a fake."];
    all_say("allege", &english);
    all_say(
        "allege",
        &["It is not original, it is a duplicate product.", "The shoes are counterfeit, I want a refund"],
    );
}

#[test]
fn traditional_characters_say_the_same() {
    all_say("allege", &["這是假貨，大家不要買", "贗品，千萬別買", "收到的根本不是正品，退貨"]);
    all_say("affirm", &["正品無疑，很滿意"]);
}

#[test]
fn mixed_languages_are_judged_like_either() {
    all_say("allege", &["这个是fake的，别买", "这家卖的是counterfeit，别买", "fake货，退款！"]);
    all_say("allege", &["This 耳机 is fake, 差评"]);
}

#[test]
fn disguised_words_are_read_as_a_person_reads_them() {
    all_say("allege", &["买到假·货了，气死了", "买到假*货了", "是假 货，别买", "假\u{200b}货，退货", "垃圾，假_货"]);
    let english = ["This is f a k e, do not buy", "Ｆａｋｅ product, do not buy", "F@ke perfume, waste of money"];
    all_say("allege", &english);
    all_say("allege", &["fаkе product, do not buy", "f.a.k.e. product, do not buy", "FAAAKE product, do not buy"]);
}

#[test]
fn evidence_is_the_words_that_decided() {
    decided(
        "allege",
        &[("这是假货，大家不要买", "假货"), ("收到的根本不是正品", "不是正品"), ("買到假貨了，退貨", "假貨")],
    );
    decided("allege", &[("买到假·货了，气死了", "假·货"), ("This is f a k e, do not buy", "f a k e")]);
    decided(
        "allege",
        &[("Total Counterfeit. Stay away.", "Counterfeit"), ("The charger is not genuine", "not genuine")],
    );
    decided("affirm", &[("Not a fake, works great", "Not a fake"), ("原装正品，很好用", "正品")]);
}

#[test]
fn evidence_does_not_cut_a_word_in_two() {
    decided("allege", &[("收到的是假货，退款", "假货"), ("感觉像假的，和专柜买的不一样", "假的")]);
}

#[test]
fn affirmations_are_found() {
    all_say("affirm", &["正品，很满意", "是正品，已经在官网查过防伪码", "不是假货，放心购买", "原装正品，很好用"]);
    let english =
        ["Not fake, genuine product", "It is not a fake, I checked the serial number.", "Not a fake, works great"];
    all_say("affirm", &english);
    all_say("affirm", &["100% original product, love it", "Genuine product, works great", "Authentic, not a fake."]);
}

#[test]
fn slogans_conditions_and_hopes_are_neither() {
    all_say("other", &["假一赔十", "假一罚十，放心买", "如果是假的我就退货", "如果是假的", "希望是正品"]);
    all_say("other", &["If it is fake I will return it", "Hope it is genuine"]);
}

#[test]
fn questions_and_not_knowing_are_neither() {
    all_say("other", &["不知道是不是正品", "不知道是不是正品，还没用", "How do I know if it is fake?"]);
}

#[test]
fn near_words_are_neither() {
    all_say("other", &["I love this symphony, great CD", "Nice bag made of fake leather, as described"]);
    all_say("other", &["The fake fur collar is soft and warm", "Really happy, great read", "Too many fake reviews"]);
    all_say(
        "other",
        &["放假的时候用的，很喜欢", "假期带着去旅游，很方便", "仿佛回到了小时候", "感冒的时候用的", "码数正版型也好"],
    );
}

#[test]
fn a_fake_from_elsewhere_is_no_allegation() {
    let texts = ["淘宝买的是假货，这家是正品", "Bought a fake on eBay before, this one is genuine."];
    let rows = judged(&texts);
    let wrong: Vec<String> =
        rows.iter().zip(texts).filter(|(r, _)| r["label"] == "allege").map(|(r, t)| format!("{t} {r:?}")).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn comments_on_other_matters_are_neither() {
    all_say("other", &["很好用，物流很快", "质量不错，颜色也好看", "鞋子很舒服，尺码正好", "包装破了，客服态度差"]);
    all_say(
        "other",
        &["Works well, fast delivery", "Great read, could not put it down", "Broke after two days", "👍👍👍"],
    );
}

#[test]
fn a_comment_without_any_cue_is_hardly_ever_an_allegation() {
    // Of 130 such English comments that were read one was an allegation, of 165 Chinese ones none (gold comments).
    let texts = ["", "很好用，物流很快", "Works well, fast delivery", "。。。！！！", "Очень хорошо"];
    let scores: Vec<(&str, f64)> =
        texts.into_iter().zip(judged(&texts)).map(|(t, row)| (t, row["score"].as_f64().expect("a score"))).collect();
    assert!(scores.iter().all(|(_, score)| *score < 0.05), "{scores:?}");
}

#[test]
fn the_language_is_that_of_most_letters() {
    let cases = [
        ("很好用，物流很快", "zh"),
        ("这个是fake的，别买", "zh"),
        ("這是假貨", "zh"),
        ("Works well, fast delivery", "en"),
        ("This is f a k e, do not buy", "en"),
        ("ok 👍", "en"),
        ("", "other"),
        ("👍👍👍 !!! 5", "other"),
        ("Очень хорошо", "other"),
    ];
    let texts = cases.map(|(text, _)| text);
    for (row, (text, lang)) in judged(&texts).iter().zip(cases) {
        assert_eq!(row["lang"], lang, "{text}");
    }
}

#[test]
fn an_empty_text_says_nothing() {
    for row in judged(&["", " ", "\n\t", "\u{3000}"]) {
        assert_eq!((row["label"].as_str(), row["evidence"].is_null()), (Some("other"), true), "{row:?}");
    }
}
