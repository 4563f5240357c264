"""What citizens come for: one function a service, each reading like the visit."""
