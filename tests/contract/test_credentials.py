"""Films signed with content credentials: read back they hold, and whatever stands in the way is said."""

from __future__ import annotations

import asyncio
import datetime
import sys
from pathlib import Path

import av
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bus import events as e
from bus.board import film_takes
from bus.errors import Unprocessable
from bus.production import fold
from kindling.verify import artifacts_of
from services._kit.home import Home
from services._kit.media import frames_of
from services._kit.settings import Provenance, Settings
from services.stitcher.credentials import CannotSign, Clip, Signing, read_back, sign, signing_of
from services.stitcher.decide import Stitch
from services.stitcher.film import takes_of
from services.stitcher.manifest import Manifest, cut_of, manifest_of
from services.stitcher.perform import Stitcher
from services.stitcher.shelf import digests_of, names_of
from tests.contract.small_film import SmallFilm, creator, silent
from tests.stories import Story

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
NOW = datetime.datetime.now(datetime.UTC)
USES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip


def uses(*granted: str) -> x509.KeyUsage:
    """Return what a key may be used for."""
    return x509.KeyUsage(**{use: use in granted for use in USES})


def certificate(folder: Path, key: Key | None = None, days: int = 30) -> Signing:
    """Make a certificate as an authority would: a chain of a signer and a root, and the signer's key."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), key or ec.generate_private_key(ec.SECP256R1())
    names = [
        x509.Name(
            [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tests"), x509.NameAttribute(NameOID.COMMON_NAME, one)]
        )
        for one in ("Tests Root", "A Studio")
    ]
    begin = NOW - datetime.timedelta(days=60)

    def builder(index: int, of: Key, end: datetime.datetime) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(names[index])
            .issuer_name(names[0])
            .public_key(of.public_key())
            .serial_number(index + 1)
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(of.public_key()), critical=False)
            .add_extension(x509.BasicConstraints(ca=index == 0, path_length=None), critical=True)
        )

    root = builder(0, root_key, NOW + datetime.timedelta(days=365))
    signer = (
        builder(1, key, NOW + datetime.timedelta(days=days))
        .add_extension(uses("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
    )
    chain = [
        signer.sign(root_key, hashes.SHA256()),
        root.add_extension(uses("key_cert_sign", "crl_sign"), critical=True).sign(root_key, hashes.SHA256()),
    ]
    made = Signing(certificate=folder / "chain.pem", key=folder / "key.pem")
    made.certificate.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in chain))
    made.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return made


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> SmallFilm:
    """Make one film for all tests."""
    return asyncio.run(SmallFilm(tmp_path_factory.mktemp("film")).make(creator()))


def parts(film: SmallFilm, folder: Path) -> tuple[Path, Manifest, dict[str, Clip]]:
    """Return the film as a file, its manifest, and its clips."""
    cut = film.told.state.cuts[0]
    before = fold(film.told.production, film.told.log[: cut.count])
    clips = {
        one.rendered.clip.digest: Clip(path=film.store.path(one.rendered.clip.digest), media_type="video/mp4")
        for one in takes_of(before, cut)
        if one.rendered is not None
    }
    file = folder / "film.mp4"
    file.write_bytes(film.store.path(cut.film.digest).read_bytes())
    return file, manifest_of(before, cut_of(cut)), clips  # type: ignore[return-value]


def settings(folder: Path, signing: Signing | None) -> Settings:
    """Return settings that name a certificate."""
    named = Provenance(certificate=str(signing.certificate), key=str(signing.key)) if signing else Provenance()
    return Settings(home=Home(folder), provenance=named)


@pytest.mark.parametrize(
    "key",
    [
        lambda: ec.generate_private_key(ec.SECP256R1()),
        lambda: ec.generate_private_key(ec.SECP384R1()),
        lambda: rsa.generate_private_key(65537, 2048),
        ed25519.Ed25519PrivateKey.generate,
    ],
    ids=["P-256", "P-384", "RSA", "Ed25519"],
)
def test_a_signed_film_holds_up_and_is_the_same_film(film: SmallFilm, tmp_path: Path, key: object) -> None:
    """Read back it is valid, by its signer, with each segment; frames and label are those of the film."""
    assert callable(key)
    file, manifest, clips = parts(film, tmp_path)
    signed = sign(file, tmp_path / "signed.mp4", certificate(tmp_path, key()), manifest, clips)  # type: ignore[arg-type]
    assert (signed.state, signed.signer, signed.ingredient_count) == ("Valid", "A Studio", 2)
    assert read_back(tmp_path / "signed.mp4") == signed
    frames = [[frame.tobytes() for frame in frames_of(tmp_path / name)] for name in ("film.mp4", "signed.mp4")]
    assert frames[0] == frames[1]
    with av.open(str(tmp_path / "signed.mp4")) as container:
        assert container.metadata["title"] == manifest.title
    assert b"digitalsourcetype/algorithmicMedia" in (tmp_path / "signed.mp4").read_bytes()


def test_a_signed_film_that_was_changed_does_not_hold_up(film: SmallFilm, tmp_path: Path) -> None:
    """One bit of a picture is enough; and a film without a signature has none."""
    file, manifest, clips = parts(film, tmp_path)
    sign(file, tmp_path / "signed.mp4", certificate(tmp_path), manifest, clips)  # type: ignore[arg-type]
    content = bytearray((tmp_path / "signed.mp4").read_bytes())
    content[content.index(b"mdat") + 100] ^= 1
    (tmp_path / "changed.mp4").write_bytes(content)
    with pytest.raises(CannotSign, match="invalid"):
        read_back(tmp_path / "changed.mp4")
    with pytest.raises(CannotSign, match="no signature"):
        read_back(file)


def test_a_clip_that_is_no_mp4_is_an_ingredient_by_name(film: SmallFilm, tmp_path: Path) -> None:
    """It is named by its digest, as the others are."""
    file, manifest, clips = parts(film, tmp_path)
    first = manifest.takes[0].clip
    clips[first] = msgspec.structs.replace(clips[first], media_type="video/x-matroska")
    signed = sign(file, tmp_path / "signed.mp4", certificate(tmp_path), manifest, clips)  # type: ignore[arg-type]
    assert (signed.state, signed.ingredient_count) == ("Valid", 2)


def test_an_expired_certificate_is_found_when_the_film_is_read_back(film: SmallFilm, tmp_path: Path) -> None:
    """A signature that no viewer accepts is none."""
    file, manifest, clips = parts(film, tmp_path)
    with pytest.raises(CannotSign) as caught:
        sign(file, tmp_path / "signed.mp4", certificate(tmp_path, days=-10), manifest, clips)  # type: ignore[arg-type]
    assert "still valid" in caught.value.help


# -- the stitcher --------------------------------------------------------------------------------------------


async def stitched(film: SmallFilm, wanted: Settings) -> e.ProductionDone:
    """Return what the stitcher makes of the film's production before it was joined."""
    before = Story()
    for one in film.told.log[:-1]:
        assert isinstance(one, e.Recorded)
        assert isinstance(one.event.fact, e.Fact)
        before.tell(one.event.fact)
    state = before.state
    takes = film_takes(state)
    assert takes is not None
    assert state.plan is not None
    task = Stitch(number=1, plan_number=1, plan=state.plan, takes=takes)
    (done,) = await Stitcher(wanted)(task, state, film.store, silent)
    assert isinstance(done, e.ProductionDone)
    return done


async def test_with_a_certificate_people_get_the_signed_film(film: SmallFilm, tmp_path: Path) -> None:
    """It is an artifact beside the film, which stays what it would be without; names and removal know both."""
    done = await stitched(film, settings(tmp_path, certificate(tmp_path)))
    plain = await stitched(film, settings(tmp_path, None))
    assert (done.film, done.manifest) == (plain.film, plain.manifest)
    assert done.signed is not None
    assert (done.published, plain.published) == (done.signed, plain.film)
    stored = film.store.path(done.signed.digest)
    (tmp_path / "signed.mp4").write_bytes(stored.read_bytes())
    assert read_back(tmp_path / "signed.mp4").ingredient_count == 2
    told = Story()
    for one in film.told.log[:-1]:
        assert isinstance(one, e.Recorded)
        assert isinstance(one.event.fact, e.Fact)
        told.tell(one.event.fact)
    told.tell(done)
    assert next(one for one in names_of(told.state) if one.name.endswith(".mp4")).digest == done.signed.digest
    assert {done.film.digest, done.signed.digest} <= digests_of(told.state)
    assert {done.film.digest, done.signed.digest} <= artifacts_of(told.log).keys()


async def test_a_film_that_can_not_be_signed_is_not_passed_off_without(film: SmallFilm, tmp_path: Path) -> None:
    """The production waits for a person, with the reason, before anything is joined."""
    signing = certificate(tmp_path)
    signing.key.write_bytes(certificate(tmp_path / "..", rsa.generate_private_key(65537, 2048)).key.read_bytes())
    with pytest.raises(Unprocessable, match="not that of the certificate"):
        await stitched(film, settings(tmp_path, signing))


def test_a_missing_library_is_said_with_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left unsigned in silence."""
    signing = certificate(tmp_path)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "c2pa" else sys.modules.get(name))
    with pytest.raises(CannotSign) as caught:
        signing_of(settings(tmp_path, signing))
    assert "c2pa-python is not installed" in caught.value.what
    assert "requirements/signing.txt" in caught.value.help


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"key.pem": None}, "can't be read"),
        ({"chain.pem": b"hello"}, "can't be used"),
        ({"key.pem": b"hello"}, "can't be used"),
    ],
    ids=["no key", "no certificate", "no private key"],
)
def test_a_pair_that_can_not_be_used_is_said(tmp_path: Path, content: dict[str, bytes | None], says: str) -> None:
    """Before any film is joined for it."""
    signing = certificate(tmp_path)
    for name, said in content.items():
        (tmp_path / name).unlink() if said is None else (tmp_path / name).write_bytes(said)
    with pytest.raises(CannotSign, match=says):
        signing_of(settings(tmp_path, signing))


def test_half_a_pair_is_said(tmp_path: Path) -> None:
    """And no certificate at all is nothing to say."""
    with pytest.raises(CannotSign, match="without its key"):
        signing_of(Settings(home=Home(tmp_path), provenance=Provenance(certificate="chain.pem")))
    assert signing_of(settings(tmp_path, None)) is None
