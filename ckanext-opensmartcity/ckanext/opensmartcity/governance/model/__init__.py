"""The tables of the product and every SQL statement that reads or writes them."""
