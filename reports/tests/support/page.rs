//! What every page must be: self-contained, in order, accessible.

use std::collections::BTreeSet;

/// Checks a finished page.
pub fn check(page: &str, locale: &str) {
    assert!(page.starts_with(&format!("<!doctype html>\n<html lang=\"{locale}\">")));
    loads_nothing(page);
    headings_in_order(page);
    tables_are_labelled(page);
    tags_balance(page);
    ids_are_unique(page);
}

fn loads_nothing(page: &str) {
    for forbidden in
        ["http://", "https://", "src=", "url(", "@import", "<script", "<link", "<iframe", "<object", " style="]
    {
        assert!(!page.contains(forbidden), "{forbidden} is in the page");
    }
    assert!(page.contains("default-src &#39;none&#39;; style-src &#39;sha256-"));
}

fn headings_in_order(page: &str) {
    let levels: Vec<u32> =
        page.match_indices("<h").filter_map(|(at, _)| page[at + 2..].chars().next()?.to_digit(10)).collect();
    assert_eq!(levels.first(), Some(&1));
    assert_eq!(levels.iter().filter(|l| **l == 1).count(), 1);
    assert!(levels.windows(2).all(|w| w[1] <= w[0] + 1), "{levels:?}");
}

fn tables_are_labelled(page: &str) {
    assert_eq!(page.matches("<table").count(), page.matches("<caption").count());
    let heads = page.matches("<th ").count() + page.matches("<th>").count();
    assert_eq!(heads, page.matches("<th scope=\"").count());
}

fn tags_balance(page: &str) {
    for tag in [
        "div", "p", "table", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd", "ul", "li", "section", "svg", "g",
        "text", "bdi", "span", "details", "figure",
    ] {
        let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "<{tag}>");
    }
}

fn ids_are_unique(page: &str) {
    let mut seen = BTreeSet::new();
    for part in page.split(" id=\"").skip(1) {
        let id = part.split('"').next().unwrap_or_default();
        assert!(seen.insert(id), "id {id} comes twice");
    }
    for part in page.split("aria-labelledby=\"").skip(1) {
        let ids = part.split('"').next().unwrap_or_default();
        assert!(ids.split(' ').all(|id| seen.contains(id)), "{ids} point nowhere");
    }
}

/// Checks that every number of the page's text, charts aside, is in the JSON.
pub fn numbers_are_in(page: &str, json: &str) {
    let body = page.split_once("<main>").expect("main").1;
    let mut text = String::new();
    let mut inside = false;
    for c in strip(body, "<svg", "</svg>").chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    for word in text.split_whitespace() {
        let number = word.trim_matches(|c: char| !c.is_ascii_digit());
        if !number.is_empty() && !word.contains('&') {
            assert!(json.contains(number), "{number} of {word} is not in report.json");
        }
    }
}

fn strip(text: &str, from: &str, to: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(from) {
        out.push_str(before);
        rest = after.split_once(to).map_or("", |(_, tail)| tail);
    }
    out + rest
}
