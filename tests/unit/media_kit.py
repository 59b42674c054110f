"""A report to which an officer and its reporter add files, in memory."""

from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.media import MemoryContent, MemoryMediaStore, MemoryPictures
from ess.adapters.memory.messenger import MemoryMessenger
from ess.adapters.memory.reports import MemoryReports
from ess.adapters.memory.store import MemoryStore
from ess.adapters.memory.workflow import MemoryWorkflow
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.media import REPORTER, RESPONDER, Content, MediaItem, MediaKind
from ess.domain.report import Notified, Report, Status
from ess.usecases.keep_media import keep_media

REPORT = "0" * 32
MALI = "U" + "9" * 32
ALICE = "U" + "a" * 32
PHOTO = Content(b"photo", "image/png")


def report(**fields):
    notified = (
        Notified("alice", "np-first", "ด.ต. อลิซ", "Sgt. Alice", 0, ALICE),
        Notified("sms-only", "np-first", "ด.ต. ส้ม", "Sgt. Som", 0, None),
    )
    known = {"status": Status.CLOSED, "notified": notified, "acknowledged_by": "alice"}
    return Report(
        REPORT, "K7P-2MX", MALI, "en", Kind.ASSAULT, Point(17.4, 104.7), 1.0, 2.0, **known | fields
    )


def item(message_id="540001", kind=MediaKind.IMAGE, sender=f"{RESPONDER}alice"):
    return MediaItem(REPORT, message_id, kind, sender, "event-1")


FROM_MALI = item(sender=REPORTER)


class MediaWorld:
    def __init__(self, **fields):
        self.store = MemoryStore()
        self.store.reports[REPORT] = report(**fields)
        self.reports = MemoryReports(self.store)
        self.content = MemoryContent()
        self.content.sent["540001"] = PHOTO
        self.pictures = MemoryPictures()
        self.files = MemoryMediaStore()
        self.messenger = MemoryMessenger()
        self.workflow = MemoryWorkflow()
        self.clock = MemoryClock()
        self.slept = []

    def keep(self, one=None, *, last_try=False):
        return keep_media(
            one or item(),
            last_try=last_try,
            reports=self.reports,
            content=self.content,
            pictures=self.pictures,
            store=self.files,
            messenger=self.messenger,
            workflow=self.workflow,
            clock=self.clock,
            sleep=self.slept.append,
        )

    @property
    def lines(self):
        return [(line.action, line.actor) for line in self.reports.timeline(REPORT)]

    def told(self, who=ALICE):
        return [prompt.name for prompt in self.messenger.pushed_to(who)]
