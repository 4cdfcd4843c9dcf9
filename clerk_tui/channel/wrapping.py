"""Private keys at rest, wrapped by a passphrase: argon2id makes the key, ChaCha20-Poly1305 seals."""

import json
import secrets

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

WRAPPED = "pyx-wrapped-key"
TIME_COST, MEMORY_KIB, LANES = 3, 64 * 1024, 1
MEMORY_MOST_KIB = 1024 * 1024


class WrongPassphrase(Exception):
    """The passphrase does not open it, or it was altered."""


def wrap(secret: str, passphrase: str, name: str) -> str:
    """One line of JSON that only the passphrase opens; `name` is bound into it, so that files cannot be swapped."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    key = _key(passphrase, salt, TIME_COST, MEMORY_KIB)
    box = ChaCha20Poly1305(key).encrypt(nonce, secret.encode(), name.encode())
    return json.dumps(
        {
            "kind": WRAPPED, "kdf": "argon2id", "time": TIME_COST, "memory_kib": MEMORY_KIB, "salt": salt.hex(),
            "nonce": nonce.hex(), "box": box.hex(),
        }
    )  # fmt: skip


def is_wrapped(text: str) -> bool:
    return text.startswith("{") and WRAPPED in text


def unwrap(text: str, passphrase: str, name: str) -> str:
    """Raises WrongPassphrase; ValueError for what is not a wrapped key."""
    try:
        found = json.loads(text)
        time_cost, memory = int(found["time"]), int(found["memory_kib"])
        if found["kind"] != WRAPPED or found["kdf"] != "argon2id":
            raise ValueError("kind")
        if not 1 <= time_cost <= 20 or not 8 <= memory <= MEMORY_MOST_KIB:
            raise ValueError("cost")
        salt, nonce, box = (bytes.fromhex(found[part]) for part in ("salt", "nonce", "box"))
    except (KeyError, TypeError) as error:
        raise ValueError("wrapped key") from error
    key = _key(passphrase, salt, time_cost, memory)
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, box, name.encode()).decode()
    except InvalidTag as error:
        raise WrongPassphrase from error


def _key(passphrase: str, salt: bytes, time_cost: int, memory_kib: int) -> bytes:
    return hash_secret_raw(passphrase.encode(), salt, time_cost, memory_kib, LANES, 32, Type.ID)
