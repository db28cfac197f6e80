//! Options, the configuration file, and what no plan can be made with.

use super::{PLAN, market, picks, run};
use crate::support::marts::refused;
use crate::support::{Call, Lake, Listing, Market};

/// Runs it with a configuration file.
fn configured(lake: &Lake, section: &str) -> Call {
    lake.job("pilot-plan").with("--config", lake.config(&format!("[pilot_plan]\n{section}\n")))
}

#[test]
fn a_plan_needs_a_budget_and_a_seed() {
    let lake = market().lake();
    run(&lake, "--seed 1").fails(2, &["--budget is missing", "[pilot_plan]"]);
    run(&lake, "--budget 10").fails(2, &["--seed is missing", "[pilot_plan]"]);
    run(&lake, "").fails(2, &["--budget is missing"]);
    configured(&lake, "budget = 10").run().fails(2, &["--seed is missing"]);
    lake.holds_nothing();
}

#[test]
fn options_out_of_range_are_refused_by_name() {
    let lake = market().lake();
    for (words, says) in [
        ("--budget 0 --seed 1", "budget is 0"),
        ("--budget=-5 --seed 1", "budget is -5"),
        ("--budget 10000001 --seed 1", "budget is 10000001"),
        ("--budget 10 --seed 1 --targeted-share 1", "targeted_share is 1"),
        ("--budget 10 --seed 1 --targeted-share=-0.1", "targeted_share is -0.1"),
        ("--budget 10 --seed 1 --targeted-share nan", "targeted_share is NaN"),
        ("--budget 10 --seed 1 --per-brand-floor=-1", "per_brand_floor is -1"),
        ("--budget 10 --seed 1 --cooling-off-days 4000", "cooling_off_days is 4000"),
    ] {
        run(&lake, words).fails(2, &[says]);
    }
    for words in ["--budget ten --seed 1", "--budget 1.5 --seed 1", "--budget 10 --seed=-1", "--budget 10 --seed x"] {
        run(&lake, words).exits(2);
    }
    for (section, says) in [
        ("budget = 0\nseed = 1", "budget is 0"),
        ("targeted_share = 1.0", "targeted_share is 1"),
        ("per_brand_floor = -2", "per_brand_floor is -2"),
        ("seed = -3", "seed"),
        ("bugdet = 10", "bugdet"),
    ] {
        configured(&lake, section).args("--budget 10 --seed 1").run().fails(2, &["configuration", says]);
    }
    lake.holds_nothing();
}

#[test]
fn the_configuration_file_plans_and_options_win_over_it() {
    let lake = market().lake();
    let section = "budget = 25\nseed = 7\ntargeted_share = 0.0\nper_brand_floor = 3\ncooling_off_days = 90";
    configured(&lake, section).run().ok();
    let by_file = lake.rows(PLAN);
    assert_eq!(by_file.len(), 25);
    let written = &lake.manifest(PLAN)["configuration"]["pilot_plan"];
    assert_eq!((&written["seed"], &written["cooling_off_days"]), (&7.into(), &90.into()));
    // The same by options: unchanged.
    let words = "--budget 25 --seed 7 --targeted-share 0 --per-brand-floor 3 --cooling-off-days 90";
    run(&lake, words).ok().says(&["unchanged"]);
    configured(&lake, section).args("--budget 30 --seed 8").run().ok().says(&["published"]);
    assert_eq!(lake.rows(PLAN).len(), 30);
    let written = &lake.manifest(PLAN)["configuration"]["pilot_plan"];
    assert_eq!((&written["seed"], &written["per_brand_floor"]), (&8.into(), &3.into()));
}

#[test]
fn what_shapes_the_draw_is_in_the_configuration_of_the_run() {
    let lake = market().lake();
    let words = "--budget 25 --seed 7";
    picks(&lake, words);
    for more in ["--per-brand-floor 5", "--targeted-share 0.4", "--cooling-off-days 5", "--days 12"] {
        run(&lake, &format!("{words} {more}")).ok().says(&["published"]);
    }
}

#[test]
fn without_a_listing_to_buy_there_is_no_plan() {
    let mut market = Market::of_brands(2);
    // None of them is active and of a brand of the programme.
    market.listings.push(Listing { status: "removed", ..Listing::new(1, 1) });
    market.listings.push(Listing { status: "closed", ..Listing::new(2, 2) });
    market.listings.push(Listing { brand_id: None, ..Listing::new(3, 1) });
    market.listings.push(Listing::new(4, 3));
    let lake = market.lake();
    refused(&lake, run(&lake, "--budget 5 --seed 1"), &["no active listing of a brand is left to buy"]);
}

#[test]
fn every_table_it_reads_must_be_there() {
    for table in ["pilot_purchases", "listings", "merchants", "brands", "claims", "takedowns", "sales", "refunds"] {
        let lake = market().lake();
        std::fs::remove_dir_all(lake.root().join(table)).expect("removed");
        refused(&lake, run(&lake, "--budget 5 --seed 1"), &[&format!("table {table}")]);
    }
}

#[test]
fn listings_that_break_the_contract_are_in_no_plan() {
    let lake = market().lake();
    lake.edit("listings", |t| t.set(7, "status", "sold out"));
    run(&lake, "--budget 500 --seed 1").ok();
    let plan = lake.rows(PLAN);
    assert_eq!(plan.len(), 172);
    assert!(plan.iter().all(|p| p["listing_id"] != 10_007));
    assert_eq!(lake.quarantine("listings")[0]["row"], 7);
}

#[test]
fn a_listing_with_a_negative_price_is_counted_and_left_alone() {
    // The contract says nothing against it, and one listing must not stop the programme.
    let lake = market().lake();
    lake.edit("listings", |t| t.set(7, "price_minor", -1));
    run(&lake, "--budget 500 --seed 1").ok();
    assert!(lake.rows(PLAN).iter().all(|p| p["listing_id"] != 10_007));
    let notes = &lake.manifest(PLAN)["notes"];
    assert_eq!((&notes["listings_with_a_negative_price"], &notes["candidates"]), (&1.into(), &172.into()));
}
