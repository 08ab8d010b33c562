"""Images of QHub: their recipes, and the script that builds them."""
