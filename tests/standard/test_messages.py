"""Lazy messages, rendered in the language of the reader."""

from ckanext.opensmartcity.standard import Message
from ckanext.opensmartcity.standard.i18n import N_


def test_a_message_is_filled_after_it_is_translated():
    message = Message("“{value}” is wrong.", {"value": "x"})
    assert message.render(lambda text: text.replace("is wrong", "klopt niet")) == "“x” klopt niet."


def test_a_value_with_braces_stays_as_it_is():
    assert Message("“{value}”", {"value": "{value}"}).render() == "“{value}”"


def test_a_text_of_a_rule_may_hold_braces():
    assert Message("Write {unknown}.").render() == "Write {unknown}."


def test_a_marked_text_is_the_text():
    assert N_("Answer this question.") == "Answer this question."
