"""E-mail notifications: to stewards about new questions and stories, and once to the person who asked about the answer.

CKAN's mailer logs the addresses of recipients; its log records are suppressed while mail is sent (`quiet_mailer`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import ckan.plugins.toolkit as tk
import redis
from ckan import model
from ckan.lib import mailer
from rq import Retry
from rq.exceptions import DuplicateJobError

from .. import config
from ..governance import permission_labels
from ..standard import Language, language
from ..standard.i18n import N_
from . import permissions
from .model import participants, questions, stories
from .model.questions import Question
from .moderation import REASONS

_mailer = logging.getLogger("ckan.lib.mailer")


class _Silence(logging.Filter):
    """Lets nothing pass that one thread has to say."""

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.get_ident()

    def filter(self, record: logging.LogRecord) -> Any:
        """Tell whether a line may be written."""
        return record.thread != self._thread


@contextmanager
def quiet_mailer() -> Iterator[None]:
    """Keep addresses out of the log while a mail is sent."""
    silence = _Silence()
    _mailer.addFilter(silence)
    try:
        yield
    finally:
        _mailer.removeFilter(silence)


log = logging.getLogger(__name__)
_SUBJECT = N_("{city}: {n} new from residents")
_STEWARD = N_("Residents wrote about these records:")
_LIST = N_("Your list of what waits for an answer: {url}")
_ANSWER_SUBJECT = N_("{city}: an answer to your question")
_ANSWERED = N_("You asked about “{title}”:\n\n{text}\n\nThe answer of {organization}:\n\n{answer}\n\n{url}")
_HIDDEN = N_(
    "You asked about “{title}”:\n\n{text}\n\nThe city does not show this question. Its reason: {reason}.\n\n{url}"
)
_DELETED = N_("The portal has now deleted your e-mail address.")
# A mail that cannot be delivered is tried again; after this the address is deleted all the same.
_INTERVALS = [60, 600, 3_600]
_KEPT = timedelta(days=7)


def ask_to_tell_stewards(organization_id: str | None) -> None:
    """Have the stewards of an organisation told soon, once for all that comes until then; never fails."""
    if organization_id is None:
        return
    seconds = config.question_mail_minutes() * 60
    until = (int(time.time()) // seconds + 1) * seconds if seconds else 0
    try:
        _schedule(organization_id, until)
    except DuplicateJobError:
        log.debug("ckanext-opensmartcity: this mail has its job already")
    except (redis.RedisError, OSError) as error:
        log.warning("ckanext-opensmartcity: no job to tell stewards could be made: %s", error)


def _schedule(organization_id: str, until: int) -> None:
    if not until:
        tk.enqueue_job(tell_stewards, [organization_id], rq_kwargs=_trying())
        return
    moment = datetime.fromtimestamp(until, timezone.utc)
    name = f"opensmartcity-questions-{organization_id}-{until}"
    tk.get_job_queue().enqueue_at(
        moment, tell_stewards, organization_id, job_id=name, result_ttl=0, unique=True, **_trying()
    )


def ask_to_tell_asker(question_id: str) -> None:
    """Have the person told who waits for an answer; never fails, for what was saved is saved."""
    try:
        tk.enqueue_job(tell_asker, [question_id], rq_kwargs=_trying())
    except (redis.RedisError, OSError) as error:
        log.warning("ckanext-opensmartcity: no job to send an answer could be made: %s", error)


def _trying() -> dict[str, Any]:
    return {"retry": Retry(max=len(_INTERVALS), interval=_INTERVALS)}


def tell_stewards(organization_id: str) -> None:
    """Write one mail to each steward of an organisation about everything of which none was told yet."""
    session = model.Session()
    asked, told = (
        questions.untold(session, permission_labels.user_labels(None), organization_id),
        stories.untold(session, organization_id),
    )
    people = participants.stewards(session, organization_id) if asked or told else []
    sent = [_tell_steward(user, asked + told) for user in people]
    if people and not any(sent):
        raise mailer.MailerException("no steward could be told")
    now = datetime.now(timezone.utc)
    questions.mark_told(session, [row[0] for row in asked], now)
    stories.mark_told(session, [row[0] for row in told], now)
    participants.expire(session, now - _KEPT)
    session.commit()


def _tell_steward(user: model.User, rows: Sequence[tuple[str, str, str, str]]) -> bool:
    reader = _portal_language()
    records = dict.fromkeys((kind, name, title) for _, kind, name, title in rows)
    lines = [f"- {title}\n  {_address(kind, name)}" for kind, name, title in records]
    where = tk.url_for("opensmartcity_stewardship.questions", qualified=True)
    said = [reader.translate(_STEWARD), *lines, reader.translate(_LIST).format(url=where)]
    subject = reader.translate(_SUBJECT).format(city=tk.config["ckan.site_title"], n=len(rows))
    if not _sent(lambda: mailer.mail_user(user, subject, "\n\n".join(said))):
        log.warning("ckanext-opensmartcity: a steward could not be told of questions by mail")
        return False
    return True


def tell_asker(question_id: str) -> None:
    """Send the answer, or why there is none, to whoever left an address, and delete the address."""
    session = model.Session()
    found, waiting = questions.one(session, question_id), participants.address(session, question_id)
    if found is None or waiting is None or found.state not in ("answered", "hidden"):
        session.rollback()
        return
    email, reader = waiting[0], language(waiting[1])
    subject = reader.translate(_ANSWER_SUBJECT).format(city=tk.config["ckan.site_title"])
    said = _answer_in_words(found, reader)
    if not _sent(lambda: mailer.mail_recipient("", email, subject, said)):
        session.rollback()
        # Not out of the error itself: what a mail server says holds the address, and a failed job is logged and kept.
        raise mailer.MailerException("an answer could not be sent")
    participants.forget_address(session, question_id)
    session.commit()


def _sent(send: Callable[[], None]) -> bool:
    """Send a mail, and tell whether that could be done; why not, and the address, is told to nobody."""
    try:
        with quiet_mailer():
            send()
    except (mailer.MailerException, OSError, ValueError):
        return False
    return True


def _answer_in_words(found: Question, reader: Language) -> str:
    # What the record is called by now, where it is not public any longer, is not for who asked when it was.
    public = permissions.is_public(found.package_id)
    values = {
        "title": found.dataset_title if public else "…",
        "text": found.text,
        "organization": found.organization_title or tk.config["ckan.site_title"],
        "url": _address(found.dataset_type, found.dataset, reader.code) if public else "",
    }
    if found.state == "hidden":
        reason = reader.translate(REASONS.get(found.hidden_reason or "", ""))
        said = reader.translate(_HIDDEN).format(**values, reason=reason)
    else:
        said = reader.translate(_ANSWERED).format(**values, answer=found.answer)
    return f"{said}\n\n{reader.translate(_DELETED)}\n"


def _address(kind: str, name: str, locale: str | None = None) -> str:
    offered = tk.config["ckan.locales_offered"] or []
    where = {"locale": locale} if locale and locale in offered else {}
    return str(tk.url_for("opensmartcity_questions.page", package_type=kind, id=name, qualified=True, **where))


def _portal_language() -> Language:
    return language(str(tk.config["ckan.locale_default"]))
