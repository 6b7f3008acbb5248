"""Who may reach the page, and what of it: each request passes here before anything else sees it."""
