"""Speed, measured: `script/bench`."""
