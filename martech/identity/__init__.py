"""Who is who: match keys, evidence for and against, constrained clusters. Pure: no database, no Django."""
