"""The rules behind `incidents validate`, the reports of findings, and the manual."""
