"""E-mail notifications: to stewards about new questions and stories, and once to the person who asked about the answer.

CKAN's mailer logs the addresses of recipients; its log records are suppressed while mail is sent (`quiet_mailer`).
Without a configuration of mail nothing is sent: the start and each job log one warning (`can_notify`).
"""

from __future__ import annotations

import logging
import smtplib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
import redis
from ckan import model
from ckan.lib import mailer
from rq import Retry

from .. import compat, config
from ..contributions import SERVICE_REMEDIES, Diagnosis, DoctorCheck
from ..governance import permission_labels
from ..standard import Language, language
from ..standard.i18n import N_, Message
from . import dictize, expiry, permissions
from .model import participants, questions, stories
from .model.questions import Question
from .moderation import REASONS

log = logging.getLogger(__name__)
_mailer_log = logging.getLogger("ckan.lib.mailer")
_SUBJECT = N_("{city}: {n} new from residents")
_STEWARD = N_("Residents wrote about these records:")
_LIST = N_("Your list of what waits for an answer: {url}")
_ANSWER_SUBJECT = N_("{city}: an answer to your question")
_ANSWERED = N_("You asked about “{title}”:\n\n{text}\n\nThe answer of {organization}:\n\n{answer}\n\n{url}")
_HIDDEN = N_(
    "You asked about “{title}”:\n\n{text}\n\nThe city does not show this question. Its reason: {reason}.\n\n{url}"
)
_DELETED = N_("The portal has now deleted your e-mail address.")
# Delays in seconds after which delivery is retried.
_RETRY_INTERVALS = [60, 600, 3_600]


_UNCONFIGURED = (
    "ckanext-opensmartcity: mail is not configured (smtp.server, smtp.mail_from): neither stewards nor residents are "
    "notified"
)


def can_notify() -> bool:
    """Tell whether notifications can be delivered: by mail, or by a plugin.

    Without `smtp.mail_from` CKAN's mailer fails with an AttributeError: docs/upstream.md#ckan-mail-from.
    """
    return bool(tk.config["smtp.server"] and tk.config["smtp.mail_from"]) or compat.has_notifier()


class _Start:
    """Whether the warning is logged. Workers inherit this: CKAN loads the plugins again for each job."""

    warned = False


def start() -> None:
    """Log a warning, once, if residents can contribute and nobody can be notified."""
    if not _Start.warned and config.questions() != "off" and not can_notify():
        _Start.warned = True
        log.warning(_UNCONFIGURED)


# Seconds after which a mail server that does not answer is reported.
_MAIL_TIMEOUT = 5
# The job is retried for more than an hour.
_NOTIFIED_WITHIN = timedelta(days=1)


def check_mail_server() -> Diagnosis:
    """Connect to the mail server of CKAN and send nothing (doctor)."""
    server, sender = str(tk.config["smtp.server"] or ""), tk.config["smtp.mail_from"]
    remedy = Message(N_("Set smtp.server and smtp.mail_from in the configuration file of CKAN."))
    if not can_notify():
        return Diagnosis("warning", Message(N_("No mail server or no sender is set: nobody is notified.")), remedy)
    if not server or not sender:
        return Diagnosis("ok", Message(N_("Another plugin delivers the notifications.")))
    address = urlsplit(server if "://" in server else f"smtp://{server}")
    try:
        with smtplib.SMTP(address.hostname or "", address.port or 0, timeout=_MAIL_TIMEOUT):
            pass
    except (OSError, smtplib.SMTPException) as error:
        values = {"server": server, "reason": str(error)}
        return Diagnosis(
            "warning",
            Message(N_("The mail server {server} does not answer: {reason}"), values),
            SERVICE_REMEDIES["mail"],
        )
    return Diagnosis("ok", Message(N_("The mail server answers.")))


def check_notified() -> Diagnosis:
    """Check that stewards are notified of questions (doctor)."""
    now = datetime.now(timezone.utc)
    known = questions.backlog(model.Session(), dictize.due_before(now), now - _NOTIFIED_WITHIN)
    gauges = {"questions_unanswered": float(known.unanswered), "questions_overdue": float(known.overdue)}
    if known.unnotified and config.questions() != "off":
        text = Message(N_("Questions of which no steward was notified for a day: {n}"), {"n": str(known.unnotified)})
        remedy = N_("See the checks `worker` and `mail`. Failed jobs are in the log of `ckan jobs worker`.")
        return Diagnosis("warning", text, Message(remedy), gauges)
    return Diagnosis("ok", Message(N_("Stewards are notified of questions.")), gauges=gauges)


CHECKS = (
    DoctorCheck("mail", check_mail_server, needs="mail"),
    DoctorCheck(
        "notifications",
        check_notified,
        needs="database",
        gauges={
            "questions_unanswered": "Questions that wait for an answer or for moderation",
            "questions_overdue": "Questions whose answer is overdue",
        },
    ),
)


class _ThreadFilter(logging.Filter):
    """Log filter that drops the records of the current thread."""

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.get_ident()

    def filter(self, record: logging.LogRecord) -> Any:
        """Return whether the record comes from another thread."""
        return record.thread != self._thread


@contextmanager
def quiet_mailer() -> Iterator[None]:
    """Suppress log records of CKAN's mailer, which contain recipient addresses, while mail is sent.

    Fault: docs/upstream.md#ckan-mailer-log.
    """
    thread_filter = _ThreadFilter()
    _mailer_log.addFilter(thread_filter)
    try:
        yield
    finally:
        _mailer_log.removeFilter(thread_filter)


def schedule_steward_notification(organization_id: str | None) -> None:
    """Enqueue one mail to the stewards of an organisation for all contributions of an interval.

    Never raises: a failure to enqueue is only logged, because the contribution is already saved.
    """
    if organization_id is None:
        return
    seconds = config.question_mail_minutes() * 60
    try:
        if not seconds:
            tk.enqueue_job(notify_stewards, [organization_id], rq_kwargs=_retry_options())
            return
        # One job per organisation and interval.
        name, options = f"questions-{organization_id}", _retry_options()
        if not compat.enqueue_once_a_window(seconds, notify_stewards, organization_id, name=name, **options):
            log.debug("ckanext-opensmartcity: the steward notification is already scheduled")
    except (redis.RedisError, OSError) as error:
        log.warning("ckanext-opensmartcity: the steward notification could not be scheduled: %s", error)


def schedule_asker_notification(question_id: str) -> None:
    """Enqueue the mail with the answer to the person who asked; never raises, because the answer is already saved."""
    try:
        tk.enqueue_job(notify_asker, [question_id], rq_kwargs=_retry_options())
    except (redis.RedisError, OSError) as error:
        log.warning("ckanext-opensmartcity: the answer notification could not be scheduled: %s", error)


def _retry_options() -> dict[str, Any]:
    return {"retry": Retry(max=len(_RETRY_INTERVALS), interval=_RETRY_INTERVALS)}


def notify_stewards(organization_id: str) -> None:
    """Job: mail each steward of an organisation all new contributions that no notification has listed yet."""
    session = model.Session()
    expiry.expire()
    if not can_notify():
        # The contributions stay unnotified, so that the first mail after mail is configured lists them.
        log.warning(_UNCONFIGURED)
        return
    new_questions = questions.unnotified(session, permission_labels.user_labels(None), organization_id)
    new_stories = stories.unnotified(session, organization_id)
    stewards = participants.stewards(session, organization_id) if new_questions or new_stories else []
    delivered = [_notify_steward(user, new_questions + new_stories) for user in stewards]
    if stewards and not any(delivered):
        raise mailer.MailerException("no steward could be notified")
    now = datetime.now(timezone.utc)
    questions.mark_notified(session, [row[0] for row in new_questions], now)
    stories.mark_notified(session, [row[0] for row in new_stories], now)
    session.commit()


def _notify_steward(user: model.User, rows: Sequence[tuple[str, str, str, str]]) -> bool:
    reader = language(str(tk.config["ckan.locale_default"]))
    records = dict.fromkeys((kind, name, title) for _, kind, name, title in rows)
    lines = [f"- {title}\n  {_record_url(kind, name)}" for kind, name, title in records]
    url = tk.url_for("opensmartcity_stewardship.questions", qualified=True)
    paragraphs = [reader.translate(_STEWARD), *lines, reader.translate(_LIST).format(url=url)]
    subject = reader.translate(_SUBJECT).format(city=tk.config["ckan.site_title"], n=len(rows))
    if not _send(lambda: mailer.mail_user(user, subject, "\n\n".join(paragraphs))):
        log.warning("ckanext-opensmartcity: a steward could not be notified by mail")
        return False
    return True


def notify_asker(question_id: str) -> None:
    """Job: mail the answer, or the reason for hiding the question, to the address given; then delete the address."""
    session = model.Session()
    expiry.expire()
    if not can_notify():
        log.warning(_UNCONFIGURED)
        expiry.schedule()
        return
    question, recipient = questions.one(session, question_id), participants.reply_address(session, question_id)
    if question is None or recipient is None or question.state not in ("answered", "hidden"):
        session.rollback()
        return
    email, reader = recipient[0], language(recipient[1])
    subject = reader.translate(_ANSWER_SUBJECT).format(city=tk.config["ckan.site_title"])
    body = _render_answer(question, reader)
    if not _send(lambda: mailer.mail_recipient("", email, subject, body)):
        session.rollback()
        expiry.schedule()
        # Not chained to the original error: a mail server's message contains the address, and failed jobs are logged.
        raise mailer.MailerException("an answer could not be sent")
    participants.delete_address(session, question_id)
    session.commit()


def _send(send: Callable[[], None]) -> bool:
    """Send a mail and return whether that succeeded; the error and the address are not logged."""
    try:
        with quiet_mailer():
            send()
    except Exception as error:  # noqa: BLE001  (its message may hold the address; a failed job would log it)
        log.warning("ckanext-opensmartcity: a mail could not be sent (%s)", type(error).__name__)
        return False
    return True


def _render_answer(question: Question, reader: Language) -> str:
    # The record may have become private since the question was asked: its current title and URL are then withheld.
    public = permissions.is_public(question.package_id)
    values = {
        "title": question.dataset_title if public else "…",
        "text": question.text,
        "organization": question.organization_title or tk.config["ckan.site_title"],
        "url": _record_url(question.dataset_type, question.dataset, reader.code) if public else "",
    }
    if question.state == "hidden":
        reason = reader.translate(REASONS.get(question.hidden_reason or "", ""))
        body = reader.translate(_HIDDEN).format(**values, reason=reason)
    else:
        body = reader.translate(_ANSWERED).format(**values, answer=question.answer)
    return f"{body}\n\n{reader.translate(_DELETED)}\n"


def _record_url(kind: str, name: str, locale: str | None = None) -> str:
    offered = tk.config["ckan.locales_offered"] or []
    options = {"locale": locale} if locale and locale in offered else {}
    return str(tk.url_for("opensmartcity_questions.page", package_type=kind, id=name, qualified=True, **options))
