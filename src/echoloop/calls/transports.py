"""Opening the way to an endpoint."""

import msgspec

from echoloop.calls.endpoints import Endpoint
from echoloop.calls.in_process import InProcess, build_responder
from echoloop.calls.transport import Responder, Transport


class Transports:
    """Opens the ways to endpoints. Endpoints that name the same factory with the same options share what it built."""

    def __init__(self) -> None:
        self._responders: dict[str, Responder] = {}

    def open(self, endpoint: Endpoint) -> Transport:
        """The HTTP client is imported only when something goes over HTTP."""
        if endpoint.factory:
            return InProcess(endpoint, self._responder(endpoint))
        if endpoint.protocol == "flux":
            from echoloop.calls.jobs import JobTransport

            return JobTransport(endpoint)
        from echoloop.calls.http import HttpTransport

        return HttpTransport(endpoint)

    def _responder(self, endpoint: Endpoint) -> Responder:
        name = msgspec.json.encode([endpoint.factory, endpoint.factory_options], order="sorted").decode()
        if name not in self._responders:
            self._responders[name] = build_responder(endpoint)
        return self._responders[name]
