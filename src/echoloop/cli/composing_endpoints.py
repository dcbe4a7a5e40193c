"""[endpoints.NAME] as an endpoint."""

from pathlib import Path

from echoloop.calls import Endpoint, Price
from echoloop.cli.settings_file import EndpointTable
from echoloop.records import Mistake

LAB_ADDRESS = "lab:"
LAB_FACTORY = "echoloop.lab.endpoint:open_lab"


def declared_endpoint(name: str, table: EndpointTable, path: Path) -> Endpoint:
    """The endpoint that a table describes; "lab:" is the built-in world, in this process."""
    in_lab = table.base_url == LAB_ADDRESS
    price = Price(**table.price.model_dump()) if table.price else None
    try:
        return Endpoint(
            name=name,
            provider=table.provider or ("lab" if in_lab else name),
            model=table.model,
            protocol=table.protocol,
            base_url="" if in_lab else table.base_url,
            snapshot=table.snapshot,
            developer=table.developer,
            key_env=table.key_env,
            factory=LAB_FACTORY if in_lab else None,
            factory_options=table.options,
            concurrency=table.concurrency,
            requests_per_minute=table.requests_per_minute,
            tokens_per_minute=table.tokens_per_minute,
            total_timeout=table.total_timeout,
            connect_timeout=table.connect_timeout,
            retries=table.retries,
            price=price,
            parameters=table.parameters,
            omit=tuple(table.omit),
        )
    except ValueError as error:
        raise Mistake(str(error), where=path) from error
