"""Participation: questions and stories of residents, and the answers of the city."""
