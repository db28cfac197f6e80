//! How long all matches of new images among removed ones take, and that a sample of them is what comparing all finds:
//! `cargo run --release -p mirrorlake-signals --example bench_matching -- [QUERIES [REFERENCES [THREADS [KIND [DIR]]]]]`.
//!
//! KIND is `even` (bits without a pattern), `leaning` (bits that lean and neighbours that agree, as in pictures that are
//! made alike) or `alike` (a tenth of the pictures around a hundred centres, at distances of some forty bits). With a DIR
//! the hashes and the matches are written there, for docs/bench_matching.py.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a stopwatch at the edge, not part of the library")]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use mirrorlake_signals::matching::{Hash, Index, REACH, brute_force};

/// A fixed stream of numbers (splitmix64), so that every run does the same work.
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn even(&mut self) -> Hash {
        let mut hash = [0; 32];
        hash.chunks_exact_mut(8).for_each(|word| word.copy_from_slice(&self.next().to_le_bytes()));
        hash
    }

    /// Each bit is as it leans in 5 of 8 cases, and each second one follows its neighbour in 3 of 4.
    fn leaning(&mut self, lean: &Hash) -> Hash {
        let (a, b, c, d) = (self.even(), self.even(), self.even(), self.even());
        std::array::from_fn(|i| {
            let off = a[i] & (b[i] | c[i]);
            let follows = d[i] & 0xaa & !(b[i] & c[i]);
            lean[i] ^ (off & !follows | (off << 1) & follows)
        })
    }

    fn flipped(&mut self, hash: &Hash, bits: usize) -> Hash {
        let mut flipped = *hash;
        let mut changed: Hash = [0; 32];
        let mut left = bits;
        while left > 0 {
            let bit = self.below(256);
            if changed[bit / 8] >> (bit % 8) & 1 == 0 {
                changed[bit / 8] |= 1 << (bit % 8);
                flipped[bit / 8] ^= 1 << (bit % 8);
                left -= 1;
            }
        }
        flipped
    }

    fn list(&mut self, n: usize, kind: &str, lean: &Hash, centres: &[Hash]) -> Vec<Hash> {
        let one = |stream: &mut Self| match kind {
            "leaning" => stream.leaning(lean),
            "alike" if stream.below(10) == 0 => {
                let centre = centres[stream.below(centres.len())];
                let bits = 20 + stream.below(20);
                stream.flipped(&centre, bits)
            }
            _ => stream.even(),
        };
        (0..n).map(|_| one(self)).collect()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, usual: usize| arguments.get(at).map_or(Ok(usual), |text| text.parse());
    let (n, m, threads) = (number(0, 10_000_000)?, number(1, 1_000_000)?, number(2, 2)?);
    let kind = arguments.get(3).map_or("even", String::as_str);

    let mut stream = Stream(1);
    let lean = stream.even();
    let centres: Vec<Hash> = (0..100).map(|_| stream.even()).collect();
    let references = stream.list(m, kind, &lean, &centres);
    let mut queries = stream.list(n, kind, &lean, &centres);
    // One in fifty shows a removed picture again, changed in up to 45 bits.
    for query in queries.iter_mut().step_by(50) {
        let (bits, reference) = (stream.below(46), stream.below(m));
        *query = stream.flipped(&references[reference], bits);
    }

    let clock = Instant::now();
    let index = Index::new(references.clone());
    let built = clock.elapsed().as_secs_f64();
    let sample = 50.min(n);
    let (mut pairs, mut nearest, mut sampled) = (Vec::new(), 0_u64, Vec::new());
    index.matches(&queries, REACH, threads, &mut |query, reference, distance| {
        pairs.push([query, reference, distance]);
        nearest += u64::from(distance == 0);
        if (query as usize) < sample {
            sampled.push((query, reference, distance));
        }
    });
    let all = clock.elapsed().as_secs_f64();
    println!(
        "{kind}: {n} queries, {m} references, {threads} threads: {all:.2} s ({built:.2} s for the index), \
         {} matches, {nearest} of equal hashes",
        pairs.len()
    );

    let clock = Instant::now();
    let mut compared = Vec::new();
    brute_force::matches(&references, &queries[..sample], REACH, &mut |q, r, d| compared.push((q, r, d)));
    println!("{sample} queries by comparing with all: {:.2} s on one thread", clock.elapsed().as_secs_f64());
    if compared != sampled {
        return Err(format!("{} matches by comparing, {} by the index", compared.len(), sampled.len()).into());
    }

    if let Some(folder) = arguments.get(4).map(Path::new) {
        for (name, hashes) in [("references.bin", &references), ("queries.bin", &queries)] {
            let mut file = BufWriter::new(File::create(folder.join(name))?);
            hashes.iter().try_for_each(|hash| file.write_all(hash))?;
            file.flush()?;
        }
        let mut file = BufWriter::new(File::create(folder.join("matches.bin"))?);
        pairs.iter().flatten().try_for_each(|value| file.write_all(&value.to_le_bytes()))?;
        file.flush()?;
    }
    Ok(())
}
