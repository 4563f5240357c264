"""Who speaks to each kind of device; `DRIVERS` lists them by hand. Drivers know nothing of simulators."""
