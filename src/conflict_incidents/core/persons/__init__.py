"""Names of persons in free text, in the Latin and the Arabic script."""
