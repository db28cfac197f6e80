//! Merchants: who is honest, sloppy or counterfeiting, how big they are, and which keys they share.

use std::collections::BTreeMap;

use crate::calendar::{Calendar, DAY};
use crate::random::{Family, Stream, pow};
use crate::{SampleSpec, spec::Sizes};

/// Identifier of the first merchant.
pub(crate) const FIRST_MERCHANT: i64 = 10_001;
/// A key shared by more merchants than this links nobody (metric definitions, "Reappearance").
pub(crate) const LINK_CAP: u32 = 20;

/// What a merchant lives from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Honest,
    Sloppy,
    Counterfeit,
}

impl Kind {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Honest => "honest",
            Self::Sloppy => "sloppy",
            Self::Counterfeit => "counterfeit",
        }
    }
}

/// Prefixes of the four keys: entity, contact, payout, address.
pub(crate) const KEY_PREFIXES: [&str; 4] = ["ent", "con", "pay", "adr"];

/// One merchant.
pub(crate) struct Merchant {
    pub(crate) kind: Kind,
    /// Ring of counterfeiters it belongs to.
    pub(crate) ring: Option<u32>,
    /// Relative size.
    pub(crate) size: f64,
    pub(crate) opened_days_ago: i64,
    /// When it was suspended or closed.
    pub(crate) ended_at: Option<i64>,
    pub(crate) status: &'static str,
    pub(crate) keys: [Option<u64>; 4],
    /// An honest merchant that sells far below list price.
    pub(crate) discounter: bool,
    /// Days with a multiple of its usual sales.
    pub(crate) burst: Option<(i64, i64)>,
}

/// All merchants and how often each key occurs.
pub(crate) struct Merchants {
    pub(crate) all: Vec<Merchant>,
    /// Members of each ring.
    pub(crate) rings: Vec<Vec<u32>>,
    uses: BTreeMap<(u8, u64), u32>,
}

impl Merchants {
    pub(crate) fn new(spec: &SampleSpec, sizes: &Sizes, calendar: &Calendar) -> Self {
        let count = sizes.merchants as usize;
        let family = Family::new(spec.seed, "merchants");
        let mut order: Vec<u32> = (0..sizes.merchants).collect();
        let mut stream = family.stream(u64::MAX);
        stream.shuffle(&mut order);
        let mut all: Vec<Option<Merchant>> = Vec::new();
        all.resize_with(count, || None);
        // The very largest shops are honest: a counterfeiter of that size would not last.
        let honest_top = count / 40;
        let counterfeiters = quota(spec.counterfeiter_share, count);
        let sloppy = quota(spec.sloppy_share, count);
        let mut kinds = vec![Kind::Honest; count - honest_top];
        kinds.iter_mut().take(counterfeiters).for_each(|k| *k = Kind::Counterfeit);
        kinds.iter_mut().skip(counterfeiters).take(sloppy).for_each(|k| *k = Kind::Sloppy);
        stream.shuffle(&mut kinds);
        for (rank, position) in order.iter().enumerate() {
            let kind = if rank < honest_top { Kind::Honest } else { kinds[rank - honest_top] };
            let mut own = family.stream(u64::from(*position));
            let size = pow(rank as f64 + 1.5, -0.95);
            all[*position as usize] = Some(merchant(&mut own, kind, size, calendar));
        }
        let mut merchants = Self { all: all.into_iter().flatten().collect(), rings: Vec::new(), uses: BTreeMap::new() };
        merchants.share_keys(&mut stream);
        merchants
    }

    /// Rings, sister shops and the payment agent; every other key is a merchant's own.
    fn share_keys(&mut self, stream: &mut Stream) {
        let mut counterfeiters = self.of_kind(Kind::Counterfeit);
        stream.shuffle(&mut counterfeiters);
        let mut free = counterfeiters.len() * 6 / 10;
        let mut next = counterfeiters.into_iter();
        while free >= 2 {
            let members: Vec<u32> = next.by_ref().take((2 + stream.index(6)).min(free)).collect();
            free -= members.len();
            if members.len() < 2 {
                break;
            }
            let ring = self.rings.len() as u32;
            let main = [2, 1, 0, 3][stream.weighted(&[60, 20, 10, 10])];
            let second = if stream.chance(300) { stream.index(4) } else { main };
            for kind in [main, second] {
                let key = stream.next();
                for member in &members {
                    self.all[*member as usize].keys[kind] = Some(key);
                }
            }
            for member in &members {
                self.all[*member as usize].ring = Some(ring);
            }
            self.rings.push(members);
        }
        let mut honest = self.of_kind(Kind::Honest);
        stream.shuffle(&mut honest);
        // Sister shops of one company are linked too, and there is nothing wrong with that.
        for pair in honest.chunks_exact(2).take(self.all.len() / 50) {
            let key = stream.next();
            for member in pair {
                self.all[*member as usize].keys[0] = Some(key);
            }
        }
        // One payment agent serves many: a key that must link nobody.
        let clients = (self.all.len() / 25).max(LINK_CAP as usize + 4);
        let agent = stream.next();
        let outside = self.all.iter_mut().filter(|m| m.ring.is_none());
        for merchant in outside.take(clients) {
            merchant.keys[2] = Some(agent);
        }
        for merchant in &self.all {
            for (kind, key) in merchant.keys.iter().enumerate() {
                if let Some(key) = key {
                    *self.uses.entry((kind as u8, *key)).or_default() += 1;
                }
            }
        }
        // Keys of one merchant only link nobody and need not be remembered.
        self.uses.retain(|_, uses| *uses > 1);
    }

    /// Positions of the merchants of a kind.
    pub(crate) fn of_kind(&self, kind: Kind) -> Vec<u32> {
        (0..self.all.len() as u32).filter(|i| self.all[*i as usize].kind == kind).collect()
    }

    /// Whether two merchants share a key directly that few enough share.
    pub(crate) fn linked(&self, one: u32, other: u32) -> bool {
        let (one, other) = (&self.all[one as usize], &self.all[other as usize]);
        (0..4).any(|kind| {
            one.keys[kind].is_some_and(|key| {
                other.keys[kind] == Some(key) && self.uses.get(&(kind as u8, key)).is_some_and(|uses| *uses <= LINK_CAP)
            })
        })
    }
}

fn quota(share: f64, count: usize) -> usize {
    (share * count as f64) as usize
}

fn merchant(stream: &mut Stream, kind: Kind, size: f64, calendar: &Calendar) -> Merchant {
    let opened_days_ago = match kind {
        Kind::Honest => stream.between(120, 2_900),
        Kind::Sloppy => stream.between(60, 2_200),
        Kind::Counterfeit => stream.between(40, 700),
    };
    let ending = match kind {
        Kind::Honest => 15,
        Kind::Sloppy => 30,
        Kind::Counterfeit => 120,
    };
    let span = calendar.as_of - calendar.lake_start();
    // Nobody is closed within days of opening.
    let youngest = calendar.as_of - (opened_days_ago - 10) * DAY;
    let ended_at = stream
        .chance(ending)
        .then(|| (calendar.as_of - DAY / 24 - stream.between(0, span / 2_000_000) * 1_000_000).max(youngest));
    let status = match (ended_at, kind) {
        (None, _) => "active",
        (Some(_), Kind::Counterfeit) => "suspended",
        (Some(_), _) => "closed",
    };
    let mut keys = [None; 4];
    for (key, missing) in keys.iter_mut().zip([30, 60, 40, 90]) {
        *key = (!stream.chance(missing)).then(|| stream.next());
    }
    let bursting = match kind {
        Kind::Honest => 40,
        Kind::Sloppy => 50,
        Kind::Counterfeit => 280,
    };
    let burst = stream.chance(bursting).then(|| {
        // Half of the bursts are going on at T.
        let until = if stream.chance(500) { 0 } else { stream.between(0, span / DAY) };
        let length = stream.between(3, 7);
        (calendar.as_of - (until + length) * DAY, calendar.as_of - until * DAY)
    });
    Merchant {
        kind,
        ring: None,
        size,
        opened_days_ago,
        ended_at,
        status,
        keys,
        discounter: kind == Kind::Honest && stream.chance(60),
        burst,
    }
}
