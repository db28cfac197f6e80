//! Features, scores, ranks and their intervals.

use super::*;

proptest! {
    /// Base and contributions add up to the log-odds to the last bit, and what is missing adds nothing.
    #[test]
    fn contributions_add_up(merchants in any_merchants(20), documents in any::<bool>(), comments in any::<bool>()) {
        let model = Model::reviewed().expect("the file that ships");
        let available = Available { documents, comments, ..Available::ALL };
        let priors = fitted(&merchants);
        for (_, signals) in &merchants {
            let scored = score(&model, &features(signals, &priors, &available));
            let sum = scored.contributions.iter().fold(model.base.value, |sum, contribution| sum + contribution);
            prop_assert_eq!(sum, scored.log_odds);
            prop_assert!(scored.score > 0.0 && scored.score < 1.0);
            for code in available.missing() {
                prop_assert_eq!(scored.contributions[code.place()], 0.0);
            }
            let reasons = reasons(&scored, signals);
            prop_assert!(reasons.windows(2).all(|two| two[0].contribution.abs() >= two[1].contribution.abs()));
            prop_assert_eq!(reasons.len(), scored.contributions.iter().filter(|c| **c != 0.0).count());
        }
    }

    /// More of any evidence never lowers a feature, with the priors held fixed.
    #[test]
    fn more_evidence_never_lowers(merchants in any_merchants(8), more in 1..50_i64) {
        let priors = fitted(&merchants);
        for (_, signals) in &merchants {
            let before = features(signals, &priors, &Available::ALL);
            let raise: [fn(&mut Signals, i64); 14] = [
                |s, by| s.allegations += by,
                |s, by| s.counterfeit_refund_units += by,
                |s, by| s.upheld_takedowns += by,
                |s, by| s.upheld_listings += by,
                |s, by| s.enforcement_days += by,
                |s, by| s.reappearances += by,
                |s, by| s.deep_discount_units += by,
                |s, by| s.store_age_days -= by,
                |s, by| s.unauthorised_brands += by,
                |s, by| s.document_issues += by,
                |s, by| s.image_matches += by,
                |s, by| s.linked_upheld += by,
                |s, by| s.pilot_counterfeit += by,
                |s, by| s.burst_z = s.burst_z.map(|z| z + by as f64),
            ];
            for (at, raise) in raise.iter().enumerate() {
                let mut raised = *signals;
                raise(&mut raised, more);
                let after = features(&raised, &priors, &Available::ALL);
                for (code, (before, after)) in Code::ALL.iter().zip(before.iter().zip(&after)) {
                    prop_assert!(after >= before, "{at}, {code:?}: {before} to {after} of {signals:?}");
                }
            }
        }
    }

    /// The order of the merchants and the threads do not show; intervals hold their rank.
    #[test]
    fn intervals_depend_on_the_merchants_alone(
        (merchants, shuffled) in any_merchants(60).prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        seed in any::<u64>(),
    ) {
        let model = Model::reviewed().expect("the file that ships");
        let priors = fitted(&merchants);
        prop_assert_eq!(&priors, &fitted(&shuffled));
        let resampling = Resampling { replicates: 40, seed, ..Resampling::default() };
        let one = rank_intervals(&model, &priors, &Available::ALL, &merchants, &resampling);
        let other = rank_intervals(&model, &priors, &Available::ALL, &shuffled, &resampling);
        for ((id, _), interval) in merchants.iter().zip(&one) {
            let there = shuffled.iter().position(|m| m.0 == *id).expect("the same merchants");
            prop_assert_eq!(interval, &other[there]);
            prop_assert!(1 <= interval.low && interval.low <= interval.rank);
            prop_assert!(interval.rank <= interval.high && interval.high <= merchants.len() as i64);
        }
        let mut ranks: Vec<i64> = one.iter().map(|interval| interval.rank).collect();
        ranks.sort_unstable();
        prop_assert_eq!(ranks, (1..=merchants.len() as i64).collect::<Vec<_>>());
    }
}
