"""Content credentials (C2PA): the film signed with the operator's certificate, its segments as ingredients, checked.

A signature names a time and has random parts, so a signed film is never the same twice. It is an artifact of its own
beside the film: what is compared, rebuilt and made again is the film.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

from bus.errors import KindlingError
from bus.ids import Digest
from services._kit.settings import Settings
from services.stitcher.label import TOOL
from services.stitcher.manifest import Manifest, ManifestTake

if TYPE_CHECKING:
    from c2pa import Builder, Signer

MISSING: Final = (
    "Install it: .venv/bin/pip install --require-hashes --requirement requirements/signing.txt; or take `certificate` "
    "and `key` out of [provenance] in kindling.toml."
)
UNTRUSTED: Final = "signingCredential.untrusted"
"""Whether a certificate is trusted is for each viewer's own list to say; everything else has to hold."""
_MP4: Final = "video/mp4"
_SETTINGS: Final = {
    # Nothing is fetched from anywhere, and no picture of the film is made beside it.
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True},
    "builder": {"thumbnail": {"enabled": False}},
}


class CannotSign(KindlingError):
    """The film can't be signed as the settings want it."""


class Signing(Struct, frozen=True, kw_only=True):
    """Whose signature films get."""

    certificate: Path
    """The chain in PEM, the signer's own certificate first."""
    key: Path
    """The private key in PEM, without a password."""


class Clip(Struct, frozen=True, kw_only=True):
    """A take as the store has it."""

    path: Path
    media_type: str


class Signed(Struct, frozen=True, kw_only=True):
    """What a signed film was read back as."""

    state: str
    """`Valid`, or `Trusted` where the viewer's list has the certificate."""
    signer: str
    ingredient_count: int


def signing_of(settings: Settings) -> Signing | None:
    """Return whose signature films get, if the settings name one, once it is known that it can be given.

    Raises:
        CannotSign: half of it is named, the library is not installed, or certificate and key can't be used together.
    """
    wanted, home = settings.provenance, settings.home.root
    if wanted.certificate is None and wanted.key is None:
        return None
    if wanted.certificate is None or wanted.key is None:
        raise CannotSign(
            "The film can't be signed.",
            why="[provenance] in kindling.toml names a certificate without its key, or a key without its certificate.",
            help="Name both, or neither.",
        )
    signing = Signing(
        certificate=home / Path(wanted.certificate).expanduser(), key=home / Path(wanted.key).expanduser()
    )
    if importlib.util.find_spec("c2pa") is None:
        raise CannotSign(
            "The film can't be signed: c2pa-python is not installed.",
            why=f"kindling.toml names a certificate ({signing.certificate}), and signing takes this library.",
            help=MISSING,
        )
    _check_pair(signing)
    return signing


def sign(film: Path, target: Path, signing: Signing, manifest: Manifest, clips: Mapping[Digest, Clip]) -> Signed:
    """Write the signed film, read it back, and return what is read. Blocks.

    Args:
        clips: by digest, the takes that the manifest names.

    Raises:
        CannotSign: it can't be signed, or what is read back does not hold.
    """
    from c2pa import Builder, C2paError, Context, Reader
    from c2pa import Settings as Wanted

    with contextlib.ExitStack() as stack:
        try:
            context = stack.enter_context(Context(Wanted.from_dict(_SETTINGS)))
            builder = stack.enter_context(Builder(json.dumps(definition(manifest, clips)), context))
            _add_ingredients(builder, manifest, clips)
            builder.sign_file(film, target, stack.enter_context(_signer(signing)))
            reader = stack.enter_context(Reader(target, context=context))
            return _checked(reader, manifest)
        except C2paError as error:
            raise CannotSign(
                "The film can't be signed.",
                why=f"{error}.".replace("..", "."),
                help="See that the certificate in [provenance] is still valid, fits its key, and is one for signing.",
            ) from error


def read_back(film: Path) -> Signed:
    """Return what a signed film says of itself.

    Raises:
        CannotSign: it is not signed, or its signature does not hold.
    """
    from c2pa import C2paError, Context, Reader
    from c2pa import Settings as Wanted

    try:
        with Context(Wanted.from_dict(_SETTINGS)) as context, Reader(film, context=context) as reader:
            return _checked(reader, None)
    except C2paError as error:
        raise CannotSign(f"{film.name} has no signature that can be read.", why=f"{error}.") from error


def definition(manifest: Manifest, clips: Mapping[Digest, Clip]) -> dict[str, object]:
    """Return what the credentials say: how the film came to be, which takes it shows, and where it is written down."""
    made = {
        "action": "c2pa.created",
        "digitalSourceType": manifest.digital_source_type,
        "softwareAgent": {"name": TOOL},
        "description": f"Made by {TOOL} from a person's words; each segment was rendered and reviewed.",
    }
    placed = {"action": "c2pa.placed", "parameters": {"ingredientIds": [_instance(one.clip) for one in manifest.takes]}}
    log = {
        "production": manifest.production,
        "log_count": manifest.log_count,
        "log_head": manifest.log_head,
        "makers": [
            {"by": one.by, "model": one.model, "model_digest": one.model_digest, "made": list(one.made)}
            for one in manifest.makers
        ],
    }
    return {
        "claim_generator_info": [{"name": TOOL}],
        "title": manifest.title,
        "format": _MP4,
        # What is no MP4 is named only; of the others the library reads whether they bring credentials of their own.
        "ingredients": [
            {**_ingredient(one), "format": clips[one.clip].media_type}
            for one in manifest.takes
            if clips[one.clip].media_type != _MP4
        ],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [made, placed]}},
            {"label": "kindling.film", "data": log},
        ],
    }


def _instance(clip: Digest) -> str:
    return f"xmp:iid:{clip}"


def _ingredient(one: ManifestTake) -> dict[str, object]:
    return {
        "title": f"Segment {one.segment}, take {one.take}",
        "relationship": "componentOf",
        "instance_id": _instance(one.clip),
    }


def _add_ingredients(builder: Builder, manifest: Manifest, clips: Mapping[Digest, Clip]) -> None:
    for one in manifest.takes:
        clip = clips[one.clip]
        if clip.media_type == _MP4:
            with clip.path.open("rb") as source:
                builder.add_ingredient(json.dumps(_ingredient(one)), _MP4, source)


class _Readable(Protocol):
    def get_validation_state(self) -> str | None: ...

    def get_validation_results(self) -> dict[str, object] | None: ...

    def get_active_manifest(self) -> dict[str, object] | None: ...


def _checked(reader: _Readable, manifest: Manifest | None) -> Signed:
    """Return what was read, if it holds."""
    state = reader.get_validation_state() or "unknown"
    active = reader.get_active_manifest() or {}
    failed = [code for code in _failures(reader.get_validation_results() or {}) if code != UNTRUSTED]
    if failed or state not in ("Valid", "Trusted"):
        raise CannotSign(
            "The signed film does not hold up when it is read back.",
            why=f"It is {state.lower()}: {', '.join(failed) or 'no reason is given'}.",
            help="See that the certificate in [provenance] is still valid and is one for signing.",
        )
    ingredients = active.get("ingredients", [])
    count = len(ingredients) if isinstance(ingredients, list) else 0
    if manifest is not None and count != len(manifest.takes):
        raise CannotSign(
            "The signed film does not hold up when it is read back.",
            why=f"It names {count} segments, and {len(manifest.takes)} are in it.",
        )
    info = active.get("signature_info")
    signer = info.get("common_name") or info.get("issuer") if isinstance(info, dict) else None
    return Signed(state=state, signer=str(signer or ""), ingredient_count=count)


def _failures(results: dict[str, object]) -> list[str]:
    found = []
    match results:
        case {"activeManifest": {"failure": [*failures]}}:
            found = [str(one.get("code", "?")) for one in failures if isinstance(one, dict)]
        case _:
            pass
    return found


# -- certificate and key -------------------------------------------------------------------------------------


def _signer(signing: Signing) -> Signer:
    from c2pa import C2paSignerInfo, Signer

    info = C2paSignerInfo(
        alg=_check_pair(signing),
        sign_cert=signing.certificate.read_bytes(),
        private_key=signing.key.read_bytes(),
        # No time stamp is asked for: nothing leaves this machine.
        ta_url=None,
    )
    return Signer.from_info(info)


def _check_pair(signing: Signing) -> bytes:
    """Return the name of the signature's algorithm, if the key is that of the certificate."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    try:
        certificate = x509.load_pem_x509_certificates(signing.certificate.read_bytes())[0]
        key = load_pem_private_key(signing.key.read_bytes(), None)
    except OSError as error:
        raise CannotSign(
            f"{error.filename} can't be read.",
            why=f"{error.strerror}.",
            help="Check `certificate` and `key` in [provenance]; paths begin at the home if they are not absolute.",
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CannotSign(
            "The certificate and the key in [provenance] can't be used.",
            why=f"{error}.".replace("..", "."),
            help="Both have to be PEM files: the chain with the signer first, and the private key without a password.",
        ) from error
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key.public_key().public_bytes(*form) != certificate.public_key().public_bytes(*form):
        raise CannotSign(
            "The key in [provenance] is not that of the certificate.",
            why=f"{signing.key} belongs to another one than {signing.certificate}.",
            help="Name the key of the first certificate in the file.",
        )
    return _algorithm(key)


def _algorithm(key: object) -> bytes:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    match key:
        case ec.EllipticCurvePrivateKey():
            found = {256: b"es256", 384: b"es384", 521: b"es512"}.get(key.curve.key_size)
        case rsa.RSAPrivateKey() if key.key_size >= 2048:
            found = b"ps256"
        case ed25519.Ed25519PrivateKey():
            found = b"ed25519"
        case _:
            found = None
    if found is None:
        raise CannotSign(
            "The key in [provenance] is of a kind that content credentials don't take.",
            why="They take EC keys on P-256, P-384 or P-521, RSA keys of 2048 bits or more, and Ed25519.",
            help="Get a certificate with such a key.",
        )
    return found
