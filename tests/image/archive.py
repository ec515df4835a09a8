"""An image as an archive that `docker load` takes: its parts as the manifest names them, its root folder unpacked."""

import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any


class Archive:
    def __init__(self, path: Path):
        with tarfile.open(path) as parts:
            self._parts = {part.name: parts.extractfile(part).read() for part in parts if part.isfile()}
        manifest = json.loads(self._parts["manifest.json"])
        if len(manifest) != 1:
            raise AssertionError(f"{len(manifest)} images in {path}")
        self.tags: list[str] = manifest[0]["RepoTags"]
        self.config: dict[str, Any] = json.loads(self._parts[manifest[0]["Config"]])
        self.layers = [self._unzipped(self._parts[name]) for name in manifest[0]["Layers"]]

    @staticmethod
    def _unzipped(layer: bytes) -> bytes:
        return gzip.decompress(layer) if layer.startswith(b"\x1f\x8b") else layer

    def wrong_layers(self) -> list[str]:
        """Docker refuses a layer that is not what the configuration says."""
        told = self.config["rootfs"]["diff_ids"]
        found = [f"sha256:{hashlib.sha256(layer).hexdigest()}" for layer in self.layers]
        return [] if told == found else [f"the configuration names the layers {told}, the archive holds {found}"]

    def unpack(self, folder: Path) -> None:
        """Owners, modes and links as they are in the image. Needs root."""
        for layer in self.layers:
            with tarfile.open(fileobj=io.BytesIO(layer)) as files:
                files.extractall(folder, numeric_owner=True)
