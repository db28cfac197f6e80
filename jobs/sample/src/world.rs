//! Everything but the events: made first, in memory, in proportion to merchants and listings and not to sales.

use crate::brands::Catalogue;
use crate::calendar::Calendar;
use crate::claims::{Claim, claims, repeats};
use crate::documents::{Document, documents};
use crate::images::Gallery;
use crate::listings::{Listing, Maker, hand_out_pictures};
use crate::merchants::Merchants;
use crate::outcomes::{Takedown, takedowns};
use crate::pilot::{Purchase, purchases};
use crate::reappearances::{Pair, reappearances};
use crate::{SampleError, SampleSpec, spec::Sizes};

/// The marketplace behind the lake, with its truth.
pub(crate) struct World {
    pub(crate) spec: SampleSpec,
    pub(crate) sizes: Sizes,
    pub(crate) calendar: Calendar,
    pub(crate) catalogue: Catalogue,
    pub(crate) merchants: Merchants,
    pub(crate) listings: Vec<Listing>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) takedowns: Vec<Takedown>,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) documents: Vec<Document>,
    pub(crate) purchases: Vec<Purchase>,
    pub(crate) gallery: Gallery,
}

impl World {
    pub(crate) fn new(spec: &SampleSpec) -> Result<Self, SampleError> {
        let sizes = spec.sizes()?;
        let calendar = Calendar::new(spec);
        let catalogue = Catalogue::new(spec, &sizes, &calendar);
        let merchants = Merchants::new(spec, &sizes, &calendar);
        let maker = Maker::new(spec, &catalogue, &merchants, &calendar);
        let mut listings = maker.base(spec, &sizes);
        let claims = claims(spec, &sizes, &maker, &mut listings);
        hand_out_pictures(spec, &mut listings, catalogue.brands.len());
        let takedowns = takedowns(spec, &claims, &mut listings, repeats(&sizes), calendar.as_of);
        let gallery = Gallery::new(spec.seed);
        let pairs = reappearances(spec, &merchants, &calendar, &gallery, &mut listings);
        let documents = documents(spec, &merchants, &listings);
        let purchases = purchases(spec, &catalogue, &merchants, &calendar, &listings);
        Ok(Self {
            spec: spec.clone(),
            sizes,
            calendar,
            catalogue,
            merchants,
            listings,
            claims,
            takedowns,
            pairs,
            documents,
            purchases,
            gallery,
        })
    }
}
