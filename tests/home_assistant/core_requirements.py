"""Prints, one a line, what must be installed for a Home Assistant Core that is started with --skip-pip and speaks MQTT.

Run by scripts/home-assistant-prepare inside Core's environment, where only Core itself is installed yet. Core sets up its default
integrations and every entity platform even if the configuration names none of them.
"""

import ast
import importlib.util
import json
import sys
from pathlib import Path

# The MQTT config flow and analytics import hassio; the others are in the configuration that the tests write.
WANTED = {"mqtt", "hassio", "recorder", "history", "logbook", "energy", "config"}


def default_integrations(bootstrap: Path) -> set[str]:
    """The names written out in DEFAULT_INTEGRATIONS; read, not imported: importing needs what is not installed yet."""
    for node in ast.parse(bootstrap.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DEFAULT_INTEGRATIONS":
            return {constant.value for constant in ast.walk(node.value) if isinstance(constant, ast.Constant)}
    raise SystemExit(f"{bootstrap} has no DEFAULT_INTEGRATIONS")


def main() -> None:
    spec = importlib.util.find_spec("homeassistant")
    if spec is None or spec.origin is None:
        raise SystemExit("homeassistant is not installed")
    package = Path(spec.origin).parent
    manifests = {path.parent.name: json.loads(path.read_text()) for path in (package / "components").glob("*/manifest.json")}
    platforms = {domain for domain, manifest in manifests.items() if manifest.get("integration_type") == "entity"}
    waiting = WANTED | platforms | default_integrations(package / "bootstrap.py")
    seen: set[str] = set()
    requirements: set[str] = set()
    while waiting:
        domain = waiting.pop()
        manifest = manifests.get(domain)
        if domain in seen or manifest is None:
            continue
        seen.add(domain)
        requirements.update(manifest.get("requirements", []))
        waiting.update(manifest.get("dependencies", []))
    if not requirements:
        raise SystemExit(f"no requirements found below {package}")
    sys.stdout.write("".join(f"{requirement}\n" for requirement in sorted(requirements)))


if __name__ == "__main__":
    main()
