//! What is known of a listing, in sentences.

use chrono::DateTime;
use mirrorlake_model::reappearance::{LinkKind, RateTier, ReappearanceRow, Tier};
use mirrorlake_model::text::printable;

use super::listing::Explained;

/// Pairs that are told one by one; a picture that many show would fill the screen.
const TOLD: usize = 25;

/// Characters of a title.
const TITLE_CHARS: usize = 70;

/// An instant as text.
pub fn instant(micros: i64) -> String {
    DateTime::from_timestamp_micros(micros)
        .map_or_else(|| micros.to_string(), |t| t.format("%Y-%m-%dT%H:%M:%S%.fZ").to_string())
}

/// Whether any rate counts a tier.
pub fn counts(tier: Tier) -> bool {
    RateTier::ABC.counts(tier)
}

/// The whole explanation.
pub fn text(explained: &Explained) -> String {
    let Explained { listing_id, day, removal, came_back, taken_for, excused, looked_at } = explained;
    let mut text = format!("listing {listing_id} as of {day}\n");
    if let Some(r) = removal {
        text.push('\n');
        match r.removed_at {
            Some(at) => {
                let (claim, merchant) = (r.claim_id.unwrap_or_default(), r.merchant_id.unwrap_or_default());
                text.push_str(&format!(
                    "It was removed at {}, by claim {claim} of brand {}, from merchant {merchant}.\n",
                    instant(at),
                    r.brand_id
                ));
                text.push_str(&images(r.images, r.common_images, r.uncompared_images));
            }
            None => text.push_str(&format!(
                "It was removed for brand {} and lawfully reinstated: it is counted apart, and is no reappearance.\n",
                r.brand_id
            )),
        }
        if r.removed_at.is_some() {
            list(&mut text, "It came back as", came_back, came_back_as);
            if came_back.is_empty() {
                text.push_str("It has not come back.\n");
            }
        }
    }
    list(&mut text, "It is taken for what these removed listings came back as", taken_for, taken);
    if taken_for.is_empty() && removal.is_none() {
        text.push_str("\nIt is taken for no removed listing.\n");
        if *looked_at {
            text.push_str("Its images were compared with those of all removed listings.\n");
        }
    }
    if let Some(nearest) = excused.first() {
        text.push_str(&format!(
            "It shows {} of removed listings that many unlinked merchants show (nearest: {nearest} bits of 256), which \
             accuses nobody but the merchants that had them removed.\n",
            number(excused.len() as i64, "picture", "pictures")
        ));
    }
    text
}

fn number(n: i64, one: &str, more: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {more}") }
}

fn images(compared: i64, common: i64, uncompared: i64) -> String {
    let mut text =
        format!("{} of it could be compared with those of other listings", number(compared, "image", "images"));
    if common > 0 {
        text.push_str(&format!(
            "; {common} of them are pictures that many unlinked merchants show, and accuse nobody else"
        ));
    }
    if uncompared > 0 {
        text.push_str(&format!("; {uncompared} could not, for want of a hash or of quality"));
    }
    text.push_str(".\n");
    text
}

fn list(text: &mut String, title: &str, rows: &[ReappearanceRow], line: impl Fn(&ReappearanceRow) -> String) {
    if rows.is_empty() {
        return;
    }
    text.push_str(&format!("\n{title}:\n"));
    for row in rows.iter().take(TOLD) {
        text.push_str(&line(row));
        text.push_str(&evidence(row));
    }
    if rows.len() > TOLD {
        text.push_str(&format!("  … and {} more; --format json tells all\n", rows.len() - TOLD));
    }
}

fn came_back_as(row: &ReappearanceRow) -> String {
    let what = if row.tier == Tier::SameListing {
        "itself, active again".to_owned()
    } else {
        format!("listing {} of merchant {}", row.new_listing_id, row.new_merchant_id)
    };
    format!("  tier {}: {what}, at {}, {:.2} days after\n", row.tier.word(), instant(row.reappeared_at), row.days())
}

fn taken(row: &ReappearanceRow) -> String {
    format!(
        "  tier {}: listing {} of merchant {}, removed at {} by claim {} of brand {}; this one was listed at {}, {:.2} days \
         after\n",
        row.tier.word(),
        row.removed_listing_id,
        row.removed_merchant_id,
        instant(row.removed_at),
        row.claim_id,
        row.brand_id,
        instant(row.reappeared_at),
        row.days()
    )
}

/// Why the pair is in its tier, a line each.
fn evidence(row: &ReappearanceRow) -> String {
    let mut lines = Vec::new();
    match row.tier {
        Tier::SameListing => {}
        Tier::SameMerchant => lines.push("the same merchant".to_owned()),
        Tier::LinkedMerchant => {
            let kinds: Vec<&str> = row.link_keys.iter().map(|kind| LinkKind::word(*kind)).collect();
            lines.push(format!("linked merchants: they share a key of the kind {}", kinds.join(", ")));
        }
        Tier::OtherMerchant => lines.push("no known link between the merchants: reported, and in no rate".to_owned()),
    }
    if let (Some(bits), Some(removed), Some(new)) = (row.hamming, row.removed_position, row.new_position) {
        let mut line = format!(
            "image {new} of listing {} is {bits} bits of 256 from image {removed} of the removed one; {}",
            row.new_listing_id,
            if row.image_matches == 1 {
                "1 pair of images matches".into()
            } else {
                format!("{} pairs match", row.image_matches)
            }
        );
        if row.common_matches > 0 {
            line.push_str(&format!(", {} of a picture that many unlinked merchants show", row.common_matches));
        }
        lines.push(line);
    }
    if row.same_product && row.tier != Tier::SameListing {
        lines.push("the same product and brand".to_owned());
    }
    if let Some(similar) = row.title_similarity {
        let title = |t: &Option<String>| printable(t.as_deref().unwrap_or_default(), TITLE_CHARS);
        let titles = (title(&row.removed_title), title(&row.new_title));
        lines.push(format!("titles {similar:.2} alike (decides nothing): {} | {}", titles.0, titles.1));
    }
    lines.iter().map(|line| format!("    {line}\n")).collect()
}
