"""Tables and queries of questions, stories and participants."""
