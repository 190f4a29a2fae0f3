"""Synchronisation, pure: canonical values, field rules, mapping documents, convergence, guard rails, plans, proofs."""
