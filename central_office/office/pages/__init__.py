"""The staff's pages: signing in, documents, imports, kiosks, visits. Rendered here, sent as plain HTML."""
