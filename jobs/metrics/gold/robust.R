# R 4.2.2: Rscript robust.R. An independent way to the robust interval of prevalence (src/prevalence/robust.rs): universal
# kriging with dense covariance matrices instead of a tridiagonal precision, and Imbens and Manski's equation by uniroot.
# Prints estimate, effective n, low, high.
version <- function(s, weights, tau2 = 0.06, gap = 3, t0 = 4, rho = 0.9, toward = 0.4) {
  cls <- function(w) ifelse(w <= 0, 0, floor(log2(pmax(w, 1))) + 1)
  W <- sum(weights); k <- sort(unique(c(cls(weights), cls(s$w)))); K <- length(k)
  s$k <- match(cls(s$w), k); s$d <- 1 / s$pi - rho * s$listed
  N <- S <- open <- unseen <- known <- D <- m <- numeric(K)
  for (j in 1:K) {
    N[j] <- sum(cls(weights) == k[j]); S[j] <- sum(weights[cls(weights) == k[j]])
    a <- s[s$k == j, ]; b <- sum(a$listed); bw <- sum(a$w[a$listed])
    D[j] <- sum(a$d); m[j] <- if (nrow(a)) D[j]^2 / sum(a$d^2) else 0
    known[j] <- if (bw > S[j]) S[j] / bw else 1
    if (N[j] > b) {
      r <- max(S[j] - bw, 0); c <- N[j] - b; open[j] <- r / W; L <- 2^(k[j] - 1)
      q <- if (r == 0) 0 else if (c == 1) r^2 else min(max((3*L - 1)*r - L*(2*L - 1)*c, r^2/c), 1.125*r^2/c)
      unseen[j] <- q / W^2
    }
    open[j] <- open[j] + (1 - rho) * known[j] * bw / W
    unseen[j] <- unseen[j] + rho * (1 - rho) * known[j]^2 * sum(a$w[a$listed]^2) / W^2
  }
  pos <- cumsum(c(0, pmin(diff(k), gap)))
  C <- tau2 * outer(pos, pos, pmin); o <- which(m > 0)
  V <- C[o, o, drop = FALSE] + diag(1 / m[o], length(o)); Vi <- solve(V); one <- rep(1, length(o))
  cv <- (C %*% open)[o]; g <- sum(Vi %*% one); miss <- sum(open) - sum(Vi %*% cv)
  lambda <- as.vector(Vi %*% cv + Vi %*% one * miss / g)
  R <- as.vector(t(open) %*% C %*% open - t(cv) %*% Vi %*% cv + miss^2 / g)
  lam <- numeric(K); lam[o] <- lambda
  cf <- lam[s$k] * s$d / D[s$k]; a <- cf + ifelse(s$listed, rho * known[s$k] * s$w / W, 0)
  p <- sum(a * s$y) / sum(a); if (sum(s$w) > 0) p <- (1 - toward) * p + toward * weighted.mean(s$y, s$w / s$pi)
  n <- nrow(s); n0 <- min(1 / (R + sum(unseen)), n)
  prior <- (p * n0 + 0.5) / (n0 + 1); own <- common <- 0
  for (h in unique(s$h)) {
    i <- s$h == h; s2 <- sum(cf[i]^2); if (s2 <= 0) next
    worth <- sum(cf[i])^2 / s2
    v <- function(r) { q <- (r * worth + t0 * prior) / (worth + t0); q * (1 - q) }
    own <- own + s2 * v(sum(cf[i] * s$y[i]) / sum(cf[i])); common <- common + s2 * v(p)
  }
  c(p, min(1 / (R * (if (common > 0) own / common else 1) + sum(unseen)), n))
}
ends <- function(v, level) {
  p <- v[1]; ne <- v[2]
  x <- ne * p; y <- ne * (1 - p); al <- (1 - level) / 2; z <- (1 - level)^(1 / ne)
  e <- min(x, .5); f <- min(y, .5)
  lo <- if (x <= 0) 0 else qbeta(al, x + e, y + 1 - e); hi <- if (y <= 0) 1 else qbeta(1 - al, x + 1 - f, y + f)
  c(min(lo, z), max(hi, 1 - z))
}
robust <- function(s, weights, level = 0.95) {
  v <- version(s, weights); u <- if (all(s$listed)) v else version(s[s$listed, ], weights)
  se <- function(v) { p <- (v[1] * v[2] + 0.5) / (v[2] + 1); sqrt(p * (1 - p) / v[2]) }
  gap <- abs(v[1] - u[1]) / max(se(v), se(u)); miss <- 1 - level
  # Imbens and Manski (2004): pnorm(z + gap) - pnorm(-z) = level.
  between <- qnorm(1 - c(miss, miss / 2)) + c(-1e-9, 1e-9)
  z <- uniroot(function(z) pnorm(z + gap) - pnorm(-z) - level, between, tol = 1e-15)$root
  each <- 1 - 2 * pnorm(-z); i <- ends(v, each); j <- ends(u, each)
  cat(sprintf("%.15g, %.15g, %.15g, %.15g\n", (v[1] + u[1]) / 2, min(v[2], u[2]), min(i[1], j[1]), max(i[2], j[2])))
}
sample <- function(h, pi, w, y, listed = TRUE) data.frame(h = h, pi = pi, w = w, y = y, listed = listed)
stock <- c(rep(0, 40), rep(1:10, 6), 25, 40, 40, 90, 130, 700, 3000)
a <- sample(rep(1:3, c(5, 4, 3)), rep(c(0.05, 0.1, 0.5), c(5, 4, 3)),
            c(0, 1, 3, 4, 7, 2, 5, 9, 10, 40, 130, 700), c(0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0))
robust(a, stock)
robust(transform(a, y = 0), stock)
robust(transform(a, y = 1), stock)
robust(a, stock, 0.9)
# Every listing counts 1.
robust(transform(a, w = 1), rep(1, 200))
# All bought; then two of the twelve gone from the stock.
robust(transform(a, pi = 1), a$w)
robust(transform(a, listed = !(w %in% c(40, 700))), stock)
# Every counterfeit found has gone; and one genuine listing with them.
robust(transform(a, listed = y == 0), stock)
robust(transform(a, listed = y == 0 & w != 10, w = 1), rep(1, 200), 0.9)
# Bought more of a class than the stock now has.
robust(a, c(rep(1, 50), 8, 9, 200))
# One purchase.
robust(a[12, ], stock)
# Sizes far apart; then a class bought with certainty in part, of a stock that has grown.
far <- transform(a, w = c(0, 1, 1, 1, 5000, 0, 1, 1, 4100, 4200, 6000, 900000))
robust(far, c(rep(0, 40), rep(1, 300), 4100, 4200, 5000, 6000, 7000, 8000, 900000, 990000, 1.8e9))
robust(transform(a, pi = ifelse(w %in% c(9, 40), 1, pi)), c(stock, 33, 60))
