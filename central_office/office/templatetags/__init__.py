"""Words and tags for templates."""
