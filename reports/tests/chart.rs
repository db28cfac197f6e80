//! The trend chart with a band of intervals: what it holds, cuts and leaves out.

use mirrorlake_reports::chart::{IntervalStyle, Layout, TrendChart, TrendLegend, TrendPoint, TrendScale};

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
