"""The configuration of nats-server, and who may write what: one user for each service, with rights on its own facts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bus.events import WRITTEN_BY
from bus.wire.entries import BUCKET_STREAM
from bus.wire.entries import SUBJECT as GPU_LEASE
from bus.wire.stream import STREAM

ADMIN = "admin"
READER = "reader"
SERVICES: tuple[str, ...] = ("gateway", "intent", "planner", "creator", "reviewer", "stitcher")
USERS: tuple[str, ...] = (ADMIN, *SERVICES, READER)

DURABLES: dict[str, tuple[str, ...]] = {
    "gateway": ("gateway_script",),
    "intent": ("intent",),
    "planner": ("planner", "planner_shelf"),
    "creator": ("creator_segments", "creator_samples", "creator_stops"),
    "reviewer": ("reviewer", "reviewer_comparisons"),
    "stitcher": ("stitcher", "stitcher_shelf"),
}
"""The durable consumers of each service. Each is listed: NATS compares whole tokens, so rights can name no prefix."""

TELLS_PROGRESS = frozenset({"intent", "planner", "creator", "reviewer", "stitcher"})
USES_GPU = frozenset({"intent", "planner", "creator", "reviewer"})
SEES_GPU = USES_GPU | {"gateway", READER}
"""Who takes turns on the GPU, and who may look whose turn it is."""
WATCHES_QUEUES = frozenset({"gateway", READER})
"""Who may ask how long the queues of the others are."""

PAYLOAD_MAX_BYTES = 1024 * 1024
"""Plans have 512 KiB at most; the rest is room for headers and for a larger limit later."""
BATCH_MAX = 10_000
"""Events in one atomic batch: a fork begins with all of the other production's log. The server's own limit is 1,000."""

_API = "$JS.API"
_BY_ACCOUNT = f"*.*.{STREAM}"
"""The stream, where newer servers name their domain and a hash of the account before it (ADR-15)."""
_CREATE = f"{_API}.CONSUMER.CREATE.{STREAM}"


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the server listens, and where it keeps what it is told."""

    port: int
    monitor_port: int
    folder: Path
    log_file: Path


def may_publish(user: str) -> tuple[str, ...]:
    """Return the subjects a user may publish on, less those of `must_not_publish`; `>` for the admin."""
    if user == ADMIN:
        return (">",)
    facts = [f"{fact}.*.*" for fact, writers in WRITTEN_BY.items() if user in writers]
    progress = ["progress.>"] if user in TELLS_PROGRESS else []
    reading = [
        f"{_API}.STREAM.INFO.{STREAM}",
        f"{_API}.DIRECT.GET.{STREAM}",
        f"{_API}.DIRECT.GET.{STREAM}.>",
        f"{_CREATE}.*",
        f"{_CREATE}.*.>",
        # "I have read this far, send on." A false word lets one's own consumer run ahead; that of somebody else has a
        # name and a subject that can't be guessed, and would at worst be sent more than it takes, and begin again.
        f"$JS.FC.{STREAM}.>",
        f"$JS.FC.{_BY_ACCOUNT}.>",
    ]
    if user in WATCHES_QUEUES:
        reading.append(f"{_API}.CONSUMER.INFO.{STREAM}.*")
    if user in SEES_GPU:
        reading += [f"{_API}.STREAM.INFO.{BUCKET_STREAM}", f"{_API}.DIRECT.GET.{BUCKET_STREAM}.{GPU_LEASE}"]
    working: list[str] = [GPU_LEASE] if user in USES_GPU else []
    for durable in DURABLES.get(user, ()):
        working += [
            f"{_API}.CONSUMER.DURABLE.CREATE.{STREAM}.{durable}",
            f"{_API}.CONSUMER.INFO.{STREAM}.{durable}",
            f"{_API}.CONSUMER.MSG.NEXT.{STREAM}.{durable}",
            f"$JS.ACK.{STREAM}.{durable}.>",
            f"$JS.ACK.{_BY_ACCOUNT}.{durable}.>",
        ]
    return (*facts, *progress, *reading, *working)


def must_not_publish(user: str) -> tuple[str, ...]:
    """Return the exceptions: whoever reads makes a consumer of its own, and none by the name of somebody else's queue.

    A consumer that is made by the name of another one is not refused: it *changes* that one, filters and all
    (nats-server 2.15). What counts is the name in the subject, so rights can tell. The older subject for consumers
    without a name has none, takes one in the request all the same, and so is nobody's.
    """
    if user == ADMIN:
        return ()
    others = [durable for owner, durables in DURABLES.items() if owner != user for durable in durables]
    return tuple(subject for durable in others for subject in (f"{_CREATE}.{durable}", f"{_CREATE}.{durable}.>"))


def may_subscribe(user: str) -> tuple[str, ...]:
    """Return the subjects a user may listen on: its own answers, facts as they pass, progress, and whose the GPU is."""
    if user == ADMIN:
        return (">",)
    gpu = (GPU_LEASE,) if user in SEES_GPU else ()
    return (f"_INBOX_{user}.>", "*.*.*.*", "progress.>", *gpu)


def embedded(listening: Listening, server_name: str, passwords: dict[str, str]) -> str:
    """Return the configuration of the embedded server: loopback only, each write synced before it is acknowledged."""
    return "\n".join(
        [
            "# Written by `kindling up`; what is changed here is lost. Ports are set in kindling.toml.",
            f"server_name: {_quoted(server_name)}",
            f'listen: "127.0.0.1:{listening.port}"',
            f'http: "127.0.0.1:{listening.monitor_port}"',
            f"pid_file: {_quoted(str(listening.folder / 'nats.pid'))}",
            f"log_file: {_quoted(str(listening.log_file))}",
            "logfile_size_limit: 10MB",
            "logfile_max_num: 3",
            f"max_payload: {PAYLOAD_MAX_BYTES}",
            "",
            "jetstream {",
            f"  store_dir: {_quoted(str(listening.folder / 'store'))}",
            "  # Without it a power cut takes back what was acknowledged.",
            "  sync_interval: always",
            f"  limits {{ batch {{ max_msgs: {BATCH_MAX} }} }}",
            "}",
            "",
            *authorization({user: _quoted(password) for user, password in passwords.items()}),
            "",
        ]
    )


def authorization(passwords: dict[str, str]) -> list[str]:
    """Return the lines that say who there is and what each may do; passwords as they stand in the configuration."""
    lines = ["authorization {", "  users: ["]
    for user, password in passwords.items():
        lines += [
            "    {",
            f"      user: {user}",
            f"      password: {password}",
            "      permissions: {",
            "        publish: {",
            *_subjects("allow", may_publish(user)),
            *_subjects("deny", must_not_publish(user)),
            "        }",
            "        subscribe: {",
            *_subjects("allow", may_subscribe(user)),
            "        }",
            "      }",
            "    }",
        ]
    return [*lines, "  ]", "}"]


def _subjects(verb: str, subjects: Sequence[str]) -> list[str]:
    if not subjects:
        return []
    return [f"          {verb}: [", *(f"            {_quoted(subject)}" for subject in subjects), "          ]"]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
