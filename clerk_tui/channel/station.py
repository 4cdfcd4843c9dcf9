"""One station's end of the channel, put together: who it is, its keys, the district's keys, the transport."""

from dataclasses import dataclass
from pathlib import Path

from clerk_tui.channel import keys
from clerk_tui.channel.container import DOWN, UP
from clerk_tui.channel.enrolment import Identity, district_keys, identity_of, keys_lost, link_of, station_keys
from clerk_tui.channel.keys import OwnKeys, PublicKeys
from clerk_tui.channel.transports import Transport, open_transport
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By, Clock, system_clock
from clerk_tui.store.engine import Store


@dataclass(frozen=True)
class Station:
    store: Store
    identity: Identity
    keys: OwnKeys
    district: PublicKeys
    transport: Transport
    clock: Clock = system_clock
    app: str = ""
    catalogue: str = ""

    @property
    def up(self) -> str:
        """Id of the uplink stream's row."""
        return stream_id(self.identity, UP)

    @property
    def down(self) -> str:
        return stream_id(self.identity, DOWN)

    @property
    def by(self) -> By:
        """Who acts when a message from the district changes a case."""
        return By("district", "", "区里", frozenset(), self.identity.hall_id)


def stream_id(identity: Identity, direction: str) -> str:
    return f"{identity.station}:{identity.inst}:{direction}"


def connect(
    store: Store, url: str, keys_folder: Path, *, host_key: str = "", passphrase: str = "", clock: Clock = system_clock,
    app: str = "", catalogue: str = "",
) -> Station:  # fmt: skip
    """This store's end of the channel. Where `url` and `host_key` are empty, what the district approved counts.

    Raises Refusal channel_off, channel_url, host_key_missing, ssh_key_missing, keys_…, not_enrolled, no_hall;
    keys_other: what they signed could never be taken, and a batch is sealed only once.
    """
    with store.read() as connection:
        identity = identity_of(connection)
        district, approved_as = district_keys(connection, identity.inst), station_keys(connection)
        approved = link_of(connection)
    url, host_key = url or approved.url, host_key or approved.host_key
    if not url:
        if district is None:
            hint = "先运行 clerk-tui sync enrol, 把申请文件交区里批复; 批复里有交换地址"
            raise Refusal("channel_off", "本站还没有在区里登记, 也没有交换地址", hint, field="channel_url")
        raise Refusal("channel_off", "本机没有设置交换地址", "请在设置文件里写 channel_url", field="channel_url")
    if district is None:
        raise Refusal("not_enrolled", "本站还没有在区里登记", "先运行 clerk-tui sync enrol, 把申请文件交区里批复")
    if not keys.present(keys_folder):
        raise keys_lost(keys_folder)
    own = keys.load(keys_folder, passphrase)
    if approved_as is not None and own.public != approved_as:
        advice = (
            f"请把本站自己的密钥放回 {keys_folder.name}; 找不回来, 换新密钥重新登记: clerk-tui sync enrol --new-keys"
        )
        raise Refusal("keys_other", f"{keys_folder.name} 里的密钥不是区里登记的本站密钥, 没有交换", advice)
    login_key = keys.login_key(keys_folder, passphrase) if url.startswith("sftp:") else ""
    transport = open_transport(url, host_key=host_key, login_key=login_key)
    return Station(store, identity, own, district, transport, clock, app, catalogue)
