# R 4.2.2, survey 4.1.1: Rscript clusters.R > clusters.txt
# Columns: met, n. The interval goes to stderr: 0.775212696839607 0.821001554394546, effective n 1219.286.
suppressMessages(library(survey))
set.seed(1)
n <- sample(1:60, 300, TRUE)
met <- rbinom(300, n, rbeta(300, 4, 1))
cat(sprintf("%d %d\n", met, n), sep = "")
d <- data.frame(claim = rep(seq_along(n), n), met = unlist(mapply(function(m, k) rep(c(1, 0), c(m, k - m)), met, n)))
r <- svyciprop(~met, svydesign(ids = ~claim, weights = ~1, data = d), method = "beta")
message(paste(sprintf("%.15g", attr(r, "ci")), collapse = " "))
