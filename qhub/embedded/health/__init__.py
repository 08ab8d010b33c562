"""What `qhub status` looks at, each side by itself: programs, Prefect, Dask Gateway, files."""
