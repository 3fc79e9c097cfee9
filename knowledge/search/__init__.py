"""Search over the articles and the ingested documents; the only place for FAISS and embeddings."""
