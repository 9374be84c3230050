"""Run the shell steps of workflows and of the action as GitHub does: expressions filled in, a fresh bash for each."""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Tree = dict[str, Any]
_NAME = re.compile(r"'[^']*'|[a-z_]+(?:\.[a-z_-]+)+")


def load_yaml(file: Path) -> Tree:
    """Load a workflow or an action; YAML 1.1 reads its key `on` as a boolean."""
    tree = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return {"on" if key is True else key: value for key, value in tree.items()}


def steps_of(tree: Tree) -> list[Tree]:
    """Return the steps of an action, or of a workflow's only job."""
    if "runs" in tree:
        return list(tree["runs"]["steps"])
    [job] = tree["jobs"].values()
    return list(job["steps"])


def step(tree: Tree, name: str) -> Tree:
    """Return the step with a name."""
    [match_] = [one for one in steps_of(tree) if one.get("name") == name or one.get("run") == name]
    return match_


def evaluate_text(text: str, contexts: Mapping[str, Any]) -> str:
    """Evaluate the expressions in a text: `&&`, `||`, `==`, `!=` and names; an unknown name is empty."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda match: str(evaluate(match[1], contexts)), text)


def evaluate(expression: str, contexts: Mapping[str, Any]) -> Any:
    """Evaluate an expression; GitHub's operators return one of their operands, as Python's do."""
    python = expression.replace("&&", " and ").replace("||", " or ")
    names = _NAME.sub(lambda name: name[0] if name[0][0] == "'" else f"look({name[0]!r})", python)
    return eval(names.strip(), {"look": lambda name: contexts.get(name, "")})


@dataclass
class Runner:
    """A machine with a workspace; expressions look up names in `contexts`."""

    folder: Path
    contexts: dict[str, Any]
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("workspace", "temp"):
            (self.folder / name).mkdir(parents=True)

    @property
    def workspace(self) -> Path:
        """The folder in which repositories are checked out."""
        return self.folder / "workspace"

    @property
    def summary(self) -> str:
        """The job summary so far."""
        file = self.folder / "summary.md"
        return file.read_text("utf-8") if file.exists() else ""

    def run(self, step: Tree) -> subprocess.CompletedProcess[str]:
        """Run a step; later expressions can use its outputs as `steps.ID.outputs.NAME`."""
        assert "${{" not in step["run"]
        output = self.folder / "output"
        output.write_text("", "utf-8")
        own = {name: evaluate_text(str(text), self.contexts) for name, text in step.get("env", {}).items()}
        result = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace / step.get("working-directory", ""),
            env={
                **{name: text for name, text in os.environ.items() if not name.startswith(("GIT_", "PYTHON"))},
                "GITHUB_ACTIONS": "true",
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
                "GITHUB_WORKSPACE": str(self.workspace),
                "RUNNER_TEMP": str(self.folder / "temp"),
                **self.environment,
                **own,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        for line in output.read_text("utf-8").splitlines():
            name, _, text = line.partition("=")
            self.contexts[f"steps.{step['id']}.outputs.{name}"] = text
        return result
