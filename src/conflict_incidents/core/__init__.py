"""What knows no record: findings, the rule decorator, names, ids, geography, files, URLs, versions."""
