"""The command line. The only room that knows everyone: it composes."""

import sys


def main() -> None:
    """Run `echoloop` and turn a problem into a message and an exit status."""
    from echoloop.cli.app import app
    from echoloop.cli.messages import explain

    try:
        app(result_action="return_none")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last place where an error can become words
        sys.exit(explain(error))
