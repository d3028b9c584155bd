"""The tables in Trino."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from ._folder import LakeError, folder

if TYPE_CHECKING:
    from trino.dbapi import Connection


def trino() -> Connection:
    """A connection to the Trino that './tidemark up --trino' has started on this lake."""
    import requests
    from trino.dbapi import connect

    port = trino_port()
    try:
        if port is None:
            raise requests.ConnectionError
        information = requests.get(f"http://127.0.0.1:{port}/v1/info", timeout=10)
        if information.json()["starting"]:
            raise LakeError(
                f"Cannot ask Trino on port {port} yet: it is starting. Run this cell again in half a minute."
            )
    except (requests.RequestException, KeyError, TypeError):
        raise LakeError(
            f"Cannot ask Trino: none runs on this lake. Start one: ./tidemark up --trino --lake {shlex.quote(str(folder()))}"
        ) from None
    return connect(host="127.0.0.1", port=port, user="notebook", timezone="UTC")


def trino_port() -> int | None:
    """Where it was told to listen when it was last started, if it is not stopped."""
    file = folder() / "trino" / "config.properties"
    if not file.is_file():
        return None
    settings = dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
    return int(settings["http-server.http.port"])
