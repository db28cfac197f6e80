# R 4.2.2: Rscript quantiles.R > quantiles.txt
# Columns: distribution, probability, first parameter, second parameter, quantile.
# At p = 0.5 qt leaves a rounding of 2e-16 where the quantile is 0. Quantiles below 1e-290 are left out: there R's own qbeta warns that it is not accurate.
ps <- c(1e-6,0.0005,0.005,0.025,0.05,0.2,0.5,0.8,0.95,0.975,0.995,0.9995)
ab <- list(c(1,20),c(20,101),c(0.01,0.5),c(0.5,0.01),c(1e-4,3),c(3,1e-4),c(1,1e7),c(1e7,1),c(5e6,5e6),c(9.9e6,1e5),
  c(1e7,2),c(0.3,40),c(12.37,1e6),c(1,1),c(2.5,0.9),c(0.123,1e7),c(1e7,0.123),c(300.25,0.75),c(1e-3,1e-3),c(50000.5,120000.25))
show <- function(...) cat(sprintf("%s %.17g %.17g %.17g %.17g\n", ...))
for (x in ab) for (p in ps) { q <- suppressWarnings(qbeta(p,x[1],x[2])); if (q > 1e-290) show("beta",p,x[1],x[2],q) }
for (df in c(1,2,3,4,5,10,29.5,30,100,1e3,1e5,1e7,0.7)) for (p in c(setdiff(ps,0.5),1e-10)) show("t",p,df,0,qt(p,df))
for (p in c(ps,1e-300,1e-15,1-1e-12)) show("normal",p,0,0,qnorm(p))
# The shapes of Garwood's interval, x and x + 1 for counts x up to 1e7, some between and some beyond.
for (a in c(0.1,0.5,1,1.5,2,3,4,5,12.37,20,31,36,88,150,1e3,12345.5,1e5,1e6,1e7,1e7+1,2e8,1e12)) for (p in c(ps,1-1e-6)) {
  q <- qgamma(p,a); if (q > 1e-290) show("gamma",p,a,0,q) }
