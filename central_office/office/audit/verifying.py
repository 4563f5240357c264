"""The whole look: signatures of digests, every chain, and the one against the other; in sentences for a person.

An office that came back from a backup is told apart from one that was tampered with by its epoch: what was signed in
another life of the database may be missing here until the kiosk has spoken again, and not longer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from central_office.office.audit.chains import DIGEST, Finding, Walk, forks, heads_of, settled
from central_office.office.audit.digest import FIRST, NotADigest
from central_office.office.models import DailyDigest, DeskEntry, Kiosk, Town

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from central_office.office.audit.digest import ChainHead, Digest, Signed


@dataclass
class Report:
    """What a verification found: `findings` that nobody has settled, those that are settled, and what is merely so."""

    findings: list[Finding] = field(default_factory=list)
    settled: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sound: list[str] = field(default_factory=list)

    def take(self, found: Iterable[Finding]) -> int:
        """Sort the findings in; how many of them nobody has settled."""
        before = len(self.findings)
        for one in found:
            seen = settled(one) if one.device else one
            (self.settled if seen.settled else self.findings).append(seen)
        return len(self.findings) - before


def verify(keys: Sequence[str], brought: Sequence[Signed] = ()) -> Report:
    """Compute everything again: the stored digests, those that were `brought` in a file, every kiosk's chain.

    `keys` are the public keys that may have signed, in hexadecimal; none means that signatures prove nothing but
    themselves, and a note says so.
    """
    report = Report()
    if not keys:
        report.notes.append("There is no key to compare signatures with: give it with --key.")
    stored = [row.signed for row in DailyDigest.objects.order_by("day").iterator()]
    kept = _read(stored, keys, report, "The stored digest")
    report.take(_chained(kept))
    if kept:
        report.sound.append(
            f"{_count(len(kept), 'daily digest')}, {kept[0][1].day} to {kept[-1][1].day}, signed by the office."
        )
    else:
        report.notes.append("No digest was signed yet: the first one is made when a day with commands is over.")
    signed = heads_of(digest for _, digest in kept)
    for kiosk in Kiosk.objects.order_by("pk"):
        walk = Walk(kiosk, signed.get(kiosk.pk, {}))
        if not report.take((*walk.findings(), *forks(kiosk))):
            report.sound.append(_sound(walk))
    report.take(_strangers(kept))
    if brought:
        report.take(_compare(_read(brought, keys, report, "The digest in the file"), dict(_by_day(kept)), report))
    return report


def _count(number: int, of: str) -> str:
    return f"{number} {of}" if number == 1 else f"{number} {of}s"


def _sound(walk: Walk) -> str:
    if not walk.last.seq:
        return f"{walk.kiosk.pk}: no commands yet."
    if not walk.first:
        return f"{walk.kiosk.pk}: {walk.last.seq} commands, all older than what is kept; the head is as it was."
    shells = f" ({walk.shells} without their bodies)" if walk.shells else ""
    return f"{walk.kiosk.pk}: commands {walk.first} to {walk.last.seq}{shells} follow one another and are as they came."


def _read(brought: Iterable[Signed], keys: Sequence[str], report: Report, what: str) -> list[tuple[Signed, Digest]]:
    """The digests whose signatures hold, with what they say."""
    held = []
    for one in brought:
        try:
            digest = one.digest
        except NotADigest as problem:
            report.take([_of_digests(f"{what} that names the key {one.key[:16]} cannot be read: {problem}")])
            continue
        if not one.sound:
            report.take([_of_digests(f"{what} of {digest.day} does not fit its signature: it was changed.")])
        elif keys and one.key not in keys:
            report.take(
                [
                    _of_digests(
                        f"{what} of {digest.day} was signed with the key {one.key}, which is not the office's.",
                        "If the office had this key before, give it with --key; else it is not the office's digest.",
                    )
                ]
            )
        else:
            held.append((one, digest))
    return held


def _chained(kept: Sequence[tuple[Signed, Digest]]) -> Iterator[Finding]:
    """Each names the one before, no day is missing, and no kiosk goes back."""
    if kept and kept[0][1].prev != FIRST:
        yield _of_digests(f"The digest of {kept[0][1].day} names one before it that is not there: older ones are gone.")
    for (signed, before), (_, after) in pairwise(kept):
        if after.prev != signed.sha256:
            yield _of_digests(
                f"The digest of {after.day} does not name that of {before.day}: one was exchanged, or one is missing."
            )
        elif (after.day - before.day).days != 1:
            yield _of_digests(f"Between the digests of {before.day} and {after.day} days are missing.")
        heads = {head.device: head for head in after.kiosks}
        for head in before.kiosks:
            now = heads.get(head.device)
            if now is None or now.seq < head.seq:
                how = "knows nothing of it" if now is None else f"only up to {now.seq}"
                yield Finding(
                    DeskEntry.Kind.GAP,
                    head.device,
                    (now.seq if now else 0) + 1,
                    f"the digest of {before.day} covers its commands up to {head.seq}, that of {after.day} {how}.",
                    "Commands were deleted at the office between these days: look for them in a backup.",
                )


def _strangers(kept: Sequence[tuple[Signed, Digest]]) -> Iterator[Finding]:
    known = set(Kiosk.objects.values_list("pk", flat=True))
    last: dict[str, ChainHead] = {head.device: head for _, digest in kept for head in digest.kiosks}
    for device in sorted(last.keys() - known):
        yield _gone(device, last[device].seq)


def _gone(device: str, seq: int) -> Finding:
    return Finding(
        DeskEntry.Kind.GAP,
        device,
        1,
        f"the office signed its commands up to {seq}, and does not know this kiosk any more.",
        "Kiosks are revoked and never deleted: look for it in a backup.",
    )


def _compare(brought: Sequence[tuple[Signed, Digest]], kept: dict[date, Signed], report: Report) -> Iterator[Finding]:
    """What was signed once and kept elsewhere, against what the office has now."""
    town = Town.objects.get()
    kiosks = {kiosk.pk: kiosk for kiosk in Kiosk.objects.all()}
    fits = 0
    for one, digest in brought:
        if digest.town != town.key:
            yield _of_digests(f"The digest of {digest.day} is of the town {digest.town}, this office's is {town.key}.")
            continue
        same = kept.get(digest.day)
        restored = digest.epoch != town.epoch
        if same is None and not restored:
            yield _of_digests(f"The digest of {digest.day} is in the file and no longer at the office.")
        elif same is not None and same.text != one.text:
            if same.digest.epoch == digest.epoch:
                yield _of_digests(f"The office signed two different digests of {digest.day}.")
            else:
                report.notes.append(
                    f"The digest of {digest.day} was signed anew after the office came back from a backup."
                )
        found = [
            finding
            for head in digest.kiosks
            for finding in _head(head, digest, kiosks.get(head.device), town, report, restored=restored)
        ]
        fits += not found
        yield from found
    report.sound.append(f"{fits} of {len(brought)} digests of the file fit what the office has.")


def _head(  # noqa: PLR0913  # what one line of a digest is compared with
    head: ChainHead, digest: Digest, kiosk: Kiosk | None, town: Town, report: Report, *, restored: bool
) -> Iterator[Finding]:
    if kiosk is None:
        if restored:
            report.notes.append(
                f"{head.device}: it was enrolled after the backup from which the office came back. Enrol it anew."
            )
        else:
            yield _gone(head.device, head.seq)
        return
    if head.seq > kiosk.last_seq:
        if restored and kiosk.confirmed != town.epoch:
            report.notes.append(
                f"{head.device}: commands {kiosk.last_seq + 1} to {head.seq} were signed on {digest.day}, before the "
                "office came back from a backup. The kiosk has not told everything again yet; this is no tampering."
            )
            return
        again = " The kiosk has spoken since the office came back from a backup." if restored else ""
        yield Finding(
            DeskEntry.Kind.GAP,
            head.device,
            kiosk.last_seq + 1,
            f"commands {kiosk.last_seq + 1} to {head.seq} were signed on {digest.day} and are not there.{again}",
            "Find out who deleted them, and look for them in a backup.",
        )
        return
    row = kiosk.commands.filter(seq=head.seq).first()
    found = row.hash if row is not None else (kiosk.head if head.seq == kiosk.last_seq else head.hash)
    if found != head.hash:
        yield Finding(
            DeskEntry.Kind.ALTERED,
            head.device,
            head.seq,
            f"it was signed on {digest.day} with another content than the office has now.",
            "Somebody changed the database, or a kiosk told another story after a restore: compare with a backup.",
        )


def _by_day(kept: Iterable[tuple[Signed, Digest]]) -> Iterator[tuple[date, Signed]]:
    return ((digest.day, one) for one, digest in kept)


def _of_digests(
    says: str, advice: str = "Compare with a copy of the digests that lies elsewhere, and find out who was here."
) -> Finding:
    return Finding(DIGEST, "", 0, says, advice)
