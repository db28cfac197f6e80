//! Links by hand: kinds of keys, crowded ones, components.

use super::*;
use mirrorlake_model::thresholds::LINK_KEY_MERCHANTS;
use proptest::prelude::*;

fn keys<'a>(merchant_id: i64, keys: [&'a str; 4]) -> MerchantKeys<'a> {
    MerchantKeys { merchant_id, keys: keys.map(|key| (key != "-").then_some(key)) }
}

#[test]
fn links_are_direct_by_kind_and_components_are_not() {
    use LinkKind::{Address, Contact, Entity, Payout};
    let links = Links::of(
        &[
            keys(9, ["e1", "c1", "-", "-"]),
            keys(2, ["e1", "c2", "p2", "a2"]),
            keys(5, ["e2", "c2", "p2", "a5"]),
            // An entity that is spelled like somebody's contact is no link.
            keys(7, ["c1", "e1", "-", "-"]),
            keys(4, ["-", "-", "-", "-"]),
            keys(3, ["-", "-", "-", "-"]),
            keys(1, ["-", "-", "-", "a5"]),
        ],
        LINK_KEY_MERCHANTS,
    );
    assert_eq!(links.merchants(), [1, 2, 3, 4, 5, 7, 9]);
    assert_eq!(links.link_keys(9, 2), [Entity]);
    assert_eq!(links.link_keys(5, 2), [Contact, Payout]);
    assert_eq!(links.link_keys(5, 1), [Address]);
    assert!(links.link_keys(9, 5).is_empty() && !links.linked(9, 5), "over 2 only");
    assert!(links.link_keys(3, 4).is_empty(), "what is not known is not shared");
    assert!(links.link_keys(2, 2).is_empty() && links.link_keys(2, 99).is_empty());
    assert_eq!(links.neighbours(2), [5, 9]);
    assert!(links.neighbours(7).is_empty() && links.neighbours(99).is_empty());
    assert_eq!(links.component(5), Some(Component { first_merchant_id: 1, merchants: 4 }));
    assert_eq!(links.component(9), links.component(1));
    assert_eq!(links.component(7), Some(Component { first_merchant_id: 7, merchants: 1 }));
    assert_eq!(links.component(99), None);
}

#[test]
fn a_key_of_twenty_links_and_of_twenty_one_does_not() {
    let hall = |n: i64| Links::of(&(1..=n).map(|m| keys(m, ["-", "-", "-", "hall"])).collect::<Vec<_>>(), 20);
    assert_eq!((hall(20).neighbours(1).len(), hall(20).crowded_keys(LinkKind::Address)), (19, 0));
    assert_eq!((hall(21).neighbours(1).len(), hall(21).crowded_keys(LinkKind::Address)), (0, 1));
    assert_eq!(hall(21).component(3), Some(Component { first_merchant_id: 3, merchants: 1 }));
}

proptest! {
    #[test]
    fn links_are_what_comparing_everybody_with_everybody_finds(
        rows in prop::collection::btree_map(-40_i64..40, prop::array::uniform4(prop::option::of(0_u8..12)), 0..40),
        most in 1_u32..5,
        shuffle in any::<u64>(),
    ) {
        let names: Vec<String> = (0..12).map(|n| format!("k{n}")).collect();
        let mut input: Vec<MerchantKeys<'_>> = rows
            .iter()
            .map(|(id, keys)| MerchantKeys { merchant_id: *id, keys: keys.map(|k| k.map(|k| names[usize::from(k)].as_str())) })
            .collect();
        input.sort_by_key(|m| (m.merchant_id as u64).wrapping_mul(shuffle | 1));
        let links = Links::of(&input, most);
        let shares = |kind: usize, a: &[Option<u8>; 4], b: &[Option<u8>; 4]| {
            a[kind].is_some() && a[kind] == b[kind] && rows.values().filter(|r| r[kind] == a[kind]).count() <= most as usize
        };
        let mut reach: std::collections::BTreeMap<i64, std::collections::BTreeSet<i64>> = std::collections::BTreeMap::new();
        for (one, a) in &rows {
            let mut near = Vec::new();
            for (other, b) in &rows {
                let kinds: Vec<LinkKind> =
                    (0..4).filter(|k| one != other && shares(*k, a, b)).map(|k| LinkKind::ALL[k]).collect();
                prop_assert_eq!(&links.link_keys(*one, *other), &kinds);
                if !kinds.is_empty() {
                    near.push(*other);
                }
            }
            prop_assert_eq!(&links.neighbours(*one), &near);
            reach.entry(*one).or_default().extend(near.iter().copied().chain([*one]));
        }
        // Transitive closure the slow way.
        for _ in 0..rows.len() {
            let before = reach.clone();
            for set in reach.values_mut() {
                for other in set.clone() {
                    set.extend(&before[&other]);
                }
            }
            if before == reach {
                break;
            }
        }
        for (one, set) in &reach {
            let component = links.component(*one).expect("on record");
            prop_assert_eq!(Some(component.first_merchant_id), set.first().copied());
            prop_assert_eq!(component.merchants as usize, set.len());
        }
    }
}
