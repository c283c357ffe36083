"""`python -m infra.local.rotate_key`: put a new master key in charge of the vault. The system may run meanwhile."""

from __future__ import annotations

from infra.local.release import must_fit
from shared.keys import rotate
from shared.people import connect_people
from shared.settings import settings


def main() -> None:
    """Add a key to the file, then bring every person under it. What was broken off is finished by the next run."""
    file = settings().data / "master.key"
    if not file.exists():
        raise SystemExit(f"There is no master key at {file}: nothing to rotate.")
    rotate(file)
    print(f"{connect_people().rewrap()} persons are under the new master key. Old keys stay, for backups.")


if __name__ == "__main__":
    must_fit()
    main()
