"""A Flask UI that asks a Kindling for films on behalf of its own users: the token stays on the server.

Start a Kindling (`kindling up`), then:

    pip install flask httpx
    flask --app examples/flask_ui run --port 5000

    KINDLING_URL    where the gateway is; http://127.0.0.1:8420 if it is not set
    KINDLING_TOKEN  only where the gateway wants one: kindling token new my-ui
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import httpx
from flask import Flask, Response, abort, redirect, render_template_string, request

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>My studio</title>
{% if film and film.is_moving %}<meta http-equiv="refresh" content="2">{% endif %}
<h1>My studio</h1>
{% if problem %}<p role="alert"><b>{{ problem.detail }}</b> {{ problem.help }}</p>{% endif %}
{% if film %}
  <h2>{{ film.title }}</h2>
  <p>{{ film.says }}</p>
  {% for step in film.progress %}
    <p>{{ step.about }}: <progress max="{{ step.total }}" value="{{ step.done }}"></progress></p>
  {% endfor %}
  {% if "approve" in film.can %}
    <video src="{{ url_for('media', link=film.sample) }}" autoplay loop muted width="416"></video>
    <form method="post" action="{{ url_for('approve', production=film.id) }}"><button>That is the vibe</button></form>
  {% endif %}
  {% if film.link %}<video src="{{ url_for('media', link=film.link) }}" controls width="832"></video>{% endif %}
  <p><a href="{{ url_for('start') }}">Another film</a></p>
{% else %}
  <form method="post" action="{{ url_for('make') }}">
    <input type="hidden" name="key" value="{{ key }}">
    <label>What is to be seen? <input name="words" size="60" required></label> <button>Make a film</button>
  </form>
{% endif %}</html>"""


def make_app(url: str, token: str | None = None) -> Flask:
    """Return the UI for a gateway at this address."""
    app = Flask(__name__)
    headers = {"authorization": f"Bearer {token}"} if token else {}
    kindling = app.extensions["kindling"] = httpx.Client(base_url=url, headers=headers, timeout=30)

    def page(status: int = 200, **known: object) -> tuple[str, int]:
        return render_template_string(PAGE, key=uuid.uuid4(), **known), status

    @app.get("/")
    def start() -> tuple[str, int]:
        return page()

    @app.post("/make")
    def make() -> Response | tuple[str, int]:
        # The key comes with the form: a form that is sent twice is one film.
        key = {"idempotency-key": request.form["key"]}
        answer = kindling.post("/v1/productions", json={"words": request.form["words"]}, headers=key)
        if answer.is_error:
            return page(answer.status_code, problem=answer.json())
        return redirect(f"/film/{answer.json()['id']}")  # type: ignore[return-value]

    @app.get("/film/<production>")
    def film(production: str) -> tuple[str, int]:
        answer = kindling.get(f"/v1/productions/{production}/status")
        if answer.is_error:
            return page(answer.status_code, problem=answer.json())
        stand = answer.json()
        known = {
            "id": stand["id"],
            "title": stand["title"],
            "says": stand["status"]["says"],
            "can": stand["can"],
            "progress": stand["progress"],
            "link": stand["film"],
            "is_moving": not stand["status"]["is_settled"],
            "sample": "",
        }
        if "approve" in stand["can"]:
            known["sample"] = kindling.get(stand["production"]).json()["samples"][-1]["clip"]
        return page(film=known)

    @app.post("/film/<production>/approve")
    def approve(production: str) -> Response | tuple[str, int]:
        answer = kindling.post(f"/v1/productions/{production}/approve", json={})
        if answer.is_error:
            return page(answer.status_code, problem=answer.json())
        return redirect(f"/film/{production}")  # type: ignore[return-value]

    @app.get("/media")
    def media() -> Response:
        """Hand a film on, range by range, so that no browser has to know the gateway."""
        link = request.args["link"]
        if not link.startswith("/v1/productions/"):
            abort(404)
        wanted = {"range": request.headers["range"]} if "range" in request.headers else {}
        answer = kindling.send(kindling.build_request("GET", link, headers=wanted), stream=True)

        def pieces() -> Iterator[bytes]:
            try:
                yield from answer.iter_raw()
            finally:
                answer.close()

        kept = ("content-type", "content-length", "content-range", "accept-ranges", "etag")
        return Response(
            pieces(), answer.status_code, {name: answer.headers[name] for name in kept if name in answer.headers}
        )

    return app


app = make_app(os.environ.get("KINDLING_URL", "http://127.0.0.1:8420"), os.environ.get("KINDLING_TOKEN"))
