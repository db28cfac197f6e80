//! The trend chart with a band of intervals: what it holds, cuts and leaves out.

use mirrorlake_reports::chart::{
    CurveChart, CurveMark, CurveStep, IntervalStyle, Layout, PartView, PartsBar, PartsChart, TrendChart, TrendLegend,
    TrendPoint, TrendScale,
};

fn chart(weeks: &[Option<(f64, f64, f64)>]) -> String {
    chart_of(weeks, TrendScale::FromZero { cut: "cut".to_owned() }, IntervalStyle::Band)
}

fn chart_of(weeks: &[Option<(f64, f64, f64)>], scale: TrendScale, interval_style: IntervalStyle) -> String {
    let points = weeks.iter().map(|week| TrendPoint {
        label: "W1".to_owned(),
        sublabel: "1 Jan".to_owned(),
        count: "n 9".to_owned(),
        sentence: "<week>".to_owned(),
        rate: week.map(|w| w.1),
        interval: week.map(|w| (w.0, w.2)),
        partial: false,
    });
    let chart = TrendChart {
        id: "c".to_owned(),
        title: "title".to_owned(),
        description: "description".to_owned(),
        axis: "per 1,000".to_owned(),
        scale,
        interval_style,
        legend: TrendLegend {
            point: "week".to_owned(),
            partial: "partial".to_owned(),
            interval: "interval".to_owned(),
            reference: Some("median".to_owned()),
        },
        reference: Some(8.0),
        source: "source".to_owned(),
        empty: "empty".to_owned(),
        points: points.collect(),
    };
    chart.render(Layout::Wide).as_str().to_owned()
}

#[test]
fn a_wide_interval_is_cut_and_that_is_said() {
    let usual = Some((4.0, 10.0, 18.0));
    let whole = chart(&[usual, usual, usual]);
    assert!(!whole.contains("cut") && whole.contains("<polygon class=\"c-band\"") && !whole.contains("c-whisker"));
    let cut = chart(&[usual, Some((4.0, 10.0, 400.0)), usual]);
    assert!(cut.contains("per 1,000 · cut"));
    let outline = cut.split("<polygon class=\"c-band\" points=\"").nth(1).and_then(|s| s.split('"').next());
    // Three ends above, three below, and the two places where the upper edge leaves the plot and comes back.
    let outline: Vec<&str> = outline.expect("a band").split(' ').collect();
    assert_eq!(outline.len(), 8, "{outline:?}");
    let height = |point: &str| point.split(',').nth(1).and_then(|y| y.parse::<f64>().ok()).expect("a height");
    assert_eq!(height(outline[1]).to_bits(), height(outline[2]).to_bits());
    assert_eq!(height(outline[2]).to_bits(), height(outline[3]).to_bits());
    assert!(height(outline[0]) > height(outline[1]));
}

#[test]
fn a_week_without_comments_leaves_a_gap() {
    let usual = Some((4.0, 10.0, 18.0));
    let gap = chart(&[usual, usual, None, usual]);
    assert_eq!(gap.matches("<polygon class=\"c-band\"").count(), 1);
    assert_eq!(gap.matches("<rect class=\"c-band\"").count(), 2, "the single week and the legend");
    assert_eq!(gap.matches("&lt;week&gt;").count(), 4);
}

#[test]
fn without_a_rate_there_are_words_and_no_band() {
    let empty = chart(&[None, None]);
    assert!(empty.contains("empty") && empty.contains("source") && !empty.contains("c-band"));
    assert!(!empty.contains("median") && !empty.contains("NaN"));
}

#[test]
fn bars_are_whole_and_stand_alone() {
    let weeks = [Some((0.0, 1.0, 88.0)), None, Some((2.0, 3.0, 4.0)), Some((5.0, 5.0, 5.0))];
    let bars = chart_of(&weeks, TrendScale::WholeIntervals, IntervalStyle::Bars);
    assert!(
        !bars.contains("cut") && !bars.contains("c-line") && !bars.contains("c-band") && !bars.contains("c-whisker")
    );
    assert!(bars.contains(">100<"), "the axis holds the widest interval");
    assert_eq!(bars.matches("<rect class=\"c-interval\"").count(), 3 + 1, "one a week that has one, and the legend's");
    assert_eq!(bars.matches("<circle class=\"c-point\"").count(), 3 + 1);
    assert!(bars.contains("height=\"2\" rx"), "an interval without width is still to be seen");
}

/// Day, share and interval.
type Step = (f64, f64, Option<(f64, f64)>);

fn curve(steps: &[Step], followed_to: f64) -> String {
    let chart = CurveChart {
        id: "c".to_owned(),
        title: "title".to_owned(),
        description: "description".to_owned(),
        axis: "came back, %".to_owned(),
        days_axis: "days".to_owned(),
        legend: ("share".to_owned(), "interval".to_owned()),
        source: "source".to_owned(),
        empty: "nothing <here>".to_owned(),
        to_day: 90.0,
        followed_to,
        steps: steps.iter().map(|s| CurveStep { day: s.0, share: s.1, interval: s.2 }).collect(),
        marks: [(7.0, Some(4.0)), (30.0, None)]
            .iter()
            .map(|(day, share)| CurveMark {
                day: *day,
                label: format!("{day}"),
                share: *share,
                text: "4.0%".to_owned(),
                sentence: "<mark>".to_owned(),
            })
            .collect(),
    };
    chart.render(Layout::Wide).as_str().to_owned()
}

/// The points of the first element of a class.
fn points(svg: &str, class: &str) -> Vec<(f64, f64)> {
    let text = svg.split(&format!("class=\"{class}\" points=\"")).nth(1).and_then(|s| s.split('"').next());
    let pair = |p: &str| p.split_once(',').and_then(|(x, y)| Some((x.parse().ok()?, y.parse().ok()?)));
    text.unwrap_or_default().split(' ').filter_map(pair).collect()
}

#[test]
fn a_curve_rises_in_steps_and_ends_where_nobody_was_followed_longer() {
    let svg = curve(&[(5.0, 4.0, Some((1.0, 9.0))), (20.0, 10.0, Some((4.0, 18.0)))], 45.0);
    let line = points(&svg, "c-curve");
    // Foot, two corners a step, and the end.
    assert_eq!(line.len(), 6, "{line:?}");
    assert!(line.windows(2).all(|w| w[0].0 == w[1].0 || w[0].1 == w[1].1), "only level or upright");
    assert!(line.is_sorted_by(|a, b| a.0 <= b.0 && a.1 >= b.1));
    // Day 45 of 90 is half way between the left end of the axis and the right.
    let (left, right) = (line[0].0, 960.0 - 22.0);
    assert!((line[5].0 - f64::midpoint(left, right)).abs() < 0.1, "{line:?}");
    let band = points(&svg, "c-band");
    assert_eq!((band.len(), band[0].0), (8, line[1].0), "no band before the first step");
    assert_eq!(svg.matches("<circle class=\"c-point\"").count(), 1, "a mark that is not reached has no point");
    assert!(svg.contains("&lt;mark&gt;") && !svg.contains("<mark>"));
}

#[test]
fn a_long_curve_is_cut_and_close_steps_become_one() {
    let steps: Vec<_> = (1..20_000).map(|n| (f64::from(n) / 100.0, f64::from(n) / 400.0, None)).collect();
    let svg = curve(&steps, 200.0);
    let line = points(&svg, "c-curve");
    assert!(line.len() < 4_000, "{} points", line.len());
    assert!(line.iter().all(|(x, _)| *x <= 960.0 - 22.0 + 0.1));
    assert!(svg.len() < 80_000 && !svg.contains("c-band\" points"));
    // The last step of the plot is not lost in those beside it: 90 days, 22.5 %, on an axis up to 25.
    let (foot, head) = (line[0].1, line[line.len() - 1].1);
    assert!(((foot - head) / 250.0 - 22.5 / 25.0).abs() < 0.01, "{foot} {head}");
}

#[test]
fn without_steps_there_are_words_and_no_curve() {
    let svg = curve(&[], 45.0);
    assert!(svg.contains("nothing &lt;here&gt;") && svg.contains("source"));
    assert!(!svg.contains("c-curve") && !svg.contains("interval") && !svg.contains("NaN"));
}

#[test]
fn parts_are_as_long_as_they_are_large_and_nothing_is_nothing() {
    let bar = |sizes: [f64; 4]| PartsBar {
        label: "whole".to_owned(),
        parts: sizes
            .iter()
            .map(|size| PartView { size: *size, text: format!("{size}"), sentence: "<part>".to_owned() })
            .collect(),
    };
    let chart = |bars: Vec<PartsBar>| PartsChart {
        id: "p".to_owned(),
        title: "title".to_owned(),
        description: "description".to_owned(),
        legend: ["one", "two", "three", "four"].map(str::to_owned).to_vec(),
        source: "source".to_owned(),
        empty: "nobody".to_owned(),
        bars,
    };
    let svg = chart(vec![bar([0.0, 1.0, 3.0, 0.0]), bar([0.0; 4])]).render(Layout::Wide);
    let widths: Vec<f64> = svg
        .as_str()
        .split("<rect class=\"c-part-")
        .filter(|rect| rect.contains("height=\"26\""))
        .filter_map(|rect| rect.split("width=\"").nth(1)?.split('"').next()?.parse().ok())
        .collect();
    assert_eq!(widths.len(), 2, "what is empty is not drawn");
    assert!((widths[1] / widths[0] - 3.0).abs() < 0.01 && (widths[0] + widths[1] - 958.0).abs() < 0.2, "{widths:?}");
    assert!(svg.as_str().contains("c-empty"), "a whole without parts is an empty bar");
    assert!(svg.as_str().contains("&lt;part&gt;") && !svg.as_str().contains("NaN"));
    let empty = chart(vec![bar([0.0; 4]), bar([f64::NAN; 4])]).render(Layout::Narrow);
    assert!(empty.as_str().contains("nobody") && !empty.as_str().contains("NaN") && !empty.as_str().contains("c-part"));
}
