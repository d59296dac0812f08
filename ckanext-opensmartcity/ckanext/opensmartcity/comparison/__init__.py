"""Other cities: their figures are fetched by a job, kept, and shown beside our own."""
