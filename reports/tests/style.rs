//! The stylesheet: every text colour is legible on every ground, in light and dark (WCAG 2 AA).

use std::collections::BTreeMap;

const STYLE: &str = include_str!("../templates/brand/style.css");

#[test]
fn text_has_a_contrast_of_at_least_4_5() {
    let (light, rest) = STYLE.split_once("@media screen and (prefers-color-scheme: dark)").expect("a dark part");
    let dark = rest.split_once("*, *::before").expect("the end of the dark part").0;
    for (name, colours) in [("light", colours(light)), ("dark", colours(dark))] {
        for ground in ["--paper", "--raised", "--late-wash"] {
            for ink in ["--ink", "--soft", "--accent", "--late", "--wait"] {
                let ratio = contrast(colours[ink], colours[ground]);
                assert!(ratio >= 4.5, "{name}: {ink} on {ground} has {ratio:.2}");
            }
        }
        for (ink, ground) in
            [("--paper", "--late"), ("--paper", "--wait"), ("--paper", "--accent"), ("--ink", "--bounds")]
        {
            let ratio = contrast(colours[ink], colours[ground]);
            assert!(ratio >= 4.5, "{name}: {ink} on the bar {ground} has {ratio:.2}");
        }
        let ratio = contrast(colours["--accent-band"], colours["--paper"]);
        assert!(ratio >= 3.0, "{name}: interval bars have {ratio:.2}");
    }
}

fn colours(css: &str) -> BTreeMap<&str, [f64; 3]> {
    css.lines()
        .filter_map(|line| line.trim().strip_suffix(';')?.split_once(": #"))
        .filter_map(|(name, hex)| {
            let channel = |i: usize| u8::from_str_radix(hex.get(i..i + 2)?, 16).ok().map(f64::from);
            Some((name, [channel(0)?, channel(2)?, channel(4)?]))
        })
        .collect()
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: [f64; 3]) -> f64 {
    let [r, g, b] =
        colour.map(|c| c / 255.0).map(|c| if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}
