"""Slack's end of a socket, and the cable in between, which can be cut or fall silent."""

import json
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from patience import PATIENCE
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve


class Cable:
    """Forwards connections to a port; those of today may fall silent, later ones work again."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._generation = 0
        self.dumb = 0
        """How many of the next connections carry the handshake and nothing more."""
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"ws://127.0.0.1:{self._listening.getsockname()[1]}/link"
        threading.Thread(target=self._accept, daemon=True).start()

    def fall_silent(self) -> None:
        """Keep what is connected open, and carry nothing more on it."""
        self._generation += 1

    def cut(self) -> None:
        """Close what is connected."""
        for one in self._each():
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)  # wakes who waits for the next one
        self._listening.close()
        self.cut()
        for one in self._each():
            one.close()

    def _each(self) -> Iterator[socket.socket]:
        return (one for pair in self._pairs for one in pair)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._port))
            self._pairs.append((near, far))
            dumb, self.dumb = self.dumb > 0, max(self.dumb - 1, 0)
            for one, other in ((near, far), (far, near)):
                carried = (one, other, self._generation, dumb)
                threading.Thread(target=self._carry, args=carried, daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket, generation: int, dumb: bool) -> None:
        first = True
        with suppress(OSError):
            while data := one.recv(65536):
                if generation == self._generation and (first or not dumb):
                    other.sendall(data)
                first = False
            if generation == self._generation:
                other.shutdown(socket.SHUT_RDWR)


class SlackEnd:
    """Sends envelopes through the newest connection, and waits for what acknowledges them."""

    def __init__(self) -> None:
        self.connections: list[ServerConnection] = []
        self._acks: dict[str, Any] = {}
        self._changed = threading.Condition()
        self._server = serve(self._serve, "127.0.0.1", 0)
        self.cable = Cable(self._server.socket.getsockname()[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.cable.close()
        self._server.shutdown()

    def wait_for_connections(self, count: int, timeout: float = PATIENCE) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: len(self.connections) >= count, timeout)

    def carry(self, kind: str, payload: dict[str, Any], patience: float) -> Any:
        """Send a payload for the local Slack; time out if nothing is connected."""
        envelope = {
            "type": kind,
            "envelope_id": str(uuid.uuid4()),
            "payload": payload,
            "accepts_response_payload": True,
        }
        try:
            self.connections[-1].send(json.dumps(envelope))
        except ConnectionClosed:
            raise TimeoutError from None
        with self._changed:
            if not self._changed.wait_for(lambda: envelope["envelope_id"] in self._acks, patience):
                raise TimeoutError
            return self._acks[envelope["envelope_id"]]

    def say_goodbye(self) -> None:
        """Ask the bot to come over a new connection, as Slack does every few hours."""
        self.connections[-1].send(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))

    def _serve(self, connection: ServerConnection) -> None:
        connection.send(json.dumps({"type": "hello", "num_connections": 1}))
        with self._changed:
            self.connections.append(connection)
            self._changed.notify_all()
        with suppress(ConnectionClosed):
            for message in connection:
                said = json.loads(message)
                with self._changed:
                    self._acks[said["envelope_id"]] = said.get("payload")
                    self._changed.notify_all()
