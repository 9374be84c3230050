"""Other datasets: importers and exporters."""
