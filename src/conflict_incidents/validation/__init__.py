"""The engine behind `incidents validate`, the rules, the reports of findings, and the manual."""
