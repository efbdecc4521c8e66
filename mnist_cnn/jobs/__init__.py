"""Who trains: this machine or a Dask cluster; files made in the background."""
