//! Empirical Bayes of whole counts against R's `optim`, and against the same likelihood summed share by share.
