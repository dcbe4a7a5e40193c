"""The server's options as flags of a process of its own."""

from pathlib import Path

from cyclopts import App

from echoloop.lab.serve_options import RetryAfter, ServeOptions, Source


def run(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    seed: int = 0,
    cast: str = "faulty",
    latency: float = 0.0,
    latency_jitter: float = 0.0,
    rate_429: float = 0.0,
    retry_after: RetryAfter = "seconds",
    retry_after_seconds: float = 1.0,
    rate_500: float = 0.0,
    rate_stall: float = 0.0,
    stall_seconds: float = 3600.0,
    rate_broken_json: float = 0.0,
    rate_refusal: float = 0.0,
    rate_truncation: float = 0.0,
    rate_reset: float = 0.0,
    echo_key: bool = False,
    count_file: Path | None = None,
    answer: Source = "lab",
    fixed_content: str = '{"score": 5, "note": ""}',
) -> None:
    """Serve the lab over HTTP on loopback, in the OpenAI protocol, with faults on demand.

    Parameters
    ----------
    host
        The address to listen on.
    port
        0 takes a free one; the first line printed says which.
    seed
        Decides which calls a fault hits; the same seed, the same calls.
    cast
        faulty or faultless painters.
    latency
        Seconds before every answer.
    latency_jitter
        Up to so many seconds more.
    rate_429
        Share of calls told to come back later.
    retry_after
        How a 429 says when: in seconds, as a date, or not at all.
    retry_after_seconds
        How long it says.
    rate_500
        Share of calls with a server error.
    rate_stall
        Share of calls that get no answer for stall_seconds.
    stall_seconds
        How long a stall lasts.
    rate_broken_json
        Share of answers that break off under a good status.
    rate_refusal
        Share of calls that the model declines.
    rate_truncation
        Share of chats cut off by the length limit.
    rate_reset
        Share of calls whose connection is reset.
    echo_key
        Errors repeat the Authorization header, as careless servers do.
    count_file
        Gets a line for every call answered with 200.
    answer
        lab answers as the lab does; fixed gives one constant chat answer.
    fixed_content
        What the constant answer says.
    """
    from echoloop.lab.serve import serve

    serve(
        ServeOptions(
            host=host,
            port=port,
            seed=seed,
            cast=cast,
            latency=latency,
            latency_jitter=latency_jitter,
            rate_429=rate_429,
            retry_after=retry_after,
            retry_after_seconds=retry_after_seconds,
            rate_500=rate_500,
            rate_stall=rate_stall,
            stall_seconds=stall_seconds,
            rate_broken_json=rate_broken_json,
            rate_refusal=rate_refusal,
            rate_truncation=rate_truncation,
            rate_reset=rate_reset,
            echo_key=echo_key,
            count_file=count_file,
            answer=answer,
            fixed_content=fixed_content,
        )
    )


def main() -> None:
    """The process's entry."""
    app = App(name="echoloop.lab.serve", help=run.__doc__)
    app.default(run)
    app()
