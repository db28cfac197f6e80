//! Removed listings that come back: what the job reads, how pictures are looked for, and its marts.
//!
//! - `facts`: takedowns, merchants and listings, as the reductions say.
//! - `images`: which images can be compared, and what comparing two listings comes to.
//! - `search`: where the pictures of removed listings are shown, carried over from an earlier day where nothing changed.
//! - `judge`: from candidates to the rows of the mart.
//! - `slice`: the images of a range of the listings.
//! - `earlier`: what an earlier day found.
//! - `marts` and `read`: the marts as Arrow, and back.

mod earlier;
mod facts;
mod images;
mod judge;
mod marts;
mod read;
mod report;
mod search;
mod slice;

pub use earlier::Earlier;
pub use facts::{Offer, links, picked_listings, removed_takedowns};
pub use images::{Fingerprints, Gallery};
pub use judge::Known;
pub use marts::{
    DIGESTS, MATCHES, PICTURES, RemovalRow, curves_batch, digests_batch, matches_batch, pictures_batch, rates_batch,
    reappearances_batch, removals_batch,
};
pub use read::{reappearance_rows, removal_rows};
pub use report::ReappearanceFigures;
pub use search::{Pictures, Search, Seen};
