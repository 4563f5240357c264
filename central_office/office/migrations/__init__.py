"""Steps of the database, oldest first; a step that was released is never changed."""
