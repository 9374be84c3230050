"""One YAML file and one typed record: strict YAML, schema, model, canonical formatting, autofix."""
