"""Everything behind `incidents validate`: the engine, the rules, reports of findings, the manual."""
