"""Write the published incidents in the layout of UCDP GED; columns without a value stay empty."""

from __future__ import annotations

import argparse
import contextlib
import sys

from conflict_incidents.cli._options import add_root, dataset_at, output_file
from conflict_incidents.core.files import overwrite
from conflict_incidents.core.findings import Shown, errors, number
from conflict_incidents.exchange.ucdp_columns import LAYOUTS
from conflict_incidents.pipeline import validate_dataset
from conflict_incidents.records.model import Incident
from conflict_incidents.validation.reports import as_text


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents export`."""
    parser.add_argument("format", choices=["ucdp-ged"], help="the dataset whose layout to write")
    parser.add_argument("--layout", choices=LAYOUTS, default=LAYOUTS[0], help="how many columns (default: 41)")
    add_root(parser)
    parser.add_argument("--out", type=output_file, metavar="FILE", help="where to write it (default: standard output)")


def run(options: argparse.Namespace) -> int:
    """Export, or print the findings and return 1; an existing file is unchanged."""
    from conflict_incidents.exchange.exporters.ucdp import as_csv

    dataset = dataset_at(options.root)
    outcome = validate_dataset(dataset)
    if not outcome.is_valid:
        print(as_text(errors(outcome.findings), outcome.files), file=sys.stderr)
        print("incidents: not exported; repair the records first", file=sys.stderr)
        return 1
    incidents = [record for record in outcome.records if isinstance(record, Incident)]
    published = sorted((one for one in incidents if one.status == "published"), key=lambda one: one.id)
    content = "\n".join([*as_csv(published, dataset, options.layout), ""])
    if options.out:
        overwrite(options.out, content.encode())
    else:
        # typeshed has TextIO here, which lacks `reconfigure`; a stream that really lacks it is unchanged.
        with contextlib.suppress(AttributeError):
            sys.stdout.reconfigure(newline="\n")  # type: ignore[union-attr] # see above
        sys.stdout.write(content)
    omitted = len(incidents) - len(published)
    note = f"; {number(omitted, 'draft or withdrawn record')} left out" if omitted else Shown("")
    print(f"incidents: {number(len(published), 'incident')} exported{note}", file=sys.stderr)
    return 0
