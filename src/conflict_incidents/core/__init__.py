"""Leaf modules, independent of records: findings, the rule decorator, names, ids, geography, files, URLs, versions."""
