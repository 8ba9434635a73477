"""Sites decided once while what happens is not known: cases, samples, and the plan that hedges between them."""
