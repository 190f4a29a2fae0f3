"""What every API view shares: rights, problem+json, cursor pages, the schema."""
