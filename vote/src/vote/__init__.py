"""Takes votes over HTTP and puts them on a Redis stream."""
