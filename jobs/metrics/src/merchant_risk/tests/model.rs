//! The file of weights.

use super::*;

#[test]
fn the_reviewed_file_is_sound_and_survives_a_round_trip() {
    let model = Model::reviewed().expect("the file that ships");
    assert_eq!(Model::parse(&model.to_text()), Ok(model.clone()));
    for reasoned in model.weights.iter().chain(&model.tiers).chain([&model.base]) {
        assert!(reasoned.why.ends_with('.') && reasoned.why.len() > 20, "{}: {:?}", reasoned.value, reasoned.why);
    }
    assert_eq!(model.tier(0.0), Tier::Baseline);
    assert_eq!(model.tier(model.tiers[2].value), Tier::Elevated);
    assert_eq!(model.tier(1.0), Tier::Critical);
}

/// What a changed file is refused with.
fn refusal(from: &str, to: &str) -> String {
    let text = Model::reviewed().expect("the file that ships").to_text();
    assert!(text.contains(from), "{from:?} is not in the file");
    Model::parse(&text.replacen(from, to, 1)).expect_err("a bad file").to_string()
}

#[test]
fn bad_files_are_refused_with_the_line() {
    let line = |wanted: &str| {
        let text = Model::reviewed().expect("the file that ships").to_text();
        1 + text.lines().position(|line| line == wanted).expect("the line")
    };
    let weight = line("[weights.reappearances]");
    let value = Model::reviewed().expect("the file that ships").weight(Code::Reappearances);
    let written = format!("[weights.reappearances]\nvalue = {value:?}");
    let negative = refusal(&written, "[weights.reappearances]\nvalue = -0.5");
    assert_eq!(negative, format!("line {}: weights.reappearances must be a number from 0 to 10", weight + 1));
    let unknown = refusal("[weights.reappearances]", "[weights.reapearances]");
    assert_eq!(unknown, "weights.reappearances is missing");
    let further = refusal("[tiers.high]", "[weights.height]\nvalue = 1\nwhy = \"\"\n[tiers.high]");
    assert_eq!(further, format!("line {}: there is no signal \"height\"", line("[tiers.high]") + 1));
    let tier = refusal("[tiers.high]\nvalue = 0.", "[tiers.high]\nvalue = 1.");
    assert_eq!(
        tier,
        format!("line {}: tiers.high must be within (0, 1) and below the tier before it", line("[tiers.high]") + 1)
    );
    let broken = refusal("[tiers.high]", "[tiers.high");
    assert!(broken.starts_with(&format!("line {}: ", line("[tiers.high]"))), "{broken}");
    let word = refusal(&written, "[weights.reappearances]\nvalue = \"much\"");
    assert!(word.starts_with(&format!("line {}: ", weight + 1)), "{word}");
    let extra = refusal(&written, &format!("{written}\nunit = \"each\""));
    assert!(extra.contains("unknown field `unit`"), "{extra}");
}
