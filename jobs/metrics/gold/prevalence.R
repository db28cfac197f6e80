# R 4.2.2, survey 4.1.1: Rscript prevalence.R > prevalence.txt
# A line "design name share variance effective_n low high" per design, then its purchases:
# stratum, stratum_size (- where not recorded), inclusion probability, weight, verdict (g, c, i).
suppressMessages(library(survey))
options(survey.lonely.psu = "adjust")
design <- function(name, d) {
  stopifnot(all(d$pi > 0 & d$pi <= 1))
  k <- d[d$verdict != "i", ]
  k$y <- as.numeric(k$verdict == "c")
  k$w <- k$weight / k$pi
  size <- tapply(1:nrow(k), k$stratum, function(i) {
    if (any(!is.na(k$size[i]))) max(k$size[i], na.rm = TRUE) else sum(1 / k$pi[i])
  })
  k$N <- size[as.character(k$stratum)]
  s <- svydesign(ids = ~1, strata = ~stratum, weights = ~w, fpc = ~N, data = k)
  m <- svymean(~y, s)
  p <- as.numeric(coef(m)); v <- as.numeric(vcov(m)); n <- nrow(k); L <- length(unique(k$stratum))
  if (p < 1e-12) p <- 0
  if (p > 1 - 1e-12) p <- 1
  kish <- sum(k$w)^2 / sum(k$w^2)
  ne <- if (p == 0 || p == 1 || v < 1e-20) kish else {
    raw <- p * (1 - p) / v * (qt(.025, n - 1) / qt(.025, max(n - L, 1)))^2
    # The same as svyciprop's, where R gives one and the cap is not reached.
    if (raw < n && n > L && all(k$w > 0)) {
      ci <- as.numeric(attr(svyciprop(~y, s, method = "beta"), "ci"))
      stopifnot(all.equal(ci, c(qbeta(.025, raw * p, raw * (1 - p) + 1), qbeta(.975, raw * p + 1, raw * (1 - p))), tolerance = 1e-9))
      message(name, " checked by svyciprop")
    }
    min(raw, n)
  }
  x <- ne * p; r <- ne * (1 - p)
  low <- if (x == 0) 0 else qbeta(.025, x, r + 1)
  high <- if (r == 0) 1 else qbeta(.975, x + 1, r)
  cat(sprintf("design %s %.15g %.15g %.15g %.15g %.15g\n", name, p, v, ne, low, high))
  cat(sprintf("%d %s %.17g %d %s\n", d$stratum, ifelse(is.na(d$size), "-", d$size), d$pi, d$weight, d$verdict), sep = "")
}
verdicts <- function(...) rep(c("c", "g", "i"), c(...))
# The vector of the facts: 0.15 with standard error 0.0503096.
design("facts", data.frame(stratum = rep(1:2, c(30, 20)), size = rep(c(900, 100), c(30, 20)), pi = rep(c(30 / 900, 20 / 100), c(30, 20)),
  weight = 1, verdict = c(verdicts(3, 27, 0), verdicts(12, 8, 0))))
set.seed(7)
n <- c(25, 40, 15, 35)
N <- c(400, 9000, 60, 1200)
large <- data.frame(stratum = rep(1:4, n), size = rep(N, n), pi = rep(n / N, n), weight = 1 + floor(rlnorm(sum(n), 2, 1.2)),
  verdict = ifelse(runif(sum(n)) < rep(c(.3, .2, .6, .4), n), "c", "g"))
design("unequal", large)
sold <- large; sold$weight[runif(nrow(sold)) < .4] <- 0
design("some_unsold", sold)
doubt <- large; doubt$verdict[sample(nrow(doubt), 12)] <- "i"
design("inconclusive", doubt)
lonely <- large[c(1:30, 66:115), ]; lonely <- rbind(lonely, data.frame(stratum = c(8, 9, 10), size = c(50, 1, NA), pi = c(1 / 50, 1, 1 / 20), weight = c(9, 4, 6), verdict = c("c", "g", "c")))
design("lonely", lonely)
unrecorded <- large; unrecorded$size <- NA; unrecorded$pi <- runif(nrow(large), .01, .9)
design("unrecorded_sizes", unrecorded)
waves <- large; waves$size[seq(1, nrow(waves), 3)] <- waves$size[seq(1, nrow(waves), 3)] + 37; waves$size[c(2, 50)] <- NA
design("two_waves", waves)
census <- data.frame(stratum = rep(1:2, c(20, 30)), size = rep(c(20, 30), c(20, 30)), pi = 1, weight = rep(1:5, 10), verdict = c(verdicts(4, 16, 0), verdicts(15, 15, 0)))
design("census", census)
none <- large; none$verdict <- "g"
design("none", none)
all <- large; all$verdict <- "c"
design("all", all)
pure <- large; pure$weight <- 3; pure$verdict <- ifelse(pure$stratum == 3, "c", "g")
design("pure_strata", pure)
design("every_stratum_alone", data.frame(stratum = 1:40, size = 200 + 1:40, pi = 1 / (200 + 1:40), weight = rep(c(1, 3, 2, 9), 10), verdict = rep(c("c", "g", "g", "g", "c"), 8)))
design("capped", data.frame(stratum = rep(1:2, c(40, 40)), size = rep(c(80, 50), c(40, 40)), pi = rep(c(.5, .8), c(40, 40)), weight = 1, verdict = c(verdicts(2, 38, 0), verdicts(35, 5, 0))))
