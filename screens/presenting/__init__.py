"""From steps to pages, one module per group of steps; `screens.present` chooses among them. Pure functions all."""
