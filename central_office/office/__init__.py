"""The office: documents, staff, kiosks and the line to them (Django). It knows nothing of the kiosk's own packages."""
