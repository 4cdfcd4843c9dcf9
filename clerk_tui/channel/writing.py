"""The last step of sealing, the same at the station and at the district: lines to the exact bytes of a batch."""

from collections.abc import Sequence

from clerk_tui.channel.container import Header, pack
from clerk_tui.channel.keys import OwnKeys, PublicKeys
from clerk_tui.channel.payload import Manifest, close, compose
from clerk_tui.channel.records import Line
from clerk_tui.store import canonical


def pack_batch(manifest: Manifest, lines: Sequence[Line], prev_sha: str, own: OwnKeys, partner: PublicKeys) -> bytes:
    """The exact bytes of a batch, signed by `own` for `partner` alone."""
    payload = close(compose(manifest, lines), [partner.decrypt])
    header = Header(
        station=manifest.station,
        inst=manifest.inst,
        direction=manifest.direction,
        bno=manifest.bno,
        prev_sha=prev_sha,
        kid=manifest.kid,
        to=(partner.decrypt_kid,),
        length=len(payload),
        payload_sha=canonical.sha(payload),
    )
    return pack(header, payload, own.sign)


def chained(chain: str, sha: str) -> str:
    """The sender's journal head after one more event."""
    return canonical.sha(bytes.fromhex(chain) + bytes.fromhex(sha))
