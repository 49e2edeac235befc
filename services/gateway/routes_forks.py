"""Calls that branch from a production: fork it at any event, or make its film again and hold it against the record."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from bus.errors import Reason, Refused
from bus.events import Again
from bus.ids import ProductionId
from bus.plan import Plan
from bus.production import Production, supposed
from services.gateway import examples, forks
from services.gateway.answering import document, known, require_ready, show
from services.gateway.branch_view import BranchKind, OutlookView, outlook_view
from services.gateway.branching import begin_branch, branch_of, check_shared, cut_of, terms_of
from services.gateway.comparison_view import ComparisonView, comparison_view
from services.gateway.decide import Facts
from services.gateway.door import TheDoor, TheProduction, count
from services.gateway.links import production_link
from services.gateway.openapi import answers, body
from services.gateway.requests import AgainBody, ForkBody
from services.gateway.uploads import read_json
from services.gateway.view import Page, ProductionView
from services.gateway.words import check_key

BODY_BYTES_MAX = Plan.LIMIT_BYTES + 64 * 1024

router = APIRouter(prefix="/v1/productions/{production}", tags=["branches"])

_ANSWERS = {
    **answers(ProductionView, examples.FORK, 403, 404, 409, 413, 415, 422, 429, 503, status=201),
    **answers(OutlookView, examples.OUTLOOK),
}


@router.post(
    "/forks",
    summary="Fork a production",
    response_model=None,
    status_code=201,
    responses=_ANSWERS,
    openapi_extra=body(ForkBody, {"at": 41, "segment": 3, "prompt": "A wolf crosses the ice"}, required=False),
)
async def fork(
    request: Request,
    door: TheDoor,
    production: TheProduction,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Response:
    """Begin a production of its own with all that another one was at an event, and a change if there is one.

    Finished takes are shared: only what the change touches is rendered. With `dry_run` nothing is written, and the
    answer (200) says what would be rendered and how long it would take. The other production is never touched.
    """
    said = await read_json(request, door, ForkBody, limit_bytes=BODY_BYTES_MAX)
    key = check_key(idempotency_key) if idempotency_key is not None else None
    of = await branch_of(door, production, said.at)
    change, terms = _change_of(said), await terms_of(door, said.plan)

    def facts_of(branch: ProductionId) -> Facts:
        return forks.fork(of, branch, change, terms, key)

    facts = facts_of(production)
    state = supposed(Production(id=production), facts)
    await check_shared(door, production, forks.named(state))
    if said.dry_run:
        return document(outlook_view(of, BranchKind.FORK, forks.outlook(state, door.index.experience), facts))
    await count(request)
    begun, is_new = await begin_branch(door, of, key, facts_of)
    return show(request, begun, 201 if is_new else 200, {"location": production_link(begun.id)})


def _change_of(said: ForkBody) -> forks.Change:
    """Return the change that is asked for.

    Raises:
        Refused: it is not one change.
    """
    changes: list[forks.Change] = []
    if said.words.strip():
        changes.append(forks.Said(words=said.words, is_held=said.hold))
    if said.segment is not None or said.prompt.strip():
        if said.segment is None:
            raise Refused(
                Reason.INVALID,
                "It is not said which segment the prompt is for.",
                why="A prompt belongs to one segment.",
                help="Name the segment, or say in words what should be different.",
            )
        changes.append(forks.Prompted(segment=said.segment, prompt=said.prompt))
    if said.plan is not None:
        changes.append(forks.Replanned(plan=said.plan))
    if len(changes) > 1:
        raise Refused(
            Reason.INVALID,
            "A fork has one change.",
            why="Words, a prompt and a whole plan would be read one after the other, and each may undo the other.",
            help="Fork with one of them; the others can follow, as in any production.",
        )
    return changes[0] if changes else None


@router.post(
    "/regenerations",
    summary="Make a film again",
    response_model=None,
    status_code=201,
    responses={
        **answers(ProductionView, examples.AGAIN, 404, 409, 413, 415, 422, 429, 503, status=201),
        **answers(OutlookView, examples.OUTLOOK_AGAIN),
    },
    openapi_extra=body(AgainBody, {"from_scratch": False}, required=False),
)
async def regenerate(
    request: Request,
    door: TheDoor,
    production: TheProduction,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Response:
    """Make the film of the last cut again, as a production of its own, and hold it against the recorded one.

    The recorded orders are rendered afresh and no agent is asked; `from_scratch` asks the agents again, too, with the
    same words in the same order. How alike the two are is found under the link `comparison`.
    """
    said = await read_json(request, door, AgainBody)
    key = check_key(idempotency_key) if idempotency_key is not None else None
    of = await cut_of(door, production, said.at)
    to = Again.WORDS if said.from_scratch else Again.ORDERS

    def facts_of(branch: ProductionId) -> Facts:
        return forks.again(of, to, key)

    if said.dry_run:
        facts_of(production)
        kind = BranchKind.FROM_SCRATCH if said.from_scratch else BranchKind.AGAIN
        return document(outlook_view(of, kind, forks.outlook_again(of.state, to)))
    await count(request)
    begun, is_new = await begin_branch(door, of, key, facts_of)
    return show(request, begun, 201 if is_new else 200, {"location": production_link(begun.id)})


@router.get(
    "/forks",
    summary="List what branches from a production",
    response_model=None,
    responses=answers(Page, examples.PAGE, 404, 422, 503),
)
async def list_forks(door: TheDoor, production: TheProduction) -> Response:
    """List the forks of a production and the films that were made again from it, oldest first."""
    await require_ready(door)
    await known(door, production)
    return document(Page(productions=door.index.branches(production), next=None))


@router.get(
    "/comparison",
    summary="Hold a film that was made again against the recorded one",
    response_model=None,
    responses=answers(ComparisonView, examples.COMPARISON, 404, 409, 422, 503),
)
async def compare(door: TheDoor, production: TheProduction) -> Response:
    """Say of each segment, and of the film, how alike the two are, and what had changed where they differ."""
    shown = comparison_view(await known(door, production))
    if shown is None:
        raise Refused(
            Reason.NOT_NOW,
            f"{production} is no film that was made again.",
            why="There is nothing that it is held against.",
            help=f"Make it again: kindling regenerate {production}",
        )
    return document(shown)
