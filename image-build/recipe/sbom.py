"""The bill of materials of a root file system, as CycloneDX 1.6: Debian's packages and Python's.

sbom.py ROOT VERSION ARCH >FILE
"""

import email.parser
import json
import os
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote


def main() -> None:
    root, version, arch = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    made = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    components = sorted([*debian(root), *python(root)], key=lambda part: str(part["purl"]))
    identity = json.dumps([version, arch, components], sort_keys=True)
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_OID, identity).urn,
        "version": 1,
        "metadata": {
            "timestamp": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"type": "operating-system", "name": "Space box", "version": version},
        },
        "components": components,
    }
    json.dump(bill, sys.stdout, indent=1)
    print()


def debian(root: Path) -> Iterator[dict[str, Any]]:
    """Yield one component per installed package of dpkg's database."""
    status = (root / "var/lib/dpkg/status").read_text(encoding="utf-8")
    for stanza in status.strip().split("\n\n"):
        package = email.parser.HeaderParser().parsestr(stanza)
        if not package["Status"].endswith(" installed"):
            continue
        name, version, arch = package["Package"], package["Version"], package["Architecture"]
        yield component(name, version, f"pkg:deb/debian/{quote(name)}@{quote(version)}?arch={arch}")


def python(root: Path) -> Iterator[dict[str, Any]]:
    """Yield one component per package in the box's own environment."""
    for metadata in root.glob("opt/spacebox/lib/python*/site-packages/*.dist-info/METADATA"):
        package = email.parser.HeaderParser().parsestr(metadata.read_text(encoding="utf-8"))
        name, version = package["Name"], package["Version"]
        yield component(name, version, f"pkg:pypi/{quote(name.lower())}@{quote(version)}")


def component(name: str, version: str, purl: str) -> dict[str, Any]:
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


if __name__ == "__main__":
    main()
